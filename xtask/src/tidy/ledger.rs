//! The ledger of what is longer than allowed, `xtask/ledger.txt`: a line `fn PATH NAME LINES` or `file PATH LINES`. It may only shrink:
//! an entry that is no longer needed, or could be lower, is a finding, and so is one that its last committed state did not have.

use super::lengths::{FILE, FUNCTION, too_long};
use super::{Finding, House};
use crate::failure::Failure;
use std::path::Path;
use std::process::Command;

/// Where the ledger lies.
pub const PATH: &str = "xtask/ledger.txt";

/// What an entry is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A function.
    Function,
    /// A file.
    File,
}

impl Kind {
    /// The most lines without an entry.
    pub fn limit(self) -> usize {
        match self {
            Self::Function => FUNCTION,
            Self::File => FILE,
        }
    }
}

/// One length that is over its limit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// A function or a file.
    pub kind: Kind,
    /// The file, relative to the top.
    pub path: String,
    /// The function's name; empty for a file.
    pub name: String,
    /// Lines.
    pub lines: usize,
}

impl Entry {
    /// Whether both are about the same function or file.
    pub fn same_place(&self, other: &Self) -> bool {
        self.kind == other.kind && self.path == other.path && self.name == other.name
    }

    fn parse(line: &str) -> Option<Self> {
        let words: Vec<&str> = line.split_whitespace().collect();
        let (kind, path, name, lines) = match words.as_slice() {
            ["fn", path, name, lines] => (Kind::Function, path, *name, lines),
            ["file", path, lines] => (Kind::File, path, "", lines),
            _ => return None,
        };
        Some(Self { kind, path: (*path).to_owned(), name: name.to_owned(), lines: lines.parse().ok()? })
    }

    fn write(&self) -> String {
        match self.kind {
            Kind::Function => format!("fn {} {} {}\n", self.path, self.name, self.lines),
            Kind::File => format!("file {} {}\n", self.path, self.lines),
        }
    }
}

/// The entries; none where there is no ledger.
pub fn read(top: &Path) -> Result<Vec<Entry>, Failure> {
    let path = top.join(PATH);
    if !path.exists() {
        return Ok(Vec::new());
    }
    let text = std::fs::read_to_string(&path).map_err(Failure::file(&path))?;
    parse(&text)
}

/// The finding that an entry could be lower or go.
pub fn shrinkable(entry: &Entry) -> Finding {
    let place = if entry.name.is_empty() { entry.path.clone() } else { format!("`{}` in {}", entry.name, entry.path) };
    Finding::at(PATH.as_ref(), 0, format!("{place} is shorter than its entry says: run `cargo xtask tidy --shrink`"))
}

/// Lowers each entry to what is there, and takes out what is not needed; adds nothing.
pub fn shrink(house: &House) -> Result<(), Failure> {
    let allowed = read(&house.top)?;
    let over: Vec<Entry> = house.sources.iter().flat_map(too_long).map(|measured| measured.entry).collect();
    let kept = allowed.iter().filter_map(|entry| {
        let now = over.iter().find(|now| now.same_place(entry))?;
        Some(Entry { lines: entry.lines.min(now.lines), ..entry.clone() })
    });
    let text: String = kept.map(|entry| entry.write()).collect();
    let path = house.top.join(PATH);
    if path.exists() { std::fs::write(&path, text).map_err(Failure::file(&path)) } else { Ok(()) }
}

/// Finds entries that are new or higher than in the ledger that was committed before. The first ledger has nothing before it.
pub fn check_growth(house: &House, now: &[Entry], findings: &mut Vec<Finding>) {
    for before in committed(&house.top) {
        for entry in now {
            if !before.iter().any(|old| old.same_place(entry) && entry.lines <= old.lines) {
                let message = format!("the ledger may only shrink, and `{}` was not in it", entry.write().trim_end());
                findings.push(Finding::at(PATH.as_ref(), 0, message));
            }
        }
    }
}

/// The last two committed states: what is being written is compared with both, a fresh commit with the one before it.
fn committed(top: &Path) -> Vec<Vec<Entry>> {
    let git = |arguments: &[&str]| {
        let output = Command::new("git").arg("-C").arg(top).args(arguments).output().ok()?;
        output.status.success().then(|| String::from_utf8_lossy(&output.stdout).into_owned())
    };
    let commits = git(&["log", "-n", "2", "--format=%H", "--", PATH]).unwrap_or_default();
    let texts = commits.lines().filter_map(|commit| git(&["show", &format!("{commit}:{PATH}")]));
    texts.filter_map(|text| parse(&text).ok()).collect()
}

fn parse(text: &str) -> Result<Vec<Entry>, Failure> {
    let lines = text.lines().filter(|line| !line.is_empty() && !line.starts_with('#'));
    let refusal = |line| Failure::Usage(format!("{PATH}: `{line}` is no entry; `fn PATH NAME LINES` or `file PATH LINES` is"));
    lines.map(|line| Entry::parse(line).ok_or_else(|| refusal(line))).collect()
}
