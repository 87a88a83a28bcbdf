//! A stretch of an input, checked: kept until it is on disk, so that nothing of it is lost when it has to be prepared again.

use super::super::Session;
use crate::seen::SeenModel;
use dmr_core::change::Quarantined;
use dmr_core::command::{Item, NewRecord, WriteCommand};
use dmr_core::record::RecordId;
use dmr_core::{Code, Object, Problem, document};
use dmr_ingest::{Outcome, Place};
use parking_lot::Mutex;

/// The most bytes of a stretch; a row that is larger goes alone.
const MOST_BYTES: usize = 4 * 1024 * 1024;
/// The most issues of a row that its message tells.
const MOST_TOLD: usize = 10;

/// Rows of an input that go to disk together.
pub(super) struct Stretch {
    /// The ingest.
    pub ingest: RecordId,
    /// Rows of the input before it.
    pub from: u64,
    /// How far the input is read at its end, in bytes.
    pub bytes: u64,
    /// How many rows the ingest may set aside.
    pub most_set_aside: u64,
    /// What was made of the rows. Protects it while it is checked again after the model or the rights moved.
    pub checked: Mutex<Checked>,
}

/// Rows that can become records, and rows that cannot.
pub(super) struct Checked {
    ingest: RecordId,
    /// Under which model and view.
    pub seen: SeenModel,
    /// Under which state of principals, roles and keys.
    stamp: u64,
    /// Fields that got another name since the input was laid out: old and new.
    renames: Vec<(String, String)>,
    /// Ready to be made, in the order of the input.
    pub ready: Vec<Ready>,
    /// Set aside.
    pub aside: Vec<Quarantined>,
    /// Size of it all, in bytes.
    pub size: usize,
}

/// A row that can become a record.
pub(super) struct Ready {
    /// The record.
    pub new: NewRecord,
    place: Place,
    raw: Vec<u8>,
}

impl Ready {
    /// The row, set aside after all.
    pub fn set_aside(&self, of: &SeenModel, ingest: RecordId, problem: &Problem) -> Quarantined {
        let (code, message) = told(problem);
        let Place { line, byte } = self.place;
        Quarantined { id: self.new.id, ingest, model: of.model.id(), line, byte, code, message, raw: self.raw.clone() }
    }
}

impl Checked {
    /// Nothing yet.
    pub fn new(ingest: RecordId, seen: SeenModel, session: &Session, renames: Vec<(String, String)>) -> Self {
        Self { ingest, seen, stamp: session.asker.stamp, renames, ready: Vec::new(), aside: Vec::new(), size: 0 }
    }

    /// How many rows of the input it holds.
    pub fn rows(&self) -> usize {
        self.ready.len() + self.aside.len()
    }

    /// Whether nothing more goes in.
    pub fn is_full(&self, rows: usize) -> bool {
        self.rows() >= rows || self.size >= MOST_BYTES
    }

    /// Takes in the next of the input.
    ///
    /// # Errors
    /// What is wrong with the registry; what is wrong with the row goes to quarantine with it.
    pub fn add(&mut self, session: &Session, outcome: Outcome) -> Result<(), Problem> {
        match outcome {
            Outcome::Row(row) => {
                let values = self.renamed(row.values);
                self.check(session, session.inner.ids.next(), values, row.place, row.raw)
            }
            Outcome::Quarantined(aside) => {
                let id = session.inner.ids.next();
                let Place { line, byte } = aside.place;
                let (code, message, raw) = (aside.code.as_str().to_owned(), aside.message, aside.raw);
                self.size += raw.len() + message.len();
                self.aside.push(Quarantined { id, ingest: self.ingest, model: self.seen.model.id(), line, byte, code, message, raw });
                Ok(())
            }
        }
    }

    fn renamed(&self, values: Object) -> Object {
        if self.renames.is_empty() {
            return values;
        }
        let label = |name: String| match self.renames.iter().find(|(old, _)| *old == name) {
            Some((_, new)) => new.clone(),
            None => name,
        };
        values.into_iter().map(|(name, value)| (label(name), value)).collect()
    }

    fn check(&mut self, session: &Session, id: RecordId, values: Object, place: Place, raw: Vec<u8>) -> Result<(), Problem> {
        self.size += raw.len();
        let fresh = session.fresh(&self.seen.model, &values)?;
        match WriteCommand::new_record(&self.seen.model, &self.seen.view, &session.asker, id, &fresh, values) {
            Ok(new) => {
                self.size += new.doc.len();
                self.ready.push(Ready { new, place, raw });
                Ok(())
            }
            Err(problem) if problem.status() >= 500 => Err(problem),
            Err(problem) => {
                let (code, message) = told(&problem);
                let Place { line, byte } = place;
                self.aside.push(Quarantined { id, ingest: self.ingest, model: self.seen.model.id(), line, byte, code, message, raw });
                Ok(())
            }
        }
    }

    /// Checks again where the model or the asker's rights are others than they were.
    ///
    /// # Errors
    /// As [`Checked::add`].
    pub fn renew(&mut self, session: &Session, seen: &SeenModel) -> Result<(), Problem> {
        let same = self.stamp == session.asker.stamp && self.seen.model.head.revision == seen.model.head.revision;
        if same {
            return Ok(());
        }
        self.seen = seen.clone();
        self.stamp = session.asker.stamp;
        for Ready { new, place, raw } in std::mem::take(&mut self.ready) {
            // The document is under ids: it comes back under the names of now.
            let values = document::decode(&seen.model, &new.doc, &seen.old_labels);
            self.check(session, new.id, values, place, raw)?;
        }
        Ok(())
    }

    /// The records as operations of a command.
    pub fn items(&self) -> Vec<Item> {
        self.ready.iter().map(|ready| Item::Create(ready.new.clone())).collect()
    }
}

/// A problem of a row as a code and a sentence.
fn told(problem: &Problem) -> (String, String) {
    let code: Code = problem.errors.first().map_or(problem.code, |issue| issue.code);
    if problem.errors.is_empty() {
        return (code.as_str().to_owned(), problem.detail.clone());
    }
    let mut message = String::new();
    for issue in problem.errors.iter().take(MOST_TOLD) {
        if !message.is_empty() {
            message.push_str("; ");
        }
        if !issue.pointer.is_empty() {
            message.push_str(&issue.pointer);
            message.push_str(": ");
        }
        message.push_str(&issue.message);
    }
    let more = (problem.errors.len() + problem.more).saturating_sub(MOST_TOLD);
    if more > 0 {
        message.push_str(&format!("; and {more} more"));
    }
    (code.as_str().to_owned(), message)
}
