//! Every exception from a lint says why.

use super::source::closing;
use super::{Finding, House};

/// Finds `allow` and `expect` attributes without a reason.
pub fn check(house: &House, findings: &mut Vec<Finding>) {
    for source in &house.sources {
        let opens = source.code.match_indices("#[").chain(source.code.match_indices("#!["));
        for (at, mark) in opens {
            let open = at + mark.len() - 1;
            let end = closing(&source.code, open);
            let attribute = &source.code[open + 1..end.saturating_sub(1).max(open + 1)];
            let is_exception = ["allow", "expect"].iter().any(|word| {
                let bare = attribute.trim_start().strip_prefix(word).is_some_and(|rest| rest.trim_start().starts_with('('));
                bare || (attribute.trim_start().starts_with("cfg_attr") && attribute.contains(&format!(" {word}(")))
            });
            let told = source.text[open..end].split_once("reason");
            let has_reason = told.is_some_and(|(_, reason)| reason.split('"').nth(1).is_some_and(|words| words.len() > 3));
            if is_exception && !has_reason {
                findings.push(Finding::at(&source.path, source.line(at), "an exception from a lint needs a `reason = \"...\"`"));
            }
        }
    }
}
