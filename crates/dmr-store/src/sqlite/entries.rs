//! Reads of the log.

use super::fault::failed;
use super::read::Reading;
use super::table::{damaged, sixteen};
use crate::LogRange;
use dmr_core::Problem;
use dmr_core::log::{Entry, EntryKind};
use dmr_core::model::ModelId;
use dmr_core::record::{PrincipalId, RecordId};
use rusqlite::{Connection, OptionalExtension, Row, params};
use std::ops::ControlFlow;
use std::time::Instant;

type Each<'a> = &'a mut dyn FnMut(&Entry) -> ControlFlow<()>;

pub(super) const COLUMNS: &str = "position, bucket, time, principal, kind, model, record, version, stamp, codec, dictionary, leaf, body";

/// The entries of a model are looked up one by one where it has at most so many; else the log is read through.
const FEW: i64 = 20_000;

/// Positions, both included.
struct Stretch {
    first: i64,
    last: i64,
}

pub(super) fn walk(reading: &Reading<'_>, range: &LogRange, each: Each<'_>) -> Result<(), Problem> {
    let stretch = stretch_of(reading.connection, range).map_err(failed)?;
    let Some(stretch) = stretch else { return Ok(()) };
    match listed(reading.connection, range, &stretch).map_err(failed)? {
        Some(positions) => each_listed(reading, range, &positions, each),
        None => each_between(reading, range, stretch, each),
    }
}

fn stretch_of(connection: &Connection, range: &LogRange) -> rusqlite::Result<Option<Stretch>> {
    let last: Option<i64> = connection.prepare_cached("SELECT max(position) FROM log")?.query_row([], |row| row.get(0))?;
    let Some(last) = last else { return Ok(None) };
    let whole = |position: u64| i64::try_from(position).unwrap_or(i64::MAX);
    let mut stretch = Stretch {
        first: range.after.map_or(1, |after| whole(after).saturating_add(1)).max(1),
        last: range.before.map_or(last, |before| (whole(before) - 1).min(last)),
    };
    // Time never goes back along the log.
    if let Some(since) = range.since {
        stretch.first = stretch.first.max(first_from(connection, last, |time| time >= since)?);
    }
    if let Some(until) = range.until {
        stretch.last = stretch.last.min(first_from(connection, last, |time| time > until)? - 1);
    }
    Ok((stretch.first <= stretch.last).then_some(stretch))
}

/// The first position whose time is late enough; one after the last where none is.
fn first_from(connection: &Connection, last: i64, late: impl Fn(i64) -> bool) -> rusqlite::Result<i64> {
    let mut statement = connection.prepare_cached("SELECT time FROM log WHERE position = ?1")?;
    let (mut low, mut high) = (1, last + 1);
    while low < high {
        let middle = low + (high - low) / 2;
        if late(statement.query_row([middle], |row| row.get(0))?) { high = middle } else { low = middle + 1 }
    }
    Ok(low)
}

/// The positions to look at, in order, where an index tells them and they are few.
fn listed(connection: &Connection, range: &LogRange, stretch: &Stretch) -> rusqlite::Result<Option<Vec<i64>>> {
    let Some(model) = range.model else { return Ok(None) };
    let version = |version: Option<u64>, otherwise: i64| version.map_or(otherwise, |version| i64::try_from(version).unwrap_or(i64::MAX));
    let (from, to) = (version(range.from_version, 0), version(range.to_version, i64::MAX));
    let mut positions: Vec<i64> = if let Some(record) = range.record {
        let sql = "SELECT position FROM log WHERE tenant = 1 AND model = ?1 AND record = ?2 AND version BETWEEN ?3 AND ?4 \
                   AND position BETWEEN ?5 AND ?6";
        let mut statement = connection.prepare_cached(sql)?;
        let rows = statement.query_map(params![model.0, &record.0[..], from, to, stretch.first, stretch.last], |row| row.get(0))?;
        rows.collect::<rusqlite::Result<_>>()?
    } else {
        let sql = "SELECT count(*) FROM (SELECT 1 FROM log INDEXED BY log_record WHERE tenant = 1 AND model = ?1 LIMIT ?2)";
        let known: i64 = connection.prepare_cached(sql)?.query_row(params![model.0, FEW + 1], |row| row.get(0))?;
        if known > FEW || known > stretch.last - stretch.first {
            return Ok(None);
        }
        let sql = "SELECT position FROM log INDEXED BY log_record WHERE tenant = 1 AND model = ?1 AND position BETWEEN ?2 AND ?3";
        let mut statement = connection.prepare_cached(sql)?;
        let rows = statement.query_map(params![model.0, stretch.first, stretch.last], |row| row.get(0))?;
        rows.collect::<rusqlite::Result<_>>()?
    };
    positions.sort_unstable();
    Ok(Some(positions))
}

fn each_listed(reading: &Reading<'_>, range: &LogRange, positions: &[i64], each: Each<'_>) -> Result<(), Problem> {
    let sql = format!("SELECT {COLUMNS} FROM log WHERE position = ?1");
    let mut statement = reading.connection.prepare_cached(&sql).map_err(failed)?;
    let mut next = positions.iter();
    while let Some(position) = if range.reverse { next.next_back() } else { next.next() } {
        let entry = statement.query_row([position], entry).optional().map_err(failed)?;
        if let Some(entry) = entry.filter(|entry| range.holds(entry))
            && each(&entry).is_break()
        {
            break;
        }
    }
    Ok(())
}

fn each_between(reading: &Reading<'_>, range: &LogRange, mut stretch: Stretch, each: Each<'_>) -> Result<(), Problem> {
    let direction = if range.reverse { "DESC" } else { "ASC" };
    let sql =
        format!("SELECT {COLUMNS} FROM log WHERE position BETWEEN ?1 AND ?2 AND (?3 IS NULL OR +model = ?3) ORDER BY position {direction}");
    'snapshots: loop {
        let mut statement = reading.connection.prepare_cached(&sql).map_err(failed)?;
        let mut rows = statement.query(params![stretch.first, stretch.last, range.model.map(|model| model.0)]).map_err(failed)?;
        let began = Instant::now();
        let mut seen = 0_u32;
        while let Some(row) = rows.next().map_err(failed)? {
            let entry = entry(row).map_err(failed)?;
            if range.holds(&entry) && each(&entry).is_break() {
                return Ok(());
            }
            seen += 1;
            if seen.is_multiple_of(64) && reading.is_due(began) {
                let position = entry.position.cast_signed();
                if range.reverse {
                    stretch.last = position - 1
                } else {
                    stretch.first = position + 1
                }
                drop(rows);
                drop(statement);
                reading.renew()?;
                continue 'snapshots;
            }
        }
        return Ok(());
    }
}

pub(super) fn entry(row: &Row<'_>) -> rusqlite::Result<Entry> {
    let kind: u8 = row.get(4)?;
    Ok(Entry {
        position: row.get::<_, i64>(0)?.cast_unsigned(),
        bucket: row.get(1)?,
        time: row.get(2)?,
        principal: PrincipalId(sixteen(row, 3)?.unwrap_or_default()),
        kind: EntryKind::from_code(kind).ok_or_else(|| damaged(4, "a kind of entry"))?,
        model: ModelId(row.get(5)?),
        record: RecordId(sixteen(row, 6)?.unwrap_or_default()),
        version: row.get::<_, i64>(7)?.cast_unsigned(),
        stamp: row.get(8)?,
        codec: row.get(9)?,
        dictionary: row.get(10)?,
        leaf: row.get(11)?,
        body: row.get(12)?,
    })
}
