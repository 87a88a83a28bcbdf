//! `GET /api/registry/models/{name}/schema`: the JSON Schema of a model, of any version (M7).

use crate::answer::Answer;
use crate::call::{Call, run};
use crate::route::{Family, Kind, PLAIN, Route, Shape, gives, query};
use dmr::core::{Code, Problem};
use dmr_api::route;

pub static ROUTE: Route = Route {
    template: route::SCHEMA,
    operation: "get_schema",
    family: Family::Models,
    about: "Gets the JSON Schema (2020-12) of a model as the caller sees it.",
    parameters: &[query("version", Kind::Text, "which version; the newest if left out")],
    gives: &[gives(200, Shape::Schema, "the schema")],
    codes: &[Code::ModelUnknown, Code::VersionUnknown],
    run: |call| run(call, schema),
    ..PLAIN
};

async fn schema(call: Call) -> Result<Answer, Problem> {
    let given = call.parameters()?;
    Ok(Answer::ok(&call.session.schema(&call.place(0)?, given.text("version"))?))
}
