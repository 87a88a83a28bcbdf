//! What every request shares.

use crate::find::Places;
use crate::request_id::RequestIds;
use dmr::Registry;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// The registry and what the server itself needs; one per server.
pub struct App {
    pub registry: Registry,
    pub places: Places,
    pub request_ids: RequestIds,
    /// Whether it listens on a loopback address: then a name in `Host` that is not this machine's own is refused, for a page elsewhere
    /// that rebinds its name to 127.0.0.1 would otherwise be served.
    pub loopback: bool,
    /// Set once when it stops: answers then end their connection.
    closing: AtomicBool,
}

impl App {
    pub fn new(registry: Registry, loopback: bool) -> Arc<Self> {
        let places = Places::of(crate::routes());
        Arc::new(Self { registry, places, request_ids: RequestIds::new(), loopback, closing: AtomicBool::new(false) })
    }

    pub fn close(&self) {
        self.closing.store(true, Ordering::Relaxed);
    }

    pub fn is_closing(&self) -> bool {
        self.closing.load(Ordering::Relaxed)
    }
}
