//! M1, M7 over the command line.

use crate::world::{PRODUCT, World};

#[test]
fn m1_a_schema_becomes_a_model_and_twice_is_once() {
    let world = World::new();
    world.file("product.schema.json", PRODUCT);
    assert_eq!(world.dmr("register product.schema.json --key-field sku").done(), "registered: Product, version 1.0.0\n");
    assert_eq!(world.dmr("register product.schema.json --key-field sku").done(), "unchanged: Product, version 1.0.0\n");
    let model = world.dmr("show model Product --format json").json();
    assert_eq!((model["path"].as_str(), &model["key"]), (Some("ns.models.app.Product"), &serde_json::json!(["sku"])));
}

#[test]
fn m1_a_registration_document_comes_from_standard_input_and_flags_are_laid_over_it() {
    let world = World::new();
    let document = r#"{"name": "Cup", "schema": {"type": "object", "properties": {"size": {"type": "integer"}}}, "tags": ["a"]}"#;
    let words = ["register", "-", "--namespace", "shop", "--tag", "b", "--description", "A cup", "--unique", "size", "--format", "json"];
    let model = world.with(&[], document, &words).json();
    assert_eq!(
        (model["name"].as_str(), &model["tags"], model["description"].as_str(), &model["unique"]),
        (Some("shop.Cup"), &serde_json::json!(["b"]), Some("A cup"), &serde_json::json!([["size"]]))
    );
}

#[test]
fn m1_a_schema_without_a_title_is_named_after_its_file() {
    let world = World::new();
    world.file("coffee-cup.schema.json", r#"{"type": "object", "properties": {"size": {"type": "integer"}}}"#);
    assert_eq!(world.dmr("register coffee-cup.schema.json").done(), "registered: CoffeeCup, version 1.0.0\n");
}

#[test]
fn m7_the_next_version_is_planned_then_registered() {
    let world = World::with_products();
    world.file("next.json", PRODUCT.replace("\"price\"", "\"cost\"").replace("\"maxLength\": 20", "\"maxLength\": 30"));
    insta::assert_snapshot!(world.dmr("register --next Product next.json --rename price=cost --dry-run").done(), @"
    ┌─┬─┬─┬─┐
    │ change ┆ field ┆ breaking ┆ because │
    ╞─╪─╪─╪─╡
    │ constraint_loosened ┆ name ┆ no ┆ maxLength: was 20, is 30 │
    │ field_renamed ┆ cost ┆ yes ┆ it was called 'price'; its values stay, clients that use the old name fail │
    └─┴─┴─┴─┘
    1.0.0 -> 2.0.0, 0 records concerned
    ");
    assert_eq!(world.dmr("show model Product --format json").json()["version"], "1.0.0");
    insta::assert_snapshot!(world.dmr("register --next Product next.json --rename price=cost").done(), @"Product: 1.0.0 -> 2.0.0");
    assert_eq!(world.dmr("record get Product 0012 --format json").json()["cost"].to_string(), "3.20");
    insta::assert_snapshot!(world.dmr("show versions Product").done(), @"
    ┌─┬─┬─┬─┐
    │ version ┆ at ┆ breaking ┆ changes │
    ╞─╪─╪─╪─╡
    │ 2.0.0 ┆ <time> ┆ yes ┆ constraint_loosened name, field_renamed cost │
    │ 1.0.0 ┆ <time> ┆ no ┆ │
    └─┴─┴─┴─┘
    ");
    insta::assert_snapshot!(world.dmr("show diff Product").done(), @"
    ┌─┬─┬─┬─┐
    │ change ┆ field ┆ breaking ┆ because │
    ╞─╪─╪─╪─╡
    │ constraint_loosened ┆ name ┆ no ┆ maxLength: was 20, is 30 │
    │ field_renamed ┆ cost ┆ yes ┆ it was called 'price'; its values stay, clients that use the old name fail │
    └─┴─┴─┴─┘
    1.0.0 -> 2.0.0, 3 records concerned
    ");
}

#[test]
fn m3_what_is_not_built_is_refused_by_name() {
    let world = World::new();
    world.file("product.schema.json", PRODUCT);
    insta::assert_snapshot!(world.dmr("register product.schema.json --mode cqrs").failed(3), @"
    behaviour.unavailable

      × /mode: the mode `cqrs` is not built yet
      help: hybrid
    ");
}

#[test]
fn m1_what_is_no_schema_is_told_with_its_place() {
    let world = World::new();
    world.file("list.json", "[1, 2]");
    insta::assert_snapshot!(world.dmr("register list.json").failed(3), @"
    body.shape

      × list.json is neither a JSON Schema nor a registration document
    ");
    world.file("bad.json", r#"{"title": "Bad", "type": "object", "properties": {"a": {"type": "strin"}}}"#);
    insta::assert_snapshot!(world.dmr("register bad.json").failed(3), @r#"
    schema.invalid

      × /schema/properties/a/type: must be one of "array", "boolean", "integer", "null", "number", "object", "string"
      help: string
    "#);
}

#[test]
fn r4_a_registration_asks_for_normalisers() {
    let world = World::new();
    let document = r#"{"name": "Guest", "key": ["email"], "schema": {"properties": {"email": {"type": "string"}}},
        "fields": {"email": {"normalise": ["trim", "lower"]}}}"#;
    world.file("guest.json", document);
    world.dmr("register guest.json").done();
    world.words(&["record", "create", "Guest", "email= ANA@x.org "]).done();
    assert_eq!(world.dmr("record get Guest Ana@x.org --format json").json()["email"], "ana@x.org");
}
