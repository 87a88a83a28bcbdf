//! Schema documents in: fields derived (M1), records held against them (M6, R4).

use dmr_core::schema::{Draft, Validator, derive};
use dmr_core::{Issue, Value, model::Shape};
use serde_json::json;

/// Each field as `name: type`, `?` where optional, `| null` where nullable, children indented.
pub fn outline(document: &Value) -> String {
    match derive(document) {
        Ok(derived) => {
            let open = if derived.open { "open" } else { "closed" };
            format!("{:?} {open}\n{}", derived.draft, lines(&derived.fields, 1))
        }
        Err(problem) => format!("{} {}", problem.code.as_str(), told(&problem.errors)),
    }
}

fn lines(fields: &[Shape], depth: usize) -> String {
    let line = |field: &Shape| {
        let mark = if field.required { "" } else { "?" };
        let null = if field.nullable { " | null" } else { "" };
        let default = field.default.as_ref().map_or(String::new(), |value| format!(" = {value}"));
        let (indent, kind) = ("  ".repeat(depth), &field.kind);
        format!("{indent}{}{mark}: {kind}{null}{default}\n{}", field.name, lines(&field.children, depth + 1))
    };
    fields.iter().map(line).collect()
}

fn told(issues: &[Issue]) -> String {
    let line = |issue: &Issue| {
        let rule = issue.rule.as_deref().unwrap_or("-");
        let suggestions = if issue.suggestions.is_empty() { String::new() } else { format!(" -> {}", issue.suggestions.join(", ")) };
        format!("\n{} {} [{rule}] {}{suggestions}", issue.pointer, issue.code.as_str(), issue.message)
    };
    issues.iter().map(line).collect()
}

pub fn wrong(document: &Value, record: &Value) -> String {
    let validator = Validator::compile(document).unwrap();
    let issues = validator.check(record);
    assert_eq!(validator.accepts(record), issues.is_empty(), "accepts and check agree");
    told(&issues)
}

fn product() -> Value {
    json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Product", "type": "object", "additionalProperties": false,
        "required": ["sku", "price"],
        "properties": {
            "sku": {"type": "string", "minLength": 3, "pattern": "^[A-Z]+-[0-9]+$"},
            "price": {"type": "number", "exclusiveMinimum": 0, "maximum": 1000},
            "cost": {"type": "string", "format": "decimal", "minimum": 0, "multipleOf": 0.01},
            "kind": {"enum": ["book", "game"]},
            "tags": {"type": "array", "items": {"type": "string"}, "maxItems": 2},
            "made": {"type": ["string", "null"], "format": "date"}
        }
    })
}

#[test]
fn m1_product_becomes_fields() {
    insta::assert_snapshot!(outline(&product()), @r#"
    Draft2020 closed
      sku: text
      price: number
      cost?: decimal
      kind?: text
      tags?: list of text
      made?: date | null
    "#);
}

#[test]
fn m1_pydantic_optional_reference_and_recursion() {
    let document = json!({
        "$defs": {
            "Address": {"title": "Address", "type": "object", "properties": {"city": {"type": "string"}, "zip": {"anyOf": [{"type": "string"}, {"type": "null"}], "default": null}}, "required": ["city"]},
            "Node": {"type": "object", "properties": {"value": {"type": "integer"}, "next": {"anyOf": [{"$ref": "#/$defs/Node"}, {"type": "null"}], "default": null}}, "required": ["value"]}
        },
        "title": "User", "type": "object", "required": ["id", "address"],
        "properties": {
            "id": {"type": "string", "format": "uuid"},
            "address": {"$ref": "#/$defs/Address"},
            "billing": {"anyOf": [{"$ref": "#/$defs/Address"}, {"type": "null"}], "default": null},
            "balance": {"anyOf": [{"type": "number"}, {"type": "string"}]},
            "tree": {"$ref": "#/$defs/Node"},
            "created": {"type": "string", "format": "date-time"}
        }
    });
    insta::assert_snapshot!(outline(&document), @r#"
    Draft2020 open
      id: uuid
      address: object
        city: text
        zip?: text | null = null
      billing?: object | null = null
        city: text
        zip?: text | null = null
      balance?: any
      tree?: object
        value: integer
        next?: object | null = null
      created?: date-time
    "#);
}

#[test]
fn m1_branches_of_the_root_become_optional_fields() {
    let document = json!({
        "oneOf": [
            {"type": "object", "additionalProperties": false, "properties": {"kind": {"const": "cat"}, "lives": {"type": "integer"}}, "required": ["kind"]},
            {"type": "object", "additionalProperties": false, "properties": {"kind": {"const": "dog"}, "lives": {"type": "string"}, "good": {"type": "boolean"}}, "required": ["kind"]}
        ]
    });
    insta::assert_snapshot!(outline(&document), @r#"
    Draft2020 closed
      kind?: text
      lives?: any
      good?: boolean
    "#);
}

#[test]
fn m1_draft_4_with_id_and_definitions() {
    let document = json!({
        "$schema": "http://json-schema.org/draft-04/schema#", "id": "http://example.org/root.json",
        "allOf": [{"$ref": "base.json"}, {"properties": {"n": {"type": "integer", "minimum": 0, "exclusiveMinimum": true}}}],
        "definitions": {"base": {"id": "base.json", "type": "object", "properties": {"name": {"type": "string"}, "nick": {"$ref": "#/definitions/nick"}}, "definitions": {"nick": {"type": "string"}}}}
    });
    insta::assert_snapshot!(outline(&document), @r#"
    Draft4 open
      name?: text
      nick?: text
      n?: integer
    "#);
    insta::assert_snapshot!(outline(&json!({"properties": {"_id": {}, "a": {"type": "object", "properties": {"_b": {}, "": {}}}}})), @r#"
    name.invalid 
    /properties/_id name.invalid [-] names that begin with '_' belong to the system -> id_
    /properties/a/properties/ name.invalid [-] a field name cannot be empty
    "#);
}

#[test]
fn m1_all_problems_of_a_schema_with_place_and_suggestion() {
    let document = json!({
        "type": "object",
        "properties": {"a": {"type": "strng"}, "b": {"$ref": "#/$defs/Adress"}, "c": {"$ref": "https://example.org/c.json"}, "d": {"minLength": -1}},
        "$defs": {"Address": {"type": "object"}}
    });
    insta::assert_snapshot!(outline(&document), @r#"
    schema.invalid 
    /properties/a/type schema.invalid [enum] must be one of "array", "boolean", "integer", "null", "number", "object", "string" -> string
    /properties/d/minLength schema.invalid [minimum] must be at least 0
    /properties/b/$ref schema.reference [$ref] the reference leads nowhere -> #/$defs/Address
    /properties/c/$ref schema.reference [$ref] the reference leads out of the document, and nothing is fetched -> put what it names under '$defs' and refer to '#/$defs/<name>'
    "#);
    insta::assert_snapshot!(outline(&json!({"$schema": "http://json-schema.org/draft-03/schema#"})), @r#"
    schema.unsupported 
    /$schema schema.unsupported [$schema] this draft of JSON Schema is not understood -> http://json-schema.org/draft-04/schema#, http://json-schema.org/draft-06/schema#, http://json-schema.org/draft-07/schema#
    "#);
    insta::assert_snapshot!(outline(&json!({"type": "string"})), @r#"
    schema.invalid 
    /type schema.invalid [type] a record is an object, so its schema describes objects -> "type": "object"
    "#);
    insta::assert_snapshot!(outline(&json!(true)), @r#"
    schema.invalid 
     schema.invalid [-] a model's schema is an object that describes objects -> {"type": "object", "properties": {...}}
    "#);
}

#[test]
fn r4_every_violation_with_rule_and_limit() {
    let record = json!({"sku": "a", "pric": 1, "cost": "1.005", "kind": "bok", "tags": [1, "a", "b"], "made": "yesterday"});
    insta::assert_snapshot!(wrong(&product(), &record), @r#"
    /price field.required [required] is required
    /sku value.rule [minLength] must have at least 3 characters
    /sku value.rule [pattern] must match the pattern ^[A-Z]+-[0-9]+$
    /cost value.rule [multipleOf] must be a multiple of 0.01
    /kind value.rule [enum] must be one of "book", "game" -> book
    /tags value.rule [maxItems] must have at most 2 elements
    /tags/0 value.type [type] must be a text
    /made value.rule [format] must be a date: 2024-01-31
    /pric field.undeclared [additionalProperties] there is no such field -> price
    "#);
    assert_eq!(wrong(&product(), &json!({"sku": "AB-1", "price": 0.5, "cost": "12345678901234567890.01", "made": null})), "");
}

#[test]
fn r4_the_nearest_alternative_is_told() {
    let document = json!({"properties": {
        "a": {"anyOf": [{"type": "string", "maxLength": 2}, {"type": "null"}]},
        "b": {"anyOf": [{"type": "string"}, {"type": "null"}]}
    }});
    insta::assert_snapshot!(wrong(&document, &json!({"a": "long", "b": 5})), @r#"
    /a value.rule [maxLength] must have at most 2 characters
    /b value.type [anyOf] must be a text or null
    "#);
}

#[test]
fn m6_patterns_are_bounded() {
    let document = json!({"properties": {"a": {"pattern": r"^(?=(a+)+)(a*)*\1\2b$"}}});
    let validator = Validator::compile(&document).unwrap();
    let record = json!({"a": "a".repeat(40)});
    assert!(!validator.accepts(&record));
    insta::assert_snapshot!(told(&validator.check(&record)), @"/a value.pattern_budget [pattern] the pattern of the schema needs more steps for this value than allowed");
}

#[test]
fn m1_every_draft_by_its_address() {
    for draft in Draft::ALL {
        let derived = derive(&json!({"$schema": draft.uri(), "type": "object"})).unwrap();
        assert_eq!(derived.draft, draft);
    }
}

#[test]
fn m1_depth_is_bounded() {
    let mut deep = json!({"type": "object"});
    for _ in 0..200 {
        deep = json!({"properties": {"a": deep}});
    }
    assert_eq!(derive(&deep).unwrap_err().detail, "a schema is nested at most 128 deep");
    assert_eq!(Validator::compile(&deep).unwrap_err().detail, "a schema is nested at most 128 deep");
}

#[test]
fn m1_circular_and_long_chains_of_references() {
    let circle = json!({"type": "object", "properties": {"a": {"$ref": "#/$defs/a"}}, "$defs": {"a": {"$ref": "#/$defs/b"}, "b": {"allOf": [{"$ref": "#/$defs/a"}]}}});
    insta::assert_snapshot!(outline(&circle), @r#"
    schema.reference 
    /$defs/a schema.reference [$ref] the references from here lead back to here for the same value
    "#);
    assert_eq!(Validator::compile(&circle).unwrap_err().code.as_str(), "schema.reference");
    let chain = chain(20_000);
    insta::assert_snapshot!(outline(&chain), @r#"
    schema.unsupported 
    /$defs/a19984 schema.unsupported [-] more than 32 schemas apply to one value one behind another, or more than 20000 in all
    "#);
    assert_eq!(Validator::compile(&chain).unwrap_err().code.as_str(), "schema.unsupported");
    let fan = |at: usize| json!({"anyOf": [{"$ref": format!("#/$defs/a{}", at + 1)}, {"$ref": format!("#/$defs/a{}", at + 1)}]});
    let mut defs: serde_json::Map<_, _> = (0..25).map(|at| (format!("a{at}"), fan(at))).collect();
    defs.insert("a25".into(), json!(false));
    let fan = json!({"type": "object", "properties": {"a": {"$ref": "#/$defs/a0"}}, "$defs": defs});
    assert_eq!(derive(&fan).unwrap_err().code.as_str(), "schema.unsupported");
}

/// A property behind a chain of references, each in an `allOf`; the last leads back to the root.
fn chain(length: usize) -> Value {
    let step = |at: usize| json!({"allOf": [{"$ref": format!("#/$defs/a{}", at + 1)}]});
    let mut defs: serde_json::Map<_, _> = (0..length).map(|at| (format!("a{at}"), step(at))).collect();
    defs.insert(format!("a{length}"), json!({"properties": {"a": {"$ref": "#/$defs/a0"}}}));
    json!({"type": "object", "properties": {"a": {"not": {"not": {"$ref": "#/$defs/a0"}}}}, "$defs": defs})
}

#[test]
fn m1_the_longest_admitted_chain_under_the_deepest_record_does_not_exhaust_the_stack() {
    let schema = chain(14);
    let validator = Validator::compile(&schema).unwrap();
    let mut record = json!(1);
    for _ in 0..127 {
        record = json!({"a": record});
    }
    assert!(validator.accepts(&record));
    assert_eq!(validator.check(&record), []);
    assert!(derive(&schema).is_ok());
}

fn refused(document: &Value) -> String {
    derive(document).map_or_else(|problem| format!("{}{}", problem.code.as_str(), told(&problem.errors)), |_| "accepted".to_owned())
}

#[test]
fn r6_a_default_satisfies_the_schema_it_stands_in() {
    insta::assert_snapshot!(refused(&json!({
        "type": "object",
        "$defs": {"Small": {"type": "integer", "maximum": 10}, "Place": {"type": "object", "properties": {"zip": {"pattern": "^[0-9]+$", "type": "string", "default": "x"}}}},
        "properties": {
            "fine": {"$ref": "#/$defs/Small", "default": 3},
            "late": {"$ref": "#/$defs/Small", "default": 11},
            "name": {"type": "string", "default": null},
            "none": {"anyOf": [{"type": "string"}, {"type": "null"}], "default": null},
            "kind": {"enum": ["book", "game"], "default": "bok"},
            "home": {"$ref": "#/$defs/Place"},
            "work": {"anyOf": [{"$ref": "#/$defs/Place"}, {"type": "null"}], "default": {"zip": "7a"}},
            "cost": {"type": "string", "format": "decimal", "minimum": 1, "default": "0.5"},
            "made": {"type": "string", "format": "date", "default": "yesterday"},
            "much": {"type": "integer", "default": 123456789012345678901234567890_u128.to_string().parse::<serde_json::Number>().unwrap()},
            "a b/c%": {"type": "boolean", "default": "yes"}
        }
    })), @r#"
    schema.default
    /properties/late/default schema.default [maximum] the default of `late` must be at most 10
    /properties/name/default schema.default [type] the default of `name` must be a text
    /properties/kind/default schema.default [enum] the default of `kind` must be one of "book", "game" -> book
    /$defs/Place/properties/zip/default schema.default [pattern] the default of `zip` must match the pattern ^[0-9]+$
    /properties/work/default/zip schema.default [pattern] the default of `work` at /zip: must match the pattern ^[0-9]+$
    /properties/cost/default schema.default [minimum] the default of `cost` must be at least 1
    /properties/made/default schema.default [format] the default of `made` must be a date: 2024-01-31
    /properties/a b~1c%/default schema.default [type] the default of `a b/c%` must be true or false
    /properties/much/default schema.default [default] the default of `much`: not an integer of 64 bits -> From -9223372036854775808 to 9223372036854775807; a decimal holds more
    "#);
}

#[test]
fn r6_a_default_is_held_against_its_own_field_in_every_draft() {
    for draft in Draft::ALL {
        let definitions = if draft >= Draft::Draft2019 { "$defs" } else { "definitions" };
        let document = |default: i32| {
            json!({
                "$schema": draft.uri(), "type": "object",
                definitions: {"Small": {"type": "integer", "maximum": 10}},
                "properties": {"size": {"allOf": [{"$ref": format!("#/{definitions}/Small")}], "default": default}}
            })
        };
        assert_eq!(refused(&document(10)), "accepted", "{draft:?}");
        let told = "schema.default\n/properties/size/default schema.default [maximum] the default of `size` must be at most 10";
        assert_eq!(refused(&document(11)), told, "{draft:?}");
    }
    // What another field makes of it is no matter of the field's own schema.
    let beside = json!({
        "type": "object",
        "properties": {"kind": {"type": "string"}, "size": {"type": "integer", "default": 5}},
        "if": {"properties": {"kind": {"const": "big"}}}, "then": {"properties": {"size": {"minimum": 10}}}
    });
    assert_eq!(refused(&beside), "accepted");
    // A document with an address of its own.
    let addressed = json!({
        "$id": "https://example.org/thing", "type": "object",
        "$defs": {"Small": {"type": "integer", "maximum": 10}},
        "properties": {"size": {"$ref": "https://example.org/thing#/$defs/Small", "default": 12}}
    });
    assert_eq!(refused(&addressed).lines().count(), 2);
}
