//! What to measure and how long.

use super::rows;
use crate::command;
use crate::failure::Failure;
use crate::tree;
use std::path::PathBuf;
use std::process::Command;

/// What to measure and how long.
pub struct Plan {
    /// Rows to measure; empty for all.
    pub names: Vec<String>,
    /// How often each is measured, in turn with the others; medians are told.
    pub rounds: usize,
    /// How long one measurement lasts, seconds.
    pub seconds: u64,
    /// How many records are stored before reads, updates and lists.
    pub rows: u64,
    /// Who is left out: `dmr`, `floor`, `pocketbase`.
    pub without: Vec<String>,
    /// Whether `docs/benchmarks.md` is written.
    pub write: bool,
    /// The folder with the floor and the script that starts the peer.
    pub workloads: PathBuf,
    /// Where results, builds and databases go.
    pub folder: PathBuf,
}

impl Plan {
    /// Reads the command line.
    pub fn parse(arguments: &[String]) -> Result<Self, Failure> {
        let target = std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| tree::top().join("target"), PathBuf::from);
        let mut plan = Self {
            names: Vec::new(),
            rounds: 5,
            seconds: 8,
            rows: 1_000_000,
            without: Vec::new(),
            write: false,
            workloads: tree::top().join("../shared/bench"),
            folder: target.join("bench"),
        };
        let mut words = arguments.iter();
        while let Some(word) = words.next() {
            let mut value = || words.next().cloned().ok_or_else(|| Failure::Usage(format!("`{word}` takes a value")));
            match word.as_str() {
                "--rounds" => plan.rounds = number(&value()?)?,
                "--seconds" => plan.seconds = number(&value()?)?,
                "--rows" => plan.rows = number(&value()?)?,
                "--without" => plan.without.extend(value()?.split(',').map(str::to_owned)),
                "--workloads" => plan.workloads = PathBuf::from(value()?),
                "--write" => plan.write = true,
                name if rows::ALL.iter().any(|(known, _)| *known == name) => plan.names.push(name.to_owned()),
                other => return Err(unknown(other)),
            }
        }
        Ok(plan)
    }

    /// Whether somebody takes part.
    pub fn has(&self, party: &str) -> bool {
        !self.without.iter().any(|left_out| left_out == party)
    }

    /// Builds what is measured, with all optimisation.
    pub fn build(&self) -> Result<(), Failure> {
        for program in ["wrk", "cargo"] {
            command::find(program).ok_or_else(|| Failure::Missing(format!("`{program}` is not here: run `cargo xtask setup`")))?;
        }
        if self.has("dmr") {
            command::run(&mut command::cargo(&["build", "--release", "--quiet", "--package", "dmr-cli"]))?;
        }
        if self.has("floor") { self.build_floor() } else { Ok(()) }
    }

    /// The floor is built from a copy, as cargo writes a lock file beside what it builds.
    fn build_floor(&self) -> Result<(), Failure> {
        let source = self.workloads.join("floor");
        if !source.join("Cargo.toml").exists() {
            let place = source.display();
            return Err(Failure::Missing(format!(
                "the floor is not at {place}: name its folder by --workloads, or leave it out by --without floor"
            )));
        }
        let copy = self.folder.join("floor-source");
        std::fs::create_dir_all(copy.join("src")).map_err(Failure::file(&copy))?;
        for file in ["Cargo.toml", "src/main.rs"] {
            let text = std::fs::read(source.join(file)).map_err(Failure::file(source.join(file)))?;
            std::fs::write(copy.join(file), text).map_err(Failure::file(copy.join(file)))?;
        }
        let mut build = command::cargo(&["build", "--release", "--quiet", "--manifest-path"]);
        command::run(build.arg(copy.join("Cargo.toml")).env("CARGO_TARGET_DIR", self.folder.join("floor")))
    }

    /// Where the release build of `dmr` lies.
    pub fn dmr(&self) -> PathBuf {
        self.folder.join("../release/dmr")
    }

    /// An empty folder of this name for a database.
    pub fn empty(&self, name: &str) -> Result<PathBuf, Failure> {
        let folder = self.folder.join("databases").join(name);
        if folder.exists() {
            std::fs::remove_dir_all(&folder).map_err(Failure::file(&folder))?;
        }
        std::fs::create_dir_all(&folder).map_err(Failure::file(&folder))?;
        Ok(folder)
    }

    /// The command line that measures a row again.
    pub fn told(&self, name: &str) -> String {
        let mut told = format!("cargo xtask bench {name} --rounds {} --seconds {} --rows {}", self.rounds, self.seconds, self.rows);
        if !self.without.is_empty() {
            told += &format!(" --without {}", self.without.join(","));
        }
        told
    }

    /// A call of one of our scripts for the load generator.
    pub fn script(name: &str) -> PathBuf {
        tree::top().join("xtask/bench").join(name)
    }

    /// A call of this program in a release build that has the bare inserts in it.
    pub fn optimised(&self) -> Result<Command, Failure> {
        command::run(&mut command::cargo(&["build", "--release", "--quiet", "--package", "xtask", "--features", "bench"]))?;
        Ok(Command::new(self.folder.join("../release/xtask")))
    }
}

fn number<T: std::str::FromStr>(text: &str) -> Result<T, Failure> {
    text.parse().map_err(|_| Failure::Usage(format!("`{text}` is no number")))
}

fn unknown(word: &str) -> Failure {
    let names: Vec<&str> = rows::ALL.iter().map(|(name, _)| *name).collect();
    Failure::Usage(format!(
        "there is no row `{word}`; there are {}. Flags: --rounds --seconds --rows --without --workloads --write",
        names.join(", ")
    ))
}
