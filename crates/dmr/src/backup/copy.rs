//! Copying and hashing of files, and what makes them last.

use dmr_core::{Code, Problem, log};
use sha2::{Digest, Sha256};
use std::fs::File;
use std::io::{ErrorKind, Read, Write};
use std::path::Path;

/// Copies everything there is to read; gives its length and its SHA-256 in hexadecimal.
pub(super) fn copy(from: &mut impl Read, to: &mut impl Write) -> std::io::Result<(u64, String)> {
    let (mut hash, mut length, mut buffer) = (Sha256::new(), 0, vec![0; 256 * 1024]);
    loop {
        match from.read(&mut buffer) {
            Ok(0) => return Ok((length, log::hex(&hash.finalize()))),
            Ok(read) => {
                let piece = buffer.get(..read).unwrap_or_default();
                hash.update(piece);
                to.write_all(piece)?;
                length += read as u64;
            }
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
}

/// The length of a file and its SHA-256.
pub(super) fn hash(path: &Path) -> Result<(u64, String), Problem> {
    let mut file = File::open(path).map_err(|error| unreadable(path, &error))?;
    copy(&mut file, &mut std::io::sink()).map_err(|error| unreadable(path, &error))
}

/// Sees to it that what stands in a directory is there after a power cut.
pub(super) fn sync(directory: &Path) -> Result<(), Problem> {
    File::open(directory).and_then(|directory| directory.sync_all()).map_err(|error| unwritable(directory, &error))
}

/// A directory that nobody but its owner may look into.
pub(super) fn make_private(directory: &Path) -> std::io::Result<()> {
    let mut builder = std::fs::DirBuilder::new();
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.recursive(true).create(directory)
}

/// Whether nothing is in a directory, or it is not there.
pub(super) fn is_empty(directory: &Path) -> Result<bool, Problem> {
    match std::fs::read_dir(directory) {
        Ok(mut entries) => Ok(entries.next().is_none()),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(true),
        Err(error) => Err(unreadable(directory, &error)),
    }
}

pub(super) fn unreadable(path: &Path, error: &std::io::Error) -> Problem {
    Problem::new(Code::FileUnreadable, format!("{} cannot be read: {error}", path.display()))
}

pub(super) fn unwritable(path: &Path, error: &std::io::Error) -> Problem {
    let code = if error.kind() == ErrorKind::StorageFull { Code::StoreFull } else { Code::StoreFailed };
    Problem::new(code, format!("{} cannot be written: {error}", path.display()))
}
