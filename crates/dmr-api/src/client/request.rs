//! A request as it is put together.

use super::body::{Body, Form, Progress};
use crate::{media, route};
use dmr_core::{Code, Problem, Value};
use http::Method;
use std::path::Path;

/// A request: method, path, query, headers, body.
pub struct Request {
    method: Method,
    path: String,
    query: Vec<(String, String)>,
    headers: Vec<(String, String)>,
    body: Body,
}

impl Request {
    /// A request of any method. `path` is encoded already: see [`route::fill`].
    pub fn new(method: Method, path: impl Into<String>) -> Self {
        Self { method, path: path.into(), query: Vec::new(), headers: Vec::new(), body: Body::empty() }
    }

    /// `GET`.
    pub fn get(path: impl Into<String>) -> Self {
        Self::new(Method::GET, path)
    }

    /// `POST`.
    pub fn post(path: impl Into<String>) -> Self {
        Self::new(Method::POST, path)
    }

    /// `PUT`.
    pub fn put(path: impl Into<String>) -> Self {
        Self::new(Method::PUT, path)
    }

    /// `PATCH`.
    pub fn patch(path: impl Into<String>) -> Self {
        Self::new(Method::PATCH, path)
    }

    /// `DELETE`.
    pub fn delete(path: impl Into<String>) -> Self {
        Self::new(Method::DELETE, path)
    }

    /// Adds a query parameter.
    #[must_use]
    pub fn query(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.query.push((name.into(), value.into()));
        self
    }

    /// Adds query parameters.
    #[must_use]
    pub fn query_all<'a>(mut self, pairs: impl IntoIterator<Item = (&'a str, &'a str)>) -> Self {
        self.query.extend(pairs.into_iter().map(|(name, value)| (name.to_owned(), value.to_owned())));
        self
    }

    /// Adds a header.
    #[must_use]
    pub fn header(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.headers.push((name.into(), value.into()));
        self
    }

    /// Sends a JSON document; a `PATCH` as a merge patch.
    #[must_use]
    pub fn json(self, document: &Value) -> Self {
        let media = if self.method == Method::PATCH { media::MERGE_PATCH } else { media::JSON };
        self.bytes(media, document.to_string())
    }

    /// Sends bytes of a media type.
    #[must_use]
    pub fn bytes(self, media: &str, bytes: impl Into<bytes::Bytes>) -> Self {
        let body = Body::from(bytes.into());
        Self { body, ..self.header("content-type", media) }
    }

    /// Sends a form whose file is read as it goes out.
    ///
    /// # Errors
    /// `file.unreadable` when the file cannot be opened.
    pub async fn form(self, form: Form, file: &Path, progress: Option<Progress>) -> Result<Self, Problem> {
        let (media, body) = form.with_file(file, progress).await?;
        Ok(Self { body, ..self.header("content-type", media) })
    }

    /// Sends a file of a media type, read as it goes out.
    ///
    /// # Errors
    /// `file.unreadable` when it cannot be opened.
    pub async fn file(self, media: &str, file: &Path, progress: Option<Progress>) -> Result<Self, Problem> {
        let body = Body::file(file, progress).await?;
        Ok(Self { body, ..self.header("content-type", media) })
    }

    pub(super) fn build(self, credential: Option<&str>) -> Result<http::Request<Body>, Problem> {
        let mut target = self.path;
        if !self.query.is_empty() {
            target.push(if target.contains('?') { '&' } else { '?' });
            target.push_str(&route::query_string(self.query.iter().map(|(name, value)| (name.as_str(), value.as_str()))));
        }
        let mut request = http::Request::builder().method(self.method).uri(target);
        if let Some(credential) = credential {
            request = request.header("authorization", format!("Bearer {credential}"));
        }
        for (name, value) in self.headers {
            request = request.header(name, value);
        }
        request.body(self.body).map_err(|fault| Problem::new(Code::HeaderValue, format!("the request cannot be sent: {fault}")))
    }
}
