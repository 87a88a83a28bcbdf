//! What a backup says of itself.

use super::copy::{hash, unreadable, unwritable};
use super::{DATABASE, MANIFEST};
use dmr_core::{Code, Problem, Value, json, log, time};
use dmr_store::sqlite::{Contents, examine};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::fs::File;
use std::io::{ErrorKind, Write};
use std::path::Path;

/// The form of a backup that this program writes.
const FORM: u32 = 1;

/// What a backup says of itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Manifest {
    /// The form of the backup.
    pub form: u32,
    /// The version of the program that made it.
    pub program: String,
    /// The format of the database's tables.
    pub format: i64,
    /// When it was complete, RFC 3339.
    pub made_at: String,
    /// The position of the last entry of the log: the backup is of the moment after it.
    pub position: u64,
    /// The leaf of that entry, in hexadecimal; none where the log is empty.
    pub leaf: Option<String>,
    /// Models.
    pub models: u64,
    /// Records that live.
    pub records: u64,
    /// Records that are deleted and can be restored.
    pub deleted: u64,
    /// Principals.
    pub principals: u64,
    /// API keys.
    pub keys: u64,
    /// Rows that ingests set aside.
    pub quarantined: u64,
    /// The size of the database in bytes.
    pub bytes: u64,
    /// SHA-256 of the database, in hexadecimal.
    pub sha256: String,
    /// SHA-256 of the members above as canonical JSON, in hexadecimal.
    pub seal: String,
}

impl Manifest {
    pub(super) fn new(contents: &Contents, (bytes, sha256): (u64, String), now: i64) -> Self {
        let mut manifest = Self {
            form: FORM,
            program: env!("CARGO_PKG_VERSION").to_owned(),
            format: contents.format,
            made_at: time::text(now),
            position: contents.position,
            leaf: contents.leaf.clone(),
            models: contents.models,
            records: contents.live,
            deleted: contents.deleted,
            principals: contents.principals,
            keys: contents.keys,
            quarantined: contents.quarantined,
            bytes,
            sha256,
            seal: String::new(),
        };
        manifest.seal = manifest.sealed();
        manifest
    }

    /// As JSON.
    pub fn to_value(&self) -> Value {
        serde_json::to_value(self).unwrap_or_default()
    }

    fn sealed(&self) -> String {
        let open = Self { seal: String::new(), ..self.clone() };
        log::hex(&Sha256::digest(json::to_string(&open.to_value()).as_bytes()))
    }

    /// Reads that of a backup.
    ///
    /// # Errors
    /// [`Code::BackupUnknown`] where there is none, [`Code::BackupDamaged`], [`Code::DataNewer`].
    pub(super) fn read(backup: &Path) -> Result<Self, Problem> {
        let path = backup.join(MANIFEST);
        let bytes = std::fs::read(&path).map_err(|error| match error.kind() {
            ErrorKind::NotFound | ErrorKind::NotADirectory => {
                Problem::new(Code::BackupUnknown, format!("{} is not a backup: it has no {MANIFEST}", backup.display()))
            }
            _ => unreadable(&path, &error),
        })?;
        let damaged = |what: &str| Problem::new(Code::BackupDamaged, format!("{}: {what}", path.display()));
        let value: Value = serde_json::from_slice(&bytes).map_err(|_| damaged("this is not JSON"))?;
        if value["form"].as_u64().is_some_and(|form| form > u64::from(FORM)) {
            return Err(Problem::new(Code::DataNewer, "the backup was made by a newer program").suggest("Use the newer program"));
        }
        let manifest: Self = serde_json::from_value(value).map_err(|_| damaged("members are missing, or of another type"))?;
        if manifest.seal != manifest.sealed() {
            return Err(damaged("it is not what was written"));
        }
        Ok(manifest)
    }

    /// Writes it, whole or not at all.
    pub(super) fn write(&self, backup: &Path) -> Result<(), Problem> {
        let (draft, path) = (backup.join(format!("{MANIFEST}.part")), backup.join(MANIFEST));
        let text = serde_json::to_vec_pretty(self).unwrap_or_default();
        let written = File::create(&draft).and_then(|mut file| {
            file.write_all(&text)?;
            file.write_all(b"\n")?;
            file.sync_all()?;
            std::fs::rename(&draft, &path)
        });
        written.map_err(|error| unwritable(&path, &error))
    }

    /// That the copy of the database is what was written, byte for byte.
    ///
    /// # Errors
    /// [`Code::BackupDamaged`].
    pub(super) fn check_bytes(&self, database: &Path) -> Result<(), Problem> {
        let missing = |problem| if database.exists() { problem } else { self.damaged(database, "it is missing") };
        let (bytes, sha256) = hash(database).map_err(missing)?;
        self.same_bytes(database, bytes, &sha256)
    }

    pub(super) fn same_bytes(&self, database: &Path, bytes: u64, sha256: &str) -> Result<(), Problem> {
        if bytes != self.bytes {
            return Err(self.damaged(database, &format!("it has {bytes} bytes and should have {}", self.bytes)));
        }
        if sha256 != self.sha256 {
            return Err(self.damaged(database, "its bytes are not those that were written"));
        }
        Ok(())
    }

    /// That what is in a database is what this says.
    ///
    /// # Errors
    /// [`Code::BackupDamaged`], naming what differs.
    pub(super) fn check_contents(&self, database: &Path) -> Result<(), Problem> {
        let found = examine(database).map_err(|problem| match problem.code {
            Code::DataDamaged => self.damaged(database, &problem.detail),
            _ => problem,
        })?;
        let same = Self::new(&found, (self.bytes, self.sha256.clone()), 0);
        let numbers = [
            ("the position of the log", same.position, self.position),
            ("models", same.models, self.models),
            ("records", same.records, self.records),
            ("deleted records", same.deleted, self.deleted),
            ("principals", same.principals, self.principals),
            ("keys", same.keys, self.keys),
            ("rows that were set aside", same.quarantined, self.quarantined),
        ];
        if let Some((what, found, said)) = numbers.into_iter().find(|(_, found, said)| found != said) {
            return Err(self.damaged(database, &format!("{what}: {found} found, {said} in the manifest")));
        }
        if same.leaf != self.leaf {
            return Err(self.damaged(database, "the last entry of the log is another than the manifest says"));
        }
        Ok(())
    }

    #[expect(clippy::unused_self, reason = "it is this backup that is damaged")]
    fn damaged(&self, path: &Path, what: &str) -> Problem {
        Problem::new(Code::BackupDamaged, format!("{}: {what}", path.display())).suggest("Use another backup")
    }
}

/// What a backup is of, checked: its bytes against the manifest, and what is in it.
pub(super) fn verified(backup: &Path) -> Result<Manifest, Problem> {
    let manifest = Manifest::read(backup)?;
    let database = backup.join(DATABASE);
    manifest.check_bytes(&database)?;
    manifest.check_contents(&database)?;
    Ok(manifest)
}
