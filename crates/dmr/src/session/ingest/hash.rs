//! The hash of an input: by it a file that was ingested before is known again.

use dmr_core::{Code, Problem, Value, json, log};
use sha2::{Digest, Sha256};
use std::fs::{File, Metadata};
use std::io::Read;
use std::path::Path;

/// SHA-256 of a file in hexadecimal, and what the file system says of it.
pub(in super::super) fn of_file(path: &Path) -> Result<(String, Metadata), Problem> {
    let unreadable = |error: std::io::Error| Problem::new(Code::FileUnreadable, format!("{} cannot be read: {error}", path.display()));
    let mut file = File::open(path).map_err(unreadable)?;
    let metadata = file.metadata().map_err(unreadable)?;
    let mut hash = Sha256::new();
    let mut buffer = vec![0; 256 * 1024];
    loop {
        match file.read(&mut buffer) {
            Ok(0) => return Ok((log::hex(&hash.finalize()), metadata)),
            Ok(read) => hash.update(buffer.get(..read).unwrap_or_default()),
            Err(error) if error.kind() == std::io::ErrorKind::Interrupted => {}
            Err(error) => return Err(unreadable(error)),
        }
    }
}

/// Whether a file is certainly another than it was.
pub(super) fn has_changed(path: &Path, was: &Metadata) -> bool {
    path.metadata().is_ok_and(|now| now.len() != was.len() || now.modified().ok() != was.modified().ok())
}

/// SHA-256 of posted records, a line each, in hexadecimal.
pub(super) fn of_records(records: &[Value]) -> String {
    let mut hash = Sha256::new();
    for record in records {
        hash.update(json::to_string(record).as_bytes());
        hash.update(b"\n");
    }
    log::hex(&hash.finalize())
}
