//! JSON Patch on records (R1, P3, P6): applied to a record as its asker sees it, whole or not at all.

use crate::world::{Outcome, Person, Told, id, on_both, told};
use dmr::{Patch, Value, Write, core::json};
use serde_json::json;

impl Person {
    fn patches(&self, model: &str, id: &str, patch: &Value) -> Told {
        self.update(model, id, Patch::Json(json::to_string(patch).as_bytes()), Write::default()).wait().map(|written| written.to_value())
    }

    fn patch_refused(&self, model: &str, id: &str, patch: &Value) -> String {
        let refused = self.patches(model, id, patch).refused();
        let errors = refused["errors"].as_array().unwrap().iter();
        let errors: Vec<String> =
            errors.map(|issue| format!("{} {}", issue["pointer"].as_str().unwrap(), issue["code"].as_str().unwrap())).collect();
        format!("{} {} [{}]", refused["status"], refused["code"].as_str().unwrap(), errors.join(", "))
    }
}

/// A model in which role R may not see `secret` and `part.shut`, may not set `fixed`, and sets but does not see `pin`.
fn things(admin: &Person, open: bool) -> String {
    let all = json!(["create", "read", "update", "delete", "list"]);
    let text = json!({ "type": "string" });
    admin
        .registers(json!({
            "name": "Thing",
            "schema": {
                "type": "object",
                "additionalProperties": open,
                "properties": {
                    "name": { "type": "string", "minLength": 2 }, "count": { "type": "integer" }, "note": { "type": ["string", "null"] },
                    "tags": { "type": "array", "items": text }, "secret": text, "fixed": text, "pin": { "type": "string", "writeOnly": true },
                    "part": { "type": "object", "properties": { "open": text, "shut": text } },
                },
                "required": ["name"],
            },
            "permissions": {
                "models": { "admin": all, "R": all },
                "columns": {
                    "secret": { "read": ["admin"], "write": ["admin"] }, "part.shut": { "read": ["admin"], "write": ["admin"] },
                    "fixed": { "read": ["admin", "R"], "write": ["admin"] },
                },
            },
        }))
        .done();
    let record = json!({
        "name": "lamp", "count": 1, "tags": ["a", "b"], "secret": "s", "fixed": "f", "pin": "1234", "part": { "open": "o", "shut": "x" },
    });
    id(&admin.creates("Thing", record).done())
}

#[test]
fn r1_all_six_operations_change_a_record() {
    on_both(|world| {
        let admin = world.admin();
        let thing = things(&admin, true);
        let patch = json!([
            { "op": "test", "path": "/count", "value": 1.0 }, { "op": "test", "path": "/_version", "value": 1 },
            { "op": "replace", "path": "/name", "value": "light" }, { "op": "add", "path": "/tags/1", "value": "c" },
            { "op": "add", "path": "/tags/-", "value": "d" }, { "op": "copy", "from": "/tags", "path": "/more" },
            { "op": "move", "from": "/secret", "path": "/note" }, { "op": "remove", "path": "/part/open" },
        ]);
        let after = admin.patches("Thing", &thing, &patch).done();
        told!(after, @r#"
        {
          "_id": "<id 1>",
          "name": "light",
          "count": 1,
          "note": "s",
          "tags": ["a","c","b","d"],
          "fixed": "f",
          "part": {"shut":"x"},
          "more": ["a","c","b","d"],
          "_version": 2,
          "_created_at": "2026-01-01T00:00:00.000000Z",
          "_updated_at": "2026-01-01T00:00:00.000000Z",
          "_created_by": "<id 2>",
          "_updated_by": "<id 2>",
          "_owner": "<id 2>"
        }
        "#);
        assert_eq!(admin.gets("Thing", &thing).done(), after);
        let null = json!([{ "op": "replace", "path": "/note", "value": null }]);
        assert_eq!(admin.patches("Thing", &thing, &null).done()["note"], Value::Null, "null is a value here, not a removal");
        let same = json!([{ "op": "replace", "path": "/count", "value": 1 }]);
        assert_eq!(admin.patches("Thing", &thing, &same).done()["_version"], 3, "what changes nothing makes no version");
        told!(admin.history_of("Thing", &thing).done()["items"][2]["operation"], @r#""update""#);
    });
}

#[test]
fn r1_a_patch_is_done_whole_or_not_at_all() {
    on_both(|world| {
        let admin = world.admin();
        let thing = things(&admin, false);
        let before = admin.gets("Thing", &thing).done();
        let failing = json!([
            { "op": "replace", "path": "/name", "value": "light" }, { "op": "test", "path": "/count", "value": 2 },
            { "op": "test", "path": "/fixed", "value": "g" },
        ]);
        told!(admin.patches("Thing", &thing, &failing).refused(), @r#"
        {
          "status": 409,
          "detail": "2 problems; the first: `/count` is not the value that was expected",
          "code": "patch.test",
          "errors": [
            {"in":"body","pointer":"/1/value","code":"patch.test","rule":"test","message":"`/count` is not the value that was expected"},
            {"in":"body","pointer":"/2/value","code":"patch.test","rule":"test","message":"`/fixed` is not the value that was expected"}
          ]
        }
        "#);
        let refused = |patch: Value| admin.patch_refused("Thing", &thing, &patch);
        let set = |path: &str, value: Value| json!([{ "op": "replace", "path": "/name", "value": "light" }, { "op": "add", "path": path, "value": value }]);
        assert_eq!(refused(set("/count", json!("many"))), "422 record.invalid [/count value.type]");
        assert_eq!(refused(set("/name", json!("x"))), "422 record.invalid [/name value.rule]");
        assert_eq!(refused(set("/nmae", json!("x"))), "400 field.unknown [/1/path field.unknown]");
        assert_eq!(refused(set("/_owner", json!("x"))), "422 field.read_only [/1/path field.read_only]");
        assert_eq!(refused(set("/tags/7", json!("x"))), "409 patch.path [/1/path patch.path]");
        assert_eq!(refused(set("", json!([]))), "422 value.type [/1/path value.type]");
        assert_eq!(refused(json!([{ "op": "remove", "path": "/name" }])), "422 record.invalid [/name field.required]");
        assert_eq!(refused(json!([{ "op": "remove", "path": "/note" }])), "409 patch.path [/0/path patch.path]");
        assert_eq!(refused(json!([{ "op": "test", "path": "/pin", "value": "1234" }])), "400 field.unknown [/0/path field.unknown]");
        assert_eq!(refused(json!([{ "op": "set", "path": "/name", "value": "x" }])), "400 body.shape [/0/op body.shape]");
        assert_eq!(admin.gets("Thing", &thing).done(), before);
        admin.deletes("Thing", &thing).done();
        assert_eq!(refused(json!([])), "404 record.unknown []");
    });
}

#[test]
fn p3_p6_a_path_outside_the_view_is_unknown() {
    on_both(|world| {
        for open in [true, false] {
            let admin = world.admin();
            let thing = things(&admin, open);
            let r = world.person(&format!("r-{open}"), &["R"]);
            let refused = |patch: Value| r.patch_refused("Thing", &thing, &patch);
            for (hidden, absent) in [("/secret", "/sekret"), ("/part/shut", "/part/shot")] {
                for patch in [
                    json!([{ "op": "add", "path": "PATH", "value": "v" }]),
                    json!([{ "op": "replace", "path": "PATH", "value": "s" }]),
                    json!([{ "op": "remove", "path": "PATH" }]),
                    json!([{ "op": "test", "path": "PATH", "value": "s" }]),
                    json!([{ "op": "copy", "from": "PATH", "path": "/note" }]),
                    json!([{ "op": "move", "from": "PATH", "path": "/note" }]),
                    json!([{ "op": "copy", "from": "/name", "path": "PATH" }]),
                ] {
                    let at = |path: &str| -> Value { json::parse(json::to_string(&patch).replace("PATH", path).as_bytes()).unwrap() };
                    let told = refused(at(hidden));
                    assert!(told.starts_with("400 field.unknown ["), "{told}");
                    assert_eq!(told, refused(at(absent)), "{patch}");
                }
            }
            assert_eq!(
                refused(json!([{ "op": "add", "path": "/part", "value": { "shut": "y" } }])).split('[').nth(1),
                Some("/0/value/shut field.undeclared]")
            );
            assert_eq!(refused(json!([{ "op": "replace", "path": "/fixed", "value": "g" }])), "403 right.missing [/0/path right.missing]");
            assert_eq!(refused(json!([{ "op": "replace", "path": "/pin", "value": "0" }])), "409 patch.path [/0/path patch.path]");
            let tests = json!([
                { "op": "test", "path": "/part", "value": { "open": "o" } }, { "op": "test", "path": "/fixed", "value": "f" },
                { "op": "add", "path": "/pin", "value": "9" }, { "op": "remove", "path": "/part" }, { "op": "copy", "from": "/fixed", "path": "/note" },
            ]);
            assert_eq!(r.patches("Thing", &thing, &tests).done()["note"], "f");
            let whole = admin.gets("Thing", &thing).done();
            assert_eq!(
                (&whole["secret"], &whole["part"], &whole["fixed"]),
                (&json!("s"), &json!({ "shut": "x" }), &json!("f")),
                "what is hidden stays"
            );
            let blank = r.patches("Thing", &thing, &json!([{ "op": "replace", "path": "", "value": { "name": "bare" } }])).done();
            assert_eq!((blank.get("note"), &blank["fixed"]), (None, &json!("f")));
            assert_eq!(admin.gets("Thing", &thing).done()["secret"], "s");
            world.admin().delete_model("Thing", true).wait().unwrap();
        }
    });
}
