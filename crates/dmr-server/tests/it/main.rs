//! The server, asked over real HTTP on a real port, before a registry on a real SQLite file.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test that cannot go on has failed")]

mod world;

mod aggregates;
mod conventions;
mod docs;
mod fields;
mod forms;
mod gatekeeper;
mod ingestion;
mod jobs;
mod models;
mod moving;
mod openapi;
mod operations;
mod people;
mod races;
mod records;
mod references;
mod rights;
mod search;
mod service;
mod statistics;
mod two_worlds;
mod wire;
