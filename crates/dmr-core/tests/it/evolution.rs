//! Versions of a model: which field is which, what changed, what breaks (M7).

use crate::schema_out::{compiled, document, fields, instance, member, schema};
use dmr_core::Value;
use dmr_core::evolution::{FieldChange, assign, diff, likely_renames, next_version};
use dmr_core::model::FieldId;
use dmr_core::name::Version;
use dmr_core::schema::Validator;
use dmr_core::schema::derive;
use dmr_core::types::FieldType;
use proptest::prelude::*;
use serde_json::json;
use std::collections::BTreeMap;

fn object(properties: &Value) -> Value {
    json!({"type": "object", "properties": properties})
}

/// Ids by pointer after giving a second schema to a model, or what is wrong.
fn second(first: &Value, second: &Value, renames: &[(&str, &str)]) -> String {
    let mut next = 1;
    let before = assign(&derive(first).unwrap().fields, &BTreeMap::new(), &BTreeMap::new(), &mut next).unwrap();
    let renames = renames.iter().map(|(old, new)| ((*old).to_owned(), (*new).to_owned())).collect();
    match assign(&derive(second).unwrap().fields, &before, &renames, &mut next) {
        Ok(ids) => ids.iter().map(|(pointer, FieldId(id))| format!("{pointer}={id} ")).collect::<String>() + &format!("next={next}"),
        Err(problem) => problem
            .errors
            .iter()
            .map(|issue| format!("{} {} {} {:?}\n", issue.pointer, issue.code.as_str(), issue.message, issue.suggestions))
            .collect(),
    }
}

fn customer() -> Value {
    object(&json!({"name": {}, "address": object(&json!({"city": {}, "zip": {}})), "old.dot": {}}))
}

#[test]
fn m7_a_field_keeps_its_id_and_a_new_one_gets_the_next() {
    let next = object(&json!({"extra": {}, "address": object(&json!({"zip": {}, "street": {}})), "name": {}}));
    insta::assert_snapshot!(second(&customer(), &next, &[]), @"/address=2 /address/street=7 /address/zip=4 /extra=6 /name=1 next=8");
}

#[test]
fn m7_renames_carry_the_id_and_what_is_inside() {
    let next = object(&json!({"label": {}, "place": object(&json!({"town": {}, "zip": {}})), "new": {}}));
    let renames = [("name", "label"), ("address", "place"), ("address.city", "place.town"), ("old.dot", "new")];
    insta::assert_snapshot!(second(&customer(), &next, &renames), @"/label=1 /new=5 /place=2 /place/town=3 /place/zip=4 next=6");
    let swapped = object(&json!({"a": {}, "b": {}}));
    insta::assert_snapshot!(second(&swapped, &swapped, &[("a", "b"), ("b", "a")]), @"/a=2 /b=1 next=3");
    let beside = object(&json!({"address": object(&json!({"town": {}}))}));
    insta::assert_snapshot!(second(&customer(), &beside, &[("address.city", "town")]), @"/address=2 /address/town=3 next=6");
}

#[test]
fn m7_a_schema_that_went_out_comes_back_with_its_ids() {
    let next = object(&json!({"label": {"x-dmr-id": 1}, "name": {}, "far": {"x-dmr-id": 99}}));
    insta::assert_snapshot!(second(&customer(), &next, &[]), @"/far=7 /label=1 /name=6 next=8");
}

#[test]
fn m7_renames_that_cannot_be() {
    let next = object(&json!({"name": {}, "label": {}, "address": object(&json!({"city": {}, "zip": {}})), "city": {}}));
    let renames = [("nam", "label"), ("name", "lable"), ("address.zip", "address.city"), ("address.city", "city")];
    insta::assert_snapshot!(second(&customer(), &next, &renames), @r#"
    /renames/nam field.undeclared the version before has no such field ["name"]
    /renames/name field.undeclared `name` is to be `lable`, a field the new schema does not have ["label"]
    /renames/address.city definition.invalid a rename leaves a field in the object it is in []
    "#);
    let two = object(&json!({"label": {}}));
    insta::assert_snapshot!(second(&customer(), &two, &[("name", "label"), ("old.dot", "label")]), @"/renames/old.dot definition.invalid two fields are renamed to one []");
    let twice = object(&json!({"a": {"x-dmr-id": 1}, "b": {"x-dmr-id": 1}, "c": {"x-dmr-id": 3}}));
    insta::assert_snapshot!(second(&customer(), &twice, &[]), @r#"
    /schema/properties/c/x-dmr-id definition.invalid this 'x-dmr-id' is that of a field in another object []
    /schema/properties/b/x-dmr-id definition.invalid two fields say that they are the same field of the version before []
    "#);
}

#[test]
fn m7_likely_renames_are_told() {
    let field = |name: &str, kind: FieldType| (name.to_owned(), kind);
    let removed =
        [field("phone", FieldType::Text), field("mail", FieldType::Text), field("age", FieldType::Integer), field("a.b", FieldType::Date)];
    let added = [
        field("phone_number", FieldType::Text),
        field("e-mail", FieldType::Text),
        field("years", FieldType::Integer),
        field("b", FieldType::Date),
    ];
    let pairs = likely_renames(&removed, &added);
    insta::assert_snapshot!(pairs.iter().map(|(old, new)| format!("{old} -> {new}")).collect::<Vec<_>>().join(", "), @"phone -> phone_number, mail -> e-mail, age -> years");
}

#[test]
fn m7_the_next_version_follows_from_the_changes() {
    let change = |kind: &str, breaking| FieldChange { kind: kind.into(), field: "a".into(), breaking, reason: String::new() };
    let after = |changes: &[FieldChange]| next_version(Version { major: 1, minor: 4, patch: 2 }, changes).to_string();
    assert_eq!(after(&[change("field_added", false), change("field_removed", true)]), "2.0.0");
    assert_eq!(after(&[change("field_added", false), change("description_changed", false)]), "1.5.0");
    assert_eq!(after(&[change("description_changed", false)]), "1.4.3");
}

/// What a second schema changes: `!` marks what breaks.
fn changed(first: &Value, second: &Value, renames: &[(&str, &str)]) -> String {
    let mut next = 1;
    let before = assign(&derive(first).unwrap().fields, &BTreeMap::new(), &BTreeMap::new(), &mut next).unwrap();
    let renames = renames.iter().map(|(old, new)| ((*old).to_owned(), (*new).to_owned())).collect();
    let shapes = derive(second).unwrap().fields;
    let ids = assign(&shapes, &before, &renames, &mut next).unwrap();
    let line =
        |change: &FieldChange| format!("{}{} {} ({})\n", if change.breaking { "!" } else { " " }, change.kind, change.field, change.reason);
    diff(&fields(first), first, &compiled(&shapes, &ids, ""), second).iter().map(line).collect()
}

/// What becomes of one property.
fn property(old: Value, new: Value) -> String {
    changed(&object(&json!({"a": old})), &object(&json!({"a": new})), &[])
}

#[test]
fn m7_fields_come_go_and_change_names() {
    let old = json!({"type": "object", "required": ["a", "place"], "properties": {
        "a": {}, "b": {}, "old": {}, "place": object(&json!({"city": {}, "zip": {}}))
    }});
    let new = json!({"type": "object", "required": ["b", "must"], "properties": {
        "must": {}, "may": {}, "a": {}, "b": {}, "place": object(&json!({"town": {}, "street": {}}))
    }});
    insta::assert_snapshot!(changed(&old, &new, &[("place.city", "place.town")]), @r#"
    !field_added_required must (records of the old version do not have this required field)
     field_added may (an optional field)
     required_removed a (it may now be absent)
    !required_added b (records of the old version may not have it)
     required_removed place (it may now be absent)
    !field_renamed place.town (it was called 'city'; its values stay, clients that use the old name fail)
     field_added place.street (an optional field)
    !field_removed place.zip (clients that read or write the field fail)
    !field_removed old (clients that read or write the field fail)
    "#);
    assert_eq!(changed(&old, &old, &[]), "");
}

#[test]
fn m7_types() {
    let lines = [
        property(json!({"type": "integer"}), json!({"type": "number"})),
        property(json!({"type": "number"}), json!({"type": "integer"})),
        property(json!({"type": "string", "format": "date"}), json!({"type": "string"})),
        property(json!({"type": "string"}), json!({"type": "string", "format": "uuid"})),
        property(json!({"type": "string"}), json!({"type": "boolean"})),
        property(json!({"type": "array", "items": {"type": "integer"}}), json!({"type": "array", "items": {"type": "number"}})),
        property(json!({"type": ["string", "integer"]}), json!({"type": ["string", "integer", "boolean"]})),
        property(json!({"type": ["string", "integer", "boolean"]}), json!({"type": ["string", "integer"]})),
        property(json!({"type": "string"}), json!({"type": ["string", "null"]})),
        property(json!({"anyOf": [{"type": "string"}, {"type": "null"}]}), json!({"type": "string"})),
    ];
    insta::assert_snapshot!(lines.concat(), @r#"
     type_widened a (every integer is a value of number)
    !type_narrowed a (not every number is a value of integer)
     type_widened a (every date is a value of text)
    !type_narrowed a (not every text is a value of uuid)
    !type_changed a (text became boolean)
     type_widened a (every list of integer is a value of list of number)
     type_widened a (more JSON types are admitted)
    !type_narrowed a (fewer JSON types are admitted)
     nullable_added a (it may now be null)
    !nullable_removed a (records of the old version may hold null)
    "#);
}

#[test]
fn m7_constraints() {
    let text = |rule: Value| {
        let mut rule = rule;
        rule["type"] = json!("string");
        rule
    };
    let number = |rule: Value| {
        let mut rule = rule;
        rule["type"] = json!("number");
        rule
    };
    let list = |rule: Value| {
        let mut rule = rule;
        rule["type"] = json!("array");
        rule
    };
    let lines = [
        property(number(json!({"minimum": 0})), number(json!({"exclusiveMinimum": 0}))),
        property(number(json!({"maximum": 5})), number(json!({"maximum": 12345678901234567890.5}))),
        property(number(json!({"maximum": 5})), number(json!({}))),
        property(number(json!({"multipleOf": 2})), number(json!({"multipleOf": 4}))),
        property(number(json!({"multipleOf": 2})), number(json!({"multipleOf": 3}))),
        property(text(json!({"minLength": 1, "maxLength": 5})), text(json!({"minLength": 2, "maxLength": 6}))),
        property(text(json!({"minLength": 0})), text(json!({}))),
        property(text(json!({"pattern": "^a"})), text(json!({"pattern": "^b"}))),
        property(text(json!({})), text(json!({"format": "email"}))),
        property(text(json!({"enum": ["a", "b"]})), text(json!({"enum": ["a", "b", "c"]}))),
        property(text(json!({"enum": ["a", "b"]})), text(json!({"const": "a"}))),
        property(text(json!({"enum": ["a", "b"]})), text(json!({"enum": ["b", "c"]}))),
        property(list(json!({"minItems": 1})), list(json!({"uniqueItems": true}))),
        property(list(json!({"items": {"type": "string"}})), list(json!({"items": {"type": "string", "maxLength": 3}}))),
        property(
            list(json!({"items": {"type": "object", "properties": {"x": {}}}})),
            list(json!({"items": {"type": "object", "properties": {"x": {"type": "string"}}}})),
        ),
        property(json!({"type": "object"}), json!({"type": "object", "additionalProperties": false})),
        property(json!({"not": {"const": 1}}), json!({"not": {"enum": [1, 2]}})),
        property(
            json!({"type": "string", "format": "decimal", "minimum": 0}),
            json!({"type": "string", "format": "decimal", "minimum": 0.5}),
        ),
    ];
    insta::assert_snapshot!(lines.concat(), @r#"
    !constraint_tightened a (minimum: was at least 0, is more than 0)
     constraint_loosened a (maximum: was at most 5, is at most 12345678901234567000)
     constraint_loosened a (maximum: was at most 5, is gone)
    !constraint_tightened a (multipleOf: was 2, is 4)
    !constraint_changed a (multipleOf: was 2, is 3)
    !constraint_tightened a (minLength: was 1, is 2)
     constraint_loosened a (maxLength: was 5, is 6)
    !constraint_changed a (pattern: was ^a, is ^b)
    !constraint_tightened a (format: is new: email)
     constraint_loosened a (enum: also "c")
    !constraint_tightened a (enum: no longer "b")
    !constraint_changed a (enum: no longer "a", also "c")
     constraint_loosened a (minItems: was 1, is gone)
    !constraint_tightened a (uniqueItems: no element may now be there twice)
    !constraint_tightened a (maxLength: elements: is new: 3)
    !constraint_tightened a (items: admits less than it did)
    !constraint_tightened a (additionalProperties: properties that are not declared are now refused)
    !constraint_tightened a (not: admits less than it did)
    !constraint_tightened a (minimum: was at least 0, is at least 0.5)
    "#);
}

#[test]
fn m7_words_defaults_and_access() {
    let lines = [
        property(json!({"default": 1}), json!({"default": 2, "description": "new"})),
        property(json!({"readOnly": true}), json!({"writeOnly": true})),
    ];
    insta::assert_snapshot!(lines.concat(), @r#"
     default_changed a (records that leave it out get another default)
     description_changed a (title or description)
     read_only_removed a (clients may write it)
    !write_only_added a (clients that read it no longer get it)
    "#);
}

#[test]
fn m7_how_a_schema_is_written_is_no_change() {
    let old = json!({
        "$schema": "http://json-schema.org/draft-04/schema#", "type": "object",
        "properties": {"a": {"$ref": "#/definitions/A"}, "n": {"type": "number", "minimum": 1, "exclusiveMinimum": true}, "t": {"type": "object", "properties": {"next": {"$ref": "#/properties/t"}}}},
        "definitions": {"A": {"type": "string", "maxLength": 3}}
    });
    let new = json!({
        "type": "object",
        "properties": {"n": {"allOf": [{"exclusiveMinimum": 1}], "type": "number"}, "a": {"maxLength": 3, "type": "string"}, "t": {"$ref": "#/$defs/T"}},
        "$defs": {"T": {"properties": {"next": {"$ref": "#/$defs/T"}}, "type": "object"}}
    });
    assert_eq!(changed(&old, &new, &[]), "");
}

#[test]
fn m7_a_property_moved_away_from_beside_additional_properties_breaks() {
    let declared = json!({"allOf": [{"properties": {"a": {}}}], "properties": {"a": {}}, "additionalProperties": false});
    let moved = json!({"allOf": [{"properties": {"a": {}}}], "properties": {}, "additionalProperties": false});
    insta::assert_snapshot!(changed(&declared, &moved, &[]), @"!constraint_tightened  (additionalProperties: it now applies to a property that was declared beside it)");
    assert_eq!(changed(&moved, &declared, &[]), "");
}

#[test]
fn m7_rules_of_the_record_break_unless_shown_not_to() {
    let with = |rules: Value| {
        let mut document = object(&json!({"a": {"type": "integer"}, "b": {}}));
        document.as_object_mut().unwrap().extend(rules.as_object().unwrap().clone());
        document
    };
    let lines = [
        changed(&with(json!({})), &with(json!({"additionalProperties": false})), &[]),
        changed(&with(json!({})), &with(json!({"dependentRequired": {"a": ["b"]}})), &[]),
        changed(&with(json!({"dependentRequired": {"a": ["b"]}})), &with(json!({})), &[]),
        changed(&with(json!({})), &with(json!({"if": {"required": ["a"]}, "then": {"required": ["b"]}})), &[]),
        changed(&with(json!({"anyOf": [{"required": ["a"]}]})), &with(json!({"anyOf": [{"required": ["a"]}, {"required": ["b"]}]})), &[]),
        changed(&with(json!({"minProperties": 1})), &with(json!({"minProperties": 2, "title": "T"})), &[]),
    ];
    insta::assert_snapshot!(lines.concat(), @r#"
    !constraint_tightened  (additionalProperties: properties that are not declared are now refused)
    !schema_changed  (dependentRequired: a rule is new)
     schema_changed  (dependentRequired: a rule is gone)
    !schema_changed  (if: a rule is new)
     required_removed a (it may now be absent)
    !schema_changed  (anyOf: a rule is new)
    !constraint_tightened  (minProperties: was 1, is 2)
     description_changed  (title or description of the model)
    "#);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, max_global_rejects: 200_000, ..ProptestConfig::default() })]

    /// Where nothing breaks, what the old version admits the new one admits too. A field that is added beside undeclared properties is left
    /// aside: it is told as an addition, whatever was there under its name.
    #[test]
    fn m7_what_does_not_break_admits_all_it_did(
        old in document(),
        property in schema(),
        (keyword, rule) in member(schema().boxed()),
        place in 0..3,
        backwards in any::<bool>(),
        instances in prop::collection::vec(instance(), 24),
    ) {
        let mut new = old.clone();
        match place {
            0 => new["properties"]["a"] = property,
            1 => { new.as_object_mut().unwrap().insert(keyword, rule); }
            _ => new["properties"]["b"][keyword] = rule,
        }
        // A rule that was added breaks, a rule that is taken away seldom does: both ways, and never nothing.
        let (old, new) = if backwards { (new, old) } else { (old, new) };
        prop_assume!(old != new);
        let (Ok(_), Ok(shapes)) = (derive(&old), derive(&new)) else { return Err(TestCaseError::reject("not a schema of a model")) };
        let (Ok(before), Ok(after)) = (Validator::compile(&old), Validator::compile(&new)) else { return Err(TestCaseError::reject("refused")) };
        let mut next = 1;
        let known = assign(&derive(&old).unwrap().fields, &BTreeMap::new(), &BTreeMap::new(), &mut next).unwrap();
        let ids = assign(&shapes.fields, &known, &BTreeMap::new(), &mut next).unwrap();
        let changes = diff(&fields(&old), &old, &compiled(&shapes.fields, &ids, ""), &new);
        if changes.iter().all(|change| !change.breaking && change.kind != "field_added") {
            for instance in instances.iter().filter(|instance| instance.is_object()) {
                prop_assert!(!before.accepts(instance) || after.accepts(instance), "{} by {} to {}: {:?}", instance, old, new, changes);
            }
        }
    }
}
