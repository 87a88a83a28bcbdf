//! What is read: something that can be opened twice, since types are proposed only after the whole of it was looked at.

use dmr_core::{Code, Problem, Value};
use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// The part of an input that [`crate::sniff`] looks at, in bytes.
pub const HEAD: usize = 256 * 1024;

/// A source of bytes or records, with the name its model is called after (D1).
#[derive(Debug, Clone)]
pub struct Input {
    name: String,
    source: Source,
}

#[derive(Debug, Clone)]
enum Source {
    Path(PathBuf),
    Bytes(Arc<[u8]>),
    Records(Arc<[Value]>),
}

impl Input {
    /// A file, called after its own name.
    pub fn path(path: impl Into<PathBuf>) -> Self {
        let path = path.into();
        let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        Self { name, source: Source::Path(path) }
    }

    /// A file under another name: an upload that was spooled to a temporary file.
    pub fn spooled(name: impl Into<String>, path: impl Into<PathBuf>) -> Self {
        Self { name: name.into(), source: Source::Path(path.into()) }
    }

    /// Bytes that are in memory already.
    pub fn bytes(name: impl Into<String>, bytes: impl Into<Arc<[u8]>>) -> Self {
        Self { name: name.into(), source: Source::Bytes(bytes.into()) }
    }

    /// Records that were posted as JSON. Places in them count records from 1 as lines; their byte is always 0.
    pub fn records(name: impl Into<String>, records: impl Into<Arc<[Value]>>) -> Self {
        Self { name: name.into(), source: Source::Records(records.into()) }
    }

    /// The name of the file or source.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Size in bytes, where it is known.
    pub fn size(&self) -> Option<u64> {
        match &self.source {
            Source::Path(path) => path.metadata().ok().map(|metadata| metadata.len()),
            Source::Bytes(bytes) => Some(bytes.len() as u64),
            Source::Records(_) => None,
        }
    }

    /// The posted records, where that is what the input is.
    pub(crate) fn posted(&self) -> Option<Arc<[Value]>> {
        match &self.source {
            Source::Records(records) => Some(Arc::clone(records)),
            Source::Path(_) | Source::Bytes(_) => None,
        }
    }

    /// Opens it at its beginning.
    pub(crate) fn open(&self) -> Result<Box<dyn Read + Send>, Problem> {
        match &self.source {
            Source::Path(path) => Ok(Box::new(File::open(path).map_err(|error| self.unreadable(&error))?)),
            Source::Bytes(bytes) => Ok(Box::new(io::Cursor::new(Arc::clone(bytes)))),
            Source::Records(_) => Ok(Box::new(io::empty())),
        }
    }

    /// Its first [`HEAD`] bytes, or all of it where it is shorter.
    pub(crate) fn head(&self) -> Result<Vec<u8>, Problem> {
        let mut head = Vec::new();
        self.open()?.take(HEAD as u64).read_to_end(&mut head).map_err(|error| self.unreadable(&error))?;
        Ok(head)
    }

    fn unreadable(&self, error: &io::Error) -> Problem {
        unreadable(&self.name, error)
    }
}

impl From<&Path> for Input {
    fn from(path: &Path) -> Self {
        Self::path(path)
    }
}

/// An input that could not be opened, or failed while it was read.
pub(crate) fn unreadable(name: &str, error: &io::Error) -> Problem {
    Problem::new(Code::FileUnreadable, format!("'{name}' cannot be read: {error}"))
}
