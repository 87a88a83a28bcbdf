//! Ingestion: files and records from elsewhere become models with records in them (D1).

pub mod upload;
pub mod posted;
pub mod get;
pub mod quarantine;

use crate::answer::Answer;
use crate::call::Call;
use dmr::core::{Problem, Value};
use dmr::{Begun, Session};
use dmr_api::route;
use http::{HeaderName, StatusCode};

static PREFER: HeaderName = HeaderName::from_static("prefer");
static PREFERENCE_APPLIED: HeaderName = HeaderName::from_static("preference-applied");

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
        let told = session.ingest(&ingest)?;
        let answer = Answer::value(StatusCode::ACCEPTED, &told).location(at);
        return Ok(answer.with(PREFERENCE_APPLIED.clone(), "respond-async"));
    }
    let outcome = running.await.map_err(|fault| Problem::new(dmr::Code::Internal, fault.to_string()))??;
    let unchanged = outcome.get("unchanged").and_then(Value::as_bool) == Some(true);
    let at = outcome.get("ingest").and_then(Value::as_str).map_or(at, |ingest| route::fill(route::INGEST, &[ingest]));
    Ok(Answer::value(if unchanged { StatusCode::OK } else { StatusCode::CREATED }, &outcome).location(at))
}

fn prefers_async(call: &Call) -> bool {
    let values = call.head.headers.get_all(&PREFER).iter().filter_map(|value| value.to_str().ok());
    values.flat_map(|value| value.split(',')).any(|preference| preference.trim().eq_ignore_ascii_case("respond-async"))
}
