//! The floor: the least that a durable write and a read over HTTP cost.

use super::load::{Load, Measured};
use super::plan::Plan;
use crate::failure::Failure;
use crate::served::Server;
use std::process::{Command, Stdio};

/// The floor's own port.
const PORT: u16 = 4999;

/// Starts the floor on an empty database with this many messages stored, and loads it by one of its own scripts.
pub fn measure(plan: &Plan, script: &str, rows: u64, in_flight: u32) -> Result<Measured, Failure> {
    let server = start(plan, rows)?;
    let script = plan.workloads.join("floor").join(script);
    print!("  floor     ");
    Load { script, path: "/".to_owned(), in_flight, seconds: plan.seconds, given: Vec::new() }.run(&server)
}

fn start(plan: &Plan, rows: u64) -> Result<Server, Failure> {
    let database = plan.empty("floor")?.join("floor.db");
    let mut floor = Command::new(plan.folder.join("floor/release/floor"));
    floor.arg("FULL").arg(database);
    if rows > 0 {
        floor.arg(rows.to_string());
    }
    Server::start(&mut floor, PORT, Stdio::null())
}
