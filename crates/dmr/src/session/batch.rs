//! Different operations on records of one model in one commit (R1).

use super::Session;
use super::bulk::issues;
use super::write::{Write, object, target};
use crate::pending::Pending;
use crate::seen::SeenModel;
use dmr_core::change::Change;
use dmr_core::command::{self, Done, Item, Listed, Refusal, Revision, WriteCommand, missing};
use dmr_core::decide::Committed;
use dmr_core::model::{Field, Model};
use dmr_core::permission::Operation;
use dmr_core::problem::nearest;
use dmr_core::words::count;
use dmr_core::{Code, Issue, Object, Problem, Value, json};
use serde_json::json;
use std::sync::Arc;

/// What a batch came to: for each operation its record's id and version, or what was wrong.
#[derive(Debug, Clone)]
pub struct BatchAnswer {
    /// `{index, id, version}` or `{index, errors}`, in order.
    pub results: Vec<Value>,
}

impl BatchAnswer {
    /// As it travels: `{results: [...]}`.
    pub fn to_value(&self) -> Value {
        json!({ "results": self.results })
    }
}

const OPERATIONS: [&str; 6] = ["create", "upsert", "update", "replace", "delete", "restore"];

impl Session {
    /// Carries out `{operations: [{op, id?, if_version?, record?, hard?}]}`: all or none, or with a report each by itself (R1).
    pub fn batch(&self, model: &str, body: &[u8], write: Write) -> Pending<BatchAnswer> {
        let (model, body): (Box<str>, Box<[u8]>) = (model.into(), body.into());
        let make = move |session: &Session| {
            let seen = session.seen_model(&model)?;
            let operations = operations(json::parse(&body)?)?;
            let allowed = session.inner.settings().records.max_bulk;
            if operations.len() > allowed {
                return Err(Problem::new(Code::BulkTooMany, format!("one request holds at most {}", count(allowed as u64, "operation")))
                    .budget("records.max_bulk", allowed as u64, Some(operations.len() as u64)));
            }
            let refused = |problem: Problem| Item::Refused(Box::new(problem.into()));
            let items = operations.into_iter().map(|operation| session.item(&seen, operation).unwrap_or_else(refused)).collect();
            let listed = Some(Listed { at: "/operations", record: "/record" });
            Ok(WriteCommand { listed, ..session.command(seen, items, &write) })
        };
        self.submit(Arc::new(make), finish, false)
    }

    fn item(&self, seen: &SeenModel, operation: Value) -> Result<Item, Problem> {
        let mut operation = object(operation)?;
        let unknown: Vec<Issue> = operation
            .keys()
            .filter(|name| !["op", "id", "if_version", "record", "hard"].contains(&name.as_str()))
            .map(|name| Issue::body(format!("/{name}"), Code::BodyShape, format!("an operation has no member `{name}`")))
            .collect();
        if !unknown.is_empty() {
            return Err(Problem::of(Code::BodyShape, unknown));
        }
        let op = operation.get("op").and_then(Value::as_str).unwrap_or_default().to_owned();
        let right = match op.as_str() {
            "create" => Operation::Create,
            "delete" => Operation::Delete,
            "upsert" | "update" | "replace" | "restore" => Operation::Update,
            other => {
                let issue = Issue::body("/op", Code::BodyShape, "`op` is create, upsert, update, replace, delete or restore");
                return Err(Problem::one(issue.suggest_all(nearest(other, OPERATIONS))));
            }
        };
        if !seen.view.may(right) {
            return Err(self.forbidden(missing(right)));
        }
        let if_version = match operation.get("if_version") {
            None | Some(Value::Null) => None,
            Some(version) => Some(
                version.as_u64().ok_or_else(|| Problem::one(Issue::body("/if_version", Code::BodyShape, "a version is a whole number")))?,
            ),
        };
        let hard = match operation.get("hard") {
            None | Some(Value::Null) => false,
            Some(Value::Bool(hard)) if op == "delete" => *hard,
            Some(_) => return Err(Problem::one(Issue::body("/hard", Code::BodyShape, "`hard` is true or false, of a `delete`"))),
        };
        let record = operation.shift_remove("record");
        let id = operation.get("id").map(|id| id.as_str().map_or_else(|| id.to_string(), str::to_owned));
        let item = self.item_of(seen, &op, id, if_version, record)?;
        Ok(match item {
            Item::Revise { target, if_version, revision: Revision::Delete { .. } } => {
                Item::Revise { target, if_version, revision: Revision::Delete { hard } }
            }
            item => item,
        })
    }

    fn item_of(
        &self,
        seen: &SeenModel,
        op: &str,
        id: Option<String>,
        if_version: Option<u64>,
        record: Option<Value>,
    ) -> Result<Item, Problem> {
        let sent = |record: Option<Value>| -> Result<Object, Problem> {
            match record {
                Some(Value::Object(record)) => Ok(record),
                _ => Err(Problem::one(Issue::body("/record", Code::BodyShape, format!("`{op}` needs a `record`")))),
            }
        };
        if op == "create" {
            return Ok(match self.creation(seen, sent(record)?) {
                Item::Refused(refusal) => Item::Refused(Box::new(Refusal { problem: refusal.problem.under("/record"), ..*refusal })),
                item => item,
            });
        }
        if op == "upsert" {
            return self.upsert(seen, sent(record)?);
        }
        let id = id.ok_or_else(|| Problem::one(Issue::body("/id", Code::BodyShape, format!("`{op}` needs an `id`"))))?;
        let target = target(seen, &id).ok_or_else(command::unknown)?;
        let revision = match op {
            "update" => Revision::Merge(sent(record)?),
            "replace" => Revision::Replace(sent(record)?),
            "restore" => Revision::Restore,
            _ => Revision::Delete { hard: false },
        };
        Ok(Item::Revise { target, if_version, revision })
    }

    fn upsert(&self, seen: &SeenModel, sent: Object) -> Result<Item, Problem> {
        let needs_key = || {
            Problem::one(
                Issue::body("/op", Code::BodyShape, "`upsert` needs a model with a declared key").suggest("declare `key` for the model"),
            )
        };
        let field = seen.model.field_at(&seen.model.head.key).ok_or_else(needs_key)?;
        let key = key_of(&seen.model, field, &sent).map_err(|problem| problem.under("/record"))?;
        Ok(Item::Upsert { key, fresh: Box::new(self.fresh(&seen.model, &sent)?), sent, id: self.inner.ids.next() })
    }
}

/// The key that a record has by its declared key, `field`.
pub(super) fn key_of(model: &Model, field: &Field, sent: &Object) -> Result<Vec<u8>, Problem> {
    let pointer = || format!("/{}", field.name());
    let absent = || Problem::one(Issue::body(pointer(), Code::FieldRequired, format!("`upsert` needs the key `{}`", field.name())));
    let path = model.names(&model.head.key);
    let value = path.split('.').try_fold(None, |at: Option<&Value>, name| {
        let inner = match at {
            None => sent.get(name),
            Some(value) => value.get(name),
        };
        inner.map(Some)
    });
    let value = value.flatten().filter(|value| !value.is_null()).ok_or_else(absent)?;
    let read = field.shape.kind.read(value.clone()).map_err(|fault| Problem::one(Issue::body(pointer(), fault.code, fault.message)))?;
    let mut key = Vec::new();
    field.shape.kind.key(&field.normal(read), &mut key);
    Ok(key)
}

fn operations(body: Value) -> Result<Vec<Value>, Problem> {
    let shape = || Problem::one(Issue::body("/operations", Code::BodyShape, "a batch is {operations: [{op, id?, if_version?, record?}]}"));
    let mut body = object(body)?;
    if let Some(name) = body.keys().find(|name| *name != "operations") {
        return Err(Problem::one(Issue::body(format!("/{name}"), Code::BodyShape, format!("a batch has no member `{name}`"))));
    }
    match body.shift_remove("operations") {
        Some(Value::Array(operations)) => Ok(operations),
        _ => Err(shape()),
    }
}

fn finish(_: &Session, mut command: WriteCommand, committed: Committed) -> Result<BatchAnswer, Problem> {
    if let Some(answer) = command.replayed.take() {
        let items = answer["items"].as_array().cloned().unwrap_or_default();
        let results = items.into_iter().enumerate().map(|(index, item)| match serde_json::from_value::<Problem>(item["problem"].clone()) {
            Ok(problem) => json!({ "index": index, "errors": issues(&problem) }),
            Err(_) => json!({ "index": index, "id": item["id"], "version": item["version"] }),
        });
        return Ok(BatchAnswer { results: results.collect() });
    }
    let results = command.done.iter().enumerate().map(|(index, done)| match done {
        Done::Changed(at) => match committed.changes.get(*at) {
            Some(Change::Record(change)) => json!({ "index": index, "id": change.id(), "version": change.version() }),
            _ => json!({ "index": index }),
        },
        Done::Same(record) => json!({ "index": index, "id": record.id, "version": record.version }),
        Done::Refused(problem) => json!({ "index": index, "errors": issues(problem) }),
    });
    Ok(BatchAnswer { results: results.collect() })
}
