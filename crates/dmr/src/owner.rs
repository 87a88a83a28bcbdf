//! A data directory has one owner: whoever holds its lock file.

use dmr_core::{Code, Problem};
use fs4::fs_std::FileExt;
use std::fs::{File, OpenOptions};
use std::path::Path;

/// The lock of a data directory; given back when it is dropped, or when the process ends however it ends.
pub(crate) struct Lock(#[expect(dead_code, reason = "held, not read: the lock lives as long as the file is open")] File);

impl Lock {
    /// Takes the lock.
    ///
    /// # Errors
    /// [`Code::DataOwned`] where another process holds it.
    pub fn take(directory: &Path) -> Result<Self, Problem> {
        let path = directory.join("lock");
        let unreadable =
            |error: std::io::Error| Problem::new(Code::FileUnreadable, format!("{} cannot be opened: {error}", path.display()));
        let file = OpenOptions::new().create(true).truncate(false).read(true).write(true).open(&path).map_err(unreadable)?;
        match file.try_lock_exclusive() {
            Ok(true) => Ok(Self(file)),
            Ok(false) => Err(Problem::new(Code::DataOwned, format!("another process owns {}", directory.display()))
                .suggest("use the running server: `dmr` commands on the same --data find it by themselves")
                .suggest("stop the other process, or use another --data")),
            Err(error) => Err(unreadable(error)),
        }
    }
}
