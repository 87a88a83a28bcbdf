//! Development tasks, one file or folder each. `cargo xtask` lists them.
#![expect(clippy::print_stdout, reason = "a command-line tool talks on standard output")]

mod api;
mod bench;
mod command;
mod docs;
mod failure;
mod served;
mod setup;
mod test;
mod tidy;
mod tree;

use failure::Failure;
use std::process::ExitCode;

const USAGE: &str = "\
cargo xtask TASK

  setup   installs what the tests need (PostgreSQL, Python, wrk, schemathesis); says what is missing where it may not
  test    setup, then everything that must pass: format, clippy, tests, tidy, the served API
  tidy    the rules of the house that no compiler knows: lengths, names, exceptions with reasons, walls, the code map
  bench   measures dmr beside the floor and a peer: docs/benchmarks.md tells how
  api     holds a running server to the OpenAPI documents it serves, by schemathesis: with the same requests each
          time, or with those of a seed: `cargo xtask api 7`
  docs    writes the generated pages under docs/ anew
";

fn main() -> ExitCode {
    let mut arguments = std::env::args().skip(1);
    let task = arguments.next().unwrap_or_default();
    let rest: Vec<String> = arguments.collect();
    let done = match task.as_str() {
        "setup" => setup::run(),
        "test" => test::run_all(),
        "tidy" => tidy::run(&rest),
        "bench" => bench::run(&rest),
        "bare-inserts" => bench::bare_inserts(&rest),
        "api" => api::run(rest.first().map(String::as_str)),
        "docs" => docs::write(),
        "" | "help" | "--help" | "-h" => {
            print!("{USAGE}");
            Ok(())
        }
        other => Err(Failure::Usage(format!("there is no task `{other}`\n\n{USAGE}"))),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            eprintln!("xtask: {failure}");
            ExitCode::from(failure.exit())
        }
    }
}
