//! The command line, as its users meet it: the real binary in directories of its own.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test that cannot go on should say where")]

mod world;

mod bad_input;
mod aggregate;
mod change;
mod config;
mod dev;
mod docs;
mod exit;
mod form;
mod formats;
mod gatekeeper;
mod ingest;
mod models;
mod moving;
mod operations;
mod output;
mod owner;
mod people;
mod query;
mod real;
mod record;
mod references;
mod register;
mod search;
mod serve;
mod show;
mod statistics;
mod terminal;
mod unbuilt;
