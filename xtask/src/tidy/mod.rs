//! The rules of the house that no compiler knows. One file a rule; each takes the scanned sources and adds findings.

mod code_map;
mod exceptions;
mod ledger;
mod lengths;
mod links;
mod marks;
mod names;
mod orphans;
mod results;
mod source;
mod walls;

use crate::failure::Failure;
use crate::tree;
use source::Source;
use std::path::{Path, PathBuf};

/// Everything a rule may look at.
pub struct House {
    /// The top folder.
    pub top: PathBuf,
    /// Every file, relative to the top.
    pub files: Vec<PathBuf>,
    /// The Rust files among them, scanned.
    pub sources: Vec<Source>,
}

/// Something to mend.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Finding {
    /// The file, relative to the top.
    pub path: PathBuf,
    /// Its line, from 1; 0 for the whole file.
    pub line: usize,
    /// What is wrong and what to do.
    pub message: String,
}

impl Finding {
    /// A finding at a line of a file.
    pub fn at(path: &Path, line: usize, message: impl Into<String>) -> Self {
        Self { path: path.to_owned(), line, message: message.into() }
    }
}

/// `tidy [--top FOLDER] [--shrink]`: prints each finding; `--shrink` takes out of the ledger what is no longer needed.
pub fn run(arguments: &[String]) -> Result<(), Failure> {
    let mut top = tree::top();
    let mut shrink = false;
    let mut arguments = arguments.iter();
    while let Some(argument) = arguments.next() {
        match (argument.as_str(), arguments.as_slice().first()) {
            ("--shrink", _) => shrink = true,
            ("--top", Some(folder)) => {
                top = PathBuf::from(folder);
                arguments.next();
            }
            _ => return Err(Failure::Usage(format!("tidy takes --shrink and --top FOLDER, not `{argument}`"))),
        }
    }

    let house = enter(top)?;
    if shrink {
        ledger::shrink(&house)?;
    }
    let findings = check(&house)?;
    for finding in &findings {
        match finding.line {
            0 => println!("{}: {}", finding.path.display(), finding.message),
            line => println!("{}:{line}: {}", finding.path.display(), finding.message),
        }
    }
    match findings.len() {
        0 => {
            println!("tidy: {} files, nothing to mend", house.files.len());
            Ok(())
        }
        findings => Err(Failure::Found { check: "tidy", findings }),
    }
}

fn enter(top: PathBuf) -> Result<House, Failure> {
    let files = tree::files(&top)?;
    let mut sources = Vec::new();
    for path in files.iter().filter(|path| path.extension().is_some_and(|ending| ending == "rs")) {
        let text = std::fs::read_to_string(top.join(path)).map_err(Failure::file(path))?;
        sources.push(Source::scan(path.clone(), text));
    }
    Ok(House { top, files, sources })
}

fn check(house: &House) -> Result<Vec<Finding>, Failure> {
    let mut findings = Vec::new();
    lengths::check(house, &mut findings)?;
    links::check(house, &mut findings);
    names::check(house, &mut findings);
    exceptions::check(house, &mut findings);
    marks::check(house, &mut findings);
    results::check(house, &mut findings);
    orphans::check(house, &mut findings);
    walls::check(house, &mut findings)?;
    code_map::check(house, &mut findings)?;
    findings.sort();
    findings.dedup();
    Ok(findings)
}
