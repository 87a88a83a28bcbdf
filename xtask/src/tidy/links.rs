//! A link in a page leads to a file that is there: a newcomer follows them all.

use super::{Finding, House};
use std::path::Path;

/// Finds links of Markdown pages to files that are not there.
pub fn check(house: &House, findings: &mut Vec<Finding>) {
    for path in house.files.iter().filter(|path| path.extension().is_some_and(|extension| extension == "md")) {
        let Ok(text) = std::fs::read_to_string(house.top.join(path)) else { continue };
        let folder = house.top.join(path.parent().unwrap_or(Path::new("")));
        for (at, line) in text.lines().enumerate() {
            for target in targets(line).filter(|target| !folder.join(target).exists()) {
                findings.push(Finding::at(path, at + 1, format!("`{target}` is not there")));
            }
        }
    }
}

/// The files that the links of a line lead to; addresses elsewhere and places in the page are none.
fn targets(line: &str) -> impl Iterator<Item = &str> {
    line.split("](").skip(1).filter_map(|rest| {
        let target = rest.split(')').next()?.split('#').next()?;
        (!target.is_empty() && !target.contains("://") && !target.starts_with("mailto:")).then_some(target)
    })
}

#[cfg(test)]
mod tests {
    use super::targets;

    #[test]
    fn links_to_files_are_found() {
        let line = "[a](b/c.md), [d](https://example.org), [e](#f), [g](h.md#i) and `[j]`(k)";
        assert_eq!(targets(line).collect::<Vec<_>>(), ["b/c.md", "h.md"]);
    }
}
