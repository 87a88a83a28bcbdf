//! Backups (C7): a directory with a copy of the database and a manifest that says what it is of. Made while the registry is written, verified
//! when it is made, before it is restored and after.
//!
//! What is in it is what is in the data directory: records, log, principals, hashes of keys, and the secret that seals cursors, so that keys
//! and cursors go on to work. It is not encrypted: whoever may read it may read everything, which is why only its owner may.

mod copy;
mod make;
mod manifest;
mod restore;

pub use make::BackupTo;
pub use manifest::Manifest;

/// The file of the database in a data directory and in a backup.
pub(crate) const DATABASE: &str = "dmr.db";
/// What makes a directory a backup; written last.
const MANIFEST: &str = "manifest.json";
