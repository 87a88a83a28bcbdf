//! An answer that was read.

use super::body::Body;
use bytes::Bytes;
use dmr_core::{Code, Problem, Value, json};
use http::{HeaderMap, StatusCode};
use http_body_util::BodyExt;

/// An answer: status, headers, body.
#[derive(Debug, Clone)]
pub struct Response {
    /// Its status.
    pub status: StatusCode,
    /// Its headers.
    pub headers: HeaderMap,
    /// The whole body.
    pub body: Bytes,
}

impl Response {
    pub(super) async fn read(answer: http::Response<Body>) -> Result<Self, Problem> {
        let (head, body) = answer.into_parts();
        let body = body.collect().await.map_err(|fault| broken(fault.as_ref()))?.to_bytes();
        Ok(Self { status: head.status, headers: head.headers, body })
    }

    /// The answer if its status is a success, else the problem in it.
    ///
    /// # Errors
    /// The problem the server told.
    pub fn accepted(self) -> Result<Self, Problem> {
        if self.status.is_success() { Ok(self) } else { Err(self.into_problem()) }
    }

    /// The body as JSON, digits kept.
    ///
    /// # Errors
    /// `server.answer` when it is not JSON.
    pub fn json(&self) -> Result<Value, Problem> {
        json::parse(&self.body)
            .map_err(|fault| Problem::new(Code::ServerAnswer, format!("the server answered what is not JSON: {}", fault.message)))
    }

    /// A header's value, where it is text.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).and_then(|value| value.to_str().ok())
    }

    /// The problem in it, or one that says what came instead.
    pub fn into_problem(self) -> Problem {
        let read = self.json().ok().and_then(|document| crate::problem::read(&document));
        let mut problem = read.unwrap_or_else(|| Problem::new(Code::ServerAnswer, format!("the server answered {}", self.status)));
        problem.retry_after = self.header("retry-after").and_then(|seconds| seconds.parse().ok());
        problem
    }
}

pub(super) fn broken(fault: &(dyn std::error::Error + Send + Sync)) -> Problem {
    Problem::new(Code::ServerUnreachable, format!("the answer broke off: {fault}"))
}
