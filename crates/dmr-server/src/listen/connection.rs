//! One connection: its bytes, watched, and the service hyper asks.

use super::watch::{Phase, Watch};
use crate::answer::Content;
use crate::app::App;
use crate::body::{Incoming, Lingering};
use crate::dispatch::{Dispatching, dispatch};
use http::{Request, Response};
use hyper::server::conn::http1;
use hyper::service::Service;
use hyper_util::rt::TokioIo;
use std::convert::Infallible;
use std::future::Future;
use std::io::{IoSlice, Result};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;

/// The most bytes of a request's head; longer addresses than the dispatch takes must fit, to be refused with a problem document.
const HEAD_BYTES: usize = 128 * 1024;

/// Serves a connection until it ends.
pub async fn run(app: Arc<App>, stream: TcpStream, watch: Arc<Watch>) {
    let service = Watched { app, watch: watch.clone() };
    let io = TokioIo::new(Bytes { stream, watch });
    // A connection that breaks concerns only its client, and that one knows.
    let _ = http1::Builder::new().header_read_timeout(None).max_buf_size(HEAD_BYTES).serve_connection(io, service).await;
}

struct Watched {
    app: Arc<App>,
    watch: Arc<Watch>,
}

impl Service<Request<hyper::body::Incoming>> for Watched {
    type Response = Response<Content>;
    type Error = Infallible;
    type Future = Answering;

    fn call(&self, request: Request<hyper::body::Incoming>) -> Answering {
        self.watch.enter(Phase::Busy);
        Answering { dispatching: dispatch(&self.app, request.map(|body| Incoming::Wire(Lingering::new(body)))), watch: self.watch.clone() }
    }
}

struct Answering {
    dispatching: Dispatching,
    watch: Arc<Watch>,
}

impl Future for Answering {
    type Output = std::result::Result<Response<Content>, Infallible>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let response = ready!(Pin::new(&mut self.dispatching).poll(cx));
        self.watch.enter(Phase::Answer);
        Poll::Ready(Ok(response))
    }
}

/// The bytes of a connection. What passes tells the watch what the connection does.
struct Bytes {
    stream: TcpStream,
    watch: Arc<Watch>,
}

impl AsyncRead for Bytes {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buffer: &mut ReadBuf<'_>) -> Poll<Result<()>> {
        ready!(Pin::new(&mut self.stream).poll_read(cx, buffer))?;
        if self.watch.phase() == Phase::Idle {
            self.watch.enter(Phase::Head);
        }
        Poll::Ready(Ok(()))
    }
}

impl AsyncWrite for Bytes {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<Result<usize>> {
        let written = ready!(Pin::new(&mut self.stream).poll_write(cx, bytes));
        self.went();
        Poll::Ready(written)
    }

    fn poll_write_vectored(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[IoSlice<'_>]) -> Poll<Result<usize>> {
        let written = ready!(Pin::new(&mut self.stream).poll_write_vectored(cx, bytes));
        self.went();
        Poll::Ready(written)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Result<()>> {
        ready!(Pin::new(&mut self.stream).poll_flush(cx))?;
        if self.watch.phase() == Phase::Answer {
            self.watch.enter(Phase::Idle);
        }
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }
}

impl Bytes {
    /// Bytes of an answer went out; while a body still comes in (`100 Continue`) nothing changes.
    fn went(&self) {
        if matches!(self.watch.phase(), Phase::Answer | Phase::Idle) {
            self.watch.enter(Phase::Answer);
        }
    }
}
