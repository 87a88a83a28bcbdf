//! R1, A3 over the command line: each thing that can be done with a record.

use crate::world::World;

#[test]
fn r1_a_record_is_made_read_changed_replaced_deleted_restored_and_reverted() {
    let world = World::with_products();
    insta::assert_snapshot!(world.dmr("record get Product 0012").done(), @r#"
    ┌─┬─┐
    │ field ┆ value │
    ╞─╪─╡
    │ _id ┆ <id> │
    │ sku ┆ 0012 │
    │ name ┆ Tea │
    │ price ┆ 3.20 │
    │ tags ┆ ["hot"] │
    │ _version ┆ 1 │
    │ _created_at ┆ <time> │
    │ _updated_at ┆ <time> │
    │ _created_by ┆ <id> │
    │ _updated_by ┆ <id> │
    │ _owner ┆ <id> │
    └─┴─┘
    "#);
    let id = world.dmr("record get Product 0012 --format json").json()["_id"].as_str().unwrap().to_owned();
    let changed =
        world.words(&["record", "update", "Product", "0012", "price=3.40", "tags:=null", "--if-version", "1", "--format", "json"]).json();
    assert_eq!((changed["price"].to_string(), changed.get("tags"), changed["_version"].as_u64()), ("3.40".into(), None, Some(2)));
    let replaced = world.dmr("record replace Product 0012 sku=0012 name=Chai --format json").json();
    assert_eq!((replaced["name"].as_str(), replaced.get("price"), replaced["_version"].as_u64()), (Some("Chai"), None, Some(3)));
    assert_eq!(world.dmr("record delete Product 0012").done(), "deleted: Product 0012\n");
    assert_eq!(world.dmr("record get Product 0012").code, 4);
    let restored = world.dmr(&format!("record restore Product {id} --format json")).json();
    assert_eq!(restored["name"], "Chai");
    let reverted = world.dmr("record revert Product 0012 --to 1 --format json").json();
    assert_eq!((reverted["name"].as_str(), reverted["price"].to_string()), (Some("Tea"), "3.20".into()));
    insta::assert_snapshot!(world.dmr("record history Product 0012").done(), @r#"
    ┌─┬─┬─┬─┬─┐
    │ version ┆ operation ┆ at ┆ by ┆ changed │
    ╞─╪─╪─╪─╪─╡
    │ 1 ┆ create ┆ <time> ┆ local:tester ┆ sku: "0012" │
    │ ┆ ┆ ┆ ┆ name: "Tea" │
    │ ┆ ┆ ┆ ┆ price: 3.20 │
    │ ┆ ┆ ┆ ┆ tags: ["hot"] │
    │ 2 ┆ update ┆ <time> ┆ local:tester ┆ price: 3.20 -> 3.40 │
    │ ┆ ┆ ┆ ┆ tags: ["hot"] -> absent │
    │ 3 ┆ replace ┆ <time> ┆ local:tester ┆ name: "Tea" -> "Chai" │
    │ ┆ ┆ ┆ ┆ price: 3.40 -> absent │
    │ 4 ┆ delete ┆ <time> ┆ local:tester ┆ sku: "0012" -> absent │
    │ ┆ ┆ ┆ ┆ name: "Chai" -> absent │
    │ 5 ┆ restore ┆ <time> ┆ local:tester ┆ sku: "0012" │
    │ ┆ ┆ ┆ ┆ name: "Chai" │
    │ 6 ┆ revert ┆ <time> ┆ local:tester ┆ name: "Chai" -> "Tea" │
    │ ┆ ┆ ┆ ┆ price: absent -> 3.20 │
    │ ┆ ┆ ┆ ┆ tags: absent -> ["hot"] │
    └─┴─┴─┴─┴─┘
    "#);
    world.dmr("record delete Product 0012 --hard").done();
    assert_eq!(world.dmr(&format!("record restore Product {id}")).code, 4);
}

#[test]
fn r1_a_record_comes_from_a_file_or_from_standard_input() {
    let world = World::with_products();
    world.file("one.json", r#"{"sku": "0020", "name": "Juice", "price": 12345678901234567890.125}"#);
    let made = world.dmr("record create Product --file one.json --format json");
    assert!(made.out.contains("\"price\":12345678901234567890.125"), "{}", made.out);
    let made = world.with(&[], r#"{"name": "Water"}"#, &["record", "update", "Product", "0020", "--file", "-", "--format", "json"]);
    assert_eq!(made.json()["name"], "Water");
}

#[test]
fn r1_several_records_are_made_all_or_none() {
    let world = World::with_products();
    world.file("many.json", r#"[{"sku": "0030", "name": "A"}, {"sku": "0031", "name": "B"}]"#);
    assert_eq!(world.dmr("record create Product --file many.json").done(), "2 records were made\n");
    let lines = "{\"sku\": \"0032\", \"name\": \"C\"}\n{\"sku\": \"0033\", \"name\": \"D\"}\n";
    assert_eq!(world.with(&[], lines, &["record", "create", "Product", "--file", "-"]).done(), "2 records were made\n");
    world.file("bad.json", r#"[{"sku": "0040", "name": "A"}, {"sku": "x", "name": "B"}]"#);
    insta::assert_snapshot!(world.dmr("record create Product --file bad.json").failed(3), @"
    record.invalid

      × /1/sku: must match the pattern ^[0-9]{4}$
    ");
    assert_eq!(world.dmr("query Product --count --format json").json()["count"], 7);
}

#[test]
fn r4_words_become_values_of_the_fields_types() {
    let world = World::with_products();
    let made = world.dmr("record create Product sku=0050 name=123 price=1.50 vegan=false --format json");
    assert!(made.out.contains(r#""sku":"0050","name":"123","price":1.50,"vegan":false"#), "{}", made.out);
}

#[test]
fn r5_a_write_is_safe_to_try_again() {
    let world = World::with_products();
    let once = world.dmr("record create Product sku=0060 name=Once --idempotency-key k1 --format json").json();
    let twice = world.dmr("record create Product sku=0060 name=Once --idempotency-key k1 --format json").json();
    assert_eq!(once["_id"], twice["_id"]);
    assert_eq!(world.dmr("record create Product sku=0061 name=Other --idempotency-key k1").code, 3);
}

#[test]
fn a3_a_record_is_shown_as_it_was() {
    let world = World::with_products();
    let then = world.dmr("record get Product 0012 --format json").json()["_updated_at"].as_str().unwrap().to_owned();
    world.dmr("record update Product 0012 name=Later").done();
    let id = world.dmr("record get Product 0012 --format json").json()["_id"].as_str().unwrap().to_owned();
    let was = world.dmr(&format!("record get Product {id} --as-of {then} --format json")).json();
    assert_eq!(was["name"], "Tea");
}

#[test]
fn r1_a_record_is_changed_by_a_json_patch() {
    let world = World::with_products();
    let patch =
        |operations: &str| world.with(&[], operations, &["record", "update", "Product", "0012", "--patch", "-", "--format", "json"]);
    let changed = patch(r#"[{"op": "test", "path": "/sku", "value": "0012"}, {"op": "replace", "path": "/name", "value": "Mint"}]"#).json();
    assert_eq!((&changed["name"], &changed["_version"]), (&serde_json::json!("Mint"), &serde_json::json!(2)));
    insta::assert_snapshot!(patch(r#"[{"op": "test", "path": "/name", "value": "Tea"}]"#).failed(6), @r#"{"type":"https://dmr.dev/problems/patch.test","title":"A test of a JSON Patch failed","status":409,"detail":"`/name` is not the value that was expected","code":"patch.test","errors":[{"in":"body","pointer":"/0/value","code":"patch.test","rule":"test","message":"`/name` is not the value that was expected"}]}"#);
    world.dmr("record update Product 0012 name=Later --patch operations.json").failed(2);
}

#[test]
fn r1_every_conflict_of_a_file_is_told_at_once() {
    let world = World::with_products();
    world.file(
        "many.ndjson",
        "{\"sku\":\"0012\",\"name\":\"a\"}\n{\"sku\":\"0099\",\"name\":\"b\"}\n{\"sku\":\"0099\",\"name\":\"c\"}\n{\"sku\":\"0013\"}\n",
    );
    insta::assert_snapshot!(world.dmr("record create Product --file many.ndjson").failed(3), @"
    record.invalid

      × The record does not satisfy its model
     │   /0/sku: another record has this `sku`
     │   /2/sku: another record has this `sku`
     │   /3/name: is required
     │   /3/sku: another record has this `sku`
    ");
}
