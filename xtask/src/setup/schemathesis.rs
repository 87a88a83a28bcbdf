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
    let wanted = format!("schemathesis=={VERSION}");
    let lacks = |why: Failure| {
        Failure::Missing(format!(
            "this machine lacks {wanted}, for the check of the served API, and it could not be installed into {}: {why}\n\
             It takes python3 with venv (python3-venv on Debian and Ubuntu) and Python's package index.",
            folder().display()
        ))
    };
    command::run(Command::new("python3").args(["-m", "venv", "--clear"]).arg(folder())).map_err(lacks)?;
    let mut pip = Command::new(folder().join("bin/pip"));
    command::run(pip.args(["install", "--quiet", "--disable-pip-version-check", &wanted])).map_err(lacks)?;
    std::fs::write(&whole, VERSION).map_err(Failure::file(&whole))
}

fn folder() -> PathBuf {
    super::cache().join(format!("schemathesis-{VERSION}"))
}
