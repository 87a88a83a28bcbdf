//! UUID: five groups of hexadecimal digits in any case, kept as they came; compares by its 16 bytes.

use super::{Fault, Native, Written};
use crate::key;

pub(super) struct Uuid;

impl Written for Uuid {
    const NAME: &'static str = "uuid";
    const FORMAT: Option<&'static str> = Some("uuid");

    fn check(&self, text: &str) -> Result<(), Fault> {
        match bytes_of(text) {
            Some(_) => Ok(()),
            None => Err(Fault::unreadable(Self::NAME).suggest("Hexadecimal digits in groups of 8-4-4-4-12")),
        }
    }

    fn key_of(&self, text: &str, out: &mut Vec<u8>) -> bool {
        bytes_of(text).is_some_and(|bytes| {
            key::bytes16(&bytes, out);
            true
        })
    }

    fn native_of(&self, text: &str) -> Option<Native> {
        bytes_of(text).map(|bytes| Native::Bytes(bytes.to_vec()))
    }

    fn text_of(&self, native: Native) -> Option<String> {
        match native {
            Native::Bytes(bytes) => uuid::Uuid::from_slice(&bytes).ok().map(|uuid| uuid.hyphenated().to_string()),
            _ => None,
        }
    }
}

/// Only the hyphenated form: the crate also reads braces, `urn:uuid:` and no hyphens, which JSON Schema's format does not.
fn bytes_of(text: &str) -> Option<[u8; 16]> {
    if text.len() != 36 {
        return None;
    }
    uuid::Uuid::try_parse(text).ok().map(uuid::Uuid::into_bytes)
}
