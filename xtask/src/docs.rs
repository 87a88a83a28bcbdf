//! The generated pages under `docs/`: each is written and compared by a test named `docs` of the crate that knows it
//! (`crates/dmr-core/tests/it/docs.rs` for the table of codes), so that tidy and this tool need none of those crates.

use crate::{command, failure::Failure};

/// Writes them anew: the same tests, told by the environment to write instead of to compare.
pub fn write() -> Result<(), Failure> {
    command::run(command::cargo(&["test", "--workspace", "--test", "it", "--quiet", "--", "docs::"]).env("DMR_DOCS", "write"))
}
