//! HTTP in front of a [`dmr::Registry`].
//!
//! One table, [`routes`], says what exists: the dispatch, the OpenAPI documents and the tests are made from it. A request goes one way:
//! [`dispatch`] finds its route and who asks, the route parses, calls the registry and renders, and every refusal leaves as one problem
//! document. The server decides nothing about data or rights: that is the registry's (invariant 2).
//!
//! ```no_run
//! # async fn example() -> Result<(), Box<dyn std::error::Error>> {
//! let registry = dmr::Registry::memory()?;
//! let listener = tokio::net::TcpListener::bind("127.0.0.1:8000").await?;
//! dmr_server::serve(registry, listener, async { let _ = tokio::signal::ctrl_c().await; }).await?;
//! # Ok(()) }
//! ```

mod answer;
mod app;
mod body;
mod call;
mod compress;
mod conditional;
mod dispatch;
mod encoding;
mod find;
mod in_process;
mod listen;
mod metrics;
mod openapi;
mod parameters;
mod refusal;
mod request_id;
pub mod route;
mod routes;
mod telling;

pub use in_process::InProcess;
pub use listen::serve;
pub use route::Route;

use app::App;
use dmr::Registry;
use std::convert::Infallible;

/// Every route there is, in the order of the documentation.
pub fn routes() -> &'static [&'static Route] {
    routes::ALL
}

/// The routes as an axum router, to be served by someone else or put beside other routes. [`serve`] does without it.
pub fn router(registry: Registry) -> axum::Router {
    let app = App::new(registry, false);
    axum::Router::new().fallback_service(tower::service_fn(move |request: http::Request<axum::body::Body>| {
        let answering = dispatch::dispatch(&app, request.map(body::Incoming::Boxed));
        async { Ok::<_, Infallible>(answering.await.map(axum::body::Body::new)) }
    }))
}
