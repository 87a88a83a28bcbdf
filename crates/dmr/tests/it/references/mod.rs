//! References between models (M5): what a value may name, what becomes of what is named, and who is told.

mod declaring;
mod deleting;
mod expanding;
mod racing;
mod rights;
mod writing;

use crate::world::{Outcome, Person};
use serde_json::{Value, json};

/// Customers, called by a number or by `_id`.
fn customer(more: Value) -> Value {
    with(
        json!({
            "name": "shop.Customer", "key": ["no"],
            "schema": {
                "type": "object", "required": ["no"],
                "properties": {
                    "no": { "type": "string" }, "name": { "type": "string" }, "sec": { "type": "string" }, "boss": { "type": ["string", "null"] },
                },
            },
            "fields": { "boss": { "references": "shop.Customer" } },
        }),
        more,
    )
}

/// Orders of customers, with lines of products.
fn order(more: Value) -> Value {
    with(
        json!({
            "name": "shop.Order",
            "schema": { "type": "object", "properties": {
                "no": { "type": "integer", "minimum": 1 },
                "customer": { "type": ["string", "null"] },
                "lines": { "type": "array", "items": { "type": "string" } },
                "ship": { "type": "object", "properties": { "to": { "type": "string", "format": "uuid" } } },
            } },
            "unique": [["no"]],
            "fields": {
                "customer": { "references": "shop.Customer" }, "lines": { "references": "shop.Customer" }, "ship.to": { "references": "shop.Customer" },
            },
        }),
        more,
    )
}

fn with(mut one: Value, more: Value) -> Value {
    let Value::Object(more) = more else { panic!("these are members") };
    one.as_object_mut().unwrap().extend(more);
    one
}

/// Both models, and two customers: their ids.
fn shop(admin: &Person) -> [String; 2] {
    admin.registers(customer(json!({}))).done();
    admin.registers(order(json!({}))).done();
    ["ann", "bob"].map(|name| {
        let made = admin.creates("shop.Customer", json!({ "no": name, "name": (format!("{name} the customer")) })).done();
        made["_id"].as_str().unwrap().to_owned()
    })
}

/// Code and place of each issue.
fn issues(refused: &Value) -> Vec<(&str, &str)> {
    refused["errors"]
        .as_array()
        .unwrap()
        .iter()
        .map(|issue| (issue["code"].as_str().unwrap(), issue["pointer"].as_str().unwrap()))
        .collect()
}
