//! Registering, describing, changing, finding and deleting models (M1, M2, M3, M4, M5, M6, M8; attacks D).

use crate::world::{Outcome, Person, id, on_both, told};
use dmr::{ModelFilter, Value};
use serde_json::json;

fn schema() -> Value {
    json!({ "type": "object", "properties": { "name": { "type": "string" }, "price": { "type": "number" } }, "required": ["name"] })
}

#[test]
fn m1_m2_a_model_is_registered_and_described() {
    on_both(|world| {
        let admin = world.admin();
        let body = json!({
            "name": "Product", "namespace": "shop", "schema": schema(), "key": ["name"], "mode": "crud", "storage": "flexible",
            "fields": { "price": { "behaviours": ["INDEXED"], "widget": "currency" } }, "indexes": [["-price", "name"], ["_owner", "_created_at"]],
            "unique": [["name", "price"]], "tags": ["b", "a"], "description": "What is sold.",
        });
        let model = admin.registers(body.clone()).done();
        told!(model, @r#"
        {
          "name": "shop.Product",
          "namespace": "shop",
          "path": "ns.models.shop.Product",
          "version": "1.0.0",
          "source": "external",
          "mode": "crud",
          "storage": "flexible",
          "key": ["name"],
          "schema": {
            "$schema": "https://json-schema.org/draft/2020-12/schema",
            "type": "object",
            "properties": {"name":{"type":"string","x-dmr-id":1},"price":{"type":"number","x-dmr-id":2}},
            "required": ["name"]
          },
          "fields": {
            "name": {"id":1,"type":"text","required":true,"nullable":false,"behaviours":[]},
            "price": {"id":2,"type":"number","required":false,"nullable":false,"behaviours":["INDEXED"],"widget":"currency"}
          },
          "indexes": [["-price","name"],["_owner","_created_at"]],
          "unique": [["name","price"]],
          "tags": ["a","b"],
          "description": "What is sold.",
          "records": 0,
          "created_at": "2026-01-01T00:00:00.000000Z",
          "updated_at": "2026-01-01T00:00:00.000000Z"
        }
        "#);
        assert_eq!(admin.model("shop.Product").done().0, model);
        assert_eq!(admin.model("ns.models.shop.Product").done().0, model, "by its whole path too");
        assert_eq!(admin.model("Product").done().0, model, "and by a short name that no other has");
        let as_routes_do = dmr::Session::clone(&admin).exact();
        assert_eq!(as_routes_do.model("Product").refused()["code"], "model.unknown", "in a route it is never searched for elsewhere");
        let again = admin.register(body.clone()).done();
        assert_eq!((again.created, again.model), (false, model), "the same again changes nothing");
        let other = json!({ "name": "Product", "namespace": "shop", "schema": schema(), "tags": ["c"] });
        told!(admin.registers(other).refused(), @r#"
        {
          "status": 409,
          "detail": "there is a model `shop.Product` already",
          "code": "model.exists",
          "errors": [],
          "suggestions": ["register its next version: PUT /api/registry/models/shop.Product"]
        }
        "#);
    });
}

#[test]
fn m1_a_bare_schema_with_a_title_is_a_model() {
    on_both(|world| {
        let admin = world.admin();
        let bare = json!({ "$schema": "https://json-schema.org/draft/2020-12/schema", "title": "Pen", "type": "object", "properties": { "ink": { "type": "string" } } });
        assert_eq!(admin.registers(bare).done()["path"], "ns.models.app.Pen");
        told!(admin.registers(json!({ "type": "object", "properties": {} })).refused(), @r#"
        {
          "status": 400,
          "detail": "a bare schema needs a `title`: it becomes the model's name",
          "code": "body.shape",
          "errors": [
            {
              "in": "body",
              "pointer": "/title",
              "code": "body.shape",
              "message": "a bare schema needs a `title`: it becomes the model's name",
              "suggestions": ["{\"name\": \"...\", \"schema\": {...}}"]
            }
          ]
        }
        "#);
    });
}

/// What Pydantic, Zod, schemars and typify export: references, combinators, `Optional` as `anyOf` with null, recursion, older drafts.
#[test]
fn m1_schemas_of_every_draft_are_taken_as_they_were_given() {
    on_both(|world| {
        let admin = world.admin();
        let pydantic = json!({
            "$defs": { "Address": { "type": "object", "properties": { "city": { "type": "string", "title": "City" } }, "required": ["city"], "title": "Address" } },
            "properties": {
                "name": { "title": "Name", "type": "string" }, "age": { "anyOf": [{ "type": "integer" }, { "type": "null" }], "default": null, "title": "Age" },
                "address": { "$ref": "#/$defs/Address" }, "kind": { "enum": ["a", "b"], "type": "string" },
            },
            "required": ["name", "address"], "title": "Customer", "type": "object",
        });
        told!(admin.registers(pydantic).done()["fields"], @r#"
        {
          "name": {"id":1,"type":"text","required":true,"nullable":false,"behaviours":[]},
          "age": {"id":2,"type":"integer","required":false,"nullable":true,"behaviours":[]},
          "address": {"id":3,"type":"object","required":true,"nullable":false,"behaviours":[]},
          "address.city": {"id":4,"type":"text","required":true,"nullable":false,"behaviours":[]},
          "kind": {"id":5,"type":"text","required":false,"nullable":false,"behaviours":[]}
        }
        "#);
        let made = admin.creates("Customer", json!({ "name": "Ana", "address": { "city": "Rome" } })).done();
        assert_eq!((&made["age"], &made["address"]["city"]), (&Value::Null, &json!("Rome")));
        assert_eq!(
            admin.creates("Customer", json!({ "name": "Ana", "address": {}, "kind": "c", "age": "x" })).refused()["errors"]
                .as_array()
                .unwrap()
                .len(),
            3
        );
        let drafts = [
            "http://json-schema.org/draft-04/schema#",
            "http://json-schema.org/draft-06/schema#",
            "http://json-schema.org/draft-07/schema#",
            "https://json-schema.org/draft/2019-09/schema",
            "https://json-schema.org/draft/2020-12/schema",
        ];
        for (n, draft) in drafts.iter().enumerate() {
            let name = format!("D{n}");
            let schema = json!({ "$schema": draft, "type": "object", "properties": { "n": { "type": "integer", "minimum": 3 } } });
            admin.registers(json!({ "name": name, "schema": schema })).done();
            admin.creates(&name, json!({ "n": 3 })).done();
            assert_eq!(admin.creates(&name, json!({ "n": 2 })).refused()["code"], "record.invalid", "{draft}");
        }
        let tree = json!({ "title": "Tree", "type": "object", "properties": { "value": { "type": "integer" }, "children": { "type": "array", "items": { "$ref": "#" } } } });
        admin.registers(tree).done();
        admin.creates("Tree", json!({ "value": 1, "children": [{ "value": 2, "children": [] }] })).done();
        assert_eq!(
            admin.creates("Tree", json!({ "children": [{ "children": [{ "value": "x" }] }] })).refused()["errors"][0]["pointer"],
            "/children/0/children/0/value"
        );
    });
}

#[test]
fn m1_what_is_wrong_with_a_registration_is_told() {
    on_both(|world| {
        let admin = world.admin();
        told!(admin.registers(json!({ "nam": "x", "name": "1st", "namespace": "a..b", "schema": schema(), "key": "name", "storage": "fast", "indexes": [["nme"]], "unique": [[]], "tags": "a", "fields": { "name": { "behaviors": [] }, "price": 7 } })).refused(), @r#"
        {
          "status": 422,
          "detail": "8 problems; the first: a model name begins with an ASCII letter",
          "code": "definition.invalid",
          "errors": [
            {"in":"body","pointer":"/name","code":"name.invalid","message":"a model name begins with an ASCII letter","suggestions":["st"]},
            {"in":"body","pointer":"/nam","code":"definition.invalid","message":"a registration has no member `nam`","suggestions":["name"]},
            {"in":"body","pointer":"/key","code":"body.shape","message":"`key` is a list of fields"},
            {
              "in": "body",
              "pointer": "/storage",
              "code": "body.shape",
              "value": "fast",
              "message": "`storage` is `flexible`, `structured` or `auto`"
            },
            {
              "in": "body",
              "pointer": "/unique",
              "code": "body.shape",
              "message": "`unique` is a list of lists of fields",
              "suggestions": ["[[\"sku\"]]"]
            },
            {"in":"body","pointer":"/tags","code":"body.shape","message":"`tags` is a list of texts"},
            {
              "in": "body",
              "pointer": "/fields/name/behaviors",
              "code": "definition.invalid",
              "message": "a field has no setting `behaviors`",
              "suggestions": ["behaviours"]
            },
            {"in":"body","pointer":"/fields/price","code":"body.shape","message":"the settings of a field are an object"}
          ]
        }
        "#);
        told!(admin.registers(json!({ "name": "X", "schema": schema(), "indexes": [["nme"], ["-price"], ["-price"]], "unique": [["prise"]], "key": ["nam"], "fields": { "prce": {} }, "permissions": { "models": { "admin": ["fly"] } } })).refused(), @r#"
        {
          "status": 422,
          "detail": "6 problems; the first: the schema declares no field `prce`",
          "code": "definition.invalid",
          "errors": [
            {
              "in": "body",
              "pointer": "/fields/prce",
              "code": "definition.invalid",
              "message": "the schema declares no field `prce`",
              "suggestions": ["price"]
            },
            {
              "in": "body",
              "pointer": "/indexes/0",
              "code": "definition.invalid",
              "message": "the schema declares no field `nme`",
              "suggestions": ["name"]
            },
            {"in":"body","pointer":"/indexes/2","code":"definition.invalid","message":"this index is declared twice"},
            {
              "in": "body",
              "pointer": "/unique/0",
              "code": "definition.invalid",
              "message": "the schema declares no field `prise`",
              "suggestions": ["price"]
            },
            {
              "in": "body",
              "pointer": "/key/0",
              "code": "definition.invalid",
              "message": "the schema declares no field `nam`",
              "suggestions": ["name"]
            },
            {
              "in": "body",
              "pointer": "/permissions/models/admin",
              "code": "permissions.invalid",
              "value": "fly",
              "message": "there is no such operation",
              "suggestions": ["create","read","update","delete","list"]
            }
          ]
        }
        "#);
        told!(admin.registers(json!({ "name": "X", "schema": { "type": "object", "properties": { "_id": { "type": "string" }, "a": { "type": "strin" }, "b": { "pattern": "(" } } } })).refused(), @r#"
        {
          "status": 422,
          "detail": "must be one of \"array\", \"boolean\", \"integer\", \"null\", \"number\", \"object\", \"string\"",
          "code": "schema.invalid",
          "errors": [
            {
              "in": "body",
              "pointer": "/schema/properties/a/type",
              "code": "schema.invalid",
              "rule": "enum",
              "value": "strin",
              "message": "must be one of \"array\", \"boolean\", \"integer\", \"null\", \"number\", \"object\", \"string\"",
              "suggestions": ["string"]
            }
          ]
        }
        "#);
        told!(admin.registers(json!({ "name": "X", "schema": { "type": "object", "properties": { "a": { "$ref": "#/$defs/B" } } } })).refused(), @r##"
        {
          "status": 422,
          "detail": "the reference leads nowhere",
          "code": "schema.reference",
          "errors": [
            {
              "in": "body",
              "pointer": "/schema/properties/a/$ref",
              "code": "schema.reference",
              "rule": "$ref",
              "value": "#/$defs/B",
              "message": "the reference leads nowhere"
            }
          ]
        }
        "##);
        told!(admin.registers(json!({ "name": "X", "schema": { "type": "array" } })).refused(), @r#"
        {
          "status": 422,
          "detail": "a record is an object, so its schema describes objects",
          "code": "schema.invalid",
          "errors": [
            {
              "in": "body",
              "pointer": "/schema/type",
              "code": "schema.invalid",
              "rule": "type",
              "message": "a record is an object, so its schema describes objects",
              "suggestions": ["\"type\": \"object\""]
            }
          ]
        }
        "#);
        assert_eq!(admin.registers(json!([])).refused()["code"], "body.shape");
        assert!(admin.finds(ModelFilter::default()).is_empty(), "nothing was registered");
    });
}

/// Attack D: names as data or refused with a clear error, never SQL.
#[test]
fn m1_names_are_data() {
    on_both(|world| {
        let admin = world.admin();
        let names = [
            "a b",
            "a\"b",
            "a'b",
            "a;drop table record",
            "a`b",
            "a--b",
            "select",
            "naïve",
            "日本",
            "a.b",
            "a/b",
            "a~b",
            "$ref",
            "1",
            "*",
            "%",
        ];
        let properties: serde_json::Map<String, Value> =
            names.iter().map(|name| ((*name).to_owned(), json!({ "type": "string" }))).collect();
        for storage in ["flexible", "structured"] {
            let model = format!("Odd-{storage}");
            let indexes: Vec<Value> = names.iter().filter(|name| !name.contains('.')).map(|name| json!([name])).collect();
            admin.registers(json!({ "name": model, "schema": { "type": "object", "properties": properties }, "storage": storage, "indexes": indexes })).done();
            let record: serde_json::Map<String, Value> =
                names.iter().map(|name| ((*name).to_owned(), json!(format!("{name}'\"")))).collect();
            let made = admin.creates(&model, json!(record)).done();
            for name in names {
                assert_eq!(made[name], format!("{name}'\""), "{storage} {name}");
                let condition = json!({ "where": { "field": [name], "op": "eq", "value": format!("{name}'\"") } });
                assert_eq!(admin.asks(&model, condition).done()["items"].as_array().unwrap().len(), 1, "{storage} {name}");
            }
        }
        for name in ["a b", "a\"b", "", "x;y", "é", "a.b.", "_x", &"x".repeat(65)] {
            assert_eq!(admin.registers(json!({ "name": name, "schema": schema() })).refused()["code"], "name.invalid", "{name:?}");
        }
        for field in ["", "_id", "_x", "a\u{0}b", &"x".repeat(201)] {
            let refused = admin.registers(json!({ "name": "X", "schema": { "type": "object", "properties": { field: {} } } })).refused();
            assert_eq!(refused["status"], 422, "{field:?} {refused}");
        }
    });
}

#[test]
fn m3_m4_what_is_not_built_is_refused_by_name() {
    on_both(|world| {
        let admin = world.admin();
        let refused = |members: Value| {
            let mut body = json!({ "name": "X", "schema": schema() });
            body.as_object_mut().unwrap().extend(members.as_object().unwrap().clone());
            let told = admin.registers(body).refused();
            format!("{} {}", told["code"].as_str().unwrap(), told["errors"][0]["pointer"].as_str().unwrap())
        };
        let told = [
            json!({ "mode": "cqrs" }),
            json!({ "fields": { "name": { "behaviours": ["AUDITED"] } } }),
            json!({ "fields": { "name": { "behaviours": ["ENCRYPTED"] } } }),
            json!({ "fields": { "name": { "behaviours": ["MASKED"] } } }),
            json!({ "fields": { "name": { "behaviours": ["COMPUTED"] } } }),
            json!({ "fields": { "name": { "computed": "1 + 1" } } }),
            json!({ "fields": { "name": { "mask": "full" } } }),
            json!({ "key": ["name", "price"] }),
            json!({ "fields": { "name": { "behaviours": ["READ_ONLY", "WRITE_ONLY"] } } }),
            json!({ "fields": { "name": { "behaviours": ["READ_ONLY"] } } }),
            json!({ "fields": { "name": { "behaviours": ["FAST"] } } }),
        ]
        .map(refused);
        insta::assert_snapshot!(told.join("\n"), @r#"
        behaviour.unavailable /mode
        behaviour.unavailable /fields/name/behaviours
        behaviour.unavailable /fields/name/behaviours
        behaviour.unavailable /fields/name/behaviours
        behaviour.unavailable /fields/name/behaviours
        behaviour.unavailable /fields/name/computed
        behaviour.unavailable /fields/name/mask
        behaviour.unavailable /key
        behaviour.contradiction /fields/name
        behaviour.contradiction /fields/name
        definition.invalid /fields/name/behaviours
        "#);
    });
}

#[test]
fn m4_behaviours_hold_at_every_door_of_a_record() {
    on_both(|world| {
        let admin = world.admin();
        admin
            .registers(json!({
                "name": "User",
                "schema": { "type": "object", "properties": { "name": { "type": "string" }, "secret": { "type": "string" }, "made": { "type": "string", "default": "here" } } },
                "fields": { "secret": { "behaviours": ["WRITE_ONLY"] }, "made": { "behaviours": ["READ_ONLY"] }, "name": { "behaviours": ["READ_WRITE", "INDEXED"] } },
            }))
            .done();
        let user = id(&admin.creates("User", json!({ "name": "ana", "secret": "hunter2" })).done());
        admin.updates("User", &user, json!({ "secret": "hunter3" })).done();
        let told = [
            admin.gets("User", &user).done(),
            admin.lists("User", "").done(),
            admin.history_of("User", &user).done(),
            admin.reverts("User", &user, 1).done(),
            admin.schema("User", None).done(),
        ];
        for told in &told {
            assert!(!told.to_string().contains("hunter"), "{told}");
        }
        assert_eq!(told[0]["made"], "here", "a default is the system's");
        assert_eq!(told[4]["properties"]["secret"]["writeOnly"], true);
        assert_eq!(told[4]["properties"]["made"]["readOnly"], true);
        told!(admin.updates("User", &user, json!({ "made": "there" })).refused(), @r#"
        {
          "status": 422,
          "detail": "`made` is never accepted from a client",
          "code": "record.invalid",
          "errors": [{"in":"body","pointer":"/made","code":"field.read_only","message":"`made` is never accepted from a client"}]
        }
        "#);
        for ask in ["secret=hunter3", "secret__startswith=h", "sort=secret", "fields=secret", "secret__isnull=false"] {
            assert_eq!(admin.lists("User", ask).refused()["code"], "field.unknown", "{ask}");
        }
    });
}

#[test]
fn m4_behaviours_tags_and_indexes_change_in_place_without_a_version() {
    on_both(|world| {
        let admin = world.admin();
        admin.registers(json!({ "name": "Product", "schema": schema() })).done();
        admin.creates("Product", json!({ "name": "b", "price": 1 })).done();
        let before = admin.model("Product").done().0;
        let changed = admin.changes_model("Product", json!({ "fields": { "price": { "behaviours": ["INDEXED"] }, "name": { "behaviours": ["READ_ONLY"] } }, "tags": ["x"], "description": "d", "indexes": [["-price", "name"]] }));
        assert_eq!(changed.refused()["code"], "behaviour.contradiction", "required, READ_ONLY and without default");
        let changed = admin.changes_model("Product", json!({ "fields": { "price": { "behaviours": ["INDEXED"] } }, "tags": ["x"], "description": "d", "indexes": [["-price", "name"]], "unique": [["name"]] })).done();
        told!(json!({ "version": changed["version"], "fields": changed["fields"], "indexes": changed["indexes"], "unique": changed["unique"], "tags": changed["tags"], "description": changed["description"] }), @r#"
        {
          "version": "1.0.0",
          "fields": {
            "name": {"id":1,"type":"text","required":true,"nullable":false,"behaviours":[]},
            "price": {"id":2,"type":"number","required":false,"nullable":false,"behaviours":["INDEXED"]}
          },
          "indexes": [["-price","name"]],
          "unique": [["name"]],
          "tags": ["x"],
          "description": "d"
        }
        "#);
        assert_eq!(changed["version"], before["version"]);
        assert_eq!(admin.creates("Product", json!({ "name": "b" })).refused()["code"], "unique.taken");
        let back =
            admin.changes_model("Product", json!({ "fields": { "price": null }, "description": null, "unique": [], "indexes": [] })).done();
        assert_eq!(
            (&back["indexes"], &back["unique"], &back["description"], &back["tags"]),
            (&json!([]), &json!([]), &Value::Null, &json!(["x"]))
        );
        admin.creates("Product", json!({ "name": "b" })).done();
        told!(admin.changes_model("Product", json!({ "unique": [["name"]] })).refused(), @r#"
        {
          "status": 409,
          "detail": "1 record has a value of name that another has too",
          "code": "unique.taken",
          "errors": [
            {
              "in": "body",
              "pointer": "/unique",
              "code": "unique.taken",
              "message": "1 record has a value of name that another has too",
              "suggestions": ["find them: group or sort by name"]
            }
          ]
        }
        "#);
        told!(admin.changes_model("Product", json!({ "schema": {}, "name": "Other", "tag": [] })).refused(), @r#"
        {
          "status": 422,
          "detail": "3 problems; the first: `schema` does not change in place",
          "code": "definition.invalid",
          "errors": [
            {
              "in": "body",
              "pointer": "/schema",
              "code": "definition.invalid",
              "message": "`schema` does not change in place",
              "suggestions": ["register the next version with PUT"]
            },
            {
              "in": "body",
              "pointer": "/name",
              "code": "definition.invalid",
              "message": "`name` does not change in place",
              "suggestions": ["register the next version with PUT"]
            },
            {
              "in": "body",
              "pointer": "/tag",
              "code": "definition.invalid",
              "message": "`tag` does not change in place",
              "suggestions": ["register the next version with PUT"]
            }
          ]
        }
        "#);
        let (_, tag) = admin.model("Product").done();
        admin.change_model("Product", json!({ "tags": ["y"] }), Some(tag.clone())).done();
        assert_eq!(admin.change_model("Product", json!({ "tags": ["z"] }), Some(tag)).refused()["code"], "record.version");
    });
}

#[test]
fn m5_unique_keys_of_several_fields_ignore_null() {
    on_both(|world| {
        let admin = world.admin();
        admin.registers(json!({ "name": "Seat", "schema": { "type": "object", "properties": { "row": { "type": ["integer", "null"] }, "place": { "type": "string" } } }, "unique": [["row", "place"]] })).done();
        admin.creates_all("Seat", &json!([{ "row": 1, "place": "a" }, { "row": 1, "place": "b" }, { "row": null, "place": "a" }, { "row": null, "place": "a" }, { "place": "a" }])).done();
        told!(admin.creates("Seat", json!({ "row": 1, "place": "a" })).refused(), @r#"
        {
          "status": 409,
          "detail": "another record has these values of `row`, `place`",
          "code": "unique.taken",
          "errors": [
            {
              "in": "body",
              "pointer": "/row",
              "code": "unique.taken",
              "rule": "unique",
              "message": "another record has these values of `row`, `place`"
            }
          ]
        }
        "#);
    });
}

fn some_models(admin: &Person) {
    for (namespace, name, tags, source) in [
        ("shop", "Product", json!(["sold"]), "static"),
        ("shop", "Order", json!([]), "external"),
        ("shop.archive", "Order", json!(["old"]), "external"),
        ("app", "Product", json!(["sold"]), "dynamic"),
    ] {
        admin.registers(json!({ "name": name, "namespace": namespace, "schema": schema(), "tags": tags, "source": source })).done();
    }
}

#[test]
fn m8_models_are_found_by_name_path_glob_tag_and_source() {
    on_both(|world| {
        let admin = world.admin();
        some_models(&admin);
        let glob = |pattern: &str| admin.finds(ModelFilter { namespace: Some(pattern.into()), ..ModelFilter::default() });
        assert_eq!(
            admin.finds(ModelFilter::default()),
            ["ns.models.app.Product", "ns.models.shop.Order", "ns.models.shop.Product", "ns.models.shop.archive.Order"]
        );
        assert_eq!(glob("shop"), ["ns.models.shop.Order", "ns.models.shop.Product", "ns.models.shop.archive.Order"], "a star crosses dots");
        assert_eq!(glob("ns.models.shop.*"), glob("shop"));
        assert_eq!(glob("*archive*"), ["ns.models.shop.archive.Order"]);
        assert_eq!(glob("ns.models.*.Order"), ["ns.models.shop.Order", "ns.models.shop.archive.Order"]);
        assert_eq!(glob("nothing"), Vec::<String>::new());
        assert_eq!(
            admin.finds(ModelFilter { tag: Some("sold".into()), ..ModelFilter::default() }),
            ["ns.models.app.Product", "ns.models.shop.Product"]
        );
        assert_eq!(
            admin.finds(ModelFilter { source: Some("static".into()), tag: Some("sold".into()), ..ModelFilter::default() }),
            ["ns.models.shop.Product"]
        );
        told!(admin.models(&ModelFilter { source: Some("statik".into()), ..ModelFilter::default() }).refused(), @r#"
        {
          "status": 400,
          "detail": "`source` is `static`, `dynamic` or `external`",
          "code": "parameter.value",
          "errors": [
            {
              "in": "query",
              "pointer": "source",
              "code": "parameter.value",
              "message": "`source` is `static`, `dynamic` or `external`",
              "suggestions": ["static"]
            }
          ]
        }
        "#);
        assert_eq!(admin.model("shop.archive.Order").done().0["namespace"], "shop.archive");
        told!(admin.model("shop.Ordr").refused(), @r#"{"status":404,"detail":"there is no model `shop.Ordr`","code":"model.unknown","errors":[],"suggestions":["shop.Order"]}"#);
    });
}

#[test]
fn m8_a_short_name_is_enough_where_one_model_has_it() {
    on_both(|world| {
        let admin = world.admin();
        some_models(&admin);
        let cup = |namespace: &str| json!({ "name": "Cup", "namespace": namespace, "schema": schema() });
        admin.registers(cup("shop")).done();
        let made = admin.creates("Cup", json!({ "name": "a", "price": 1 })).done();
        assert_eq!(admin.column("Cup", "", "name"), [json!("a")]);
        assert_eq!(admin.gets("ns.models.shop.Cup", &id(&made)).done()["name"], "a");
        assert_eq!(admin.model("Cup").done().0["path"], "ns.models.shop.Cup");
        admin.changes_model("Cup", json!({ "tags": ["small"] })).done();
        assert_eq!(admin.model("Product").done().0["path"], "ns.models.app.Product", "the default namespace comes first");
        let ambiguous = json!({
            "status": 409, "detail": "`Order` is the short name of 2 models", "code": "model.ambiguous", "errors": [],
            "suggestions": ["shop.Order", "shop.archive.Order"],
        });
        assert_eq!(admin.model("Order").refused(), ambiguous);
        assert_eq!(admin.creates("Order", json!({ "name": "a", "price": 1 })).refused(), ambiguous);
        assert_eq!(admin.lists("Order", "").refused(), ambiguous);
        assert_eq!(admin.delete_model("Order", true).refused()["code"], "model.ambiguous");
    });
}

#[test]
fn m8_p6_a_short_name_is_looked_for_among_what_the_asker_may_know_of() {
    on_both(|world| {
        let admin = world.admin();
        some_models(&admin);
        let seller = world.person("seller", &["seller"]);
        let ask = || format!("{:?} {:?} {:?}", seller.model("Order"), seller.lists("Order", ""), seller.model("Product"));
        let before = ask();
        for name in ["shop.Order", "shop.Product"] {
            admin.permits(name, json!({ "models": { "seller": ["list", "read"] } })).done();
        }
        let one = ask();
        assert_ne!(one, before);
        assert_eq!(seller.model("Order").done().0["path"], "ns.models.shop.Order", "the hidden one of the same name is no candidate");
        assert_eq!(seller.model("Product").done().0["path"], "ns.models.shop.Product", "nor the hidden one of the default namespace");
        admin.delete_model("shop.archive.Order", true).done();
        admin.delete_model("app.Product", true).done();
        assert_eq!(ask(), one, "without them it is the same, byte for byte");
        admin
            .registers(
                json!({ "name": "Order", "namespace": "attic", "schema": schema(), "permissions": { "models": { "seller": ["list"] } } }),
            )
            .done();
        admin.registers(json!({ "name": "Order", "namespace": "cellar", "schema": schema() })).done();
        assert_eq!(seller.model("Order").refused()["suggestions"], json!(["attic.Order", "shop.Order"]));
    });
}

#[test]
fn m8_models_come_page_by_page() {
    on_both(|world| {
        let admin = world.admin();
        some_models(&admin);
        let (mut paths, mut cursor) = (Vec::new(), None);
        loop {
            let page = admin.models(&ModelFilter { limit: Some(3), cursor, ..ModelFilter::default() }).done();
            paths.extend(page["items"].as_array().unwrap().iter().map(|model| model["path"].as_str().unwrap().to_owned()));
            match page["next"].as_str() {
                Some(next) => cursor = Some(next.to_owned()),
                None => break,
            }
        }
        assert_eq!(paths, admin.finds(ModelFilter::default()));
        let next = admin.models(&ModelFilter { limit: Some(1), ..ModelFilter::default() }).done()["next"].as_str().map(str::to_owned);
        assert_eq!(
            admin.models(&ModelFilter { cursor: next, tag: Some("old".into()), ..ModelFilter::default() }).refused()["code"],
            "cursor.invalid"
        );
    });
}

#[test]
fn m8_who_may_not_know_of_a_model_does_not_find_it() {
    on_both(|world| {
        let admin = world.admin();
        some_models(&admin);
        admin.permits("shop.Product", json!({ "models": { "admin": ["read", "create"], "seller": ["list"] } })).done();
        let (user, seller) = (world.person("user", &["user"]), world.person("seller", &["seller"]));
        assert_eq!(user.finds(ModelFilter::default()), ["ns.models.app.Product", "ns.models.shop.Order", "ns.models.shop.archive.Order"]);
        assert_eq!(seller.finds(ModelFilter::default()), ["ns.models.shop.Product"]);
        let hidden = user.model("shop.Product").refused();
        let absent = user.model("shop.Zroduct").refused();
        assert_eq!((&hidden["status"], &hidden["code"]), (&absent["status"], &absent["code"]));
        assert!(!seller.model("shop.Order1").refused().to_string().contains("`shop.Order`"), "no suggestion tells of it");
        let refused = user.registers(json!({ "name": "Product", "namespace": "shop", "schema": schema() })).refused();
        assert_eq!(refused["code"], "right.missing");
    });
}

#[test]
fn m1_a_deleted_model_leaves_its_name_free() {
    on_both(|world| {
        let admin = world.admin();
        admin.registers(json!({ "name": "Product", "schema": schema(), "unique": [["name"]] })).done();
        let old = id(&admin.creates("Product", json!({ "name": "a", "price": 1 })).done());
        told!(admin.delete_model("Product", false).refused(), @r#"
        {
          "status": 409,
          "detail": "the model has 1 live record",
          "code": "model.not_empty",
          "errors": [],
          "suggestions": ["delete them with it: ?records=delete"]
        }
        "#);
        admin.delete_model("Product", true).done();
        assert_eq!(admin.model("Product").refused()["code"], "model.unknown");
        assert_eq!(admin.gets("Product", &old).refused()["code"], "model.unknown");
        assert_eq!(admin.delete_model("Product", true).refused()["code"], "model.unknown");
        admin
            .registers(json!({ "name": "Product", "schema": { "type": "object", "properties": { "name": { "type": "integer" } } } }))
            .done();
        assert_eq!(admin.gets("Product", &old).refused()["code"], "record.unknown", "what was is not the new one's");
        assert_eq!(admin.lists("Product", "count=exact&deleted=include").done()["count"], 0);
        admin.creates("Product", json!({ "name": 1 })).done();
        drop(admin);
        let world = world.reopened();
        let admin = world.admin();
        assert_eq!(admin.column("Product", "", "name"), [json!(1)]);
        assert_eq!(admin.model("Product").done().0["records"], 1);
    });
}

#[test]
fn m1_everything_is_there_after_a_new_start() {
    on_both(|world| {
        let admin = world.admin();
        some_models(&admin);
        admin.changes_model("shop.Product", json!({ "indexes": [["-price"]], "fields": { "name": { "behaviours": ["INDEXED"] } } })).done();
        admin.creates_all("shop.Product", &json!([{ "name": "a", "price": 1 }, { "name": "b", "price": 2 }])).done();
        let told = |person: &Person| {
            [
                person.model("shop.Product").done().0,
                person.versions("shop.Product").done(),
                person.permissions("shop.Product").done(),
                person.lists("shop.Product", "sort=-price").done(),
            ]
        };
        let (before, paths) = (told(&admin), admin.finds(ModelFilter::default()));
        drop(admin);
        let world = world.reopened();
        let admin = world.admin();
        assert_eq!(told(&admin), before);
        assert_eq!(admin.finds(ModelFilter::default()), paths);
        assert!(!world.registry.is_new() || world.registry.directory().is_none());
    });
}

#[test]
fn r6_a_default_that_its_schema_refuses_is_refused() {
    on_both(|world| {
        let admin = world.admin();
        let with = |default: Value| json!({ "type": "object", "title": "Shelf", "properties": { "size": { "type": "integer", "maximum": 10, "default": default } } });
        told!(admin.registers(with(json!(11))).refused(), @r#"
        {
          "status": 422,
          "detail": "the default of `size` must be at most 10",
          "code": "schema.default",
          "errors": [
            {
              "in": "body",
              "pointer": "/properties/size/default",
              "code": "schema.default",
              "rule": "maximum",
              "value": 11,
              "message": "the default of `size` must be at most 10"
            }
          ]
        }
        "#);
        told!(admin.registers(json!({ "name": "Shelf", "schema": with(json!("many")) })).refused(), @r#"
        {
          "status": 422,
          "detail": "the default of `size` must be an integer",
          "code": "schema.default",
          "errors": [
            {
              "in": "body",
              "pointer": "/schema/properties/size/default",
              "code": "schema.default",
              "rule": "type",
              "value": "many",
              "message": "the default of `size` must be an integer"
            }
          ]
        }
        "#);
        admin.registers(with(json!(9))).done();
        assert_eq!(admin.creates("Shelf", json!({})).done()["size"], 9);
        let refused = admin.puts("Shelf", json!({ "schema": with(json!(11)) })).refused();
        assert_eq!(
            (&refused["code"], &refused["errors"][0]["pointer"]),
            (&json!("schema.default"), &json!("/schema/properties/size/default"))
        );
        assert_eq!(admin.plans("Shelf", with(json!(12))).refused()["code"], "schema.default");
        assert_eq!(admin.model("Shelf").done().0["version"], "1.0.0");
    });
}
