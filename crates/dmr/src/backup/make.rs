//! Making backups: a job that nobody waits for.

use super::copy::{hash, is_empty, make_private, sync, unreadable, unwritable};
use super::manifest::Manifest;
use super::{DATABASE, MANIFEST};
use crate::registry::Inner;
use crate::session::{JobWork, Session};
use dmr_core::principal::Right;
use dmr_core::{Code, Issue, Problem, Value, time};
use dmr_store::sqlite::{Contents, examine};
use dmr_store::{Copied, Progress};
use serde_json::json;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::Ordering;

/// The longest name of a backup.
const LONGEST_NAME: usize = 64;

/// Where a backup is to be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum BackupTo {
    /// In the directory that the setting `backup.directory` names, under a name; without one under the time.
    Named(Option<String>),
    /// In this directory, which is made if it is not there and has to be empty. Only for whoever owns the data directory.
    Directory(PathBuf),
}

impl Session {
    /// Begins a backup: `{id, state, kind: "backup", ...}`, as [`Session::job`] tells it; when it is done, with the manifest under `backup`. It
    /// is consistent, and nobody who writes waits for it.
    ///
    /// # Errors
    /// Without the right `operate`; a directory without being the owner; [`Code::BackupNowhere`], [`Code::BackupExists`]; for a registry in
    /// memory [`Code::BehaviourUnavailable`].
    pub fn begin_backup(&self, to: &BackupTo) -> Result<Value, Problem> {
        let session = self.current()?;
        session.needs(Right::Operate)?;
        if session.inner.directory.is_none() {
            return Err(Problem::new(Code::BehaviourUnavailable, "a registry in memory has no backups"));
        }
        let directory = session.place(to)?;
        if !is_empty(&directory)? {
            return Err(Problem::new(Code::BackupExists, format!("there is something in {} already", directory.display())));
        }
        let name = directory.file_name().map(|name| name.to_string_lossy().into_owned());
        let (inner, progress) = (session.inner.clone(), Arc::<Progress>::default());
        let watched = progress.clone();
        session.start_job(JobWork {
            kind: "backup",
            about: json!({ "name": name }),
            progress: Some(Box::new(move || (watched.done.load(Ordering::Relaxed), watched.of.load(Ordering::Relaxed)))),
            work: Box::new(move || make(&inner, &directory, progress).map(|manifest| json!({ "backup": manifest.to_value() }))),
        })
    }

    /// The backups in the directory that `backup.directory` names, by name: `{items: [{name, ...manifest}], next}`. Those whose manifest cannot
    /// be read have a `problem`.
    ///
    /// # Errors
    /// Without the right `operate`; [`Code::BackupNowhere`].
    pub fn backups(&self) -> Result<Value, Problem> {
        let session = self.current()?;
        session.needs(Right::Operate)?;
        let directory = session.backup_directory()?;
        let mut items = Vec::new();
        let entries = match std::fs::read_dir(&directory) {
            Ok(entries) => entries.filter_map(Result::ok).map(|entry| entry.path()).collect(),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Vec::new(),
            Err(error) => return Err(unreadable(&directory, &error)),
        };
        for path in entries.into_iter().filter(|path| path.join(MANIFEST).is_file()) {
            let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
            items.push(match Manifest::read(&path) {
                Ok(manifest) => json!({ "name": name, "backup": manifest.to_value() }),
                Err(problem) => json!({ "name": name, "problem": problem.to_json() }),
            });
        }
        items.sort_by(|one, other| one["name"].as_str().cmp(&other["name"].as_str()));
        Ok(json!({ "items": items, "next": null }))
    }

    fn backup_directory(&self) -> Result<PathBuf, Problem> {
        self.inner
            .settings()
            .backup
            .directory
            .clone()
            .ok_or_else(|| Problem::new(Code::BackupNowhere, "no directory for backups is set").suggest("the setting `backup.directory`"))
    }

    fn place(&self, to: &BackupTo) -> Result<PathBuf, Problem> {
        match to {
            BackupTo::Directory(directory) if self.is_owner() => Ok(directory.clone()),
            BackupTo::Directory(_) => {
                Err(Problem::new(Code::RightMissing, "only whoever owns the data directory says where else a backup is to be")
                    .suggest("give it a `name`"))
            }
            BackupTo::Named(name) => {
                let directory = self.backup_directory()?;
                let by_time = || time::text(self.inner.now()).replace(':', "-");
                let name = name.clone().unwrap_or_else(by_time);
                check_name(&name)?;
                Ok(directory.join(name))
            }
        }
    }

    /// Whether it acts for the process that holds the data directory: without a key, as a principal of this machine.
    fn is_owner(&self) -> bool {
        let asker = &self.asker;
        asker.key.is_none() && !asker.is_anonymous() && asker.name.starts_with(dmr_core::people::LOCAL)
    }
}

/// A name is one of a directory, and no path.
fn check_name(name: &str) -> Result<(), Problem> {
    let plain = name.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_' | b'-'));
    if plain && name.len() <= LONGEST_NAME && name.as_bytes().first().is_some_and(u8::is_ascii_alphanumeric) {
        return Ok(());
    }
    let message = format!("a name of a backup has 1 to {LONGEST_NAME} letters, digits, `.`, `_` or `-`, and begins with a letter or digit");
    Err(Problem::one(Issue::body("/name", Code::NameInvalid, message)))
}

fn make(inner: &Inner, directory: &Path, progress: Arc<Progress>) -> Result<Manifest, Problem> {
    let was_there = directory.is_dir();
    make_private(directory).map_err(|error| unwritable(directory, &error))?;
    let made = fill(inner, directory, progress);
    if made.is_err() {
        // What is left of it is no backup: it has no manifest.
        let _left = std::fs::remove_file(directory.join(DATABASE));
        let _left = std::fs::remove_file(directory.join(format!("{MANIFEST}.part")));
        if !was_there {
            let _left = std::fs::remove_dir(directory);
        }
    }
    made
}

fn fill(inner: &Inner, directory: &Path, progress: Arc<Progress>) -> Result<Manifest, Problem> {
    let database = directory.join(DATABASE);
    let copied = inner.store.back_up(&database, progress)?;
    let now = inner.now();
    let found = examine(&database)?;
    check(&copied, &found)?;
    let manifest = Manifest::new(&found, hash(&database)?, now);
    manifest.write(directory)?;
    sync(directory)?;
    Ok(manifest)
}

/// That what is in the copy is what was committed at that moment.
fn check(copied: &Copied, found: &Contents) -> Result<(), Problem> {
    let same = (copied.position, &copied.leaf, copied.live, copied.deleted) == (found.position, &found.leaf, found.live, found.deleted);
    if same {
        return Ok(());
    }
    Err(Problem::new(
        Code::BackupDamaged,
        format!("the copy ends at position {} of the log and not at {}: it is not kept", found.position, copied.position),
    ))
}
