//! The library, as its users see it.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test that cannot go on should say where")]

mod world;

mod advising;
mod aggregates;
mod audit;
mod backup;
mod closing;
mod declared;
mod defaults;
mod docs;
mod examples;
mod folder;
mod forms;
mod gatekeeper;
mod ingest;
mod laws;
mod linked;
mod moving;
mod patching;
mod people;
mod permissions;
mod questions;
mod references;
mod evolving;
mod registering;
mod sessions;
mod searching;
mod settings;
mod settings_live;
mod stale;
mod statistics;
mod storage;
mod values;
mod writing;
