//! Walks by id over a structured model of which SQL can test something: rows that cannot be meant are passed over in the file.
//!
//! As long as many rows pass, stretches of ids are read in order. Where few do, the rest of the table is read once in the order in
//! which it lies, which is many times faster, and what passed is put in order of ids.

use super::fault::failed;
use super::hint::{FIRST, Filter};
use super::read::{Laid, Reading};
use super::structured::bind_native;
use super::table::{Table, sixteen};
use super::walk::{Each, Ended};
use dmr_core::Problem;
use dmr_core::record::RecordId;
use rusqlite::{OptionalExtension, Statement, params};

/// Rows in a stretch that is read in order.
const STRETCH: usize = 5000;
/// Where fewer of them pass, the rest is read as it lies.
const FEW: usize = 100;
/// Rows that are read as they lie within one snapshot.
const AT_ONCE: i64 = 100_000;

/// A walk in the making.
pub(super) struct Sift<'w> {
    pub reading: &'w Reading<'w>,
    pub laid: &'w Laid<'w>,
    pub table: &'w Table,
    pub filter: &'w Filter,
    pub reverse: bool,
}

impl Sift<'_> {
    /// Walks the next stretch after `after`, which follows it. [`Ended::Due`]: there is more; and whether few rows passed.
    pub fn stretch(&self, after: &mut Option<RecordId>, each: Each<'_>) -> rusqlite::Result<(Ended, bool)> {
        let end = self.end_of_stretch(after.as_ref())?;
        let Table { name, selected, scope, .. } = self.table;
        let (beyond, until, direction) = self.signs();
        let sql = format!(
            "SELECT {selected} FROM {name} WHERE {scope} AND id {beyond} ?2 AND id {until} ?3 AND {} ORDER BY id {direction}",
            self.filter.sql
        );
        let mut statement = self.reading.connection.prepare_cached(&sql)?;
        statement.raw_bind_parameter(2, &self.from(after.as_ref())[..])?;
        statement.raw_bind_parameter(3, &end.as_ref().map_or_else(|| self.last(), |end| end.0.to_vec())[..])?;
        self.bind(&mut statement)?;
        let mut rows = statement.raw_query();
        let (mut buffer, mut passed) = (Vec::new(), 0);
        while let Some(row) = rows.next()? {
            // The snapshot begins with the first row.
            if passed == 0 && !self.reading.holds(self.laid) {
                return Ok((Ended::Moved, false));
            }
            passed += 1;
            if each(&[], self.table.record(row, 0, &mut buffer)?).is_break() {
                return Ok((Ended::Done, false));
            }
        }
        if passed == 0 && !self.reading.holds(self.laid) {
            return Ok((Ended::Moved, false));
        }
        *after = end;
        Ok((if end.is_some() { Ended::Due } else { Ended::Done }, passed < FEW))
    }

    /// Walks everything after `after`, which follows it. Each row that was found is read again, in a later snapshot.
    pub fn rest(&self, after: &mut Option<RecordId>, each: Each<'_>) -> Result<Ended, Problem> {
        let mut found = self.find(after.as_ref())?;
        found.sort_unstable();
        if self.reverse {
            found.reverse();
        }
        let sql = format!("SELECT {} FROM {} WHERE row = ?1", self.table.selected, self.table.name);
        let mut statement = self.reading.connection.prepare_cached(&sql).map_err(failed)?;
        let mut buffer = Vec::new();
        for (id, row) in found {
            let read = statement.query_row([row], |row| {
                let record = self.table.record(row, 0, &mut buffer)?;
                if !self.reading.holds(self.laid) {
                    return Ok(Some(Ended::Moved));
                }
                // A row that was freed meanwhile may be another record's now.
                let broke = record.id == id && each(&[], record).is_break();
                Ok(broke.then_some(Ended::Done))
            });
            if let Some(ended) = read.optional().map_err(failed)?.flatten() {
                return Ok(ended);
            }
            *after = Some(id);
        }
        Ok(if self.reading.holds(self.laid) { Ended::Done } else { Ended::Moved })
    }

    fn find(&self, after: Option<&RecordId>) -> Result<Vec<(RecordId, i64)>, Problem> {
        let Table { name, scope, .. } = self.table;
        let (beyond, ..) = self.signs();
        let sql = format!(
            "SELECT row, id FROM {name} NOT INDEXED WHERE row > ?3 AND row <= ?4 AND {scope} AND id {beyond} ?2 AND {}",
            self.filter.sql
        );
        let last = format!("SELECT max(row) FROM {name}");
        let last: Option<i64> = self.reading.connection.query_row(&last, [], |row| row.get(0)).map_err(failed)?;
        let mut statement = self.reading.connection.prepare_cached(&sql).map_err(failed)?;
        let mut found = Vec::new();
        let mut from = 0;
        while from < last.unwrap_or(0) {
            let mut read = || -> rusqlite::Result<()> {
                statement.raw_bind_parameter(2, &self.from(after)[..])?;
                statement.raw_bind_parameter(3, from)?;
                statement.raw_bind_parameter(4, from + AT_ONCE)?;
                self.bind(&mut statement)?;
                let mut rows = statement.raw_query();
                while let Some(row) = rows.next()? {
                    found.push((RecordId(sixteen(row, 1)?.unwrap_or_default()), row.get(0)?));
                }
                Ok(())
            };
            read().map_err(failed)?;
            from += AT_ONCE;
        }
        Ok(found)
    }

    /// The id at the end of the next stretch; none where the table ends before.
    fn end_of_stretch(&self, after: Option<&RecordId>) -> rusqlite::Result<Option<RecordId>> {
        let Table { name, scope, .. } = self.table;
        let (beyond, _, direction) = self.signs();
        let sql = format!("SELECT id FROM {name} WHERE {scope} AND id {beyond} ?1 ORDER BY id {direction} LIMIT 1 OFFSET {}", STRETCH - 1);
        let mut statement = self.reading.connection.prepare_cached(&sql)?;
        statement.query_row(params![self.from(after)], |row| Ok(RecordId(sixteen(row, 0)?.unwrap_or_default()))).optional()
    }

    fn bind(&self, statement: &mut Statement<'_>) -> rusqlite::Result<()> {
        self.filter.values.iter().zip(FIRST..).try_for_each(|(value, at)| bind_native(statement, at, value))
    }

    fn signs(&self) -> (&'static str, &'static str, &'static str) {
        if self.reverse { ("<", ">=", "DESC") } else { (">", "<=", "ASC") }
    }

    fn from(&self, after: Option<&RecordId>) -> Vec<u8> {
        after.map_or_else(|| beyond_all(!self.reverse), |id| id.0.to_vec())
    }

    fn last(&self) -> Vec<u8> {
        beyond_all(self.reverse)
    }
}

/// Smaller than every id, or greater.
pub(super) fn beyond_all(smaller: bool) -> Vec<u8> {
    if smaller { Vec::new() } else { vec![0xFF; 17] }
}
