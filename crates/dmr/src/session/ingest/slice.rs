//! A slice: one commit of an ingest. Records, what was set aside, and how far the ingest is, or nothing of it (D7).

use super::super::Session;
use super::entry::Entry;
use super::stretch::Stretch;
use crate::submission::Command;
use dmr_core::catalog::Catalog;
use dmr_core::change::{Change, QuarantineChange, Quarantined};
use dmr_core::command::{Done, WriteCommand};
use dmr_core::decide::{Committed, Decision, Reads, Snapshot};
use dmr_core::model::ModelId;
use dmr_core::permission::Operation;
use dmr_core::words::{count, either};
use dmr_core::{Code, Problem};
use std::sync::Arc;
use std::time::{Duration, Instant};

/// The command that writes a stretch of an input.
pub(super) struct Slice {
    stretch: Arc<Stretch>,
    write: WriteCommand,
    size: usize,
    rows: usize,
    began: Option<Instant>,
}

/// What a slice came to.
#[derive(Debug, Clone, Copy)]
pub(super) struct Landed {
    /// Rows of the input in it.
    pub rows: usize,
    /// How long the writer had it.
    pub took: Duration,
}

impl Slice {
    /// Prepares a stretch under what is known now.
    ///
    /// # Errors
    /// Where the asker may not make records of the model any more, or another model has its name.
    pub fn prepare(session: &Session, name: &str, model: ModelId, stretch: &Arc<Stretch>) -> Result<Self, Problem> {
        let seen = session.model_for(name, Operation::Create)?;
        if seen.model.id() != model {
            return Err(Problem::new(Code::ModelUnknown, format!("the model `{name}` was deleted while records were ingested into it")));
        }
        let mut checked = stretch.checked.lock();
        checked.renew(session, &seen)?;
        let mut write = WriteCommand::new(seen.model, seen.view, session.asker.clone(), checked.items());
        write.report = true;
        let (size, rows) = (checked.size, checked.rows());
        drop(checked);
        Ok(Self { stretch: stretch.clone(), write, size, rows, began: None })
    }

    /// The answer of a committed slice.
    pub fn landed(_: &Session, slice: Self, _: Committed) -> Result<Landed, Problem> {
        Ok(Landed { rows: slice.rows, took: slice.began.map(|began| began.elapsed()).unwrap_or_default() })
    }
}

impl Command for Slice {
    fn first_reads(&self) -> Reads {
        self.write.first_reads()
    }

    fn is_stale(&self, catalog: &Catalog) -> bool {
        Command::is_stale(&self.write, catalog)
    }

    fn decide(&mut self, catalog: &Catalog, snapshot: &Snapshot, now: i64) -> Decision {
        self.began.get_or_insert_with(Instant::now);
        let stored = catalog.ingest(&self.stretch.ingest.to_string());
        let read = stored.ok_or_else(|| Problem::new(Code::IngestUnknown, "the ingest is gone")).and_then(Entry::read);
        let mut entry = match read {
            Ok(entry) => entry,
            Err(problem) => return Decision::Refused(Box::new(problem)),
        };
        // One that was prepared again comes after the next, which waits for it.
        if entry.rows != self.stretch.from {
            return Decision::Stale;
        }
        let mut changes = match self.write.decide(catalog, snapshot, now) {
            Decision::Changes(changes) => changes,
            other => return other,
        };
        let made = changes.len() as u64;
        let checked = self.stretch.checked.lock();
        changes.extend(checked.aside.iter().cloned().map(set_aside));
        for (ready, done) in checked.ready.iter().zip(&self.write.done) {
            if let Done::Refused(problem) = done {
                changes.push(set_aside(ready.set_aside(&checked.seen, self.stretch.ingest, problem)));
            }
        }
        entry.quarantined += changes.len() as u64 - made;
        if entry.quarantined > self.stretch.most_set_aside {
            return Decision::Refused(Box::new(too_many(entry.rows, self.stretch.most_set_aside)));
        }
        entry.records += made;
        entry.rows += self.rows as u64;
        entry.bytes = self.stretch.bytes;
        changes.push(entry.change(stored));
        Decision::Changes(changes)
    }

    fn rows(&self) -> usize {
        self.rows + 1
    }

    fn bytes(&self) -> usize {
        self.size + self.rows * 64
    }
}

fn set_aside(row: Quarantined) -> Change {
    Change::Quarantine(Box::new(QuarantineChange { added: true, row }))
}

/// The refusal of an input that is not of its model.
fn too_many(rows: u64, most: u64) -> Problem {
    let detail = format!(
        "more than {} {} not fit the model: stopped after {}, all of which are records or set aside; those that follow are not read",
        count(most, "row"),
        either(most, "does", "do"),
        count(rows, "row"),
    );
    Problem::new(Code::IngestQuarantine, detail)
        .budget("quarantine", most, None)
        .suggest("look at what was set aside and why: GET /api/ingests/{id}/quarantine")
        .suggest("ingest the file into a model of its own, or correct it")
}
