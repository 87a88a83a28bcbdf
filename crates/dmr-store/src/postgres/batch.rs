//! What the writer knows while it works on one transaction: what was read, what was decided upon it, and what is to be written.
//!
//! Decisions are made in memory. What the commands of the batch are certain to need is read at once, locked in order of key, so that two
//! writers never wait for each other in a circle; what they decide is written at once.

use super::connection::{Answer, Ask, Connection};
use super::fault::Fault;
use super::key::hold;
use super::read::{self, Reading};
use super::row;
use crate::{Counts, LogRange, Reader, RegistryRow, Stretch, Walk};
use dmr_core::change::{Outcome, Quarantined};
use dmr_core::decide::{Read, Reads};
use dmr_core::log::{About, By, Entry};
use dmr_core::model::{Model, ModelId};
use dmr_core::record::{Record, RecordId, RecordRef};
use dmr_core::{Code, Problem, Value};
use std::borrow::Cow;
use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::ops::ControlFlow;
use std::sync::Arc;
use tokio_postgres::types::ToSql;

/// A statement and what it holds.
pub(super) struct Statement {
    pub sql: Cow<'static, str>,
    pub values: Vec<Box<dyn ToSql + Sync>>,
    pub expects: Expects,
}

/// What a statement must have changed.
#[derive(Debug, Clone, Copy)]
pub(super) enum Expects {
    Anything,
    /// The row of this record, as the change found it.
    Record(RecordId),
    /// The counter, which is this writer's.
    Counter,
}

macro_rules! statement {
    ($sql:expr, $expects:expr $(, $value:expr)* $(,)?) => {
        $crate::postgres::batch::Statement { sql: $sql.into(), values: vec![$(Box::new($value)),*], expects: $expects }
    };
}
pub(super) use statement;

/// Something to do in the order of the changes.
pub(super) enum Step {
    Statement(Statement),
    /// Entries and unique keys are made from the records that live.
    Fill {
        model: Arc<Model>,
        indexes: Vec<u32>,
        uniques: Vec<u32>,
    },
}

/// An entry of the log that has no position yet.
pub(super) struct Line {
    pub about: About,
    pub by: By,
    pub leaf: [u8; 32],
    pub body: Vec<u8>,
}

/// What the writer knows while it works on one transaction. Thrown away when the transaction is taken back.
pub(super) struct Batch<'c> {
    pub reading: Reading<'c>,
    pub known: RefCell<Known>,
    pub steps: Vec<Step>,
    pub lines: Vec<Line>,
    /// By how much the counts of models change: live, deleted.
    pub tallies: BTreeMap<ModelId, (i64, i64)>,
    /// Models and records whose rows or entries are still to be written.
    pub touched: (HashSet<ModelId>, HashSet<(ModelId, RecordId)>),
    /// Whether a decision asked what only the server can answer, and only once this batch is written.
    pub deferred: Cell<bool>,
}

/// Stored state as far as it was read, with what was decided since.
#[derive(Default)]
pub(super) struct Known {
    pub records: HashMap<(ModelId, RecordId), Option<Record>>,
    pub uniques: HashMap<(ModelId, u32, Vec<u8>), Option<RecordId>>,
    pub outcomes: HashMap<[u8; 32], Option<Outcome>>,
    pub quarantined: HashMap<RecordId, Option<Quarantined>>,
    /// As they are stored: what changes them is in the batch's tallies.
    counts: HashMap<ModelId, Counts>,
    /// Outcomes that expire until then are forgotten.
    pub forgotten: Option<i64>,
}

impl<'c> Batch<'c> {
    pub fn new(connection: &'c Connection) -> Self {
        connection.begin("BEGIN ISOLATION LEVEL READ COMMITTED");
        Self {
            reading: Reading::loose(connection),
            known: RefCell::default(),
            steps: Vec::new(),
            lines: Vec::new(),
            tallies: BTreeMap::new(),
            touched: Default::default(),
            deferred: Cell::new(false),
        }
    }

    /// Reads at once what commands are certain to need.
    pub fn read_ahead(&self, all: impl Iterator<Item = Reads>) -> Result<(), Fault> {
        let (mut records, mut uniques, mut counts) = (BTreeSet::new(), BTreeSet::new(), BTreeSet::new());
        for read in all.flat_map(|reads| reads.0) {
            match read {
                Read::Record(model, id) => drop(records.insert((model.id(), id))),
                Read::Unique(model, constraint, key) => drop(uniques.insert((model, constraint, key))),
                Read::Counts(model) => drop(counts.insert(model)),
                // Rare, or only to be answered when it is the command's turn.
                Read::Outcome(_) | Read::Quarantined(..) | Read::History(..) | Read::All(..) | Read::Holders(..) => {}
            }
        }
        let mut statements: Vec<Statement> = records.iter().map(|(model, id)| record_locked(*model, *id)).collect();
        statements.extend(uniques.iter().map(|(model, constraint, key)| unique_locked(*model, *constraint, key)));
        statements.extend(counts.iter().map(|model| statement!(read::COUNTS, Expects::Anything, i64::from(model.0))));
        let mut answers = self.send(&statements)?.into_iter().map(|answer| answer.rows);
        let mut known = self.known.borrow_mut();
        for (key, rows) in records.into_iter().zip(answers.by_ref()) {
            known.records.insert(key, rows.first().map(|row| row::record(row, 0)).transpose()?.map(|record| record.to_owned()));
        }
        for (key, rows) in uniques.into_iter().zip(answers.by_ref()) {
            known.uniques.insert(key, rows.first().map(|row| row::bytes(row, 0).map(RecordId)).transpose()?);
        }
        for (model, rows) in counts.into_iter().zip(answers) {
            known.counts.insert(model, rows.first().map(read::counts).transpose()?.unwrap_or_default());
        }
        Ok(())
    }

    /// Sends statements at once and sees whether each did what it must.
    pub fn send(&self, statements: &[Statement]) -> Result<Vec<Answer>, Fault> {
        if statements.is_empty() {
            return Ok(Vec::new());
        }
        let asks: Vec<Ask<'_>> = statements
            .iter()
            .map(|statement| Ask { sql: &statement.sql, values: statement.values.iter().map(|value| &**value).collect() })
            .collect();
        let answers = self.reading.connection.pipeline(&asks).map_err(|error| Fault::from(&error))?;
        let check = |(statement, answer): (&Statement, Result<Answer, _>)| {
            let answer = answer.map_err(|error| Fault::from(&error))?;
            match statement.expects {
                Expects::Record(id) if answer.changed != 1 => {
                    Err(Fault::Command(Problem::new(Code::Internal, format!("the record {id} is not what the change found"))))
                }
                Expects::Counter if answer.changed != 1 => Err(Fault::Store(taken_over())),
                _ => Ok(answer),
            }
        };
        statements.iter().zip(answers).map(check).collect()
    }

    /// Whether what the server knows of something is not what this batch makes of it: then the command has to wait for the next batch.
    fn wait_if(&self, changed: bool) -> Result<(), Problem> {
        if !changed {
            return Ok(());
        }
        self.deferred.set(true);
        Err(Problem::new(Code::Internal, "this is decided in the next batch"))
    }

    fn has_changes(&self) -> bool {
        !self.steps.is_empty()
    }
}

impl Reader for Batch<'_> {
    fn registry(&self) -> Result<Vec<RegistryRow>, Problem> {
        self.wait_if(self.has_changes())?;
        self.reading.registry()
    }

    fn record(&self, model: &Arc<Model>, id: RecordId) -> Result<Option<Record>, Problem> {
        if let Some(record) = self.known.borrow().records.get(&(model.id(), id)) {
            return Ok(record.clone());
        }
        let rows = self.ask(&record_locked(model.id(), id))?;
        let found = rows.first().map(|row| row::record(row, 0)).transpose()?.map(|record| record.to_owned());
        self.known.borrow_mut().records.insert((model.id(), id), found.clone());
        Ok(found)
    }

    fn with_record(&self, model: &Arc<Model>, id: RecordId, with: &mut dyn FnMut(Option<RecordRef<'_>>)) -> Result<(), Problem> {
        let record = self.record(model, id)?;
        with(record.as_ref().map(Record::as_ref));
        Ok(())
    }

    fn unique(&self, model: ModelId, constraint: u32, key: &[u8]) -> Result<Option<RecordId>, Problem> {
        let place = (model, constraint, key.to_vec());
        if let Some(holder) = self.known.borrow().uniques.get(&place) {
            return Ok(*holder);
        }
        let rows = self.ask(&unique_locked(model, constraint, key))?;
        let found = rows.first().map(|row| row::bytes(row, 0).map(RecordId)).transpose()?;
        self.known.borrow_mut().uniques.insert(place, found);
        Ok(found)
    }

    fn uniques(&self, model: ModelId) -> Result<Vec<(u32, Vec<u8>, RecordId)>, Problem> {
        self.wait_if(self.touched.0.contains(&model))?;
        self.reading.uniques(model)
    }

    fn walk(&self, walk: &Walk<'_>, each: &mut dyn FnMut(&[u8], RecordRef<'_>) -> ControlFlow<()>) -> Result<(), Problem> {
        self.wait_if(self.touched.0.contains(&walk.model.id()))?;
        self.reading.walk(walk, each)
    }

    fn keys(&self, model: ModelId, stretch: &Stretch<'_>, most: u64) -> Result<u64, Problem> {
        self.wait_if(self.touched.0.contains(&model))?;
        self.reading.keys(model, stretch, most)
    }

    fn counts(&self, model: ModelId) -> Result<Counts, Problem> {
        let known = self.known.borrow().counts.get(&model).copied();
        let stored = known.map_or_else(|| self.reading.counts(model), Ok)?;
        self.known.borrow_mut().counts.insert(model, stored);
        let (live, deleted) = self.tallies.get(&model).copied().unwrap_or_default();
        Ok(Counts { live: stored.live.wrapping_add_signed(live), deleted: stored.deleted.wrapping_add_signed(deleted) })
    }

    fn log(&self, range: &LogRange, each: &mut dyn FnMut(&Entry) -> ControlFlow<()>) -> Result<(), Problem> {
        let changed = match (range.model, range.record) {
            (Some(model), Some(record)) => self.touched.1.contains(&(model, record)),
            _ => self.has_changes(),
        };
        self.wait_if(changed)?;
        self.reading.log(range, each)
    }

    fn quarantine(&self, ingest: Option<RecordId>, after: Option<RecordId>, limit: usize) -> Result<Vec<Quarantined>, Problem> {
        self.wait_if(self.has_changes())?;
        self.reading.quarantine(ingest, after, limit)
    }

    fn quarantined(&self, ingest: RecordId, id: RecordId) -> Result<Option<Quarantined>, Problem> {
        match self.known.borrow().quarantined.get(&id) {
            Some(known) => Ok(known.clone().filter(|row| row.ingest == ingest)),
            None => self.reading.quarantined(ingest, id),
        }
    }

    fn outcome(&self, scope: &[u8; 32]) -> Result<Option<Outcome>, Problem> {
        let known = self.known.borrow();
        if let Some(outcome) = known.outcomes.get(scope) {
            return Ok(outcome.clone());
        }
        let stored = self.reading.outcome(scope)?;
        Ok(stored.filter(|outcome| known.forgotten.is_none_or(|until| outcome.expires_at > until)))
    }

    fn outcomes(&self) -> Result<Vec<Outcome>, Problem> {
        self.wait_if(self.has_changes())?;
        self.reading.outcomes()
    }

    fn note(&self, name: &str) -> Result<Option<Value>, Problem> {
        self.wait_if(self.has_changes())?;
        self.reading.note(name)
    }
}

impl Batch<'_> {
    fn ask(&self, statement: &Statement) -> Result<Vec<tokio_postgres::Row>, Problem> {
        let values: Vec<&(dyn ToSql + Sync)> = statement.values.iter().map(|value| &**value).collect();
        self.reading.ask(&statement.sql, &values)
    }
}

fn record_locked(model: ModelId, id: RecordId) -> Statement {
    let sql = read::records("WHERE r.tenant_id = 1 AND r.model = $1 AND r.id = $2 FOR UPDATE");
    statement!(sql, Expects::Anything, i64::from(model.0), id.0.to_vec())
}

fn unique_locked(model: ModelId, constraint: u32, key: &[u8]) -> Statement {
    let sql = "SELECT record FROM dmr_unique_key WHERE tenant_id = 1 AND model = $1 AND rule = $2 AND hold = $3 FOR UPDATE";
    statement!(sql, Expects::Anything, i64::from(model.0), i64::from(constraint), hold(key))
}

/// Told by a writer whose database another one writes to.
pub(super) fn taken_over() -> Problem {
    Problem::new(Code::DataOwned, "another process writes to this database since").suggest("Stop one of the two")
}
