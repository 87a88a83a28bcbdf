//! A form with one file, which goes to disk as it comes.

use super::decode::Coding;
use super::read::{broken, frame};
use super::{Incoming, STANDSTILL};
use bytes::Bytes;
use dmr::core::problem::nearest;
use dmr::core::{Code, Issue, Problem};
use futures_util::stream;
use http::HeaderMap;
use http::header::CONTENT_TYPE;
use multer::{Field, Multipart};
use std::path::Path;
use tempfile::NamedTempFile;
use tokio::io::{AsyncWriteExt, BufWriter};

/// What a form held. The file is gone when this is.
pub struct Form {
    /// The file.
    pub file: NamedTempFile,
    /// What its sender calls it.
    pub name: String,
    /// The other fields.
    pub fields: Vec<(String, String)>,
}

/// The longest text of a field, in bytes.
const LONGEST_FIELD: usize = 4096;

/// How files on their way in are called.
pub(super) const PREFIX: &str = "upload-";
pub(super) const SUFFIX: &str = ".part";

/// Removes what a process that ended in the middle of uploads left behind. Only who owns the folder may do so.
pub fn clear(folder: &Path) {
    let Ok(files) = std::fs::read_dir(folder) else { return };
    for file in files.flatten() {
        let name = file.file_name();
        let left = name.to_str().is_some_and(|name| name.starts_with(PREFIX) && name.ends_with(SUFFIX));
        if left {
            // One that stays is in nobody's way.
            let _ = std::fs::remove_file(file.path());
        }
    }
}

/// Receives a form: a `file`, and text fields of these names, in any order. The file lies in `folder` until it is dropped.
pub async fn receive(body: Incoming, headers: &HeaderMap, folder: &Path, names: &[&str], limit: u64) -> Result<Form, Problem> {
    if Coding::of(headers)? != Coding::Plain {
        return Err(Problem::new(Code::BodyType, "a form is sent uncompressed; the file in it may be compressed")
            .suggest("send the file as file.csv.gz"));
    }
    let content_type = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let boundary = multer::parse_boundary(content_type).map_err(|_| shape("content-type", "the form does not say its boundary"))?;
    let pieces = stream::unfold(body, |mut body| async { frame(&mut body).await.transpose().map(|piece| (piece, body)) });
    let mut form = Multipart::new(pieces, boundary);
    let mut file = None;
    let mut fields: Vec<(String, String)> = Vec::new();
    while let Some(field) = form.next_field().await.map_err(|fault| told(&fault))? {
        let name = field.name().unwrap_or_default().to_owned();
        if file.is_some() && name == "file" || fields.iter().any(|(known, _)| *known == name) {
            return Err(shape(&name, "this field is given once"));
        }
        match name.as_str() {
            "file" => file = Some(keep(field, folder, limit).await?),
            other if names.contains(&other) => fields.push((name, text(field).await?)),
            other => return Err(unknown(other, names)),
        }
    }
    let (file, name) = file.ok_or_else(|| shape("file", "the form has no `file`"))?;
    Ok(Form { file, name, fields })
}

async fn keep(mut field: Field<'_>, folder: &Path, limit: u64) -> Result<(NamedTempFile, String), Problem> {
    let name = field.file_name().unwrap_or_default().to_owned();
    let kept = tempfile::Builder::new().prefix(PREFIX).suffix(SUFFIX).tempfile_in(folder).map_err(|fault| full(&fault))?;
    let mut out = BufWriter::with_capacity(256 * 1024, tokio::fs::File::from_std(kept.reopen().map_err(|fault| full(&fault))?));
    let mut length = 0_u64;
    while let Some(piece) = next(&mut field).await? {
        length += piece.len() as u64;
        if length > limit {
            let problem = Problem::new(Code::BodyTooLarge, format!("the file is larger than {limit} bytes"));
            return Err(problem.budget("server.max_upload", limit, None));
        }
        out.write_all(&piece).await.map_err(|fault| full(&fault))?;
    }
    out.flush().await.map_err(|fault| full(&fault))?;
    Ok((kept, name))
}

async fn text(mut field: Field<'_>) -> Result<String, Problem> {
    let name = field.name().unwrap_or_default().to_owned();
    let mut out = Vec::new();
    while let Some(piece) = next(&mut field).await? {
        out.extend_from_slice(&piece);
        if out.len() > LONGEST_FIELD {
            return Err(shape(&name, "this text is too long"));
        }
    }
    String::from_utf8(out).map_err(|_| shape(&name, "this text is not UTF-8"))
}

async fn next(field: &mut Field<'_>) -> Result<Option<Bytes>, Problem> {
    match tokio::time::timeout(2 * STANDSTILL, field.chunk()).await {
        Ok(piece) => piece.map_err(|fault| told(&fault)),
        Err(_) => Err(broken("nothing came any more")),
    }
}

fn shape(field: &str, message: &str) -> Problem {
    Problem::one(Issue::body(format!("/{field}"), Code::BodyShape, message))
}

fn unknown(name: &str, names: &[&str]) -> Problem {
    let shown: String = name.chars().take(100).collect();
    let known = names.iter().copied().chain(["file"]);
    Problem::one(
        Issue::body(format!("/{shown}"), Code::BodyShape, format!("the form has no field `{shown}`")).suggest_all(nearest(name, known)),
    )
}

fn told(fault: &multer::Error) -> Problem {
    if let multer::Error::StreamReadFailed(inner) = fault
        && let Some(problem) = inner.downcast_ref::<Problem>()
    {
        return problem.clone();
    }
    Problem::new(Code::BodyShape, format!("the form cannot be read: {fault}"))
}

pub(super) fn full(fault: &std::io::Error) -> Problem {
    Problem::new(Code::StoreFull, format!("the file cannot be kept: {fault}"))
}
