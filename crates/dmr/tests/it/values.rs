//! Validation and coercion (R4), every constraint (M6), values without loss (invariant 10).

use crate::world::{Outcome, Person, id, on_both, told};
use dmr::core::builder::{ModelBuilder, boolean, date, date_time, decimal, email, integer, list, number, object, text, time, url, uuid};
use serde_json::json;

/// A model with every constraint the builder knows.
fn every_constraint(admin: &Person) {
    let model = ModelBuilder::new("Every")
        .field("gt", number().gt(0).optional())
        .field("ge", number().ge(0).optional())
        .field("lt", number().lt(10).optional())
        .field("le", number().le(10).optional())
        .field("step", number().multiple_of(5).optional())
        .field("places", decimal().decimal_places(2).optional())
        .field("short", text().max_length(3).optional())
        .field("long", text().min_length(3).optional())
        .field("shaped", text().pattern("^[a-z]+$").optional())
        .field("chosen", text().one_of(["red", "blue"]).optional())
        .field("few", list(integer()).max_items(2).optional())
        .field("many", list(integer()).min_items(2).optional())
        .field("apart", list(integer()).unique_items().optional())
        .field("mail", email().optional())
        .field("link", url().optional())
        .field("ref", uuid().optional())
        .field("day", date().optional())
        .field("hour", time().optional())
        .field("moment", date_time().optional())
        .field("yes", boolean().optional())
        .field("part", object().field("deep", integer().ge(1)).optional())
        .field("given", integer().default(7))
        .build()
        .done();
    admin.registers(model).done();
}

#[test]
fn m6_every_constraint_holds_and_every_violation_is_told_at_once() {
    on_both(|world| {
        let admin = world.admin();
        every_constraint(&admin);
        let wrong = json!({
            "gt": 0, "ge": -1, "lt": 10, "le": 10.5, "step": 7, "places": "1.234", "short": "four", "long": "ab", "shaped": "A1", "chosen": "green",
            "few": [1, 2, 3], "many": [1], "apart": [1, 1], "mail": "nobody", "link": "not a link", "ref": "xyz", "day": "2026-02-30",
            "hour": "25:00:00", "moment": "yesterday", "yes": "maybe", "part": { "deep": 0 }, "unknown": 1,
        });
        let told = admin.creates("Every", wrong).refused();
        let lines: Vec<String> = told["errors"]
            .as_array()
            .unwrap()
            .iter()
            .map(|issue| {
                let text = |member: &str| issue[member].as_str().unwrap_or("-").to_owned();
                format!("{} {} {}: {}", text("pointer"), text("code"), text("rule"), text("message"))
            })
            .collect();
        insta::assert_snapshot!(lines.join("\n"), @r#"
        /unknown field.undeclared -: the model has no field `unknown`
        /ref value.type -: not a uuid
        /day value.type -: not a date
        /hour value.type -: not a time
        /moment value.type -: not a date-time
        /yes value.type -: not a boolean: a string was given
        /gt value.rule exclusiveMinimum: must be greater than 0
        /ge value.rule minimum: must be at least 0
        /lt value.rule exclusiveMaximum: must be less than 10
        /le value.rule maximum: must be at most 10
        /step value.rule multipleOf: must be a multiple of 5
        /places value.rule multipleOf: must be a multiple of 0.01
        /short value.rule maxLength: must have at most 3 characters
        /long value.rule minLength: must have at least 3 characters
        /shaped value.rule pattern: must match the pattern ^[a-z]+$
        /chosen value.rule enum: must be one of "red", "blue"
        /few value.rule maxItems: must have at most 2 elements
        /many value.rule minItems: must have at least 2 elements
        /apart value.rule uniqueItems: must not have the same element twice
        /mail value.rule format: must be an e-mail address
        /link value.rule format: must be a whole address with its scheme: https://example.org/
        /part/deep value.rule minimum: must be at least 1
        "#);
        let right = json!({
            "gt": 0.1, "ge": 0, "lt": 9.9, "le": 10, "step": 10, "places": "1.23", "short": "abc", "long": "abc", "shaped": "az", "chosen": "red",
            "few": [1, 2], "many": [1, 2], "apart": [1, 2], "mail": "ana@example.org", "link": "https://example.org/a?b=c", "ref": "0190a000-0000-7000-8000-000000000000",
            "day": "2026-02-28", "hour": "23:59:59", "moment": "2026-01-01T12:00:00+02:00", "yes": true, "part": { "deep": 1 },
        });
        let mut expected = right.clone();
        expected["given"] = json!(7);
        let mut told = admin.creates("Every", right).done();
        told.as_object_mut().unwrap().retain(|name, _| !name.starts_with('_'));
        assert_eq!(told, expected, "what was sent, and the default");
    });
}

#[test]
fn r4_values_are_read_without_loss_and_refused_where_they_would_lose() {
    on_both(|world| {
        let admin = world.admin();
        admin.registers(json!({ "name": "Num", "schema": { "type": "object", "properties": { "i": { "type": "integer" }, "n": { "type": "number" }, "d": { "type": "string", "format": "decimal" }, "t": { "type": "string" }, "at": { "type": "string", "format": "date-time" }, "any": {} } } })).done();
        let kept = [
            r#"{"i":9223372036854775807}"#,
            r#"{"i":-9223372036854775808}"#,
            r#"{"n":12345678901234567890123}"#,
            r#"{"n":0.1}"#,
            r#"{"n":-0.0}"#,
            r#"{"n":1e308}"#,
            r#"{"n":1e400}"#,
            r#"{"n":9007199254740993}"#,
            r#"{"d":"1234567890123456789012345678901234567.890"}"#,
            r#"{"t":""}"#,
            r#"{"t":"ß İ e\u0301 🦀"}"#,
            r#"{"at":"2026-01-01T12:00:00+02:00"}"#,
            r#"{"any":[1,null,{"a":1.50}]}"#,
            r#"{"extra":1e400}"#,
            r#"{"any":0.30000000000000000004}"#,
        ];
        for text in kept {
            let made = admin.creates_text("Num", text).unwrap_or_else(|problem| panic!("{text}: {problem:?}"));
            let told = admin.get("Num", &id(&made), &dmr::Get::default()).done();
            let mut out = Vec::new();
            told.write_json(&mut out);
            let out = String::from_utf8(out).unwrap();
            let inner = text.trim_start_matches('{').trim_end_matches('}').replace(r"e\u0301", "e\u{301}");
            assert!(out.contains(&inner), "{text} came back as {out}");
        }
        let refused = [
            r#"{"i":9223372036854775808}"#,
            r#"{"i":1.5}"#,
            r#"{"i":"1"}"#,
            r#"{"n":"1"}"#,
            r#"{"d":1.5e400}"#,
            r#"{"d":"x"}"#,
            r#"{"t":1}"#,
            r#"{"at":"2026-01-01"}"#,
            r#"{"t":"\u0000"}"#,
            r#"{"t":"\ud800"}"#,
            r#"{"t":"a","t":"b"}"#,
            r#"{"t":"#,
            "[]",
            "7",
            "",
        ];
        let told: Vec<String> = refused
            .iter()
            .map(|text| {
                let problem = admin.creates_text("Num", text).expect_err(text);
                let issue = problem.errors.first().map(|issue| format!(" {} {}", issue.pointer, issue.code.as_str())).unwrap_or_default();
                format!("{text}: {} {}{issue}", problem.status(), problem.code.as_str())
            })
            .collect();
        insta::assert_snapshot!(told.join("\n"), @r#"
        {"i":9223372036854775808}: 422 record.invalid /i value.range
        {"i":1.5}: 422 record.invalid /i value.type
        {"i":"1"}: 422 record.invalid /i value.type
        {"n":"1"}: 422 record.invalid /n value.type
        {"d":1.5e400}: 422 record.invalid /d value.type
        {"d":"x"}: 422 record.invalid /d value.type
        {"t":1}: 422 record.invalid /t value.type
        {"at":"2026-01-01"}: 422 record.invalid /at value.type
        {"t":"\u0000"}: 400 json.text /t json.text
        {"t":"\ud800"}: 400 json.text /t json.text
        {"t":"a","t":"b"}: 400 json.duplicate_key /t json.duplicate_key
        {"t":: 400 json.syntax /t json.syntax
        []: 400 body.shape  body.shape
        7: 400 body.shape  body.shape
        : 400 json.syntax  json.syntax
        "#);
    });
}

#[test]
fn r4_one_is_one_however_it_is_written() {
    on_both(|world| {
        let admin = world.admin();
        admin.registers(json!({ "name": "Num", "unique": [["n"]], "schema": { "type": "object", "properties": { "i": { "type": "integer" }, "n": { "type": "number" } } } })).done();
        let made = admin.creates_text("Num", r#"{"i": 1.0, "n": 1.0}"#).done();
        assert_eq!(admin.column("Num", "n=1", "_id"), [made["_id"].clone()]);
        assert_eq!(admin.creates_text("Num", r#"{"n": 1e0}"#).refused()["code"], "unique.taken");
        assert_eq!(admin.creates_text("Num", r#"{"i": 1e2}"#).done()["i"], 100);
    });
}

#[test]
fn r4_refused_values_are_shown_cut_and_write_only_ones_never() {
    on_both(|world| {
        let admin = world.admin();
        admin.registers(json!({ "name": "User", "schema": { "type": "object", "properties": { "name": { "type": "string", "maxLength": 5 }, "secret": { "type": "string", "maxLength": 5, "writeOnly": true } } } })).done();
        let told = admin.creates("User", json!({ "name": "x".repeat(1000), "secret": "hunter2hunter2" })).refused();
        assert!(!told.to_string().contains("hunter2"), "{told}");
        assert_eq!(told["errors"][0]["value"].as_str().unwrap().chars().count(), 101);
        assert_eq!(told["errors"].as_array().unwrap().len(), 2);
    });
}

/// A rule about a whole record is broken by what one sends and what one does not see.
#[test]
fn r4_p6_a_rule_about_an_object_shows_nothing_hidden_in_it() {
    on_both(|world| {
        let admin = world.admin();
        let all = json!(["create", "read", "update", "delete", "list"]);
        admin
            .registers(json!({
                "name": "User",
                "schema": {
                    "type": "object",
                    "properties": {
                        "name": { "type": "string" }, "password": { "type": "string", "writeOnly": true }, "sec": { "type": "string" }, "note": { "type": "string" },
                        "part": { "type": "object", "properties": { "open": { "type": "string" }, "shut": { "type": "string" } }, "maxProperties": 1 },
                    },
                    "maxProperties": 3,
                },
                "permissions": { "models": { "admin": all, "R": all }, "columns": { "sec": {}, "part.shut": {} } },
            }))
            .done();
        let user = id(&admin.creates("User", json!({ "name": "ana", "password": "hunter2", "sec": "hunter2" })).done());
        let other = id(&admin.creates("User", json!({ "part": { "shut": "hunter2" } })).done());
        for who in [admin, world.person("r", &["R"])] {
            for refused in [
                who.updates("User", &user, json!({ "note": "x" })).refused(),
                who.updates("User", &other, json!({ "part": { "open": "x" } })).refused(),
            ] {
                assert_eq!(refused["errors"][0]["rule"], "maxProperties");
                assert!(!refused.to_string().contains("hunter2"), "{refused}");
            }
        }
    });
}

#[test]
fn r4_at_most_a_hundred_are_told_with_their_number() {
    on_both(|world| {
        let admin = world.admin();
        admin.registers(json!({ "name": "Num", "schema": { "type": "object", "properties": { "i": { "type": "integer" } } } })).done();
        let rows: Vec<_> = (0..250).map(|_| json!({ "i": "x" })).collect();
        let told = admin.creates_all("Num", &json!(rows)).refused();
        assert_eq!((told["errors"].as_array().unwrap().len(), &told["more"]), (100, &json!(150)));
    });
}

/// Attack F: nested deep.
#[test]
fn r4_what_is_nested_too_deep_is_refused() {
    on_both(|world| {
        let admin = world.admin();
        admin.registers(json!({ "name": "Any", "schema": { "type": "object", "properties": { "a": {} } } })).done();
        let deep = format!("{{\"a\":{}{}}}", "[".repeat(100_000), "]".repeat(100_000));
        told!(admin.creates_text("Any", &deep).refused(), @r#"
        {
          "status": 400,
          "detail": "Lists and objects are nested deeper than 128 (line 1, column 133)",
          "code": "json.depth",
          "errors": [
            {
              "in": "body",
              "pointer": "/a/0/0/0/0/0/0/0/0/0/0/0/0/0/0/0/0/0/0/0/0/0/0/0/0/0/0/0/0/0/0/0/0/0/0/0/0/0/0/0/0/0/0/0/0/0/0/0/0/0/0/0/0/0/0/0/0/0/0/0/0/0/0/0/0/0/0/0/0/0/0/0/0/0/0/0/0/0/0/0/0/0/0/0/0/0/0/0/0/0/0/0/0/0/0/0/0/0/0/0/0/0/0/0/0/0/0/0/0/0/0/0/0/0/0/0/0/0/0/0/0/0/0/0/0/0/0/0",
              "code": "json.depth",
              "message": "Lists and objects are nested deeper than 128 (line 1, column 133)"
            }
          ]
        }
        "#);
        let long = "x".repeat(1_000_000);
        assert_eq!(admin.creates("Any", json!({ "a": long })).done()["a"], long);
    });
}
