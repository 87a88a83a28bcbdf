//! What this machine is, and what is measured on it.

use crate::command;
use crate::failure::Failure;
use crate::tree;
use std::process::Command;

/// Cores, processor, memory and system, in a line.
pub fn told() -> Result<String, Failure> {
    let cores = std::thread::available_parallelism().map_or(0, std::num::NonZero::get);
    let processor = field("/proc/cpuinfo", "model name").unwrap_or_else(|| "an unknown processor".to_owned());
    let kibibytes = field("/proc/meminfo", "MemTotal").and_then(|text| text.split(' ').next()?.parse::<u64>().ok()).unwrap_or(0);
    let system = command::output(Command::new("uname").args(["-s", "-r", "-m"]))?;
    Ok(format!("{cores} cores of {processor}, {} GiB, {}", (kibibytes + 524_288) / 1_048_576, system.trim()))
}

/// Today, UTC.
pub fn date() -> Result<String, Failure> {
    Ok(command::output(Command::new("date").args(["-u", "+%F"]))?.trim().to_owned())
}

/// The commit that is measured, with a `+` where files differ from it.
pub fn commit() -> String {
    let git = |arguments: &[&str]| command::output(Command::new("git").arg("-C").arg(tree::top()).args(arguments)).unwrap_or_default();
    let changed = !git(&["status", "--porcelain", "--untracked-files=no"]).trim().is_empty();
    git(&["rev-parse", "--short", "HEAD"]).trim().to_owned() + if changed { "+" } else { "" }
}

fn field(path: &str, name: &str) -> Option<String> {
    let text = std::fs::read_to_string(path).ok()?;
    let line = text.lines().find(|line| line.starts_with(name))?;
    Some(line.split_once(':')?.1.trim().to_owned())
}
