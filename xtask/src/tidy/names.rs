//! Names that say nothing: no file or folder of code is called so.

use super::{Finding, House};
use std::collections::BTreeSet;

const ANYWHERE: [&str; 6] = ["util", "utils", "helper", "helpers", "manager", "managers"];
const WHOLE: [&str; 5] = ["common", "misc", "data", "info", "process"];
const CODE: [&str; 5] = ["rs", "ts", "js", "py", "lua"];

/// Finds files and folders of code with such a name.
pub fn check(house: &House, findings: &mut Vec<Finding>) {
    let mut seen = BTreeSet::new();
    let code = house.files.iter().filter(|path| path.extension().is_some_and(|ending| CODE.iter().any(|code| ending == *code)));
    for path in code {
        for place in path.ancestors().filter(|place| !place.as_os_str().is_empty()) {
            let name = place.file_stem().unwrap_or_default().to_string_lossy();
            if is_banned(&name) && seen.insert(place.to_owned()) {
                findings.push(Finding::at(place, 0, format!("`{name}` says nothing: name it after what it holds")));
            }
        }
    }
}

fn is_banned(name: &str) -> bool {
    WHOLE.contains(&name) || name.split(['_', '-']).any(|part| ANYWHERE.contains(&part))
}
