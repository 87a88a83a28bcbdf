//! New ids and keys: UUIDv7 and chance, or for tests a seeded sequence that two worlds share.

use dmr_core::Problem;
use dmr_core::record::RecordId;
use sha2::{Digest, Sha256};
use std::sync::atomic::{AtomicU64, Ordering};

/// Makes ids.
pub(crate) enum Ids {
    /// UUIDv7 of this moment.
    Clock,
    /// A sequence from a seed, and one beside it for keys.
    Seeded(AtomicU64, AtomicU64),
}

impl Ids {
    /// A sequence from a seed.
    pub fn seeded(seed: u64) -> Self {
        Self::Seeded(AtomicU64::new(seed << 32), AtomicU64::new(seed << 32))
    }

    /// The next id.
    pub fn next(&self) -> RecordId {
        match self {
            Self::Clock => RecordId(uuid::Uuid::now_v7().into_bytes()),
            Self::Seeded(count, _) => {
                let count = count.fetch_add(1, Ordering::Relaxed);
                let mut bytes = [0; 16];
                bytes[0..6].copy_from_slice(&(1_700_000_000_000 + count).to_be_bytes()[2..]);
                bytes[6] = 0x70;
                bytes[8..16].copy_from_slice(&count.to_be_bytes());
                bytes[8] = 0x80 | (bytes[8] & 0x3f);
                RecordId(bytes)
            }
        }
    }

    /// Bytes nobody can guess; from a seed, the next of its sequence.
    ///
    /// # Errors
    /// That the system gives no random bytes.
    pub fn secret(&self) -> Result<[u8; 32], Problem> {
        match self {
            Self::Clock => crate::registry::random(),
            Self::Seeded(_, count) => Ok(Sha256::digest(count.fetch_add(1, Ordering::Relaxed).to_be_bytes()).into()),
        }
    }
}
