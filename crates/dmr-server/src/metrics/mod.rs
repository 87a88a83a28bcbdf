//! What the server counts of requests: by route and status, and how long they took. Templates of routes, never an address (C2).

mod exposition;
mod machine;

pub use exposition::Exposition;

use crate::route::Route;
use dmr::{Counting, Figure, Spread, Unit};
use http::StatusCode;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

/// Microseconds until an answer begins to go out.
const TIMES: &[u64] =
    &[100, 250, 500, 1_000, 2_500, 5_000, 10_000, 25_000, 50_000, 100_000, 250_000, 500_000, 1_000_000, 2_500_000, 5_000_000, 10_000_000];

/// The statuses that are counted each by itself; any other is counted as the last.
const STATUSES: [u16; 25] =
    [200, 201, 202, 204, 206, 304, 400, 401, 403, 404, 405, 406, 409, 412, 413, 414, 415, 422, 428, 429, 500, 502, 503, 507, 0];

/// What is counted of all requests.
pub struct Metrics {
    routes: Vec<OfRoute>,
    /// Requests that lead to no route.
    unrouted: OfRoute,
    running: AtomicU64,
}

/// What is counted of a route.
struct OfRoute {
    times: Counting,
    statuses: [AtomicU64; STATUSES.len()],
}

impl OfRoute {
    fn new() -> Self {
        Self { times: Counting::new(TIMES), statuses: std::array::from_fn(|_| AtomicU64::new(0)) }
    }

    /// How often it was answered, by status.
    fn answers(&self) -> impl Iterator<Item = (u16, u64)> {
        STATUSES
            .into_iter()
            .zip(&self.statuses)
            .map(|(status, number)| (status, number.load(Ordering::Relaxed)))
            .filter(|(_, number)| *number > 0)
    }
}

impl Metrics {
    /// Nothing counted yet.
    pub fn new() -> Self {
        let routes = crate::routes().iter().map(|_| OfRoute::new()).collect();
        Self { routes, unrouted: OfRoute::new(), running: AtomicU64::new(0) }
    }

    /// A request came.
    pub fn began(&self) {
        self.running.fetch_add(1, Ordering::Relaxed);
    }

    /// It was answered, or nobody waits for its answer any more.
    pub fn ended(&self) {
        self.running.fetch_sub(1, Ordering::Relaxed);
    }

    /// An answer begins to go out.
    pub fn answered(&self, route: Option<&'static Route>, status: StatusCode, took: Duration) {
        let number = route.and_then(|route| crate::routes().iter().position(|known| std::ptr::eq(*known, route)));
        let of = number.and_then(|number| self.routes.get(number)).unwrap_or(&self.unrouted);
        of.times.count(u64::try_from(took.as_micros()).unwrap_or(u64::MAX));
        let at = STATUSES.iter().position(|known| *known == status.as_u16()).unwrap_or(STATUSES.len() - 1);
        if let Some(counted) = of.statuses.get(at) {
            counted.fetch_add(1, Ordering::Relaxed);
        }
    }

    /// Requests that run, as a figure.
    pub fn figures(&self) -> Vec<Figure> {
        let answered: u64 = self.each().flat_map(|(_, _, of)| of.answers()).map(|(_, number)| number).sum();
        vec![
            Figure::gauge("requests_running", Unit::Things, self.running.load(Ordering::Relaxed), "Requests that are being answered."),
            Figure::counter("requests", Unit::Things, answered, "Requests that were answered."),
        ]
    }

    /// All of it as text, with figures of the registry.
    pub fn text(&self, figures: &[Figure]) -> String {
        let mut page = Exposition::default();
        let version = [("version", env!("CARGO_PKG_VERSION"))];
        page.head("dmr_build_info", "gauge", "Which program this is.").line("dmr_build_info", &version, "1");
        let name = "dmr_http_requests_total";
        page.head(name, "counter", "Requests that were answered, by route and status.");
        for (method, template, of) in self.each() {
            for (status, number) in of.answers() {
                let status = if status == 0 { "other".to_owned() } else { status.to_string() };
                page.line(name, &[("method", method), ("route", template), ("status", &status)], &number.to_string());
            }
        }
        let name = "dmr_http_request_duration_seconds";
        page.head(name, "histogram", "From the first look at a request until its answer began to go out, by route.");
        for (method, template, of) in self.each() {
            let times: Spread = of.times.read();
            if times.counts.iter().any(|count| *count > 0) {
                page.spread(name, &[("method", method), ("route", template)], &times, Unit::Micros);
            }
        }
        let running =
            Figure::gauge("http_requests_running", Unit::Things, self.running.load(Ordering::Relaxed), "Requests that are being answered.");
        page.figure(&running);
        figures.iter().for_each(|figure| page.figure(figure));
        machine::tell(&mut page);
        page.finish()
    }

    fn each(&self) -> impl Iterator<Item = (&'static str, &'static str, &OfRoute)> {
        let routed = crate::routes().iter().zip(&self.routes).map(|(route, of)| (route.method.as_str(), route.template, of));
        routed.chain([("", "", &self.unrouted)])
    }
}
