//! Keys as they stand in indexes, where a key has to be short.

use super::schema::HEAD;
use sha2::{Digest, Sha256};

/// The bytes of a hash.
const HASH: usize = 32;

/// An entry's key in two: `head` stands in the index, and ordering by head and then rest orders by the key.
pub(super) fn cut(key: &[u8]) -> (&[u8], &[u8]) {
    key.split_at(key.len().min(HEAD))
}

/// A unique key as it is held: as it is where it is short; else its beginning and a hash of all of it. The one is always shorter than
/// the other, so that they are never the same.
pub(super) fn hold(key: &[u8]) -> Vec<u8> {
    if key.len() < HEAD {
        return key.to_vec();
    }
    let mut held = key[..HEAD - HASH].to_vec();
    held.extend_from_slice(&Sha256::digest(key));
    held
}

/// The whole of a unique key, where it is not held as it is.
pub(super) fn whole(key: &[u8]) -> Option<Vec<u8>> {
    (key.len() >= HEAD).then(|| key.to_vec())
}
