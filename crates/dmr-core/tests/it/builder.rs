//! Models described in code (M6), and what becomes of them.

use dmr_core::Value;
use dmr_core::builder::{
    ModelBuilder, any, boolean, date, date_time, decimal, email, integer, list, local_date_time, number, object, text, time, url, uuid,
};
use dmr_core::model::{Behaviour, Mode};
use dmr_core::registration::{Registration, StorageAsked};
use dmr_core::schema::{Validator, derive};
use serde_json::json;

fn product() -> Value {
    ModelBuilder::new("Product")
        .namespace("shop")
        .description("What is sold")
        .tag("catalogue")
        .field("sku", text().min_length(3).max_length(20).pattern("^[A-Z0-9-]+$").indexed())
        .field("name", text().title("Name").description("As on the label"))
        .field("price", number().gt(0).le(1000).multiple_of(0.5))
        .field("cost", decimal().ge("0").lt("99999999999999999999.5").decimal_places(2).write_only())
        .field("kind", text().one_of(["book", "game"]).nullable().default("book"))
        .field("tags", list(text().min_length(1)).min_items(1).max_items(5).unique_items().optional())
        .field("size", object().field("width", integer().ge(1).indexed()).field("note", any().optional()).open())
        .key("sku")
        .unique(["sku"])
        .unique(["name", "kind"])
        .index(["-price", "name"])
        .mode(Mode::Crud)
        .storage(StorageAsked::Structured)
        .permissions(json!({"models": {"clerk": ["read", "list"]}}))
        .build()
        .unwrap()
}

#[test]
fn m6_a_builder_gives_the_registration() {
    insta::assert_snapshot!(serde_json::to_string_pretty(&product()).unwrap(), @r#"
    {
      "name": "Product",
      "namespace": "shop",
      "description": "What is sold",
      "key": [
        "sku"
      ],
      "mode": "crud",
      "storage": "structured",
      "permissions": {
        "models": {
          "clerk": [
            "read",
            "list"
          ]
        }
      },
      "schema": {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Product",
        "type": "object",
        "properties": {
          "sku": {
            "type": "string",
            "minLength": 3,
            "maxLength": 20,
            "pattern": "^[A-Z0-9-]+$"
          },
          "name": {
            "title": "Name",
            "description": "As on the label",
            "type": "string"
          },
          "price": {
            "type": "number",
            "exclusiveMinimum": 0,
            "maximum": 1000,
            "multipleOf": 0.5
          },
          "cost": {
            "type": "string",
            "format": "decimal",
            "minimum": 0,
            "exclusiveMaximum": 99999999999999999999.5,
            "multipleOf": 0.01
          },
          "kind": {
            "type": [
              "string",
              "null"
            ],
            "enum": [
              "book",
              "game",
              null
            ],
            "default": "book"
          },
          "tags": {
            "type": "array",
            "items": {
              "type": "string",
              "minLength": 1
            },
            "minItems": 1,
            "maxItems": 5,
            "uniqueItems": true
          },
          "size": {
            "type": "object",
            "properties": {
              "width": {
                "type": "integer",
                "minimum": 1
              },
              "note": {}
            },
            "required": [
              "width"
            ]
          }
        },
        "required": [
          "sku",
          "name",
          "price",
          "cost",
          "size"
        ],
        "additionalProperties": false
      },
      "fields": {
        "sku": {
          "behaviours": [
            "INDEXED"
          ]
        },
        "cost": {
          "behaviours": [
            "WRITE_ONLY"
          ]
        },
        "size.width": {
          "behaviours": [
            "INDEXED"
          ]
        }
      },
      "indexes": [
        [
          "-price",
          "name"
        ]
      ],
      "unique": [
        [
          "sku"
        ],
        [
          "name",
          "kind"
        ]
      ],
      "tags": [
        "catalogue"
      ]
    }
    "#);
}

#[test]
fn m6_every_constraint_is_enforced() {
    let product = product();
    let validator = Validator::compile(&product["schema"]).unwrap();
    let good =
        json!({"sku": "AB-1", "name": "x", "price": 1.5, "cost": "0.10", "kind": null, "tags": ["a"], "size": {"width": 1, "more": 2}});
    assert_eq!(validator.check(&good), []);
    let broken = |field: &str, value: Value| {
        let mut record = good.clone();
        record[field] = value;
        validator.check(&record).into_iter().map(|issue| format!("{} {}\n", issue.pointer, issue.message)).collect::<String>()
    };
    let lines = [
        broken("sku", json!("A")),
        broken("sku", json!("ABCDEFGHIJKLMNOPQRSTU")),
        broken("sku", json!("a-b")),
        broken("price", json!(0)),
        broken("price", json!(1000.5)),
        broken("price", json!(0.3)),
        broken("cost", json!("-0.01")),
        broken("cost", json!("99999999999999999999.50")),
        broken("cost", json!("0.001")),
        broken("cost", json!(1)),
        broken("kind", json!("film")),
        broken("tags", json!([])),
        broken("tags", json!(["a", "b", "c", "d", "e", "f"])),
        broken("tags", json!(["a", "a"])),
        broken("tags", json!([""])),
        broken("size", json!({"width": 0})),
        broken("size", json!({})),
        broken("extra", json!(1)),
    ];
    insta::assert_snapshot!(lines.concat(), @r#"
    /sku must have at least 3 characters
    /sku must have at most 20 characters
    /sku must match the pattern ^[A-Z0-9-]+$
    /price must be greater than 0
    /price must be at most 1000
    /price must be a multiple of 0.5
    /cost must be at least 0
    /cost must be less than 99999999999999999999.5
    /cost must be a multiple of 0.01
    /cost must be a text
    /kind must be one of "book", "game", null
    /tags must have at least 1 element
    /tags must have at most 5 elements
    /tags must not have the same element twice
    /tags/0 must have at least 1 character
    /size/width must be at least 1
    /size/width is required
    /extra there is no such field
    "#);
}

#[test]
fn m6_every_type_comes_back() {
    let all = ModelBuilder::new("All")
        .field("any", any())
        .field("boolean", boolean())
        .field("date", date())
        .field("date_time", date_time())
        .field("decimal", decimal())
        .field("email", email())
        .field("integer", integer())
        .field("list", list(number()))
        .field("local", local_date_time())
        .field("number", number())
        .field("object", object())
        .field("text", text())
        .field("time", time())
        .field("url", url())
        .field("uuid", uuid())
        .build()
        .unwrap();
    let kinds: Vec<String> = derive(&all["schema"]).unwrap().fields.iter().map(|field| format!("{}: {}", field.name, field.kind)).collect();
    insta::assert_snapshot!(kinds.join(", "), @"any: any, boolean: boolean, date: date, date_time: date-time, decimal: decimal, email: text, integer: integer, list: list of number, local: local-date-time, number: number, object: object, text: text, time: time, url: text, uuid: uuid");
}

#[test]
fn m4_every_behaviour_can_be_asked_for() {
    let built = ModelBuilder::new("All")
        .field("a", text().read_only().indexed())
        .field("b", text().write_only())
        .field("c", text().read_write().audited().masked())
        .field("d", text().searchable().encrypted().widget("password"))
        .field("e", text().computed("a + b"))
        .build()
        .unwrap();
    insta::assert_snapshot!(built["fields"].to_string(), @r#"{"a":{"behaviours":["READ_ONLY","INDEXED"]},"b":{"behaviours":["WRITE_ONLY"]},"c":{"behaviours":["READ_WRITE","AUDITED","MASKED"]},"d":{"behaviours":["SEARCHABLE","ENCRYPTED"],"widget":"password"},"e":{"behaviours":["COMPUTED"],"computed":"a + b"}}"#);
    let text = built["fields"].to_string();
    for behaviour in Behaviour::ALL {
        assert!(text.contains(behaviour.as_str()), "{}", behaviour.as_str());
    }
}

#[test]
fn m6_rules_that_do_not_fit_are_all_told() {
    let problem = ModelBuilder::new("Wrong")
        .field("a", text().gt(1))
        .field("b", number().min_length(2).le("much").ge(f64::NAN))
        .field("c", list(text().indexed()).pattern("x"))
        .field("d", text().field("inside", text()))
        .field("a", text())
        .build()
        .unwrap_err();
    let lines: String =
        problem.errors.iter().map(|issue| format!("{} {} {}\n", issue.pointer, issue.code.as_str(), issue.message)).collect();
    insta::assert_snapshot!(lines, @r#"
    /schema/properties/a/exclusiveMinimum definition.invalid a field of type text does not take 'exclusiveMinimum'
    /schema/properties/b/minLength definition.invalid a field of type number does not take 'minLength'
    /schema/properties/b/maximum definition.invalid 'maximum' takes a number
    /schema/properties/b/minimum definition.invalid 'minimum' takes a number
    /schema/properties/c/items definition.invalid an element of a list has no behaviours; give them to the list
    /schema/properties/c/pattern definition.invalid a field of type list of any does not take 'pattern'
    /schema/properties/d/properties definition.invalid a field of type text has no fields inside
    /schema/properties/a definition.invalid the field is given twice
    "#);
}

#[test]
fn m6_the_registry_takes_what_the_builder_gives() {
    let registration = Registration::read(product()).unwrap();
    assert_eq!(registration.name.to_string(), "shop.Product");
    assert_eq!(registration.key, Some(vec![vec!["sku".to_owned()]]));
    assert_eq!(registration.indexes.unwrap().len(), 1);
    assert_eq!(registration.unique.unwrap().len(), 2);
    assert_eq!(registration.storage, Some(StorageAsked::Structured));
}
