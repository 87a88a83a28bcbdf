//! Writing records: one, many, or a batch of different operations; all or nothing, or a report for each (R1).

use super::arrive::Arrival;
use super::check::{check_rights, refusal, unique_keys};
use super::deciding::{Deciding, Stop};
use super::patch::JsonPatch;
use super::refer::{Chosen, Naming, Writing, namings_of};
use crate::catalog::Catalog;
use crate::change::{Change, Outcome};
use crate::decide::{Decision, Read, Reads, Snapshot};
use crate::gate::View;
use crate::log::hex;
use crate::model::{Fresh, Model};
use crate::permission::Operation;
use crate::principal::Asker;
use crate::record::{Record, RecordId};
use crate::{Code, Issue, Object, Problem, Value};
use serde_json::json;
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
        /// What its factories make values from then.
        fresh: Box<Fresh>,
    },
    /// Changes the record a row names, or makes one.
    Import(Box<Arrival>),
    /// Changes a record.
    Revise {
        /// Which.
        target: Target,
        /// Only if it has this version.
        if_version: Option<u64>,
        /// How.
        revision: Revision,
    },
    /// What was wrong with it already when it was prepared; kept to be told with what is wrong with the others (invariant 12).
    Refused(Box<Refusal>),
}

/// A record that is refused already.
#[derive(Debug, Clone)]
pub struct Refusal {
    /// Why.
    pub problem: Problem,
    /// The unique keys of what nothing is wrong with, each with its constraint: taken ones are told with the rest (R4).
    pub keys: Vec<(u32, Vec<u8>)>,
    /// The references of it: what names no record is told with the rest too.
    pub references: Vec<Naming>,
}

impl Refusal {
    /// Whether the store has nothing to add.
    pub fn is_settled(&self) -> bool {
        self.keys.is_empty() && self.references.is_empty()
    }
}

impl From<Problem> for Refusal {
    fn from(problem: Problem) -> Self {
        Self { problem, keys: Vec::new(), references: Vec::new() }
    }
}

/// How several operations stand in what was sent, as JSON pointers.
#[derive(Debug, Clone, Copy)]
pub struct Listed {
    /// Of the list.
    pub at: &'static str,
    /// Of the record within an element.
    pub record: &'static str,
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
    /// How they stand in what was sent; none where one record was sent.
    pub listed: Option<Listed>,
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
        Self {
            model,
            view,
            asker,
            items,
            listed: None,
            report: false,
            numbers_as_text: false,
            retry: None,
            done: Vec::new(),
            replayed: None,
        }
    }

    /// Prepares a new record: rights, types, defaults, rules.
    ///
    /// # Errors
    /// Everything that is wrong with it.
    pub fn new_record(model: &Model, view: &View, asker: &Asker, id: RecordId, fresh: &Fresh, sent: Object) -> Result<NewRecord, Problem> {
        Self::creation(model, view, asker, id, fresh, sent).map_err(|refusal| refusal.problem)
    }

    /// As [`WriteCommand::new_record`], for those who ask the store for the rest of what is wrong.
    ///
    /// # Errors
    /// Everything that is wrong with it, and the unique keys of what is right.
    pub fn creation(
        model: &Model,
        view: &View,
        asker: &Asker,
        id: RecordId,
        fresh: &Fresh,
        sent: Object,
    ) -> Result<NewRecord, Box<Refusal>> {
        let mut issues = Vec::new();
        check_rights(model, view, asker.id, asker.id, &sent, &mut issues);
        let (problem, stands) = if issues.is_empty() {
            match super::check_new(model, view, true, sent, Some(fresh)) {
                Ok(record) => return Ok(NewRecord { id, doc: crate::document::encode(model, &record).into() }),
                Err(unfit) => (Problem::of(Code::ValueInvalid, unfit.issues), unfit.stands),
            }
        } else {
            let stands = match super::check_new(model, view, true, super::check::without(sent, &issues), Some(fresh)) {
                Ok(record) => record,
                Err(unfit) => {
                    let more = unfit.issues.into_iter().filter(|issue| issue.code != Code::FieldUnknown);
                    let more: Vec<Issue> = more.filter(|more| !issues.iter().any(|known| known.pointer == more.pointer)).collect();
                    issues.extend(more);
                    unfit.stands
                }
            };
            (refusal(issues), stands)
        };
        let keys = if model.uniques.is_empty() { Vec::new() } else { unique_keys(model, &stands) };
        let references = namings_of(&Writing { model, view, asker: asker.id, chosen: Chosen::All }, None, &stands);
        Err(Box::new(Refusal { problem, keys, references }))
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
                Item::Import(arrival) => arrival.first_reads(self, &mut reads),
                Item::Refused(refusal) => {
                    reads.extend(refusal.keys.iter().map(|(unique, key)| Read::Unique(self.model.id(), *unique, key.clone())));
                }
                _ => {}
            }
        }
        Reads(reads)
    }

    /// Decides.
    pub fn decide(&mut self, catalog: &Catalog, snapshot: &Snapshot, now: i64) -> Decision {
        if let Some(retry) = &self.retry {
            match snapshot.outcome(&retry.scope) {
                None => return Decision::Need(Reads(vec![Read::Outcome(retry.scope)])),
                Some(Some(outcome)) if outcome.expires_at > now => return self.replay(&outcome.clone()),
                Some(_) => {}
            }
        }
        let mut deciding = Deciding::new(self, catalog, snapshot, now);
        deciding.within = self.listed.map_or("", |listed| listed.record);
        let mut done = Vec::with_capacity(self.items.len());
        let mut refusals: Vec<(usize, Box<Problem>)> = Vec::new();
        for (at, item) in self.items.iter().enumerate() {
            match deciding.item(item) {
                Ok(outcome) => done.push(outcome),
                Err(Stop::Missing) => {}
                Err(Stop::Refused(problem)) => {
                    let problem = Box::new(self.placed(item, *problem));
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
                        json!({ "id": change.id().to_string(), "version": change.version(), "created": change.kind.begins_record(), "gone": change.after.is_none() })
                    }
                    _ => Value::Null,
                },
                Done::Same(record) => json!({ "id": record.id.to_string(), "version": record.version, "created": false, "gone": false }),
                Done::Refused(problem) => json!({ "problem": problem }),
            })
            .collect();
        json!({ "items": items })
    }

    /// A problem of an operation, its issues where the record stands in the operation.
    fn placed(&self, item: &Item, problem: Problem) -> Problem {
        let Some(listed) = self.listed else { return problem };
        match item {
            Item::Refused(_) => problem,
            Item::Revise { revision: Revision::Delete { .. } | Revision::Restore | Revision::Revert { .. }, .. } => problem.nowhere(),
            _ => problem.under(listed.record),
        }
    }

    fn refuse(&self, refusals: Vec<(usize, Box<Problem>)>) -> Problem {
        let Some(listed) = self.listed else {
            return refusals
                .into_iter()
                .next()
                .map(|(_, problem)| *problem)
                .unwrap_or_else(|| Problem::new(Code::Internal, "a refusal without a reason"));
        };
        let code = match refusals.first() {
            Some((_, first)) if refusals.iter().all(|(_, problem)| problem.code == first.code) => first.code,
            _ => Code::ValueInvalid,
        };
        let more = refusals.iter().map(|(_, problem)| problem.more).sum();
        Problem::of_some(code, refusals.into_iter().flat_map(|(at, problem)| place(at, *problem)).collect(), more).under(listed.at)
    }
}

/// The issues of one operation's problem, under its place; a problem without issues becomes one.
pub fn place(at: usize, problem: Problem) -> Vec<Issue> {
    if problem.errors.is_empty() {
        return vec![Issue::body(format!("/{at}"), problem.code, problem.detail).suggest_all(problem.suggestions)];
    }
    problem.under(&format!("/{at}")).errors
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
