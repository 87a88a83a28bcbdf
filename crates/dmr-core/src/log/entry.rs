//! The envelope of an entry, fixed from the first day.

use super::EntryKind;
use crate::model::ModelId;
use crate::record::{PrincipalId, RecordId};
use sha2::{Digest, Sha256};

/// The one tenant there is until tenants are asked for. It leads every key on every store.
pub const TENANT: &str = "default";

/// An entry of the log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// Which of the log's buckets; SQLite has one, 0.
    pub bucket: u16,
    /// 1, 2, 3 ... within its bucket, without gaps.
    pub position: u64,
    /// Microseconds since 1970 UTC; never goes back.
    pub time: i64,
    /// Who did it.
    pub principal: PrincipalId,
    /// What was done.
    pub kind: EntryKind,
    /// The model concerned; 0 where none is.
    pub model: ModelId,
    /// The record concerned; nil where none is.
    pub record: RecordId,
    /// The version of the record that was made; 0 where none was.
    pub version: u64,
    /// The version of the model it was made under; 0 where none was.
    pub stamp: u32,
    /// How `body` is stored: 0 plain.
    pub codec: u8,
    /// With which dictionary; 0 none.
    pub dictionary: u32,
    /// Its leaf in the log's Merkle tree.
    pub leaf: [u8; 32],
    /// Canonical bytes, decoded.
    pub body: Vec<u8>,
}

/// The leaf of an entry: SHA-256 over 0x00 and each part behind its length. Position, bucket, codec and dictionary are not in it:
/// order is the tree's.
#[expect(clippy::too_many_arguments, reason = "the parts of the leaf, in their fixed order")]
pub fn leaf(
    time: i64,
    principal: PrincipalId,
    kind: EntryKind,
    model: ModelId,
    record: RecordId,
    version: u64,
    stamp: u32,
    body: &[u8],
) -> [u8; 32] {
    let mut head = Vec::with_capacity(128);
    head.push(0);
    let mut part = |bytes: &[u8]| {
        head.extend_from_slice(&(bytes.len() as u32).to_be_bytes());
        head.extend_from_slice(bytes);
    };
    part(TENANT.as_bytes());
    part(&time.to_be_bytes());
    part(&principal.0);
    part(&[kind as u8]);
    part(&model.0.to_be_bytes());
    part(&record.0);
    part(&version.to_be_bytes());
    part(&stamp.to_be_bytes());
    head.extend_from_slice(&(body.len() as u64).to_be_bytes());
    let mut hash = Sha256::new();
    hash.update(&head);
    hash.update(body);
    hash.finalize().into()
}

impl Entry {
    /// Whether its leaf is that of its parts.
    pub fn is_intact(&self) -> bool {
        leaf(self.time, self.principal, self.kind, self.model, self.record, self.version, self.stamp, &self.body) == self.leaf
    }
}
