//! `POST /api/dynamic-schema/process`: takes records as JSON (D1).

use super::begun;
use crate::answer::Answer;
use crate::call::{Call, run};
use crate::route::{Family, Method, PLAIN, Route, Shape, Takes, gives};
use crate::routes::PREFER;
use dmr::core::{Code, Problem};
use dmr_api::{media, route};

pub static ROUTE: Route = Route {
    method: Method::Post,
    template: route::PROCESS,
    operation: "process_records",
    family: Family::Ingestion,
    about: "Takes records as JSON: their model is inferred, they are stored, and what does not fit is set aside with its reason.",
    takes: Some(Takes { shape: Shape::Process, media: &[media::JSON] }),
    parameters: &[PREFER],
    gives: &[
        gives(201, Shape::Ingested, "what came of it").with(&["Location"]),
        gives(202, Shape::Ingest, "with `Prefer: respond-async`: it runs").with(&["Location", "Preference-Applied"]),
    ],
    codes: &[Code::RightMissing, Code::NameInvalid, Code::IngestEmpty, Code::IngestElement, Code::BehaviourUnavailable, Code::StorageLimit],
    run: |call| run(call, process),
    ..PLAIN
};

async fn process(mut call: Call) -> Result<Answer, Problem> {
    call.parameters()?;
    let body = call.json().await?;
    let session = call.session.clone();
    let ingest = session.begin_process(body)?;
    begun(call, session, ingest, ()).await
}
