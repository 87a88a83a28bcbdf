//! JSON as text: a strict reader that keeps what a stock one loses, a writer, and a walk over text we wrote ourselves.
//!
//! A stock parser turns 12345678901234567890123 into a float, refuses 1e400 and drops duplicate keys. This one keeps the
//! text of every number and refuses, with their place, the inputs that have no single meaning: duplicate keys,
//! lone surrogates, U+0000, bytes that are not UTF-8.

mod error;
mod number;
mod parse;
pub mod raw;
mod string;
mod write;

pub use error::ParseError;
pub use parse::{DEEPEST, Limits, parse, parse_with};
pub use write::{to_string, write, write_str};

pub(crate) use number::scan as scan_number;
