//! Records over HTTP.

use crate::world::World;
use dmr_api::client::Request;
use insta::assert_snapshot;
use serde_json::{Value, json};

const PRODUCTS: &str = "/api/records/Product";

fn shelf() -> World {
    let world = World::with_products();
    let rows = json!([
        { "name": "tea", "price": 3.5, "sku": "T1", "tags": ["hot"] },
        { "name": "coffee", "price": 4, "sku": "C1", "tags": ["hot", "strong"] },
        { "name": "water", "price": 1 },
    ]);
    world.admin().post(PRODUCTS, &rows).must(201);
    world
}

fn names(list: &Value) -> Vec<&str> {
    list["items"].as_array().unwrap().iter().map(|item| item["name"].as_str().unwrap()).collect()
}

#[test]
fn r1_a_record_is_created_read_changed_replaced_deleted_and_restored() {
    let world = World::with_products();
    let admin = world.admin();
    let made = admin.post(PRODUCTS, &json!({ "name": "tea", "price": 3.50 }));
    assert_snapshot!(made.show(), @r#"
    201 Created
    content-type: application/json
    location: /api/records/Product/018ccfe5-6803-7000-8000-000100000003
    etag: "1.896d6b99"

    {
      "_id": "018ccfe5-6803-7000-8000-000100000003",
      "name": "tea",
      "price": 3.5,
      "_version": 1,
      "_created_at": "2026-11-21T08:30:00.000000Z",
      "_updated_at": "2026-11-21T08:30:00.000000Z",
      "_created_by": "018ccfe5-6800-7000-8000-000100000000",
      "_updated_by": "018ccfe5-6800-7000-8000-000100000000",
      "_owner": "018ccfe5-6800-7000-8000-000100000000"
    }
    "#);
    let at = made.header("location").to_owned();
    assert_eq!(admin.get(&at).show(), made.show().replace("201 Created", "200 OK").replace(&format!("location: {at}\n"), ""));
    assert_snapshot!(admin.patch(&at, &json!({ "price": 4, "sku": "T1" })).show(), @r#"
    200 OK
    content-type: application/json
    etag: "2.896d6b99"

    {
      "_id": "018ccfe5-6803-7000-8000-000100000003",
      "name": "tea",
      "price": 4,
      "sku": "T1",
      "_version": 2,
      "_created_at": "2026-11-21T08:30:00.000000Z",
      "_updated_at": "2026-11-21T08:30:00.000000Z",
      "_created_by": "018ccfe5-6800-7000-8000-000100000000",
      "_updated_by": "018ccfe5-6800-7000-8000-000100000000",
      "_owner": "018ccfe5-6800-7000-8000-000100000000"
    }
    "#);
    assert_snapshot!(admin.put(&at, &json!({ "name": "green tea", "price": 5 })).show(), @r#"
    200 OK
    content-type: application/json
    etag: "3.896d6b99"

    {
      "_id": "018ccfe5-6803-7000-8000-000100000003",
      "name": "green tea",
      "price": 5,
      "_version": 3,
      "_created_at": "2026-11-21T08:30:00.000000Z",
      "_updated_at": "2026-11-21T08:30:00.000000Z",
      "_created_by": "018ccfe5-6800-7000-8000-000100000000",
      "_updated_by": "018ccfe5-6800-7000-8000-000100000000",
      "_owner": "018ccfe5-6800-7000-8000-000100000000"
    }
    "#);
    assert_snapshot!(admin.delete(&at).show(), @"204 No Content");
    assert_snapshot!(admin.get(&at).refusal(), @"404 record.unknown");
    assert_snapshot!(admin.get(&format!("{at}?deleted=include")).json()["_deleted_at"].to_string(), @r#""2026-11-21T08:30:00.000000Z""#);
    assert_snapshot!(admin.send(Request::post(format!("{at}/restore"))).must(200).header("etag"), @r#""5.896d6b99""#);
    admin.delete(&format!("{at}?hard=true")).must(204);
    assert_snapshot!(admin.get(&format!("{at}?deleted=include")).refusal(), @"404 record.unknown");
}

#[test]
fn r4_every_problem_of_a_record_is_told_at_once() {
    let world = shelf();
    let wrong = json!({ "price": -1, "name": 7, "sku": "T1", "colour": "red" });
    assert_snapshot!(world.admin().post(PRODUCTS, &wrong).show(), @r#"
    422 Unprocessable Entity
    content-type: application/problem+json

    {
      "type": "https://dmr.dev/problems/record.invalid",
      "title": "The record does not satisfy its model",
      "status": 422,
      "detail": "4 problems; the first: the model has no field `colour`",
      "code": "record.invalid",
      "errors": [
        {
          "in": "body",
          "pointer": "/colour",
          "code": "field.undeclared",
          "message": "the model has no field `colour`"
        },
        {
          "in": "body",
          "pointer": "/name",
          "code": "value.type",
          "message": "not a text: a number was given"
        },
        {
          "in": "body",
          "pointer": "/price",
          "code": "value.rule",
          "rule": "minimum",
          "value": -1,
          "message": "must be at least 0"
        },
        {
          "in": "body",
          "pointer": "/sku",
          "code": "unique.taken",
          "rule": "unique",
          "message": "another record has this `sku`"
        }
      ]
    }
    "#);
}

#[test]
fn json_is_read_strictly() {
    let world = World::with_products();
    let send = |body: &str| world.admin().send(Request::post(PRODUCTS).bytes("application/json", body.to_owned())).refusal();
    assert_snapshot!(send(r#"{"name":"a","name":"b","price":1}"#), @"400 json.duplicate_key [body /name json.duplicate_key]");
    assert_snapshot!(send(r#"{"name":"\u0000","price":1}"#), @"400 json.text [body /name json.text]");
    assert_snapshot!(send(r#"{"name":"#), @"400 json.syntax [body /name json.syntax]");
    assert_snapshot!(send(""), @"400 json.syntax [body  json.syntax]");
    assert_snapshot!(send("7"), @"400 body.shape [body  body.shape]");
}

#[test]
fn r1_bulk_is_atomic_or_reports() {
    let world = World::with_products();
    let admin = world.admin();
    let rows = json!([{ "name": "a", "price": 1 }, { "name": "b", "price": -1 }, { "name": "c", "price": 3 }]);
    assert_snapshot!(admin.post(PRODUCTS, &rows).refusal(), @"422 record.invalid [body /1/price value.rule]");
    assert_eq!(names(&admin.get(PRODUCTS).json()), Vec::<&str>::new());
    assert_snapshot!(admin.post(&format!("{PRODUCTS}?on_error=report"), &rows).show(), @r#"
    200 OK
    content-type: application/json

    {
      "results": [
        {
          "index": 0,
          "id": "018ccfe5-6806-7000-8000-000100000006"
        },
        {
          "index": 1,
          "errors": [
            {
              "in": "body",
              "pointer": "/price",
              "code": "value.rule",
              "rule": "minimum",
              "value": -1,
              "message": "must be at least 0"
            }
          ]
        },
        {
          "index": 2,
          "id": "018ccfe5-6808-7000-8000-000100000008"
        }
      ]
    }
    "#);
    let mut seen = names(&admin.get(PRODUCTS).json()).join(",");
    seen.push('.');
    assert_eq!(seen, "a,c.");
}

#[test]
fn r1_every_conflict_of_a_request_is_told_at_once() {
    let world = World::new();
    let admin = world.admin();
    let schema = json!({ "title": "Cup", "properties": { "code": { "type": "string" }, "size": { "type": "integer" } } });
    admin.post("/api/registry/models", &json!({ "name": "Cup", "schema": schema, "key": ["code"] })).must(201);
    admin.post("/api/records/Cup", &json!({ "code": "a" })).must(201);
    let rows = json!([{ "code": "a" }, { "code": "b" }, { "code": "b" }, { "code": "a", "size": "x" }]);
    assert_snapshot!(admin.post("/api/records/Cup", &rows).refusal(), @"422 record.invalid [body /0/code unique.taken] [body /2/code unique.taken] [body /3/size value.type] [body /3/code unique.taken]");
    let operations = json!({ "operations": [{ "op": "create", "record": { "code": "a" } }, { "op": "create", "record": { "code": "a", "size": "x" } }] });
    assert_snapshot!(admin.post("/api/records/Cup/batch", &operations).refusal(), @"422 record.invalid [body /operations/0/record/code unique.taken] [body /operations/1/record/size value.type] [body /operations/1/record/code unique.taken]");
}

#[test]
fn r1_bulk_takes_lines() {
    let world = World::with_products();
    let lines = "{\"name\":\"a\",\"price\":1}\n\n{\"name\":\"b\",\"price\":2}\n";
    let sent = Request::post(PRODUCTS).bytes("application/x-ndjson", lines);
    assert_eq!(world.admin().send(sent).must(201).json()["ids"].as_array().unwrap().len(), 2);
}

#[test]
fn r1_a_batch_carries_out_several_writes() {
    let world = shelf();
    let admin = world.admin();
    let list = admin.get(&format!("{PRODUCTS}?name=tea")).json();
    let id = list["items"][0]["_id"].as_str().unwrap();
    let operations = json!({ "operations": [
        { "op": "create", "record": { "name": "milk", "price": 2 } },
        { "op": "update", "id": id, "if_version": 1, "record": { "price": 3 } },
        { "op": "delete", "id": id },
    ] });
    assert_snapshot!(admin.post(&format!("{PRODUCTS}/batch"), &operations).must(200).json()["results"].as_array().unwrap().len(), @"3");
    assert_eq!(names(&admin.get(&format!("{PRODUCTS}?sort=name")).json()), ["coffee", "milk", "water"]);
    let wrong = json!({ "operations": [{ "op": "create", "record": { "name": "x", "price": 1 } }, { "op": "fly" }] });
    assert_snapshot!(admin.post(&format!("{PRODUCTS}/batch"), &wrong).refusal(), @"400 body.shape [body /operations/1/op body.shape]");
}

#[test]
fn r2_lists_are_filtered_sorted_and_paged() {
    let world = shelf();
    let admin = world.admin();
    assert_eq!(names(&admin.get(&format!("{PRODUCTS}?price__gte=3&sort=-price")).json()), ["coffee", "tea"]);
    assert_eq!(names(&admin.get(&format!("{PRODUCTS}?tags__contains=strong")).json()), ["coffee"]);
    assert_eq!(names(&admin.get(&format!("{PRODUCTS}?name__in=tea&name__in=water&sort=name")).json()), ["tea", "water"]);
    assert_eq!(names(&admin.get(&format!("{PRODUCTS}?sku__isnull=true")).json()), ["water"]);
    let where_ = "%7B%22field%22%3A%22price%22%2C%22op%22%3A%22lt%22%2C%22value%22%3A2%7D";
    assert_eq!(names(&admin.get(&format!("{PRODUCTS}?where={where_}")).json()), ["water"]);
    assert_snapshot!(admin.get(&format!("{PRODUCTS}?fields=name&sort=name&limit=1&count=exact")).json()["count"].to_string(), @"3");

    let first = admin.get(&format!("{PRODUCTS}?sort=name&limit=2")).must(200);
    assert_eq!(names(&first.json()), ["coffee", "tea"]);
    let next = first.header("link").trim_start_matches('<').split('>').next().unwrap().to_owned();
    let last = admin.get(&next).must(200);
    assert_eq!((names(&last.json()), last.header("link")), (vec!["water"], ""));
}

#[test]
fn r2_a_filter_that_is_wrong_says_what_is_right() {
    let world = shelf();
    let admin = world.admin();
    assert_snapshot!(admin.get(&format!("{PRODUCTS}?prize=1")).show(), @r#"
    400 Bad Request
    content-type: application/problem+json

    {
      "type": "https://dmr.dev/problems/field.unknown",
      "title": "There is no such field",
      "status": 400,
      "detail": "there is no field `prize`",
      "code": "field.unknown",
      "errors": [
        {
          "in": "query",
          "pointer": "prize",
          "code": "field.unknown",
          "message": "there is no field `prize`",
          "suggestions": [
            "price"
          ]
        }
      ]
    }
    "#);
    assert_snapshot!(admin.get(&format!("{PRODUCTS}?price__near=1")).refusal(), @"400 filter.operator [query price__near filter.operator]");
    assert_snapshot!(admin.get(&format!("{PRODUCTS}?price=cheap")).refusal(), @"400 filter.value [query price filter.value]");
    assert_snapshot!(admin.get(&format!("{PRODUCTS}?price=1&price=2")).refusal(), @"400 parameter.value [query price parameter.value]");
    assert_snapshot!(admin.get(&format!("{PRODUCTS}?cursor=made-up")).refusal(), @"400 cursor.invalid [query cursor cursor.invalid]");
    assert_snapshot!(admin.get(&format!("{PRODUCTS}?limit=many")).refusal(), @"400 parameter.value [query limit parameter.value]");
}

#[test]
fn r2_a_query_document_asks_the_same() {
    let world = shelf();
    let document = json!({ "where": { "or": [{ "field": "name", "op": "eq", "value": "tea" }, { "field": ["price"], "op": "lt", "value": 2 }] }, "sort": ["-name"], "fields": ["name"] });
    let list = world.admin().post(&format!("{PRODUCTS}/query"), &document).must(200).json();
    assert_eq!(names(&list), ["water", "tea"]);
    assert_snapshot!(world.admin().post(&format!("{PRODUCTS}/query"), &json!({ "wher": {} })).refusal(), @"400 parameter.unknown [body /wher parameter.unknown]");
}

#[test]
fn r2_a_list_comes_as_lines_with_its_count_last() {
    let world = World::with_products();
    let admin = world.admin();
    let rows: Vec<Value> = (0..2500).map(|i| json!({ "name": format!("n{i:04}"), "price": i })).collect();
    admin.post(PRODUCTS, &json!(rows)).must(201);
    world.wait(async {
        let mut lines = admin.client.lines(Request::get(format!("{PRODUCTS}?sort=name&fields=name"))).await.unwrap();
        let mut seen = Vec::new();
        while let Some(line) = lines.next().await.unwrap() {
            seen.push(line);
        }
        assert_eq!((seen.len(), lines.count()), (2500, Some(2500)));
        assert!(seen[2499].contains("n2499"));
    });
    let few = admin.send(Request::get(format!("{PRODUCTS}?limit=2&sort=name&fields=price")).header("accept", "application/x-ndjson"));
    assert_eq!((few.status(), few.header("content-type")), (200, "application/x-ndjson"));
    assert_snapshot!(few.text(), @r#"
    {"_id":"018ccfe5-6803-7000-8000-000100000003","price":0}
    {"_id":"018ccfe5-6804-7000-8000-000100000004","price":1}
    {"count":2}
    "#);
    let next = few.header("link").strip_prefix('<').unwrap().split_once('>').unwrap().0;
    assert_snapshot!(admin.send(Request::get(next).header("accept", "application/x-ndjson")).text(), @r#"
    {"_id":"018ccfe5-6805-7000-8000-000100000005","price":2}
    {"_id":"018ccfe5-6806-7000-8000-000100000006","price":3}
    {"count":2}
    "#);
    let refused = admin.send(Request::get(format!("{PRODUCTS}?prize=1")).header("accept", "application/x-ndjson"));
    assert_eq!(refused.header("content-type"), "application/problem+json");
}

#[test]
fn r5_a_record_changes_only_from_the_version_that_was_read() {
    let world = World::with_products();
    let admin = world.admin();
    let made = admin.post(PRODUCTS, &json!({ "name": "tea", "price": 3 })).must(201);
    let (at, tag) = (made.header("location").to_owned(), made.header("etag").to_owned());
    let change = |tag: &str, price: i32| admin.send(Request::patch(&at).json(&json!({ "price": price })).header("if-match", tag));
    change(&tag, 4).must(200);
    assert_snapshot!(change(&tag, 5).refusal(), @"412 record.version");
    change("*", 6).must(200);
    assert_snapshot!(change("3", 7).refusal(), @"400 header.value [header if-match header.value]");
    assert_snapshot!(change("\"x\"", 7).refusal(), @"400 header.value [header if-match header.value]");
    let tag = admin.get(&at).header("etag").to_owned();
    let cached = admin.send(Request::get(&at).header("if-none-match", format!("\"1.a\", W/{tag}")));
    assert_eq!((cached.status(), cached.header("etag")), (304, tag.as_str()));
    assert_snapshot!(admin.send(Request::delete(&at).header("if-match", "\"1.0\"")).refusal(), @"412 record.version");
}

#[test]
fn an_idempotency_key_makes_a_write_safe_to_try_again() {
    let world = World::with_products();
    let admin = world.admin();
    let send = |price: i32| {
        admin.send(Request::post(PRODUCTS).json(&json!({ "name": "tea", "price": price })).header("idempotency-key", "order-17"))
    };
    let first = send(3).must(201);
    let again = send(3).must(201);
    assert_eq!(first.show(), again.show());
    assert_snapshot!(send(4).refusal(), @"422 idempotency.mismatch");
    assert_eq!(names(&admin.get(PRODUCTS).json()), ["tea"]);
    let empty = admin.send(Request::post(PRODUCTS).json(&json!({})).header("idempotency-key", "a".repeat(300)));
    assert_snapshot!(empty.refusal(), @"400 header.value [header idempotency-key header.value]");
}

#[test]
fn a3_history_as_of_and_revert() {
    let world = World::with_products();
    let admin = world.admin();
    let at = admin.post(PRODUCTS, &json!({ "name": "tea", "price": 3 })).must(201).header("location").to_owned();
    admin.patch(&at, &json!({ "price": 4 })).must(200);
    assert_snapshot!(admin.get(&format!("{at}/history")).show(), @r#"
    200 OK
    content-type: application/json

    {
      "items": [
        {
          "version": 1,
          "operation": "create",
          "at": "2026-11-21T08:30:00.000000Z",
          "by": "018ccfe5-6800-7000-8000-000100000000",
          "before": null,
          "after": {
            "name": "tea",
            "price": 3
          }
        },
        {
          "version": 2,
          "operation": "update",
          "at": "2026-11-21T08:30:00.000000Z",
          "by": "018ccfe5-6800-7000-8000-000100000000",
          "before": {
            "name": "tea",
            "price": 3
          },
          "after": {
            "name": "tea",
            "price": 4
          }
        }
      ],
      "next": null
    }
    "#);
    assert_eq!(admin.post(&format!("{at}/revert"), &json!({ "to": 1 })).must(200).json()["price"], 3);
    assert_snapshot!(admin.post(&format!("{at}/revert"), &json!({ "to": 17 })).refusal(), @"404 version.unknown");
    assert_snapshot!(admin.post(&format!("{at}/revert"), &json!({ "too": 1 })).refusal(), @"400 body.shape [body /too body.shape]");
    assert_eq!(admin.get(&format!("{at}?as_of=2030-01-01T00:00:00Z")).must(200).json()["_version"], 3);
    assert_snapshot!(admin.get(&format!("{at}?as_of=2020-01-01T00:00:00Z")).refusal(), @"404 record.unknown");
    assert_snapshot!(admin.get(&format!("{at}?as_of=yesterday")).refusal(), @"400 parameter.value [query as_of parameter.value]");
}

#[test]
fn r1_a_json_patch_changes_a_record() {
    let world = shelf();
    let at = format!("{PRODUCTS}/{}", world.admin().get(PRODUCTS).json()["items"][0]["_id"].as_str().unwrap());
    let patch = |body: &str| world.admin().send(Request::patch(at.clone()).bytes("application/json-patch+json", body.to_owned()));
    let changed =
        patch(r#"[{"op":"test","path":"/sku","value":"T1"},{"op":"remove","path":"/sku"},{"op":"add","path":"/tags/0","value":"new"}]"#);
    assert_eq!(changed.must(200).json()["tags"], json!(["new", "hot"]));
    assert_snapshot!(patch(r#"[{"op":"test","path":"/price","value":4}]"#).show(), @r#"
    409 Conflict
    content-type: application/problem+json

    {
      "type": "https://dmr.dev/problems/patch.test",
      "title": "A test of a JSON Patch failed",
      "status": 409,
      "detail": "`/price` is not the value that was expected",
      "code": "patch.test",
      "errors": [
        {
          "in": "body",
          "pointer": "/0/value",
          "code": "patch.test",
          "rule": "test",
          "message": "`/price` is not the value that was expected"
        }
      ]
    }
    "#);
    assert_snapshot!(patch(r#"[{"op":"remove","path":"/sku"}]"#).refusal(), @"409 patch.path [body /0/path patch.path]");
    assert_snapshot!(patch(r#"[{"op":"add","path":"/skew","value":1}]"#).refusal(), @"400 field.unknown [body /0/path field.unknown]");
    assert_snapshot!(patch(r#"{"op":"remove"}"#).refusal(), @"400 body.shape [body  body.shape]");
    let old = Request::patch(at.clone()).header("If-Match", r#""1.x""#).bytes("application/json-patch+json", "[]");
    assert_snapshot!(world.admin().send(old).refusal(), @"412 record.version");
    let described = world.admin().get("/openapi.json").json();
    let content = &described["paths"]["/api/records/{model}/{id}"]["patch"]["requestBody"]["content"];
    let media: Vec<&String> = content.as_object().unwrap().keys().collect();
    assert_eq!(media, ["application/merge-patch+json", "application/json", "application/json-patch+json"]);
    assert_eq!(content["application/json-patch+json"]["schema"]["items"]["oneOf"].as_array().unwrap().len(), 3);
}

#[test]
fn numbers_keep_their_digits_or_come_as_text() {
    let world = World::new();
    let admin = world.admin();
    let schema = json!({ "type": "object", "properties": { "n": { "type": "number" } } });
    admin.post("/api/registry/models", &json!({ "name": "N", "schema": schema })).must(201);
    let sent = Request::post("/api/records/N").bytes("application/json", r#"{"n":0.10}"#);
    let at = admin.send(sent).must(201).header("location").to_owned();
    assert!(admin.get(&at).text().contains(r#""n":0.10"#), "{}", admin.get(&at).text());
    assert!(admin.get(&format!("{at}?numbers=string")).text().contains(r#""n":"0.10""#));
}
