//! `GET /api/registry/models/{name}/diff`: what changed between two versions (M7).

use crate::answer::Answer;
use crate::call::{Call, run};
use crate::route::{Family, Kind, PLAIN, Route, Shape, gives, query};
use dmr::core::{Code, Problem};
use dmr_api::route;

pub static ROUTE: Route = Route {
    template: route::DIFF,
    operation: "diff_versions",
    family: Family::Models,
    about: "Tells what changed between two versions, and whether it breaks.",
    parameters: &[
        query("from", Kind::Text, "the earlier version; the one before `to` if left out"),
        query("to", Kind::Text, "the later version; the newest if left out"),
    ],
    gives: &[gives(200, Shape::Diff, "the changes")],
    codes: &[Code::ModelUnknown, Code::VersionUnknown],
    run: |call| run(call, diff),
    ..PLAIN
};

async fn diff(call: Call) -> Result<Answer, Problem> {
    let given = call.parameters()?;
    Ok(Answer::ok(&call.session.diff(&call.place(0)?, given.text("from"), given.text("to"))?))
}
