//! `POST /api/principals`: makes a principal.

use crate::answer::Answer;
use crate::call::{Call, run};
use crate::route::{Family, Method, PLAIN, Route, Shape, Takes, gives};
use dmr::core::{Code, Problem, Value};
use dmr_api::{media, route};
use http::StatusCode;

pub static ROUTE: Route = Route {
    method: Method::Post,
    template: route::PRINCIPALS,
    operation: "create_principal",
    family: Family::Principals,
    about: "Makes a principal.",
    takes: Some(Takes { shape: Shape::NewPrincipal, media: &[media::JSON] }),
    gives: &[gives(201, Shape::Principal, "the principal").with(&["Location"])],
    codes: &[Code::RightMissing, Code::PrincipalInvalid, Code::NameInvalid, Code::NameReserved, Code::UniqueTaken, Code::RoleUnknown],
    run: |call| run(call, create),
    ..PLAIN
};

async fn create(mut call: Call) -> Result<Answer, Problem> {
    call.parameters()?;
    let body = call.json().await?;
    let principal = call.session.create_principal(body).await?;
    let id = principal.get("id").and_then(Value::as_str).unwrap_or_default();
    let at = route::fill(route::PRINCIPAL, &[id]);
    Ok(Answer::value(StatusCode::CREATED, &principal).location(at))
}
