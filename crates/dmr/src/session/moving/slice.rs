//! A slice of an import: one commit of the rows that fit, with what became of each.

use super::super::Session;
use super::super::batch::key_of;
use super::super::bulk::issues;
use super::import::FailedRow;
use super::incoming::{Row, take_past};
use crate::seen::SeenModel;
use crate::submission::Command;
use dmr_core::catalog::Catalog;
use dmr_core::change::{Change, Outcome};
use dmr_core::command::{Arrival, Done, Item, Named, Past, RETRY_KEPT, Retry, WriteCommand, place};
use dmr_core::decide::{Committed, Decision, Read, Reads, Snapshot};
use dmr_core::gate::Guard;
use dmr_core::model::ModelId;
use dmr_core::permission::Operation;
use dmr_core::principal::Right;
use dmr_core::{Code, Issue, Object, Problem, Value};
use serde_json::json;
use sha2::{Digest, Sha256};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

/// The most failed rows of a slice that are kept for a request that comes again.
const MOST_REMEMBERED: usize = 100;

/// What holds for every slice of an import.
pub(super) struct Rules {
    /// The model, by its name and identity.
    pub model: (String, ModelId),
    /// Whether rows come with what the system keeps.
    pub system: bool,
    /// Whether nothing is written.
    pub dry_run: bool,
    /// The idempotency key of the whole.
    pub retry: Option<Retry>,
    /// Rows that are decided: slices are, in order.
    pub decided: AtomicU64,
}

/// Rows that are decided together.
pub(super) struct Stretch {
    pub rules: Arc<Rules>,
    pub rows: Vec<Row>,
    /// How many rows of the file come before.
    pub from: u64,
    /// Whether all of them stand or fall together.
    pub whole: bool,
    /// Size in bytes, about.
    pub size: usize,
    /// How far the file is read at its end, in bytes.
    pub byte: u64,
}

/// What a slice came to.
#[derive(Debug, Clone, Default)]
pub(super) struct Landed {
    pub created: u64,
    pub updated: u64,
    pub unchanged: u64,
    pub failed: u64,
    pub failures: Vec<FailedRow>,
    /// How long the writer had it.
    pub took: Duration,
    /// Whether this is what it came to when it was sent before.
    pub replayed: bool,
}

/// The command that writes a stretch.
pub(super) struct Slice {
    stretch: Arc<Stretch>,
    write: WriteCommand,
    retry: Option<Retry>,
    began: Option<Instant>,
    landed: Landed,
}

impl Slice {
    /// Prepares a stretch under what is known now.
    ///
    /// # Errors
    /// Where the asker may not bring records in any more, or another model has the name.
    pub fn prepare(session: &Session, stretch: &Arc<Stretch>) -> Result<Self, Problem> {
        let rules = &stretch.rules;
        let seen = may_import(session, &rules.model.0, rules.system)?;
        if seen.model.id() != rules.model.1 {
            let detail = format!("the model `{}` was deleted while records were imported", rules.model.0);
            return Err(Problem::new(Code::ModelUnknown, detail));
        }
        let items = stretch.rows.iter().map(|row| item(session, &seen, row, rules.system)).collect();
        let mut write = WriteCommand::new(seen.model, seen.view, session.asker.clone(), items);
        write.report = true;
        let retry = rules.retry.as_ref().map(|retry| of_stretch(retry, stretch.from));
        Ok(Self { stretch: stretch.clone(), write, retry, began: None, landed: Landed::default() })
    }

    /// The answer of a committed slice.
    pub fn landed(_: &Session, slice: Self, _: Committed) -> Result<Landed, Problem> {
        let took = slice.began.map(|began| began.elapsed()).unwrap_or_default();
        Ok(Landed { took, ..slice.landed })
    }

    fn tell(&self, changes: &[Change]) -> Landed {
        let mut landed = Landed::default();
        for (row, done) in self.stretch.rows.iter().zip(&self.write.done) {
            match done {
                Done::Changed(at) => match changes.get(*at) {
                    Some(Change::Record(change)) if change.kind.begins_record() => landed.created += 1,
                    _ => landed.updated += 1,
                },
                Done::Same(_) => landed.unchanged += 1,
                Done::Refused(problem) => {
                    landed.failed += 1;
                    landed.failures.push(FailedRow { row: row.number, line: row.line, errors: issues(problem) });
                }
            }
        }
        landed
    }

    /// The refusal of all, where one fails of rows that stand or fall together.
    fn refused(&self) -> Problem {
        let refused = self.write.done.iter().enumerate().filter_map(|(at, done)| match done {
            Done::Refused(problem) => Some((at, problem)),
            _ => None,
        });
        let mut code = None;
        let mut all: Vec<Issue> = Vec::new();
        for (at, problem) in refused {
            if *code.get_or_insert(problem.code) != problem.code {
                code = Some(Code::ValueInvalid);
            }
            let line = self.stretch.rows.get(at).and_then(|row| row.line);
            let told = |issue: Issue| match line {
                Some(line) => Issue { message: format!("line {line}: {}", issue.message), ..issue },
                None => issue,
            };
            all.extend(place(at, (**problem).clone()).into_iter().map(told));
        }
        Problem::of(code.unwrap_or(Code::ValueInvalid), all)
            .suggest("put right what is wrong, or take what fits: on_error=report")
            .suggest("see what would happen, with nothing written: dry_run=true")
    }
}

impl Command for Slice {
    fn first_reads(&self) -> Reads {
        let mut reads = self.write.first_reads();
        reads.0.extend(self.retry.iter().map(|retry| Read::Outcome(retry.scope)));
        reads
    }

    fn is_stale(&self, catalog: &Catalog) -> bool {
        Command::is_stale(&self.write, catalog)
    }

    fn decide(&mut self, catalog: &Catalog, snapshot: &Snapshot, now: i64) -> Decision {
        self.began.get_or_insert_with(Instant::now);
        let decided = &self.stretch.rules.decided;
        let end = self.stretch.from + self.stretch.rows.len() as u64;
        // One that is prepared again comes before the next, which waits for it: of rows with one key the last wins.
        if self.stretch.from > decided.load(Ordering::Acquire) {
            return Decision::Stale;
        }
        if let Some(retry) = &self.retry {
            match snapshot.outcome(&retry.scope) {
                None => return Decision::Need(Reads(vec![Read::Outcome(retry.scope)])),
                Some(Some(outcome)) if outcome.expires_at > now => {
                    if outcome.request != retry.request {
                        let problem = Problem::new(Code::IdempotencyMismatch, "this idempotency key was used with another request");
                        return Decision::Refused(Box::new(problem.suggest("use a new key for a new request")));
                    }
                    self.landed = recalled(&outcome.answer);
                    decided.fetch_max(end, Ordering::AcqRel);
                    return Decision::Changes(Vec::new());
                }
                Some(_) => {}
            }
        }
        let mut changes = match self.write.decide(catalog, snapshot, now) {
            Decision::Changes(changes) => changes,
            other => return other,
        };
        self.landed = self.tell(&changes);
        if self.stretch.whole && self.landed.failed > 0 && !self.stretch.rules.dry_run {
            return Decision::Refused(Box::new(self.refused()));
        }
        decided.fetch_max(end, Ordering::AcqRel);
        if self.stretch.rules.dry_run {
            return Decision::Changes(Vec::new());
        }
        if let Some(Retry { scope, request }) = self.retry {
            let (expires_at, answer) = (now + RETRY_KEPT, remembered(&self.landed));
            changes.push(Change::Outcome(Box::new(Outcome { scope, request, expires_at, answer })));
        }
        Decision::Changes(changes)
    }

    fn rows(&self) -> usize {
        self.stretch.rows.len() + 1
    }

    fn retry_scope(&self) -> Option<[u8; 32]> {
        self.retry.as_ref().map(|retry| retry.scope)
    }

    fn bytes(&self) -> usize {
        self.stretch.size + self.stretch.rows.len() * 128
    }
}

/// The model, where the asker may bring records of it in.
pub(super) fn may_import(session: &Session, model: &str, system: bool) -> Result<SeenModel, Problem> {
    let seen = session.seen_model(model)?;
    let may = |operation| seen.view.may(operation);
    if !may(Operation::Create) && !may(Operation::Update) {
        return Err(session.forbidden(dmr_core::command::missing(Operation::Create)));
    }
    if system {
        session.needs(Right::System)?;
        // An id that is taken would tell of a record that is not seen.
        if seen.view.sight() != Guard::Always {
            let detail = "records are brought in under ids of their own by those alone who see every record of the model";
            return Err(session.forbidden(Problem::new(Code::RightMissing, detail)));
        }
    }
    Ok(seen)
}

fn item(session: &Session, seen: &SeenModel, row: &Row, system: bool) -> Item {
    let refused = |problem: Problem| Item::Refused(Box::new(problem.into()));
    let sent = match &row.members {
        Ok(sent) => sent,
        Err(problem) => return refused((**problem).clone()),
    };
    if !system {
        return match named(seen, sent) {
            Ok(named) => arriving(session, seen, sent.clone(), named, None),
            Err(problem) => refused(problem),
        };
    }
    let mut members = Object::clone(sent);
    match take_past(&mut members) {
        Err(issues) => refused(Problem::of(Code::ValueInvalid, issues)),
        Ok((Some(id), past)) => arriving(session, seen, Arc::new(members), Named::Id(id), Some(past)),
        Ok((None, past)) => match named(seen, &members) {
            Ok(named) => arriving(session, seen, Arc::new(members), named, Some(past)),
            Err(problem) => refused(problem),
        },
    }
}

fn arriving(session: &Session, seen: &SeenModel, sent: Arc<Object>, named: Named, past: Option<Past>) -> Item {
    let id = match named {
        Named::Id(id) => id,
        _ => session.inner.ids.next(),
    };
    let made = session
        .fresh(&seen.model, &sent)
        .map_err(|problem| Box::new(problem.into()))
        .and_then(|fresh| WriteCommand::creation(&seen.model, &seen.view, &session.asker, id, &fresh, Object::clone(&sent)));
    match (made, &named, past) {
        (Ok(new), Named::New, None) if seen.view.may(Operation::Create) => Item::Create(new),
        (made, ..) => Item::Import(Box::new(Arrival { named, sent, made, past })),
    }
}

/// Which record a row is about, by the declared key.
fn named(seen: &SeenModel, sent: &Object) -> Result<Named, Problem> {
    let Some(field) = seen.model.field_at(&seen.model.head.key) else { return Ok(Named::New) };
    // A key that may not be set finds nothing: the row is refused like any that sets it.
    if seen.view.access(field.id).write == Guard::Never {
        return Ok(Named::New);
    }
    key_of(&seen.model, field, sent).map(Named::Key).map_err(|mut problem| {
        for issue in problem.errors.iter_mut().filter(|issue| issue.code == Code::FieldRequired) {
            issue.message = format!("a row needs the key `{}` of the model", field.name());
        }
        problem.errors.first().map_or(problem.clone(), |only| Problem::one(only.clone()))
    })
}

/// The idempotency key of one stretch.
fn of_stretch(retry: &Retry, from: u64) -> Retry {
    if from == 0 {
        return retry.clone();
    }
    let scope = Sha256::new().chain_update(retry.scope).chain_update(b"slice").chain_update(from.to_be_bytes()).finalize().into();
    Retry { scope, request: retry.request }
}

fn remembered(landed: &Landed) -> Value {
    let failures: Vec<Value> = landed.failures.iter().take(MOST_REMEMBERED).map(FailedRow::to_value).collect();
    json!({
        "created": landed.created, "updated": landed.updated, "unchanged": landed.unchanged, "failed": landed.failed, "errors": failures,
    })
}

fn recalled(answer: &Value) -> Landed {
    let number = |name: &str| answer.get(name).and_then(Value::as_u64).unwrap_or_default();
    let failures = answer.get("errors").and_then(Value::as_array).into_iter().flatten().filter_map(FailedRow::from_value).collect();
    Landed {
        created: number("created"),
        updated: number("updated"),
        unchanged: number("unchanged"),
        failed: number("failed"),
        failures,
        took: Duration::ZERO,
        replayed: true,
    }
}
