//! What the core promises, told as tests: one module a subject.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test that fails may panic")]

mod builder;
mod docs;
mod evolution;
mod exports;
mod form;
mod glob;
mod json;
mod json_patch;
mod key;
mod native;
mod normaliser;
mod number;
mod schema;
mod schema_out;
mod schema_tools;
mod search;
mod statistics;
mod types;
mod values;
mod words;
