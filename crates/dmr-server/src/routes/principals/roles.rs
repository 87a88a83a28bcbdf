//! `GET /api/roles`, `GET|PUT /api/roles/{role}`: roles and their rights.

use crate::answer::Answer;
use crate::call::{Call, run};
use crate::route::{Family, Method, PLAIN, Route, Shape, Takes, gives};
use dmr::core::{Code, Problem};
use dmr_api::{media, route};

pub static LIST: Route = Route {
    template: route::ROLES,
    operation: "list_roles",
    family: Family::Principals,
    about: "Lists the roles.",
    gives: &[gives(200, Shape::Roles, "the roles")],
    codes: &[Code::RightMissing],
    run: |call| run(call, list),
    ..PLAIN
};

pub static GET: Route = Route {
    template: route::ROLE,
    operation: "get_role",
    family: Family::Principals,
    about: "Gets a role.",
    gives: &[gives(200, Shape::Role, "the role")],
    codes: &[Code::RightMissing, Code::RoleUnknown],
    run: |call| run(call, get),
    ..PLAIN
};

pub static PUT: Route = Route {
    method: Method::Put,
    template: route::ROLE,
    operation: "put_role",
    family: Family::Principals,
    about: "Makes or replaces a role.",
    takes: Some(Takes { shape: Shape::NewRole, media: &[media::JSON] }),
    gives: &[gives(200, Shape::Role, "the role")],
    codes: &[Code::RightMissing, Code::RoleInvalid, Code::NameInvalid, Code::RoleUnknown],
    run: |call| run(call, put),
    ..PLAIN
};

async fn list(call: Call) -> Result<Answer, Problem> {
    call.parameters()?;
    Ok(Answer::ok(&call.session.roles()?))
}

async fn get(call: Call) -> Result<Answer, Problem> {
    call.parameters()?;
    Ok(Answer::ok(&call.session.role(&call.place(0)?)?))
}

async fn put(mut call: Call) -> Result<Answer, Problem> {
    call.parameters()?;
    let body = call.json().await?;
    Ok(Answer::ok(&call.session.set_role(&call.place(0)?, body).await?))
}
