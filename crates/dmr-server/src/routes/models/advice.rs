//! `GET /api/registry/models/{name}/advice`: what would make a model faster or plainer (M5, D4).

use crate::answer::Answer;
use crate::call::{Call, run};
use crate::route::{Family, PLAIN, Route, Shape, gives};
use dmr::core::{Code, Problem};
use dmr_api::route;

pub static ROUTE: Route = Route {
    template: route::ADVICE,
    operation: "advise_model",
    family: Family::Models,
    about: "Tells what would make a model faster or plainer: its storage, its indexes, its names and bounds, each with its reasons and, where one request does it, the `PATCH` that does. It rests on what was asked of the records since the start, and is for those who may change the model.",
    gives: &[gives(200, Shape::Advice, "the advice")],
    codes: &[Code::ModelUnknown, Code::RightMissing],
    run: |call| run(call, advise),
    ..PLAIN
};

async fn advise(call: Call) -> Result<Answer, Problem> {
    call.parameters()?;
    Ok(Answer::ok(&call.session.advice(&call.place(0)?)?))
}
