//! What operators are told of a registry: figures, ids and numbers only (C2).

use crate::registry::Inner;
use crate::statistics::Statistics;
use dmr_core::Value;
use dmr_store::{Figure, Unit};
use std::sync::atomic::{AtomicU64, Ordering};

/// How often something was there already, and how often it had to be made.
#[derive(Debug, Default)]
pub(crate) struct Found {
    found: AtomicU64,
    made: AtomicU64,
}

impl Found {
    /// Counts one.
    pub fn count(&self, found: bool) {
        if found { &self.found } else { &self.made }.fetch_add(1, Ordering::Relaxed);
    }
}

/// The figures of a registry with those of its store.
pub(crate) fn figures(inner: &Inner) -> Vec<Figure> {
    let mut figures = inner.store.figures();
    let (ingests, waiting) = inner.ingests.running();
    let catalog = inner.catalog.read();
    let set_aside = catalog.ingests().map(|(_, ingest)| ingest.get("quarantined").and_then(Value::as_u64).unwrap_or(0)).sum();
    let gauge = |name, value, about| Figure::gauge(name, Unit::Things, value, about);
    let counter = |name, value: &AtomicU64, about| Figure::counter(name, Unit::Things, value.load(Ordering::Relaxed), about);
    figures.extend([
        gauge("models", catalog.models().count() as u64, "Models."),
        gauge("principals", catalog.people.principals.len() as u64, "Principals."),
        gauge("keys", catalog.people.key_count() as u64, "API keys."),
        gauge("ingests", catalog.ingests().count() as u64, "Ingests there were."),
        gauge("quarantined", set_aside, "Rows that ingests set aside."),
        gauge("ingests_running", ingests, "Ingests that run, or wait for their turn."),
        gauge("ingests_waiting", waiting, "Those that wait."),
        gauge("jobs_running", inner.jobs.running(), "Jobs that run."),
        counter("views_found", &inner.views.found, "How often what a role sees of a model was known already."),
        counter("views_made", &inner.views.made, "How often it had to be worked out."),
    ]);
    figures.extend(inner.statistics.iter().flat_map(Statistics::figures));
    figures
}
