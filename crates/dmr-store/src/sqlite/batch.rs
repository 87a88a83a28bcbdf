//! What the writer knows while it works on one transaction.

use super::append::Appended;
use super::fault::Fault;
use super::table::Layouts;
use crate::Counts;
use dmr_core::model::ModelId;
use dmr_core::record::RecordId;
use rusqlite::{Connection, OptionalExtension};
use std::cell::RefCell;
use std::collections::HashMap;

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
}

impl Batch<'_> {
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
