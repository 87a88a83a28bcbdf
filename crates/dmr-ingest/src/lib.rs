//! Files of any kind become rows, evidence and a proposed model.
//!
//! This crate knows nothing of stores, HTTP or principals. It reads CSV, JSON and NDJSON (D1), proposes types without loss (D2), and
//! sets aside what does not fit. An input is read twice, each time as a stream: [`inspect`] looks at the whole of it,
//! [`rows`] hands out its records under the names and types that were proposed, or under those of a model that exists
//! ([`Layout::for_fields`]).
//!
//! ```
//! use dmr_ingest::{Input, Options, Outcome, inspect, rows};
//!
//! # fn main() -> Result<(), dmr_core::Problem> {
//! let input = Input::bytes("spare_parts.csv", *b"part,price\n007,34.00\n");
//! let inspection = inspect(&input, &Options::default(), &mut |_| {})?;
//! assert_eq!(inspection.proposal.name, "SpareParts");
//! for outcome in rows(&input, &inspection.layout)? {
//!     if let Outcome::Row(row) = outcome? {
//!         assert_eq!(row.values["part"], "007");
//!         assert_eq!(row.values["price"].to_string(), "34.00");
//!     }
//! }
//! # Ok(())
//! # }
//! ```

mod format;
mod infer;
mod input;
mod inspect;
mod label;
mod layout;
mod proposal;
mod records;
mod row;
mod rows;
mod sniff;
mod window;
mod words;

pub use format::{Format, json::RowsAt};
pub use input::{HEAD, Input};
pub use inspect::{Inspection, Progress, inspect};
pub use label::model_name;
pub use layout::{Column, Layout, Options};
pub use proposal::{Evidence, Proposal};
pub use records::{Record, Records, records};
pub use row::{MOST_RAW, Outcome, Place, Quarantined, Row};
pub use rows::{Rows, rows};
pub use sniff::sniff;
