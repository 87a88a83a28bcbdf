//! A whole body, in memory.

use super::decode::{Coding, Decoder};
use super::{Incoming, STANDSTILL};
use bytes::{Bytes, BytesMut};
use dmr::core::{Code, Problem};
use http::HeaderMap;
use http::header::CONTENT_LENGTH;
use http_body_util::BodyExt;
use hyper::body::Body;
use std::future::poll_fn;
use std::pin::Pin;
use std::task::Poll;

/// Reads a whole body of at most `limit` bytes, counted after decompression.
pub async fn read(mut body: Incoming, headers: &HeaderMap, limit: u64) -> Result<Bytes, Problem> {
    let coding = Coding::of(headers)?;
    let told = headers.get(CONTENT_LENGTH).and_then(|value| value.to_str().ok()).and_then(|value| value.parse::<u64>().ok());
    if let Some(told) = told.filter(|told| *told > limit) {
        return Err(too_large(limit, Some(told)));
    }
    if coding != Coding::Plain {
        return decompressed(body, coding, limit).await;
    }
    let Some(first) = frame(&mut body).await? else { return Ok(Bytes::new()) };
    if body.is_end_stream() {
        return within(first, limit);
    }
    let mut all = BytesMut::from(within(first, limit)?);
    while let Some(next) = frame(&mut body).await? {
        all.extend_from_slice(&next);
        if all.len() as u64 > limit {
            return Err(too_large(limit, None));
        }
    }
    Ok(all.freeze())
}

/// The next bytes of a body, waited for as long as a body may stand still.
pub async fn frame(body: &mut Incoming) -> Result<Option<Bytes>, Problem> {
    loop {
        // What has arrived already costs no timer.
        let next = match poll_fn(|cx| Poll::Ready(Pin::new(&mut *body).poll_frame(cx))).await {
            Poll::Ready(next) => next,
            Poll::Pending => tokio::time::timeout(STANDSTILL, body.frame()).await.map_err(|_| late())?,
        };
        match next {
            None => return Ok(None),
            Some(Err(fault)) => return Err(broken(&fault.to_string())),
            Some(Ok(frame)) => {
                if let Ok(bytes) = frame.into_data() {
                    return Ok(Some(bytes));
                }
            }
        }
    }
}

/// The problem of a body that is too large.
pub fn too_large(limit: u64, given: Option<u64>) -> Problem {
    Problem::new(Code::BodyTooLarge, format!("the body is larger than {limit} bytes")).budget("server.max_body", limit, given)
}

/// The problem of a body that broke off.
pub fn broken(reason: &str) -> Problem {
    Problem::new(Code::BodyShape, format!("the body broke off: {reason}"))
}

fn within(bytes: Bytes, limit: u64) -> Result<Bytes, Problem> {
    if bytes.len() as u64 > limit { Err(too_large(limit, None)) } else { Ok(bytes) }
}

fn late() -> Problem {
    Problem::new(Code::RequestLate, format!("nothing of the body arrived for {} s", STANDSTILL.as_secs()))
}

async fn decompressed(mut body: Incoming, coding: Coding, limit: u64) -> Result<Bytes, Problem> {
    let mut decoder = Decoder::new(coding, limit)?;
    while let Some(bytes) = frame(&mut body).await? {
        decoder = decoder.feed(bytes).await?;
    }
    Ok(decoder.finish()?.into())
}
