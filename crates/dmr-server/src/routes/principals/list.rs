//! `GET /api/principals`: the principals.

use crate::answer::Answer;
use crate::call::{Call, run};
use crate::route::{Family, PLAIN, Route, Shape, gives};
use crate::routes::{CURSOR, LIMIT, page};
use dmr::core::{Code, Problem};
use dmr_api::route;

pub static ROUTE: Route = Route {
    template: route::PRINCIPALS,
    operation: "list_principals",
    family: Family::Principals,
    about: "Lists the principals.",
    parameters: &[LIMIT, CURSOR],
    gives: &[gives(200, Shape::Principals, "the principals").with(&["Link"])],
    codes: &[Code::RightMissing, Code::CursorInvalid],
    run: |call| run(call, list),
    ..PLAIN
};

async fn list(call: Call) -> Result<Answer, Problem> {
    let given = call.parameters()?;
    Ok(page(&call.head.uri, &call.session.principals(given.number("limit")?, given.cursor())?))
}
