//! Readings in files beside the database, a file a model, and one that says up to which entry of the log they are complete.
//!
//! Nothing here is state: a file that does not fit the log, or is not whole, is thrown away and the records are read again. So nothing waits
//! for the disk. Each file names an entry of the log by position and time: that of another log, as after a backup was brought back, is not
//! there.

use dmr_core::model::ModelId;
use dmr_core::statistics::{Reading, Shape};
use sha2::{Digest, Sha256};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// What each file begins with.
const MARK: &[u8; 8] = b"dmrstat1";
/// The file of the position.
const POSITION: &str = "position";

pub(super) struct Kept {
    folder: PathBuf,
}

/// An entry of the log that a file rests on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Stand {
    pub position: u64,
    pub time: i64,
}

impl Kept {
    pub fn new(folder: PathBuf) -> Self {
        Self { folder }
    }

    /// Up to where all files are complete.
    pub fn position(&self) -> Option<Stand> {
        self.file(&self.folder.join(POSITION)).map(|(stand, _)| stand)
    }

    /// The models there are files of.
    pub fn models(&self) -> Vec<ModelId> {
        let files = std::fs::read_dir(&self.folder).into_iter().flatten().flatten();
        files.filter_map(|file| file.file_name().to_str()?.strip_suffix(".model")?.parse().ok().map(ModelId)).collect()
    }

    /// A model's reading; none where there is none of this shape.
    pub fn load(&self, model: ModelId, shape: Arc<Shape>) -> Option<(Stand, Reading)> {
        let (stand, body) = self.file(&self.path(model))?;
        Some((stand, Reading::saved(shape, &body)?))
    }

    /// Keeps a model's reading. What cannot be kept is read anew after the next start.
    pub fn keep(&self, model: ModelId, stand: Stand, body: &[u8]) {
        self.write(&self.path(model), stand, body);
    }

    /// Keeps up to where all files are complete: after they were written.
    pub fn keep_position(&self, stand: Stand) {
        self.write(&self.folder.join(POSITION), stand, &[]);
    }

    pub fn remove(&self, model: ModelId) {
        let _ = std::fs::remove_file(self.path(model));
    }

    /// Forgets everything.
    pub fn clear(&self) {
        let _ = std::fs::remove_dir_all(&self.folder);
    }

    fn path(&self, model: ModelId) -> PathBuf {
        self.folder.join(format!("{}.model", model.0))
    }

    fn file(&self, path: &Path) -> Option<(Stand, Vec<u8>)> {
        let bytes = std::fs::read(path).ok()?;
        let (hash, rest) = bytes.split_last_chunk::<32>().map(|(rest, hash)| (hash, rest))?;
        if Sha256::digest(rest)[..] != hash[..] {
            return None;
        }
        let (position, rest) = rest.strip_prefix(MARK)?.split_first_chunk::<8>()?;
        let (time, body) = rest.split_first_chunk::<8>()?;
        Some((Stand { position: u64::from_le_bytes(*position), time: i64::from_le_bytes(*time) }, body.to_vec()))
    }

    /// Writes a file beside the old one and puts it in its place.
    fn write(&self, path: &Path, stand: Stand, body: &[u8]) {
        let mut bytes = Vec::with_capacity(body.len() + 64);
        bytes.extend_from_slice(MARK);
        bytes.extend_from_slice(&stand.position.to_le_bytes());
        bytes.extend_from_slice(&stand.time.to_le_bytes());
        bytes.extend_from_slice(body);
        let hash = Sha256::digest(&bytes);
        bytes.extend_from_slice(&hash);
        let beside = path.with_extension("new");
        let written = std::fs::create_dir_all(&self.folder).and_then(|()| std::fs::write(&beside, &bytes));
        let _ = written.and_then(|()| std::fs::rename(&beside, path));
    }
}
