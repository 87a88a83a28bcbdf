//! `POST /api/records/{model}`: makes a record, or several at once: a list, or lines (R1).

use super::{BULK_CODES, written};
use crate::answer::Answer;
use crate::call::{Call, run};
use crate::parameters::Given;
use crate::route::{Family, Method, PLAIN, Route, Shape, Takes, gives};
use crate::routes::{IDEMPOTENCY_KEY, NUMBERS, ON_ERROR};
use bytes::Bytes;
use dmr::core::Problem;
use dmr::{BulkAnswer, Rows, Write};
use dmr_api::{media, route};
use http::StatusCode;

pub static ROUTE: Route = Route {
    method: Method::Post,
    template: route::RECORDS,
    operation: "create_records",
    family: Family::Records,
    about: "Makes a record; or several, as a list or as lines: all of them or none, unless `on_error=report`.",
    parameters: &[ON_ERROR, NUMBERS, IDEMPOTENCY_KEY],
    takes: Some(Takes { shape: Shape::NewRecords, media: &[media::JSON, media::NDJSON] }),
    gives: &[
        gives(201, Shape::RecordOrIds, "the record; or the ids of the records").with(&["Location", "ETag"]),
        gives(200, Shape::Report, "what became of each row, where `on_error=report` was asked; or a record that was there already"),
    ],
    codes: &BULK_CODES,
    run: |call| run(call, create),
    ..PLAIN
};

async fn create(mut call: Call) -> Result<Answer, Problem> {
    let given = call.parameters()?;
    let (media, body) = call.bytes().await?;
    if media == media::NDJSON || body.iter().find(|byte| !byte.is_ascii_whitespace()) == Some(&b'[') {
        return several(call, &given, media, body).await;
    }
    // One record has no others that could be written without it.
    let write = Write { report: false, ..call.write(&given, &body)? };
    let made = call.session.create(&call.place(0)?, &body, write).await?;
    Ok(written(&made, call.head.uri.path()))
}

async fn several(call: Call, given: &Given, media: &str, body: Bytes) -> Result<Answer, Problem> {
    let write = call.write(given, &body)?;
    let rows = if media == media::NDJSON { Rows::Ndjson(&body) } else { Rows::Json(&body) };
    let answer = call.session.bulk(&call.place(0)?, rows, write).await?;
    let status = match &answer {
        BulkAnswer::Ids(_) => StatusCode::CREATED,
        BulkAnswer::Report(_) => StatusCode::OK,
    };
    Ok(Answer::value(status, &answer.to_value()))
}
