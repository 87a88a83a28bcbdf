//! U4, A3: what is there.

use crate::world::World;

#[test]
fn u4_models_and_a_model_are_shown() {
    let world = World::with_products();
    insta::assert_snapshot!(world.dmr("show models").done(), @r#"
    ┌─┬─┬─┬─┬─┬─┬─┐
    │ name ┆ version ┆ source ┆ storage ┆ records ┆ tags ┆ description │
    ╞─╪─╪─╪─╪─╪─╪─╡
    │ Product ┆ 1.0.0 ┆ external ┆ flexible ┆ 3 ┆ ┆ │
    └─┴─┴─┴─┴─┴─┴─┘
    1 model, 3 records
    "#);
    insta::assert_snapshot!(world.dmr("show model Product").done(), @r#"
    ┌─┬─┐
    │ ┆ model │
    ╞─╪─╡
    │ name ┆ Product │
    │ path ┆ ns.models.app.Product │
    │ version ┆ 1.0.0 │
    │ source ┆ external │
    │ mode ┆ hybrid │
    │ storage ┆ flexible │
    │ records ┆ 3 │
    │ key ┆ sku │
    │ indexes ┆ -price, name │
    └─┴─┘
    ┌─┬─┬─┬─┬─┐
    │ field ┆ type ┆ required ┆ rules ┆ behaviours │
    ╞─╪─╪─╪─╪─╡
    │ sku ┆ string ┆ yes ┆ pattern "^[0-9]{4}$" ┆ │
    │ name ┆ string ┆ yes ┆ maxLength 20 ┆ │
    │ price ┆ number or null ┆ ┆ minimum 0 ┆ │
    │ vegan ┆ boolean ┆ ┆ ┆ │
    │ tags ┆ array of string ┆ ┆ ┆ │
    └─┴─┴─┴─┴─┘
    "#);
    assert_eq!(world.dmr("show models --namespace ns.models.shop.*").done(), "no model yet\n");
}

#[test]
fn u4_samples_are_columns_and_fields_are_rows() {
    let world = World::with_products();
    insta::assert_snapshot!(world.dmr("show sample Product").done(), @r#"
    ┌─┬─┬─┬─┐
    │ field ┆ 1 ┆ 2 ┆ 3 │
    ╞─╪─╪─╪─╡
    │ _id ┆ <id> ┆ <id> ┆ <id> │
    │ sku ┆ 0012 ┆ 0013 ┆ 0014 │
    │ name ┆ Tea ┆ Cake ┆ =SUM(A1) │
    │ price ┆ 3.20 ┆ 4.50 ┆ null │
    │ vegan ┆ ┆ true ┆ │
    │ tags ┆ ["hot"] ┆ ┆ │
    └─┴─┴─┴─┘
    "#);
    insta::assert_snapshot!(world.dmr("show sample Product --rows 1").done(), @r#"
    ┌─┬─┐
    │ field ┆ 1 │
    ╞─╪─╡
    │ _id ┆ <id> │
    │ sku ┆ 0012 │
    │ name ┆ Tea │
    │ price ┆ 3.20 │
    │ vegan ┆ │
    │ tags ┆ ["hot"] │
    └─┴─┘
    "#);
}

#[test]
fn a3_the_log_says_who_changed_what() {
    let world = World::with_products();
    world.dmr("record update Product 0012 price=1").done();
    insta::assert_snapshot!(world.dmr("show log --model Product").done(), @"
    ┌─┬─┬─┬─┬─┬─┬─┐
    │ at ┆ by ┆ operation ┆ model ┆ record ┆ version ┆ changed │
    ╞─╪─╪─╪─╪─╪─╪─╡
    │ <time> ┆ local:tester ┆ update ┆ Product ┆ <id> ┆ 2 ┆ price │
    │ <time> ┆ local:tester ┆ create ┆ Product ┆ <id> ┆ 1 ┆ sku, name, price │
    │ <time> ┆ local:tester ┆ create ┆ Product ┆ <id> ┆ 1 ┆ sku, name, price, vegan │
    │ <time> ┆ local:tester ┆ create ┆ Product ┆ <id> ┆ 1 ┆ sku, name, price, tags │
    │ <time> ┆ local:tester ┆ model.register ┆ Product ┆ ┆ ┆ namespace, name, version, source, mode, storage, key, indexes, unique, permissions │
    │ <time> ┆ local:tester ┆ version.add ┆ Product ┆ ┆ ┆ version, schema, fields │
    └─┴─┴─┴─┴─┴─┴─┘
    ");
    let updates = world.dmr("show log --model Product --operation update --format json").json();
    assert_eq!(updates["items"].as_array().unwrap().len(), 1);
}

#[test]
fn m1_the_schema_is_shown_as_json() {
    let world = World::with_products();
    let schema: serde_json::Value = serde_json::from_str(&world.dmr("show schema Product").done()).unwrap();
    assert_eq!(schema["properties"]["sku"]["pattern"], "^[0-9]{4}$");
}

#[test]
fn p7_who_asks_is_shown() {
    let world = World::with_products();
    let me = world.dmr("show me --format json").json();
    assert_eq!((me["name"].as_str(), &me["roles"]), (Some("local:tester"), &serde_json::json!(["admin"])));
}
