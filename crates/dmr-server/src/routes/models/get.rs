//! `GET /api/registry/models/{name}`: a model as the caller sees it.

use crate::answer::Answer;
use crate::call::{Call, run};
use crate::conditional;
use crate::route::{Family, PLAIN, Route, Shape, gives, gives_nothing};
use crate::routes::IF_NONE_MATCH;
use dmr::core::{Code, Problem};
use dmr_api::route;
use http::StatusCode;

pub static ROUTE: Route = Route {
    template: route::MODEL,
    operation: "get_model",
    family: Family::Models,
    about: "Gets a model as the caller sees it.",
    parameters: &[IF_NONE_MATCH],
    gives: &[gives(200, Shape::Model, "the model").with(&["ETag"]), gives_nothing(304, "the caller has it already").with(&["ETag"])],
    codes: &[Code::ModelUnknown],
    run: |call| run(call, get),
    ..PLAIN
};

async fn get(call: Call) -> Result<Answer, Problem> {
    call.parameters()?;
    let (model, etag) = call.session.model(&call.place(0)?)?;
    if conditional::has(&call.head.headers, &etag) {
        return Ok(Answer::empty(StatusCode::NOT_MODIFIED).etag(etag));
    }
    Ok(Answer::ok(&model).etag(etag))
}
