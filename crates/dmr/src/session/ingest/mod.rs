//! Ingestion: files and posted records become records of a model; what does not fit is set aside, nothing is lost (D1, D2, D5, D7).
//!
//! An ingest runs on a thread of its own and hands the writer slices: each is one commit of records, of rows that were set aside, and of
//! how far the ingest has come. So whatever happens, whole slices are there and the ingest knows which.

mod begin;
mod destination;
mod entry;
mod hash;
mod load;
mod read;
mod running;
mod slice;
mod storage;
mod stretch;

pub use begin::{Begun, Upload};
pub(super) use hash::of_file;
pub(super) use load::Told;
pub(crate) use running::{Ingests, Live};

/// The most rows of one ingest that are set aside; where there are more, the input is not of the model, and the ingest ends as failed:
/// it stops there and says so, it never drops what comes after (invariant 11).
pub const MOST_SET_ASIDE: u64 = 100_000;
