//! Aggregates over HTTP (R1).

use crate::world::World;
use dmr_api::client::Request;
use insta::assert_snapshot;
use serde_json::json;

const AGGREGATE: &str = "/api/records/Product/aggregate";

fn shelf() -> World {
    let world = World::with_products();
    let rows = json!([
        { "name": "tea", "price": 3.5, "tags": ["hot"] },
        { "name": "tea", "price": 4.1 },
        { "name": "coffee", "price": 4, "tags": ["hot", "strong"] },
        { "name": "water", "price": 1 },
    ]);
    world.admin().post("/api/records/Product", &rows).must(201);
    world
}

#[test]
fn r1_records_are_grouped_and_measured() {
    let world = shelf();
    let asked = json!({
        "group_by": ["name"],
        "measures": { "n": { "op": "count" }, "sum": { "op": "sum", "field": "price" }, "mean": { "op": "avg", "field": "price" } },
        "having": { "field": "sum", "op": "gt", "value": 1 },
        "sort": ["-sum"],
        "limit": 1,
    });
    assert_snapshot!(world.admin().post(AGGREGATE, &asked).show(), @r#"
    200 OK
    content-type: application/json

    {
      "items": [
        {
          "name": "tea",
          "n": 2,
          "sum": 7.6,
          "mean": 3.8
        }
      ],
      "count": 2
    }
    "#);
    assert_snapshot!(world.admin().post(&format!("{AGGREGATE}?numbers=string"), &asked).show(), @r#"
    200 OK
    content-type: application/json

    {
      "items": [
        {
          "name": "tea",
          "n": "2",
          "sum": "7.6",
          "mean": "3.8"
        }
      ],
      "count": 2
    }
    "#);
}

#[test]
fn r1_groups_come_as_lines() {
    let world = shelf();
    let asked = json!({ "group_by": ["name"], "measures": { "dearest": { "op": "max", "field": "price" } } });
    let request = Request::post(AGGREGATE).json(&asked).header("accept", "application/x-ndjson");
    assert_snapshot!(world.admin().send(request).show(), @r#"
    200 OK
    content-type: application/x-ndjson

    {"name":"coffee","dearest":4}
    {"name":"tea","dearest":4.1}
    {"name":"water","dearest":1}
    {"count":3}
    "#);
}

#[test]
fn r1_a_bad_aggregate_is_refused_with_its_place() {
    let world = shelf();
    let asked = json!({ "group_by": ["nmae"], "measures": { "m": { "op": "median", "field": "name" } }, "having": [] });
    assert_snapshot!(world.admin().post(AGGREGATE, &asked).show(), @r#"
    400 Bad Request
    content-type: application/problem+json

    {
      "type": "https://dmr.dev/problems/body.shape",
      "title": "The body is not of the shape this route takes",
      "status": 400,
      "detail": "a condition is {and: [...]}, {or: [...]}, {not: ...} or {field, op, value}",
      "code": "body.shape",
      "errors": [
        {
          "in": "body",
          "pointer": "/having",
          "code": "body.shape",
          "message": "a condition is {and: [...]}, {or: [...]}, {not: ...} or {field, op, value}",
          "suggestions": [
            "{\"field\": \"price\", \"op\": \"gte\", \"value\": 10}"
          ]
        }
      ]
    }
    "#);
    let asked = json!({ "group_by": ["nmae"], "measures": { "m": { "op": "median", "field": "name" } } });
    assert_snapshot!(world.admin().post(AGGREGATE, &asked).show(), @r#"
    400 Bad Request
    content-type: application/problem+json

    {
      "type": "https://dmr.dev/problems/field.unknown",
      "title": "There is no such field",
      "status": 400,
      "detail": "2 problems; the first: there is no field `nmae`",
      "code": "field.unknown",
      "errors": [
        {
          "in": "body",
          "pointer": "/group_by/0",
          "code": "field.unknown",
          "message": "there is no field `nmae`",
          "suggestions": [
            "name"
          ]
        },
        {
          "in": "body",
          "pointer": "/measures/m/op",
          "code": "filter.operator",
          "message": "`median` cannot be taken of `name`: it holds text, which is no number",
          "suggestions": [
            "count",
            "count_distinct",
            "min",
            "max"
          ]
        }
      ]
    }
    "#);
    world.admin().get(AGGREGATE).must(405);
    world.admin().post(&format!("{AGGREGATE}?limit=3"), &json!({ "group_by": ["name"] })).must(400);
}
