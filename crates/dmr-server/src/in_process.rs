//! The API without a network: for a command that opened the data directory itself.

use crate::app::App;
use crate::body::Incoming;
use crate::dispatch::dispatch;
use dmr::Registry;
use dmr::core::principal::Asker;
use dmr_api::client::{Body, Sending, Transport};
use std::sync::Arc;

/// Who asks, known before: only this process can put it on a request.
#[derive(Clone)]
pub(crate) struct Asked(pub(crate) Arc<Asker>);

/// A transport straight into the dispatch. Requests are made as the asker it was given; a credential in them is not looked at.
pub struct InProcess {
    app: Arc<App>,
    asker: Arc<Asker>,
}

impl InProcess {
    /// A transport into a registry as an asker the registry resolved.
    pub fn new(registry: Registry, asker: Arc<Asker>) -> Self {
        Self { app: App::new(registry, false), asker }
    }
}

impl Transport for InProcess {
    fn send(&self, request: http::Request<Body>) -> Sending<'_> {
        let mut request = request.map(|body| Incoming::Boxed(axum::body::Body::new(body)));
        request.extensions_mut().insert(Asked(self.asker.clone()));
        let answering = dispatch(&self.app, request);
        Box::pin(async { Ok(answering.await.map(Body::new)) })
    }
}
