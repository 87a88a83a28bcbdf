//! Records go out and come in as files: JSON, NDJSON, CSV, Parquet (R7).
//!
//! An export is made piece by piece, each a read of its own while whoever takes it waits: nothing is held between them, however slow that
//! one is. An import goes through a file in slices, each one commit: as many rows as `records.max_bulk` allows stand or fall together,
//! of more each is told for itself.

mod cells;
mod csv;
mod export;
mod format;
mod import;
mod incoming;
mod outgoing;
mod select;
mod slice;

pub use export::{Export, Exported};
pub use format::FileFormat;
pub use import::{FailedRow, Import, Imported};
