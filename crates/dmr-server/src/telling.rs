//! What is told of a request on its way out: a line of the log, and to an operator who asks how long its steps took. Never an address, a
//! parameter, a value or a key: a route by its template, a principal by its id (C2, attack G).

use crate::dispatch::Trail;
use dmr::Trace;
use dmr::core::{Code, Problem};
use http::StatusCode;
use std::fmt::Write;
use std::time::Duration;
use tracing::{debug, error, info};

/// A request was answered.
pub fn answered(trail: &Trail, status: StatusCode, steps: bool) {
    if let Some(trace) = &trail.trace {
        trace.rendered();
        if steps {
            info!(target: "dmr::steps", request = named(trail), method = method(trail), route = route(trail), steps = told(trace), "steps");
        }
    }
    debug!(
        target: "dmr::requests",
        request = named(trail),
        method = method(trail),
        route = route(trail),
        status = status.as_u16(),
        principal = %trail.by.unwrap_or_default(),
        micros = u64::try_from(trail.began.elapsed().as_micros()).unwrap_or(u64::MAX),
        "request"
    );
}

/// A request failed by no fault of whoever asked.
pub fn failed(trail: &Trail, problem: &Problem) {
    if problem.status() < 500 || problem.code == Code::QueueFull {
        return;
    }
    // What these say is of the machine, not of what was sent.
    let detail = match problem.code {
        Code::Internal | Code::StoreFailed | Code::StoreFull | Code::DataDamaged => problem.detail.as_str(),
        _ => problem.code.title(),
    };
    error!(target: "dmr::requests", request = named(trail), route = route(trail), code = problem.code.as_str(), detail, "failed");
}

/// The `Server-Timing` header: each step with its milliseconds.
pub fn server_timing(trace: &Trace) -> String {
    let (steps, total) = trace.steps();
    let mut out = String::new();
    for (step, took) in steps.into_iter().chain([("total", total)]) {
        let comma = if out.is_empty() { "" } else { ", " };
        let _infallible = write!(out, "{comma}{step};dur={}", milliseconds(took));
    }
    out
}

fn told(trace: &Trace) -> String {
    let (steps, total) = trace.steps();
    let each = steps.into_iter().chain([("total", total)]).map(|(step, took)| format!("{step} {}", took.as_micros()));
    each.collect::<Vec<_>>().join(", ")
}

fn milliseconds(time: Duration) -> String {
    let micros = time.as_micros();
    format!("{}.{:03}", micros / 1000, micros % 1000)
}

fn named(trail: &Trail) -> &str {
    trail.id.to_str().unwrap_or_default()
}

fn method(trail: &Trail) -> &str {
    // A method of somebody's own could hold anything.
    crate::route::Method::of(&trail.method).map_or("other", crate::route::Method::as_str)
}

fn route(trail: &Trail) -> &'static str {
    trail.route.map_or("", |route| route.template)
}
