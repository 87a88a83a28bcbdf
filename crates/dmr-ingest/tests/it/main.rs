//! Everything that ingestion promises, shown on real files, on made ones and on random bytes.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test that cannot go on has failed")]

mod csv;
mod existing;
mod format;
mod json;
mod labels;
mod laws;
mod real;
mod types;
mod world;
