//! Reads of the log, a page at a time.

use super::read::Reading;
use super::row;
use crate::LogRange;
use dmr_core::Problem;
use dmr_core::log::Entry;
use std::ops::ControlFlow;
use tokio_postgres::types::ToSql;

/// Entries of the first page, and of the largest.
const FIRST: i64 = 64;
const LARGEST: i64 = 1024;

pub(super) fn walk(reading: &Reading<'_>, range: &LogRange, each: &mut dyn FnMut(&Entry) -> ControlFlow<()>) -> Result<(), Problem> {
    let mut range = range.clone();
    let mut size = FIRST;
    loop {
        let (sql, bounds) = question(&range, size);
        let mut values: Vec<&(dyn ToSql + Sync)> = bounds.iter().map(|bound| bound as &(dyn ToSql + Sync)).collect();
        let record = range.record.map(|record| record.0);
        let record = record.as_ref().map(|record| &record[..]);
        if let Some(record) = &record {
            values.push(record);
        }
        let rows = reading.ask(&sql, &values)?;
        let mut last = None;
        for row in &rows {
            let entry = row::entry(row)?;
            if each(&entry).is_break() {
                return Ok(());
            }
            last = Some(entry.position);
        }
        let Some(last) = last.filter(|_| i64::try_from(rows.len()) == Ok(size)) else { return Ok(()) };
        if range.reverse {
            range.before = Some(last)
        } else {
            range.after = Some(last)
        }
        size = (size * 4).min(LARGEST);
        reading.renew_when_due()?;
    }
}

/// The question for a page of a range, and the numbers it is given; the record follows them. Only bounds that are there are spelled
/// out, so that the server sees which index serves.
fn question(range: &LogRange, size: i64) -> (String, Vec<i64>) {
    let whole = |number: u64| i64::try_from(number).unwrap_or(i64::MAX);
    let bounds = [
        ("model =", range.model.map(|model| i64::from(model.0))),
        ("position >", range.after.map(whole)),
        ("position <", range.before.map(whole)),
        ("time >=", range.since),
        ("time <=", range.until),
        ("version >=", range.from_version.map(whole)),
        ("version <=", range.to_version.map(whole)),
    ];
    let mut values = vec![size];
    let mut sql = format!("SELECT {} FROM dmr_log WHERE tenant_id = 1 AND bucket = 0", row::ENTRY);
    for (bound, value) in bounds {
        if let Some(value) = value {
            values.push(value);
            sql.push_str(&format!(" AND {bound} ${}", values.len()));
        }
    }
    if range.record.is_some() {
        sql.push_str(&format!(" AND record = ${}", values.len() + 1));
    }
    sql.push_str(if range.reverse { " ORDER BY position DESC LIMIT $1" } else { " ORDER BY position LIMIT $1" });
    (sql, values)
}
