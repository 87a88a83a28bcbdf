//! `GET /api/ingests/{id}/quarantine`: what an ingest set aside, each with reason, place and bytes.

use crate::answer::Answer;
use crate::call::{Call, run};
use crate::route::{Family, PLAIN, Route, Shape, gives};
use crate::routes::{CURSOR, LIMIT, page};
use dmr::core::{Code, Problem};
use dmr_api::route;

pub static ROUTE: Route = Route {
    template: route::QUARANTINE,
    operation: "list_quarantine",
    family: Family::Ingestion,
    about: "Lists what an ingest set aside, each with its reason, place and bytes.",
    parameters: &[LIMIT, CURSOR],
    gives: &[gives(200, Shape::Quarantine, "what was set aside").with(&["Link"])],
    codes: &[Code::RightMissing, Code::IngestUnknown, Code::CursorInvalid],
    run: |call| run(call, list),
    ..PLAIN
};

async fn list(call: Call) -> Result<Answer, Problem> {
    let given = call.parameters()?;
    Ok(page(&call.head.uri, &call.session.quarantine(&call.place(0)?, given.number("limit")?, given.cursor())?))
}
