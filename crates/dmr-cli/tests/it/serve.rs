//! `dmr serve`: starts and stops.

use crate::world::{PRODUCT, World};

#[test]
fn p7_the_first_start_tells_the_administrators_key_and_later_ones_do_not() {
    let world = World::new();
    let first = world.start("serve");
    let key = first.key().to_owned();
    assert_eq!(first.interrupt().0, Some(0));
    let second = world.start("serve");
    assert!(second.line["key"].is_null());
    let me = World::new().dmr(&format!("show me --url {} --key {key} --format json", second.address())).json();
    assert_eq!(me["roles"], serde_json::json!(["admin"]));
}

#[test]
fn p7_a_directory_that_only_commands_used_tells_the_key_at_its_first_serve() {
    let world = World::with_products();
    let server = world.start("serve");
    assert!(server.line["key"].is_string());
    assert_eq!(server.line["models"], serde_json::json!([{"name": "Product", "records": 3, "quarantined": 0}]));
}

#[test]
fn m1_a_folder_of_schemas_is_registered_at_the_start_and_one_that_fails_does_not_stop_the_rest() {
    let world = World::new();
    world.file("models/product.json", PRODUCT);
    world.file("models/_draft.json", "{}");
    world.file("models/broken.json", "{");
    let server = world.start("serve --models models");
    assert_eq!(server.line["models"].as_array().unwrap().len(), 1);
    assert_eq!(server.line["models"][0]["name"], "Product");
}

#[test]
fn p7_a_caller_without_a_key_is_refused() {
    let world = World::with_products();
    let server = world.start("serve");
    insta::assert_snapshot!(World::new().dmr(&format!("query Product --url {}", server.address())).failed(5), @"
    credential.missing

      × a credential is needed
      help: Authorization: Bearer <key>
    ");
}

#[test]
fn an_acknowledged_record_outlives_a_kill() {
    let world = World::with_products();
    let server = world.start("serve");
    world.dmr("record create Product sku=0077 name=Kept").done();
    server.kill();
    assert_eq!(world.dmr("record get Product 0077 --format json").json()["name"], "Kept");
}

#[test]
fn d5_the_line_tells_what_was_set_aside() {
    let world = World::new();
    world.file("menu.csv", "sku,name\n007,Tea\n008\n");
    world.dmr("ingest menu.csv").done();
    let server = world.start("serve");
    assert_eq!(server.line["models"], serde_json::json!([{"name": "dynamic.Menu", "records": 1, "quarantined": 1}]));
}
