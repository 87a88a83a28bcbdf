//! PocketBase: a peer that users would pick instead. It is not durable as it comes (`synchronous=NORMAL`).

use super::load::{Load, Measured};
use super::plan::Plan;
use crate::command;
use crate::failure::Failure;
use crate::served::{Server, free_port};
use std::process::Command;

/// Starts it on an empty database and loads it with creates.
pub fn measure(plan: &Plan, in_flight: u32) -> Result<Measured, Failure> {
    let port = free_port()?;
    let folder = plan.folder.join("pocketbase");
    let mut start = Command::new(plan.workloads.join("pocketbase.sh"));
    let said = command::output(start.arg(&folder).arg(port.to_string()))?;
    let word_after = |mark: &str| said.split_once(mark).and_then(|(_, rest)| rest.split([',', ' ', ')']).next()).map(str::to_owned);
    let pid = word_after("process ").and_then(|word| word.parse().ok());
    let server = Server::adopt(port, pid.ok_or_else(|| Failure::Missing(format!("the peer did not tell its process: {said}")))?);
    let path = "/api/collections/message/records".to_owned();
    print!("  PocketBase");
    Load { script: folder.join("create.lua"), path, in_flight, seconds: plan.seconds, given: Vec::new() }.run(&server)
}
