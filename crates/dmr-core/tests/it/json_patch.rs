//! JSON Patch by itself (R1): the examples of RFC 6902, appendix A, and what its operations may not do.

use dmr_core::Value;
use dmr_core::command::JsonPatch;
use serde_json::json;

/// The document after a patch, or what is against it.
fn patched(mut document: Value, patch: Value) -> String {
    let told = |issues: &[dmr_core::Issue]| {
        issues.iter().map(|issue| format!("{} {} {}", issue.pointer, issue.code.as_str(), issue.message)).collect::<Vec<_>>().join("\n")
    };
    match JsonPatch::read(patch) {
        Err(problem) if problem.errors.is_empty() => problem.to_string(),
        Err(problem) => told(&problem.errors),
        Ok(patch) => match patch.apply(&mut document, &mut |_, _, _| Vec::new()) {
            Ok(()) => document.to_string(),
            Err(issues) => told(&issues),
        },
    }
}

#[test]
fn r1_the_examples_of_rfc_6902() {
    let examples = [
        ("A.1", json!({"foo": "bar"}), json!([{"op": "add", "path": "/baz", "value": "qux"}])),
        ("A.2", json!({"foo": ["bar", "baz"]}), json!([{"op": "add", "path": "/foo/1", "value": "qux"}])),
        ("A.3", json!({"baz": "qux", "foo": "bar"}), json!([{"op": "remove", "path": "/baz"}])),
        ("A.4", json!({"foo": ["bar", "qux", "baz"]}), json!([{"op": "remove", "path": "/foo/1"}])),
        ("A.5", json!({"baz": "qux", "foo": "bar"}), json!([{"op": "replace", "path": "/baz", "value": "boo"}])),
        (
            "A.6",
            json!({"foo": {"bar": "baz", "waldo": "fred"}, "qux": {"corge": "grault"}}),
            json!([{"op": "move", "from": "/foo/waldo", "path": "/qux/thud"}]),
        ),
        ("A.7", json!({"foo": ["all", "grass", "cows", "eat"]}), json!([{"op": "move", "from": "/foo/1", "path": "/foo/3"}])),
        (
            "A.8",
            json!({"baz": "qux", "foo": ["a", 2, "c"]}),
            json!([{"op": "test", "path": "/baz", "value": "qux"}, {"op": "test", "path": "/foo/1", "value": 2}]),
        ),
        ("A.9", json!({"baz": "qux"}), json!([{"op": "test", "path": "/baz", "value": "bar"}])),
        ("A.10", json!({"foo": "bar"}), json!([{"op": "add", "path": "/child", "value": {"grandchild": {}}}])),
        ("A.11", json!({"foo": "bar"}), json!([{"op": "add", "path": "/baz", "value": "qux", "xyz": 123}])),
        ("A.12", json!({"foo": "bar"}), json!([{"op": "add", "path": "/baz/bat", "value": "qux"}])),
        ("A.14", json!({"/": 9, "~1": 10}), json!([{"op": "test", "path": "/~01", "value": 10}])),
        ("A.15", json!({"/": 9, "~1": 10}), json!([{"op": "test", "path": "/~01", "value": "10"}])),
        ("A.16", json!({"foo": ["bar"]}), json!([{"op": "add", "path": "/foo/-", "value": ["abc", "def"]}])),
    ];
    let told: Vec<String> = examples.into_iter().map(|(name, document, patch)| format!("{name}: {}", patched(document, patch))).collect();
    insta::assert_snapshot!(told.join("\n"), @r#"
    A.1: {"foo":"bar","baz":"qux"}
    A.2: {"foo":["bar","qux","baz"]}
    A.3: {"foo":"bar"}
    A.4: {"foo":["bar","baz"]}
    A.5: {"baz":"boo","foo":"bar"}
    A.6: {"foo":{"bar":"baz"},"qux":{"corge":"grault","thud":"fred"}}
    A.7: {"foo":["all","cows","eat","grass"]}
    A.8: {"baz":"qux","foo":["a",2,"c"]}
    A.9: /0/value patch.test `/baz` is not the value that was expected
    A.10: {"foo":"bar","child":{"grandchild":{}}}
    A.11: {"foo":"bar","baz":"qux"}
    A.12: /0/path patch.path there is nothing at `/baz/bat` in the record
    A.14: {"/":9,"~1":10}
    A.15: /0/value patch.test `/~01` is not the value that was expected
    A.16: {"foo":["bar",["abc","def"]]}
    "#);
}

#[test]
fn r1_what_is_no_patch_is_told_at_once() {
    insta::assert_snapshot!(patched(json!({}), json!([
        {"op": "ad", "path": "/a", "value": 1}, 3, {"op": "add", "path": "a"}, {"op": "copy", "path": "/a"},
        {"op": "test", "path": "/~2", "value": null}, {"path": "/a"}
    ])), @r#"
    /0/op body.shape `op` is add, remove, replace, move, copy or test
    /1 body.shape an operation is an object: {op, path, value or from}
    /2/path body.shape `path` is a JSON pointer: it begins with `/`, and `~` stands only in `~0` and `~1`
    /2/value body.shape `add` needs a `value`
    /3/from body.shape `from` is a JSON pointer: "/price"
    /4/path body.shape `path` is a JSON pointer: it begins with `/`, and `~` stands only in `~0` and `~1`
    /5/op body.shape `op` is add, remove, replace, move, copy or test
    "#);
    let into_itself = json!([{"op": "move", "from": "/a", "path": "/a/b"}]);
    insta::assert_snapshot!(patched(json!({"a": {}}), into_itself), @"/0/path patch.path nothing can be moved into itself");
    insta::assert_snapshot!(patched(json!({}), json!({"op": "add"})), @" body.shape a JSON Patch is a list of operations");
    insta::assert_snapshot!(patched(json!({}), Value::Array(vec![json!({"op": "remove", "path": "/a"}); 1_001])), @"a JSON Patch has at most 1000 operations (bulk.too_many)");
}

#[test]
fn r1_numbers_are_compared_as_numbers_and_places_are_plain() {
    let document = json!({"n": 1.0, "big": "x", "list": [1, 2], "o": {"a": 1, "b": [1e2]}});
    let test = |path: &str, value: Value| patched(document.clone(), json!([{"op": "test", "path": path, "value": value}]));
    assert_eq!(test("/n", json!(1)), document.to_string());
    assert_eq!(test("/o", json!({"b": [100], "a": 1})), document.to_string());
    assert_eq!(test("/list/01", json!(2)), "/0/value patch.test `/list/01` is not there");
    assert_eq!(test("/list/-", json!(2)), "/0/value patch.test `/list/-` is not there");
    let add = |path: &str| patched(document.clone(), json!([{"op": "add", "path": path, "value": 0}]));
    assert_eq!(add("/list/3"), "/0/path patch.path there is nothing at `/list/3` in the record");
    assert_eq!(add("/big/x"), "/0/path patch.path there is nothing at `/big/x` in the record");
    let both =
        json!([{"op": "test", "path": "/n", "value": 2}, {"op": "test", "path": "/big", "value": "y"}, {"op": "remove", "path": "/zz"}]);
    assert_eq!(patched(document.clone(), both).lines().count(), 3, "every failed test is told");
}

#[test]
fn r1_a_small_patch_makes_no_large_document() {
    let double: Vec<Value> = (0..60).map(|at| json!({"op": "copy", "from": "", "path": format!("/c{at}")})).collect();
    insta::assert_snapshot!(patched(json!({"text": "x".repeat(100)}), Value::Array(double)), @"/14 body.too_large the operations of this JSON Patch copy and move more than allowed");
    let deeper: Vec<Value> = (0..60).map(|_| json!({"op": "copy", "from": "/a", "path": "/a/a"})).collect();
    assert_eq!(patched(json!({"a": {}}), Value::Array(deeper)).lines().count(), 1);
    let deep: Vec<Value> = (1..300).map(|at| json!({"op": "add", "path": "/a".repeat(at), "value": {}})).collect();
    insta::assert_snapshot!(patched(json!({}), Value::Array(deep)), @"/127/path json.depth a record is nested at most 128 deep");
    let front: Vec<Value> = (0..1_000).map(|_| json!({"op": "add", "path": "/list/0", "value": 0})).collect();
    insta::assert_snapshot!(patched(json!({"list": vec![0; 10_000]}), Value::Array(front)), @"/411 body.too_large the operations of this JSON Patch copy and move more than allowed");
}
