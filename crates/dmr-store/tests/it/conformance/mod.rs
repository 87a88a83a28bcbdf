//! What every store promises: each case runs on every store there is. The same history gives the same answers (invariant 13).

mod batches;
mod edges;
mod hints;
mod holders;
mod layouts;
mod log;
mod prepared;
mod records;
mod registry;
mod rows_beside;
mod search;
mod scans;
mod uniques;
mod walks;
