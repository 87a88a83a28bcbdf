//! `GET /api/registry/models/{name}/ui-schema`: the plan of a form for the model's records (U1, U2).

use crate::answer::Answer;
use crate::call::{Call, run};
use crate::conditional;
use crate::route::{Family, PLAIN, Route, Shape, gives, gives_nothing};
use crate::routes::IF_NONE_MATCH;
use dmr::core::{Code, Problem};
use dmr_api::route;
use http::StatusCode;

pub static ROUTE: Route = Route {
    template: route::UI_SCHEMA,
    operation: "get_ui_schema",
    family: Family::Models,
    about: "Gets the plan of a form for the model's records, of what the caller sees and may set: each field with its widget and why, label, \
            rules, options; unions, lists, maps and what recurs resolved.",
    parameters: &[IF_NONE_MATCH],
    gives: &[gives(200, Shape::Form, "the plan").with(&["ETag"]), gives_nothing(304, "the caller has it already").with(&["ETag"])],
    codes: &[Code::ModelUnknown],
    run: |call| run(call, ui_schema),
    ..PLAIN
};

async fn ui_schema(call: Call) -> Result<Answer, Problem> {
    call.parameters()?;
    let (form, etag) = call.session.ui_schema(&call.place(0)?).await?;
    if conditional::has(&call.head.headers, &etag) {
        return Ok(Answer::empty(StatusCode::NOT_MODIFIED).etag(etag));
    }
    let text = serde_json::to_vec(&form).map_err(|fault| Problem::new(Code::Internal, format!("the plan cannot be written: {fault}")))?;
    Ok(Answer::json(StatusCode::OK, text).etag(etag))
}
