//! Advice on a model rests on what it is, on how many records there are and on what was asked of them (M5, D4).

use crate::world::{Outcome, on_both, told};
use dmr_core::Code;
use serde_json::{Value, json};

fn kinds(advice: &Value) -> Vec<(&str, &str)> {
    advice["items"].as_array().unwrap().iter().map(|item| (item["kind"].as_str().unwrap(), item["field"].as_str().unwrap_or(""))).collect()
}

#[test]
fn m5_names_bounds_and_indexes_are_advised_on() {
    on_both(|world| {
        let admin = world.admin();
        let number = json!({ "type": "number" });
        let schema = json!({ "type": "object", "properties": {
            "price": { "type": "number", "minimum": 0 }, "weight": number, "data2": { "type": "string" }, "x": { "type": "integer", "maximum": 3 },
            "value": { "type": "string", "description": "what the sensor said" }, "maker": { "type": "object", "properties": { "age": { "type": "integer" } } },
        } });
        let indexes = json!([["price"], ["-price", "weight"], ["price", "weight"], ["weight"], ["x"], ["data2"]]);
        admin.registers(json!({ "name": "Item", "schema": schema, "indexes": indexes })).done();
        let advice = admin.advice("Item").unwrap();
        let expected = [
            ("index.many", ""),
            ("index.twice", "price"),
            ("bound.missing", "weight"),
            ("name.vague", "data2"),
            ("bound.missing", "maker.age"),
        ];
        assert_eq!(kinds(&advice), expected);
        told!(advice["items"][1], @r#"
        {
          "kind": "index.twice",
          "field": "price",
          "message": "the index of price is the beginning of another, of price, weight",
          "reasons": ["the longer one serves the same filters; only an order by id behind them needs the shorter"]
        }
        "#);
    });
}

#[test]
fn m5_what_is_asked_again_and_again_should_have_an_index() {
    on_both(|world| {
        let admin = world.admin();
        let schema =
            json!({ "type": "object", "properties": { "city": { "type": "string" }, "price": { "type": "number", "minimum": 0 } } });
        admin.registers(json!({ "name": "Item", "schema": schema, "indexes": [["-price"]] })).done();
        admin.creates("Item", json!({ "city": "Ulm", "price": 3 })).done();
        for _ in 0..2 {
            admin.lists("Item", "city=Ulm&sort=price").done();
        }
        assert_eq!(kinds(&admin.advice("Item").unwrap()), []);
        admin.lists("Item", "city=Bonn&sort=-price").done();
        admin.lists("Item", "price__gt=1").done();
        admin.lists("Item", "").done();
        let advice = admin.advice("Item").unwrap();
        told!(advice, @r#"
        {
          "storage": {
            "now": "flexible",
            "advised": "flexible",
            "reasons": [
              "1 record of 2 fields, 2 of them plain",
              "all of them were read through 4 times since the start",
              "typed columns pay for at least 5 plain fields"
            ]
          },
          "items": [
            {
              "kind": "index.missing",
              "field": "city,price",
              "message": "an index of city, price would serve what reads every record now",
              "reasons": ["3 lists asked for it since the start"],
              "patch": {"indexes":[["-price"],["city","price"]]}
            }
          ]
        }
        "#);
        admin.changes_model("Item", advice["items"][0]["patch"].clone()).done();
        assert_eq!(kinds(&admin.advice("Item").unwrap()), []);
        assert_eq!(admin.model("Item").unwrap().0["indexes"], json!([["-price"], ["city", "price"]]));
    });
}

#[test]
fn d4_storage_is_advised_by_size_and_by_what_is_asked() {
    on_both(|world| {
        let admin = world.admin();
        let properties: dmr::Object =
            ["a", "b", "c", "d", "e"].map(|name| (format!("{name}_code"), json!({ "type": "string" }))).into_iter().collect();
        admin.registers(json!({ "name": "Item", "schema": { "type": "object", "properties": properties } })).done();
        for from in (0..11_000).step_by(1000) {
            admin.creates_all("Item", &(from..from + 1000).map(|number| json!({ "a_code": number.to_string() })).collect()).done();
        }
        let storage = || admin.advice("Item").unwrap()["storage"].clone();
        assert_eq!((&storage()["now"], &storage()["advised"]), (&json!("flexible"), &json!("flexible")));
        for _ in 0..20 {
            admin.aggregates("Item", json!({ "measures": { "n": { "op": "count_distinct", "field": "a_code" } } })).done();
        }
        told!(storage(), @r#"
        {
          "now": "flexible",
          "advised": "structured",
          "reasons": [
            "11000 records of 5 fields, 5 of them plain",
            "all of them were read through 20 times since the start",
            "so many are scanned several times faster in typed columns of their own"
          ]
        }
        "#);
        assert_eq!(admin.advice("Item").unwrap()["items"][0]["patch"], json!({ "storage": "structured" }));
        admin.changes_model("Item", json!({ "storage": "structured" })).done();
        assert_eq!(storage()["advised"], "structured");
    });
}

#[test]
fn p6_advice_is_for_those_who_may_change_the_model_and_speaks_of_what_they_see() {
    on_both(|world| {
        let admin = world.admin();
        admin.set_role("maker", json!({ "rights": ["register"] })).wait().done();
        let schema = json!({ "type": "object", "properties": { "price": { "type": "number" }, "cost": { "type": "number" } } });
        let permissions = json!({
            "models": { "maker": ["read", "list"], "user": ["read", "list"], "admin": ["create", "read", "list", "update", "delete"] },
            "columns": { "cost": { "read": ["admin"], "write": ["admin"] } },
        });
        admin
            .registers(json!({ "name": "Item", "schema": schema, "permissions": permissions, "indexes": [["cost"], ["cost", "price"]] }))
            .done();
        for _ in 0..5 {
            admin.lists("Item", "price=1&sort=-cost").done();
        }
        let maker = world.person("mia", &["maker"]);
        assert_eq!(kinds(&maker.advice("Item").unwrap()), [("bound.missing", "price")]);
        assert_eq!(world.person("una", &["user"]).advice("Item").unwrap_err().code, Code::RightMissing);
        assert_eq!(world.person("nat", &["nobody"]).advice("Item").unwrap_err().code, Code::ModelUnknown);
    });
}
