//! Cursors: where a list goes on, sealed so that nobody reads or makes one.

use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};
use dmr_core::{Code, Issue, Problem};
use sha2::{Digest, Sha256};

/// Seals cursors with a secret of this data directory.
pub(crate) struct Seal(XChaCha20Poly1305);

/// Where a list goes on.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Position {
    /// The last row's place in the order that was asked for, its id last.
    pub sort_key: Vec<u8>,
    /// The last row's id.
    pub id: [u8; 16],
    /// The index that was walked, and the last row's key in it.
    pub index: Option<(u32, Vec<u8>)>,
}

impl Seal {
    /// A seal with a secret.
    pub fn new(secret: &[u8; 32]) -> Self {
        Self(XChaCha20Poly1305::new(secret.into()))
    }

    /// A cursor of a question. The nonce is made of the content, so that equal positions of equal questions give equal cursors.
    pub fn close(&self, question: &[u8], position: &Position) -> String {
        let plain = position.to_bytes();
        let digest = Sha256::new().chain_update(question).chain_update(&plain).finalize();
        let nonce = XNonce::from_slice(&digest[..24]);
        let sealed = self.0.encrypt(nonce, Payload { msg: &plain, aad: question }).unwrap_or_default();
        encode([nonce.as_slice(), &sealed].concat().as_slice())
    }

    /// The position a cursor holds.
    ///
    /// # Errors
    /// [`Code::CursorInvalid`] where it was not made here, or for another question.
    pub fn open(&self, question: &[u8], cursor: &str) -> Result<Position, Problem> {
        self.try_open(question, cursor).ok_or_else(|| {
            Problem::one(
                Issue::query("cursor", Code::CursorInvalid, "the cursor is not one of this list").suggest("begin again without a cursor"),
            )
        })
    }

    fn try_open(&self, question: &[u8], cursor: &str) -> Option<Position> {
        let bytes = decode(cursor)?;
        let (nonce, sealed) = bytes.split_at_checked(24)?;
        let plain = self.0.decrypt(XNonce::from_slice(nonce), Payload { msg: sealed, aad: question }).ok()?;
        Position::from_bytes(&plain)
    }
}

impl Position {
    fn to_bytes(&self) -> Vec<u8> {
        let mut out = self.id.to_vec();
        let mut part = |bytes: &[u8]| {
            out.extend_from_slice(&u32::try_from(bytes.len()).unwrap_or(u32::MAX).to_be_bytes());
            out.extend_from_slice(bytes);
        };
        part(&self.sort_key);
        if let Some((index, key)) = &self.index {
            part(&index.to_be_bytes());
            part(key);
        }
        out
    }

    fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let (id, mut rest) = bytes.split_at_checked(16)?;
        let mut part = || {
            let (length, after) = rest.split_at_checked(4)?;
            let (part, after) = after.split_at_checked(u32::from_be_bytes(length.try_into().ok()?) as usize)?;
            rest = after;
            Some(part.to_vec())
        };
        let sort_key = part()?;
        let index = part().zip(part()).and_then(|(index, key)| Some((u32::from_be_bytes(index.try_into().ok()?), key)));
        Some(Self { sort_key, id: id.try_into().ok()?, index })
    }
}

const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/// Base 64 for addresses, without padding.
pub(crate) fn encode(bytes: &[u8]) -> String {
    let mut out = String::with_capacity(bytes.len().div_ceil(3) * 4);
    for chunk in bytes.chunks(3) {
        let word = chunk.iter().fold(0_u32, |word, byte| word << 8 | u32::from(*byte)) << (8 * (3 - chunk.len()));
        for at in 0..=chunk.len() {
            out.push(ALPHABET[(word >> (18 - 6 * at)) as usize & 63] as char);
        }
    }
    out
}

/// Bytes from [`encode`]; of the texts that could mean the same bytes only the one it gives.
pub(crate) fn decode(text: &str) -> Option<Vec<u8>> {
    let digits = text.bytes().map(|byte| ALPHABET.iter().position(|known| *known == byte)).collect::<Option<Vec<_>>>()?;
    let mut out = Vec::with_capacity(digits.len() * 3 / 4);
    for chunk in digits.chunks(4) {
        let word = chunk.iter().fold(0_u32, |word, digit| word << 6 | u32::try_from(*digit).unwrap_or(0)) << (6 * (4 - chunk.len()));
        let bytes = word.to_be_bytes();
        let (said, unsaid) = bytes[1..].split_at(chunk.len() - 1);
        if said.is_empty() || unsaid.iter().any(|byte| *byte != 0) {
            return None;
        }
        out.extend_from_slice(said);
    }
    Some(out)
}
