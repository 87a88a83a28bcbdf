//! `owner.json`: how a command finds the process that holds the data directory.

use dmr::{Code, Problem};
use dmr_api::owner::{OWNER_FILE, Owner};
use std::io::Write;
use std::path::{Path, PathBuf};

/// The document while it stands in the directory; it goes when this is dropped.
pub struct Posted {
    path: PathBuf,
}

impl Posted {
    /// Puts the document into the directory, whole or not at all, readable by its owner only.
    ///
    /// # Errors
    /// `store.full` when it cannot be written.
    pub fn post(directory: &Path, owner: &Owner) -> Result<Self, Problem> {
        let path = directory.join(OWNER_FILE);
        write(directory, &path, owner)
            .map_err(|fault| Problem::new(Code::StoreFull, format!("{} cannot be written: {fault}", path.display())))?;
        Ok(Self { path })
    }
}

impl Drop for Posted {
    fn drop(&mut self) {
        // Where it cannot be removed it is stale: the lock is free, so it is passed over.
        let _stale = std::fs::remove_file(&self.path);
    }
}

/// Reads the document of a directory; `None` where there is none that can be read. Whoever calls this knows that the lock is held.
pub fn read(directory: &Path) -> Option<Owner> {
    serde_json::from_slice(&std::fs::read(directory.join(OWNER_FILE)).ok()?).ok()
}

fn write(directory: &Path, path: &Path, owner: &Owner) -> std::io::Result<()> {
    let draft = directory.join(format!("{OWNER_FILE}.{}", std::process::id()));
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(&draft)?;
    file.write_all(&serde_json::to_vec(owner)?)?;
    drop(file);
    std::fs::rename(&draft, path)
}
