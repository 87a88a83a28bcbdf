//! Everything that must pass, in the order that tells of a mistake soonest.

use crate::command::{cargo, run};
use crate::failure::Failure;
use crate::{api, setup, tidy};
use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};

/// Features of the tests, the same for clippy and tests, so that nothing is built twice.
pub const FEATURES: [&str; 2] = ["--features", "dmr-store/postgres"];

/// Runs it all; the first failure ends it.
pub fn run_all() -> Result<(), Failure> {
    setup::run()?;
    run(&mut cargo(&["fmt", "--all", "--check"]))?;
    tidy::run(&[])?;
    run(cargo(&["clippy", "--workspace", "--all-targets"]).args(FEATURES).args(["--", "-D", "warnings"]))?;
    let (passed, failed) = tests(cargo(&["test", "--workspace", "--no-fail-fast"]).args(FEATURES))?;
    println!("\n{passed} passed, {failed} failed");
    if failed > 0 || passed == 0 {
        return Err(Failure::Found { check: "tests", findings: failed.max(1) });
    }
    api::run(None)
}

/// Runs the tests with their output shown, and adds up what each binary tells at its end.
fn tests(command: &mut Command) -> Result<(usize, usize), Failure> {
    println!("\n$ cargo test --workspace");
    let broken = |outcome: String| Failure::Program { call: "cargo test --workspace".to_owned(), outcome };
    let mut child = command.stdout(Stdio::piped()).spawn().map_err(|error| broken(error.to_string()))?;
    let (mut passed, mut failed) = (0, 0);
    for line in child.stdout.take().into_iter().flat_map(|output| BufReader::new(output).lines().map_while(Result::ok)) {
        println!("{line}");
        passed += told(&line, " passed;");
        failed += told(&line, " failed;");
    }
    let status = child.wait().map_err(|error| broken(error.to_string()))?;
    if status.success() || failed > 0 { Ok((passed, failed)) } else { Err(broken(format!("ended with {status}"))) }
}

/// The number before these words, in a line that ends a test binary.
fn told(line: &str, words: &str) -> usize {
    let Some(result) = line.strip_prefix("test result:") else { return 0 };
    let before = result.split_once(words).map_or("", |(before, _)| before);
    before.rsplit(' ').next().and_then(|number| number.parse().ok()).unwrap_or(0)
}
