//! The repository's files.

use crate::failure::Failure;
use std::path::{Path, PathBuf};

const LEFT_OUT: [&str; 4] = ["target", "node_modules", "dmr-data", "dist"];

/// The repository's top folder: where Cargo runs this from, not where it was built, which differs where clones share their build output.
pub fn top() -> PathBuf {
    let xtask = std::env::var_os("CARGO_MANIFEST_DIR").map_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")), PathBuf::from);
    xtask.parent().unwrap_or(&xtask).to_owned()
}

/// Every file below `top`, relative to it, sorted; build output and hidden folders left out.
pub fn files(top: &Path) -> Result<Vec<PathBuf>, Failure> {
    let mut found = Vec::new();
    let mut folders = vec![top.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder).map_err(Failure::file(&folder))? {
            let path = entry.map_err(Failure::file(&folder))?.path();
            let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
            if name.starts_with('.') || LEFT_OUT.contains(&name.as_str()) {
                continue;
            }
            if path.is_dir() {
                folders.push(path);
            } else if let Ok(relative) = path.strip_prefix(top) {
                found.push(relative.to_owned());
            }
        }
    }
    found.sort();
    Ok(found)
}
