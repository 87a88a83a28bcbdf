//! Commands: what a door asks to be done. Prepared on the caller's thread, pure; decided inside the store's transaction.

mod arrive;
mod check;
mod deciding;
mod merge;
mod patch;
mod patched;
mod refer;
mod revise;
mod write;

pub use arrive::{Arrival, Named, Past};
pub use check::{Unfit, check, check_new, check_rights};
pub use patch::{JsonPatch, MOST_OPERATIONS, Touch};
pub use refer::Naming;
pub(crate) use refer::sees_all;
pub use revise::unknown;
pub use write::{Done, Item, Listed, NewRecord, RETRY_KEPT, Refusal, Retry, Revision, Target, WriteCommand, missing, place, scope_text};
