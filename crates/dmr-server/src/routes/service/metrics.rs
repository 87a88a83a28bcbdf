//! `GET /metrics`: the figures in the text form that collectors of metrics read.

use super::stats::figures;
use crate::answer::Answer;
use crate::call::{Call, run};
use crate::route::{PLAIN, Route, Shape, gives};
use dmr::core::{Code, Problem};
use dmr_api::route;
use http::StatusCode;

/// The media type of the text form, with its version.
const MEDIA: &str = "text/plain; version=0.0.4; charset=utf-8";

pub static ROUTE: Route = Route {
    template: route::METRICS,
    operation: "metrics",
    about: "The figures for a collector of metrics.",
    gives: &[gives(200, Shape::Metrics, "a line a figure")],
    codes: &[Code::RightMissing],
    run: |call| run(call, metrics),
    ..PLAIN
};

async fn metrics(call: Call) -> Result<Answer, Problem> {
    let figures = figures(&call)?;
    Ok(Answer::of(StatusCode::OK, MEDIA, call.app.metrics.text(&figures)))
}
