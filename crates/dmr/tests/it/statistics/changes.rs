//! What is kept up follows the records and the models, through restarts too (X2).

use super::field;
use super::judged::{Life, judged};
use crate::world::{Outcome, Person, on_both};
use dmr::Registry;
use serde_json::json;
use std::path::Path;

#[test]
fn x2_a_change_of_the_model_is_followed() {
    on_both(|world| {
        let admin = world.admin();
        let kind = |kind: &str| json!({ "type": "object", "properties": { "size": { "type": kind } } });
        admin.registers(json!({ "name": "Box", "schema": kind("string") })).done();
        admin.creates_all("Box", &json!([{ "size": "10" }, { "size": "9" }, { "size": "big", "rest": 1 }, {}])).done();
        let told = admin.statistics_of("Box").done();
        assert_eq!((field(&told, "size")["min"].clone(), field(&told, "size")["mean"].clone()), (json!("10"), json!(null)));

        // Renamed: the id stays, and with it everything that is known.
        admin
            .puts(
                "Box",
                json!({ "schema": { "type": "object", "properties": { "width": { "type": "string" } } }, "renames": { "size": "width" } }),
            )
            .done();
        let told = admin.statistics_of("Box").done();
        assert_eq!((field(&told, "width")["count"].clone(), told["fields"].as_array().unwrap().len()), (json!(3), 1));

        // Another type: values of before are what they are.
        admin
            .puts(
                "Box",
                json!({ "schema": { "type": "object", "properties": { "width": { "type": "integer" }, "rest": { "type": "integer" } } } }),
            )
            .done();
        admin.creates("Box", json!({ "width": 7 })).done();
        let told = admin.statistics_of("Box").done();
        let width = field(&told, "width");
        assert_eq!(
            (&width["inferred"], &width["kinds"], &width["mean"]),
            (&json!("mixed"), &json!({ "integer": 1, "text": 3 }), &json!(7))
        );
        // What was undeclared is the new field's.
        assert_eq!((field(&told, "rest")["count"].clone(), field(&told, "rest")["sum"].clone()), (json!(1), json!(1)));

        // Gone, and another of that name.
        admin.delete_model("Box", true).done();
        assert_eq!(admin.statistics_of("Box").refused()["code"], "model.unknown");
        admin.registers(json!({ "name": "Box", "schema": kind("number") })).done();
        assert_eq!(admin.statistics_of("Box").done()["rows"], 0);
        admin.creates("Box", json!({ "size": 1.5 })).done();
        assert_eq!(field(&admin.statistics_of("Box").done(), "size")["mean"], json!(1.5));
    });
}

#[test]
fn x2_a_restart_goes_on_where_it_was() {
    on_both(|world| {
        let mut life = Life::begin(&world.admin(), 11);
        life.goes_on(&world.admin(), 60);
        let before = world.admin().statistics_of("Thing").done();
        let world = world.reopened();
        assert_eq!(world.admin().statistics_of("Thing").done()["fields"], before["fields"]);
        life.goes_on(&world.admin(), 60);
        life.is_told(&world.admin());
    });
}

/// Copies a folder, of one level.
fn copy(from: &Path, to: &Path) {
    let _ = std::fs::remove_dir_all(to);
    std::fs::create_dir_all(to).unwrap();
    for file in std::fs::read_dir(from).unwrap() {
        let file = file.unwrap();
        std::fs::copy(file.path(), to.join(file.file_name())).unwrap();
    }
}

fn opened(directory: &Path) -> (Registry, Person) {
    let registry = Registry::open(directory).unwrap();
    let person = Person(registry.session(registry.local().unwrap()));
    (registry, person)
}

/// What a process leaves behind that is killed: records of now, statistics of some time ago.
#[test]
fn x2_after_a_crash_the_log_has_what_is_missing() {
    let directory = tempfile::tempdir().unwrap();
    let (kept, aside) = (directory.path().join("statistics"), directory.path().join("aside"));
    let (registry, admin) = opened(directory.path());
    let mut life = Life::begin(&admin, 12);
    life.goes_on(&admin, 80);
    life.is_told(&admin);
    registry.close();
    copy(&kept, &aside);
    for _ in 0..2 {
        let (registry, admin) = opened(directory.path());
        life.goes_on(&admin, 100);
        registry.close();
        copy(&aside, &kept);
    }
    let (registry, admin) = opened(directory.path());
    assert!(life.is_told(&admin).ends_with("10 fields exact, 0 estimated"));
    let scans = registry.figures().into_iter().find(|figure| figure.name == "statistics_scans").unwrap();
    assert_eq!(scans.measure, dmr::Measure::Counter(0), "everything that was missing came from the log");
    registry.close();
}

/// What is no file of ours, or only half of one, or one of another log, is thrown away and the records are read.
#[test]
fn x2_what_is_kept_is_nothing_to_rely_on() {
    let directory = tempfile::tempdir().unwrap();
    let (kept, aside) = (directory.path().join("statistics"), directory.path().join("aside"));
    let another = tempfile::tempdir().unwrap();
    let (registry, admin) = opened(another.path());
    Life::begin(&admin, 15).goes_on(&admin, 40);
    admin.statistics_of("Thing").done();
    registry.close();
    copy(&another.path().join("statistics"), &aside);
    let (registry, admin) = opened(directory.path());
    let mut life = Life::begin(&admin, 14);
    life.goes_on(&admin, 120);
    registry.close();
    let half = |bytes: Vec<u8>| bytes[..bytes.len() / 2].to_vec();
    let flipped = |bytes: Vec<u8>| bytes.iter().enumerate().map(|(at, byte)| if at == 40 { byte ^ 1 } else { *byte }).collect();
    let damages: [&dyn Fn(Vec<u8>) -> Vec<u8>; 4] = [&|_| b"dmrstat1".to_vec(), &|_| Vec::new(), &half, &flipped];
    for damage in damages {
        for file in std::fs::read_dir(&kept).unwrap() {
            let path = file.unwrap().path();
            std::fs::write(&path, damage(std::fs::read(&path).unwrap())).unwrap();
        }
        let (registry, admin) = opened(directory.path());
        life.is_told(&admin);
        life.goes_on(&admin, 5);
        registry.close();
    }
    copy(&aside, &kept);
    let (registry, admin) = opened(directory.path());
    life.is_told(&admin);
    registry.close();
}

/// More at once than the queue holds.
#[test]
fn x2_what_the_queue_cannot_hold_comes_from_the_log() {
    let mut settings = dmr::Settings::default();
    settings.statistics.memory = 1 << 20;
    crate::world::with_settings(&settings, |world| {
        let admin = world.admin();
        let mut life = Life::begin(&admin, 16);
        life.goes_on(&admin, 20);
        life.is_told(&admin);
        let schema = json!({ "type": "object", "properties": { "text": { "type": "string" }, "number": { "type": "integer" } } });
        admin.registers(json!({ "name": "Long", "schema": schema })).done();
        let long = |number: usize| json!({ "text": "long ".repeat(60), "number": number });
        admin.creates("Long", long(0)).done();
        admin.statistics_of("Long").done();
        let figure = |name: &str| match world.registry.figures().into_iter().find(|figure| figure.name == name).unwrap().measure {
            dmr::Measure::Gauge(number) | dmr::Measure::Counter(number) => number,
            other => panic!("{name} is {other:?}"),
        };
        assert_eq!((figure("statistics_scans"), figure("statistics_log_entries")), (2, 0));
        admin.creates_all("Long", &json!((1..2000).map(long).collect::<Vec<_>>())).done();
        life.goes_on(&admin, 20);
        life.is_told(&admin);
        assert_eq!(judged(&admin, "Long"), "2000 records, 2 fields exact, 0 estimated");
        assert_eq!(figure("statistics_scans"), 2, "nothing was read again");
        assert!(figure("statistics_log_entries") >= 1999);
    });
}

#[test]
fn x2_statistics_can_be_left_out_and_are_worked_out_then() {
    let mut settings = dmr::Settings::default();
    settings.statistics.enabled = false;
    crate::world::with_settings(&settings, |world| {
        let admin = world.admin();
        let mut life = Life::begin(&admin, 13);
        life.goes_on(&admin, 60);
        assert!(life.is_told(&admin).ends_with("10 fields exact, 0 estimated"));
        assert!(world.registry.figures().iter().all(|figure| !figure.name.starts_with("statistics")));
    });
}
