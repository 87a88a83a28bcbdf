//! The log of changes: the one record of what happened. Audit trail, history, a record as of a past time and undo are readings of it.

mod body;
mod entry;
mod kind;

pub use body::{About, By, Patch, WHOLE_EVERY, apply_patch, decode, encode, entry_of, hex, past, patch_of, replay_record, unhex};
pub use entry::{Entry, TENANT, leaf};
pub use kind::EntryKind;
