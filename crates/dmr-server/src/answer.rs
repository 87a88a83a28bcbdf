//! What goes out: a status, the headers that are needed, a body that is there already or comes in pieces.

use bytes::Bytes;
use dmr::core::{Problem, Value};
use futures_util::Stream;
use http::header::{CONTENT_TYPE, ETAG, HeaderName, LOCATION};
use http::{HeaderMap, HeaderValue, StatusCode};
use hyper::body::{Body, Frame, SizeHint};
use std::pin::Pin;
use std::task::{Context, Poll};

/// Pieces of a body.
pub type Pieces = Pin<Box<dyn Stream<Item = Result<Bytes, Broken>> + Send>>;

/// Why a body ends before its end: the connection ends with it, so that nobody takes what came for the whole.
#[derive(Debug)]
pub struct Broken(pub Problem);

impl std::fmt::Display for Broken {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.fmt(f)
    }
}

impl std::error::Error for Broken {}

/// A body that goes out.
pub enum Content {
    /// All of it; empty where there is none.
    Whole(Bytes),
    /// Piece by piece.
    Pieces(Pieces),
}

impl Body for Content {
    type Data = Bytes;
    type Error = Broken;

    fn poll_frame(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, Broken>>> {
        match &mut *self {
            Self::Whole(bytes) if bytes.is_empty() => Poll::Ready(None),
            Self::Whole(bytes) => Poll::Ready(Some(Ok(Frame::data(std::mem::take(bytes))))),
            Self::Pieces(pieces) => pieces.as_mut().poll_next(cx).map(|piece| piece.map(|piece| piece.map(Frame::data))),
        }
    }

    fn is_end_stream(&self) -> bool {
        matches!(self, Self::Whole(bytes) if bytes.is_empty())
    }

    fn size_hint(&self) -> SizeHint {
        match self {
            Self::Whole(bytes) => SizeHint::with_exact(bytes.len() as u64),
            Self::Pieces(_) => SizeHint::default(),
        }
    }
}

/// An answer on its way to the dispatch, which adds what every answer has.
pub struct Answer {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub content: Content,
}

impl Answer {
    /// An answer without a body.
    pub fn empty(status: StatusCode) -> Self {
        // Ten is what a created record's answer has.
        Self { status, headers: HeaderMap::with_capacity(10), content: Content::Whole(Bytes::new()) }
    }

    /// An answer with a body of a media type.
    pub fn of(status: StatusCode, media: &'static str, body: impl Into<Bytes>) -> Self {
        let mut answer = Self::empty(status);
        answer.headers.insert(CONTENT_TYPE, HeaderValue::from_static(media));
        answer.content = Content::Whole(body.into());
        answer
    }

    /// JSON text.
    pub fn json(status: StatusCode, text: Vec<u8>) -> Self {
        Self::of(status, dmr_api::media::JSON, text)
    }

    /// A JSON document.
    pub fn value(status: StatusCode, document: &Value) -> Self {
        Self::json(status, document.to_string().into_bytes())
    }

    /// A JSON document with 200.
    pub fn ok(document: &Value) -> Self {
        Self::value(StatusCode::OK, document)
    }

    /// A body that comes in pieces.
    pub fn pieces(media: &'static str, pieces: Pieces) -> Self {
        let mut answer = Self::of(StatusCode::OK, media, Bytes::new());
        answer.content = Content::Pieces(pieces);
        answer
    }

    /// Sets a header; a text that no header can hold is left out.
    #[must_use]
    pub fn with(mut self, name: HeaderName, text: impl Into<Bytes>) -> Self {
        if let Ok(value) = HeaderValue::from_maybe_shared(text.into()) {
            self.headers.insert(name, value);
        }
        self
    }

    /// Names the version that is shown.
    #[must_use]
    pub fn etag(self, tag: String) -> Self {
        self.with(ETAG, tag)
    }

    /// Says where it is.
    #[must_use]
    pub fn location(self, path: String) -> Self {
        self.with(LOCATION, path)
    }
}
