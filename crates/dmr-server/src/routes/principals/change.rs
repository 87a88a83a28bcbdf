//! `PATCH /api/principals/{id}`: changes a principal; its keys follow at once.

use crate::answer::Answer;
use crate::call::{Call, run};
use crate::conditional;
use crate::route::{Family, Method, PLAIN, Route, Shape, Takes, gives};
use crate::routes::IF_MATCH;
use dmr::core::{Code, Problem};
use dmr_api::{media, route};

pub static ROUTE: Route = Route {
    method: Method::Patch,
    template: route::PRINCIPAL,
    operation: "change_principal",
    family: Family::Principals,
    about: "Changes a principal: name, roles, attributes, suspension. Its keys follow at once.",
    parameters: &[IF_MATCH],
    takes: Some(Takes { shape: Shape::PrincipalPatch, media: &[media::MERGE_PATCH, media::JSON] }),
    gives: &[gives(200, Shape::Principal, "the principal")],
    codes: &[
        Code::RightMissing,
        Code::PrincipalUnknown,
        Code::PrincipalInvalid,
        Code::NameInvalid,
        Code::NameReserved,
        Code::UniqueTaken,
        Code::RoleUnknown,
        Code::RecordVersion,
    ],
    run: |call| run(call, change),
    ..PLAIN
};

async fn change(mut call: Call) -> Result<Answer, Problem> {
    call.parameters()?;
    let if_match = conditional::tag(&call.head.headers)?;
    let patch = call.json().await?;
    Ok(Answer::ok(&call.session.change_principal(&call.place(0)?, patch, if_match).await?))
}
