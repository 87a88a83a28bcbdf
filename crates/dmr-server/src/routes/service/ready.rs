//! `GET /ready`: one word while it takes requests.

use crate::answer::Answer;
use crate::call::{Call, run};
use crate::route::{Access, PLAIN, Route, Shape, gives};
use dmr::core::Problem;
use dmr_api::{media, route};
use http::StatusCode;

pub static ROUTE: Route = Route {
    template: route::READY,
    operation: "ready",
    about: "One word while it takes requests.",
    access: Access::Open,
    gives: &[gives(200, Shape::Word, "`ready`")],
    run: |call| run(call, ready),
    ..PLAIN
};

async fn ready(call: Call) -> Result<Answer, Problem> {
    call.parameters()?;
    Ok(Answer::of(StatusCode::OK, media::TEXT, "ready\n"))
}
