//! `GET /api/me`: who asks.

use crate::answer::Answer;
use crate::call::{Call, run};
use crate::route::{Family, PLAIN, Route, Shape, gives};
use dmr::core::Problem;
use dmr_api::route;

pub static ROUTE: Route = Route {
    template: route::ME,
    operation: "me",
    family: Family::Principals,
    about: "Tells who asks, with its roles and rights.",
    gives: &[gives(200, Shape::Me, "who asks")],
    run: |call| run(call, me),
    ..PLAIN
};

async fn me(call: Call) -> Result<Answer, Problem> {
    call.parameters()?;
    Ok(Answer::ok(&call.session.me()?))
}
