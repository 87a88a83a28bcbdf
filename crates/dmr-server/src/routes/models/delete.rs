//! `DELETE /api/registry/models/{name}`: deletes a model; its name is then free.

use crate::answer::Answer;
use crate::call::{Call, run};
use crate::route::{Family, Kind, Method, PLAIN, Route, gives_nothing, query};
use dmr::core::{Code, Problem};
use dmr_api::route;
use http::StatusCode;

pub static ROUTE: Route = Route {
    method: Method::Delete,
    template: route::MODEL,
    operation: "delete_model",
    family: Family::Models,
    about: "Deletes a model without live records, or with `records=delete` both.",
    parameters: &[query("records", Kind::Word(&["keep", "delete"]), "`delete` deletes its live records too")],
    gives: &[gives_nothing(204, "it is deleted")],
    codes: &[Code::RightMissing, Code::ModelUnknown, Code::ModelNotEmpty, Code::ReferenceHeld],
    run: |call| run(call, delete),
    ..PLAIN
};

async fn delete(call: Call) -> Result<Answer, Problem> {
    let with_records = call.parameters()?.word("records", &["keep", "delete"])? == Some(1);
    call.session.delete_model(&call.place(0)?, with_records).await?;
    Ok(Answer::empty(StatusCode::NO_CONTENT))
}
