//! Nothing is left half done: no placeholder in code, no reminder in a comment, no test that is not run.

use super::source::Source;
use super::{Finding, House};

const IN_CODE: [(&str, &str); 4] = [
    ("todo!", "build it, or refuse it by name"),
    ("unimplemented!", "build it, or refuse it by name"),
    ("dbg!", "take it out"),
    ("#[ignore", "a test runs or goes"),
];
const IN_COMMENTS: [&str; 3] = ["TODO", "FIXME", "XXX"];

/// Finds them.
pub fn check(house: &House, findings: &mut Vec<Finding>) {
    for source in &house.sources {
        for (mark, remedy) in IN_CODE {
            for (at, _) in source.code.match_indices(mark) {
                findings.push(Finding::at(&source.path, source.line(at), format!("`{mark}`: {remedy}")));
            }
        }
        for mark in IN_COMMENTS {
            for at in Source::words(&source.comments, mark) {
                findings.push(Finding::at(&source.path, source.line(at), format!("`{mark}`: do it now, or say it in an issue")));
            }
        }
    }
}
