//! `GET|PUT /api/registry/models/{name}/permissions`: who may do what with a model (P1, P2, P3).

use crate::answer::Answer;
use crate::call::{Call, run};
use crate::conditional;
use crate::route::{Family, Method, PLAIN, Route, Shape, Takes, gives};
use crate::routes::IF_MATCH;
use dmr::core::{Code, Problem};
use dmr_api::{media, route};

pub static GET: Route = Route {
    template: route::PERMISSIONS,
    operation: "get_permissions",
    family: Family::Models,
    about: "Gets the permissions of a model.",
    gives: &[gives(200, Shape::Permissions, "the permissions")],
    codes: &[Code::RightMissing, Code::ModelUnknown],
    run: |call| run(call, get),
    ..PLAIN
};

pub static PUT: Route = Route {
    method: Method::Put,
    template: route::PERMISSIONS,
    operation: "put_permissions",
    family: Family::Models,
    about: "Replaces the permissions of a model, logged.",
    parameters: &[IF_MATCH],
    takes: Some(Takes { shape: Shape::Permissions, media: &[media::JSON] }),
    gives: &[gives(200, Shape::Permissions, "the permissions")],
    codes: &[
        Code::RightMissing,
        Code::ModelUnknown,
        Code::PermissionsInvalid,
        Code::PermissionsUnreachable,
        Code::DisclosureUndeclared,
        Code::BehaviourUnavailable,
        Code::RecordVersion,
    ],
    run: |call| run(call, put),
    ..PLAIN
};

async fn get(call: Call) -> Result<Answer, Problem> {
    call.parameters()?;
    Ok(Answer::ok(&call.session.permissions(&call.place(0)?)?))
}

async fn put(mut call: Call) -> Result<Answer, Problem> {
    call.parameters()?;
    let if_match = conditional::tag(&call.head.headers)?;
    let body = call.json().await?;
    Ok(Answer::ok(&call.session.set_permissions(&call.place(0)?, body, if_match).await?))
}
