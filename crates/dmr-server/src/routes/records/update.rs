//! `PATCH /api/records/{model}/{id}`: changes a record by a merge patch or a JSON Patch, applied to it as the caller sees it (R1).

use super::{PATCH_CODES, written};
use crate::answer::Answer;
use crate::call::{Call, run};
use crate::route::{Family, Method, PLAIN, Route, Shape, Takes, gives};
use crate::routes::{IDEMPOTENCY_KEY, IF_MATCH, NUMBERS};
use dmr::Patch;
use dmr::core::Problem;
use dmr_api::{media, route};

pub static ROUTE: Route = Route {
    method: Method::Patch,
    template: route::RECORD,
    operation: "update_record",
    family: Family::Records,
    about: "Changes a record: by a merge patch, where `null` sets null if the schema admits it and else removes, or by a JSON Patch. Both apply to it as the caller sees it.",
    parameters: &[NUMBERS, IF_MATCH, IDEMPOTENCY_KEY],
    takes: Some(Takes { shape: Shape::RecordPatch, media: &[media::MERGE_PATCH, media::JSON, media::JSON_PATCH] }),
    gives: &[gives(200, Shape::Record, "the record").with(&["ETag"])],
    codes: &PATCH_CODES,
    run: |call| run(call, update),
    ..PLAIN
};

async fn update(mut call: Call) -> Result<Answer, Problem> {
    let given = call.parameters()?;
    let (media, body) = call.bytes().await?;
    let write = call.write(&given, &body)?;
    let patch = if media == media::JSON_PATCH { Patch::Json(&body) } else { Patch::Merge(&body) };
    let changed = call.session.update(&call.place(0)?, &call.place(1)?, patch, write).await?;
    Ok(written(&changed, ""))
}
