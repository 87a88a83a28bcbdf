//! Everything that ingestion promises, shown on real files, on made ones and on random bytes.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test that cannot go on has failed")]

mod format;
mod world;
