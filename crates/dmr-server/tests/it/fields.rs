//! What a model's fields are and may be, over HTTP: documents of every draft and tool, behaviours, indexes, unique keys, rules, versions.

use crate::world::{Answer, Person, World};
use dmr_api::client::Request;
use insta::assert_snapshot;
use serde_json::{Value, json};

const ALL: [&str; 5] = ["create", "read", "update", "delete", "list"];

fn registers(admin: &Person, body: &Value) -> Value {
    admin.post("/api/registry/models", body).must(201).json()
}

/// A document as a tool writes it, a record that satisfies it, and one that breaks a rule only this document's draft or tool can say so.
fn documents() -> [(&'static str, Value, Value, Value); 8] {
    let address = |draft: &str| format!("http://json-schema.org/draft-0{draft}/schema#");
    [
        (
            "draft 4",
            json!({ "$schema": address("4"), "type": "object", "properties": { "n": { "type": "number", "minimum": 0, "exclusiveMinimum": true } } }),
            json!({ "n": 0.5 }),
            json!({ "n": 0 }),
        ),
        (
            "draft 6",
            json!({ "$schema": address("6"), "type": "object", "properties": { "n": { "exclusiveMinimum": 0 }, "kind": { "const": "a" } } }),
            json!({ "n": 1, "kind": "a" }),
            json!({ "n": 1, "kind": "b" }),
        ),
        (
            "draft 7",
            json!({
                "$schema": address("7"), "type": "object", "properties": { "a": { "type": "boolean" }, "b": { "type": "string" } },
                "if": { "properties": { "a": { "const": true } }, "required": ["a"] }, "then": { "required": ["b"] },
            }),
            json!({ "a": true, "b": "x" }),
            json!({ "a": true }),
        ),
        (
            "2019-09",
            json!({
                "$schema": "https://json-schema.org/draft/2019-09/schema", "type": "object",
                "properties": { "a": { "type": "string" }, "b": { "type": "string" } }, "dependentRequired": { "a": ["b"] },
            }),
            json!({ "a": "x", "b": "y" }),
            json!({ "a": "x" }),
        ),
        (
            "2020-12",
            json!({
                "$schema": "https://json-schema.org/draft/2020-12/schema", "type": "object",
                "properties": { "pair": { "type": "array", "prefixItems": [{ "type": "integer" }, { "type": "string" }], "items": false } },
            }),
            json!({ "pair": [1, "x"] }),
            json!({ "pair": [1, "x", 2] }),
        ),
        (
            "Pydantic",
            json!({
                "title": "Order", "type": "object", "required": ["lines"],
                "$defs": { "Line": { "title": "Line", "type": "object", "required": ["sku"], "properties": {
                    "sku": { "title": "Sku", "type": "string" },
                    "note": { "anyOf": [{ "type": "string" }, { "type": "null" }], "default": null, "title": "Note" },
                } } },
                "properties": { "lines": { "items": { "$ref": "#/$defs/Line" }, "title": "Lines", "type": "array" } },
            }),
            json!({ "lines": [{ "sku": "a", "note": null }] }),
            json!({ "lines": [{ "note": "x" }] }),
        ),
        (
            "Zod",
            json!({
                "$schema": address("7"), "type": "object", "additionalProperties": false, "required": ["shape"],
                "properties": { "shape": { "anyOf": [
                    { "type": "object", "properties": { "kind": { "type": "string", "const": "circle" }, "r": { "type": "number" } }, "required": ["kind", "r"], "additionalProperties": false },
                    { "type": "object", "properties": { "kind": { "type": "string", "const": "square" }, "a": { "type": "number" } }, "required": ["kind", "a"], "additionalProperties": false },
                ] } },
            }),
            json!({ "shape": { "kind": "circle", "r": 1.5 } }),
            json!({ "shape": { "kind": "square", "r": 1.5 } }),
        ),
        (
            "schemars",
            json!({
                "$schema": "https://json-schema.org/draft/2020-12/schema", "title": "Tree", "type": "object", "required": ["weight"],
                "properties": {
                    "weight": { "type": "integer", "format": "uint8", "minimum": 0, "maximum": 255 },
                    "left": { "anyOf": [{ "$ref": "#" }, { "type": "null" }] },
                },
            }),
            json!({ "weight": 1, "left": { "weight": 2, "left": null } }),
            json!({ "weight": 1, "left": { "weight": 256 } }),
        ),
    ]
}

#[test]
fn m1_documents_of_every_draft_and_tool_hold() {
    let world = World::new();
    let admin = world.admin();
    let mut told = Vec::new();
    for (at, (from, schema, good, bad)) in documents().into_iter().enumerate() {
        let name = format!("M{at}");
        registers(&admin, &json!({ "name": name, "schema": schema }));
        let records = format!("/api/records/{name}");
        let made = admin.post(&records, &good).must(201).json();
        for (member, value) in good.as_object().unwrap() {
            assert_eq!(&made[member], value, "{from}");
        }
        told.push(format!("{from}: {}", admin.post(&records, &bad).refusal()));
        // What goes out is 2020-12 whatever came in, and is itself registered as it stands.
        let out = admin.get(&format!("/api/registry/models/{name}/schema")).must(200).json();
        assert_eq!(out["$schema"], "https://json-schema.org/draft/2020-12/schema", "{from}");
        registers(&admin, &json!({ "name": format!("Again{at}"), "schema": out }));
        admin.post(&format!("/api/records/Again{at}"), &good).must(201);
        assert_eq!(admin.post(&format!("/api/records/Again{at}"), &bad).status(), 422, "{from}, from what went out");
    }
    assert_snapshot!(told.join("\n"), @"
    draft 4: 422 record.invalid [body /n value.rule]
    draft 6: 422 record.invalid [body /kind value.rule]
    draft 7: 422 record.invalid [body /b field.required]
    2019-09: 422 record.invalid [body /b field.required]
    2020-12: 422 record.invalid [body /pair/2 value.rule]
    Pydantic: 422 record.invalid [body /lines/0/sku field.required]
    Zod: 422 record.invalid [body /shape/a field.required] [body /shape/r field.undeclared]
    schemars: 422 record.invalid [body /left/weight value.rule]
    ");
}

#[test]
fn m2_m8_models_say_where_they_come_from_and_are_found_by_it() {
    let world = World::new();
    let admin = world.admin();
    let schema = json!({ "type": "object" });
    registers(
        &admin,
        &json!({ "name": "Cup", "namespace": "shop.kitchen", "schema": schema, "tags": ["blue"], "description": "to drink from" }),
    );
    registers(&admin, &json!({ "name": "shop.Mug", "schema": schema }));
    registers(&admin, &json!({ "name": "Plate", "schema": schema }));
    admin.post("/api/dynamic-schema/process", &json!({ "data_records": [{ "a": 1 }], "source_name": "readings" })).must(201);
    let found = |query: &str| {
        let models = admin.get(&format!("/api/registry/models?{query}")).must(200).json();
        models["items"].as_array().unwrap().iter().map(|model| model["name"].as_str().unwrap().to_owned()).collect::<Vec<_>>().join(" ")
    };
    assert_eq!(found(""), "Plate dynamic.Readings shop.Mug shop.kitchen.Cup");
    assert_eq!(found("namespace=ns.models.shop.*"), "shop.Mug shop.kitchen.Cup");
    assert_eq!(found("source=dynamic"), "dynamic.Readings");
    assert_eq!(found("tag=blue"), "shop.kitchen.Cup");
    let cup = admin.get("/api/registry/models/shop.kitchen.Cup").must(200).json();
    let head = ["name", "namespace", "path", "version", "source", "tags", "description", "records"].map(|member| cup[member].clone());
    assert_eq!(
        json!(head),
        json!(["shop.kitchen.Cup", "shop.kitchen", "ns.models.shop.kitchen.Cup", "1.0.0", "external", ["blue"], "to drink from", 0])
    );
    // In a route a name without a namespace is the default one's and is searched for nowhere else.
    assert_snapshot!(admin.get("/api/registry/models/Mug").refusal(), @"404 model.unknown");
    assert_snapshot!(admin.post("/api/registry/models", &json!({ "name": "shop.Mug", "schema": { "type": "object", "title": "x" } })).refusal(), @"409 model.exists");
}

#[test]
fn m4_behaviours_hold_at_every_route_and_change_in_place() {
    let world = World::new();
    let admin = world.admin();
    let text = json!({ "type": "string" });
    let schema = json!({ "type": "object", "properties": { "name": text, "secret": text, "score": { "type": "integer" }, "note": text } });
    let body = json!({
        "name": "Account", "schema": schema,
        "fields": { "secret": { "behaviours": ["WRITE_ONLY"] }, "score": { "behaviours": ["READ_ONLY", "INDEXED"] }, "note": { "behaviours": ["READ_WRITE"] } },
    });
    registers(&admin, &body);
    let made = admin.post("/api/records/Account", &json!({ "name": "ada", "secret": "s3cret", "note": "n" })).must(201);
    let at = made.header("location").to_owned();
    let paths = [
        at.clone(),
        format!("{at}/history"),
        "/api/records/Account".into(),
        "/api/audit".into(),
        "/api/records/Account?sort=score&fields=name,score".into(),
    ];
    for path in &paths {
        assert!(!admin.get(path).must(200).text().contains("s3cret"), "{path}");
    }
    assert_snapshot!(admin.get("/api/records/Account?secret=s3cret").refusal(), @"400 field.unknown [query secret field.unknown]");
    assert_snapshot!(admin.patch(&at, &json!({ "score": 7 })).refusal(), @"422 record.invalid [body /score field.read_only]");
    let patch = Request::patch(&at).bytes("application/json-patch+json", r#"[{"op":"add","path":"/score","value":7}]"#.to_owned());
    assert_snapshot!(admin.send(patch).refusal(), @"422 field.read_only [body /0/path field.read_only]");
    assert_snapshot!(admin.post("/api/records/Account", &json!([{ "score": 7 }])).refusal(), @"422 record.invalid [body /0/score field.read_only]");

    let open = json!({ "fields": { "score": { "behaviours": [] }, "secret": { "behaviours": [] } } });
    let changed = admin.patch("/api/registry/models/Account", &open).must(200).json();
    assert_eq!((&changed["version"], &changed["fields"]["secret"]["behaviours"]), (&json!("1.0.0"), &json!([])));
    assert_eq!(admin.patch(&at, &json!({ "score": 7 })).must(200).json()["secret"], "s3cret");
    assert_eq!(admin.get("/api/audit?operation=model.change").must(200).json()["items"].as_array().unwrap().len(), 1);
    let refusal = |behaviours: Value| {
        let change = json!({ "fields": { "name": { "behaviours": behaviours } } });
        admin.patch("/api/registry/models/Account", &change).refusal()
    };
    assert_snapshot!(refusal(json!(["READ_ONLY", "WRITE_ONLY"])), @"422 behaviour.contradiction [body /fields/name behaviour.contradiction]");
    assert_snapshot!(refusal(json!(["ENCRYPTED"])), @"422 behaviour.unavailable [body /fields/name/behaviours behaviour.unavailable]");
    assert_snapshot!(refusal(json!(["INDEXD"])), @"422 definition.invalid [body /fields/name/behaviours definition.invalid]");
}

#[test]
fn m5_several_fields_are_unique_together_and_indexes_serve_orders() {
    let world = World::new();
    let admin = world.admin();
    let text = json!({ "type": "string" });
    let schema = json!({ "type": "object", "properties": { "room": text, "day": text } });
    registers(&admin, &json!({ "name": "Booking", "schema": schema, "unique": [["room", "day"]], "indexes": [["room", "-day"]] }));
    let records = "/api/records/Booking";
    for record in
        [json!({ "room": "1", "day": "mon" }), json!({ "room": "1", "day": "tue" }), json!({ "room": "1" }), json!({ "room": "1" })]
    {
        admin.post(records, &record).must(201);
    }
    assert_snapshot!(admin.post(records, &json!({ "room": "1", "day": "mon" })).refusal(), @"409 unique.taken [body /room unique.taken]");
    let other = admin.post(records, &json!({ "room": "2", "day": "mon" })).must(201).header("location").to_owned();
    assert_snapshot!(admin.patch(&other, &json!({ "room": "1" })).refusal(), @"409 unique.taken [body /room unique.taken]");
    let days = admin.get(&format!("{records}?room=1&day__isnull=false&sort=room,-day&fields=day")).must(200).json();
    let days: Vec<_> = days["items"].as_array().unwrap().iter().map(|item| item["day"].as_str().unwrap()).collect();
    assert_eq!(days, ["tue", "mon"]);
    // In place, held against what is stored.
    assert_snapshot!(admin.patch("/api/registry/models/Booking", &json!({ "unique": [["room"]] })).refusal(), @"409 unique.taken [body /unique unique.taken]");
    let changed = admin.patch("/api/registry/models/Booking", &json!({ "unique": [], "indexes": [["day"]] })).must(200).json();
    assert_eq!((&changed["unique"], &changed["indexes"]), (&json!([]), &json!([["day"]])));
    admin.post(records, &json!({ "room": "1", "day": "mon" })).must(201);
}

#[test]
fn m6_every_rule_holds_and_every_violation_is_told() {
    let world = World::new();
    let admin = world.admin();
    let schema = json!({
        "type": "object", "required": ["must"],
        "properties": {
            "must": { "type": "string" },
            "gt": { "type": "number", "exclusiveMinimum": 0 }, "ge": { "type": "number", "minimum": 0 },
            "lt": { "type": "number", "exclusiveMaximum": 10 }, "le": { "type": "number", "maximum": 10 },
            "short": { "type": "string", "maxLength": 3 }, "long": { "type": "string", "minLength": 2 },
            "like": { "type": "string", "pattern": "^[a-z]+$" }, "one": { "enum": ["a", "b"] },
            "step": { "type": "number", "multipleOf": 0.1 },
            "few": { "type": "array", "maxItems": 1 }, "some": { "type": "array", "minItems": 1 },
            "left": { "type": "string", "default": "as it is" },
        },
    });
    registers(&admin, &json!({ "name": "Rules", "schema": schema }));
    let good = json!({
        "must": "", "gt": 0.1, "ge": 0, "lt": 9.9, "le": 10, "short": "äöü", "long": "ab", "like": "z", "one": "b", "step": 0.3, "few": [1], "some": [1],
    });
    assert_eq!(admin.post("/api/records/Rules", &good).must(201).json()["left"], "as it is");
    let bad = json!({
        "gt": 0, "ge": -1, "lt": 10, "le": 11, "short": "abcd", "long": "a", "like": "Z", "one": "c", "step": 0.25, "few": [1, 2], "some": [],
    });
    let told = |answer: Answer| {
        let body = answer.must(422).json();
        let lines = body["errors"].as_array().unwrap().iter().map(|error| {
            format!("{} {}", error["pointer"].as_str().unwrap(), error["rule"].as_str().unwrap_or_else(|| error["code"].as_str().unwrap()))
        });
        lines.collect::<Vec<_>>().join("\n")
    };
    assert_snapshot!(told(admin.post("/api/records/Rules", &bad)), @"
    /must required
    /gt exclusiveMinimum
    /ge minimum
    /lt exclusiveMaximum
    /le maximum
    /short maxLength
    /long minLength
    /like pattern
    /one enum
    /step multipleOf
    /few maxItems
    /some minItems
    ");
}

#[test]
fn m7_old_versions_and_records_of_old_versions_are_read_and_listed_without_loss() {
    let world = World::new();
    let admin = world.admin();
    let text = json!({ "type": "string" });
    let first =
        json!({ "type": "object", "required": ["name"], "properties": { "name": text, "price": { "type": "number" }, "gone": text } });
    registers(&admin, &json!({ "name": "Thing", "schema": first, "unique": [["name"]] }));
    let at = admin
        .post("/api/records/Thing", &json!({ "name": "tea", "price": 3.50, "gone": "still here" }))
        .must(201)
        .header("location")
        .to_owned();
    let next = json!({ "type": "object", "required": ["title", "origin"], "properties": { "title": text, "price": { "type": "number" }, "origin": text } });
    let put = json!({ "schema": next, "renames": { "name": "title" } });
    let plan = admin.put("/api/registry/models/Thing?dry_run=true", &put).must(200).json();
    assert_eq!((&plan["breaking"], &plan["records"], &plan["to"]), (&json!(true), &json!(1), &json!("2.0.0")));
    admin.put("/api/registry/models/Thing", &put).must(201);

    let versions = admin.get("/api/registry/models/Thing/versions").must(200).json();
    let versions: Vec<_> = versions["items"].as_array().unwrap().iter().map(|item| item["version"].as_str().unwrap()).collect();
    assert_eq!(versions, ["2.0.0", "1.0.0"]);
    let old = admin.get("/api/registry/models/Thing/schema?version=1.0.0").must(200).json();
    assert_eq!(old["properties"].as_object().unwrap().keys().collect::<Vec<_>>(), ["name", "price", "gone"]);

    let record = admin.get(&at).must(200).json();
    let listed = admin.get("/api/records/Thing?title=tea").must(200).json()["items"][0].clone();
    assert_eq!(record, listed);
    assert_eq!(
        ["title", "price", "gone", "name"].map(|name| record[name].clone()),
        [json!("tea"), json!(3.5), json!("still here"), json!(null)]
    );
    // Its next write must satisfy the newest version; a unique key follows the field.
    assert_snapshot!(admin.patch(&at, &json!({ "price": 4 })).refusal(), @"422 record.invalid [body /origin field.required]");
    assert_snapshot!(admin.post("/api/records/Thing", &json!({ "title": "tea", "origin": "x" })).refusal(), @"409 unique.taken [body /title unique.taken]");
    admin.patch(&at, &json!({ "price": 4, "origin": "Assam" })).must(200);
    let history = admin.get(&format!("{at}/history")).must(200).json();
    assert_eq!(history["items"][0]["after"]["gone"], "still here");
}

/// The product catalogue of the first source document, as a client of the HTTP API meets it.
#[test]
fn s0_a_product_catalogue() {
    let world = World::new();
    let admin = world.admin();
    let body = json!({
        "name": "Product", "namespace": "shop", "key": ["sku"], "unique": [["sku"]], "indexes": [["category", "-price"]],
        "schema": {
            "title": "Product", "type": "object", "required": ["sku", "name", "price"], "additionalProperties": false,
            "properties": {
                "sku": { "type": "string", "pattern": "^[A-Z]{3}-[0-9]{3}$" },
                "name": { "type": "string", "minLength": 1, "maxLength": 100 },
                "price": { "type": "string", "format": "decimal" },
                "category": { "enum": ["books", "games"] },
                "in_stock": { "type": "boolean", "default": true },
                "cost": { "type": "string", "format": "decimal" },
            },
        },
        "permissions": {
            "models": { "admin": ALL, "user": ["read", "list"] },
            "columns": { "cost": { "read": ["admin"], "write": ["admin"] } },
        },
    });
    registers(&admin, &body);
    let rows = json!([
        { "sku": "BOO-001", "name": "Rust", "price": "39.90", "category": "books", "cost": "20" },
        { "sku": "BOO-002", "name": "SQL", "price": "29.90", "category": "books", "cost": "15" },
        { "sku": "GAM-001", "name": "Go", "price": "9.99", "category": "games", "in_stock": false },
    ]);
    admin.post("/api/records/shop.Product", &rows).must(201);
    let visitor = world.person("vera", &["user"]);
    let admin = world.admin();
    let list = visitor.get("/api/records/shop.Product?category=books&price__lt=35&sort=category,-price").must(200).json();
    assert_eq!(list["items"].as_array().unwrap().len(), 1);
    let item = &list["items"][0];
    assert_eq!(
        (&item["sku"], &item["price"], &item["in_stock"], item.get("cost")),
        (&json!("BOO-002"), &json!("29.90"), &json!(true), None)
    );
    assert_eq!(visitor.get("/api/records/shop.Product/BOO-001").must(200).json()["name"], "Rust");
    assert_snapshot!(visitor.patch("/api/records/shop.Product/BOO-001", &json!({ "price": "1" })).refusal(), @"403 right.missing");
    assert_snapshot!(visitor.get("/api/records/shop.Product?cost__gt=1").refusal(), @"400 field.unknown [query cost__gt field.unknown]");
    admin.patch("/api/records/shop.Product/BOO-001", &json!({ "price": "35.00" })).must(200);
    let history = admin.get("/api/records/shop.Product/BOO-001/history").must(200).json();
    assert_eq!((&history["items"][1]["before"]["price"], &history["items"][1]["after"]["price"]), (&json!("39.90"), &json!("35.00")));
}
