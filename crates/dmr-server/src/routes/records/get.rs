//! `GET /api/records/{model}/{id}`: a record, now or as of a time (R1, A3).

use super::record;
use crate::answer::Answer;
use crate::call::{Call, run};
use crate::conditional;
use crate::route::{Family, Kind, PLAIN, Route, Shape, gives, gives_nothing, query};
use crate::routes::{DELETED, EXPAND, FIELDS, IF_NONE_MATCH, NUMBERS};
use dmr::Get;
use dmr::core::query::read_parameters;
use dmr::core::{Code, Problem};
use dmr_api::route;
use http::StatusCode;

pub static ROUTE: Route = Route {
    template: route::RECORD,
    operation: "get_record",
    family: Family::Records,
    about: "Gets a record by its `_id` or by the value of the model's key.",
    parameters: &[
        FIELDS,
        EXPAND,
        query("as_of", Kind::Time, "the record as it was at this time, under today's rights"),
        DELETED,
        NUMBERS,
        IF_NONE_MATCH,
    ],
    gives: &[gives(200, Shape::Record, "the record").with(&["ETag"]), gives_nothing(304, "the caller has it already").with(&["ETag"])],
    codes: &[Code::RightMissing, Code::ModelUnknown, Code::RecordUnknown, Code::FilterField, Code::ExpandBudget],
    run: |call| run(call, get),
    ..PLAIN
};

async fn get(call: Call) -> Result<Answer, Problem> {
    let options = match call.head.uri.query() {
        None => Get::default(),
        Some(_) => options(&call)?,
    };
    let (model, id) = (call.place(0)?, call.place(1)?);
    let seen = match options.expand.is_empty() {
        true => call.session.get(&model, &id, &options)?,
        false => call.session.get_expanded(&model, &id, options).await?,
    };
    let headers = &call.head.headers;
    if headers.contains_key(http::header::IF_NONE_MATCH) && !seen.is_expanded() && conditional::has(headers, &seen.etag()) {
        return Ok(Answer::empty(StatusCode::NOT_MODIFIED).etag(seen.etag()));
    }
    Ok(record(StatusCode::OK, &seen))
}

fn options(call: &Call) -> Result<Get, Problem> {
    let given = call.parameters()?;
    let as_of = given.time("as_of")?;
    let pairs: Vec<(String, String)> = given.pairs().iter().filter(|(name, _)| name != "as_of").cloned().collect();
    let read = read_parameters(&pairs).map_err(|issues| Problem::of(Code::ParameterValue, issues))?;
    Ok(Get { fields: read.document.fields, expand: read.document.expand, as_of, deleted: read.deleted, numbers: Call::numbers(&given)? })
}
