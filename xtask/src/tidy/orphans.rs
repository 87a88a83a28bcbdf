//! Every Rust file is a module of some crate: the compiler says nothing about a test or feature that nobody named.

use super::source::Source;
use super::{Finding, House};
use std::path::{Path, PathBuf};

const ROOTS: [&str; 3] = ["lib.rs", "main.rs", "build.rs"];
const TARGETS: [&str; 5] = ["examples", "tests", "benches", "bin", "fuzz_targets"];

/// Finds files that their folder's module does not name.
pub fn check(house: &House, findings: &mut Vec<Finding>) {
    for source in &house.sources {
        let Some((name, parents)) = module(&source.path) else { continue };
        let named = house
            .sources
            .iter()
            .filter(|other| parents.contains(&other.path))
            .any(|parent| Source::words(&parent.code, &name).next().is_some());
        if !named {
            findings.push(Finding::at(&source.path, 0, "no module names this file: nobody compiles or runs it"));
        }
    }
}

/// The name of a module file and the files that could name it; nothing for the root of a target.
fn module(path: &Path) -> Option<(String, Vec<PathBuf>)> {
    let is_target = path.parent()?.file_name().is_some_and(|last| TARGETS.iter().any(|name| last == *name));
    let file = path.file_name()?.to_str()?;
    if is_target || ROOTS.contains(&file) {
        return None;
    }
    let module = if file == "mod.rs" { path.parent()?.to_owned() } else { path.with_extension("") };
    let home = module.parent()?;
    let mut parents: Vec<PathBuf> = ["lib.rs", "main.rs", "mod.rs"].iter().map(|name| home.join(name)).collect();
    parents.push(home.with_extension("rs"));
    Some((module.file_name()?.to_string_lossy().into_owned(), parents))
}
