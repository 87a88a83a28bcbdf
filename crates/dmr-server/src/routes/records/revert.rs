//! `POST /api/records/{model}/{id}/revert`: takes a record back to an earlier version (A3).

use super::{REVERT_CODES, written};
use crate::answer::Answer;
use crate::call::{Call, run};
use crate::route::{Family, Method, PLAIN, Route, Shape, Takes, gives};
use crate::routes::{IDEMPOTENCY_KEY, IF_MATCH, NUMBERS};
use dmr::core::query::whole_value;
use dmr::core::{Code, Issue, Problem, Value, json};
use dmr_api::{media, route};

pub static ROUTE: Route = Route {
    method: Method::Post,
    template: route::REVERT,
    operation: "revert_record",
    family: Family::Records,
    about: "Takes a record back to an earlier version, as a change of its own.",
    parameters: &[NUMBERS, IF_MATCH, IDEMPOTENCY_KEY],
    takes: Some(Takes { shape: Shape::Revert, media: &[media::JSON] }),
    gives: &[gives(200, Shape::Record, "the record").with(&["ETag"])],
    codes: &REVERT_CODES,
    run: |call| run(call, revert),
    ..PLAIN
};

async fn revert(mut call: Call) -> Result<Answer, Problem> {
    let given = call.parameters()?;
    let (_, body) = call.bytes().await?;
    let write = call.write(&given, &body)?;
    let to = version(&json::parse(&body)?)?;
    let changed = call.session.revert(&call.place(0)?, &call.place(1)?, to, write).await?;
    Ok(written(&changed, ""))
}

fn version(document: &Value) -> Result<u64, Problem> {
    let wrong = |pointer: &str, message: &str| Problem::one(Issue::body(pointer, Code::BodyShape, message).suggest(r#"{"to": 1}"#));
    let members = document.as_object().ok_or_else(|| wrong("", "this is an object with the version to go back to"))?;
    if let Some(other) = members.keys().find(|name| *name != "to") {
        return Err(wrong(&dmr::core::path::pointer("", other), "there is no such member"));
    }
    let to = members.get("to").and_then(whole_value).map(|to| to as u64);
    to.ok_or_else(|| wrong("/to", "this is a version of the record: 1, 2, 3 ..."))
}
