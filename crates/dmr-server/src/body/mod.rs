//! Bodies that come in: read within bounds of size and time, decompressed by the way.

mod decode;
mod form;
mod linger;
mod read;
mod spool;

pub use form::{Form, clear, receive};
pub use linger::Lingering;
pub use read::read;
pub use spool::spool;

use crate::route::Route;
use bytes::Bytes;
use dmr::core::problem::Place;
use dmr::core::{Code, Issue, Problem};
use http::HeaderMap;
use http::header::CONTENT_TYPE;
use hyper::body::Frame;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

/// How long a body may stand still before the rest is not waited for.
pub const STANDSTILL: Duration = Duration::from_secs(30);

/// A body on its way in.
pub enum Incoming {
    /// From the wire.
    Wire(Lingering),
    /// From a router around this one, or from this process.
    Boxed(axum::body::Body),
    /// It was read.
    Read,
}

type Fault = Box<dyn std::error::Error + Send + Sync>;

impl hyper::body::Body for Incoming {
    type Data = Bytes;
    type Error = Fault;

    fn poll_frame(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, Fault>>> {
        match &mut *self {
            Self::Wire(body) => Pin::new(body).poll_frame(cx),
            Self::Boxed(body) => Pin::new(body).poll_frame(cx).map_err(Into::into),
            Self::Read => Poll::Ready(None),
        }
    }

    fn is_end_stream(&self) -> bool {
        match self {
            Self::Wire(body) => body.is_end_stream(),
            Self::Boxed(body) => body.is_end_stream(),
            Self::Read => true,
        }
    }
}

/// Which of a route's media types a body is of. One that does not say is taken for the usual one.
pub fn media(headers: &HeaderMap, route: &Route) -> Result<&'static str, Problem> {
    let Some(takes) = route.takes else { return Ok("") };
    let usual = takes.media.first().copied().unwrap_or_default();
    let Some(given) = headers.get(CONTENT_TYPE) else { return Ok(usual) };
    let text = given.to_str().unwrap_or_default();
    let essence = text.split(';').next().unwrap_or_default().trim();
    takes.media.iter().copied().find(|media| media.eq_ignore_ascii_case(essence)).ok_or_else(|| {
        let message = format!("this route takes {}, not `{}`", takes.media.join(" or "), essence.chars().take(100).collect::<String>());
        Problem::one(Issue::at(Place::Header, "content-type", Code::BodyType, message).suggest(format!("Content-Type: {usual}")))
    })
}
