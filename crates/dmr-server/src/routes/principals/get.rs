//! `GET /api/principals/{id}`: a principal.

use crate::answer::Answer;
use crate::call::{Call, run};
use crate::conditional;
use crate::route::{Family, PLAIN, Route, Shape, gives, gives_nothing};
use crate::routes::IF_NONE_MATCH;
use dmr::core::{Code, Problem};
use dmr_api::route;
use http::StatusCode;

pub static ROUTE: Route = Route {
    template: route::PRINCIPAL,
    operation: "get_principal",
    family: Family::Principals,
    about: "Gets a principal with its keys, but not their secrets.",
    parameters: &[IF_NONE_MATCH],
    gives: &[
        gives(200, Shape::Principal, "the principal").with(&["ETag"]),
        gives_nothing(304, "the caller has it already").with(&["ETag"]),
    ],
    codes: &[Code::RightMissing, Code::PrincipalUnknown],
    run: |call| run(call, get),
    ..PLAIN
};

async fn get(call: Call) -> Result<Answer, Problem> {
    call.parameters()?;
    let (principal, etag) = call.session.principal(&call.place(0)?)?;
    if conditional::has(&call.head.headers, &etag) {
        return Ok(Answer::empty(StatusCode::NOT_MODIFIED).etag(etag));
    }
    Ok(Answer::ok(&principal).etag(etag))
}
