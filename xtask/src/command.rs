//! Calling other programs.

use crate::failure::Failure;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Runs a program with its output shown; a bad end is a failure.
pub fn run(command: &mut Command) -> Result<(), Failure> {
    let call = told(command);
    println!("\n$ {call}");
    match command.status() {
        Ok(status) if status.success() => Ok(()),
        Ok(status) => Err(Failure::Program { call, outcome: format!("ended with {status}") }),
        Err(error) => Err(Failure::Program { call, outcome: format!("could not be started: {error}") }),
    }
}

/// Runs a program quietly and gives its standard output; a bad end is a failure with its standard error.
pub fn output(command: &mut Command) -> Result<String, Failure> {
    let call = told(command);
    let output =
        command.output().map_err(|error| Failure::Program { call: call.clone(), outcome: format!("could not be started: {error}") })?;
    if output.status.success() {
        return Ok(String::from_utf8_lossy(&output.stdout).into_owned());
    }
    let said = String::from_utf8_lossy(&output.stderr).trim().to_owned();
    Err(Failure::Program { call, outcome: format!("ended with {}\n{said}", output.status) })
}

/// A call of the cargo that runs this task, in the repository's top folder.
pub fn cargo(arguments: &[&str]) -> Command {
    let mut command = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command.args(arguments).current_dir(crate::tree::top());
    command
}

/// Where a program of this name lies on the search path.
pub fn find(program: &str) -> Option<PathBuf> {
    std::env::split_paths(&std::env::var_os("PATH")?).map(|folder| folder.join(program)).find(|path| is_executable(path))
}

fn is_executable(path: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt;
    path.metadata().is_ok_and(|found| found.is_file() && found.permissions().mode() & 0o111 != 0)
}

fn told(command: &Command) -> String {
    let program = Path::new(command.get_program()).file_name().unwrap_or(command.get_program()).to_string_lossy().into_owned();
    let arguments = command.get_args().map(|argument| argument.to_string_lossy().into_owned());
    std::iter::once(program).chain(arguments).collect::<Vec<_>>().join(" ")
}
