//! Next versions of a model: what changed, what it breaks, and that nothing stored is lost (M7).

use crate::world::{Outcome, Person, id, on_both, told, with_settings};
use dmr::{Get, PutAnswer, PutModel, Settings, Value};
use serde_json::json;

fn register(admin: &Person, storage: &str, properties: Value, required: Value) {
    admin.registers(json!({ "name": "Product", "storage": storage, "schema": { "type": "object", "properties": properties, "required": required } })).done();
}

fn schema(properties: Value, required: Value) -> Value {
    json!({ "schema": { "type": "object", "properties": properties, "required": required } })
}

/// The same story with both layouts of records.
fn in_both_storages(story: impl Fn(&Person, &str)) {
    for storage in ["flexible", "structured"] {
        with_settings(&Settings::default(), |world| story(&world.admin(), storage));
    }
}

fn text() -> Value {
    json!({ "type": "string" })
}

#[test]
fn m7_a_renamed_field_keeps_its_values_everywhere() {
    in_both_storages(|admin, storage| {
        register(admin, storage, json!({ "name": text(), "cost": { "type": "number" } }), json!(["name"]));
        admin.changes_model("Product", json!({ "indexes": [["-cost"]] })).done();
        let old = id(&admin.creates("Product", json!({ "name": "a", "cost": 5 })).done());
        admin.updates("Product", &old, json!({ "cost": 6 })).done();
        let mut next = schema(json!({ "name": text(), "price": { "type": "number" } }), json!(["name"]));
        next["renames"] = json!({ "cost": "price" });
        let model = admin.puts("Product", next).done();
        assert_eq!(
            (&model["version"], &model["indexes"], &model["fields"]["price"]["id"]),
            (&json!("2.0.0"), &json!([["-price"]]), &json!(2))
        );
        let told = admin.gets("Product", &old).done();
        assert_eq!((&told["price"], told.get("cost"), &told["_version"]), (&json!(6), None, &json!(2)), "no record was written");
        assert_eq!(admin.column("Product", "price=6&sort=-price", "_id"), [json!(old)]);
        assert_eq!(admin.lists("Product", "cost=6").done()["items"], json!([]), "the old name is a name like any other");
        let history = admin.history_of("Product", &old).done();
        assert_eq!(history["items"][0]["after"], json!({ "name": "a", "price": 5 }));
        assert_eq!(admin.updates("Product", &old, json!({ "price": 7 })).done()["_version"], 3);
        assert_eq!(admin.reverts("Product", &old, 1).done()["price"], 5, "back to before it was called so");
    });
}

#[test]
fn m7_without_renames_nothing_is_guessed_and_nothing_is_lost() {
    in_both_storages(|admin, storage| {
        register(admin, storage, json!({ "name": text(), "cost": { "type": "number" } }), json!(["name"]));
        let old = id(&admin.creates("Product", json!({ "name": "a", "cost": 5 })).done());
        let next = schema(json!({ "name": text(), "price": { "type": "number" } }), json!(["name"]));
        told!(admin.plans("Product", next.clone()).done(), @r#"
        {
          "from": "1.0.0",
          "to": "2.0.0",
          "breaking": true,
          "changes": [
            {"kind":"field_added","field":"price","breaking":false,"reason":"an optional field"},
            {"kind":"field_removed","field":"cost","breaking":true,"reason":"clients that read or write the field fail"}
          ],
          "records": 0,
          "likely_renames": {"cost":"price"}
        }
        "#);
        assert_eq!(admin.model("Product").done().0["version"], "1.0.0", "a plan changes nothing");
        admin.puts("Product", next).done();
        let told = admin.gets("Product", &old).done();
        assert_eq!((&told["cost"], told.get("price")), (&json!(5), None), "what is gone from the model is still told of old records");
        assert_eq!(admin.gets_with("Product", &old, &Get { as_of: Some(i64::MAX / 2), ..Get::default() }).done()["cost"], 5);
        assert_eq!(admin.lists("Product", "").done()["items"][0]["cost"], 5);

        // Given back under its name, a field is another one: its id is never used again.
        let back = schema(json!({ "name": text(), "price": { "type": "number" }, "cost": { "type": "string" } }), json!(["name"]));
        admin.puts("Product", back).done();
        let told = admin.gets("Product", &old).done();
        assert_eq!(told.get("cost"), None, "{told}");
        assert_eq!(told["cost#2"], 5, "{told}");
        let new = admin.creates("Product", json!({ "name": "b", "cost": "five" })).done();
        assert_eq!(new["cost"], "five");
    });
}

#[test]
fn m7_a_field_made_required_leaves_old_records_as_they_are_until_their_next_write() {
    in_both_storages(|admin, storage| {
        register(admin, storage, json!({ "name": text(), "price": { "type": "number" } }), json!(["name"]));
        let made = admin.creates_all("Product", &json!([{ "name": "a" }, { "name": "b", "price": 1 }, { "name": "c" }])).done();
        let next = schema(json!({ "name": text(), "price": { "type": "number", "minimum": 0 } }), json!(["name", "price"]));
        told!(admin.plans("Product", next.clone()).done(), @r#"
        {
          "from": "1.0.0",
          "to": "2.0.0",
          "breaking": true,
          "changes": [
            {"kind":"required_added","field":"price","breaking":true,"reason":"records of the old version may not have it"},
            {"kind":"constraint_tightened","field":"price","breaking":true,"reason":"minimum: is new: at least 0"},
            {
              "kind": "records_unsatisfied",
              "field": "",
              "breaking": true,
              "reason": "2 stored records do not satisfy it; they keep their version and must satisfy this one at their next write"
            }
          ],
          "records": 2,
          "likely_renames": {}
        }
        "#);
        let model = admin.puts("Product", next).done();
        assert_eq!((&model["version"], &model["records"]), (&json!("2.0.0"), &json!(3)));
        let first = made["ids"][0].as_str().unwrap();
        assert_eq!(admin.gets("Product", first).done().get("price"), None);
        assert_eq!(admin.column("Product", "price__isnull=true&sort=name", "name"), [json!("a"), json!("c")]);
        told!(admin.updates("Product", first, json!({ "name": "A" })).refused(), @r#"
        {
          "status": 422,
          "detail": "is required",
          "code": "record.invalid",
          "errors": [{"in":"body","pointer":"/price","code":"field.required","rule":"required","message":"is required"}]
        }
        "#);
        admin.updates("Product", first, json!({ "name": "A", "price": 2 })).done();
        assert_eq!(admin.creates("Product", json!({ "name": "d" })).refused()["code"], "record.invalid");
        admin.deletes("Product", made["ids"][2].as_str().unwrap()).done();
        assert_eq!(admin.reverts("Product", first, 1).refused()["code"], "record.invalid", "what goes back satisfies the newest too");
    });
}

#[test]
fn m7_changes_are_classed_and_the_version_follows() {
    on_both(|world| {
        let admin = world.admin();
        let base = json!({ "a": { "type": "string", "maxLength": 10 }, "n": { "type": "integer" }, "gone": text() });
        register(&admin, "flexible", base, json!(["a"]));
        let plan = |properties: Value, required: Value| {
            let plan = admin.plans("Product", schema(properties, required)).done();
            let changes: Vec<String> = plan["changes"]
                .as_array()
                .unwrap()
                .iter()
                .map(|change| {
                    format!(
                        "{}{} {}",
                        if change["breaking"] == true { "!" } else { "" },
                        change["kind"].as_str().unwrap(),
                        change["field"].as_str().unwrap()
                    )
                })
                .collect();
            format!("{} -> {} breaking {}: {}", plan["from"], plan["to"], plan["breaking"], changes.join(", "))
        };
        let a = json!({ "type": "string", "maxLength": 10 });
        let told = [
            plan(json!({ "a": a, "n": { "type": "integer" }, "gone": text(), "new": text() }), json!(["a"])),
            plan(json!({ "a": a, "n": { "type": "integer" }, "gone": text(), "new": text() }), json!(["a", "new"])),
            plan(json!({ "a": { "type": "string", "maxLength": 20 }, "n": { "type": "integer" }, "gone": text() }), json!(["a"])),
            plan(json!({ "a": { "type": "string", "maxLength": 5 }, "n": { "type": "integer" }, "gone": text() }), json!(["a"])),
            plan(json!({ "a": a, "n": { "type": "number" }, "gone": text() }), json!(["a"])),
            plan(json!({ "a": a, "n": { "type": "string" }, "gone": text() }), json!(["a"])),
            plan(json!({ "a": a, "n": { "type": "integer" } }), json!(["a"])),
            plan(json!({ "a": a, "n": { "type": "integer" }, "gone": text() }), json!([])),
            plan(
                json!({ "a": { "type": "string", "maxLength": 10, "description": "x" }, "n": { "type": "integer" }, "gone": text() }),
                json!(["a"]),
            ),
        ];
        insta::assert_snapshot!(told.join("\n"), @r#"
        "1.0.0" -> "1.1.0" breaking false: field_added new
        "1.0.0" -> "2.0.0" breaking true: !field_added_required new
        "1.0.0" -> "1.0.1" breaking false: constraint_loosened a
        "1.0.0" -> "2.0.0" breaking true: !constraint_tightened a
        "1.0.0" -> "1.0.1" breaking false: type_widened n
        "1.0.0" -> "2.0.0" breaking true: !type_changed n
        "1.0.0" -> "2.0.0" breaking true: !field_removed gone
        "1.0.0" -> "1.0.1" breaking false: required_removed a
        "1.0.0" -> "1.0.1" breaking false: description_changed a
        "#);
    });
}

#[test]
fn m7_a_field_of_another_type_keeps_what_was_stored() {
    in_both_storages(|admin, storage| {
        register(admin, storage, json!({ "code": { "type": "integer" } }), json!([]));
        let old = id(&admin.creates("Product", json!({ "code": 7 })).done());
        admin.puts("Product", schema(json!({ "code": text() }), json!([]))).done();
        assert_eq!(admin.gets("Product", &old).done()["code"], 7, "as it was stored");
        let new = id(&admin.creates("Product", json!({ "code": "A7" })).done());
        assert_eq!(admin.column("Product", "code=A7", "_id"), [json!(new)]);
        assert_eq!(admin.lists("Product", "sort=code&count=exact").done()["count"], 2);
        assert_eq!(admin.updates("Product", &old, json!({ "extra": 1 })).refused()["code"], "record.invalid");
        admin.updates("Product", &old, json!({ "code": "7" })).done();
        admin.puts("Product", schema(json!({ "code": { "type": ["string", "integer"] } }), json!([]))).done();
        admin.creates("Product", json!({ "code": 8 })).done();
        assert_eq!(admin.history_of("Product", &old).done()["items"][0]["after"]["code"], 7);
    });
}

#[test]
fn m7_every_version_stays_readable_and_any_two_are_compared() {
    on_both(|world| {
        let admin = world.admin();
        register(&admin, "flexible", json!({ "a": text() }), json!([]));
        world.seconds_pass(1);
        admin.puts("Product", schema(json!({ "a": text(), "b": text() }), json!([]))).done();
        admin.puts("Product", schema(json!({ "a": text(), "b": text(), "c": text() }), json!(["c"]))).done();
        told!(admin.versions("Product").done(), @r#"
        {
          "items": [
            {
              "version": "2.0.0",
              "stamp": 3,
              "created_at": "2026-01-01T00:00:01.000000Z",
              "breaking": true,
              "changes": [
                {
                  "kind": "field_added_required",
                  "field": "c",
                  "breaking": true,
                  "reason": "records of the old version do not have this required field"
                }
              ]
            },
            {
              "version": "1.1.0",
              "stamp": 2,
              "created_at": "2026-01-01T00:00:01.000000Z",
              "breaking": false,
              "changes": [{"kind":"field_added","field":"b","breaking":false,"reason":"an optional field"}]
            },
            {"version":"1.0.0","stamp":1,"created_at":"2026-01-01T00:00:00.000000Z","breaking":false,"changes":[]}
          ],
          "next": null
        }
        "#);
        told!(admin.schema("Product", Some("1.1.0")).done(), @r#"
        {
          "$schema": "https://json-schema.org/draft/2020-12/schema",
          "type": "object",
          "properties": {"a":{"type":"string","x-dmr-id":1},"b":{"type":"string","x-dmr-id":2}},
          "required": []
        }
        "#);
        told!(admin.diff("Product", Some("1.0.0"), Some("2.0.0")).done(), @r#"
        {
          "from": "1.0.0",
          "to": "2.0.0",
          "breaking": true,
          "changes": [
            {"kind":"field_added","field":"b","breaking":false,"reason":"an optional field"},
            {
              "kind": "field_added_required",
              "field": "c",
              "breaking": true,
              "reason": "records of the old version do not have this required field"
            }
          ],
          "records": 0,
          "likely_renames": {}
        }
        "#);
        assert_eq!(admin.diff("Product", None, None).done()["from"], "1.1.0");
        told!(admin.schema("Product", Some("1.5.0")).refused(), @r#"
        {
          "status": 404,
          "detail": "the model has no version `1.5.0`",
          "code": "version.unknown",
          "errors": [],
          "suggestions": ["2.0.0","1.1.0","1.0.0"]
        }
        "#);
        assert_eq!(admin.diff("Product", Some("9.0.0"), None).refused()["code"], "version.unknown");
    });
}

#[test]
fn m7_a_version_may_be_given_and_a_schema_comes_back_as_it_went_out() {
    on_both(|world| {
        let admin = world.admin();
        register(&admin, "flexible", json!({ "a": text(), "b": text() }), json!([]));
        let mut next = schema(json!({ "a": text() }), json!([]));
        next["version"] = json!("1.0.0");
        told!(admin.puts("Product", next.clone()).refused(), @r#"{"status":422,"detail":"version 1.0.0 is not after 1.0.0","code":"definition.invalid","errors":[],"suggestions":["2.0.0"]}"#);
        next["version"] = json!("3.1.4");
        assert_eq!(admin.puts("Product", next).done()["version"], "3.1.4");

        // A schema that went out carries ids: a field that comes back under another name is the same field.
        let old = id(&admin.creates("Product", json!({ "a": "x" })).done());
        let mut out = admin.schema("Product", None).done();
        let unchanged = admin.put_model("Product", json!({ "schema": out.clone() }), PutModel::default()).done();
        assert!(matches!(unchanged, PutAnswer::Model(model) if model.model["version"] == "3.1.4" || model.model["version"] == "3.1.5"));
        let field = out["properties"].as_object_mut().unwrap().shift_remove("a").unwrap();
        out["properties"]["alpha"] = field;
        admin.puts("Product", json!({ "schema": out })).done();
        assert_eq!(admin.gets("Product", &old).done()["alpha"], "x");
    });
}

#[test]
fn m7_what_is_wrong_with_a_next_version_is_told() {
    on_both(|world| {
        let admin = world.admin();
        register(&admin, "flexible", json!({ "a": text(), "b": text() }), json!([]));
        let mut next = schema(json!({ "a": text(), "c": text() }), json!([]));
        next["renames"] = json!({ "x": "c" });
        told!(admin.puts("Product", next.clone()).refused(), @r#"
        {
          "status": 422,
          "detail": "the version before has no such field",
          "code": "field.undeclared",
          "errors": [
            {
              "in": "body",
              "pointer": "/renames/x",
              "code": "field.undeclared",
              "message": "the version before has no such field",
              "suggestions": ["a","b"]
            }
          ]
        }
        "#);
        next["renames"] = json!({ "b": "d" });
        assert_eq!(admin.puts("Product", next.clone()).refused()["code"], "field.undeclared");
        next["renames"] = json!({ "b": "a" });
        assert_eq!(admin.puts("Product", next).refused()["code"], "definition.invalid");
        assert_eq!(admin.puts("Product", json!({ "name": "Other", "schema": {} })).refused()["code"], "definition.invalid");
        assert_eq!(admin.puts("Nothing", json!({})).refused()["code"], "model.unknown");
        let (_, tag) = admin.model("Product").done();
        admin.changes_model("Product", json!({ "tags": ["x"] })).done();
        let late = PutModel { if_match: Some(tag), dry_run: false };
        assert_eq!(admin.put_model("Product", schema(json!({ "a": text() }), json!([])), late).refused()["code"], "record.version");
    });
}

#[test]
fn m7_a_unique_field_of_a_new_version_is_held_against_what_is_stored() {
    on_both(|world| {
        let admin = world.admin();
        register(&admin, "flexible", json!({ "a": text() }), json!([]));
        admin.creates_all("Product", &json!([{ "a": "x" }, { "a": "x" }])).done();
        let mut next = schema(json!({ "a": text(), "b": text() }), json!([]));
        next["unique"] = json!([["a"]]);
        told!(admin.puts("Product", next).refused(), @r#"
        {
          "status": 409,
          "detail": "1 record has a value of a that another has too",
          "code": "unique.taken",
          "errors": [
            {
              "in": "body",
              "pointer": "/unique",
              "code": "unique.taken",
              "message": "1 record has a value of a that another has too",
              "suggestions": ["find them: group or sort by a"]
            }
          ]
        }
        "#);
    });
}

#[test]
fn m7_a_name_that_a_rename_takes_is_told_twice_under_two_labels_and_the_fields_value_stays() {
    in_both_storages(|admin, storage| {
        let number = json!({ "type": "integer" });
        let open = |properties: Value| json!({ "type": "object", "properties": properties });
        admin.registers(json!({ "name": "T", "storage": storage, "schema": open(json!({ "x": number, "y": number })) })).done();
        let kept = id(&admin.creates("T", json!({ "x": 1, "y": 2, "z": "undeclared", "w": "too" })).done());
        let next = open(json!({ "z": number }));
        admin.puts("T", json!({ "schema": next, "renames": { "x": "z" } })).done();
        let told = |record: Value| {
            let mut members = record.as_object().unwrap().clone();
            members.retain(|name, _| !name.starts_with('_'));
            Value::Object(members)
        };
        let read = admin.gets("T", &kept).done();
        assert_eq!(told(read), json!({ "z": 1, "y": 2, "z#*": "undeclared", "w": "too" }), "no member has the name of another");
        assert_eq!(admin.column("T", "z=1", "z"), [json!(1)]);
        let changed = admin.updates("T", &kept, json!({ "w": "now" })).done();
        assert_eq!(told(changed), json!({ "z": 1, "w": "now" }), "the field keeps its value");
    });
}
