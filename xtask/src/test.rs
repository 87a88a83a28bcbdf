//! Everything that must pass, in the order that tells of a mistake soonest.

use crate::command::{cargo, run};
use crate::failure::Failure;
use crate::{setup, tidy};

/// Features of the tests, the same for clippy and tests, so that nothing is built twice.
const FEATURES: [&str; 2] = ["--features", "dmr-store/postgres"];

/// Runs it all; the first failure ends it.
pub fn run_all() -> Result<(), Failure> {
    setup::run()?;
    run(&mut cargo(&["fmt", "--all", "--check"]))?;
    tidy::run(&[])?;
    run(cargo(&["clippy", "--workspace", "--all-targets"]).args(FEATURES).args(["--", "-D", "warnings"]))?;
    run(cargo(&["test", "--workspace"]).args(FEATURES))
}
