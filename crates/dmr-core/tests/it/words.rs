//! U4: numbers in sentences.

use dmr_core::name::ambiguous;
use dmr_core::words::{count, either, of};
use dmr_core::{Code, Issue, Problem};

#[test]
fn u4_one_thing_is_said_as_one_and_others_as_several() {
    let records: Vec<String> = [0, 1, 2, 1000].into_iter().map(|number| count(number, "record")).collect();
    assert_eq!(records, ["0 records", "1 record", "2 records", "1000 records"]);
    assert_eq!((of(1, "row"), of(0, "row")), ("row".to_owned(), "rows".to_owned()));
    assert_eq!([0, 1, 2].map(|number| either(number, "has", "have")), ["have", "has", "have"]);
}

#[test]
fn r4_a_problem_of_one_issue_says_it_and_one_of_several_counts_them() {
    let issue = || Issue::body("/a", Code::ValueType, "must be a text");
    let detail = |issues| Problem::of(Code::ValueInvalid, issues).detail;
    assert_eq!(detail(vec![issue()]), "must be a text");
    assert_eq!(detail(vec![issue(); 2]), "2 problems; the first: must be a text");
    let many = Problem::of(Code::ValueInvalid, vec![issue(); 101]);
    assert_eq!((many.detail.as_str(), many.errors.len(), many.more), ("101 problems; the first: must be a text", 100, 1));
    let more = many.and(vec![issue()]);
    assert_eq!((more.detail.as_str(), more.errors.len(), more.more), ("102 problems; the first: must be a text", 100, 2));
    assert_eq!(ambiguous("Cup", vec!["a.Cup".into(), "b.Cup".into()]).detail, "`Cup` is the short name of 2 models");
}
