//! Writing records: one, many, all or none; versions, retries, system fields (R1, R5; attacks B and H as far as a library shows them).

use crate::world::{Outcome, Person, id, on_both, told, with_settings};
use dmr::{Deleted, Get, RecordId, Retry, Rows, Settings, Value, Write};
use serde_json::json;

fn products(admin: &Person) {
    admin
        .registers(json!({
            "name": "Product",
            "key": ["sku"],
            "schema": {
                "type": "object",
                "properties": {
                    "sku": { "type": "string", "minLength": 1 },
                    "name": { "type": "string" },
                    "price": { "type": "number", "exclusiveMinimum": 0 },
                    "note": { "type": ["string", "null"] },
                    "size": { "type": "object", "properties": { "w": { "type": "integer" }, "h": { "type": "integer" } } },
                    "stock": { "type": "integer", "default": 0 },
                },
                "required": ["sku", "name"],
                "additionalProperties": false,
            },
        }))
        .done();
}

#[test]
fn r1_r5_a_record_is_made_with_what_the_system_keeps_beside_it() {
    on_both(|world| {
        let admin = world.admin();
        products(&admin);
        let made = admin.creates("Product", json!({ "sku": "a", "name": "Pen", "price": 1.50, "note": null })).done();
        told!(json!({ "record": made, "who": admin.id() }), @r#"
        {
          "record": {
            "_id": "<id 1>",
            "sku": "a",
            "name": "Pen",
            "price": 1.5,
            "note": null,
            "stock": 0,
            "_version": 1,
            "_created_at": "2026-01-01T00:00:00.000000Z",
            "_updated_at": "2026-01-01T00:00:00.000000Z",
            "_created_by": "<id 2>",
            "_updated_by": "<id 2>",
            "_owner": "<id 2>"
          },
          "who": "<id 2>"
        }
        "#);
        assert_eq!(admin.gets("Product", &id(&made)).done(), made);
        assert_eq!(admin.gets("Product", "a").done(), made, "by its declared key");
        assert_eq!(uuid::Uuid::parse_str(&id(&made)).unwrap().get_version_num(), 7);
        told!(admin.gets("Product", "nobody").refused(), @r#"{"status":404,"detail":"there is no such record","code":"record.unknown","errors":[]}"#);
    });
}

#[test]
fn r1_a_merge_patch_changes_what_it_names() {
    on_both(|world| {
        let admin = world.admin();
        products(&admin);
        admin.creates("Product", json!({ "sku": "a", "name": "Pen", "price": 1.5, "note": "x", "size": { "w": 1, "h": 2 } })).done();
        world.seconds_pass(1);
        let changed = admin.updates("Product", "a", json!({ "price": null, "note": null, "size": { "h": null, "w": 3 } })).done();
        told!(changed, @r#"
        {
          "_id": "<id 1>",
          "sku": "a",
          "name": "Pen",
          "note": null,
          "size": {"w":3},
          "stock": 0,
          "_version": 2,
          "_created_at": "2026-01-01T00:00:00.000000Z",
          "_updated_at": "2026-01-01T00:00:01.000000Z",
          "_created_by": "<id 2>",
          "_updated_by": "<id 2>",
          "_owner": "<id 2>"
        }
        "#);
        let same = admin.updates("Product", "a", json!({ "size": { "w": 3 } })).done();
        assert_eq!(same["_version"], 2, "what changes nothing makes no version");
        told!(admin.updates("Product", "a", json!({ "name": null })).refused(), @r#"
        {
          "status": 422,
          "detail": "is required",
          "code": "record.invalid",
          "errors": [{"in":"body","pointer":"/name","code":"field.required","rule":"required","message":"is required"}]
        }
        "#);
        assert_eq!(admin.updates("Product", "zz", json!({})).refused()["code"], "record.unknown");
    });
}

#[test]
fn r1_a_replacement_leaves_nothing_of_what_was() {
    on_both(|world| {
        let admin = world.admin();
        products(&admin);
        admin.creates("Product", json!({ "sku": "a", "name": "Pen", "price": 1.5, "stock": 3 })).done();
        let replaced = admin.replaces("Product", "a", json!({ "sku": "a", "name": "Pencil" })).done();
        told!(replaced, @r#"
        {
          "_id": "<id 1>",
          "sku": "a",
          "name": "Pencil",
          "stock": 0,
          "_version": 2,
          "_created_at": "2026-01-01T00:00:00.000000Z",
          "_updated_at": "2026-01-01T00:00:00.000000Z",
          "_created_by": "<id 2>",
          "_updated_by": "<id 2>",
          "_owner": "<id 2>"
        }
        "#);
        told!(admin.replaces("Product", "a", json!({ "name": "Pencil" })).refused(), @r#"
        {
          "status": 422,
          "detail": "is required",
          "code": "record.invalid",
          "errors": [{"in":"body","pointer":"/sku","code":"field.required","rule":"required","message":"is required"}]
        }
        "#);
    });
}

#[test]
fn r1_deleted_records_are_gone_until_they_are_restored() {
    on_both(|world| {
        let admin = world.admin();
        products(&admin);
        let pen = id(&admin.creates("Product", json!({ "sku": "a", "name": "Pen" })).done());
        admin.deletes("Product", "a").done();
        assert_eq!(admin.gets("Product", "a").refused()["code"], "record.unknown");
        assert_eq!(admin.gets("Product", &pen).refused()["code"], "record.unknown");
        assert_eq!(admin.updates("Product", &pen, json!({ "name": "x" })).refused()["code"], "record.unknown");
        assert_eq!(admin.lists("Product", "count=exact").done()["count"], 0);
        let get = Get { deleted: Deleted::Include, ..Get::default() };
        told!(admin.gets_with("Product", &pen, &get).done(), @r#"
        {
          "_id": "<id 1>",
          "sku": "a",
          "name": "Pen",
          "stock": 0,
          "_version": 2,
          "_created_at": "2026-01-01T00:00:00.000000Z",
          "_updated_at": "2026-01-01T00:00:00.000000Z",
          "_created_by": "<id 2>",
          "_updated_by": "<id 2>",
          "_owner": "<id 2>",
          "_deleted_at": "2026-01-01T00:00:00.000000Z"
        }
        "#);
        assert_eq!(admin.column("Product", "deleted=only", "_id"), [json!(pen)]);

        let restored = admin.restores("Product", &pen).done();
        assert_eq!((&restored["_version"], &restored["name"], restored.get("_deleted_at")), (&json!(3), &json!("Pen"), None));
        assert_eq!(admin.restores("Product", &pen).refused()["code"], "record.not_deleted");

        admin.purges("Product", "a").done();
        for get in [Deleted::Include, Deleted::Only] {
            let get = Get { deleted: get, ..Get::default() };
            assert_eq!(admin.gets_with("Product", &pen, &get).refused()["code"], "record.unknown");
        }
        assert_eq!(admin.restores("Product", &pen).refused()["code"], "record.unknown");
        let again = admin.creates("Product", json!({ "sku": "a", "name": "Pen" })).done();
        assert_ne!(id(&again), pen);
    });
}

#[test]
fn m5_r1_a_unique_key_is_held_by_one_living_record() {
    on_both(|world| {
        let admin = world.admin();
        products(&admin);
        let first = id(&admin.creates("Product", json!({ "sku": "a", "name": "Pen" })).done());
        told!(admin.creates("Product", json!({ "sku": "a", "name": "Pencil" })).refused(), @r#"
        {
          "status": 409,
          "detail": "another record has this `sku`",
          "code": "unique.taken",
          "errors": [{"in":"body","pointer":"/sku","code":"unique.taken","rule":"unique","message":"another record has this `sku`"}]
        }
        "#);
        admin.deletes("Product", "a").done();
        admin.creates("Product", json!({ "sku": "a", "name": "Pencil" })).done();
        told!(admin.restores("Product", &first).refused(), @r#"
        {
          "status": 409,
          "detail": "another record has this `sku`",
          "code": "unique.taken",
          "errors": [{"in":"body","pointer":"/sku","code":"unique.taken","rule":"unique","message":"another record has this `sku`"}]
        }
        "#);
        admin.creates("Product", json!({ "sku": "b", "name": "Brush" })).done();
        assert_eq!(admin.updates("Product", "b", json!({ "sku": "a" })).refused()["code"], "unique.taken");
        admin.updates("Product", "a", json!({ "sku": "c" })).done();
        admin.updates("Product", "b", json!({ "sku": "a" })).done();
        assert_eq!(admin.gets("Product", "a").done()["name"], "Brush");
    });
}

#[test]
fn r5_a_version_that_moved_refuses_the_write() {
    on_both(|world| {
        let admin = world.admin();
        products(&admin);
        let pen = admin.create_value("Product", json!({ "sku": "a", "name": "Pen" }), Write::default()).done();
        assert_eq!((pen.version(), pen.created, pen.replayed), (1, true, false));
        assert!(pen.etag().starts_with("\"1."), "{}", pen.etag());
        let at = |version| Write { if_version: Some(version), ..Write::default() };
        admin.updates_with("Product", "a", json!({ "stock": 1 }), at(1)).done();
        told!(admin.updates_with("Product", "a", json!({ "stock": 2 }), at(1)).refused(), @r#"
        {
          "status": 412,
          "detail": "the record has version 2 now",
          "code": "record.version",
          "errors": [],
          "suggestions": ["read it again and repeat the change"]
        }
        "#);
        let body = br#"{"sku": "a", "name": "x"}"#;
        assert_eq!(admin.replace("Product", "a", body, at(1)).refused()["code"], "record.version");
        assert_eq!(admin.delete("Product", "a", false, at(1)).refused()["code"], "record.version");
        assert_eq!(admin.revert("Product", "a", 1, at(1)).refused()["code"], "record.version");
        admin.delete("Product", "a", false, at(2)).done();
    });
}

/// Attack H: lost updates: concurrent read-modify-write with `If-Match`.
#[test]
fn r5_no_update_is_lost() {
    on_both(|world| {
        let admin = world.admin();
        products(&admin);
        admin.creates("Product", json!({ "sku": "a", "name": "Pen", "stock": 0 })).done();
        std::thread::scope(|scope| {
            for _ in 0..4 {
                scope.spawn(|| {
                    for _ in 0..25 {
                        loop {
                            let now = admin.gets("Product", "a").done();
                            let write = Write { if_version: now["_version"].as_u64(), ..Write::default() };
                            let next = json!({ "stock": now["stock"].as_i64().unwrap() + 1 });
                            match admin.updates_with("Product", "a", next, write) {
                                Ok(_) => break,
                                Err(problem) => assert_eq!(problem.code, dmr::Code::RecordVersion),
                            }
                        }
                    }
                });
            }
        });
        let now = admin.gets("Product", "a").done();
        assert_eq!((&now["stock"], &now["_version"]), (&json!(100), &json!(101)));
    });
}

/// Attack E: `_id`, `_owner`, `_created_at`, `_version` in a body.
#[test]
fn r5_what_the_system_keeps_is_not_taken_from_a_body() {
    on_both(|world| {
        let admin = world.admin();
        products(&admin);
        let other = world.person("ana", &["user"]).id();
        let body = json!({ "sku": "a", "name": "Pen", "_id": "x", "_owner": other, "_created_at": "2000-01-01T00:00:00Z", "_version": 9 });
        told!(admin.creates("Product", body).refused(), @r#"
        {
          "status": 422,
          "detail": "4 problems; the first: members that begin with `_` are the system's and never accepted",
          "code": "record.invalid",
          "errors": [
            {
              "in": "body",
              "pointer": "/_id",
              "code": "field.read_only",
              "message": "members that begin with `_` are the system's and never accepted",
              "suggestions": ["leave `_id` out"]
            },
            {
              "in": "body",
              "pointer": "/_owner",
              "code": "field.read_only",
              "message": "members that begin with `_` are the system's and never accepted",
              "suggestions": ["leave `_owner` out"]
            },
            {
              "in": "body",
              "pointer": "/_created_at",
              "code": "field.read_only",
              "message": "members that begin with `_` are the system's and never accepted",
              "suggestions": ["leave `_created_at` out"]
            },
            {
              "in": "body",
              "pointer": "/_version",
              "code": "field.read_only",
              "message": "members that begin with `_` are the system's and never accepted",
              "suggestions": ["leave `_version` out"]
            }
          ]
        }
        "#);
        admin.creates("Product", json!({ "sku": "a", "name": "Pen" })).done();
        let told = admin.gets("Product", "a").done();
        assert_eq!(admin.updates("Product", "a", json!({ "_owner": other })).refused()["errors"][0]["code"], "field.read_only");
        assert_eq!(admin.gets("Product", "a").done(), told);
    });
}

#[test]
fn r1_many_are_made_all_or_none() {
    on_both(|world| {
        let admin = world.admin();
        products(&admin);
        let rows: Vec<Value> = (0..20).map(|n| json!({ "sku": format!("s{n}"), "name": "x", "price": n + 1 })).collect();
        let made = admin.creates_all("Product", &json!(rows)).done();
        assert_eq!(made["ids"].as_array().unwrap().len(), 20);
        assert_eq!(admin.column("Product", "limit=100", "_id"), *made["ids"].as_array().unwrap(), "ids in the order of the rows");

        let rows = json!([{ "sku": "new", "name": "x" }, { "sku": "s1", "name": "x" }, { "sku": "twice", "name": "x" }, { "sku": "twice", "name": "x" }]);
        told!(admin.creates_all("Product", &rows).refused(), @r#"
        {
          "status": 409,
          "detail": "2 problems; the first: another record has this `sku`",
          "code": "unique.taken",
          "errors": [
            {"in":"body","pointer":"/1/sku","code":"unique.taken","rule":"unique","message":"another record has this `sku`"},
            {"in":"body","pointer":"/3/sku","code":"unique.taken","rule":"unique","message":"another record has this `sku`"}
          ]
        }
        "#);
        let rows = json!([{ "sku": "new", "name": "x" }, { "sku": "", "price": 0, "extra": 1 }, 7]);
        told!(admin.creates_all("Product", &rows).refused(), @r#"
        {
          "status": 422,
          "detail": "5 problems; the first: the model has no field `extra`",
          "code": "record.invalid",
          "errors": [
            {"in":"body","pointer":"/1/extra","code":"field.undeclared","message":"the model has no field `extra`"},
            {"in":"body","pointer":"/1/name","code":"field.required","rule":"required","message":"is required"},
            {"in":"body","pointer":"/1/sku","code":"value.rule","rule":"minLength","value":"","message":"must have at least 1 character"},
            {"in":"body","pointer":"/1/price","code":"value.rule","rule":"exclusiveMinimum","value":0,"message":"must be greater than 0"},
            {"in":"body","pointer":"/2","code":"body.shape","message":"a record is a JSON object","suggestions":["{\"name\": ...}"]}
          ]
        }
        "#);
        assert_eq!(admin.lists("Product", "count=exact").done()["count"], 20);
        assert_eq!(admin.creates_all("Product", &json!([])).done(), json!({ "ids": [] }));
        assert_eq!(admin.creates_all("Product", &json!({})).refused()["code"], "body.shape");
    });
}

#[test]
fn r1_with_a_report_each_row_stands_for_itself() {
    on_both(|world| {
        let admin = world.admin();
        products(&admin);
        admin.creates("Product", json!({ "sku": "s1", "name": "x" })).done();
        let rows = json!([{ "sku": "a", "name": "x" }, { "sku": "s1", "name": "x" }, { "sku": "", "name": "x" }, { "sku": "a", "name": "x" }, { "sku": "b", "name": "x" }, []]);
        let report = Write { report: true, ..Write::default() };
        told!(admin.creates_all_with("Product", &rows, report).done(), @r#"
        {
          "results": [
            {"index":0,"id":"<id 1>"},
            {
              "index": 1,
              "errors": [{"in":"body","pointer":"/sku","code":"unique.taken","rule":"unique","message":"another record has this `sku`"}]
            },
            {
              "index": 2,
              "errors": [{"in":"body","pointer":"/sku","code":"value.rule","rule":"minLength","value":"","message":"must have at least 1 character"}]
            },
            {
              "index": 3,
              "errors": [{"in":"body","pointer":"/sku","code":"unique.taken","rule":"unique","message":"another record has this `sku`"}]
            },
            {"index":4,"id":"<id 2>"},
            {
              "index": 5,
              "errors": [{"in":"body","pointer":"","code":"body.shape","message":"a record is a JSON object","suggestions":["{\"name\": ...}"]}]
            }
          ]
        }
        "#);
        assert_eq!(admin.column("Product", "sort=sku", "sku"), [json!("a"), json!("b"), json!("s1")]);
    });
}

#[test]
fn r1_every_refused_row_is_told_at_once_taken_keys_too() {
    on_both(|world| {
        let admin = world.admin();
        products(&admin);
        admin.creates("Product", json!({ "sku": "a", "name": "Pen" })).done();
        let sorted = |mut places: Vec<String>| {
            places.sort();
            places
        };
        let places = |refused: &Value| -> Vec<String> {
            let issues = refused["errors"].as_array().unwrap().iter();
            issues.map(|issue| format!("{} {}", issue["pointer"].as_str().unwrap(), issue["code"].as_str().unwrap())).collect()
        };
        let rows = json!([
            { "sku": "b", "name": "x" }, { "sku": "a", "name": "x" }, { "name": "x" }, { "sku": "b", "name": "x" },
            { "sku": "a", "price": 0 }, { "sku": "b", "_id": "x", "name": "x" },
        ]);
        let expected = [
            "/1/sku unique.taken",
            "/2/sku field.required",
            "/3/sku unique.taken",
            "/4/name field.required",
            "/4/price value.rule",
            "/4/sku unique.taken",
            "/5/_id field.read_only",
            "/5/sku unique.taken",
        ];
        assert_eq!(sorted(places(&admin.creates_all("Product", &rows).refused())), expected);
        assert_eq!(places(&admin.creates_all("Product", &json!([{ "sku": "a", "name": "x" }])).refused()), ["/0/sku unique.taken"]);
        let one = admin.creates("Product", json!({ "sku": "a", "price": 0, "name": "x" })).refused();
        assert_eq!(sorted(places(&one)), ["/price value.rule", "/sku unique.taken"]);
        admin.creates("Product", json!({ "sku": "gone", "name": "x" })).done();
        admin.deletes("Product", "gone").done();
        admin.creates("Product", json!({ "sku": "gone", "name": "x" })).done();
        let gone = admin.lists("Product", "deleted=only").done()["items"][0]["_id"].clone();
        let operations = json!([
            { "op": "create", "record": { "sku": "a", "name": "x" } }, { "op": "create", "record": { "sku": "a" } },
            { "op": "sell", "id": "a" }, { "op": "update", "id": "nobody", "record": {} }, { "op": "update", "id": "a", "record": { "price": 0 } },
            { "op": "restore", "id": gone },
        ]);
        let expected = [
            "/operations/0/record/sku unique.taken",
            "/operations/1/record/name field.required",
            "/operations/1/record/sku unique.taken",
            "/operations/2/op body.shape",
            "/operations/3 record.unknown",
            "/operations/4/record/price value.rule",
            "/operations/5 unique.taken",
        ];
        assert_eq!(sorted(places(&admin.batch("Product", &operations, Write::default()).refused())), expected);
        let told = admin.batch("Product", &operations, Write { report: true, ..Write::default() }).done();
        assert_eq!(sorted(places(&told["results"][1])), ["/record/name field.required", "/record/sku unique.taken"]);
        assert_eq!(admin.column("Product", "", "_version"), [json!(1), json!(1)], "nothing was written");
    });
}

#[test]
fn r4_every_violation_of_a_change_is_told_at_once_taken_keys_too() {
    on_both(|world| {
        let admin = world.admin();
        products(&admin);
        for sku in ["a", "b"] {
            admin.creates("Product", json!({ "sku": sku, "name": "Pen" })).done();
        }
        let places = |refused: Value| -> Vec<String> {
            let issues = refused["errors"].as_array().unwrap().iter();
            issues.map(|issue| format!("{} {}", issue["pointer"].as_str().unwrap(), issue["code"].as_str().unwrap())).collect()
        };
        let both = ["/price value.rule", "/sku unique.taken"];
        assert_eq!(places(admin.updates("Product", "b", json!({ "sku": "a", "price": 0 })).refused()), both);
        assert_eq!(places(admin.replaces("Product", "b", json!({ "sku": "a", "name": "x", "price": 0 })).refused()), both);
        assert_eq!(places(admin.updates("Product", "b", json!({ "sku": "b", "price": 0 })).refused()), both[..1], "its own key is its own");
        let operations = json!([
            { "op": "update", "id": "b", "record": { "sku": "a", "price": 0 } },
            { "op": "upsert", "record": { "sku": "c", "price": 0 } },
        ]);
        let expected = ["/operations/0/record/price value.rule", "/operations/0/record/sku unique.taken"];
        let told = places(admin.batch("Product", &operations, Write::default()).refused());
        assert_eq!(told[..2], expected);
        assert!(told[2..].iter().all(|place| place.starts_with("/operations/1/record/")), "{told:?}");
        assert_eq!(admin.column("Product", "sort=sku", "_version"), [json!(1), json!(1)]);
    });
}

#[test]
fn r1_lines_are_rows() {
    on_both(|world| {
        let admin = world.admin();
        products(&admin);
        let lines = b"{\"sku\": \"a\", \"name\": \"x\"}\n\n  {\"sku\": \"b\", \"name\": \"y\"}\r\n";
        let made = admin.bulk("Product", Rows::Ndjson(lines), Write::default()).done();
        assert_eq!(made.to_value()["ids"].as_array().unwrap().len(), 2);
        told!(admin.bulk("Product", Rows::Ndjson(b"{\"sku\": \"c\", \"name\": \"x\"}\n{\"sku\": \n"), Write::default()).refused(), @r#"
        {
          "status": 400,
          "detail": "Expected a value, but the text ends (line 1, column 9)",
          "code": "json.syntax",
          "errors": [{"in":"body","pointer":"/1/sku","code":"json.syntax","message":"Expected a value, but the text ends (line 1, column 9)"}]
        }
        "#);
    });
}

#[test]
fn r1_one_request_holds_so_many_rows() {
    let mut settings = Settings::default();
    settings.records.max_bulk = 3;
    with_settings(&settings, |world| {
        let admin = world.admin();
        products(&admin);
        let rows: Vec<Value> = (0..4).map(|n| json!({ "sku": format!("s{n}"), "name": "x" })).collect();
        told!(admin.creates_all("Product", &json!(rows)).refused(), @r#"
        {
          "status": 422,
          "detail": "one request holds at most 3 rows",
          "code": "bulk.too_many",
          "errors": [],
          "suggestions": ["split the rows over several requests"],
          "limit": "records.max_bulk",
          "allowed": 3,
          "given": 4
        }
        "#);
        let operations: Vec<Value> = rows.iter().map(|row| json!({ "op": "create", "record": row })).collect();
        assert_eq!(admin.batch("Product", &json!(operations), Write::default()).refused()["code"], "bulk.too_many");
        admin.creates_all("Product", &json!(rows[..3])).done();
    });
}

#[test]
fn r1_a_batch_is_done_in_order_each_seeing_what_was_before() {
    on_both(|world| {
        let admin = world.admin();
        products(&admin);
        let gone = id(&admin.creates("Product", json!({ "sku": "gone", "name": "x" })).done());
        admin.deletes("Product", "gone").done();
        let operations = json!([
            { "op": "create", "record": { "sku": "a", "name": "Pen" } },
            { "op": "update", "id": "a", "record": { "price": 2 } },
            { "op": "upsert", "record": { "sku": "a", "name": "Pencil" } },
            { "op": "upsert", "record": { "sku": "b", "name": "Brush" } },
            { "op": "delete", "id": "b" },
            { "op": "create", "record": { "sku": "b", "name": "Broom" } },
            { "op": "restore", "id": gone },
            { "op": "replace", "id": "a", "if_version": 3, "record": { "sku": "z", "name": "Pen" } },
        ]);
        told!(admin.batch("Product", &operations, Write::default()).done(), @r#"
        {
          "results": [
            {"index":0,"id":"<id 1>","version":1},
            {"index":1,"id":"<id 1>","version":2},
            {"index":2,"id":"<id 1>","version":3},
            {"index":3,"id":"<id 2>","version":1},
            {"index":4,"id":"<id 2>","version":2},
            {"index":5,"id":"<id 3>","version":1},
            {"index":6,"id":"<id 4>","version":3},
            {"index":7,"id":"<id 1>","version":4}
          ]
        }
        "#);
        assert_eq!(admin.column("Product", "sort=sku", "name"), [json!("Broom"), json!("x"), json!("Pen")]);
        assert_eq!(admin.history_of("Product", "z").done()["items"].as_array().unwrap().len(), 4);
    });
}

#[test]
fn r1_a_batch_is_all_or_none_or_told_each_by_itself() {
    on_both(|world| {
        let admin = world.admin();
        products(&admin);
        let operations = json!([
            { "op": "create", "record": { "sku": "a", "name": "Pen" } },
            { "op": "update", "id": "nobody", "record": { "price": 2 } },
            { "op": "create", "record": { "sku": "b", "name": "Pen", "price": -1 } },
            { "op": "update", "id": "a", "if_version": 9, "record": { "price": 2 } },
        ]);
        told!(admin.batch("Product", &operations, Write::default()).refused(), @r#"
        {
          "status": 422,
          "detail": "3 problems; the first: there is no such record",
          "code": "record.invalid",
          "errors": [
            {"in":"body","pointer":"/operations/1","code":"record.unknown","message":"there is no such record"},
            {
              "in": "body",
              "pointer": "/operations/2/record/price",
              "code": "value.rule",
              "rule": "exclusiveMinimum",
              "value": -1,
              "message": "must be greater than 0"
            },
            {
              "in": "body",
              "pointer": "/operations/3",
              "code": "record.version",
              "message": "the record has version 1 now",
              "suggestions": ["read it again and repeat the change"]
            }
          ]
        }
        "#);
        assert_eq!(admin.lists("Product", "count=exact").done()["count"], 0);
        told!(admin.batch("Product", &operations, Write { report: true, ..Write::default() }).done(), @r#"
        {
          "results": [
            {"index":0,"id":"<id 1>","version":1},
            {"index":1,"errors":[{"in":"body","pointer":"","code":"record.unknown","message":"there is no such record"}]},
            {
              "index": 2,
              "errors": [
                {
                  "in": "body",
                  "pointer": "/record/price",
                  "code": "value.rule",
                  "rule": "exclusiveMinimum",
                  "value": -1,
                  "message": "must be greater than 0"
                }
              ]
            },
            {
              "index": 3,
              "errors": [
                {
                  "in": "body",
                  "pointer": "",
                  "code": "record.version",
                  "message": "the record has version 1 now",
                  "suggestions": ["read it again and repeat the change"]
                }
              ]
            }
          ]
        }
        "#);
        assert_eq!(admin.lists("Product", "count=exact").done()["count"], 1);
        told!(admin.batch("Product", &json!([{ "op": "upsrt" }, { "op": "update" }, { "op": "create", "recrd": {} }, 3, { "op": "delete", "id": "x", "if_version": "1" }]), Write::default()).refused(), @r#"
        {
          "status": 400,
          "detail": "5 problems; the first: `op` is create, upsert, update, replace, delete or restore",
          "code": "body.shape",
          "errors": [
            {
              "in": "body",
              "pointer": "/operations/0/op",
              "code": "body.shape",
              "message": "`op` is create, upsert, update, replace, delete or restore",
              "suggestions": ["upsert"]
            },
            {"in":"body","pointer":"/operations/1/id","code":"body.shape","message":"`update` needs an `id`"},
            {"in":"body","pointer":"/operations/2/recrd","code":"body.shape","message":"an operation has no member `recrd`"},
            {
              "in": "body",
              "pointer": "/operations/3",
              "code": "body.shape",
              "message": "a record is a JSON object",
              "suggestions": ["{\"name\": ...}"]
            },
            {"in":"body","pointer":"/operations/4/if_version","code":"body.shape","message":"a version is a whole number"}
          ]
        }
        "#);
    });
}

#[test]
fn r1_an_upsert_makes_or_changes_by_the_declared_key() {
    on_both(|world| {
        let admin = world.admin();
        products(&admin);
        admin.registers(json!({ "name": "Keyless", "schema": { "type": "object", "properties": { "x": { "type": "string" } } } })).done();
        let upsert = |model: &str, record: Value| admin.batch(model, &json!([{ "op": "upsert", "record": record }]), Write::default());
        upsert("Product", json!({ "sku": "a", "name": "Pen", "price": 1 })).done();
        upsert("Product", json!({ "sku": "a", "price": 2 })).done();
        let told = admin.gets("Product", "a").done();
        assert_eq!((&told["name"], &told["price"], &told["_version"]), (&json!("Pen"), &json!(2), &json!(2)));
        assert_eq!(
            upsert("Product", json!({ "sku": "b", "price": 2 })).refused()["code"],
            "record.invalid",
            "what is made has to be whole"
        );
        told!(upsert("Product", json!({ "name": "x" })).refused(), @r#"
        {
          "status": 422,
          "detail": "`upsert` needs the key `sku`",
          "code": "field.required",
          "errors": [{"in":"body","pointer":"/operations/0/record/sku","code":"field.required","message":"`upsert` needs the key `sku`"}]
        }
        "#);
        told!(upsert("Keyless", json!({ "x": "y" })).refused(), @r#"
        {
          "status": 400,
          "detail": "`upsert` needs a model with a declared key",
          "code": "body.shape",
          "errors": [
            {
              "in": "body",
              "pointer": "/operations/0/op",
              "code": "body.shape",
              "message": "`upsert` needs a model with a declared key",
              "suggestions": ["declare `key` for the model"]
            }
          ]
        }
        "#);
    });
}

fn retry(key: &str, body: &[u8]) -> Write {
    Write { retry: Some(Retry::new("POST", "/api/records/Product", key, body)), ..Write::default() }
}

#[test]
fn r1_the_same_request_again_is_not_carried_out_again() {
    on_both(|world| {
        let admin = world.admin();
        products(&admin);
        let body: &[u8] = br#"{"sku": "a", "name": "Pen"}"#;
        let first = admin.create("Product", body, retry("k", body)).done();
        let again = admin.create("Product", body, retry("k", body)).done();
        assert_eq!((first.to_value(), true), (again.to_value(), again.replayed));
        let other: &[u8] = br#"{"sku": "b", "name": "Pen"}"#;
        told!(admin.create("Product", other, retry("k", other)).refused(), @r#"
        {
          "status": 422,
          "detail": "this idempotency key was used with another request",
          "code": "idempotency.mismatch",
          "errors": [],
          "suggestions": ["use a new key for a new request"]
        }
        "#);

        admin.updates("Product", "a", json!({ "name": "Pencil" })).done();
        let again = admin.create("Product", body, retry("k", body)).done();
        assert_eq!((again.version(), &again.to_value()["name"]), (1, &json!("Pen")), "the outcome of then");

        let ana = world.person("ana", &["admin"]);
        assert_eq!(ana.create("Product", body, retry("k", body)).refused()["code"], "unique.taken", "the key is one principal's own");
        world.seconds_pass(24 * 3600 + 1);
        assert_eq!(admin.create("Product", body, retry("k", body)).refused()["code"], "unique.taken", "after a day it is forgotten");
    });
}

/// Attack A: an idempotent replay after demotion.
#[test]
fn r1_an_outcome_is_told_again_under_the_rights_of_today() {
    on_both(|world| {
        let (admin, ana) = (world.admin(), world.person("ana", &["seller"]));
        products(&admin);
        let all = json!(["create", "read", "update", "delete", "list"]);
        admin.permits("Product", json!({ "models": { "admin": all, "seller": all } })).done();
        let body: &[u8] = br#"{"sku": "a", "name": "Pen", "price": 3}"#;
        assert_eq!(ana.create("Product", body, retry("k", body)).done().to_value()["price"], 3);
        admin.permits("Product", json!({ "models": { "admin": all, "seller": all }, "columns": { "price": { "read": ["admin"], "write": ["admin", "seller"] } } })).done();
        let again = ana.create("Product", body, retry("k", body)).done().to_value();
        assert_eq!((again.get("price"), &again["name"]), (None, &json!("Pen")));
        admin.permits("Product", json!({ "models": { "admin": all } })).done();
        assert_eq!(ana.create("Product", body, retry("k", body)).refused()["code"], "model.unknown");
    });
}

#[test]
fn r1_retries_of_bulk_batch_and_delete_give_the_same_answer() {
    on_both(|world| {
        let admin = world.admin();
        products(&admin);
        let rows: &[u8] = br#"[{"sku": "a", "name": "x"}, {"sku": "", "name": "x"}, {"sku": "b", "name": "y"}]"#;
        let report = || Write { report: true, ..retry("bulk", rows) };
        let first = admin.bulk("Product", Rows::Json(rows), report()).done().to_value();
        assert_eq!(first, admin.bulk("Product", Rows::Json(rows), report()).done().to_value());
        let operations: &[u8] = br#"{"operations": [{"op": "update", "id": "a", "record": {"price": 1}}, {"op": "delete", "id": "b"}]}"#;
        let first = admin.batch_text(operations);
        assert_eq!(first, admin.batch_text(operations));
        admin.delete("Product", "a", false, retry("del", b"")).done();
        admin.delete("Product", "a", false, retry("del", b"")).done();
        assert_eq!(admin.delete("Product", "a", false, Write::default()).refused()["code"], "record.unknown");
    });
}

impl Person {
    fn batch_text(&self, operations: &[u8]) -> Value {
        self.0.batch("Product", operations, retry("batch", operations)).done().to_value()
    }
}

#[test]
fn r1_a_refused_request_leaves_its_key_free() {
    on_both(|world| {
        let admin = world.admin();
        products(&admin);
        let wrong: &[u8] = br#"{"sku": "a"}"#;
        assert_eq!(admin.create("Product", wrong, retry("k", wrong)).refused()["code"], "record.invalid");
        let right: &[u8] = br#"{"sku": "a", "name": "x"}"#;
        assert!(!admin.create("Product", right, retry("k", right)).done().replayed);
    });
}

#[test]
fn a3_a_record_is_told_as_it_was_and_brought_back() {
    on_both(|world| {
        let admin = world.admin();
        products(&admin);
        let start = 1_767_225_600_000_000;
        let pen = id(&admin.creates("Product", json!({ "sku": "a", "name": "one", "price": 1 })).done());
        world.seconds_pass(10);
        admin.updates("Product", "a", json!({ "name": "two", "price": null })).done();
        world.seconds_pass(10);
        admin.deletes("Product", "a").done();
        world.seconds_pass(10);
        admin.restores("Product", &pen).done();
        told!(admin.history_of("Product", "a").done(), @r#"
        {
          "items": [
            {
              "version": 1,
              "operation": "create",
              "at": "2026-01-01T00:00:00.000000Z",
              "by": "<id 1>",
              "before": null,
              "after": {"sku":"a","name":"one","price":1,"stock":0}
            },
            {
              "version": 2,
              "operation": "update",
              "at": "2026-01-01T00:00:10.000000Z",
              "by": "<id 1>",
              "before": {"sku":"a","name":"one","price":1,"stock":0},
              "after": {"sku":"a","name":"two","stock":0}
            },
            {
              "version": 3,
              "operation": "delete",
              "at": "2026-01-01T00:00:20.000000Z",
              "by": "<id 1>",
              "before": {"sku":"a","name":"two","stock":0},
              "after": null
            },
            {
              "version": 4,
              "operation": "restore",
              "at": "2026-01-01T00:00:30.000000Z",
              "by": "<id 1>",
              "before": null,
              "after": {"sku":"a","name":"two","stock":0}
            }
          ],
          "next": null
        }
        "#);
        let then = |seconds: i64| admin.gets_with("Product", &pen, &Get { as_of: Some(start + seconds * 1_000_000), ..Get::default() });
        assert_eq!(then(-1).refused()["code"], "record.unknown", "before it was");
        assert_eq!(then(0).done()["name"], "one");
        assert_eq!(then(9).done()["name"], "one");
        assert_eq!(then(10).done()["name"], "two");
        assert_eq!(then(25).refused()["code"], "record.unknown", "it was deleted then");
        assert_eq!(then(30).done()["_version"], 4);

        let reverted = admin.reverts("Product", "a", 1).done();
        assert_eq!((&reverted["name"], &reverted["price"], &reverted["_version"]), (&json!("one"), &json!(1), &json!(5)));
        told!(admin.reverts("Product", "a", 9).refused(), @r#"
        {
          "status": 404,
          "detail": "the record has no version 9",
          "code": "version.unknown",
          "errors": [],
          "suggestions": ["a version from 1 to 5"]
        }
        "#);
        assert_eq!(admin.reverts("Product", "a", 3).done()["name"], "two", "what it held when it was deleted");
    });
}

#[test]
fn a3_a_long_history_comes_page_by_page_and_every_version_is_found() {
    on_both(|world| {
        let admin = world.admin();
        products(&admin);
        let pen = id(&admin.creates("Product", json!({ "sku": "a", "name": "x", "stock": 1 })).done());
        for stock in 2..=80 {
            world.seconds_pass(1);
            admin.updates("Product", "a", json!({ "stock": stock })).done();
        }
        let (mut told, mut cursor) = (Vec::new(), None::<String>);
        loop {
            let page = admin.history("Product", &pen, Some(30), cursor.as_deref()).done().to_value();
            told.extend(
                page["items"].as_array().unwrap().iter().map(|item| (item["before"]["stock"].as_i64(), item["after"]["stock"].as_i64())),
            );
            match page["next"].as_str() {
                Some(next) => cursor = Some(next.to_owned()),
                None => break,
            }
        }
        let expected: Vec<_> = (1..=80).map(|stock| ((stock > 1).then_some(stock - 1), Some(stock))).collect();
        assert_eq!(told, expected);
        for version in [1_i64, 2, 31, 32, 33, 63, 64, 65, 80] {
            let get = Get { as_of: Some(1_767_225_600_000_000 + (version - 1) * 1_000_000), ..Get::default() };
            assert_eq!(admin.gets_with("Product", &pen, &get).done()["stock"], version);
        }
        assert_eq!(admin.reverts("Product", "a", 40).done()["stock"], 40);
        admin.creates("Product", json!({ "sku": "b", "name": "x" })).done();
        let next = admin.history("Product", "a", Some(2), None).done().next.unwrap();
        assert_eq!(admin.history("Product", "b", None, Some(&next)).refused()["code"], "cursor.invalid", "a cursor of another record");
    });
}

#[test]
fn r5_ids_are_told_apart_from_keys() {
    on_both(|world| {
        let admin = world.admin();
        admin.registers(json!({ "name": "Thing", "key": ["ref"], "schema": { "type": "object", "properties": { "ref": { "type": "string", "format": "uuid" } }, "required": ["ref"] } })).done();
        let chosen = "0190a000-0000-7000-8000-00000000abcd";
        let thing = admin.creates("Thing", json!({ "ref": chosen })).done();
        assert_eq!(admin.gets("Thing", chosen).done(), thing);
        assert_eq!(admin.gets("Thing", &id(&thing)).done(), thing);
        assert!(RecordId::parse(&id(&thing)).is_some());
        for reserved in ["query", "batch", "search", "aggregate", "export", "import", "changes"] {
            admin.registers(json!({ "name": format!("T{reserved}"), "key": ["k"], "schema": { "type": "object", "properties": { "k": { "type": "string" } }, "required": ["k"] } })).done();
            assert_eq!(
                admin.creates(&format!("T{reserved}"), json!({ "k": reserved })).refused()["errors"][0]["code"],
                "name.reserved",
                "{reserved}"
            );
        }
    });
}

#[test]
fn r1_fields_are_chosen() {
    on_both(|world| {
        let admin = world.admin();
        products(&admin);
        admin.creates("Product", json!({ "sku": "a", "name": "Pen", "size": { "w": 1, "h": 2 } })).done();
        let fields = |paths: &[&str]| Get {
            fields: Some(paths.iter().map(|path| path.split('.').map(str::to_owned).collect()).collect()),
            ..Get::default()
        };
        told!(admin.gets_with("Product", "a", &fields(&["name", "size.h", "_version"])).done(), @r#"{"_id":"<id 1>","name":"Pen","size":{"h":2},"_version":1}"#);
        told!(admin.gets_with("Product", "a", &fields(&["nam", "size.d"])).refused(), @r#"
        {
          "status": 400,
          "detail": "there is no field `nam`",
          "code": "field.unknown",
          "errors": [{"in":"query","pointer":"fields","code":"field.unknown","message":"there is no field `nam`","suggestions":["name"]}]
        }
        "#);
    });
}

#[test]
fn r1_a_batch_deletes_for_good_where_that_is_said() {
    on_both(|world| {
        let admin = world.admin();
        products(&admin);
        for sku in ["a", "b"] {
            admin.creates("Product", json!({ "sku": sku, "name": "Pen" })).done();
        }
        let of = |sku: &str, hard: Value| json!([{ "op": "delete", "id": sku, "hard": hard }]);
        admin.batch("Product", &of("a", json!(true)), Write::default()).done();
        admin.batch("Product", &of("b", json!(false)), Write::default()).done();
        let left = admin.lists("Product", "deleted=include").done();
        assert_eq!(left["items"].as_array().unwrap().iter().map(|item| item["sku"].clone()).collect::<Vec<_>>(), ["b"]);
        assert_eq!(
            admin.batch("Product", &of("b", json!("yes")), Write::default()).refused()["errors"][0]["pointer"],
            "/operations/0/hard"
        );
        let wrong = json!([{ "op": "restore", "id": left["items"][0]["_id"], "hard": true }]);
        assert_eq!(admin.batch("Product", &wrong, Write::default()).refused()["code"], "body.shape");

        admin.permits("Product", json!({ "models": { "admin": ["create", "read", "list"], "clerk": ["read", "delete"] } })).done();
        admin.creates("Product", json!({ "sku": "c", "name": "Pen" })).done();
        let clerk = world.person("clerk", &["clerk"]);
        assert_eq!(clerk.batch("Product", &of("c", json!(true)), Write::default()).refused()["code"], "right.missing");
        clerk.batch("Product", &of("c", json!(null)), Write::default()).done();
    });
}

fn customers(admin: &crate::world::Person) {
    let schema = json!({ "properties": {
        "email": { "type": "string", "minLength": 3 }, "name": { "type": "string" }, "city": { "type": ["string", "null"], "default": " OSLO " },
    } });
    let fields = json!({ "email": { "normalise": ["lower", "trim", "nfc"] }, "city": { "normalise": ["trim"] } });
    admin.registers(json!({ "name": "Customer", "schema": schema, "key": ["email"], "fields": fields })).done();
}

#[test]
fn r4_texts_are_written_anew_only_where_a_field_asks_for_it() {
    on_both(|world| {
        let admin = world.admin();
        customers(&admin);
        assert_eq!(admin.model("Customer").done().0["fields"]["email"]["normalise"], json!(["nfc", "lower", "trim"]));
        assert_eq!(admin.model("Customer").done().0["fields"]["name"].get("normalise"), None);
        let made = admin.creates("Customer", json!({ "email": " Rene\u{301}@X.org\n", "name": " As it IS " })).done();
        assert_eq!((&made["email"], &made["name"], &made["city"]), (&json!("ren\u{e9}@x.org"), &json!(" As it IS "), &json!("OSLO")));
        let places =
            |refused: Value| refused["errors"].as_array().unwrap().iter().map(|issue| issue["pointer"].clone()).collect::<Vec<_>>();
        assert_eq!(places(admin.creates("Customer", json!({ "email": " a  " })).refused()), ["/email"], "it is checked as it is kept");
        let rows = json!([{ "email": "ANA@x.org" }, { "email": "ana@X.org " }]);
        assert_eq!(places(admin.creates_all("Customer", &rows).refused()), ["/1/email"], "one key, however it is written");
        admin.creates("Customer", json!({ "email": "ANA@x.org" })).done();
        assert_eq!(admin.gets("Customer", "Ana@X.org").done()["email"], "ana@x.org", "a record is found by its key as it is sent");
        let upsert = json!([{ "op": "upsert", "record": { "email": "ANA@X.ORG", "name": "Ana" } }]);
        admin.batch("Customer", &upsert, Write::default()).done();
        assert_eq!(admin.updates("Customer", "ana@x.org", json!({ "city": " Rome" })).done()["city"], "Rome");
        assert_eq!(admin.column("Customer", "sort=email", "name"), [json!("Ana"), json!(" As it IS ")]);
        assert_eq!(admin.gets("Customer", "ana@x.org").done()["_version"], 3);
        assert_eq!(admin.updates("Customer", "ana@x.org", json!({ "city": null })).done()["city"], json!(null));
    });
}

#[test]
fn r4_m4_normalisers_change_in_place_and_are_refused_where_they_make_no_sense() {
    on_both(|world| {
        let admin = world.admin();
        customers(&admin);
        admin.creates("Customer", json!({ "email": "a@x", "name": "Ana" })).done();
        admin.changes_model("Customer", json!({ "fields": { "name": { "normalise": ["upper"] } } })).done();
        assert_eq!(admin.gets("Customer", "a@x").done()["name"], "Ana", "what is there stays until it is written");
        assert_eq!(admin.updates("Customer", "a@x", json!({ "city": "Rome" })).done()["name"], "ANA");
        admin.changes_model("Customer", json!({ "fields": { "name": { "normalise": null } } })).done();
        assert_eq!(admin.updates("Customer", "a@x", json!({ "name": "Ana" })).done()["name"], "Ana");
        let refused = |fields: Value| {
            let refused = admin.changes_model("Customer", json!({ "fields": fields })).refused();
            format!("{} {}", refused["errors"][0]["pointer"].as_str().unwrap(), refused["errors"][0]["code"].as_str().unwrap())
        };
        assert_eq!(refused(json!({ "name": { "normalise": ["lower", "upper"] } })), "/fields/name/normalise behaviour.contradiction");
        assert_eq!(refused(json!({ "name": { "normalise": ["nfc", "nfkc"] } })), "/fields/name/normalise behaviour.contradiction");
        assert_eq!(refused(json!({ "name": { "normalise": ["trimm"] } })), "/fields/name/normalise definition.invalid");
        assert_eq!(refused(json!({ "name": { "normalise": "trim" } })), "/fields/name/normalise body.shape");
        assert_eq!(refused(json!({ "email": { "normalise": ["trim"] } })), "/fields/email/normalise definition.invalid");
        assert_eq!(refused(json!({ "email": null })), "/fields/email/normalise definition.invalid");
        let number = json!({ "name": "N", "schema": { "properties": { "n": { "type": "integer" } } }, "fields": { "n": { "normalise": ["trim"] } } });
        assert_eq!(admin.registers(number).refused()["errors"][0]["message"], "only texts are normalised; the field holds integer");
    });
}

#[test]
fn r4_the_element_of_a_list_that_is_wrong_is_told() {
    on_both(|world| {
        let admin = world.admin();
        let schema = json!({ "properties": { "ns": { "type": "array", "items": { "type": "integer" } } } });
        admin.registers(json!({ "name": "List", "schema": schema })).done();
        let refused = admin.creates("List", json!({ "ns": [1, "x", 3] })).refused();
        let places: Vec<&Value> = refused["errors"].as_array().unwrap().iter().map(|issue| &issue["pointer"]).collect();
        assert_eq!(places, ["/ns/1"]);
    });
}
