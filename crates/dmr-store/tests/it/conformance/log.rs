//! The log: each change has its entry, and each range of it can be read.

use crate::world::{ANN, BEN, Draft, Emit, World, create, id, outcome, product, quarantine, setting, update};
use dmr_core::change::Change;
use dmr_core::decide::{Decision, Read};
use dmr_core::log::{Entry, EntryKind};
use dmr_core::model::{Model, ModelId};
use dmr_store::LogRange;
use serde_json::json;
use std::sync::{Arc, mpsc};

/// X2: whoever follows the log gets from the writer what it would read there, each commit once and in order.
#[test]
fn x2_each_commit_is_handed_over_as_the_log_has_it() {
    for (store, world) in World::all() {
        lived(&world);
        world.commit(vec![setting("a", None, Some(json!(1))), quarantine(5, 6, true), quarantine(5, 6, false)]);
        world.commit(Vec::new());
        let mut told = Vec::new();
        for (kinds, last, time) in world.handed.lock().iter() {
            let first = last + 1 - kinds.len() as u64;
            told.extend(kinds.iter().zip(first..).map(|(kind, position)| (*kind, position, *time)));
        }
        let entries = world.log(&LogRange::default());
        assert_eq!(told, entries.iter().map(|entry| (entry.kind, entry.position, entry.time)).collect::<Vec<_>>(), "{store}");
    }
}

fn kinds(entries: &[Entry]) -> Vec<&'static str> {
    entries.iter().map(|entry| entry.kind.as_str()).collect()
}

fn positions(world: &World, range: LogRange) -> Vec<u64> {
    world.log(&range).iter().map(|entry| entry.position).collect()
}

/// Entries 1 and 2 register model 1, 3 and 4 model 2; then 5: create 1, 6: create 2, 7: create 1 of model 2, 8 to 11 change 1.
fn lived(world: &World) -> (Arc<Model>, Arc<Model>) {
    let model = world.model(1, product());
    let other = world.model(2, product());
    world.create(&model, 1, json!({"stock": 1}));
    world.create(&model, 2, json!({"stock": 1}));
    world.create(&other, 1, json!({"stock": 1}));
    world.update(&model, 1, json!({"stock": 2}));
    world.delete(&model, 1);
    world.restore(&model, 1);
    world.purge(&model, 1);
    (model, other)
}

#[test]
fn g_each_change_has_one_entry_in_order() {
    for (store, world) in World::all() {
        lived(&world);
        world.commit(vec![setting("a", None, Some(json!(1))), quarantine(5, 6, true), quarantine(5, 6, false)]);
        world.commit(vec![Change::Outcome(Box::new(outcome(1, i64::MAX)))]);
        let entries = world.log(&LogRange::default());
        let wanted = [
            "version.add",
            "model.register",
            "version.add",
            "model.register",
            "create",
            "create",
            "create",
            "update",
            "delete",
            "restore",
            "purge",
            "setting.change",
            "quarantine.add",
            "quarantine.remove",
            "outcome.keep",
        ];
        assert_eq!(kinds(&entries), wanted, "{store}");
        assert_eq!(entries.iter().map(|entry| entry.position).collect::<Vec<_>>(), (1..=15).collect::<Vec<_>>(), "{store}");
        assert!(entries.iter().all(Entry::is_intact), "{store}: the leaf is that of the parts");
    }
}

#[test]
fn l1_an_entry_tells_who_when_what_and_which() {
    for (store, world) in World::all() {
        let model = world.model(9, product());
        let told = world.run(create(&model, 4, &json!({"name": "chair"})).by(BEN)).unwrap();
        let entry = world.log(&LogRange { after: Some(2), ..LogRange::default() }).remove(0);
        assert_eq!((entry.principal, entry.time, entry.position), (BEN, told.time, told.position), "{store}");
        assert_eq!((entry.kind, entry.model, entry.record), (EntryKind::RecordCreate, ModelId(9), id(4)), "{store}");
        assert_eq!((entry.version, entry.stamp, entry.codec, entry.dictionary, entry.bucket), (1, 1, 0, 0, 0), "{store}");
        assert_eq!(entry.body, br#"{"1":"chair"}"#, "{store}");
    }
}

#[test]
fn l1_an_update_tells_the_changed_fields_old_and_new() {
    for (store, world) in World::all() {
        let model = world.model(1, product());
        world.create(&model, 1, json!({"name": "chair", "stock": 1}));
        world.update(&model, 1, json!({"name": "chair", "stock": 2, "x": 1}));
        let entry = world.log(&LogRange { reverse: true, ..LogRange::default() }).remove(0);
        assert_eq!(String::from_utf8_lossy(&entry.body), r#"{"old":{"2":1},"new":{"2":2,"*":{"x":1}}}"#, "{store}");
    }
}

#[test]
fn l1_the_log_is_read_between_positions_both_ways() {
    for (store, world) in World::all() {
        lived(&world);
        let between = LogRange { after: Some(3), before: Some(7), ..LogRange::default() };
        assert_eq!(positions(&world, between.clone()), [4, 5, 6], "{store}");
        assert_eq!(positions(&world, LogRange { reverse: true, ..between }), [6, 5, 4], "{store}");
        assert_eq!(positions(&world, LogRange { after: Some(11), ..LogRange::default() }), [] as [u64; 0], "{store}");
        assert_eq!(positions(&world, LogRange { before: Some(1), ..LogRange::default() }), [] as [u64; 0], "{store}");
        assert_eq!(positions(&world, LogRange { after: Some(u64::MAX), ..LogRange::default() }), [] as [u64; 0], "{store}");
    }
}

#[test]
fn l1_the_log_of_a_model_and_of_a_record() {
    for (store, world) in World::all() {
        let (model, other) = lived(&world);
        let of = |model: &Model, record| LogRange { model: Some(model.id()), record, ..LogRange::default() };
        assert_eq!(positions(&world, of(&model, None)), [1, 2, 5, 6, 8, 9, 10, 11], "{store}");
        assert_eq!(positions(&world, of(&other, None)), [3, 4, 7], "{store}");
        assert_eq!(positions(&world, of(&model, Some(id(1)))), [5, 8, 9, 10, 11], "{store}");
        assert_eq!(positions(&world, LogRange { reverse: true, ..of(&model, Some(id(1))) }), [11, 10, 9, 8, 5], "{store}");
        assert_eq!(positions(&world, LogRange { after: Some(8), before: Some(11), ..of(&model, Some(id(1))) }), [9, 10], "{store}");
        assert_eq!(positions(&world, of(&other, Some(id(2)))), [] as [u64; 0], "{store}");
    }
}

#[test]
fn l1_the_history_of_a_record_between_versions() {
    for (store, world) in World::all() {
        let (model, _) = lived(&world);
        let of = LogRange { model: Some(model.id()), record: Some(id(1)), ..LogRange::default() };
        assert_eq!(positions(&world, LogRange { from_version: Some(2), to_version: Some(3), ..of.clone() }), [8, 9], "{store}");
        assert_eq!(positions(&world, LogRange { to_version: Some(1), ..of.clone() }), [5], "{store}");
        assert_eq!(positions(&world, LogRange { from_version: Some(5), ..of }), [11], "{store}");
    }
}

#[test]
fn l1_the_log_is_read_between_times() {
    for (store, world) in World::all() {
        lived(&world);
        let all = world.log(&LogRange::default());
        let (since, until) = (all[4].time, all[8].time);
        let wanted: Vec<u64> = all.iter().filter(|entry| (since..=until).contains(&entry.time)).map(|entry| entry.position).collect();
        let between = LogRange { since: Some(since), until: Some(until), ..LogRange::default() };
        assert_eq!(positions(&world, between.clone()), wanted, "{store}");
        assert_eq!(positions(&world, LogRange { after: Some(6), ..between }), [7, 8, 9], "{store}");
        assert_eq!(positions(&world, LogRange { since: Some(i64::MAX), ..LogRange::default() }), [] as [u64; 0], "{store}");
        assert_eq!(positions(&world, LogRange { until: Some(0), ..LogRange::default() }), [] as [u64; 0], "{store}");
    }
}

#[test]
fn l1_an_empty_log_is_read_without_a_fuss() {
    for (store, world) in World::all() {
        let range = LogRange { since: Some(0), until: Some(5), model: Some(ModelId(3)), ..LogRange::default() };
        assert_eq!(world.log(&range), [], "{store}");
    }
}

#[test]
fn l1_the_log_of_a_large_model_is_read_in_stretches() {
    for (store, world) in World::all() {
        let model = world.model(1, product());
        let other = world.model(2, product());
        let of = model.clone();
        world
            .run(Emit::new(Vec::new(), move |_, now| {
                let record = |number| crate::world::new_record(&of, number, &json!({}), now);
                let made = |number| crate::world::change(EntryKind::RecordCreate, &of, None, Some(record(number)));
                Decision::Changes((0..21_000).map(made).collect())
            }))
            .unwrap();
        world.create(&other, 1, json!({}));
        let of = LogRange { model: Some(model.id()), after: Some(4), ..LogRange::default() };
        assert!(positions(&world, of.clone()) == (5..=21_004).collect::<Vec<_>>(), "{store}");
        assert!(positions(&world, LogRange { reverse: true, ..of }) == (5..=21_004).rev().collect::<Vec<_>>(), "{store}");
        assert_eq!(positions(&world, LogRange { model: Some(other.id()), ..LogRange::default() }), [3, 4, 21_005], "{store}");
    }
}

#[test]
fn l1_history_begins_with_the_last_whole_record() {
    for (store, world) in World::all() {
        let model = world.model(1, product());
        world.create(&model, 1, json!({"stock": 0}));
        (1..=70).for_each(|stock| drop(world.update(&model, 1, json!({"stock": stock}))));
        let of = |version| {
            let entries = world.read(|reader| dmr_store::history(reader, model.id(), id(1), version));
            entries.iter().map(|entry| entry.version).collect::<Vec<_>>()
        };
        assert_eq!(of(3), [1, 2, 3], "{store}");
        assert_eq!(of(32), [32], "{store}: every 32nd version is whole");
        assert_eq!(of(66), [64, 65, 66], "{store}");
        assert_eq!(of(1000), [64, 65, 66, 67, 68, 69, 70, 71], "{store}");
    }
}

#[test]
fn l1_a_decision_reads_history_that_its_own_batch_made() {
    for (store, world) in World::all() {
        let model = world.model(1, product());
        world.create(&model, 1, json!({"stock": 1}));
        let (told, tells) = mpsc::channel();
        let of = model.id();
        let changed = world.start(update(&model, 1, &json!({"stock": 2})));
        let asked = world.start(Emit::new(vec![Read::History(of, id(1), 2)], move |snapshot, _| {
            told.send(snapshot.history(&(of, id(1), 2)).map(|entries| entries.len())).unwrap();
            Decision::Changes(Vec::new())
        }));
        changed.recv().unwrap().unwrap();
        asked.recv().unwrap().unwrap();
        assert_eq!(tells.recv().unwrap(), Some(2), "{store}");
    }
}

#[test]
fn g_replaying_the_log_gives_the_state() {
    for (store, world) in World::all() {
        let (model, _) = lived(&world);
        let indexed = world.changed(&model, Draft::of(&model).index(1, &["stock"]).unique(2, &["name"]));
        world.create(&indexed, 7, json!({"stock": 7, "name": "seven"}));
        world.commit(vec![setting("a", None, Some(json!(1))), quarantine(5, 6, true), quarantine(8, 6, true), quarantine(5, 6, false)]);
        world.commit(vec![Change::Outcome(Box::new(outcome(1, i64::MAX))), Change::Outcome(Box::new(outcome(2, 0)))]);
        world.commit(vec![Change::Outcome(Box::new(outcome(3, i64::MAX)))]);
        let replayed = world.read(dmr_store::replay_of);
        assert_eq!(dmr_store::dump(&replayed).unwrap(), world.dump(), "{store}");
        assert_eq!(replayed.position(), 20, "{store}");
        assert!(world.log(&LogRange::default()).iter().all(|entry| entry.principal == ANN), "{store}");
    }
}
