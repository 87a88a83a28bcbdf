//! An answer that is taken piece by piece: a file that need not fit into memory.

use super::body::Body;
use super::response::broken;
use bytes::Bytes;
use dmr_core::Problem;
use http_body_util::BodyExt;

/// What comes piece by piece.
pub struct Download {
    head: http::response::Parts,
    body: Body,
}

impl Download {
    pub(super) fn new(answer: http::Response<Body>) -> Self {
        let (head, body) = answer.into_parts();
        Self { head, body }
    }

    /// A header's value, where it is text.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.head.headers.get(name).and_then(|value| value.to_str().ok())
    }

    /// The next piece; none after the last.
    ///
    /// # Errors
    /// `server.unreachable` when it broke off: what came until then is not the whole.
    pub async fn next(&mut self) -> Result<Option<Bytes>, Problem> {
        loop {
            match self.body.frame().await {
                None => return Ok(None),
                Some(Err(fault)) => return Err(broken(fault.as_ref())),
                Some(Ok(frame)) => {
                    if let Ok(bytes) = frame.into_data() {
                        return Ok(Some(bytes));
                    }
                }
            }
        }
    }
}
