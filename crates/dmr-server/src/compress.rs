//! Answers, compressed where the caller takes that and it is worth it.

use crate::answer::{Answer, Content, Pieces};
use bytes::Bytes;
use flate2::Compression;
use flate2::write::GzEncoder;
use futures_util::{StreamExt, stream};
use http::HeaderValue;
use http::header::{CONTENT_ENCODING, ETAG};
use std::io::Write;

/// Smaller bodies are cheaper to send as they are.
const WORTH_IT: usize = 1024;

/// The level for zstd; its lowest ordinary one, since an answer is made once and read once.
const ZSTD_LEVEL: i32 = 1;

/// Compresses an answer's body in a way the caller takes.
pub fn compress(answer: Answer, accepts: &HeaderValue) -> Answer {
    if matches!(&answer.content, Content::Whole(body) if body.len() <= WORTH_IT) || answer.headers.contains_key(CONTENT_ENCODING) {
        return answer;
    }
    let Some(way) = Way::of(accepts) else { return answer };
    match answer.content {
        Content::Whole(ref body) => match way.whole(body) {
            Some(small) => mark(Answer { content: Content::Whole(small.into()), ..answer }, way),
            None => answer,
        },
        Content::Pieces(pieces) => match Encoder::new(way) {
            Some(encoder) => {
                mark(Answer { status: answer.status, headers: answer.headers, content: Content::Pieces(encoded(pieces, encoder)) }, way)
            }
            None => Answer { content: Content::Pieces(pieces), ..answer },
        },
    }
}

#[derive(Debug, Clone, Copy)]
enum Way {
    Gzip,
    Zstd,
}

impl Way {
    /// The better of the ways the caller takes; a way with `q=0` is not taken.
    fn of(accepts: &HeaderValue) -> Option<Self> {
        let text = accepts.to_str().ok()?;
        let takes = |name: &str| {
            text.split(',').any(|part| {
                let (coding, weight) = part.split_once(';').unwrap_or((part, ""));
                let none = matches!(weight.trim().strip_prefix("q="), Some(q) if q.trim().parse() == Ok(0.0));
                coding.trim().eq_ignore_ascii_case(name) && !none
            })
        };
        if takes("zstd") {
            return Some(Self::Zstd);
        }
        takes("gzip").then_some(Self::Gzip)
    }

    fn name(self) -> &'static str {
        match self {
            Self::Gzip => "gzip",
            Self::Zstd => "zstd",
        }
    }

    fn whole(self, body: &[u8]) -> Option<Vec<u8>> {
        let mut encoder = Encoder::new(self)?;
        encoder.take(body).ok()?;
        encoder.finish().ok()
    }
}

/// Says how it is compressed. The tag becomes weak: it names the record, not these bytes.
fn mark(mut answer: Answer, way: Way) -> Answer {
    answer.headers.insert(CONTENT_ENCODING, HeaderValue::from_static(way.name()));
    if let Some(weak) =
        answer.headers.get(ETAG).and_then(|tag| HeaderValue::from_maybe_shared(Bytes::from([b"W/", tag.as_bytes()].concat())).ok())
    {
        answer.headers.insert(ETAG, weak);
    }
    answer
}

enum Encoder {
    Gzip(GzEncoder<Vec<u8>>),
    Zstd(zstd::stream::write::Encoder<'static, Vec<u8>>),
}

impl Encoder {
    fn new(way: Way) -> Option<Self> {
        match way {
            Way::Gzip => Some(Self::Gzip(GzEncoder::new(Vec::new(), Compression::fast()))),
            Way::Zstd => zstd::stream::write::Encoder::new(Vec::new(), ZSTD_LEVEL).ok().map(Self::Zstd),
        }
    }

    fn take(&mut self, bytes: &[u8]) -> std::io::Result<()> {
        match self {
            Self::Gzip(encoder) => encoder.write_all(bytes),
            Self::Zstd(encoder) => encoder.write_all(bytes),
        }
    }

    /// What is ready to go out; all that was taken can be read from it.
    fn ready(&mut self) -> std::io::Result<Vec<u8>> {
        match self {
            Self::Gzip(encoder) => encoder.flush().map(|()| std::mem::take(encoder.get_mut())),
            Self::Zstd(encoder) => encoder.flush().map(|()| std::mem::take(encoder.get_mut())),
        }
    }

    fn finish(self) -> std::io::Result<Vec<u8>> {
        match self {
            Self::Gzip(encoder) => encoder.finish(),
            Self::Zstd(encoder) => encoder.finish(),
        }
    }
}

fn encoded(pieces: Pieces, encoder: Encoder) -> Pieces {
    Box::pin(stream::unfold((pieces, Some(encoder)), |(mut pieces, encoder)| async move {
        let mut encoder = encoder?;
        let (bytes, encoder) = match pieces.next().await {
            Some(Ok(piece)) => (encoder.take(&piece).and_then(|()| encoder.ready()), Some(encoder)),
            Some(Err(broken)) => return Some((Err(broken), (pieces, None))),
            None => (encoder.finish(), None),
        };
        // Writing to memory does not fail; were it to, the answer would end early, which its reader sees.
        bytes.ok().map(|bytes| (Ok(Bytes::from(bytes)), (pieces, encoder)))
    }))
}
