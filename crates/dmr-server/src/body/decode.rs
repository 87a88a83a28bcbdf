//! Compressed bodies. The bound counts what comes out, so a small bomb is stopped while it goes off.

use super::read::{broken, too_large};
use bytes::Bytes;
use dmr::core::problem::Place;
use dmr::core::{Code, Issue, Problem};
use flate2::write::MultiGzDecoder;
use http::HeaderMap;
use http::header::CONTENT_ENCODING;
use std::io::Write;

/// How a body is compressed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Coding {
    Plain,
    Gzip,
    Zstd,
}

impl Coding {
    /// What `Content-Encoding` says.
    pub fn of(headers: &HeaderMap) -> Result<Self, Problem> {
        let mut given = headers.get_all(CONTENT_ENCODING).iter();
        let Some(coding) = given.next() else { return Ok(Self::Plain) };
        match coding.as_bytes().trim_ascii().to_ascii_lowercase().as_slice() {
            _ if given.next().is_some() => {}
            b"identity" | b"" => return Ok(Self::Plain),
            b"gzip" | b"x-gzip" => return Ok(Self::Gzip),
            b"zstd" => return Ok(Self::Zstd),
            _ => {}
        }
        let issue =
            Issue::at(Place::Header, "content-encoding", Code::BodyType, "a body is compressed once, with gzip or zstd, or not at all");
        Err(Problem::one(issue))
    }
}

/// Bytes that were let out, up to a bound.
struct Bounded {
    out: Vec<u8>,
    /// Bytes that were let out and taken away already.
    passed: u64,
    limit: u64,
    full: bool,
}

impl Write for Bounded {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        if self.passed + (self.out.len() + bytes.len()) as u64 > self.limit {
            self.full = true;
            return Err(std::io::Error::other("too large"));
        }
        self.out.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

enum Inner {
    Gzip(MultiGzDecoder<Bounded>),
    Zstd(zstd::stream::write::Decoder<'static, Bounded>),
}

/// Decompresses a body as it arrives.
pub struct Decoder {
    inner: Inner,
    limit: u64,
}

/// More than this is decompressed where it does not keep others waiting.
const INLINE: usize = 4096;

impl Decoder {
    pub fn new(coding: Coding, limit: u64) -> Result<Self, Problem> {
        let out = Bounded { out: Vec::new(), passed: 0, limit, full: false };
        let inner = match coding {
            Coding::Zstd => Inner::Zstd(zstd::stream::write::Decoder::new(out).map_err(|fault| broken(&fault.to_string()))?),
            Coding::Gzip | Coding::Plain => Inner::Gzip(MultiGzDecoder::new(out)),
        };
        Ok(Self { inner, limit })
    }

    /// Takes the next bytes.
    pub async fn feed(mut self, bytes: Bytes) -> Result<Self, Problem> {
        if bytes.len() <= INLINE {
            self.take(&bytes)?;
            return Ok(self);
        }
        let fed = tokio::task::spawn_blocking(move || self.take(&bytes).map(|()| self)).await;
        fed.unwrap_or_else(|fault| Err(Problem::new(Code::Internal, fault.to_string())))
    }

    /// What came out by now, which is then no more here.
    pub fn drain(&mut self) -> Vec<u8> {
        let bounded = self.bounded();
        bounded.passed += bounded.out.len() as u64;
        std::mem::take(&mut bounded.out)
    }

    /// What came out.
    pub fn finish(mut self) -> Result<Vec<u8>, Problem> {
        let ended = match &mut self.inner {
            Inner::Gzip(decoder) => decoder.try_finish(),
            Inner::Zstd(decoder) => decoder.flush(),
        };
        match ended {
            Ok(()) => Ok(std::mem::take(&mut self.bounded().out)),
            Err(fault) => Err(self.fault(&fault)),
        }
    }

    fn take(&mut self, bytes: &[u8]) -> Result<(), Problem> {
        let taken = match &mut self.inner {
            Inner::Gzip(decoder) => decoder.write_all(bytes),
            Inner::Zstd(decoder) => decoder.write_all(bytes),
        };
        taken.map_err(|fault| self.fault(&fault))
    }

    fn bounded(&mut self) -> &mut Bounded {
        match &mut self.inner {
            Inner::Gzip(decoder) => decoder.get_mut(),
            Inner::Zstd(decoder) => decoder.get_mut(),
        }
    }

    fn fault(&mut self, fault: &std::io::Error) -> Problem {
        let limit = self.limit;
        if self.bounded().full {
            too_large(limit, None)
        } else {
            Problem::new(Code::BodyShape, format!("the body cannot be decompressed: {fault}"))
        }
    }
}
