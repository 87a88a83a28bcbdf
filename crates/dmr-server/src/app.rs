//! What every request shares.

use crate::find::Places;
use crate::metrics::Metrics;
use crate::request_id::RequestIds;
use dmr::Registry;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// The registry and what the server itself needs; one per server.
pub struct App {
    pub registry: Registry,
    pub places: Places,
    pub request_ids: RequestIds,
    pub metrics: Metrics,
    /// The setting `debug`: looked at by each request.
    debug: Arc<AtomicBool>,
    /// Whether it listens on a loopback address: then a name in `Host` that is not this machine's own is refused, for a page elsewhere
    /// that rebinds its name to 127.0.0.1 would otherwise be served.
    pub loopback: bool,
    /// Set once when it stops: answers then end their connection.
    closing: AtomicBool,
}

impl App {
    pub fn new(registry: Registry, loopback: bool) -> Arc<Self> {
        let places = Places::of(crate::routes());
        let debug = Arc::new(AtomicBool::new(false));
        let told = debug.clone();
        registry.watch_settings(move |settings| told.store(settings.debug, Ordering::Relaxed));
        let (request_ids, metrics) = (RequestIds::new(), Metrics::new());
        Arc::new(Self { registry, places, request_ids, metrics, debug, loopback, closing: AtomicBool::new(false) })
    }

    /// Whether how long each step of each request takes is told.
    pub fn debugs(&self) -> bool {
        self.debug.load(Ordering::Relaxed)
    }

    pub fn close(&self) {
        self.closing.store(true, Ordering::Relaxed);
    }

    pub fn is_closing(&self) -> bool {
        self.closing.load(Ordering::Relaxed)
    }
}
