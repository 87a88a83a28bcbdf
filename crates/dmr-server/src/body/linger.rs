//! What is still on its way of a body that nobody wants. A connection that is closed on bytes it has not taken is reset, and its client may
//! lose the answer that told it why: so a refused body is taken for a while, and thrown away.

use super::Fault;
use bytes::Bytes;
use http_body_util::BodyExt;
use hyper::body::{Body, Frame, Incoming};
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;
use tokio::runtime::Handle;
use tokio::time::timeout;

/// How long the rest of a refused body is taken at most.
const LONGEST: Duration = Duration::from_secs(10);

/// How long the next bytes of a refused body are waited for.
const PAUSE: Duration = Duration::from_secs(1);

/// How much of a refused body is taken at most, in bytes.
const MOST: usize = 64 * 1024 * 1024;

/// A body from the wire; dropped before its end, its rest is taken and thrown away.
pub struct Lingering(Option<Incoming>);

impl Lingering {
    pub fn new(body: Incoming) -> Self {
        Self(Some(body))
    }
}

impl Body for Lingering {
    type Data = Bytes;
    type Error = Fault;

    fn poll_frame(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, Fault>>> {
        match &mut self.0 {
            Some(body) => Pin::new(body).poll_frame(cx).map_err(Into::into),
            None => Poll::Ready(None),
        }
    }

    fn is_end_stream(&self) -> bool {
        self.0.as_ref().is_none_or(Body::is_end_stream)
    }
}

impl Drop for Lingering {
    fn drop(&mut self) {
        if let Some(body) = self.0.take()
            && !body.is_end_stream()
            && let Ok(runtime) = Handle::try_current()
        {
            runtime.spawn(timeout(LONGEST, discard(body)));
        }
    }
}

async fn discard(mut body: Incoming) {
    let mut taken = 0;
    while let Ok(Some(Ok(frame))) = timeout(PAUSE, body.frame()).await {
        taken += frame.data_ref().map_or(0, Bytes::len);
        if taken > MOST {
            return;
        }
    }
}
