//! Verifying and restoring backups: nothing is open meanwhile.

use super::DATABASE;
use super::copy::{copy, is_empty, make_private, sync, unreadable, unwritable};
use super::manifest::{Manifest, verified};
use crate::owner::Lock;
use crate::registry::Registry;
use dmr_core::{Code, Problem};
use std::fs::File;
use std::path::Path;

impl Registry {
    /// That a backup is whole: its bytes are those of its manifest, SQLite finds its pages and indexes right, every entry of its log is what was
    /// written, and what is in it is what the manifest says.
    ///
    /// # Errors
    /// [`Code::BackupUnknown`], [`Code::BackupDamaged`] naming what is damaged, [`Code::DataNewer`], [`Code::FileUnreadable`].
    pub fn verify_backup(backup: impl AsRef<Path>) -> Result<Manifest, Problem> {
        verified(backup.as_ref())
    }

    /// Makes a data directory of a backup: verified before, and what was made of it after. The directory has to be empty or not there.
    ///
    /// ```
    /// # use dmr::{BackupTo, Registry};
    /// let folder = std::env::temp_dir().join(format!("restored-{}", std::process::id()));
    /// let registry = Registry::open(folder.join("data"))?;
    /// let owner = registry.session(registry.local()?);
    /// let job = owner.begin_backup(&BackupTo::Directory(folder.join("backup")))?;
    /// # let mut job = job;
    /// # while job["state"] == "running" { job = owner.job(job["id"].as_str().unwrap())?; std::thread::yield_now(); }
    ///
    /// let manifest = Registry::restore(folder.join("backup"), folder.join("again"))?;
    /// assert_eq!(manifest.principals, 1);
    /// # drop((registry, owner));
    /// # std::fs::remove_dir_all(folder).unwrap();
    /// # Ok::<(), dmr::Problem>(())
    /// ```
    ///
    /// # Errors
    /// As [`Registry::verify_backup`]; [`Code::DataNotEmpty`], [`Code::DataOwned`], [`Code::StoreFull`].
    pub fn restore(backup: impl AsRef<Path>, data: impl AsRef<Path>) -> Result<Manifest, Problem> {
        let (backup, data) = (backup.as_ref(), data.as_ref());
        let manifest = verified(backup)?;
        if !is_empty(data)? {
            return Err(Problem::new(Code::DataNotEmpty, format!("there is something in {} already", data.display()))
                .suggest("name a directory that is empty or not there"));
        }
        let was_there = data.is_dir();
        make_private(data).map_err(|error| unwritable(data, &error))?;
        let lock = Lock::take(data)?;
        let restored = restore(&manifest, &backup.join(DATABASE), data);
        drop(lock);
        if restored.is_err() {
            for name in [DATABASE, PART, "lock"] {
                let _left = std::fs::remove_file(data.join(name));
            }
            if !was_there {
                let _left = std::fs::remove_dir(data);
            }
        }
        restored.map(|()| manifest)
    }
}

/// The database while it is copied.
const PART: &str = "dmr.db.part";

fn restore(manifest: &Manifest, from: &Path, data: &Path) -> Result<(), Problem> {
    let (part, database) = (data.join(PART), data.join(DATABASE));
    let mut source = File::open(from).map_err(|error| unreadable(from, &error))?;
    let mut target = File::create(&part).map_err(|error| unwritable(&part, &error))?;
    let copied = copy(&mut source, &mut target).and_then(|copied| target.sync_all().map(|()| copied));
    let (bytes, sha256) = copied.map_err(|error| unwritable(&part, &error))?;
    // What was verified before may have been changed since.
    manifest.same_bytes(from, bytes, &sha256)?;
    std::fs::rename(&part, &database).map_err(|error| unwritable(&database, &error))?;
    sync(data)?;
    manifest.check_contents(&database)
}
