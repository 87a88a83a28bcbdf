//! Keeps what core decided.
//!
//! Semantics are core's; a store may only be faster. Every store passes one conformance suite, and the same history gives the same
//! answers on each (invariant 13).

mod port;

pub use port::{Clock, Counts, Job, LogRange, OnCommit, Reader, RegistryRow, Store, Walk, WalkBy};
