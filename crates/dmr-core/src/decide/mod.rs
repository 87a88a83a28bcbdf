//! Decide: turns a prepared command into changes or a refusal. Pure: what it needs of the store it asks for as data, and is called
//! again with the answers until it stops asking.

mod snapshot;

pub use snapshot::{Read, Reads, Snapshot};

use crate::change::Change;
use crate::problem::Problem;
use crate::record::PrincipalId;

/// What a decision came to.
#[derive(Debug)]
pub enum Decision {
    /// It has to know more.
    Need(Reads),
    /// It is to be done. No changes: there was nothing to do.
    Changes(Vec<Change>),
    /// It is not to be done.
    Refused(Box<Problem>),
    /// It was prepared under a model, rules or a principal that have changed since: prepare again.
    Stale,
}

/// What was committed.
#[derive(Debug)]
pub struct Committed {
    /// The changes, in order.
    pub changes: Vec<Change>,
    /// The time they carry, in microseconds since 1970 UTC.
    pub time: i64,
    /// The position of the last entry; 0 where there was nothing to do.
    pub position: u64,
}

/// A command on its way through a store's writer.
pub trait Work: Send {
    /// Who asks: the principal its entries carry.
    fn principal(&self) -> PrincipalId;
    /// What it certainly has to know, so that a batch can read for all its commands at once.
    fn first_reads(&self) -> Reads {
        Reads::default()
    }
    /// Decides. `now` is in microseconds since 1970 UTC and never goes back.
    fn decide(&mut self, snapshot: &Snapshot, now: i64) -> Decision;
    /// Called once: after the changes are on disk, or when it is certain that they are not and never will be.
    fn done(self: Box<Self>, result: Result<Committed, WorkFault>);
}

/// Why nothing was committed.
#[derive(Debug)]
pub enum WorkFault {
    /// It was refused, or the store failed.
    Problem(Box<Problem>),
    /// Prepare again.
    Stale,
}
