//! U1, U2: form plans.

use crate::schema_out::fields;
use dmr_core::form::{Asked, Control, ControlShape, Form, LiveValues, check, plan};
use dmr_core::model::{Field, FieldId};
use dmr_core::schema::Validator;
use dmr_core::{Object, Value};
use proptest::prelude::*;
use serde_json::json;
use std::collections::BTreeMap;

/// The plan of a schema whose every field may be set.
fn planned(schema: &Value) -> Form {
    with(schema, &|_| None, &BTreeMap::new())
}

/// The plan of a model's schema; its fields inside are numbered as they come.
fn with(schema: &Value, hint: &dyn Fn(FieldId) -> Option<String>, live: &BTreeMap<FieldId, LiveValues>) -> Form {
    of_fields(schema, &fields(schema), hint, live)
}

pub fn of_fields(schema: &Value, fields: &[Field], hint: &dyn Fn(FieldId) -> Option<String>, live: &BTreeMap<FieldId, LiveValues>) -> Form {
    let asked = Asked { model: "Model", version: "1.0.0", schema, fields, hint, writes: &|_| true, writes_undeclared: true, live };
    let form = plan(&asked).unwrap();
    parts_are_there(&form.record, &form);
    form.parts.values().for_each(|part| parts_are_there(part, &form));
    form
}

fn parts_are_there(control: &Control, form: &Form) {
    assert_eq!(control.part.is_some(), control.shape == ControlShape::Part);
    assert!(control.part.as_ref().is_none_or(|part| form.parts.contains_key(part)), "{control:?}");
    assert!(!control.metadata.reason.is_empty(), "{control:?}");
    control.inside().for_each(|inner| parts_are_there(inner, form));
}

/// A plan as lines: name, shape, widget, marks, rules, options, why.
fn outline(form: &Form) -> String {
    let mut out = String::new();
    draw(&form.record, 0, "", &mut out);
    for (name, part) in &form.parts {
        draw(part, 0, &format!("part {name}: "), &mut out);
    }
    out
}

fn draw(control: &Control, depth: usize, before: &str, out: &mut String) {
    let mut line = format!("{}{before}{}", "  ".repeat(depth), if control.name.is_empty() { &control.label } else { &control.name });
    let marks = [
        (control.required, "!"),
        (control.nullable, "?"),
        (control.read_only, " read-only"),
        (control.hidden, " hidden"),
        (control.open, " open"),
    ];
    marks.iter().filter(|(set, _)| *set).for_each(|(_, mark)| line.push_str(mark));
    line.push_str(&format!(
        ": {} {} {}",
        control.metadata.kind,
        serde_json::to_value(control.shape).unwrap().as_str().unwrap(),
        control.widget
    ));
    if let Some(part) = &control.part {
        line.push_str(&format!(" -> {part}"));
    }
    if let Some(default) = &control.default {
        line.push_str(&format!(" = {default}"));
    }
    for rule in &control.rules {
        line.push_str(&format!(" [{}]", rule.message));
    }
    if !control.options.is_empty() {
        let options: Vec<String> = control.options.iter().map(|option| format!("{}={}", option.label, option.value)).collect();
        line.push_str(&format!(" ({}{})", options.join(", "), if control.others { ", ..." } else { "" }));
    }
    for rule in &control.left_to_server {
        line.push_str(&format!(" left: {}", rule.rule));
    }
    out.push_str(line.trim_end());
    out.push('\n');
    for field in control.fields.iter().chain(&control.places) {
        draw(field, depth + 1, "", out);
    }
    for (word, inner) in [("each ", &control.item), ("key ", &control.key), ("value ", &control.value)] {
        if let Some(inner) = inner {
            draw(inner, depth + 1, word, out);
        }
    }
    for kind in &control.kinds {
        let when = if kind.when.is_empty() { String::new() } else { format!(" when {}", Value::Object(kind.when.clone())) };
        draw(&kind.control, depth + 1, &format!("kind{when} "), out);
    }
    for condition in &control.conditions {
        out.push_str(&format!("{}{}\n", "  ".repeat(depth + 1), serde_json::to_string(condition).unwrap()));
    }
}

/// The widget of each field, and why.
fn widgets(properties: Value) -> String {
    let form = planned(&json!({"type": "object", "properties": properties}));
    form.record.fields.iter().map(|field| format!("{}: {} ({})\n", field.name, field.widget, field.metadata.reason)).collect()
}

#[test]
fn u1_the_widgets_of_the_source_table() {
    let text = || json!({"type": "string"});
    let (number, whole) = (json!({"type": "number"}), json!({"type": "integer"}));
    insta::assert_snapshot!(widgets(json!({
        "name": text(), "title": text(), "description": text(), "comments": text(), "password": text(), "client_secret": text(),
        "email": text(), "contact_email": text(), "website": text(), "product_url": text(), "phone_number": text(), "quantity": whole,
        "age": whole, "rating": {"type": "integer", "minimum": 1, "maximum": 5}, "price": number, "total_cost": number, "amount": {"type": "string", "format": "decimal"},
        "discount_percentage": number, "birth_date": {"type": "string", "format": "date"}, "created_at": {"type": "string", "format": "date-time"},
        "opens": {"type": "string", "format": "time"}, "category": {"enum": ["a", "b"]}, "tags": {"type": "array", "items": {"type": "string"}},
        "is_active": {"type": "boolean"}, "background_color": text(), "metadata": {"type": "object"}, "payload_json": text()
    })), @r#"
    name: text_input (nothing but its type, text, says what it is)
    title: text_input (nothing but its type, text, says what it is)
    description: text_area (its name has the word `description`)
    comments: text_area (its name has the word `comments`)
    password: password (its name has the word `password`)
    client_secret: password (its name has the word `secret`)
    email: email (its name has the word `email`)
    contact_email: email (its name has the word `email`)
    website: url (its name has the word `website`)
    product_url: url (its name has the word `url`)
    phone_number: phone (its name has the word `phone`)
    quantity: number_input (nothing but its type, integer, says what it is)
    age: number_input (nothing but its type, integer, says what it is)
    rating: slider (it lies between 1 and 5)
    price: currency (its name has the word `price`)
    total_cost: currency (its name has the word `cost`)
    amount: currency (its name has the word `amount`)
    discount_percentage: percentage (its name has the word `percentage`)
    birth_date: date_picker (it holds a date)
    created_at: date_picker (it holds a date and time with an offset)
    opens: date_picker (it holds a time of day)
    category: select (it is one of 2 values)
    tags: multi_select (it is a list of text)
    is_active: toggle (it is true or false)
    background_color: color_picker (its name has the word `color`)
    metadata: json_editor (it is drawn as its parts, or edited as JSON)
    payload_json: json_editor (its name has the word `json`)
    "#);
}

#[test]
fn u1_the_type_comes_before_the_name() {
    let bounded = json!({"type": "number", "minimum": 0, "maximum": 1000});
    insta::assert_snapshot!(widgets(json!({
        "email_verified": {"type": "boolean"}, "price": bounded, "score": bounded, "phone_type": {"type": "string"}, "email_count": {"type": "integer"},
        "url": {"enum": ["a", "b"]}, "color": {"type": ["string", "null"]}, "customerEmail": {"type": "string"}, "APIUrl": {"type": "string"},
        "story": {"type": "string", "maxLength": 4000}, "website": {"type": "string", "format": "uuid"}, "contact": {"type": "string", "format": "email"},
        "e-mail": {"type": "string"}, "costume": {"type": "integer"}, "percentile": {"type": "number"}, "population": {"type": "integer", "minimum": 0, "maximum": 10000000000_u64},
        "note": {"type": "string", "maxLength": 20}, "choice": {"type": "string", "widget": "dropdown"}
    })), @r#"
    email_verified: toggle (it is true or false)
    price: currency (its name has the word `price`)
    score: slider (it lies between 0 and 1000)
    phone_type: text_input (nothing but its type, text, says what it is)
    email_count: number_input (nothing but its type, integer, says what it is)
    url: select (it is one of 2 values)
    color: color_picker (its name has the word `color`)
    customerEmail: email (its name has the word `email`)
    APIUrl: url (its name has the word `url`)
    story: text_area (it takes up to 4000 characters)
    website: text_input (it holds UUIDs)
    contact: email (its format is `email`)
    e-mail: email (its name has the word `mail`)
    costume: number_input (nothing but its type, integer, says what it is)
    percentile: number_input (nothing but its type, number, says what it is)
    population: number_input (nothing but its type, integer, says what it is)
    note: text_input (nothing but its type, text, says what it is)
    choice: select (`select` was chosen for it)
    "#);
}

#[test]
fn u2_an_optional_value_is_one_control_that_can_be_null() {
    insta::assert_snapshot!(outline(&planned(&json!({
        "type": "object", "additionalProperties": false, "required": ["a"],
        "properties": {
            "a": {"anyOf": [{"type": "string", "maxLength": 5}, {"type": "null"}]}, "b": {"type": ["integer", "null"], "minimum": 1},
            "c": {"oneOf": [{"$ref": "#/$defs/City"}, {"type": "null"}], "default": null}, "d": {"enum": ["x", "y", null]}, "e": {"type": "null"}
        },
        "$defs": {"City": {"type": "object", "properties": {"zip_code": {"type": "string"}}}}
    }))), @r#"
    Model!: object object json_editor
      a!?: text value text_input [must have at most 5 characters]
      b?: integer value number_input [must be at least 1]
      c? open: object object json_editor = null
        zip_code: text value text_input
      d?: text value select (x="x", y="y")
      e?: any value select (null=null)
    "#);
}

#[test]
fn u2_unions_have_a_picker_of_kinds() {
    insta::assert_snapshot!(outline(&planned(&json!({
        "type": "object", "additionalProperties": false,
        "properties": {
            "pay": {"discriminator": {"propertyName": "type"}, "oneOf": [{"$ref": "#/$defs/Card"}, {"$ref": "#/$defs/Cash"}, {"type": "null"}]},
            "size": {"anyOf": [{"type": "integer", "minimum": 1}, {"type": "string"}]},
            "any_of_types": {"type": ["string", "integer", "array"], "maxLength": 3},
            "color": {"oneOf": [{"const": "r", "title": "Red"}, {"const": "g", "title": "Green"}]},
            "tagged": {"oneOf": [{"type": "string", "enum": ["Empty"]}, {"type": "object", "required": ["Full"], "properties": {"Full": {"type": "integer"}}, "additionalProperties": false}]},
            "reach": {"type": "object", "properties": {"mail": {"type": "string"}, "tel": {"type": "string"}}, "anyOf": [{"required": ["mail"]}, {"required": ["tel"]}]},
            "anything": true
        },
        "$defs": {
            "Card": {"type": "object", "required": ["type", "number"], "properties": {"type": {"const": "card"}, "number": {"type": "string"}}},
            "Cash": {"type": "object", "required": ["type"], "properties": {"type": {"const": "cash"}, "change": {"type": "number"}}}
        }
    }))), @r#"
    Model!: object object json_editor
      pay?: object union json_editor
        kind when {"type":"card"} Card! open: object object json_editor
          type! hidden: text value select = "card" (card="card")
          number!: text value text_input
        kind when {"type":"cash"} Cash! open: object object json_editor
          type! hidden: text value select = "cash" (cash="cash")
          change: number value number_input
      size: any union json_editor
        kind Integer!: integer value number_input [must be at least 1]
        kind Text!: text value text_input
      any_of_types: any union json_editor
        kind Text!: text value text_input [must have at most 3 characters]
        kind Number!: integer value number_input
        kind List!: list of any list json_editor
          each ?: any value json_editor
      color: text value select (Red="r", Green="g")
      tagged: any union json_editor
        kind Text! hidden: text value select = "Empty" (Empty="Empty")
        kind Full!: object object json_editor
          Full!: integer value number_input
      reach: object union json_editor
        kind Mail! open: object object json_editor
          mail!: text value email
          tel: text value phone
        kind Tel! open: object object json_editor
          mail: text value email
          tel!: text value phone
      anything?: any value json_editor
    "#);
}

#[test]
fn u2_lists_maps_and_what_recurs() {
    insta::assert_snapshot!(outline(&planned(&json!({
        "type": "object", "required": ["lines"],
        "properties": {
            "lines": {"type": "array", "minItems": 1, "maxItems": 9, "items": {"$ref": "#/$defs/Line"}},
            "returned": {"type": "array", "items": {"$ref": "#/$defs/Line"}},
            "prices": {"type": "object", "additionalProperties": {"type": "number", "minimum": 0}, "propertyNames": {"pattern": "^[A-Z]{3}$"}, "maxProperties": 3},
            "by_code": {"type": "object", "patternProperties": {"^[0-9]+$": {"type": "string"}}, "additionalProperties": false},
            "point": {"type": "array", "prefixItems": [{"type": "number"}, {"type": "number"}], "items": false},
            "days": {"type": "array", "items": {"enum": ["mo", "tu"]}, "uniqueItems": true},
            "grid": {"type": "array", "items": {"type": "array", "items": {"type": "integer"}}},
            "tree": {"$ref": "#/$defs/Node"}, "forest": {"type": "array", "items": {"$ref": "#/$defs/Node"}},
            "merged": {"allOf": [{"$ref": "#/$defs/Line"}, {"properties": {"note": {"type": "string"}}, "required": ["note"]}]}
        },
        "$defs": {
            "Line": {"type": "object", "required": ["sku"], "properties": {"sku": {"type": "string"}, "count": {"type": "integer", "default": 1}}, "additionalProperties": false},
            "Node": {"type": "object", "properties": {"name": {"type": "string"}, "children": {"type": "array", "items": {"$ref": "#/$defs/Node"}}}}
        }
    }))), @r#"
    Model! open: object object json_editor
      lines!: list of object list json_editor [must have at least 1 element] [must have at most 9 elements]
        each !: object part json_editor -> Line
      returned: list of object list json_editor
        each !: object part json_editor -> Line
      prices open: object map json_editor [must have at most 3 members]
        key !: text value text_input [must match the pattern ^[A-Z]{3}$]
        value !: number value number_input [must be at least 0]
      by_code open: object map json_editor
        key !: text value text_input [must match the pattern ^[0-9]+$]
        value !: text value text_input
      point: list of any list json_editor
        !: number value number_input
        !: number value number_input
      days: list of text list multi_select [must not have the same element twice]
        each !: text value select (mo="mo", tu="tu")
      grid: list of list of integer list json_editor
        each !: list of integer list multi_select
          each !: integer value number_input
      tree open: object object json_editor
        name: text value text_input
        children: list of object list json_editor
          each !: object part json_editor -> Node
      forest: list of object list json_editor
        each !: object part json_editor -> Node
      merged: object object json_editor
        sku!: text value text_input
        count: integer value number_input = 1
        note!: text value text_area
    part Line: Line: object object json_editor
      sku!: text value text_input
      count: integer value number_input = 1
    part Node: Node open: object object json_editor
      name: text value text_input
      children: list of object list json_editor
        each !: object part json_editor -> Node
    "#);
}

#[test]
fn u2_what_is_required_when() {
    insta::assert_snapshot!(outline(&planned(&json!({
        "type": "object", "additionalProperties": false,
        "properties": {"kind": {"enum": ["home", "shop"]}, "card": {"type": "string"}, "address": {"type": "string"}, "vat": {"type": "string"}, "n": {"type": "integer", "not": {"const": 5}}},
        "dependentRequired": {"card": ["address"]},
        "if": {"properties": {"kind": {"const": "shop"}}, "required": ["kind"]}, "then": {"required": ["vat"]},
        "allOf": [{"if": {"properties": {"n": {"minimum": 3}}}, "then": {"required": ["card"]}}]
    }))), @r#"
    Model!: object object json_editor left: if
      kind: text value select (home="home", shop="shop")
      card: text value text_input
      address: text value text_input
      vat: text value text_input
      n: integer value number_input left: not
      {"when":{"field":"card","absent":false},"then_required":["address"]}
      {"when":{"field":"kind","is":["shop"],"absent":false},"then_required":["vat"]}
    "#);
}

#[test]
fn u2_what_a_field_says() {
    let form = planned(&json!({
        "type": "object", "title": "A shop", "description": "One of ours.", "required": ["zip_code"], "additionalProperties": false,
        "properties": {
            "zip_code": {"type": "string", "description": "Five digits.", "pattern": "^[0-9]{5}$", "examples": ["01234"]},
            "opened_at": {"type": "string", "format": "date-time", "readOnly": true},
            "api_key": {"type": "string", "writeOnly": true, "default": "none"}
        }
    }));
    insta::assert_snapshot!(serde_json::to_string_pretty(&form).unwrap(), @r#"
    {
      "model": "Model",
      "version": "1.0.0",
      "may": [],
      "record": {
        "pointer": "",
        "shape": "object",
        "widget": "json_editor",
        "label": "A shop",
        "help": "One of ours.",
        "required": true,
        "fields": [
          {
            "name": "zip_code",
            "pointer": "/zip_code",
            "path": "zip_code",
            "shape": "value",
            "widget": "text_input",
            "label": "Zip code",
            "placeholder": "01234",
            "help": "Five digits.",
            "required": true,
            "rules": [
              {
                "rule": "pattern",
                "value": "^[0-9]{5}$",
                "message": "must match the pattern ^[0-9]{5}$"
              }
            ],
            "metadata": {
              "type": "text",
              "chosen_by": "default",
              "reason": "nothing but its type, text, says what it is",
              "examples": [
                "01234"
              ]
            }
          },
          {
            "name": "opened_at",
            "pointer": "/opened_at",
            "path": "opened_at",
            "shape": "value",
            "widget": "date_picker",
            "label": "Opened at",
            "placeholder": "2024-01-31T10:15:00Z",
            "required": false,
            "read_only": true,
            "rules": [
              {
                "rule": "format",
                "value": "date-time",
                "message": "must be a date and time with an offset: 2024-01-31T10:15:00Z"
              }
            ],
            "metadata": {
              "type": "date-time",
              "format": "date-time",
              "picks": "date_time",
              "chosen_by": "type",
              "reason": "it holds a date and time with an offset"
            }
          },
          {
            "name": "api_key",
            "pointer": "/api_key",
            "path": "api_key",
            "shape": "value",
            "widget": "text_input",
            "label": "API key",
            "required": false,
            "write_only": true,
            "default": "none",
            "metadata": {
              "type": "text",
              "chosen_by": "default",
              "reason": "nothing but its type, text, says what it is"
            }
          }
        ],
        "metadata": {
          "type": "object",
          "chosen_by": "type",
          "reason": "it is drawn as its parts, or edited as JSON"
        }
      },
      "parts": {}
    }
    "#);
    let again: Form = serde_json::from_str(&serde_json::to_string(&form).unwrap()).unwrap();
    assert_eq!(serde_json::to_value(&again).unwrap(), serde_json::to_value(&form).unwrap());
}

#[test]
fn u2_labels_are_made_of_names() {
    let names = ["zip_code", "customerID", "url", "USA_state", "apiKey", "HTTPServer", "x", "größe", "first-name", "a1", "__", "sku"];
    let labels: Vec<String> = names.iter().map(|name| dmr_core::form::label(name)).collect();
    insta::assert_snapshot!(labels.join(", "), @r#"Zip code, Customer ID, URL, USA state, API key, HTTP server, X, Größe, First name, A1, __, SKU"#);
}

#[test]
fn u1_a_hint_is_taken_where_it_fits_and_live_values_are_offered() {
    let schema = json!({"type": "object", "properties": {
        "price": {"type": "number", "minimum": 0, "maximum": 9}, "cost": {"type": "number"}, "status": {"type": "string"}, "name": {"type": "string"}
    }});
    let live = |values: [&str; 3], records| LiveValues { values: values.map(Value::from).into(), records };
    let live = BTreeMap::from([(FieldId(3), live(["open", "done", "late"], 40)), (FieldId(4), live(["a", "b", "c"], 4))]);
    let form = with(&schema, &|id| ["slider", "slider", "", ""].get(id.0 as usize - 1).map(|hint| (*hint).to_owned()), &live);
    insta::assert_snapshot!(outline(&form), @r#"
    Model! open: object object json_editor
      price: number value slider [must be at least 0] [must be at most 9]
      cost: number value currency
      status: text value select (open="open", done="done", late="late", ...)
      name: text value text_input
    "#);
    let why: Vec<&str> = form.record.fields.iter().map(|field| field.metadata.reason.as_str()).collect();
    insta::assert_snapshot!(why.join("\n"), @r#"
    `slider` was chosen for it
    its name has the word `cost`
    the newest 40 records that have it hold 3 different values; others can be typed
    nothing but its type, text, says what it is
    "#);
}

#[test]
fn u2_an_answer_is_checked_by_its_rules() {
    let form = planned(&json!({"type": "object", "properties": {
        "n": {"type": "integer", "minimum": 3, "multipleOf": 2}, "m": {"type": "string", "format": "decimal", "maximum": 10}, "t": {"type": ["string", "null"], "pattern": "^a", "maxLength": 2},
        "e": {"enum": ["x", 1]}, "d": {"type": "string", "format": "date"}, "l": {"type": "array", "items": {"type": "integer"}, "maxItems": 1}
    }}));
    let told = |at: usize, value: Value| {
        let issues = check(&form.record.fields[at], &value);
        format!("{value}: {}\n", issues.into_iter().map(|issue| issue.message).collect::<Vec<_>>().join(", "))
    };
    let all = [
        told(0, json!(4)),
        told(0, json!(1)),
        told(0, json!("4")),
        told(1, json!("10.5")),
        told(1, json!("9.99")),
        told(2, json!(null)),
        told(2, json!("abc")),
        told(2, json!("b")),
        told(3, json!("y")),
        told(3, json!(1)),
        told(4, json!("2024-02-30")),
        told(4, json!("2024-02-29")),
        told(5, json!([1, 2])),
    ];
    insta::assert_snapshot!(all.concat(), @r#"
    4: 
    1: must be at least 3, must be a multiple of 2
    "4": must be an integer
    "10.5": must be at most 10
    "9.99": 
    null: 
    "abc": must have at most 2 characters
    "b": must match the pattern ^a
    "y": must be one of "x", 1
    1: 
    "2024-02-30": must be a date: 2024-01-31
    "2024-02-29": 
    [1,2]: must have at most 1 element
    "#);
}

/// The bound that a rule sets.
fn limit(control: &Control, rule: &str) -> Option<i64> {
    control.rules.iter().filter(|own| own.rule == rule).find_map(|own| own.value.as_ref()?.as_i64())
}

/// A value that satisfies the rules of a control, made of nothing but its plan.
fn filled(control: &Control, form: &Form, depth: usize) -> Value {
    if let Some(part) = &control.part {
        return filled(&form.parts[part], form, depth + 1);
    }
    if let Some(option) = control.options.first() {
        return option.value.clone();
    }
    match control.shape {
        ControlShape::Object => object(control, form, depth),
        ControlShape::List => {
            let least = limit(control, "minItems").unwrap_or(0).max(i64::try_from(control.places.len()).unwrap());
            let at = |index: i64| control.places.get(usize::try_from(index).unwrap()).or(control.item.as_deref());
            (0..least).map(|index| filled(at(index).unwrap(), form, depth + 1)).collect()
        }
        ControlShape::Map => {
            let least = limit(control, "minProperties").unwrap_or(0);
            let value = control.value.as_deref().unwrap();
            Value::Object((0..least).map(|index| (format!("k{index}"), filled(value, form, depth + 1))).collect())
        }
        ControlShape::Union => filled(&control.kinds[0].control, form, depth + 1),
        _ => scalar(control),
    }
}

fn scalar(control: &Control) -> Value {
    match control.metadata.kind.as_str() {
        "integer" | "number" => {
            let least = limit(control, "minimum").or(limit(control, "exclusiveMinimum").map(|least| least + 1));
            let value = least.or(limit(control, "maximum")).unwrap_or(0);
            let step = limit(control, "multipleOf").unwrap_or(1);
            json!(value.div_euclid(step) * step + if value.rem_euclid(step) == 0 { 0 } else { step })
        }
        "boolean" => json!(true),
        "date" => json!("2024-01-31"),
        "date-time" => json!("2024-01-31T10:15:00Z"),
        "text" => json!("x".repeat(usize::try_from(limit(control, "minLength").unwrap_or(1)).unwrap())),
        _ => json!({"any": 1}),
    }
}

fn object(control: &Control, form: &Form, depth: usize) -> Value {
    let mut out = Object::new();
    for field in &control.fields {
        let needed = |out: &Object| field.required || control.conditions.iter().any(|condition| condition.requires(&field.name, out));
        if needed(&out) && !field.read_only {
            out.insert(field.name.clone(), field.default.clone().unwrap_or_else(|| filled(field, form, depth + 1)));
        }
    }
    Value::Object(out)
}

/// Schemas of a property: what forms express, in any combination; `T` is the record itself.
fn property() -> impl Strategy<Value = Value> {
    let scalar = prop_oneof![
        (0..5_i64, 5..9_i64).prop_map(|(least, most)| json!({"type": "integer", "minimum": least, "maximum": most})),
        (1..4_i64).prop_map(|step| json!({"type": "number", "exclusiveMinimum": -3, "multipleOf": step})),
        (0..3_u64, 3..9_u64).prop_map(|(least, most)| json!({"type": "string", "minLength": least, "maxLength": most})),
        Just(json!({"type": "boolean"})),
        Just(json!({"type": "string", "format": "date"})),
        Just(json!({"enum": ["a", "b", 3]})),
        Just(json!({"const": "fixed"})),
        Just(json!({"type": ["string", "null"]})),
        Just(json!({"type": ["integer", "string"]})),
        Just(json!({"$ref": "#/$defs/Name"})),
        Just(json!({"$ref": "#/$defs/Tree"})),
        Just(json!(true)),
    ];
    scalar.prop_recursive(4, 24, 4, |inner| {
        let members = proptest::collection::vec((inner.clone(), any::<bool>()), 0..4);
        prop_oneof![
            members.prop_map(|members| object_of(&members)),
            (inner.clone(), 0..3_u64).prop_map(|(item, least)| json!({"type": "array", "items": item, "minItems": least})),
            (inner.clone(), 0..2_u64)
                .prop_map(|(value, least)| json!({"type": "object", "additionalProperties": value, "minProperties": least})),
            (inner.clone(), inner.clone()).prop_map(|(one, other)| json!({"anyOf": [one, other]})),
            inner.clone().prop_map(|one| json!({"anyOf": [one, {"type": "null"}]})),
            (inner.clone(), inner.clone()).prop_map(|(one, other)| json!({"type": "array", "prefixItems": [one, other], "items": false})),
            (inner.clone(), inner).prop_map(|(one, other)| json!({"oneOf": [
                {"type": "object", "required": ["is", "a"], "properties": {"is": {"const": "one"}, "a": one}},
                {"type": "object", "required": ["is"], "properties": {"is": {"const": "other"}, "b": other}}
            ]})),
        ]
    })
}

fn object_of(members: &[(Value, bool)]) -> Value {
    let named = members.iter().enumerate().map(|(at, (schema, _))| (format!("f{at}"), schema.clone()));
    let required: Vec<String> = members.iter().enumerate().filter(|(_, (_, required))| *required).map(|(at, _)| format!("f{at}")).collect();
    json!({"type": "object", "properties": Object::from_iter(named), "required": required})
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, ..ProptestConfig::default() })]

    #[test]
    fn u2_what_a_plan_asks_for_is_what_the_model_accepts(members in proptest::collection::vec((property(), any::<bool>()), 0..6)) {
        let mut schema = object_of(&members);
        schema["$defs"] = json!({
            "Name": {"type": "string", "minLength": 2},
            "Tree": {"type": "object", "required": ["name"], "properties": {"name": {"$ref": "#/$defs/Name"}, "inside": {"type": "array", "items": {"$ref": "#/$defs/Tree"}}}}
        });
        let form = planned(&schema);
        let record = filled(&form.record, &form, 0);
        let validator = Validator::compile(&schema).unwrap();
        prop_assert!(validator.accepts(&record), "{record}\n{:?}\n{schema}\n{}", validator.check(&record), outline(&form));
        let names: Vec<&str> = form.record.fields.iter().map(|field| field.name.as_str()).collect();
        let declared: Vec<&str> = schema["properties"].as_object().unwrap().keys().map(String::as_str).collect();
        prop_assert_eq!(names, declared, "in the order of the schema, each once");
    }
}
