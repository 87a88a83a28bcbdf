//! Writing records: one, many, or a batch of different operations; all or nothing, or a report for each (R1).

use super::check::{check_rights, checked_doc, refusal};
use super::patch::JsonPatch;
use crate::change::{Change, Outcome, RecordChange};
use crate::decide::{Decision, Read, Reads, Snapshot};
use crate::gate::View;
use crate::log::{EntryKind, hex};
use crate::model::{Model, Unique};
use crate::permission::Operation;
use crate::principal::Asker;
use crate::record::{Record, RecordId};
use crate::{Code, Issue, Object, Problem, Value};
use serde_json::json;
use std::collections::HashMap;
use std::sync::Arc;

/// How long an idempotency key is remembered, in microseconds: 24 hours.
pub const RETRY_KEPT: i64 = 24 * 3600 * 1_000_000;

/// A record that is ready to be made.
#[derive(Debug, Clone)]
pub struct NewRecord {
    /// Its id.
    pub id: RecordId,
    /// Its document.
    pub doc: Arc<[u8]>,
}

/// Which record.
#[derive(Debug, Clone)]
pub enum Target {
    /// By id.
    Id(RecordId),
    /// By the declared key.
    Key(Vec<u8>),
    /// By id where there is one with it, else by the declared key.
    Either(RecordId, Vec<u8>),
}

/// What is to become of a record.
#[derive(Debug, Clone)]
pub enum Revision {
    /// Merge patch.
    Merge(Object),
    /// JSON Patch.
    Patch(Arc<JsonPatch>),
    /// The asker's writable view is replaced.
    Replace(Object),
    /// It is deleted: for good where `hard`.
    Delete {
        /// For good.
        hard: bool,
    },
    /// It is restored.
    Restore,
    /// It goes back to what this version held.
    Revert {
        /// The version.
        to: u64,
    },
}

impl Revision {
    /// What one must be allowed to do.
    pub const fn operation(&self) -> Operation {
        match self {
            Self::Delete { .. } => Operation::Delete,
            _ => Operation::Update,
        }
    }
}

/// One operation of a command.
#[derive(Debug, Clone)]
pub enum Item {
    /// Makes a record.
    Create(NewRecord),
    /// Changes the record with this key, or makes one.
    Upsert {
        /// The key of the declared key.
        key: Vec<u8>,
        /// What was sent.
        sent: Object,
        /// The id of the record if it is made.
        id: RecordId,
    },
    /// Changes a record.
    Revise {
        /// Which.
        target: Target,
        /// Only if it has this version.
        if_version: Option<u64>,
        /// How.
        revision: Revision,
    },
    /// What was wrong with it already when it was prepared; kept for a report.
    Refused(Box<Problem>),
}

/// An idempotency key.
#[derive(Debug, Clone)]
pub struct Retry {
    /// SHA-256 over principal, method, path and key.
    pub scope: [u8; 32],
    /// SHA-256 over the request.
    pub request: [u8; 32],
}

/// What an operation came to.
#[derive(Debug, Clone)]
pub enum Done {
    /// The change at this place of the committed changes.
    Changed(usize),
    /// Nothing changed.
    Same(Box<Record>),
    /// It was refused.
    Refused(Box<Problem>),
}

/// A command that writes records of one model.
#[derive(Debug, Clone)]
pub struct WriteCommand {
    /// The model as it was when this was prepared.
    pub model: Arc<Model>,
    /// What the asker sees of it.
    pub view: Arc<View>,
    /// Who asks.
    pub asker: Arc<Asker>,
    /// The operations, in order.
    pub items: Vec<Item>,
    /// Whether each is done or refused by itself.
    pub report: bool,
    /// Whether the numbers of the answer travel as strings.
    pub numbers_as_text: bool,
    /// The idempotency key.
    pub retry: Option<Retry>,
    /// What each operation came to; filled by decide.
    pub done: Vec<Done>,
    /// What the same request came to before; filled by decide.
    pub replayed: Option<Value>,
}

impl WriteCommand {
    /// A command of one model.
    pub fn new(model: Arc<Model>, view: Arc<View>, asker: Arc<Asker>, items: Vec<Item>) -> Self {
        Self { model, view, asker, items, report: false, numbers_as_text: false, retry: None, done: Vec::new(), replayed: None }
    }

    /// Prepares a new record: rights, types, defaults, rules.
    ///
    /// # Errors
    /// Everything that is wrong with it.
    pub fn new_record(model: &Model, view: &View, asker: &Asker, id: RecordId, sent: Object) -> Result<NewRecord, Problem> {
        let mut issues = Vec::new();
        check_rights(model, view, asker.id, asker.id, &sent, &mut issues);
        if !issues.is_empty() {
            if let Err(more) = super::check(model, view, true, super::check::without(sent, &issues)) {
                issues.extend(
                    more.into_iter()
                        .filter(|issue| issue.code != Code::FieldUnknown)
                        .filter(|more| !issues.iter().any(|known| known.pointer == more.pointer))
                        .collect::<Vec<_>>(),
                );
            }
            return Err(refusal(issues));
        }
        let doc = checked_doc(model, view, true, sent)?;
        Ok(NewRecord { id, doc: doc.into() })
    }

    /// What it certainly has to know.
    pub fn first_reads(&self) -> Reads {
        let mut reads = Vec::new();
        reads.extend(self.retry.iter().map(|retry| Read::Outcome(retry.scope)));
        for item in &self.items {
            match item {
                Item::Revise { target: Target::Id(id) | Target::Either(id, _), .. } => reads.push(Read::Record(self.model.clone(), *id)),
                Item::Create(new) => {
                    for unique in &self.model.uniques {
                        reads.extend(unique.key(&new.doc).map(|key| Read::Unique(self.model.id(), unique.id, key)));
                    }
                }
                _ => {}
            }
        }
        Reads(reads)
    }

    /// Decides.
    pub fn decide(&mut self, snapshot: &Snapshot, now: i64) -> Decision {
        if let Some(retry) = &self.retry {
            match snapshot.outcome(&retry.scope) {
                None => return Decision::Need(Reads(vec![Read::Outcome(retry.scope)])),
                Some(Some(outcome)) if outcome.expires_at > now => return self.replay(&outcome.clone()),
                Some(_) => {}
            }
        }
        let mut deciding = Deciding::new(&self.model, &self.view, &self.asker, snapshot, now, self.items.len() > 1);
        let mut done = Vec::with_capacity(self.items.len());
        let mut refusals: Vec<(usize, Box<Problem>)> = Vec::new();
        for (at, item) in self.items.iter().enumerate() {
            match deciding.item(item) {
                Ok(outcome) => done.push(outcome),
                Err(Stop::Missing) => {}
                Err(Stop::Refused(problem)) => {
                    done.push(Done::Refused(problem.clone()));
                    refusals.push((at, problem));
                }
            }
        }
        if !deciding.needs.is_empty() {
            return Decision::Need(Reads(deciding.needs));
        }
        let mut changes = deciding.changes;
        if !refusals.is_empty() && !self.report {
            return Decision::Refused(Box::new(self.refuse(refusals)));
        }
        self.done = done;
        if let Some(retry) = &self.retry {
            changes.push(Change::Outcome(Box::new(Outcome {
                scope: retry.scope,
                request: retry.request,
                expires_at: now + RETRY_KEPT,
                answer: self.remember(&changes),
            })));
        }
        Decision::Changes(changes)
    }

    fn replay(&mut self, outcome: &Outcome) -> Decision {
        let same = self.retry.as_ref().is_some_and(|retry| retry.request == outcome.request);
        if !same {
            return Decision::Refused(Box::new(
                Problem::new(Code::IdempotencyMismatch, "this idempotency key was used with another request")
                    .suggest("use a new key for a new request"),
            ));
        }
        self.replayed = Some(outcome.answer.clone());
        Decision::Changes(Vec::new())
    }

    /// What is needed to render the answer again: ids and versions, or what was refused.
    fn remember(&self, changes: &[Change]) -> Value {
        let items: Vec<Value> = self
            .done
            .iter()
            .map(|done| match done {
                Done::Changed(at) => match changes.get(*at) {
                    Some(Change::Record(change)) => {
                        json!({ "id": change.id().to_string(), "version": change.version(), "created": change.kind == EntryKind::RecordCreate, "gone": change.after.is_none() })
                    }
                    _ => Value::Null,
                },
                Done::Same(record) => json!({ "id": record.id.to_string(), "version": record.version, "created": false, "gone": false }),
                Done::Refused(problem) => json!({ "problem": problem }),
            })
            .collect();
        json!({ "items": items })
    }

    fn refuse(&self, refusals: Vec<(usize, Box<Problem>)>) -> Problem {
        if self.items.len() == 1 {
            return refusals
                .into_iter()
                .next()
                .map(|(_, problem)| *problem)
                .unwrap_or_else(|| Problem::new(Code::Internal, "a refusal without a reason"));
        }
        let code = match refusals.first() {
            Some((_, first)) if refusals.iter().all(|(_, problem)| problem.code == first.code) => first.code,
            _ => Code::ValueInvalid,
        };
        Problem::of(code, refusals.into_iter().flat_map(|(at, problem)| place(at, *problem)).collect())
    }
}

/// The issues of one operation's problem, under its place; a problem without issues becomes one.
pub fn place(at: usize, problem: Problem) -> Vec<Issue> {
    if problem.errors.is_empty() {
        return vec![Issue::body(format!("/{at}"), problem.code, problem.detail).suggest_all(problem.suggestions)];
    }
    problem.under(&format!("/{at}")).errors
}

/// Why an operation did not come to an end.
pub(super) enum Stop {
    /// Something has to be read first.
    Missing,
    /// It is refused.
    Refused(Box<Problem>),
}

impl From<Problem> for Stop {
    fn from(problem: Problem) -> Self {
        Self::Refused(Box::new(problem))
    }
}

/// One round of deciding: what it sees is the snapshot under what it decided before.
pub(super) struct Deciding<'a> {
    pub model: &'a Arc<Model>,
    pub view: &'a View,
    pub asker: &'a Asker,
    snapshot: &'a Snapshot,
    pub now: i64,
    several: bool,
    records: HashMap<RecordId, Option<Record>>,
    uniques: HashMap<(u32, Vec<u8>), Option<RecordId>>,
    needs: Vec<Read>,
    changes: Vec<Change>,
}

impl<'a> Deciding<'a> {
    fn new(model: &'a Arc<Model>, view: &'a View, asker: &'a Asker, snapshot: &'a Snapshot, now: i64, several: bool) -> Self {
        Self {
            model,
            view,
            asker,
            snapshot,
            now,
            several,
            records: HashMap::new(),
            uniques: HashMap::new(),
            needs: Vec::new(),
            changes: Vec::new(),
        }
    }

    fn item(&mut self, item: &Item) -> Result<Done, Stop> {
        match item {
            Item::Create(new) => self.create(new),
            Item::Upsert { key, sent, id } => self.upsert(key, sent, *id),
            Item::Revise { target, if_version, revision } => self.revise(target, *if_version, revision),
            Item::Refused(problem) => Err(Stop::Refused(problem.clone())),
        }
    }

    fn create(&mut self, new: &NewRecord) -> Result<Done, Stop> {
        let record = Record {
            id: new.id,
            version: 1,
            stamp: self.model.head.stamp,
            created_at: self.now,
            updated_at: self.now,
            created_by: self.asker.id,
            updated_by: self.asker.id,
            owner: self.asker.id,
            deleted_at: None,
            doc: new.doc.clone(),
        };
        self.keep(EntryKind::RecordCreate, None, Some(record))
    }

    fn upsert(&mut self, key: &[u8], sent: &Object, id: RecordId) -> Result<Done, Stop> {
        let constraint = self.model.head.key_unique.ok_or_else(no_key)?;
        match self.holder(constraint, key)? {
            Some(found) => self.revise(&Target::Id(found), None, &Revision::Merge(sent.clone())),
            None if !self.view.may(Operation::Create) => Err(missing(Operation::Create).into()),
            None => {
                let new = WriteCommand::new_record(self.model, self.view, self.asker, id, sent.clone())?;
                self.create(&new)
            }
        }
    }

    /// Adds a change, after its unique keys were found free.
    pub fn keep(&mut self, kind: EntryKind, before: Option<Record>, after: Option<Record>) -> Result<Done, Stop> {
        if !self.model.uniques.is_empty() {
            self.claim(before.as_ref(), after.as_ref())?;
        }
        if self.several
            && let Some(id) = after.as_ref().or(before.as_ref()).map(|record| record.id)
        {
            self.records.insert(id, after.clone());
        }
        self.changes.push(Change::Record(Box::new(RecordChange { kind, model: self.model.clone(), before, after })));
        Ok(Done::Changed(self.changes.len() - 1))
    }

    fn claim(&mut self, before: Option<&Record>, after: Option<&Record>) -> Result<(), Stop> {
        let model = self.model.clone();
        let (mut taken, mut missing, mut claims) = (Vec::new(), false, Vec::new());
        for unique in &model.uniques {
            let old = before.filter(|record| record.deleted_at.is_none()).and_then(|record| unique.key(&record.doc));
            let new = after.filter(|record| record.deleted_at.is_none()).and_then(|record| unique.key(&record.doc));
            if old == new {
                continue;
            }
            if let (Some(key), Some(record)) = (&new, after) {
                match self.holder(unique.id, key) {
                    Ok(Some(holder)) if holder != record.id => taken.push(taken_issue(&model, unique)),
                    Ok(_) => {}
                    Err(_) => missing = true,
                }
            }
            claims.push((unique.id, old, new));
        }
        if missing {
            return Err(Stop::Missing);
        }
        if !taken.is_empty() {
            return Err(Problem::of(Code::UniqueTaken, taken).into());
        }
        if self.several {
            let id = after.or(before).map(|record| record.id);
            for (constraint, old, new) in claims {
                self.uniques.extend(old.map(|key| ((constraint, key), None)));
                self.uniques.extend(new.map(|key| ((constraint, key), id)));
            }
        }
        Ok(())
    }

    pub fn holder(&mut self, constraint: u32, key: &[u8]) -> Result<Option<RecordId>, Stop> {
        let own = (constraint, key.to_vec());
        if let Some(holder) = self.uniques.get(&own) {
            return Ok(*holder);
        }
        let wanted = (self.model.id(), own.0, own.1);
        match self.snapshot.unique(&wanted) {
            Some(holder) => Ok(*holder),
            None => {
                self.needs.push(Read::Unique(wanted.0, wanted.1, wanted.2));
                Err(Stop::Missing)
            }
        }
    }

    pub fn record(&mut self, id: RecordId) -> Result<Option<Record>, Stop> {
        if let Some(record) = self.records.get(&id) {
            return Ok(record.clone());
        }
        match self.snapshot.record(&(self.model.id(), id)) {
            Some(record) => Ok(record.clone()),
            None => {
                self.needs.push(Read::Record(self.model.clone(), id));
                Err(Stop::Missing)
            }
        }
    }

    pub fn past(&mut self, now: &Record, version: u64) -> Result<Option<Record>, Stop> {
        let wanted = (self.model.id(), now.id, version);
        match self.snapshot.history(&wanted) {
            Some(entries) => Ok(crate::log::past(now, entries, version)?),
            None => {
                self.needs.push(Read::History(wanted.0, wanted.1, wanted.2));
                Err(Stop::Missing)
            }
        }
    }
}

fn taken_issue(model: &Model, unique: &Unique) -> Issue {
    let names: Vec<String> = unique.members.iter().map(|(ids, ..)| model.names(ids)).collect();
    let pointer = format!("/{}", names.first().map(|name| name.replace('.', "/")).unwrap_or_default());
    let message = match names.as_slice() {
        [only] => format!("another record has this `{only}`"),
        several => {
            format!("another record has these values of {}", several.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", "))
        }
    };
    Issue::body(pointer, Code::UniqueTaken, message).rule("unique")
}

fn no_key() -> Problem {
    Problem::new(Code::BodyShape, "`upsert` needs a model with a declared key")
}

/// The refusal of an operation one has no right to.
pub fn missing(operation: Operation) -> Problem {
    Problem::new(
        Code::RightMissing,
        format!("you may not {} records of this model: the right `{}` is missing", operation.as_str(), operation.as_str()),
    )
}

/// The scope of an idempotency key, for logs.
pub fn scope_text(scope: &[u8; 32]) -> String {
    hex(scope)
}
