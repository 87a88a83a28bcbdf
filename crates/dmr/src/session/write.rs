//! Writing one record.

use super::Session;
use crate::pending::Pending;
use crate::seen::{Seen, SeenModel, Written};
use dmr_core::change::Change;
use dmr_core::command::{self, Done, Item, JsonPatch, Revision, Target, WriteCommand};
use dmr_core::decide::Committed;
use dmr_core::gate::NumberStyle;
use dmr_core::model::{Factory, Fresh, Model};
use dmr_core::permission::Operation;
use dmr_core::record::{Record, RecordId};
use dmr_core::{Code, Issue, Object, Problem, Value, json};
use sha2::{Digest, Sha256};
use std::path::Path;
use std::sync::Arc;

/// How a write is to be done.
#[derive(Debug, Clone, Default)]
pub struct Write {
    /// Only if the record has this version.
    pub if_version: Option<u64>,
    /// The idempotency key.
    pub retry: Option<Retry>,
    /// Of several: each is done or refused by itself.
    pub report: bool,
    /// How numbers of the answer travel.
    pub numbers: NumberStyle,
}

/// An idempotency key with the request it goes with.
#[derive(Debug, Clone)]
pub struct Retry {
    /// Method, path and key.
    scope: String,
    request: [u8; 32],
}

impl Retry {
    /// A key of a request.
    pub fn new(method: &str, path: &str, key: &str, body: &[u8]) -> Self {
        Self { scope: format!("{method}\n{path}\n{key}"), request: Sha256::digest(body).into() }
    }

    /// A key of a request whose body is a file.
    ///
    /// # Errors
    /// Where the file cannot be read.
    pub fn of_file(method: &str, path: &str, key: &str, query: &str, file: &Path) -> Result<Self, Problem> {
        let (hash, _) = super::ingest::of_file(file)?;
        Ok(Self::new(method, path, key, &[query.as_bytes(), b"\0", hash.as_bytes()].concat()))
    }

    pub(crate) fn of(&self, session: &Session) -> command::Retry {
        let scope = Sha256::new().chain_update(session.asker.id.0).chain_update(self.scope.as_bytes()).finalize().into();
        command::Retry { scope, request: self.request }
    }
}

/// How a record is changed in part.
#[derive(Debug, Clone, Copy)]
pub enum Patch<'a> {
    /// A merge patch (RFC 7396).
    Merge(&'a [u8]),
    /// A JSON Patch (RFC 6902): applied to the record as the asker sees it.
    Json(&'a [u8]),
}

impl Session {
    /// Makes a record from the text of one JSON object (R1).
    pub fn create(&self, model: &str, body: &[u8], write: Write) -> Pending<Written> {
        let (model, body): (Box<str>, Box<[u8]>) = (model.into(), body.into());
        let make = move |session: &Session| {
            let seen = session.model_for(&model, Operation::Create)?;
            match session.creation(&seen, object(json::parse(&body)?)?) {
                // The store has nothing to add.
                Item::Refused(refusal) if refusal.is_settled() => Err(refusal.problem),
                item => Ok(session.command(seen, vec![item], &write)),
            }
        };
        self.write_one(Arc::new(make))
    }

    /// Makes a record from a value (R1).
    pub fn create_value(&self, model: &str, record: Value, write: Write) -> Pending<Written> {
        self.create(model, json::to_string(&record).as_bytes(), write)
    }

    /// Changes a record in part (R1).
    pub fn update(&self, model: &str, id: &str, patch: Patch<'_>, write: Write) -> Pending<Written> {
        let (merges, body): (bool, Box<[u8]>) = match patch {
            Patch::Merge(body) => (true, body.into()),
            Patch::Json(body) => (false, body.into()),
        };
        self.revise(model, id, write, move || {
            let patch = json::parse(&body)?;
            Ok(if merges { Revision::Merge(object(patch)?) } else { Revision::Patch(Arc::new(JsonPatch::read(patch)?)) })
        })
    }

    /// Replaces what the asker may set of a record (R1).
    pub fn replace(&self, model: &str, id: &str, body: &[u8], write: Write) -> Pending<Written> {
        let body: Box<[u8]> = body.into();
        self.revise(model, id, write, move || Ok(Revision::Replace(object(json::parse(&body)?)?)))
    }

    /// Deletes a record: so that it can be restored, or for good (R1).
    pub fn delete(&self, model: &str, id: &str, hard: bool, write: Write) -> Pending<()> {
        let make = self.revision(model, id, write, move || Ok(Revision::Delete { hard }));
        self.submit(make, |session, command, committed| first(session, command, committed).map(|_| ()), false)
    }

    /// Restores a deleted record (R1).
    pub fn restore(&self, model: &str, id: &str, write: Write) -> Pending<Written> {
        self.revise(model, id, write, || Ok(Revision::Restore))
    }

    /// Brings a record back to what an older version held (A3).
    pub fn revert(&self, model: &str, id: &str, to: u64, write: Write) -> Pending<Written> {
        self.revise(model, id, write, move || Ok(Revision::Revert { to }))
    }

    fn revise(
        &self,
        model: &str,
        id: &str,
        write: Write,
        revision: impl Fn() -> Result<Revision, Problem> + Send + Sync + 'static,
    ) -> Pending<Written> {
        self.write_one(self.revision(model, id, write, revision))
    }

    fn revision(
        &self,
        model: &str,
        id: &str,
        write: Write,
        revision: impl Fn() -> Result<Revision, Problem> + Send + Sync + 'static,
    ) -> crate::submission::Make<WriteCommand> {
        let (model, id): (Box<str>, Box<str>) = (model.into(), id.into());
        Arc::new(move |session: &Session| {
            let revision = revision()?;
            let seen = session.model_for(&model, revision.operation())?;
            let target = target(&seen, &id).ok_or_else(command::unknown)?;
            let item = Item::Revise { target, if_version: write.if_version, revision };
            Ok(session.command(seen, vec![item], &write))
        })
    }

    fn write_one(&self, make: crate::submission::Make<WriteCommand>) -> Pending<Written> {
        self.submit(make, first, false)
    }

    pub(crate) fn creation(&self, seen: &SeenModel, sent: Object) -> Item {
        let made = self
            .fresh(&seen.model, &sent)
            .map_err(|problem| Box::new(problem.into()))
            .and_then(|fresh| WriteCommand::creation(&seen.model, &seen.view, &self.asker, self.inner.ids.next(), &fresh, sent));
        made.map_or_else(Item::Refused, Item::Create)
    }

    /// What factories make the values from that a new record leaves out (R6).
    pub(crate) fn fresh(&self, model: &Model, sent: &Object) -> Result<Fresh, Problem> {
        let mut fresh = Fresh::default();
        for (field, factory) in model.made().filter(|(field, _)| !sent.contains_key(field.name())) {
            match factory {
                Factory::Now => fresh.now = self.inner.now(),
                Factory::Uuid => fresh.seed = self.inner.ids.secret()?,
                Factory::Sequence => fresh.numbers.push((field.id, self.inner.sequences.next(&self.inner, model.id(), field.id)?)),
            }
        }
        Ok(fresh)
    }

    pub(crate) fn command(&self, seen: SeenModel, items: Vec<Item>, write: &Write) -> WriteCommand {
        let mut command = WriteCommand::new(seen.model, seen.view, self.asker.clone(), items);
        command.report = write.report;
        command.numbers_as_text = write.numbers == NumberStyle::Text;
        command.retry = write.retry.as_ref().map(|retry| retry.of(self));
        command
    }

    /// A record of a command, as its asker sees it.
    pub(crate) fn seen_after(&self, command: &WriteCommand, record: Record) -> Seen {
        let catalog = self.inner.catalog.read();
        let old_labels = catalog.model_by_id(command.model.id()).map(|entry| entry.old_labels()).unwrap_or_default();
        Seen {
            record,
            of: SeenModel { model: command.model.clone(), view: command.view.clone(), old_labels },
            asker: self.asker.id,
            selection: None,
            expanded: None,
            numbers: if command.numbers_as_text { NumberStyle::Text } else { NumberStyle::Exact },
        }
    }
}

/// The answer of a command with one operation.
fn first(session: &Session, mut command: WriteCommand, mut committed: Committed) -> Result<Written, Problem> {
    if let Some(answer) = command.replayed.take() {
        return replayed(session, &command, &answer);
    }
    let done = command.done.pop().ok_or_else(nothing)?;
    match done {
        Done::Refused(problem) => Err(*problem),
        Done::Same(record) => Ok(Written { seen: session.seen_after(&command, *record), created: false, replayed: false }),
        Done::Changed(at) => match committed.changes.swap_remove(at) {
            Change::Record(change) => {
                let created = change.kind.begins_record();
                let record = change.after.or(change.before).ok_or_else(nothing)?;
                Ok(Written { seen: session.seen_after(&command, record), created, replayed: false })
            }
            _ => Err(nothing()),
        },
    }
}

/// The answer of a request that had been carried out before, under today's rights.
fn replayed(session: &Session, command: &WriteCommand, answer: &Value) -> Result<Written, Problem> {
    let item = &answer["items"][0];
    let id = item["id"].as_str().and_then(RecordId::parse).ok_or_else(nothing)?;
    let version = item["version"].as_u64().ok_or_else(nothing)?;
    let created = item["created"].as_bool().unwrap_or_default();
    let record = session.past(&command.model, id, version)?.ok_or_else(command::unknown)?;
    Ok(Written { seen: session.seen_after(command, record), created, replayed: true })
}

fn nothing() -> Problem {
    Problem::new(Code::Internal, "a committed command has no answer")
}

/// The one object a body must be.
pub(crate) fn object(value: Value) -> Result<Object, Problem> {
    match value {
        Value::Object(object) => Ok(object),
        _ => Err(Problem::one(Issue::body("", Code::BodyShape, "a record is a JSON object").suggest("{\"name\": ...}"))),
    }
}

/// Which record an address names: by `_id`, or by the value of the declared key. To find by a key is to compare with it: it has to be seen
/// wherever a record is, or disclosed.
pub(crate) fn target(of: &SeenModel, id: &str) -> Option<Target> {
    let (model, view) = (&of.model, &of.view);
    let by_id = RecordId::parse(id);
    let tells = view.sees_key(model) >= view.sight() || model.head.permissions.discloses.contains(&model.names(&model.head.key));
    let by_key = model.field_at(&model.head.key).filter(|_| tells).and_then(|field| {
        let value = field.normal(field.shape.kind.read_text(id).ok()?);
        let mut key = Vec::new();
        field.shape.kind.key(&value, &mut key);
        Some(key)
    });
    match (by_id, by_key) {
        (Some(id), Some(key)) => Some(Target::Either(id, key)),
        (Some(id), None) => Some(Target::Id(id)),
        (None, Some(key)) => Some(Target::Key(key)),
        (None, None) => None,
    }
}
