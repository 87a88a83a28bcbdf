//! Bodies that are sent: nothing, bytes, or a form whose file is read as it goes out.

use bytes::Bytes;
use dmr_core::{Code, Problem};
use futures_util::{Stream, StreamExt, stream};
use http_body_util::combinators::UnsyncBoxBody;
use http_body_util::{BodyExt, Full, StreamBody};
use hyper::body::Frame;
use std::path::Path;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use tokio::io::AsyncReadExt;

/// Is told the bytes of the file that went out so far.
pub type Progress = Arc<dyn Fn(u64) + Send + Sync>;

type Fault = Box<dyn std::error::Error + Send + Sync>;

/// A body of either direction.
pub struct Body(UnsyncBoxBody<Bytes, Fault>);

impl Body {
    /// Nothing.
    pub fn empty() -> Self {
        Self::from(Bytes::new())
    }

    /// Any body of HTTP.
    pub fn new<B>(body: B) -> Self
    where
        B: hyper::body::Body<Data = Bytes> + Send + 'static,
        B::Error: Into<Fault>,
    {
        Self(body.map_err(Into::into).boxed_unsync())
    }
}

impl<T: Into<Bytes>> From<T> for Body {
    fn from(bytes: T) -> Self {
        Self(Full::new(bytes.into()).map_err(|never| match never {}).boxed_unsync())
    }
}

impl hyper::body::Body for Body {
    type Data = Bytes;
    type Error = Fault;

    fn poll_frame(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, Fault>>> {
        Pin::new(&mut self.0).poll_frame(cx)
    }

    fn is_end_stream(&self) -> bool {
        self.0.is_end_stream()
    }

    fn size_hint(&self) -> hyper::body::SizeHint {
        self.0.size_hint()
    }
}

/// A `multipart/form-data` body: text fields, then one file that is streamed.
#[derive(Default)]
pub struct Form {
    fields: Vec<(String, String)>,
}

const BOUNDARY: &str = "dmr-form-7f3a9c51b20e4d68";

impl Form {
    /// A form without fields.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a text field.
    #[must_use]
    pub fn field(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.fields.push((name.into(), value.into()));
        self
    }

    /// The media type with its boundary, and the body that ends with the file.
    ///
    /// # Errors
    /// `file.unreadable` when the file cannot be opened.
    pub async fn with_file(self, path: &Path, progress: Option<Progress>) -> Result<(String, Body), Problem> {
        let file = tokio::fs::File::open(path).await.map_err(|fault| unreadable(path, &fault))?;
        let name = path.file_name().map(|name| name.to_string_lossy().replace(['"', '\\', '\r', '\n'], "_")).unwrap_or_default();
        let mut head = String::new();
        for (field, value) in &self.fields {
            head.push_str(&format!("--{BOUNDARY}\r\nContent-Disposition: form-data; name=\"{field}\"\r\n\r\n{value}\r\n"));
        }
        head.push_str(&format!("--{BOUNDARY}\r\nContent-Disposition: form-data; name=\"file\"; filename=\"{name}\"\r\n"));
        head.push_str("Content-Type: application/octet-stream\r\n\r\n");
        let tail = format!("\r\n--{BOUNDARY}--\r\n");
        let parts = stream::iter([Ok(Bytes::from(head))]).chain(chunks(file, progress)).chain(stream::iter([Ok(Bytes::from(tail))]));
        let body = Body::new(StreamBody::new(parts.map(|part: Result<Bytes, std::io::Error>| part.map(Frame::data))));
        Ok((format!("{}; boundary={BOUNDARY}", crate::media::MULTIPART), body))
    }
}

impl Body {
    /// A file, read as it goes out.
    ///
    /// # Errors
    /// `file.unreadable` when it cannot be opened.
    pub async fn file(path: &Path, progress: Option<Progress>) -> Result<Self, Problem> {
        let file = tokio::fs::File::open(path).await.map_err(|fault| unreadable(path, &fault))?;
        Ok(Self::new(StreamBody::new(chunks(file, progress).map(|part| part.map(Frame::data)))))
    }
}

fn chunks(file: tokio::fs::File, progress: Option<Progress>) -> impl Stream<Item = Result<Bytes, std::io::Error>> + Send {
    stream::try_unfold((file, progress, 0_u64), |(mut file, progress, sent)| async move {
        let mut chunk = Vec::with_capacity(256 * 1024);
        let read = file.read_buf(&mut chunk).await?;
        if read == 0 {
            return Ok(None);
        }
        let sent = sent + read as u64;
        if let Some(progress) = &progress {
            progress(sent);
        }
        Ok(Some((Bytes::from(chunk), (file, progress, sent))))
    })
}

fn unreadable(path: &Path, fault: &std::io::Error) -> Problem {
    Problem::new(Code::FileUnreadable, format!("{} cannot be read: {fault}", path.display()))
}
