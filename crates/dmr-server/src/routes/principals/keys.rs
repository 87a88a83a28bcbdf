//! `POST /api/principals/{id}/keys`, `DELETE .../keys/{key_id}`: API keys (P7).

use crate::answer::Answer;
use crate::call::{Call, run};
use crate::route::{Family, Method, PLAIN, Route, Shape, Takes, gives, gives_nothing};
use dmr::core::{Code, Problem, Value};
use dmr_api::{media, route};
use http::StatusCode;

pub static CREATE: Route = Route {
    method: Method::Post,
    template: route::KEYS,
    operation: "create_key",
    family: Family::Principals,
    about: "Makes a key of a principal. It is told this once.",
    takes: Some(Takes { shape: Shape::NewKey, media: &[media::JSON] }),
    gives: &[gives(201, Shape::Key, "the key").with(&["Location"])],
    codes: &[Code::RightMissing, Code::PrincipalUnknown, Code::PrincipalInvalid, Code::NameInvalid, Code::RoleUnknown],
    run: |call| run(call, create),
    ..PLAIN
};

pub static DELETE: Route = Route {
    method: Method::Delete,
    template: route::KEY,
    operation: "delete_key",
    family: Family::Principals,
    about: "Deletes a key. It is dead at once.",
    gives: &[gives_nothing(204, "it is deleted")],
    codes: &[Code::RightMissing, Code::PrincipalUnknown, Code::KeyUnknown],
    run: |call| run(call, delete),
    ..PLAIN
};

async fn create(mut call: Call) -> Result<Answer, Problem> {
    call.parameters()?;
    let body = call.json().await?;
    let principal = call.place(0)?;
    let key = call.session.create_key(&principal, body).await?;
    let id = key.get("id").and_then(Value::as_str).unwrap_or_default();
    let at = route::fill(route::KEY, &[&principal, id]);
    Ok(Answer::value(StatusCode::CREATED, &key).location(at))
}

async fn delete(call: Call) -> Result<Answer, Problem> {
    call.parameters()?;
    call.session.delete_key(&call.place(0)?, &call.place(1)?).await?;
    Ok(Answer::empty(StatusCode::NO_CONTENT))
}
