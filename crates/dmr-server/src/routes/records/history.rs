//! `GET /api/records/{model}/{id}/history`: what happened to a record, oldest first (A3).

use super::list::answer;
use crate::answer::Answer;
use crate::call::{Call, run};
use crate::route::{Family, PLAIN, Route, Shape, gives};
use crate::routes::{CURSOR, LIMIT};
use dmr::core::{Code, Problem};
use dmr_api::route;

pub static ROUTE: Route = Route {
    template: route::HISTORY,
    operation: "record_history",
    family: Family::Records,
    about: "Tells what happened to a record, oldest first, as the caller may see it today.",
    parameters: &[LIMIT, CURSOR],
    gives: &[gives(200, Shape::History, "its versions").with(&["Link"])],
    codes: &[Code::RightMissing, Code::ModelUnknown, Code::RecordUnknown, Code::CursorInvalid],
    run: |call| run(call, history),
    ..PLAIN
};

async fn history(call: Call) -> Result<Answer, Problem> {
    let given = call.parameters()?;
    let page = call.session.history(&call.place(0)?, &call.place(1)?, given.number("limit")?, given.cursor()).await?;
    Ok(answer(&call.head.uri, &page))
}
