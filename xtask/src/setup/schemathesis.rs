//! schemathesis, from Python's package index, in an environment of its own outside the clone.

use crate::command;
use crate::failure::Failure;
use std::path::PathBuf;
use std::process::Command;

const VERSION: &str = "4.32.5";

/// Where its program lies.
pub fn program() -> PathBuf {
    folder().join("bin/schemathesis")
}

/// Installs it, once a version.
pub fn install() -> Result<(), Failure> {
    let whole = folder().join("installed");
    if whole.exists() {
        return Ok(());
    }
    command::run(Command::new("python3").args(["-m", "venv", "--clear"]).arg(folder()))?;
    let wanted = format!("schemathesis=={VERSION}");
    command::run(Command::new(folder().join("bin/pip")).args(["install", "--quiet", "--disable-pip-version-check", &wanted]))?;
    std::fs::write(&whole, VERSION).map_err(Failure::file(&whole))
}

fn folder() -> PathBuf {
    super::cache().join(format!("schemathesis-{VERSION}"))
}
