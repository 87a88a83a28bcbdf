//! The OpenAPI documents: what is told of each field of a model, and of what can go wrong.

use crate::world::World;
use dmr::Value;
use insta::assert_snapshot;
use serde_json::json;
use std::fmt::Write as _;

/// A line for each field of a schema of the document: its name, `!` where it is required, its constraints and the codes it is refused with.
fn fields(document: &Value, schema: &str) -> String {
    let schema = &document["components"]["schemas"][schema];
    let required: Vec<&str> = schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
    let mut out = String::new();
    for (name, field) in schema["properties"].as_object().unwrap() {
        let mut constraints = field.clone();
        let codes = constraints.as_object_mut().unwrap().shift_remove("x-dmr-codes").unwrap_or_default();
        constraints.as_object_mut().unwrap().shift_remove("x-dmr-id");
        let must = if required.contains(&name.as_str()) { "!" } else { "" };
        let codes: Vec<&str> = codes.as_array().into_iter().flatten().filter_map(Value::as_str).collect();
        writeln!(out, "{}", format!("{name}{must} {constraints} {}", codes.join(" ")).trim_end()).unwrap();
    }
    let open = !schema.get("additionalProperties").is_some_and(|rest| rest == &json!(false));
    writeln!(out, "others: {}", if open { "taken" } else { "refused" }).unwrap();
    out.trim_end().to_owned()
}

/// A line for each refusal of an operation: its status and codes.
fn refusals(document: &Value, path: &str, method: &str) -> String {
    let mut out = String::new();
    for (status, answer) in document["paths"][path][method]["responses"].as_object().unwrap() {
        if let Some(codes) = answer["x-codes"].as_array() {
            let codes: Vec<&str> = codes.iter().filter_map(Value::as_str).collect();
            writeln!(out, "{status} {}", codes.join(" ")).unwrap();
        }
    }
    out.trim_end().to_owned()
}

fn people() -> Value {
    json!({
        "name": "Person", "key": ["email"],
        "schema": { "type": "object", "required": ["email"], "properties": {
            "email": { "type": "string", "minLength": 3, "maxLength": 80, "pattern": "@" },
            "born": { "type": ["string", "null"], "format": "date" },
            "age": { "type": "integer", "minimum": 0, "maximum": 150, "default": 0 },
            "address": { "type": "object", "required": ["city"], "properties": { "city": { "type": "string" }, "zip": { "type": "string", "pattern": "^[0-9]{5}$" } } },
            "nick": { "type": "array", "items": { "type": "string", "maxLength": 20 }, "maxItems": 3, "uniqueItems": true },
        } },
        "fields": { "age": { "behaviours": ["READ_ONLY"] } },
    })
}

fn events() -> Value {
    json!({
        "name": "Event", "storage": "structured",
        "schema": { "type": "object", "additionalProperties": false, "required": ["at", "kind"], "properties": {
            "at": { "type": "string", "format": "date-time" },
            "kind": { "enum": ["opened", "closed"] },
            "weight": { "type": "number", "exclusiveMinimum": 0, "multipleOf": 0.5 },
            "done": { "type": "boolean", "default": false },
            "secret": { "type": "string" },
        } },
        "fields": { "secret": { "behaviours": ["WRITE_ONLY"] } },
        "unique": [["at", "kind"]],
    })
}

#[test]
fn r1_the_document_of_products_names_each_field_constraint_and_error() {
    let world = World::with_products();
    let admin = world.admin();
    let product = admin.get("/openapi/Product.json").must(200).json();
    assert_snapshot!(fields(&product, "NewRecord"), @r#"
    name! {"type":"string","maxLength":40} value.type value.rule field.required
    price! {"type":"number","minimum":0} value.type value.range value.rule field.required
    sku {"type":"string"} value.type unique.taken
    tags {"type":"array","items":{"type":"string"}} value.type
    others: refused
    "#);
}

#[test]
fn r1_the_document_of_people_names_each_field_constraint_and_error() {
    let world = World::new();
    let admin = world.admin();
    admin.post("/api/registry/models", &people()).must(201);
    let person = admin.get("/openapi/Person.json").must(200).json();
    assert_snapshot!(fields(&person, "NewRecord"), @r#"
    email! {"type":"string","minLength":3,"maxLength":80,"pattern":"@"} value.type value.rule value.pattern_budget field.required unique.taken
    born {"type":["string","null"],"format":"date"} value.type value.rule
    address {"type":"object","required":["city"],"properties":{"city":{"type":"string"},"zip":{"type":"string","pattern":"^[0-9]{5}$"}}} value.type field.required value.rule value.pattern_budget
    nick {"type":"array","items":{"type":"string","maxLength":20},"maxItems":3,"uniqueItems":true} value.type value.rule
    others: taken
    "#);
    assert_snapshot!(fields(&person, "RecordPatch"), @r#"
    email {"type":"string","minLength":3,"maxLength":80,"pattern":"@"} value.type value.rule value.pattern_budget unique.taken
    born {"type":["string","null"],"format":"date"} value.type value.rule
    address {"anyOf":[{"type":"object","properties":{"city":{"type":"string","x-dmr-id":5},"zip":{"anyOf":[{"type":"string","pattern":"^[0-9]{5}$"},{"type":"null"}],"x-dmr-id":6}}},{"type":"null"}]} value.type value.rule value.pattern_budget
    nick {"anyOf":[{"type":"array","items":{"type":"string","maxLength":20},"maxItems":3,"uniqueItems":true},{"type":"null"}]} value.type value.rule
    others: taken
    "#);
    assert_snapshot!(fields(&person, "Record"), @r#"
    email! {"type":"string","minLength":3,"maxLength":80,"pattern":"@"} value.type value.rule value.pattern_budget field.required unique.taken
    born {"type":["string","null"],"format":"date"} value.type value.rule
    age {"type":"integer","minimum":0,"maximum":150,"default":0,"readOnly":true,"format":"int64"} field.read_only
    address {"type":"object","required":["city"],"properties":{"city":{"type":"string","x-dmr-id":5},"zip":{"type":"string","pattern":"^[0-9]{5}$","x-dmr-id":6}}} value.type field.required value.rule value.pattern_budget
    nick {"type":"array","items":{"type":"string","maxLength":20},"maxItems":3,"uniqueItems":true} value.type value.rule
    _id {"type":"string","format":"uuid","readOnly":true}
    _version {"type":"integer","minimum":1,"readOnly":true}
    _created_at {"type":"string","format":"date-time","readOnly":true}
    _updated_at {"type":"string","format":"date-time","readOnly":true}
    _deleted_at {"type":"string","format":"date-time","readOnly":true}
    _created_by {"type":"string","format":"uuid","readOnly":true}
    _updated_by {"type":"string","format":"uuid","readOnly":true}
    _owner {"type":"string","format":"uuid","readOnly":true}
    others: taken
    "#);
    // What it says is so.
    let wrong = json!({ "email": "x", "born": "never", "age": 5, "address": { "zip": "?" }, "nick": ["a", "a"], "_id": 1 });
    assert_snapshot!(admin.post("/api/records/Person", &wrong).refusal(), @"422 record.invalid [body /age field.read_only] [body /_id field.read_only] [body /born value.type] [body /email value.rule] [body /address/city field.required] [body /address/zip value.rule] [body /nick value.rule]");
}

#[test]
fn r1_the_document_of_events_names_each_field_constraint_and_error() {
    let world = World::new();
    let admin = world.admin();
    admin.post("/api/registry/models", &events()).must(201);
    let event = admin.get("/openapi/Event.json").must(200).json();
    assert_snapshot!(fields(&event, "NewRecord"), @r#"
    at! {"type":"string","format":"date-time"} value.type value.rule field.required unique.taken
    kind! {"enum":["opened","closed"]} value.type value.rule field.required unique.taken
    weight {"type":"number","exclusiveMinimum":0,"multipleOf":0.5} value.type value.range value.rule
    done {"type":"boolean","default":false} value.type
    secret {"type":"string","writeOnly":true} value.type
    others: refused
    "#);
    assert_snapshot!(fields(&event, "Record"), @r#"
    at! {"type":"string","format":"date-time"} value.type value.rule field.required unique.taken
    kind! {"enum":["opened","closed"]} value.type value.rule field.required unique.taken
    weight {"type":"number","exclusiveMinimum":0,"multipleOf":0.5} value.type value.range value.rule
    done {"type":"boolean","default":false} value.type
    _id {"type":"string","format":"uuid","readOnly":true}
    _version {"type":"integer","minimum":1,"readOnly":true}
    _created_at {"type":"string","format":"date-time","readOnly":true}
    _updated_at {"type":"string","format":"date-time","readOnly":true}
    _deleted_at {"type":"string","format":"date-time","readOnly":true}
    _created_by {"type":"string","format":"uuid","readOnly":true}
    _updated_by {"type":"string","format":"uuid","readOnly":true}
    _owner {"type":"string","format":"uuid","readOnly":true}
    others: refused
    "#);
    assert_snapshot!(refusals(&event, "/api/records/Event", "post"), @"
    400 parameter.unknown parameter.value url.encoding header.value json.syntax json.duplicate_key json.depth json.text body.shape
    401 credential.missing credential.invalid
    403 right.missing row.refused
    404 route.unknown model.unknown record.unknown
    408 request.late
    409 unique.taken reference.held record.deleted idempotency.running
    412 record.version
    413 body.too_large
    414 url.too_long
    415 body.type
    421 host.refused
    422 behaviour.unavailable record.invalid field.undeclared field.read_only field.required value.type value.rule value.range value.pattern_budget reference.unknown idempotency.mismatch bulk.too_many
    500 store.failed internal
    503 queue.full store.closed model.moved
    507 store.full
    ");
    assert_snapshot!(refusals(&event, "/api/records/Event/{id}", "patch"), @"
    400 parameter.unknown parameter.value url.encoding header.value json.syntax json.duplicate_key json.depth json.text body.shape field.unknown
    401 credential.missing credential.invalid
    403 right.missing row.refused
    404 route.unknown model.unknown record.unknown
    408 request.late
    409 unique.taken reference.held record.deleted idempotency.running patch.test patch.path
    412 record.version
    413 body.too_large
    414 url.too_long
    415 body.type
    421 host.refused
    422 behaviour.unavailable record.invalid field.undeclared field.read_only field.required value.type value.rule value.range value.pattern_budget reference.unknown idempotency.mismatch bulk.too_many
    500 store.failed internal
    503 queue.full store.closed model.moved
    507 store.full
    ");
    // What it says is so.
    let wrong = json!({ "at": 1, "kind": "ajar", "weight": 0.3, "done": null, "more": 1 });
    assert_snapshot!(admin.post("/api/records/Event", &wrong).refusal(), @"422 record.invalid [body /more field.undeclared] [body /at value.type] [body /kind value.rule] [body /weight value.rule] [body /done value.type]");
}
