//! Statistics over HTTP (X1, X2).

use crate::world::World;
use insta::assert_snapshot;
use serde_json::json;

const STATISTICS: &str = "/api/registry/models/Product/statistics";

#[test]
fn x1_what_a_field_holds_is_told() {
    let world = World::with_products();
    let rows = json!([
        { "name": "tea", "price": 3.5, "tags": ["hot"] },
        { "name": "tea", "price": 4.1 },
        { "name": "coffee", "price": 4, "tags": ["hot", "strong"] },
    ]);
    world.admin().post("/api/records/Product", &rows).must(201);
    assert_snapshot!(world.admin().get(&format!("{STATISTICS}?field=price&numbers=string")).show(), @r#"
    200 OK
    content-type: application/json

    {
      "model": "Product",
      "version": "1.0.0",
      "as_of": "2026-11-21T08:30:00.000000Z",
      "current": true,
      "rows": 3,
      "deleted": 0,
      "row_size": {
        "average": 29.333333333333332,
        "total": 88
      },
      "position": 11,
      "behind": 0,
      "fields": [
        {
          "field": "price",
          "type": "number",
          "count": 3,
          "nulls": 0,
          "absent": 0,
          "exact": true,
          "inferred": "number",
          "kinds": {
            "integer": 1,
            "number": 2
          },
          "distinct": 3,
          "unique_share": 1,
          "cardinality": "high",
          "min": "3.5",
          "max": "4.1",
          "sum": "11.6",
          "mean": "3.866666666666666666666666666666667",
          "deviation": "0.32145502536643183",
          "quantiles": {
            "p05": "3.55",
            "p25": "3.75",
            "p50": "4",
            "p75": "4.05",
            "p95": "4.09"
          },
          "histogram": {
            "from": "3.5",
            "to": "4.1",
            "counts": [
              1,
              0,
              0,
              0,
              0,
              0,
              0,
              0,
              1,
              1
            ]
          },
          "top": [
            {
              "value": "3.5",
              "count": 1
            },
            {
              "value": "4",
              "count": 1
            },
            {
              "value": "4.1",
              "count": 1
            }
          ],
          "size": {
            "average": 2.3333333333333335,
            "biggest": 3
          }
        }
      ]
    }
    "#);
    assert_snapshot!(world.admin().get(&format!("{STATISTICS}?field=prise")).show(), @r#"
    400 Bad Request
    content-type: application/problem+json

    {
      "type": "https://dmr.dev/problems/field.unknown",
      "title": "There is no such field",
      "status": 400,
      "detail": "there is no field `prise`",
      "code": "field.unknown",
      "errors": [
        {
          "in": "query",
          "pointer": "prise",
          "code": "field.unknown",
          "message": "there is no field `prise`",
          "suggestions": [
            "price"
          ]
        }
      ]
    }
    "#);
    assert_snapshot!(world.admin().get(&format!("{STATISTICS}?refresh=maybe")).show(), @r#"
    400 Bad Request
    content-type: application/problem+json

    {
      "type": "https://dmr.dev/problems/parameter.value",
      "title": "The value of a parameter is not what it takes",
      "status": 400,
      "detail": "this is one of: false, true",
      "code": "parameter.value",
      "errors": [
        {
          "in": "query",
          "pointer": "refresh",
          "code": "parameter.value",
          "message": "this is one of: false, true"
        }
      ]
    }
    "#);
}

#[test]
fn x2_what_was_written_before_is_in_it() {
    let world = World::with_products();
    for number in 1..=30 {
        world.admin().post("/api/records/Product", &json!({ "name": "tea", "price": number })).must(201);
        let told = world.admin().get(&format!("{STATISTICS}?refresh=true")).must(200).json();
        assert_eq!((told["rows"].as_u64(), told["current"].as_bool(), told["behind"].as_u64()), (Some(number), Some(true), Some(0)));
    }
}
