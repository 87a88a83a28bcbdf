//! Text: any characters but U+0000; never normalised; compares by code point.

use super::{Fault, Native, Written};
use crate::key;

pub(super) struct Text;

impl Written for Text {
    const NAME: &'static str = "text";
    const FORMAT: Option<&'static str> = None;

    fn check(&self, text: &str) -> Result<(), Fault> {
        if memchr::memchr(0, text.as_bytes()).is_some() { Err(Fault::nul()) } else { Ok(()) }
    }

    fn key_of(&self, text: &str, out: &mut Vec<u8>) -> bool {
        key::text(text, out);
        true
    }

    fn native_of(&self, text: &str) -> Option<Native> {
        Some(Native::Text(text.to_owned()))
    }

    fn text_of(&self, native: Native) -> Option<String> {
        match native {
            Native::Text(text) => Some(text),
            _ => None,
        }
    }
}
