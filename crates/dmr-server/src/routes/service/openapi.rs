//! `GET /openapi.json`, `GET /openapi/{model}.json`: what the server says of itself, for the caller's view.

use crate::answer::Answer;
use crate::call::{Call, run};
use crate::openapi;
use crate::route::{PLAIN, Route, Shape, gives};
use dmr::core::{Code, Problem};
use dmr_api::route;

pub static ALL: Route = Route {
    template: route::OPENAPI,
    operation: "openapi",
    about: "Every route, as OpenAPI 3.1.",
    gives: &[gives(200, Shape::OpenApi, "the document")],
    run: |call| run(call, all),
    ..PLAIN
};

pub static MODEL: Route = Route {
    template: route::OPENAPI_MODEL,
    operation: "openapi_model",
    about: "The routes of one model's records with each field, constraint and error the caller may see; the address ends in `.json`.",
    gives: &[gives(200, Shape::OpenApi, "the document")],
    codes: &[Code::ModelUnknown],
    run: |call| run(call, model),
    ..PLAIN
};

async fn all(call: Call) -> Result<Answer, Problem> {
    call.parameters()?;
    Ok(Answer::ok(&openapi::all()))
}

async fn model(call: Call) -> Result<Answer, Problem> {
    call.parameters()?;
    let place = call.place(0)?;
    let name = place
        .strip_suffix(".json")
        .ok_or_else(|| Problem::new(Code::RouteUnknown, "there is nothing at this address").suggest(format!("/openapi/{place}.json")))?;
    Ok(Answer::ok(&openapi::of_model(&call.session.seen_model(name)?, name)?))
}
