//! Invariants that are absences: which crate may know which, and what the core knows nothing of.

use super::{Finding, House};
use crate::failure::Failure;
use std::path::Path;

/// The crates of the house that a crate may depend on. What stands here in no line may depend on any.
const MAY_KNOW: [(&str, &[&str]); 7] = [
    ("dmr-core", &[]),
    ("dmr-store", &["dmr-core"]),
    ("dmr-ingest", &["dmr-core"]),
    ("dmr-parquet", &["dmr-core"]),
    ("dmr", &["dmr-core", "dmr-store", "dmr-ingest", "dmr-parquet"]),
    ("dmr-api", &["dmr-core"]),
    ("dmr-server", &["dmr-core", "dmr", "dmr-api"]),
];
/// Invariant 2: no door touches a store.
const DOORS: [&str; 3] = ["dmr-api", "dmr-server", "dmr-cli"];
/// Invariant 1: the core knows no clock, file, SQL, HTTP or async runtime.
const UNKNOWN_TO_CORE: [&str; 9] =
    ["std::fs", "std::net", "std::process", "std::env", "SystemTime", "Instant::now", "Timestamp::now", "Zoned::now", "rusqlite"];

/// The feature that no release build may have.
const SWITCHES: &str = "\"test-switches\"";

/// Finds dependencies and words on the wrong side of a wall.
pub fn check(house: &House, findings: &mut Vec<Finding>) -> Result<(), Failure> {
    for path in house.files.iter().filter(|path| path.starts_with("crates") && path.ends_with("Cargo.toml")) {
        let text = std::fs::read_to_string(house.top.join(path)).map_err(Failure::file(path))?;
        dependencies(path, &text, findings);
    }
    for source in house.sources.iter().filter(|source| source.path.starts_with("crates/dmr-core/src")) {
        for word in UNKNOWN_TO_CORE {
            for (at, _) in source.code.match_indices(word).filter(|(at, _)| !source.in_tests(*at)) {
                let message = format!("`{word}`: the core knows no clock, file, SQL, HTTP or async runtime; take it as an argument");
                findings.push(Finding::at(&source.path, source.line(at), message));
            }
        }
    }
    Ok(())
}

fn dependencies(path: &Path, text: &str, findings: &mut Vec<Finding>) {
    let own = path.parent().and_then(Path::file_name).unwrap_or_default().to_string_lossy().into_owned();
    let may_know = MAY_KNOW.iter().find(|(name, _)| *name == own).map(|(_, known)| *known);
    let mut section = "";
    for (number, line) in text.lines().enumerate() {
        if let Some(name) = line.strip_prefix('[') {
            section = name.trim_end_matches(']');
        }
        if line.contains(SWITCHES) && section != "dev-dependencies" && section != "features" {
            let message = format!("`{SWITCHES}` takes checks of rights away: only a dev-dependency may ask for it");
            findings.push(Finding::at(path, number + 1, message));
        }
        let name = line.split(['.', '=', ' ']).next().unwrap_or_default();
        if section != "dependencies" || !(name == "dmr" || name.starts_with("dmr-")) {
            continue;
        }
        let wrong_way = may_know.is_some_and(|known| !known.contains(&name));
        let past_the_registry = name == "dmr-store" && DOORS.contains(&own.as_str());
        if wrong_way || past_the_registry {
            findings.push(Finding::at(path, number + 1, format!("`{own}` must not know `{name}`: dependencies run one way")));
        }
    }
}
