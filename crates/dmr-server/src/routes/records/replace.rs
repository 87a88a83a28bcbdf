//! `PUT /api/records/{model}/{id}`: replaces the caller's writable view of a record; fields outside it stay (R1).

use super::{WRITE_CODES, written};
use crate::answer::Answer;
use crate::call::{Call, run};
use crate::route::{Family, Method, PLAIN, Route, Shape, Takes, gives};
use crate::routes::{IDEMPOTENCY_KEY, IF_MATCH, NUMBERS};
use dmr::core::Problem;
use dmr_api::{media, route};

pub static ROUTE: Route = Route {
    method: Method::Put,
    template: route::RECORD,
    operation: "replace_record",
    family: Family::Records,
    about: "Replaces what the caller may write of a record; what lies outside its view stays.",
    parameters: &[NUMBERS, IF_MATCH, IDEMPOTENCY_KEY],
    takes: Some(Takes { shape: Shape::NewRecord, media: &[media::JSON] }),
    gives: &[gives(200, Shape::Record, "the record").with(&["ETag"])],
    codes: WRITE_CODES,
    run: |call| run(call, replace),
    ..PLAIN
};

async fn replace(mut call: Call) -> Result<Answer, Problem> {
    let given = call.parameters()?;
    let (_, body) = call.bytes().await?;
    let write = call.write(&given, &body)?;
    let changed = call.session.replace(&call.place(0)?, &call.place(1)?, &body, write).await?;
    Ok(written(&changed, ""))
}
