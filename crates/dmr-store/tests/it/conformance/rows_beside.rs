//! What is kept beside records: quarantine, outcomes of requests, notes.

use crate::world::{Emit, World, id, outcome, quarantine, quarantined};
use dmr_core::change::{Change, Outcome};
use dmr_core::decide::{Decision, Read};
use serde_json::json;
use std::sync::mpsc;

fn keep(outcome: Outcome) -> Vec<Change> {
    vec![Change::Outcome(Box::new(outcome))]
}

#[test]
fn i11_a_row_set_aside_comes_back_byte_by_byte() {
    for (store, world) in World::all() {
        world.commit(vec![quarantine(1, 10, true)]);
        assert_eq!(world.read(|reader| reader.quarantined(id(10), id(1))), Some(quarantined(1, 10)), "{store}");
        assert_eq!(world.read(|reader| reader.quarantined(id(11), id(1))), None, "{store}: only of its own ingest");
        assert_eq!(world.read(|reader| reader.quarantined(id(10), id(2))), None, "{store}");
    }
}

#[test]
fn i11_quarantine_is_listed_by_ingest_in_order_and_in_pages() {
    for (store, world) in World::all() {
        world.commit(vec![quarantine(4, 10, true), quarantine(2, 11, true), quarantine(1, 10, true), quarantine(3, 10, true)]);
        let list = |ingest: Option<u128>, after: Option<u128>, limit| {
            let rows = world.read(|reader| reader.quarantine(ingest.map(id), after.map(id), limit));
            rows.into_iter().map(|row| crate::world::number(row.id)).collect::<Vec<_>>()
        };
        assert_eq!(list(Some(10), None, 10), [1, 3, 4], "{store}");
        assert_eq!(list(Some(10), Some(1), 1), [3], "{store}");
        assert_eq!(list(None, None, 3), [1, 2, 3], "{store}");
        assert_eq!(list(None, Some(3), usize::MAX), [4], "{store}");
        assert_eq!(list(Some(12), None, 10), [] as [u128; 0], "{store}");
    }
}

#[test]
fn i11_a_row_leaves_quarantine() {
    for (store, world) in World::all() {
        world.commit(vec![quarantine(1, 10, true), quarantine(2, 10, true)]);
        world.commit(vec![quarantine(1, 10, false)]);
        assert_eq!(world.read(|reader| reader.quarantine(None, None, 9)), [quarantined(2, 10)], "{store}");
    }
}

#[test]
fn i11_a_decision_reads_a_row_that_was_set_aside() {
    for (store, world) in World::all() {
        world.commit(vec![quarantine(1, 10, true)]);
        let (told, tells) = mpsc::channel();
        let ask = Emit::new(vec![Read::Quarantined(id(10), id(1)), Read::Quarantined(id(10), id(2))], move |snapshot, _| {
            told.send([snapshot.quarantined(&id(1)).cloned(), snapshot.quarantined(&id(2)).cloned()]).unwrap();
            Decision::Changes(Vec::new())
        });
        world.run(ask).unwrap();
        assert_eq!(tells.recv().unwrap(), [Some(Some(quarantined(1, 10))), Some(None)], "{store}");
    }
}

#[test]
fn r4_an_outcome_is_kept_with_its_commit() {
    for (store, world) in World::all() {
        world.commit(keep(outcome(1, i64::MAX)));
        assert_eq!(world.read(|reader| reader.outcome(&[1; 32])), Some(outcome(1, i64::MAX)), "{store}");
        assert_eq!(world.read(|reader| reader.outcome(&[2; 32])), None, "{store}");
        let (told, tells) = mpsc::channel();
        world
            .run(Emit::new(vec![Read::Outcome([1; 32])], move |snapshot, _| {
                told.send(snapshot.outcome(&[1; 32]).cloned()).unwrap();
                Decision::Changes(Vec::new())
            }))
            .unwrap();
        assert_eq!(tells.recv().unwrap(), Some(Some(outcome(1, i64::MAX))), "{store}");
    }
}

#[test]
fn r4_an_outcome_that_has_expired_is_forgotten_when_the_next_is_kept() {
    for (store, world) in World::all() {
        world.commit(keep(outcome(1, 5)));
        world.commit(keep(outcome(3, i64::MAX)));
        world.commit(keep(outcome(2, i64::MAX)));
        assert_eq!(world.read(|reader| reader.outcomes()), [outcome(2, i64::MAX), outcome(3, i64::MAX)], "{store}");
    }
}

#[test]
fn a_note_is_kept_changed_and_forgotten_and_is_no_state() {
    for (store, world) in World::all() {
        let note = |name: &str| world.read(|reader| reader.note(name));
        assert_eq!(note("secret"), None, "{store}");
        world.store.set_note("secret", Some(&json!({"key": "abc", "n": 1}))).unwrap();
        world.store.set_note("position", Some(&json!(17))).unwrap();
        assert_eq!((note("secret"), note("position")), (Some(json!({"key": "abc", "n": 1})), Some(json!(17))), "{store}");
        world.store.set_note("secret", Some(&json!("new"))).unwrap();
        world.store.set_note("position", None).unwrap();
        assert_eq!((note("secret"), note("position")), (Some(json!("new")), None), "{store}");
        assert_eq!((world.dump(), world.log(&Default::default())), (Vec::new(), Vec::new()), "{store}");
    }
}
