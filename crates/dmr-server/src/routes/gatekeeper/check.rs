//! `GET /api/gatekeeper/roles/{role}/models/{name}`: whether a role comes to a model, and why (M9).

use crate::answer::Answer;
use crate::call::{Call, run};
use crate::route::{Family, Kind, PLAIN, Route, Shape, gives, query};
use dmr::core::permission::Operation;
use dmr::core::{Code, Problem};
use dmr_api::route;
use serde_json::json;

/// What can be done with records; the first where nothing is said.
const OPERATIONS: &[&str] = &["read", "list", "create", "update", "delete"];

pub static ROUTE: Route = Route {
    template: route::ROLE_MODEL,
    operation: "check_access",
    family: Family::Gatekeeper,
    about: "Tells whether a role may do something with the records of a model, and why or why not; noted in the access log. Of one's own roles, and \
            of any with the right `register`. A model that one may not know of is `unknown`, like one that is not there.",
    parameters: &[query("operation", Kind::Word(OPERATIONS), "what is to be done; `read` where nothing is said")],
    gives: &[gives(200, Shape::Checked, "the answer")],
    codes: &[Code::RightMissing, Code::NameInvalid],
    run: |call| run(call, check),
    ..PLAIN
};

async fn check(call: Call) -> Result<Answer, Problem> {
    let given = call.parameters()?;
    let word = OPERATIONS[given.word("operation", OPERATIONS)?.unwrap_or(0)];
    let operation = Operation::ALL.into_iter().find(|operation| operation.as_str() == word).unwrap_or(Operation::Read);
    let checked = call.session.check_access(&call.place(1)?, operation, Some(&call.place(0)?))?;
    Ok(Answer::ok(&json!(checked)))
}
