//! `GET /health`: one word while the process lives.

use crate::answer::Answer;
use crate::call::{Call, run};
use crate::route::{Access, PLAIN, Route, Shape, gives};
use dmr::core::Problem;
use dmr_api::{media, route};
use http::StatusCode;

pub static ROUTE: Route = Route {
    template: route::HEALTH,
    operation: "health",
    about: "One word while the process lives.",
    access: Access::Open,
    gives: &[gives(200, Shape::Word, "`ok`")],
    run: |call| run(call, health),
    ..PLAIN
};

async fn health(call: Call) -> Result<Answer, Problem> {
    call.parameters()?;
    Ok(Answer::of(StatusCode::OK, media::TEXT, "ok\n"))
}
