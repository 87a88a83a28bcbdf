//! Models over HTTP.

use crate::world::{World, products};
use dmr_api::client::Request;
use insta::assert_snapshot;
use serde_json::json;

#[test]
fn m1_a_model_is_registered_from_a_schema() {
    let world = World::new();
    assert_snapshot!(world.admin().post("/api/registry/models", &products()).show(), @r#"
    201 Created
    content-type: application/json
    location: /api/registry/models/Product
    etag: "1.896d6b99"

    {
      "name": "Product",
      "namespace": "app",
      "path": "ns.models.app.Product",
      "version": "1.0.0",
      "source": "external",
      "mode": "hybrid",
      "storage": "flexible",
      "key": [],
      "schema": {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "type": "object",
        "required": [
          "name",
          "price"
        ],
        "properties": {
          "name": {
            "type": "string",
            "maxLength": 40,
            "x-dmr-id": 1
          },
          "price": {
            "type": "number",
            "minimum": 0,
            "x-dmr-id": 2
          },
          "sku": {
            "type": "string",
            "x-dmr-id": 3
          },
          "tags": {
            "type": "array",
            "items": {
              "type": "string"
            },
            "x-dmr-id": 4
          }
        },
        "additionalProperties": false
      },
      "fields": {
        "name": {
          "id": 1,
          "type": "text",
          "required": true,
          "nullable": false,
          "behaviours": []
        },
        "price": {
          "id": 2,
          "type": "number",
          "required": true,
          "nullable": false,
          "behaviours": []
        },
        "sku": {
          "id": 3,
          "type": "text",
          "required": false,
          "nullable": false,
          "behaviours": []
        },
        "tags": {
          "id": 4,
          "type": "list",
          "required": false,
          "nullable": false,
          "behaviours": []
        }
      },
      "indexes": [
        [
          "price"
        ]
      ],
      "unique": [
        [
          "sku"
        ]
      ],
      "tags": [],
      "description": null,
      "records": 0,
      "created_at": "2026-11-21T08:30:00.000000Z",
      "updated_at": "2026-11-21T08:30:00.000000Z"
    }
    "#);
    assert_snapshot!(world.admin().post("/api/registry/models", &products()).status(), @"200");
    let bare = json!({ "title": "Note", "type": "object", "properties": { "text": { "type": "string" } } });
    assert_snapshot!(world.admin().post("/api/registry/models", &bare).must(201).header("location"), @"/api/registry/models/Note");
}

#[test]
fn m1_a_schema_that_is_none_is_refused_with_its_place() {
    let world = World::new();
    let wrong = json!({ "name": "Wrong", "schema": { "type": "object", "properties": { "a": { "type": "strng" } } } });
    assert_snapshot!(world.admin().post("/api/registry/models", &wrong).show(), @r#"
    422 Unprocessable Entity
    content-type: application/problem+json

    {
      "type": "https://dmr.dev/problems/schema.invalid",
      "title": "The schema is not valid",
      "status": 422,
      "detail": "must be one of \"array\", \"boolean\", \"integer\", \"null\", \"number\", \"object\", \"string\"",
      "code": "schema.invalid",
      "errors": [
        {
          "in": "body",
          "pointer": "/schema/properties/a/type",
          "code": "schema.invalid",
          "rule": "enum",
          "value": "strng",
          "message": "must be one of \"array\", \"boolean\", \"integer\", \"null\", \"number\", \"object\", \"string\"",
          "suggestions": [
            "string"
          ]
        }
      ]
    }
    "#);
    let other = json!({ "name": "Product", "schema": { "type": "object" } });
    world.admin().post("/api/registry/models", &products()).must(201);
    assert_snapshot!(world.admin().post("/api/registry/models", &other).refusal(), @"409 model.exists");
}

#[test]
fn m8_a_route_names_one_model_and_suggests_those_called_so() {
    let world = World::new();
    let admin = world.admin();
    let register = |namespace: &str| {
        let permissions = json!({ "models": { "admin": ["create", "read"] } });
        let body = json!({ "name": "Cup", "namespace": namespace, "schema": { "type": "object" }, "permissions": permissions });
        admin.post("/api/registry/models", &body).must(201);
    };
    register("shop");
    register("attic");
    let answer = admin.get("/api/registry/models/Cup");
    assert_snapshot!(answer.refusal(), @"404 model.unknown");
    assert_eq!(answer.json()["suggestions"], json!(["attic.Cup", "shop.Cup"]));
    assert_snapshot!(admin.post("/api/records/Cup", &json!({})).refusal(), @"404 model.unknown");
    admin.post("/api/records/shop.Cup", &json!({})).must(201);
    register("app");
    admin.post("/api/records/Cup", &json!({})).must(201);
    let user = world.person("user", &["user"]);
    assert_eq!(user.get("/api/registry/models/Cup").json()["suggestions"], serde_json::Value::Null, "nobody is told of hidden ones");
}

#[test]
fn m8_models_are_listed_page_by_page() {
    let world = World::new();
    for name in ["Apple", "Banana", "Cherry"] {
        world.admin().post("/api/registry/models", &json!({ "name": name, "schema": { "type": "object" }, "tags": ["fruit"] })).must(201);
    }
    let page = world.admin().get("/api/registry/models?limit=2&tag=fruit").must(200);
    let names: Vec<_> = page.json()["items"].as_array().unwrap().iter().map(|model| model["name"].clone()).collect();
    assert_eq!(names, ["Apple", "Banana"]);
    let link = page.header("link");
    let next = link.strip_prefix('<').and_then(|link| link.strip_suffix(">; rel=\"next\"")).unwrap();
    assert!(next.starts_with("/api/registry/models?limit=2&tag=fruit&cursor="), "{next}");
    assert_eq!(world.admin().get(next).must(200).json()["items"][0]["name"], "Cherry");
    assert_snapshot!(world.admin().get("/api/registry/models?source=nowhere").refusal(), @"400 parameter.value [query source parameter.value]");
    assert_snapshot!(world.admin().get("/api/registry/models?cursor=made-up").refusal(), @"400 cursor.invalid [query cursor cursor.invalid]");
}

#[test]
fn m7_the_next_version_has_a_plan_and_a_diff() {
    let world = World::with_products();
    let admin = world.admin();
    let mut next = products();
    next["schema"]["properties"]["colour"] = json!({ "type": "string" });
    next["schema"]["properties"]["price"]["minimum"] = json!(1);
    let next = json!({ "schema": next["schema"] });
    assert_snapshot!(admin.put("/api/registry/models/Product?dry_run=true", &next).show(), @r#"
    200 OK
    content-type: application/json

    {
      "from": "1.0.0",
      "to": "2.0.0",
      "breaking": true,
      "changes": [
        {
          "kind": "constraint_tightened",
          "field": "price",
          "breaking": true,
          "reason": "minimum: was at least 0, is at least 1"
        },
        {
          "kind": "field_added",
          "field": "colour",
          "breaking": false,
          "reason": "an optional field"
        }
      ],
      "records": 0,
      "likely_renames": {}
    }
    "#);
    let put = admin.put("/api/registry/models/Product", &next).must(201);
    assert_snapshot!(put.json()["version"].to_string(), @r#""2.0.0""#);
    assert_snapshot!(admin.get("/api/registry/models/Product/versions").show(), @r#"
    200 OK
    content-type: application/json

    {
      "items": [
        {
          "version": "2.0.0",
          "stamp": 2,
          "created_at": "2026-11-21T08:30:00.000000Z",
          "breaking": true,
          "changes": [
            {
              "kind": "constraint_tightened",
              "field": "price",
              "breaking": true,
              "reason": "minimum: was at least 0, is at least 1"
            },
            {
              "kind": "field_added",
              "field": "colour",
              "breaking": false,
              "reason": "an optional field"
            }
          ]
        },
        {
          "version": "1.0.0",
          "stamp": 1,
          "created_at": "2026-11-21T08:30:00.000000Z",
          "breaking": false,
          "changes": []
        }
      ],
      "next": null
    }
    "#);
    let diff = admin.get("/api/registry/models/Product/diff?from=1.0.0").must(200).json();
    assert_eq!(diff["changes"].as_array().unwrap().len(), 2);
    let old = admin.get("/api/registry/models/Product/schema?version=1.0.0").must(200).json();
    assert_eq!(old["properties"].get("colour"), None);
    assert_snapshot!(admin.get("/api/registry/models/Product/schema?version=9.9.9").refusal(), @"404 version.unknown");
}

#[test]
fn m4_a_model_changes_in_place_under_its_tag() {
    let world = World::with_products();
    let admin = world.admin();
    let tag = admin.get("/api/registry/models/Product").header("etag").to_owned();
    let patch = json!({ "description": "what we sell", "fields": { "name": { "behaviours": ["INDEXED"] } } });
    let change = |tag: &str| admin.send(Request::patch("/api/registry/models/Product").json(&patch).header("if-match", tag));
    let changed = change(&tag).must(200);
    assert_eq!(changed.json()["description"], "what we sell");
    assert_snapshot!(change(&tag).refusal(), @"412 record.version");
    assert_snapshot!(change("not a tag").refusal(), @"400 header.value [header if-match header.value]");
    let cached = admin.send(Request::get("/api/registry/models/Product").header("if-none-match", changed.header("etag")));
    assert_snapshot!(cached.show(), @r#"
    304 Not Modified
    etag: "2.896d6b99"
    "#);
}

#[test]
fn p1_permissions_are_read_and_replaced() {
    let world = World::with_products();
    let admin = world.admin();
    assert_snapshot!(admin.get("/api/registry/models/Product/permissions").show(), @r#"
    200 OK
    content-type: application/json

    {
      "models": {
        "admin": [
          "create",
          "read",
          "update",
          "delete",
          "list"
        ],
        "user": [
          "read",
          "list"
        ]
      },
      "rows": {},
      "columns": {},
      "discloses": []
    }
    "#);
    let wanted = json!({ "models": { "admin": ["create", "read", "update", "delete", "list"], "anonymous": ["list"] } });
    let replaced = admin.put("/api/registry/models/Product/permissions", &wanted).must(200);
    // The same again is no change.
    assert_eq!(admin.put("/api/registry/models/Product/permissions", &wanted).must(200).json(), replaced.json());
    world.nobody().get("/api/records/Product").must(200);
    assert_snapshot!(admin.put("/api/registry/models/Product/permissions", &json!({ "models": { "admin": ["fly"] } })).refusal(), @"422 permissions.invalid [body /models/admin permissions.invalid]");
}

#[test]
fn a_model_with_records_is_deleted_only_with_them() {
    let world = World::with_products();
    let admin = world.admin();
    admin.post("/api/records/Product", &json!({ "name": "a", "price": 1 })).must(201);
    assert_snapshot!(admin.delete("/api/registry/models/Product").refusal(), @"409 model.not_empty");
    admin.delete("/api/registry/models/Product?records=delete").must(204);
    assert_snapshot!(admin.get("/api/registry/models/Product").refusal(), @"404 model.unknown");
    admin.post("/api/registry/models", &products()).must(201);
}

#[test]
fn r6_a_default_that_its_schema_refuses_is_refused() {
    let world = World::new();
    let shelf = json!({ "title": "Shelf", "type": "object", "properties": { "kind": { "enum": ["wood", "steel"], "default": "stel" } } });
    assert_snapshot!(world.admin().post("/api/registry/models", &shelf).show(), @r#"
    422 Unprocessable Entity
    content-type: application/problem+json

    {
      "type": "https://dmr.dev/problems/schema.default",
      "title": "A default does not satisfy the schema it stands in",
      "status": 422,
      "detail": "the default of `kind` must be one of \"wood\", \"steel\"",
      "code": "schema.default",
      "errors": [
        {
          "in": "body",
          "pointer": "/properties/kind/default",
          "code": "schema.default",
          "rule": "enum",
          "value": "stel",
          "message": "the default of `kind` must be one of \"wood\", \"steel\"",
          "suggestions": [
            "steel"
          ]
        }
      ]
    }
    "#);
}

#[test]
fn r4_m4_normalisers_are_registered_told_and_changed_in_place() {
    let world = World::new();
    let admin = world.admin();
    let schema = json!({ "properties": { "email": { "type": "string" }, "size": { "type": "integer" } } });
    let body = json!({ "name": "Guest", "schema": schema, "key": ["email"], "fields": { "email": { "normalise": ["trim", "lower"] } } });
    let model = admin.post("/api/registry/models", &body).must(201).json();
    assert_eq!(model["fields"]["email"]["normalise"], json!(["lower", "trim"]));
    admin.post("/api/records/Guest", &json!({ "email": " ANA@x.org " })).must(201);
    assert_eq!(admin.get("/api/records/Guest/Ana@x.org").must(200).json()["email"], "ana@x.org");
    assert_snapshot!(admin.post("/api/records/Guest", &json!({ "email": "ana@X.org" })).refusal(), @"409 unique.taken [body /email unique.taken]");
    let patch = json!({ "fields": { "size": { "normalise": ["trim"] } } });
    assert_snapshot!(admin.patch("/api/registry/models/Guest", &patch).refusal(), @"422 definition.invalid [body /fields/size/normalise definition.invalid]");
}
