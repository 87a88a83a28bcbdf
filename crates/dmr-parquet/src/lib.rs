//! Parquet files out and in (R7), with nothing lost.
//!
//! A record is a row of typed columns, as readers of Parquet expect them, and of one column more, in JSON, that holds what the typed ones
//! do not give back: an explicit null, a time with its offset, a number with more digits than a double has, what is no declared field.
//! What stands there wins. So others see typed data, and what is read back is what was written.

mod column;
mod read;
mod values;
mod write;

pub use column::Column;
pub use read::{Cell, Reader};
pub use write::Writer;

use dmr_core::{Code, Problem};

/// A file that cannot be read or written, in the words of whoever tried.
fn failed(fault: impl std::fmt::Display) -> Problem {
    Problem::new(Code::IngestFormat, format!("the Parquet file cannot be read: {fault}"))
}
