//! `DELETE /api/principals/{id}`: deletes a principal; its keys are dead at once.

use crate::answer::Answer;
use crate::call::{Call, run};
use crate::route::{Family, Method, PLAIN, Route, gives_nothing};
use dmr::core::{Code, Problem};
use dmr_api::route;
use http::StatusCode;

pub static ROUTE: Route = Route {
    method: Method::Delete,
    template: route::PRINCIPAL,
    operation: "delete_principal",
    family: Family::Principals,
    about: "Deletes a principal. Its keys are dead at once; what it did stays under its id.",
    gives: &[gives_nothing(204, "it is deleted")],
    codes: &[Code::RightMissing, Code::PrincipalUnknown, Code::PrincipalInvalid],
    run: |call| run(call, delete),
    ..PLAIN
};

async fn delete(call: Call) -> Result<Answer, Problem> {
    call.parameters()?;
    call.session.delete_principal(&call.place(0)?).await?;
    Ok(Answer::empty(StatusCode::NO_CONTENT))
}
