//! A whole body on disk, decompressed as it comes: one that may be larger than memory. It is there in full before anything is done with it,
//! so that one that breaks off has done nothing.

use super::Incoming;
use super::decode::{Coding, Decoder};
use super::form::{PREFIX, SUFFIX, full};
use super::read::frame;
use dmr::core::{Code, Problem};
use http::HeaderMap;
use std::path::Path;
use tempfile::NamedTempFile;
use tokio::io::{AsyncWriteExt, BufWriter};

/// Receives a body of at most `limit` bytes, counted after decompression. The file lies in `folder` until it is dropped.
pub async fn spool(mut body: Incoming, headers: &HeaderMap, folder: &Path, limit: u64) -> Result<NamedTempFile, Problem> {
    let coding = Coding::of(headers)?;
    let kept = tempfile::Builder::new().prefix(PREFIX).suffix(SUFFIX).tempfile_in(folder).map_err(|fault| full(&fault))?;
    let mut out = BufWriter::with_capacity(256 * 1024, tokio::fs::File::from_std(kept.reopen().map_err(|fault| full(&fault))?));
    let mut decoder = match coding {
        Coding::Plain => None,
        coding => Some(Decoder::new(coding, limit)?),
    };
    let mut length = 0_u64;
    while let Some(bytes) = frame(&mut body).await? {
        decoder = match decoder {
            None => {
                length += bytes.len() as u64;
                if length > limit {
                    return Err(too_large(limit));
                }
                out.write_all(&bytes).await.map_err(|fault| full(&fault))?;
                None
            }
            Some(decoder) => {
                let mut decoder = decoder.feed(bytes).await.map_err(|problem| bounded(problem, limit))?;
                out.write_all(&decoder.drain()).await.map_err(|fault| full(&fault))?;
                Some(decoder)
            }
        };
    }
    if let Some(decoder) = decoder {
        let rest = decoder.finish().map_err(|problem| bounded(problem, limit))?;
        out.write_all(&rest).await.map_err(|fault| full(&fault))?;
    }
    out.flush().await.map_err(|fault| full(&fault))?;
    Ok(kept)
}

fn bounded(problem: Problem, limit: u64) -> Problem {
    if problem.code == Code::BodyTooLarge { too_large(limit) } else { problem }
}

fn too_large(limit: u64) -> Problem {
    Problem::new(Code::BodyTooLarge, format!("the file is larger than {limit} bytes")).budget("server.max_upload", limit, None)
}
