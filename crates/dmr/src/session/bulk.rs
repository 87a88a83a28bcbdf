//! Making many records in one commit (R1).

use super::Session;
use super::write::{Write, object};
use crate::pending::Pending;
use dmr_core::change::Change;
use dmr_core::command::{Done, Item, Listed, WriteCommand};
use dmr_core::decide::Committed;
use dmr_core::permission::Operation;
use dmr_core::record::RecordId;
use dmr_core::words::count;
use dmr_core::{Code, Issue, Problem, Value, json};
use serde_json::json;
use std::sync::Arc;

/// Many records.
#[derive(Debug, Clone, Copy)]
pub enum Rows<'a> {
    /// The text of a JSON list of objects.
    Json(&'a [u8]),
    /// A JSON object a line.
    Ndjson(&'a [u8]),
}

/// What making many records came to.
#[derive(Debug, Clone)]
pub enum BulkAnswer {
    /// All were made.
    Ids(Vec<RecordId>),
    /// Each was made or refused by itself.
    Report(Vec<Result<RecordId, Problem>>),
}

impl BulkAnswer {
    /// As it travels: `{ids}` or `{results: [{index, id or errors}]}`.
    pub fn to_value(&self) -> Value {
        match self {
            Self::Ids(ids) => json!({ "ids": ids }),
            Self::Report(results) => {
                let results: Vec<Value> = results
                    .iter()
                    .enumerate()
                    .map(|(index, result)| match result {
                        Ok(id) => json!({ "index": index, "id": id }),
                        Err(problem) => json!({ "index": index, "errors": issues(problem) }),
                    })
                    .collect();
                json!({ "results": results })
            }
        }
    }
}

/// The issues of a problem; one without issues becomes one.
pub(super) fn issues(problem: &Problem) -> Vec<Issue> {
    if problem.errors.is_empty() {
        return vec![Issue::body("", problem.code, problem.detail.clone()).suggest_all(problem.suggestions.clone())];
    }
    problem.errors.clone()
}

impl Session {
    /// Makes many records: all or none, or with a report each by itself (R1).
    pub fn bulk(&self, model: &str, rows: Rows<'_>, write: Write) -> Pending<BulkAnswer> {
        let model: Box<str> = model.into();
        let (lines, body): (bool, Box<[u8]>) = match rows {
            Rows::Json(body) => (false, body.into()),
            Rows::Ndjson(body) => (true, body.into()),
        };
        let make = move |session: &Session| {
            let seen = session.model_for(&model, Operation::Create)?;
            let rows = if lines { lines_of(&body) } else { list_of(&body)? };
            let allowed = session.inner.settings().records.max_bulk;
            if rows.len() > allowed {
                return Err(Problem::new(Code::BulkTooMany, format!("one request holds at most {}", count(allowed as u64, "row")))
                    .budget("records.max_bulk", allowed as u64, Some(rows.len() as u64))
                    .suggest("split the rows over several requests"));
            }
            let made = rows.into_iter().map(|row| match row.and_then(object) {
                Ok(row) => session.creation(&seen, row),
                Err(problem) => Item::Refused(Box::new(problem.into())),
            });
            let (items, listed) = (made.collect(), Some(Listed { at: "", record: "" }));
            Ok(WriteCommand { listed, ..session.command(seen, items, &write) })
        };
        self.submit(Arc::new(make), finish, false)
    }
}

fn list_of(body: &[u8]) -> Result<Vec<Result<Value, Problem>>, Problem> {
    match json::parse(body)? {
        Value::Array(rows) => Ok(rows.into_iter().map(Ok).collect()),
        _ => Err(Problem::one(Issue::body("", Code::BodyShape, "this is a list of records"))),
    }
}

fn lines_of(body: &[u8]) -> Vec<Result<Value, Problem>> {
    let lines = body.split(|byte| *byte == b'\n').filter(|line| !line.iter().all(u8::is_ascii_whitespace));
    lines.map(|line| json::parse(line).map_err(Problem::from)).collect()
}

fn finish(_: &Session, mut command: WriteCommand, committed: Committed) -> Result<BulkAnswer, Problem> {
    let broken = || Problem::new(Code::Internal, "a committed command has no answer");
    let results: Vec<Result<RecordId, Problem>> = match command.replayed.take() {
        Some(answer) => {
            let items = answer["items"].as_array().ok_or_else(broken)?;
            items
                .iter()
                .map(|item| match item["id"].as_str().and_then(RecordId::parse) {
                    Some(id) => Ok(id),
                    None => Err(serde_json::from_value(item["problem"].clone()).unwrap_or_else(|_| broken())),
                })
                .collect()
        }
        None => command
            .done
            .into_iter()
            .map(|done| match done {
                Done::Changed(at) => match committed.changes.get(at) {
                    Some(Change::Record(change)) => Ok(change.id()),
                    _ => Err(broken()),
                },
                Done::Same(record) => Ok(record.id),
                Done::Refused(problem) => Err(*problem),
            })
            .collect(),
    };
    if command.report {
        return Ok(BulkAnswer::Report(results));
    }
    results.into_iter().collect::<Result<_, _>>().map(BulkAnswer::Ids)
}
