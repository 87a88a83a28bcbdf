//! What the writer knows while it works on one transaction.

use super::append::Appended;
use super::fault::Fault;
use super::filling::Fillings;
use super::table::Layouts;
use crate::Counts;
use dmr_core::model::ModelId;
use dmr_core::record::RecordId;
use rusqlite::{Connection, OptionalExtension};
use std::cell::RefCell;
use std::collections::HashMap;
use std::time::Duration;

/// Counts of models: as they are in this transaction, and whether they are still to be written.
pub(super) type Tallies = HashMap<ModelId, (Counts, bool)>;

/// What the writer knows while it works on one transaction. Thrown away when the transaction is taken back.
pub(super) struct Batch<'c> {
    pub connection: &'c Connection,
    /// As they are in this transaction.
    pub layouts: Layouts,
    /// Whether they differ from what readers know.
    pub layouts_changed: bool,
    pub tallies: &'c RefCell<Tallies>,
    /// The rows of records that were read: what is read is often written next.
    pub rows: RefCell<HashMap<(ModelId, RecordId), i64>>,
    /// What is still to be written to the log.
    pub appended: RefCell<Appended>,
    /// Of the last entry of the log before this transaction.
    pub start: u64,
    /// Of the last entry of the log.
    pub position: u64,
    pub most_structured: usize,
    /// How long a slice takes.
    pub slice: Duration,
    /// What is being made ready, as it is in this transaction.
    pub fillings: Fillings,
    /// Whether something is left to be deleted in slices.
    pub sweeps: bool,
    /// The number of the next row, of whichever table of records.
    pub next_row: i64,
}

impl Batch<'_> {
    /// Gives numbers to so many rows, and says the first. No two rows of a file have the same, so that a row can move to another table and
    /// keep its number.
    pub fn allot(&mut self, rows: usize) -> i64 {
        let first = self.next_row;
        self.next_row += i64::try_from(rows).unwrap_or(i64::MAX);
        first
    }

    /// The counts of a model, what this transaction did included.
    pub fn counts_of(&self, model: ModelId) -> Result<Counts, Fault> {
        if let Some((counts, _)) = self.tallies.borrow().get(&model) {
            return Ok(*counts);
        }
        let counts = read_counts(self.connection, model)?;
        self.tallies.borrow_mut().insert(model, (counts, false));
        Ok(counts)
    }
}

/// The first row number that no table of records has.
pub(super) fn next_row(connection: &Connection, layouts: &Layouts) -> rusqlite::Result<i64> {
    let mut last = 0;
    for table in layouts.0.values().chain([Layouts::shared()]) {
        let newest: Option<i64> = connection.query_row(&format!("SELECT max(row) FROM {}", table.name), [], |row| row.get(0))?;
        last = last.max(newest.unwrap_or(0));
    }
    Ok(last + 1)
}

/// The counts of a model as they are stored.
pub(super) fn read_counts(connection: &Connection, model: ModelId) -> rusqlite::Result<Counts> {
    let mut statement = connection.prepare_cached("SELECT live, deleted FROM tally WHERE tenant = 1 AND model = ?1")?;
    let counts = statement
        .query_row([model.0], |row| {
            Ok(Counts { live: row.get::<_, i64>(0)?.cast_unsigned(), deleted: row.get::<_, i64>(1)?.cast_unsigned() })
        })
        .optional()?;
    Ok(counts.unwrap_or_default())
}
