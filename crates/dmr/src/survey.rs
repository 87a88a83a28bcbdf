//! A data directory looked over from outside, whoever holds it: for operators, who can read its files anyway (U4). No record is read.

use crate::owner::Lock;
use dmr_core::{Code, Problem};
pub use dmr_store::sqlite::Surveyed;
use std::path::Path;

/// Looks the database of a data directory over, without changing anything; its integrity only where it has at most so many bytes.
///
/// # Errors
/// `data.unknown` where there is none; `data.newer`, `data.damaged`, `store.failed`.
pub fn survey(directory: &Path, most_checked: u64) -> Result<Surveyed, Problem> {
    dmr_store::sqlite::survey(&directory.join("dmr.db"), most_checked)
}

/// Whether a process holds a data directory.
///
/// # Errors
/// `file.unreadable` where its lock cannot be opened.
pub fn is_owned(directory: &Path) -> Result<bool, Problem> {
    match Lock::take(directory) {
        Ok(_given_back) => Ok(false),
        Err(problem) if problem.code == Code::DataOwned => Ok(true),
        Err(problem) => Err(problem),
    }
}
