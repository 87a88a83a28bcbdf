//! Versions of a model: which field is which, what changed, what breaks (M7).

use dmr_core::Value;
use dmr_core::evolution::{FieldChange, assign, likely_renames, next_version};
use dmr_core::model::FieldId;
use dmr_core::name::Version;
use dmr_core::schema::derive;
use dmr_core::types::FieldType;
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
    /renames/name field.undeclared the new schema has no field of the new name ["label"]
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
