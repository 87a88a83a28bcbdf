//! Commands: what a door asks to be done. Prepared on the caller's thread, pure; decided inside the store's transaction.

mod check;
mod deciding;
mod merge;
mod patch;
mod patched;
mod revise;
mod write;

pub use check::{Unfit, check, check_rights};
pub use patch::{JsonPatch, MOST_OPERATIONS, Touch};
pub use revise::unknown;
pub use write::{Done, Item, Listed, NewRecord, Refusal, Retry, Revision, Target, WriteCommand, missing, place, scope_text};
