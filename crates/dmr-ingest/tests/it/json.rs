//! JSON and NDJSON as they are found: where the rows are, what is a row, and what is set aside (D1, D5, invariant 11).

use crate::world::{look, read, rendered, split, text, told, told_aside};
use dmr_ingest::{Input, Options, RowsAt, inspect};
use serde_json::json;

#[test]
fn d1_a_list_of_objects() {
    let (rows, aside) = read(&text("x.json", " [ {\"a\": 1.50, \"b\": [1, {\"c\": null}]} ,\n{\"a\": 12345678901234567890123}\n] \n"));
    insta::assert_snapshot!(rendered(&rows), @r#"
    1: {"a":1.50,"b":[1,{"c":null}]}
    2: {"a":12345678901234567890123}
    "#);
    assert_eq!(aside, []);
}

#[test]
fn d1_one_object_is_one_row() {
    let (rows, _) = read(&text("x.json", "{\n  \"a\": {\"b\": \"}\"},\n \"c\": [1, 2]\n}"));
    insta::assert_snapshot!(rendered(&rows), @r#"1: {"a":{"b":"}"},"c":[1,2]}"#);
}

#[test]
fn d1_objects_one_after_the_other() {
    let (rows, _) = read(&text("x.json", "{\n\"a\": 1\n}\n{\n\"a\": 2\n}{\"a\": [{\"b\": 1}]}"));
    insta::assert_snapshot!(rendered(&rows), @r#"
    1: {"a":1}
    4: {"a":2}
    6: {"a":[{"b":1}]}
    "#);
}

#[test]
fn d1_the_only_list_of_objects_in_an_object_holds_the_rows_and_that_is_told() {
    let input = text("x.json", r#"{"next": null, "tags": ["x"], "items": [{"a": 1}, {"a": 2}], "count": 2}"#);
    let inspection = look(&input);
    assert_eq!(
        inspection.layout.rows_at,
        RowsAt::Member { name: "items".into(), before: 2, beside: vec!["next".into(), "tags".into(), "count".into()] }
    );
    insta::assert_snapshot!(told(&inspection), @"
    X from JSON: 2 rows, 0 quarantined
    ! the rows are the elements of 'items'; beside it stand 'next', 'tags' and 'count', which are no rows and are not taken
    a: integer - integers
    ");
    insta::assert_snapshot!(rendered(&split(&input, &inspection).0), @r#"
    1: {"a":1}
    1: {"a":2}
    "#);
}

#[test]
fn d1_two_lists_of_objects_in_an_object_are_one_row() {
    let inspection = look(&text("x.json", r#"{"a": [{"x": 1}], "b": [{"y": 1}]}"#));
    assert_eq!((inspection.layout.rows_at, inspection.rows), (RowsAt::Top, 1));
}

#[test]
fn d5_elements_that_are_not_records_are_set_aside_and_the_rest_is_read() {
    let content = r#"[{"a": 1}, 7, "x", null, {"a": 2, "a": 3}, {"a": "\u0000"}, {"a": "\ud800"}, {"a": }, {"a": 1], {"a": 01}, {"a": 4}]"#;
    let (rows, aside) = read(&text("x.json", content));
    insta::assert_snapshot!(rendered(&rows), @r#"
    1: {"a":1}
    1: {"a":4}
    "#);
    insta::assert_snapshot!(told_aside(&aside), @r#"
    line 1 byte 11 ingest.element: a record is an object, this is a number | "7"
    line 1 byte 14 ingest.element: a record is an object, this is a text | "\"x\""
    line 1 byte 19 ingest.element: a record is an object, this is null | "null"
    line 1 byte 25 json.duplicate_key: The key "a" stands twice in one object (byte 10 of the record, in /a) | "{\"a\": 2, \"a\": 3}"
    line 1 byte 43 json.text: A text cannot hold U+0000 (byte 8 of the record, in /a) | "{\"a\": \"\\u0000\"}"
    line 1 byte 60 json.text: A text cannot hold half of a surrogate pair (byte 8 of the record, in /a) | "{\"a\": \"\\ud800\"}"
    line 1 byte 77 json.syntax: Expected a value, found '}' (byte 7 of the record, in /a) | "{\"a\": }"
    line 1 byte 86 json.syntax: Expected a comma or a closing brace, found ']' (byte 8 of the record) | "{\"a\": 1]"
    line 1 byte 96 json.syntax: A number does not start with a zero (byte 8 of the record, in /a) | "{\"a\": 01}"
    "#);
}

#[test]
fn d5_commas_that_are_missing_or_too_many_are_told() {
    let (rows, aside) = read(&text("x.json", r#"[,{"a": 1} {"a": 2},, {"a": 3},] {"a": 4}"#));
    insta::assert_snapshot!(rendered(&rows), @r#"
    1: {"a":1}
    1: {"a":3}
    "#);
    insta::assert_snapshot!(told_aside(&aside), @r#"
    line 1 byte 1 json.syntax: an element is missing before this comma | ","
    line 1 byte 11 json.syntax: a comma is missing before this record | "{\"a\": 2}"
    line 1 byte 20 json.syntax: an element is missing before this comma | ","
    line 1 byte 31 json.syntax: a list does not end with a comma | ","
    line 1 byte 33 json.syntax: the document ends before this | "{\"a\": 4}"
    "#);
}

#[test]
fn d5_a_list_that_is_cut_off_keeps_what_came_before() {
    let (rows, aside) = read(&text("x.json", r#"[{"a": 1}, {"a": 2}, {"a": "#));
    insta::assert_snapshot!(rendered(&rows), @r#"
    1: {"a":1}
    1: {"a":2}
    "#);
    insta::assert_snapshot!(told_aside(&aside), @r#"line 1 byte 21 json.syntax: the input ends before the record does | "{\"a\": ""#);
    let (rows, aside) = read(&text("x.json", r#"{"rows": [{"a": 1}, {"a": 2}"#));
    insta::assert_snapshot!(rendered(&rows), @r#"
    1: {"a":1}
    1: {"a":2}
    "#);
    insta::assert_snapshot!(told_aside(&aside), @r#"line 1 byte 28 json.syntax: the input ends before the list does | """#);
}

#[test]
fn d5_bad_lines_of_ndjson_are_set_aside() {
    let content = b"{\"a\": 1}\n\n{\"a\": \n[1]\n{\"a\": 2, \"a\": 2}\n{\"a\": \"\xFF\"}\r\n{\"a\": 3} x\n{\"a\": 4}";
    let (rows, aside) = read(&Input::bytes("x.jsonl", *content));
    insta::assert_snapshot!(rendered(&rows), @r#"
    1: {"a":1}
    8: {"a":4}
    "#);
    insta::assert_snapshot!(told_aside(&aside), @r#"
    line 3 byte 10 json.syntax: Expected a value, but the text ends (byte 6 of the record, in /a) | "{\"a\":"
    line 4 byte 17 ingest.element: a record is an object, this is a list | "[1]"
    line 5 byte 21 json.duplicate_key: The key "a" stands twice in one object (byte 10 of the record, in /a) | "{\"a\": 2, \"a\": 2}"
    line 6 byte 38 json.text: These bytes are not UTF-8 (byte 8 of the record, in /a) | "{\"a\": \"�\"}"
    line 7 byte 50 json.syntax: Expected nothing more after the value, found 'x' (byte 10 of the record) | "{\"a\": 3} x"
    "#);
}

#[test]
fn d5_nesting_of_100_000_is_set_aside() {
    let deep = format!("{{\"a\": {}{}}}", "[".repeat(100_000), "]".repeat(100_000));
    for content in [format!("[{{\"a\": 1}}, {deep}]"), format!("{{\"a\": 1}}\n{deep}\n")] {
        let (rows, aside) = read(&text("x.json", &content));
        assert_eq!((rows.len(), aside.len()), (1, 1));
        assert_eq!((aside[0].code.as_str(), aside[0].raw.len(), aside[0].length), ("json.depth", 64 * 1024, 200_007));
    }
}

#[test]
fn d5_records_that_are_too_long_are_set_aside() {
    let long = format!("{{\"a\": \"{}\"}}", "x".repeat(1_000_000));
    for (name, content) in
        [("x.json", format!("[{{\"a\": 1}}, {long}, {{\"a\": 2}}]")), ("x.jsonl", format!("{{\"a\": 1}}\n{long}\n{{\"a\": 2}}\n"))]
    {
        let input = text(name, &content);
        let inspection = inspect(&input, &Options { longest: 1, ..Options::default() }, &mut |_| {}).unwrap();
        let (rows, aside) = split(&input, &inspection);
        assert_eq!(rows.iter().map(|row| row.values["a"].to_string()).collect::<Vec<_>>(), ["1", "2"]);
        assert_eq!((aside[0].code.as_str(), aside[0].raw.len(), aside[0].length), ("ingest.too_large", 64 * 1024, 1_000_009));
        assert_eq!(
            aside[0].message,
            "the record is longer than the 262144 bytes allowed; only the first 65536 of its 1000009 bytes are kept"
        );
    }
}

#[test]
fn d1_posted_records() {
    let input = Input::records("customer orders", vec![json!({"_id": 1, "a": "x"}), json!([1]), json!({"_id": 2})]);
    let inspection = look(&input);
    insta::assert_snapshot!(told(&inspection), @"
    CustomerOrders from records: 2 rows, 1 quarantined
    ! '_id' is the field 'id_'
    id_: integer - integers
    a: text - texts, as the source has them; 1 absent
    ");
    let (rows, aside) = split(&input, &inspection);
    insta::assert_snapshot!(rendered(&rows), @r#"
    1: {"id_":1,"a":"x"}
    3: {"id_":2}
    "#);
    insta::assert_snapshot!(told_aside(&aside), @r#"line 2 byte 0 ingest.element: a record is an object, this is a list | "[1]""#);
}
