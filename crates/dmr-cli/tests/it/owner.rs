//! A data directory has one owner, and other commands find it.

use crate::world::World;
use serde_json::Value;

fn posted(world: &World) -> Value {
    serde_json::from_slice(&std::fs::read(world.data().join("owner.json")).unwrap()).unwrap()
}

#[test]
fn a_second_command_talks_to_the_owner() {
    let world = World::with_products();
    let server = world.start("serve");
    let owner = posted(&world);
    assert_eq!((owner["address"].as_str(), owner["pid"].as_u64()), (Some(server.address()), Some(u64::from(server.pid()))));
    assert_eq!(world.dmr("query Product --format ndjson").done().lines().count(), 3);
    world.dmr("record create Product sku=0020 name=Over").done();
    let me = world.dmr("show me --format json").json();
    assert_eq!(me["name"], "local:tester");
    // Over HTTP as in process: the same answer.
    let over = world.dmr("show models --format json").out;
    server.interrupt();
    assert_eq!(world.dmr("show models --format json").out, over);
}

#[test]
fn the_owners_document_is_for_its_owner_only() {
    use std::os::unix::fs::PermissionsExt;
    let world = World::with_products();
    let _server = world.start("serve");
    let mode = std::fs::metadata(world.data().join("owner.json")).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
}

#[test]
fn two_servers_on_one_directory_are_refused() {
    let world = World::with_products();
    let server = world.start("serve");
    insta::assert_snapshot!(world.dmr("serve --port 0").failed(6), @"
    data.owned

      × another process owns ./dmr-data
      help: use the running server: `dmr` commands on the same --data find it by themselves
            stop the other process, or use another --data
    ");
    assert_eq!(world.dmr("dev --port 0").code, 6);
    assert_eq!(posted(&world)["address"].as_str(), Some(server.address()));
}

#[test]
fn a_stale_document_is_passed_over() {
    let world = World::with_products();
    let server = world.start("serve");
    let credential = posted(&world)["credential"].as_str().unwrap().to_owned();
    server.kill();
    assert!(world.data().join("owner.json").exists());
    assert_eq!(world.dmr("query Product --format ndjson").done().lines().count(), 3);
    let next = world.start("serve");
    assert_eq!(posted(&world)["address"].as_str(), Some(next.address()));
    assert_eq!(
        World::new().dmr(&format!("show me --url {} --key {credential}", next.address())).code,
        5,
        "a credential ends with its process"
    );
}

#[test]
fn commands_at_the_same_time_wait_for_each_other() {
    let world = World::with_products();
    std::thread::scope(|scope| {
        for number in 0..6 {
            let world = &world;
            scope.spawn(move || world.dmr(&format!("record create Product sku=010{number} name=n{number}")).done());
        }
    });
    assert_eq!(world.dmr("query Product --count --format json").json()["count"], 9);
}
