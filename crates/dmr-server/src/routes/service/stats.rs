//! `GET /stats`: figures of the running server, for those who may operate it. Ids and numbers, no names, no values.

use crate::answer::Answer;
use crate::call::{Call, run};
use crate::route::{PLAIN, Route, Shape, gives};
use dmr::core::principal::Right;
use dmr::core::{Code, Object, Problem, Value};
use dmr_api::route;

pub static ROUTE: Route = Route {
    template: route::STATS,
    operation: "stats",
    about: "Figures of the running server.",
    gives: &[gives(200, Shape::Figures, "the figures by name")],
    codes: &[Code::RightMissing],
    run: |call| run(call, stats),
    ..PLAIN
};

async fn stats(call: Call) -> Result<Answer, Problem> {
    let figures = figures(&call)?;
    let document: Object = figures.into_iter().map(|(name, figure)| (name.to_owned(), figure.into())).collect();
    Ok(Answer::ok(&Value::Object(document)))
}

/// The figures, for those who may operate the server.
pub fn figures(call: &Call) -> Result<Vec<(&'static str, u64)>, Problem> {
    call.parameters()?;
    if call.session.asker().may(Right::Operate) {
        return Ok(call.app.registry.figures());
    }
    Err(Problem::new(Code::RightMissing, "this takes the right `operate`"))
}
