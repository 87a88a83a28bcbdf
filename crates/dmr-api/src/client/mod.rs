//! A client of the API, over HTTP or in process: what the command line speaks, and tests.
//!
//! ```no_run
//! # async fn example() -> Result<(), dmr_core::Problem> {
//! use dmr_api::client::{Client, Http, Request};
//! use dmr_api::route;
//!
//! let client = Client::new(Http::new("http://127.0.0.1:8000")?, Some("dmr_...".into()));
//! let page = client.get(&route::fill(route::RECORDS, &["Product"]), &[("price__gte", "10")]).await?.accepted()?.json()?;
//! let made = client.send(Request::post(route::MODELS).json(&page)).await?;
//! # let _ = made; Ok(()) }
//! ```

mod body;
mod download;
mod http;
mod lines;
mod request;
mod response;

pub use body::{Body, Form, Progress};
pub use download::Download;
pub use http::Http;
pub use lines::Lines;
pub use request::Request;
pub use response::Response;

use dmr_core::Problem;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

/// What a transport gives back at last.
pub type Sending<'a> = Pin<Box<dyn Future<Output = Result<::http::Response<Body>, Problem>> + Send + 'a>>;

/// Carries one request and brings its answer: over a network ([`Http`]) or straight into a router (the server's in-process transport).
pub trait Transport: Send + Sync {
    /// Sends a request whose target is a path with a query.
    ///
    /// # Errors
    /// `server.unreachable` when nobody answered; an answer of any status is not an error.
    fn send(&self, request: ::http::Request<Body>) -> Sending<'_>;
}

/// A client: a transport and a credential. Cheap to clone.
#[derive(Clone)]
pub struct Client {
    transport: Arc<dyn Transport>,
    credential: Option<Arc<str>>,
}

impl Client {
    /// A client that sends `credential` as a bearer token with each request; in process none is needed.
    pub fn new(transport: impl Transport + 'static, credential: Option<String>) -> Self {
        Self { transport: Arc::new(transport), credential: credential.map(Into::into) }
    }

    /// Gets a path with a query.
    ///
    /// # Errors
    /// As [`Client::send`].
    pub async fn get(&self, path: &str, query: &[(&str, &str)]) -> Result<Response, Problem> {
        self.send(Request::get(path).query_all(query.iter().copied())).await
    }

    /// Sends a request and reads the whole answer. An answer of any status is `Ok`: see [`Response::accepted`].
    ///
    /// # Errors
    /// `server.unreachable` when nobody answered.
    pub async fn send(&self, request: Request) -> Result<Response, Problem> {
        let answer = self.transport.send(request.build(self.credential.as_deref())?).await?;
        Response::read(answer).await
    }

    /// Asks for what comes piece by piece.
    ///
    /// # Errors
    /// The problem the server answered; `server.unreachable` when nobody did.
    pub async fn download(&self, request: Request) -> Result<Download, Problem> {
        let answer = self.transport.send(request.build(self.credential.as_deref())?).await?;
        if answer.status().is_success() {
            return Ok(Download::new(answer));
        }
        Err(Response::read(answer).await?.into_problem())
    }

    /// Asks for a list as lines and gives them as they come.
    ///
    /// # Errors
    /// The problem the server answered; `server.unreachable` when nobody did.
    pub async fn lines(&self, request: Request) -> Result<Lines, Problem> {
        let request = request.header("accept", crate::media::NDJSON);
        let answer = self.transport.send(request.build(self.credential.as_deref())?).await?;
        if answer.status().is_success() {
            return Ok(Lines::new(answer.into_body()));
        }
        Err(Response::read(answer).await?.into_problem())
    }
}
