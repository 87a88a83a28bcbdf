//! Ratchets: a function has at most 60 lines, a file at most 500, tests aside. What is longer stands in the ledger.

use super::ledger::{self, Entry, Kind};
use super::source::{self, Source};
use super::{Finding, House};
use crate::failure::Failure;

/// The most lines of a function, from `fn` to its closing brace.
pub const FUNCTION: usize = 60;
/// The most lines of a file, its `#[cfg(test)]` items not counted.
pub const FILE: usize = 500;

/// A function or file and its length.
pub struct Measured {
    /// What the ledger calls it.
    pub entry: Entry,
    /// Its line.
    pub line: usize,
}

/// Compares every length with the limits and the ledger, and the ledger with its last committed state.
pub fn check(house: &House, findings: &mut Vec<Finding>) -> Result<(), Failure> {
    let allowed = ledger::read(&house.top)?;
    let over: Vec<Measured> = house.sources.iter().flat_map(too_long).collect();
    for measured in &over {
        let Entry { kind, path, name, lines } = &measured.entry;
        match allowed.iter().find(|entry| entry.same_place(&measured.entry)) {
            Some(entry) if *lines < entry.lines => findings.push(ledger::shrinkable(entry)),
            Some(entry) if *lines == entry.lines => {}
            _ => {
                let what = if *kind == Kind::Function { format!("`{name}`") } else { "the file".to_owned() };
                let message = format!("{what} has {lines} lines, {} are allowed: cut it into parts that each do one thing", kind.limit());
                findings.push(Finding::at(path.as_ref(), measured.line, message));
            }
        }
    }
    for entry in &allowed {
        if !over.iter().any(|measured| measured.entry.same_place(entry)) {
            findings.push(ledger::shrinkable(entry));
        }
    }
    ledger::check_growth(house, &allowed, findings);
    Ok(())
}

/// What of a file is longer than allowed.
pub fn too_long(source: &Source) -> Vec<Measured> {
    if source.is_test() {
        return Vec::new();
    }
    let mut over = functions(source);
    let in_tests: usize = source.tests.iter().map(|range| source.line(range.end) - source.line(range.start) + 1).sum();
    let lines = source.text.lines().count().saturating_sub(in_tests);
    if lines > FILE {
        over.push(measured(Kind::File, source, "", lines, 0));
    }
    over
}

fn functions(source: &Source) -> Vec<Measured> {
    let mut over = Vec::new();
    for at in Source::words(&source.code, "fn").filter(|at| !source.in_tests(*at)) {
        let after = source.code[at + 2..].trim_start();
        let name: String = after.bytes().take_while(|byte| source::is_word(*byte)).map(char::from).collect();
        if name.is_empty() {
            continue;
        }
        let first = source.line(at);
        let lines = source.line(source::item_end(&source.code, at).saturating_sub(1)) - first + 1;
        if lines > FUNCTION {
            over.push(measured(Kind::Function, source, &name, lines, first));
        }
    }
    over
}

fn measured(kind: Kind, source: &Source, name: &str, lines: usize, line: usize) -> Measured {
    let path = source.path.to_string_lossy().into_owned();
    Measured { entry: Entry { kind, path, name: name.to_owned(), lines }, line }
}
