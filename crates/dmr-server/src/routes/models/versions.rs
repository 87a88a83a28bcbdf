//! `GET /api/registry/models/{name}/versions`: the versions of a model (M7).

use crate::answer::Answer;
use crate::call::{Call, run};
use crate::route::{Family, PLAIN, Route, Shape, gives};
use dmr::core::{Code, Problem};
use dmr_api::route;

pub static ROUTE: Route = Route {
    template: route::VERSIONS,
    operation: "list_versions",
    family: Family::Models,
    about: "Lists the versions of a model.",
    gives: &[gives(200, Shape::Versions, "the versions")],
    codes: &[Code::ModelUnknown],
    run: |call| run(call, versions),
    ..PLAIN
};

async fn versions(call: Call) -> Result<Answer, Problem> {
    call.parameters()?;
    Ok(Answer::ok(&call.session.versions(&call.place(0)?)?))
}
