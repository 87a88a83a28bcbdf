//! Schemas as the usual tools write them (M1): Pydantic, Zod, schemars, typify, and what was written by hand in draft 4.

use crate::schema::{outline, wrong};
use crate::schema_out::fields;
use dmr_core::Value;
use dmr_core::schema::{Validator, out};
use serde_json::json;

/// The fields; that the records given are accepted, before and after the schema went out as 2020-12; and what is wrong with a bad one.
fn told(document: &Value, good: &[Value], bad: &Value) -> String {
    let sent = Validator::compile(&out::document(document, &fields(document)).unwrap()).unwrap();
    for record in good {
        assert_eq!(wrong(document, record), "");
        assert!(sent.accepts(record), "{record}");
    }
    assert!(!sent.accepts(bad));
    format!("{}{}", outline(document), wrong(document, bad))
}

#[test]
fn m1_pydantic_product_and_user() {
    let product = json!({
        "properties": {
            "sku": {"description": "Stock Keeping Unit", "title": "Sku", "type": "string"},
            "name": {"maxLength": 200, "minLength": 1, "title": "Name", "type": "string"},
            "description": {"default": "", "title": "Description", "type": "string"},
            "price": {"description": "Price in USD", "exclusiveMinimum": 0, "title": "Price", "type": "number"},
            "cost": {"description": "Internal cost", "exclusiveMinimum": 0, "title": "Cost", "type": "number"},
            "category": {"title": "Category", "type": "string"},
            "subcategory": {"anyOf": [{"type": "string"}, {"type": "null"}], "default": null, "title": "Subcategory"},
            "tags": {"default": [], "items": {"type": "string"}, "title": "Tags", "type": "array"},
            "inventory_count": {"minimum": 0, "title": "Inventory Count", "type": "integer"},
            "is_active": {"default": true, "title": "Is Active", "type": "boolean"},
            "created_at": {"format": "date-time", "title": "Created At", "type": "string"}
        },
        "required": ["sku", "name", "price", "cost", "category", "inventory_count"], "title": "Product", "type": "object"
    });
    let laptop = json!({"sku": "PROD-0001", "name": "Laptop", "price": 49.99, "cost": 25, "category": "Home", "inventory_count": 3, "subcategory": null});
    let bad =
        json!({"sku": 1, "name": "", "price": 0, "category": "Home", "inventory_count": 1.5, "created_at": "today", "tags": ["a", 2]});
    insta::assert_snapshot!(told(&product, &[laptop], &bad), @r#"
    Draft2020 open
      sku: text
      name: text
      description?: text = ""
      price: number
      cost: number
      category: text
      subcategory?: text | null = null
      tags?: list of text = []
      inventory_count: integer
      is_active?: boolean = true
      created_at?: date-time

    /cost field.required [required] is required
    /sku value.type [type] must be a text
    /name value.rule [minLength] must have at least 1 character
    /price value.rule [exclusiveMinimum] must be greater than 0
    /inventory_count value.type [type] must be an integer
    /created_at value.rule [format] must be a date and time with an offset: 2024-01-31T10:15:00Z
    /tags/1 value.type [type] must be a text
    "#);

    let user = json!({
        "$defs": {"Role": {"enum": ["admin", "user"], "title": "Role", "type": "string"}},
        "properties": {
            "username": {"maxLength": 20, "minLength": 3, "title": "Username", "type": "string"},
            "email": {"format": "email", "title": "Email", "type": "string"},
            "phone_number": {"anyOf": [{"type": "string"}, {"type": "null"}], "default": null, "title": "Phone Number"},
            "role": {"$ref": "#/$defs/Role", "default": "user"},
            "balance": {"anyOf": [{"type": "number"}, {"pattern": "^\\d+(\\.\\d+)?$", "type": "string"}], "title": "Balance"},
            "scores": {"additionalProperties": {"type": "integer"}, "title": "Scores", "type": "object"},
            "point": {"maxItems": 2, "minItems": 2, "prefixItems": [{"type": "number"}, {"type": "number"}], "type": "array"},
            "last_login": {"anyOf": [{"format": "date-time", "type": "string"}, {"type": "null"}], "default": null}
        },
        "required": ["username", "email"], "title": "User", "type": "object"
    });
    let ann = json!({"username": "ann", "email": "ann@example.org", "balance": "1.5", "scores": {"a": 1}, "point": [1, 2.5], "last_login": "2024-01-31T10:15:00Z"});
    let bad = json!({"username": "x", "email": "x", "role": "usr", "balance": true, "scores": {"a": "b"}, "point": [1], "last_login": 5});
    insta::assert_snapshot!(told(&user, &[ann], &bad), @r#"
    Draft2020 open
      username: text
      email: text
      phone_number?: text | null = null
      role?: text = "user"
      balance?: any
      scores?: object
      point?: list of any
      last_login?: date-time | null = null

    /username value.rule [minLength] must have at least 3 characters
    /email value.rule [format] must be an e-mail address
    /role value.rule [enum] must be one of "admin", "user" -> user
    /balance value.type [anyOf] must be a number or a text
    /scores/a value.type [type] must be an integer
    /point value.rule [minItems] must have at least 2 elements
    /last_login value.type [anyOf] must be a text or null
    "#);
}

#[test]
fn m1_zod_draft_7_with_a_discriminated_union() {
    let document = json!({
        "$schema": "http://json-schema.org/draft-07/schema#", "$ref": "#/definitions/Event",
        "definitions": {"Event": {"type": "object", "additionalProperties": false, "required": ["id", "payload"], "properties": {
            "id": {"type": "string", "format": "uuid"},
            "at": {"type": "string", "format": "date-time"},
            "note": {"type": ["string", "null"], "maxLength": 5},
            "level": {"anyOf": [{"type": "string", "const": "low"}, {"type": "string", "const": "high"}]},
            "again": {"$ref": "#/definitions/Event/properties/note"},
            "payload": {"anyOf": [
                {"type": "object", "properties": {"kind": {"type": "string", "const": "click"}, "x": {"type": "integer"}}, "required": ["kind", "x"], "additionalProperties": false},
                {"type": "object", "properties": {"kind": {"type": "string", "const": "key"}, "code": {"type": "string"}}, "required": ["kind", "code"], "additionalProperties": false}
            ]}
        }}}
    });
    let id = "0190c6a5-7e63-7e0e-9b3e-0123456789ab";
    let click = json!({"id": id, "payload": {"kind": "click", "x": 1}, "note": null, "level": "low"});
    let key = json!({"id": id, "payload": {"kind": "key", "code": "a"}});
    let bad = json!({"id": "x", "payload": {"kind": "key", "code": 5}, "note": "too long", "level": "mid", "again": 1});
    insta::assert_snapshot!(told(&document, &[click, key], &bad), @r#"
    Draft7 closed
      id: uuid
      at?: date-time
      note?: text | null
      level?: text
      again?: text | null
      payload: object
        kind?: text
        x?: integer
        code?: text

    /id value.rule [format] must be a UUID
    /payload/code value.type [type] must be a text
    /note value.rule [maxLength] must have at most 5 characters
    /level value.rule [enum] must be one of "low", "high"
    /again value.type [type] must be null or a text
    "#);
}

#[test]
fn m1_schemars_2020_12_and_draft_7() {
    let one = json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema", "title": "Account", "type": "object",
        "properties": {
            "id": {"type": "integer", "format": "uint64", "minimum": 0},
            "ratio": {"type": "number", "format": "double"},
            "nick": {"type": ["string", "null"]},
            "status": {"$ref": "#/$defs/Status"},
            "home": {"anyOf": [{"$ref": "#/$defs/Address"}, {"type": "null"}]},
            "parent": {"anyOf": [{"$ref": "#"}, {"type": "null"}]},
            "tags": {"type": "array", "items": {"type": "string"}, "uniqueItems": true}
        },
        "required": ["id", "ratio", "status", "tags"],
        "$defs": {
            "Status": {"oneOf": [{"description": "in use", "type": "string", "const": "active"}, {"type": "string", "enum": ["closed", "frozen"]}]},
            "Address": {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]}
        }
    });
    let good =
        json!({"id": 1, "ratio": 0.5, "status": "active", "tags": ["a"], "parent": {"id": 2, "ratio": 1, "status": "closed", "tags": []}});
    let bad = json!({"id": -1, "ratio": "1", "status": "activ", "tags": ["a", "a"], "home": {"city": null}, "parent": {"id": 1}});
    insta::assert_snapshot!(told(&one, &[good], &bad), @r#"
    Draft2020 open
      id: integer
      ratio: number
      nick?: text | null
      status: text
      home?: object | null
        city: text
      parent?: object | null
      tags: list of text

    /id value.rule [minimum] must be at least 0
    /ratio value.type [type] must be a number
    /status value.rule [enum] must be one of "active", "closed", "frozen" -> active
    /tags value.rule [uniqueItems] must not have the same element twice
    /home/city value.type [type] must be a text
    /parent/ratio field.required [required] is required
    /parent/status field.required [required] is required
    /parent/tags field.required [required] is required
    "#);

    let old = json!({
        "$schema": "http://json-schema.org/draft-07/schema#", "title": "Job", "type": "object", "required": ["owner", "state"],
        "properties": {
            "owner": {"description": "who", "allOf": [{"$ref": "#/definitions/Person"}]},
            "helper": {"anyOf": [{"$ref": "#/definitions/Person"}, {"type": "null"}]},
            "state": {"default": "Idle", "allOf": [{"$ref": "#/definitions/State"}]},
            "steps": {"default": [], "type": "array", "items": {"$ref": "#/definitions/State"}}
        },
        "definitions": {
            "Person": {"type": "object", "required": ["name"], "properties": {"name": {"type": "string"}, "age": {"type": ["integer", "null"], "format": "uint8", "minimum": 0.0}}},
            "State": {"oneOf": [
                {"type": "string", "enum": ["Idle", "Done"]},
                {"type": "object", "required": ["Running"], "properties": {"Running": {"type": "integer"}}, "additionalProperties": false}
            ]}
        }
    });
    let good = json!({"owner": {"name": "a", "age": null}, "helper": null, "state": {"Running": 5}, "steps": ["Idle", {"Running": 1}]});
    let bad = json!({"owner": {"age": -1}, "helper": 1, "state": "Idel", "steps": [1]});
    insta::assert_snapshot!(told(&old, &[good], &bad), @r#"
    Draft7 open
      owner: object
        name: text
        age?: integer | null
      helper?: object | null
        name: text
        age?: integer | null
      state: any = "Idle"
      steps?: list of any = []

    /owner/name field.required [required] is required
    /owner/age value.rule [minimum] must be at least 0.0
    /helper value.type [anyOf] must be an object or null
    /state value.rule [enum] must be one of "Idle", "Done" -> Idle
    /steps/0 value.type [oneOf] must be a text or an object
    "#);
}

#[test]
fn m1_typify_style_with_tagged_branches_at_the_root() {
    let document = json!({
        "$schema": "http://json-schema.org/draft-07/schema#", "title": "Shape",
        "oneOf": [
            {"title": "Circle", "type": "object", "required": ["type", "radius"], "properties": {"type": {"type": "string", "enum": ["circle"]}, "radius": {"type": "number", "minimum": 0}}},
            {"title": "Square", "type": "object", "required": ["type", "side"], "properties": {"type": {"type": "string", "enum": ["square"]}, "side": {"type": "number"}}}
        ]
    });
    let good = [json!({"type": "circle", "radius": 1}), json!({"type": "square", "side": 1, "radius": "none"})];
    insta::assert_snapshot!(told(&document, &good, &json!({"type": "circle", "radius": -1})), @r#"
    Draft7 open
      type?: text
      radius?: any | null
      side?: any | null

    /radius value.rule [minimum] must be at least 0
    "#);
}

#[test]
fn m1_draft_4_by_hand() {
    let document = json!({
        "$schema": "http://json-schema.org/draft-04/schema#", "id": "http://example.org/invoice#", "title": "Invoice", "type": "object",
        "properties": {
            "number": {"type": "integer", "minimum": 0, "exclusiveMinimum": true},
            "lines": {"type": "array", "minItems": 1, "items": {"$ref": "#/definitions/line"}},
            "paid": {"type": "boolean", "nullable": true},
            "buyer": {"$ref": "party.json"}, "seller": {"$ref": "#party"},
            "range": {"type": "array", "items": [{"type": "integer"}, {"type": "integer"}], "additionalItems": false}
        },
        "required": ["number", "lines"],
        "dependencies": {"paid": ["buyer"]},
        "definitions": {
            "line": {"type": "object", "properties": {"text": {"type": "string"}}, "required": ["text"]},
            "party": {"id": "#party", "type": "object", "properties": {"name": {"type": "string"}}},
            "other": {"id": "party.json", "type": "object", "properties": {"vat": {"type": "string"}}}
        }
    });
    let good = json!({"number": 1, "lines": [{"text": "a"}], "paid": true, "buyer": {"vat": "x"}, "range": [1, 2]});
    let bad = json!({"number": 0, "lines": [{}], "paid": null, "range": [1, 2, 3], "seller": {"name": 5}});
    insta::assert_snapshot!(told(&document, &[good], &bad), @r#"
    Draft4 open
      number: integer
      lines: list of object
      paid?: boolean
      buyer?: object
        vat?: text
      seller?: object
        name?: text
      range?: list of any

    /number value.rule [exclusiveMinimum] must be greater than 0
    /lines/0/text field.required [required] is required
    /paid value.type [type] must be true or false
    /range value.rule [additionalItems] must have at most 2 elements
    /seller/name value.type [type] must be a text
    /buyer field.required [required] is required
    "#);
}
