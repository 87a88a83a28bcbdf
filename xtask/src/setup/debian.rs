//! Installing Debian's packages, as root or by a sudo that asks for no password.

use crate::command;
use crate::failure::Failure;
use std::process::Command;

/// Installs packages; a failure says why it may not or could not.
pub fn install(packages: &[&str]) -> Result<(), Failure> {
    if command::find("apt-get").is_none() {
        return Err(Failure::Missing("there is no apt-get here".to_owned()));
    }
    let privileged = privileged()?;
    command::run(&mut apt(privileged, &["update", "--quiet"]))?;
    let arguments: Vec<&str> = ["install", "--yes", "--quiet", "--no-install-recommends"].iter().chain(packages).copied().collect();
    command::run(&mut apt(privileged, &arguments))
}

/// What has to stand before a call that only root may make.
fn privileged() -> Result<&'static [&'static str], Failure> {
    if command::output(Command::new("id").arg("-u"))?.trim() == "0" {
        return Ok(&[]);
    }
    let sudo = command::find("sudo").is_some() && command::output(Command::new("sudo").args(["-n", "true"])).is_ok();
    if sudo { Ok(&["sudo", "-n"]) } else { Err(Failure::Missing("that takes root, or a sudo without a password".to_owned())) }
}

fn apt(privileged: &[&str], arguments: &[&str]) -> Command {
    let call = ["env", "DEBIAN_FRONTEND=noninteractive", "apt-get"];
    let mut words = privileged.iter().chain(&call).chain(arguments);
    let mut command = Command::new(words.next().unwrap_or(&"env"));
    command.args(words);
    command
}
