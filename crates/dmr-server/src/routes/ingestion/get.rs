//! `GET /api/ingests/{id}`: how far an ingest is, and what came of it.

use crate::answer::Answer;
use crate::call::{Call, run};
use crate::route::{Family, PLAIN, Route, Shape, gives};
use dmr::core::{Code, Problem};
use dmr_api::route;

pub static ROUTE: Route = Route {
    template: route::INGEST,
    operation: "get_ingest",
    family: Family::Ingestion,
    about: "Tells how far an ingest is, and what came of it.",
    gives: &[gives(200, Shape::Ingest, "the ingest")],
    codes: &[Code::RightMissing, Code::IngestUnknown],
    run: |call| run(call, get),
    ..PLAIN
};

async fn get(call: Call) -> Result<Answer, Problem> {
    call.parameters()?;
    Ok(Answer::ok(&call.session.ingest(&call.place(0)?)?))
}
