//! An error is a type with facts, never a text.

use super::{Finding, House};

/// Finds results whose error is a text.
pub fn check(house: &House, findings: &mut Vec<Finding>) {
    for source in &house.sources {
        for (at, mark) in source.code.match_indices("Result<") {
            let inside = &source.code[at + mark.len()..];
            if last_argument(inside).is_some_and(|error| matches!(error, "String" | "&str" | "&'static str")) {
                let message = "an error is an enum or struct with a code and facts, never a text";
                findings.push(Finding::at(&source.path, source.line(at), message));
            }
        }
    }
}

/// The second of two generic arguments; `inside` starts after the opening bracket.
fn last_argument(inside: &str) -> Option<&str> {
    let mut depth = 0usize;
    let mut comma = None;
    let mut before = ' ';
    for (at, letter) in inside.char_indices() {
        match letter {
            '<' | '(' | '[' => depth += 1,
            '>' if before == '-' => {}
            '>' if depth == 0 => return comma.map(|comma: usize| inside[comma + 1..at].trim()),
            '>' | ')' | ']' => depth = depth.checked_sub(1)?,
            ',' if depth == 0 => comma = Some(at),
            ';' | '{' => return None,
            _ => {}
        }
        before = letter;
    }
    None
}
