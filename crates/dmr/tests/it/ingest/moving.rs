//! The model, or who asks, changes in the middle of an ingest: nothing is lost, and nothing is done that may not be (D5, D7, M7).

use super::{File, file};
use crate::world::{Outcome, Person, Told, World, on_both};
use dmr::{Upload, Value};
use serde_json::json;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

const ROWS: u64 = 60_000;

fn rows() -> File {
    file("rows.csv", format!("n,x\n{}", (0..ROWS).map(|n| format!("{n},x\n")).collect::<String>()))
}

/// Somebody ingests, and in the middle something happens, once.
fn meanwhile(who: &Person, happens: impl Fn() + Send + Sync + 'static) -> Told {
    let rows = rows();
    let happened = AtomicBool::new(false);
    let progress = Arc::new(move |done: u64, all: u64| {
        if done * 5 > all * 3 && !happened.swap(true, Ordering::SeqCst) {
            happens();
        }
    });
    who.upload(&rows.path, Upload { progress: Some(progress), ..Upload::default() }).wait()
}

/// Another administrator: a new key of the first would end the first's.
fn local(world: &World) -> Person {
    Person(world.registry.session(world.registry.local().unwrap()))
}

fn last(world: &World) -> Value {
    local(world).ingests(None, None).done()["items"][0].clone()
}

#[test]
fn m7_a_field_that_is_renamed_meanwhile_keeps_all_its_values() {
    on_both(|world| {
        let admin = world.admin();
        let other = local(&world);
        let answer = meanwhile(&admin, move || {
            let mut schema = other.model("dynamic.Rows").done().0["schema"].clone();
            let properties = schema["properties"].as_object_mut().unwrap();
            let number = properties.shift_remove("n").unwrap();
            properties.insert("number".into(), number);
            schema["required"] = json!(["number", "x"]);
            other.puts("dynamic.Rows", json!({ "schema": schema, "renames": { "n": "number" } })).done();
        });
        assert_eq!((answer.done()["records"].as_u64(), last(&world)["quarantined"].as_u64()), (Some(ROWS), Some(0)));
        let all = admin.all("dynamic.Rows");
        let numbers: Vec<u64> = all.iter().map(|record| record["number"].as_u64().unwrap()).collect();
        assert_eq!(numbers, (0..ROWS).collect::<Vec<_>>());
        assert!(all.iter().all(|record| record.get("n").is_none()));
    });
}

#[test]
fn d7_changes_beside_the_schema_disturb_nothing() {
    on_both(|world| {
        let admin = world.admin();
        let other = local(&world);
        let answer = meanwhile(&admin, move || {
            other.changes_model("dynamic.Rows", json!({ "tags": ["moved"], "indexes": [["-n"]] })).done();
            other.set_role("new", json!({ "rights": [] })).done();
        });
        assert_eq!(answer.done()["records"].as_u64(), Some(ROWS));
        assert_eq!(admin.column("dynamic.Rows", "sort=-n&limit=2", "n"), [json!(ROWS - 1), json!(ROWS - 2)]);
    });
}

#[test]
fn d7_rows_that_no_longer_fit_are_set_aside_from_then_on() {
    on_both(|world| {
        let admin = world.admin();
        let other = local(&world);
        let answer = meanwhile(&admin, move || {
            let mut schema = other.model("dynamic.Rows").done().0["schema"].clone();
            schema["properties"]["x"]["maxLength"] = json!(0);
            other.puts("dynamic.Rows", json!({ "schema": schema })).done();
        })
        .done();
        let (records, aside) = (answer["records"].as_u64().unwrap(), answer["quarantined"].as_u64().unwrap());
        assert!(records > 0 && aside > 0 && records + aside == ROWS, "{answer}");
        assert_eq!(admin.set_aside(&answer["ingest"]).len() as u64, aside);
    });
}

#[test]
fn d7_a_model_that_is_deleted_meanwhile_ends_the_ingest_and_another_of_its_name_gets_nothing() {
    on_both(|world| {
        let admin = world.admin();
        let other = local(&world);
        let answer = meanwhile(&admin, move || {
            other.delete_model("dynamic.Rows", true).done();
            other.registers(json!({ "name": "dynamic.Rows", "schema": { "type": "object" } })).done();
        });
        assert_eq!(answer.refused()["code"], "model.unknown");
        assert_eq!((last(&world)["state"].clone(), admin.all("dynamic.Rows").len()), (json!("failed"), 0));
    });
}

#[test]
fn p7_an_asker_that_is_deleted_meanwhile_ends_the_ingest_and_the_system_writes_so() {
    on_both(|world| {
        world.admin().registers(json!({ "name": "dynamic.Rows", "schema": { "type": "object" }, "permissions": { "models": { "admin": ["create", "read", "list", "delete"], "clerk": ["create"] } } })).done();
        let clerk = world.person("carla", &["clerk"]);
        let other = local(&world);
        let answer = meanwhile(&clerk, move || other.delete_principal("carla").done());
        assert_eq!(answer.refused()["code"], "credential.invalid");
        let stopped = last(&world);
        assert_eq!((stopped["state"].clone(), stopped["problem"]["code"].clone()), (json!("failed"), json!("credential.invalid")));
        assert_eq!(stopped["records"].as_u64().unwrap(), local(&world).all("dynamic.Rows").len() as u64);
    });
}
