//! Keeps what core decided.
//!
//! Semantics are core's; a store may only be faster. Every store passes one conformance suite, and the same history gives the same
//! answers on each (invariant 13).

mod port;
mod backup;
mod answer;
mod aside;
mod dump;
mod figure;
mod queue;
mod follow;
pub mod memory;
pub mod sqlite;
#[cfg(feature = "postgres")]
pub mod postgres;
mod replay;

pub use answer::history;
pub use backup::{Copied, Progress};
pub use dump::{dump, models};
pub use figure::{Counting, Figure, Measure, Spread, Unit};
pub use port::{
    Clock, Counts, EachCommit, EachPart, EachScanned, Job, LogRange, OnCommit, Reader, RegistryRow, Scan, Search, Store, Stretch, Walk,
    WalkBy,
};
pub use queue::Bounds;
pub use replay::{replay, replay_of};
