//! References between models over HTTP (M5).

use crate::world::{Person, World};
use dmr_api::client::Request;
use insta::assert_snapshot;
use serde_json::{Value, json};

const ORDERS: &str = "/api/records/shop.Order";

fn shop() -> (World, Person) {
    let world = World::new();
    let admin = world.admin();
    let text = json!({ "type": "string" });
    let customer = json!({
        "name": "shop.Customer", "key": ["no"],
        "schema": { "type": "object", "additionalProperties": false, "required": ["no"], "properties": { "no": text, "name": text, "score": { "type": "number" } } },
    });
    let order = json!({
        "name": "shop.Order",
        "schema": { "type": "object", "additionalProperties": false, "properties": {
            "customer": { "type": ["string", "null"] }, "guests": { "type": "array", "items": text }, "total": { "type": "number" }, "note": text,
        } },
        "fields": {
            "customer": { "references": "shop.Customer", "on_delete": "restrict" }, "guests": { "references": "shop.Customer" },
            "note": { "behaviours": ["SEARCHABLE"] },
        },
    });
    admin.post("/api/registry/models", &customer).must(201);
    admin.post("/api/registry/models", &order).must(201);
    admin
        .post("/api/records/shop.Customer", &json!([{ "no": "ann", "name": "Ann", "score": 0.5 }, { "no": "bob", "name": "Bob" }]))
        .must(201);
    (world, admin)
}

fn made(answer: &Value) -> String {
    answer["_id"].as_str().unwrap().to_owned()
}

#[test]
fn m5_references_are_registered_told_and_changed_in_place() {
    let (_world, admin) = shop();
    let model = admin.get("/api/registry/models/shop.Order").must(200).json();
    assert_snapshot!(serde_json::to_string(&model["fields"]).unwrap(), @r#"{"customer":{"id":1,"type":"text","required":false,"nullable":true,"behaviours":[],"references":"shop.Customer","on_delete":"restrict"},"guests":{"id":2,"type":"list","required":false,"nullable":false,"behaviours":[],"references":"shop.Customer","on_delete":"keep"},"total":{"id":3,"type":"number","required":false,"nullable":false,"behaviours":[]},"note":{"id":4,"type":"text","required":false,"nullable":false,"behaviours":["SEARCHABLE"]}}"#);
    let patch = json!({ "fields": { "guests": { "references": null }, "customer": { "on_delete": "keep" } } });
    let model = admin.patch("/api/registry/models/shop.Order", &patch).must(200).json();
    assert_snapshot!(serde_json::to_string(&model["fields"]).unwrap(), @r#"{"customer":{"id":1,"type":"text","required":false,"nullable":true,"behaviours":[],"references":"shop.Customer","on_delete":"keep"},"guests":{"id":2,"type":"list","required":false,"nullable":false,"behaviours":[]},"total":{"id":3,"type":"number","required":false,"nullable":false,"behaviours":[]},"note":{"id":4,"type":"text","required":false,"nullable":false,"behaviours":["SEARCHABLE"]}}"#);
    assert_snapshot!(admin.delete("/api/registry/models/shop.Customer?records=delete").show(), @r#"
    409 Conflict
    content-type: application/problem+json

    {
      "type": "https://dmr.dev/problems/reference.held",
      "title": "Others refer to it",
      "status": 409,
      "detail": "the model `shop.Order` refers to it",
      "code": "reference.held",
      "errors": [],
      "suggestions": [
        "take the reference back first: PATCH /api/registry/models/shop.Order"
      ]
    }
    "#);
    assert_snapshot!(admin.patch("/api/registry/models/shop.Order", &json!({ "fields": { "total": { "references": "shop.Customer" } } })).show(), @r#"
    422 Unprocessable Entity
    content-type: application/problem+json

    {
      "type": "https://dmr.dev/problems/definition.invalid",
      "title": "The description of the model is not valid",
      "status": 422,
      "detail": "`total` holds number; records of `shop.Customer` are named by `_id`: uuid, or by `no`: text",
      "code": "definition.invalid",
      "errors": [
        {
          "in": "body",
          "pointer": "/fields/total/references",
          "code": "definition.invalid",
          "message": "`total` holds number; records of `shop.Customer` are named by `_id`: uuid, or by `no`: text"
        }
      ]
    }
    "#);
}

#[test]
fn m5_writes_name_what_is_there_and_what_is_named_stays() {
    let (_world, admin) = shop();
    assert_snapshot!(admin.post(ORDERS, &json!({ "customer": "zoe", "guests": ["ann", "yan"], "total": "much" })).show(), @r#"
    422 Unprocessable Entity
    content-type: application/problem+json

    {
      "type": "https://dmr.dev/problems/record.invalid",
      "title": "The record does not satisfy its model",
      "status": 422,
      "detail": "3 problems; the first: not a number: a string was given",
      "code": "record.invalid",
      "errors": [
        {
          "in": "body",
          "pointer": "/total",
          "code": "value.type",
          "message": "not a number: a string was given",
          "suggestions": [
            "Write the number without quotes"
          ]
        },
        {
          "in": "body",
          "pointer": "/customer",
          "code": "reference.unknown",
          "rule": "references",
          "value": "zoe",
          "message": "this names no record of `shop.Customer`"
        },
        {
          "in": "body",
          "pointer": "/guests/1",
          "code": "reference.unknown",
          "rule": "references",
          "value": "yan",
          "message": "this names no record of `shop.Customer`"
        }
      ]
    }
    "#);
    let order = made(&admin.post(ORDERS, &json!({ "customer": "ann" })).must(201).json());
    assert_snapshot!(admin.delete("/api/records/shop.Customer/ann").show(), @r#"
    409 Conflict
    content-type: application/problem+json

    {
      "type": "https://dmr.dev/problems/reference.held",
      "title": "Others refer to it",
      "status": 409,
      "detail": "records of `shop.Order` refer to it by `customer`",
      "code": "reference.held",
      "errors": [
        {
          "in": "body",
          "pointer": "",
          "code": "reference.held",
          "rule": "on_delete",
          "message": "records of `shop.Order` refer to it by `customer`",
          "suggestions": [
            "change or delete those first"
          ]
        }
      ]
    }
    "#);
    let rows = json!([{ "customer": "bob" }, { "customer": "zoe" }]);
    assert_eq!(admin.post(ORDERS, &rows).refusal(), "422 reference.unknown [body /1/customer reference.unknown]");
    assert_eq!(admin.post(&format!("{ORDERS}/import"), &rows).refusal(), "422 reference.unknown [body /1/customer reference.unknown]");
    let batch = json!({ "operations": [{ "op": "update", "id": order, "record": { "customer": "zoe" } }] });
    assert_eq!(
        admin.post(&format!("{ORDERS}/batch"), &batch).refusal(),
        "422 reference.unknown [body /operations/0/record/customer reference.unknown]"
    );
    admin.patch(&format!("{ORDERS}/{order}"), &json!({ "customer": null })).must(200);
    admin.delete("/api/records/shop.Customer/ann").must(204);
}

#[test]
fn m5_expand_shows_what_is_referred_to() {
    let (_world, admin) = shop();
    let order =
        made(&admin.post(ORDERS, &json!({ "customer": "ann", "guests": ["bob"], "total": 3, "note": "two of tea" })).must(201).json());
    let one = format!("{ORDERS}/{order}?expand=customer,guests&fields=total");
    assert_snapshot!(admin.get(&one).show(), @r#"
    200 OK
    content-type: application/json
    etag: "1.896d6b99"

    {
      "_id": "018ccfe5-6804-7000-8000-000100000004",
      "total": 3,
      "_expand": {
        "customer": {
          "_id": "018ccfe5-6802-7000-8000-000100000002",
          "no": "ann",
          "name": "Ann",
          "score": 0.5,
          "_version": 1,
          "_created_at": "2026-11-21T08:30:00.000000Z",
          "_updated_at": "2026-11-21T08:30:00.000000Z",
          "_created_by": "018ccfe5-6800-7000-8000-000100000000",
          "_updated_by": "018ccfe5-6800-7000-8000-000100000000",
          "_owner": "018ccfe5-6800-7000-8000-000100000000"
        },
        "guests": [
          {
            "_id": "018ccfe5-6803-7000-8000-000100000003",
            "no": "bob",
            "name": "Bob",
            "_version": 1,
            "_created_at": "2026-11-21T08:30:00.000000Z",
            "_updated_at": "2026-11-21T08:30:00.000000Z",
            "_created_by": "018ccfe5-6800-7000-8000-000100000000",
            "_updated_by": "018ccfe5-6800-7000-8000-000100000000",
            "_owner": "018ccfe5-6800-7000-8000-000100000000"
          }
        ]
      }
    }
    "#);
    // What it refers to changes without it: its tag says nothing of the whole.
    let tag = admin.get(&format!("{ORDERS}/{order}")).header("etag").to_owned();
    assert_eq!(admin.send(Request::get(format!("{ORDERS}/{order}")).header("if-none-match", &tag)).status(), 304);
    assert_eq!(admin.send(Request::get(&one).header("if-none-match", &tag)).status(), 200);
    let record = admin.get(&format!("{ORDERS}/{order}?expand=customer")).must(200).json();
    let same = |answer: Value| assert_eq!(answer["items"][0], record);
    same(admin.get(&format!("{ORDERS}?expand=customer")).must(200).json());
    same(admin.post(&format!("{ORDERS}/query"), &json!({ "expand": ["customer"] })).must(200).json());
    let found = admin.get(&format!("{ORDERS}/search?q=tea&expand=customer")).must(200).json();
    assert_eq!(found["items"][0]["record"], record);
    let lines = admin.send(Request::get(format!("{ORDERS}?expand=customer")).header("accept", "application/x-ndjson")).must(200).text();
    assert_eq!(serde_json::from_str::<Value>(lines.lines().next().unwrap()).unwrap(), record);
    let texts = admin.get(&format!("{ORDERS}/{order}?expand=customer&numbers=string")).json();
    assert_eq!((&texts["_expand"]["customer"]["score"], &texts["_expand"]["customer"]["_version"]), (&json!("0.5"), &json!("1")));
    for (uri, told) in [
        ("?expand=custmer", "400 field.unknown [query expand field.unknown]"),
        ("?expand=total", "400 parameter.value [query expand parameter.value]"),
        ("?expand=customer&expand=guests", "400 parameter.value [query expand parameter.value]"),
        ("/export?expand=customer", "400 parameter.unknown [query expand parameter.unknown]"),
        ("/search?q=tea&expand=note", "400 parameter.value [query expand parameter.value]"),
    ] {
        assert_eq!(admin.get(&format!("{ORDERS}{uri}")).refusal(), told, "{uri}");
    }
    let past = format!("{ORDERS}/{order}?expand=customer&as_of=2030-01-01T00:00:00Z");
    assert_eq!(admin.get(&past).refusal(), "400 parameter.value [query expand parameter.value]");
    assert_eq!(
        admin.post(&format!("{ORDERS}/query"), &json!({ "expand": ["note"] })).refusal(),
        "400 parameter.value [body /expand/0 parameter.value]"
    );
}

#[test]
fn m5_the_document_of_a_model_names_what_is_expanded_and_what_is_refused() {
    let (_world, admin) = shop();
    let document = admin.get("/openapi/shop.Order.json").must(200).json();
    let record = &document["components"]["schemas"]["Record"]["properties"];
    assert_snapshot!(serde_json::to_string(&record["_expand"]).unwrap(), @r#"{"type":"object","readOnly":true,"description":"by the name of each reference that is expanded: the record, or the list of records, that it names and that the caller sees","additionalProperties":{"type":["object","array"]}}"#);
    let codes = &document["components"]["schemas"]["NewRecord"]["properties"]["customer"]["x-dmr-codes"];
    assert!(codes.as_array().unwrap().contains(&json!("reference.unknown")), "{codes}");
}
