//! The code map of ARCHITECTURE.md names every folder of code, and none that is gone.
//!
//! In the section `## Code map` each path stands in backticks: `` `crates/dmr-core/src/types/` ``, or relative to the `src` of the crate
//! named last: `` `types/` ``. A folder of code is a crate, or a folder below the `src` of a crate or of `xtask`.

use super::{Finding, House};
use crate::failure::Failure;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

const PAGE: &str = "ARCHITECTURE.md";

/// Compares the map with the folders.
pub fn check(house: &House, findings: &mut Vec<Finding>) -> Result<(), Failure> {
    let page = Path::new(PAGE);
    if !house.files.iter().any(|path| path == page) {
        findings.push(Finding::at(page, 0, "is missing: it holds the invariants, the code map and the walkthroughs"));
        return Ok(());
    }
    let text = std::fs::read_to_string(house.top.join(page)).map_err(Failure::file(page))?;
    let mut mapped = Vec::new();
    for (line, path) in paths(&text) {
        match resolve(house, &path, &mapped) {
            Some(found) => mapped.push(found),
            None => findings.push(Finding::at(page, line, format!("the code map names `{path}`, which does not exist"))),
        }
    }
    for folder in folders(house) {
        if !mapped.contains(&folder) {
            findings.push(Finding::at(page, 0, format!("the code map does not name `{}/`", folder.display())));
        }
    }
    Ok(())
}

/// The paths in the section, each with its line.
fn paths(text: &str) -> Vec<(usize, String)> {
    let mut inside = false;
    let mut found = Vec::new();
    for (number, line) in text.lines().enumerate() {
        if line.starts_with("## ") {
            inside = line.eq_ignore_ascii_case("## code map");
        }
        let words = line.split('`').skip(1).step_by(2).filter(|word| inside && word.contains('/') && !word.contains([' ', '{', '*', ':']));
        found.extend(words.map(|word| (number + 1, word.trim_end_matches('/').to_owned())));
    }
    found
}

/// The path relative to the top; `mapped` holds what was named before, in order.
fn resolve(house: &House, path: &str, mapped: &[PathBuf]) -> Option<PathBuf> {
    let crates = mapped.iter().rev().find(|path| house.files.contains(&path.join("Cargo.toml")));
    let mut places = vec![PathBuf::from(path)];
    if let Some(named_last) = crates {
        places.push(named_last.join("src").join(path));
        places.push(named_last.join(path));
    }
    places.into_iter().find(|place| house.files.iter().any(|file| file.starts_with(place)))
}

/// Crates, and the folders below their `src`.
fn folders(house: &House) -> BTreeSet<PathBuf> {
    let mut folders = BTreeSet::new();
    for source in &house.sources {
        for folder in source.path.ancestors().skip(1) {
            let parts: Vec<_> = folder.iter().map(|part| part.to_string_lossy().into_owned()).collect();
            let depth = match parts.first().map(String::as_str) {
                Some("crates") => 1,
                Some("xtask") => 0,
                _ => continue,
            };
            let below_source = parts.get(depth + 1).is_some_and(|part| part == "src") && parts.len() > depth + 2;
            if parts.len() == depth + 1 || below_source {
                folders.insert(folder.to_owned());
            }
        }
    }
    folders
}
