//! Reading and writing JSON: what is refused and where, and that nothing is lost (R4, invariants 10 and 11).

use dmr_core::json::{self, Limits, ParseError, raw};
use dmr_core::{Code, Problem, Value};
use proptest::prelude::*;
use serde_json::json;

use crate::values::{any_value, number_text, text, value};

/// What is told of a text that is refused.
fn told(text: &[u8]) -> String {
    let error = json::parse(text).unwrap_err();
    let ParseError { code, byte, line, column, pointer, message } = error;
    format!("{} at {byte} ({line}:{column}) in {pointer:?}: {message}", code.as_str())
}

fn all_told(texts: &[&str]) -> String {
    texts.iter().map(|text| told(text.as_bytes())).collect::<Vec<_>>().join("\n")
}

#[test]
fn r4_numbers_keep_every_digit() {
    for text in ["-0", "1e3", "1E+03", "12345678901234567890123", "1e400", "0.1000", "-0.0", "9007199254740993", "1e-9999"] {
        assert_eq!(json::to_string(&value(text)), text);
    }
}

#[test]
fn r4_members_keep_their_order() {
    let text = r#"{"z":1,"a":[true,false,null,{"y":{},"b":[]}],"m":"x"}"#;
    assert_eq!(json::to_string(&value(text)), text);
}

#[test]
fn r4_escapes_are_read() {
    assert_eq!(value(r#""\"\\\/\b\f\n\r\t\u00e9\uD83D\ude00é""#), json!("\"\\/\u{8}\u{c}\n\r\té😀é"));
    assert_eq!(json::to_string(&json!("\u{1}\u{1f}\"\\\n\u{7f}é😀")), "\"\\u0001\\u001f\\\"\\\\\\n\u{7f}é😀\"");
}

#[test]
fn r4_what_has_no_single_meaning_is_refused_with_its_place() {
    insta::assert_snapshot!(all_told(&[
        r#"{"a":1,"b":2,"a":3}"#,
        r#"{"list":[0,{"a/b~":{"k":1,"\u006b":2}}]}"#,
        r#"["\ud800"]"#,
        r#"{"a":"x\udc00"}"#,
        r#"{"a":"\ud83dx"}"#,
        r#"{"a":"\ud83d\u0041"}"#,
        r#"["a\u0000b"]"#,
        "[\"a\0b\"]",
        r#"{"a\u0000":1}"#,
    ]), @r#"
    json.duplicate_key at 13 (1:14) in "/a": The key "a" stands twice in one object
    json.duplicate_key at 26 (1:27) in "/list/1/a~1b~0/k": The key "k" stands twice in one object
    json.text at 2 (1:3) in "/0": A text cannot hold half of a surrogate pair
    json.text at 7 (1:8) in "/a": A text cannot hold half of a surrogate pair
    json.text at 6 (1:7) in "/a": A text cannot hold half of a surrogate pair
    json.text at 6 (1:7) in "/a": A text cannot hold half of a surrogate pair
    json.text at 3 (1:4) in "/0": A text cannot hold U+0000
    json.text at 3 (1:4) in "/0": A text cannot hold U+0000
    json.text at 3 (1:4) in "": A text cannot hold U+0000
    "#);
}

#[test]
fn r4_bytes_that_are_not_utf8_are_refused_with_their_place() {
    let texts: [&[u8]; 5] = [b"\xff", b"{\"a\":[\"\xc3\xa9\",\n\"\xc3\xa9\xe9\"]}", b"{\"a\":1,\xff}", b"{\"a\" 1,\"\xff\"}", b"[1]\xff"];
    insta::assert_snapshot!(texts.map(told).join("\n"), @r#"
    json.text at 0 (1:1) in "": These bytes are not UTF-8
    json.text at 15 (2:3) in "/a/1": These bytes are not UTF-8
    json.text at 7 (1:8) in "": These bytes are not UTF-8
    json.syntax at 5 (1:6) in "/a": Expected a colon after the key, found '1'
    json.text at 3 (1:4) in "": These bytes are not UTF-8
    "#);
}

#[test]
fn r4_what_is_not_json_is_refused_with_its_place() {
    insta::assert_snapshot!(all_told(&[
        "",
        " \n\t",
        "\u{feff}{}",
        "{",
        "[1,",
        "[1,]",
        r#"{"a":1,}"#,
        r#"{"a":1 "b":2}"#,
        r#"{"a" 1}"#,
        "{a:1}",
        "{'a':1}",
        "{\n  \"é\": [1,\n  \"ü\" tru]\n}",
        "nul",
        "truefalse",
        "[1] [2]",
        "NaN",
        "-",
        "+1",
        "01",
        "-01",
        "1.",
        ".5",
        "1e",
        "1e+",
        "0x1F",
        r#""abc"#,
        r#""abc\"#,
        r#""\x""#,
        r#""\u12g4""#,
        r#""\ud83d\u12"#,
        "\"a\tb\"",
        "// no comments\n1",
    ]), @r#"
    json.syntax at 0 (1:1) in "": The text is empty
    json.syntax at 3 (2:2) in "": The text is empty
    json.syntax at 0 (1:1) in "": The text starts with a byte order mark; JSON has none
    json.syntax at 1 (1:2) in "": Expected a key in double quotes, but the text ends
    json.syntax at 3 (1:4) in "/1": Expected a value, but the text ends
    json.syntax at 3 (1:4) in "": A comma stands before the closing bracket
    json.syntax at 7 (1:8) in "": A comma stands before the closing brace
    json.syntax at 7 (1:8) in "": Expected a comma or a closing brace, found '"'
    json.syntax at 5 (1:6) in "/a": Expected a colon after the key, found '1'
    json.syntax at 1 (1:2) in "": Expected a key in double quotes, found 'a'
    json.syntax at 1 (1:2) in "": Expected a key in double quotes, found '\''
    json.syntax at 21 (3:7) in "/é": Expected a comma or a closing bracket, found 't'
    json.syntax at 0 (1:1) in "": Expected a value, found 'n'
    json.syntax at 4 (1:5) in "": Expected nothing more after the value, found 'f'
    json.syntax at 4 (1:5) in "": Expected nothing more after the value, found '['
    json.syntax at 0 (1:1) in "": Expected a value, found 'N'
    json.syntax at 1 (1:2) in "": A minus sign is followed by a digit
    json.syntax at 0 (1:1) in "": Expected a value, found '+'
    json.syntax at 1 (1:2) in "": A number does not start with a zero
    json.syntax at 2 (1:3) in "": A number does not start with a zero
    json.syntax at 2 (1:3) in "": A decimal point is followed by a digit
    json.syntax at 0 (1:1) in "": Expected a value, found '.'
    json.syntax at 2 (1:3) in "": An exponent has a digit
    json.syntax at 3 (1:4) in "": An exponent has a digit
    json.syntax at 1 (1:2) in "": Expected nothing more after the value, found 'x'
    json.syntax at 4 (1:5) in "": The text ends inside a string
    json.syntax at 5 (1:6) in "": The text ends inside a string
    json.syntax at 1 (1:2) in "": There is no such escape; a backslash itself is written \\
    json.syntax at 1 (1:2) in "": \u is followed by four hexadecimal digits
    json.syntax at 7 (1:8) in "": \u is followed by four hexadecimal digits
    json.syntax at 2 (1:3) in "": A control character in a string is written as an escape
    json.syntax at 0 (1:1) in "": Expected a value, found '/'
    "#);
}

#[test]
fn r4_depth_is_bounded_and_the_stack_is_not_touched() {
    let nested = |depth: usize| format!("{}{}", "[".repeat(depth), "]".repeat(depth));
    assert!(json::parse(nested(128).as_bytes()).is_ok());
    assert!(json::parse_with(nested(10_000).as_bytes(), Limits { depth: usize::MAX, ..Limits::default() }).is_err());
    let deep = json::parse("[".repeat(100_000).as_bytes()).unwrap_err();
    assert_eq!((deep.code, deep.byte, deep.pointer), (Code::JsonDepth, 128, "/0".repeat(128)));
    assert_eq!(json::parse(r#"{"a":"#.repeat(100_000).as_bytes()).unwrap_err().code, Code::JsonDepth);
    // Breadth is not depth.
    assert!(json::parse(format!("[{}1]", "[[]],".repeat(10_000)).as_bytes()).is_ok());
}

#[test]
fn r4_length_is_bounded() {
    let limits = Limits { bytes: 4, ..Limits::default() };
    assert_eq!(json::parse_with(b"1234", limits).unwrap(), json!(1234));
    insta::assert_snapshot!(json::parse_with(b"12345", limits).unwrap_err(), @"The text has 5 bytes; at most 4 are allowed (line 1, column 5)");
}

#[test]
fn r4_an_error_becomes_a_problem() {
    let problem = Problem::from(json::parse(b"{\"a\": [1,\n 2, x]}").unwrap_err());
    insta::assert_snapshot!(problem.to_json(), @r#"{"type":"https://dmr.dev/problems/json.syntax","title":"The text is not JSON","status":400,"detail":"Expected a value, found 'x' (line 2, column 5)","code":"json.syntax","errors":[{"in":"body","pointer":"/a/2","code":"json.syntax","message":"Expected a value, found 'x' (line 2, column 5)"}]}"#);
}

#[test]
fn r4_a_key_that_another_parser_treats_specially_is_a_key() {
    let text = r#"{"$serde_json::private::Number":"1"}"#;
    assert_eq!(json::to_string(&value(text)), text);
    assert!(raw::value(text.as_bytes()).is_object());
}

#[test]
fn long_texts_are_read_whole() {
    let long = "é\"x".repeat(400_000);
    assert_eq!(value(&json::to_string(&Value::String(long.clone()))), Value::String(long));
}

#[test]
fn raw_walks_what_was_written() {
    let text = br#"{"1":"a,\"}","2":[1,{"x":[]},"]"],"3":-1.5e3,"4":null,"5":{}}"#;
    let shown: Vec<_> = raw::members(text).map(|(key, value)| (text_of(key), text_of(value))).collect();
    assert_eq!(shown, [("1", r#""a,\"}""#), ("2", r#"[1,{"x":[]},"]"]"#), ("3", "-1.5e3"), ("4", "null"), ("5", "{}")]);
    let list = raw::get(text, b"2").unwrap();
    assert_eq!(raw::elements(list).map(text_of).collect::<Vec<_>>(), ["1", r#"{"x":[]}"#, r#""]""#]);
    assert_eq!(raw::get(text, b"6"), None);
    assert_eq!(raw::text(raw::get(text, b"1").unwrap()).unwrap(), "a,\"}");
    assert_eq!(raw::text(b"12"), None);
    assert_eq!(raw::members(b"{}").count() + raw::elements(b"[]").count() + raw::elements(b"").count(), 0);
}

fn text_of(bytes: &[u8]) -> &str {
    std::str::from_utf8(bytes).unwrap()
}

proptest! {
    #[test]
    fn r4_what_is_written_reads_back(value in any_value()) {
        let text = json::to_string(&value);
        let again = json::parse(text.as_bytes()).unwrap();
        prop_assert_eq!(&again, &value);
        prop_assert_eq!(json::to_string(&again), text);
    }

    #[test]
    fn r4_spaces_say_nothing(value in any_value()) {
        let pretty = serde_json::to_string_pretty(&value).unwrap();
        prop_assert_eq!(json::parse(pretty.as_bytes()).unwrap(), value);
    }

    #[test]
    fn r4_number_texts_come_back(text in number_text()) {
        prop_assert_eq!(json::to_string(&value(&text)), text);
    }

    /// Another reader is the judge: we accept nothing that it refuses, and refuse only for the reasons that are ours.
    #[test]
    fn r4_refuses_only_for_its_own_reasons(text in "[\\[\\]{}\",:0-9a\\-+.eE \\\\u]{0,14}|(\\{(\"[ab]\":[0-9\\[\\]\"truefalsn.-]{1,6},?){1,3}\\})") {
        let theirs = serde_json::from_str::<Value>(&text);
        match json::parse(text.as_bytes()) {
            Ok(_) => prop_assert!(theirs.is_ok(), "accepted {text:?}"),
            Err(error) if theirs.is_ok() => prop_assert_eq!(error.code, Code::JsonDuplicateKey, "refused {:?}", text),
            Err(_) => {}
        }
    }

    #[test]
    fn r4_no_bytes_make_it_panic(bytes in prop::collection::vec(any::<u8>(), 0..60)) {
        if let Err(error) = json::parse(&bytes) {
            prop_assert!(error.byte <= bytes.len());
        }
    }

    #[test]
    fn raw_sees_what_the_reader_sees(value in any_value()) {
        let text = json::to_string(&value);
        let bytes = text.as_bytes();
        prop_assert_eq!(raw::value(bytes), value.clone());
        prop_assert_eq!(raw::length(format!("{text},1").as_bytes()), text.len());
        prop_assert_eq!(raw::text(bytes), value.as_str().map(Into::into));
        if let Value::Object(map) = &value {
            let members: Vec<_> = raw::members(bytes).map(|(key, member)| (quoted(key), raw::value(member))).collect();
            let expected: Vec<_> = map.iter().map(|(key, member)| (key.clone(), member.clone())).collect();
            prop_assert_eq!(members, expected);
        }
        if let Value::Array(list) = &value {
            prop_assert_eq!(&raw::elements(bytes).map(raw::value).collect::<Vec<_>>(), list);
        }
    }

    #[test]
    fn raw_ends_on_anything(bytes in prop_oneof![prop::collection::vec(any::<u8>(), 0..40), "[\\[\\]{}\",:\\\\u1 a]{0,40}".prop_map(String::into_bytes)]) {
        let walked: usize = raw::members(&bytes).map(|(_, member)| member.len()).chain(raw::elements(&bytes).map(<[u8]>::len)).sum();
        prop_assert!(walked <= 2 * bytes.len());
        prop_assert!(raw::length(&bytes) <= bytes.len());
        raw::text(&bytes);
        raw::value(&bytes);
    }

    #[test]
    fn a_string_is_written_as_a_string(text in text()) {
        let mut out = Vec::new();
        json::write_str(&text, &mut out);
        prop_assert_eq!(serde_json::from_slice::<String>(&out).unwrap(), text);
    }
}

/// The key that its escaped text stands for.
fn quoted(key: &[u8]) -> String {
    raw::text(&[b"\"", key, b"\""].concat()).unwrap().into_owned()
}
