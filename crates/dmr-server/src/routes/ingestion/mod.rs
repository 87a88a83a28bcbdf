//! Ingestion: files and records from elsewhere become models with records in them (D1).

pub mod upload;
pub mod posted;
pub mod get;
pub mod quarantine;

use crate::answer::Answer;
use crate::call::Call;
use crate::routes::{accepted, prefers_async};
use dmr::core::{Problem, Value};
use dmr::{Begun, Session};
use dmr_api::route;
use http::StatusCode;

/// An ingest that began, as an answer: when it is done, or at once where that is preferred. `kept` is what it reads; the ingest goes on,
/// and has it, when its caller leaves.
async fn begun(call: Call, session: Session, begun: Begun, kept: impl Send + 'static) -> Result<Answer, Problem> {
    let Begun { ingest, done } = begun;
    let running = tokio::spawn(async move {
        let outcome = done.await;
        drop(kept);
        outcome
    });
    let at = route::fill(route::INGEST, &[&ingest]);
    if prefers_async(&call) {
        return Ok(accepted(&session.ingest(&ingest)?, at, true));
    }
    let outcome = running.await.map_err(|fault| Problem::new(dmr::Code::Internal, fault.to_string()))??;
    let unchanged = outcome.get("unchanged").and_then(Value::as_bool) == Some(true);
    let at = outcome.get("ingest").and_then(Value::as_str).map_or(at, |ingest| route::fill(route::INGEST, &[ingest]));
    Ok(Answer::value(if unchanged { StatusCode::OK } else { StatusCode::CREATED }, &outcome).location(at))
}
