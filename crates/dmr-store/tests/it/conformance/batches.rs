//! Commands follow one another, each seeing what those before it did; a refusal leaves nothing.

use crate::world::{
    Draft, Emit, World, change, create, id, new_record, number, outcome, product, quarantine, registration, setting, update,
};
use dmr_core::change::Change;
use dmr_core::decide::{Decision, Read, Reads, WorkFault};
use dmr_core::log::EntryKind;
use dmr_core::model::Model;
use dmr_core::record::Record;
use dmr_core::{Code, Problem};
use dmr_store::{Counts, Job, LogRange, Store};
use parking_lot::Mutex;
use serde_json::json;
use std::sync::Arc;

#[test]
fn a_second_command_sees_what_the_first_did() {
    for (store, world) in World::all() {
        let model = world.model(1, product());
        let told: Vec<_> = (0..50)
            .map(|at| if at == 0 { create(&model, 1, &json!({"stock": 0})) } else { update(&model, 1, &json!({"stock": at})) })
            .map(|work| world.start(work))
            .collect();
        let versions: Vec<u64> = told
            .into_iter()
            .map(|told| match &told.recv().unwrap().unwrap().changes[0] {
                dmr_core::change::Change::Record(change) => change.version(),
                other => panic!("{other:?}"),
            })
            .collect();
        assert_eq!(versions, (1..=50).collect::<Vec<_>>(), "{store}");
        assert_eq!(world.values(&model, id(1)), Some(json!({"stock": 49})), "{store}");
    }
}

#[test]
fn a_decision_is_asked_again_until_it_knows_enough() {
    for (store, world) in World::all() {
        let model = world.model(1, product());
        (1..=3).for_each(|number| drop(world.create(&model, number, json!({"stock": 5}))));
        let (of, mut asked) = (model.clone(), 0);
        let sum = Emit::new(vec![Read::Counts(model.id())], move |snapshot, now| {
            let Some((live, _)) = snapshot.counts(&of.id()).copied() else { panic!("first reads are answered first") };
            for number in 1..=u128::from(live) {
                if snapshot.record(&(of.id(), id(number))).is_none() {
                    asked += 1;
                    return Decision::Need(Reads(vec![Read::Record(of.clone(), id(number))]));
                }
            }
            let record = new_record(&of, 100, &json!({"stock": asked}), now);
            Decision::Changes(vec![change(EntryKind::RecordCreate, &of, None, Some(record))])
        });
        world.run(sum).unwrap();
        assert_eq!(world.values(&model, id(100)), Some(json!({"stock": 3})), "{store}");
    }
}

#[test]
fn a_refusal_leaves_nothing_and_its_neighbours_untouched() {
    for (store, world) in World::all() {
        let model = world.model(1, product());
        let refuse = || Emit::new(Vec::new(), |_, _| Decision::Refused(Box::new(Problem::new(Code::RightMissing, "no"))));
        let told = [world.start(create(&model, 1, &json!({}))), world.start(refuse()), world.start(create(&model, 2, &json!({})))];
        let told: Vec<bool> = told.into_iter().map(|told| told.recv().unwrap().is_ok()).collect();
        assert_eq!(told, [true, false, true], "{store}");
        assert_eq!(world.counts(&model), Counts { live: 2, deleted: 0 }, "{store}");
        assert_eq!(world.log(&Default::default()).len(), 4, "{store}");
    }
}

#[test]
fn a_command_that_fails_half_way_is_taken_back_whole_and_alone() {
    for (store, world) in World::all() {
        let model = world.model(1, product());
        world.create(&model, 1, json!({}));
        let half = vec![
            change(EntryKind::RecordCreate, &model, None, Some(new_record(&model, 8, &json!({}), 1))),
            setting("a", None, Some(json!(1))),
            change(EntryKind::RecordCreate, &model, None, Some(new_record(&model, 1, &json!({}), 1))),
        ];
        let told = [
            world.start(create(&model, 2, &json!({"name": "before"}))),
            world.start(Emit::now(half)),
            world.start(create(&model, 3, &json!({"name": "after"}))),
        ];
        let told: Vec<bool> = told.into_iter().map(|told| told.recv().unwrap().is_ok()).collect();
        assert_eq!(told, [true, false, true], "{store}");
        let there: Vec<bool> = [1, 2, 3, 8].into_iter().map(|number| world.record(&model, id(number)).is_some()).collect();
        assert_eq!(there, [true, true, true, false], "{store}");
        let positions: Vec<u64> = world.log(&Default::default()).iter().map(|entry| entry.position).collect();
        assert_eq!(positions, [1, 2, 3, 4, 5], "{store}: without a gap");
    }
}

#[test]
fn a_commit_of_every_kind_of_change_is_taken_back_when_its_last_fails() {
    for (store, world) in World::all() {
        let model = world.model(1, product());
        let records: Vec<_> =
            (1..=4).map(|number| world.create(&model, number, json!({"name": format!("n{number}"), "stock": number}))).collect();
        world.delete(&model, 4);
        let kept = |scope| Change::Outcome(Box::new(outcome(scope, i64::MAX - i64::from(scope))));
        world.commit(vec![kept(1), Change::Outcome(Box::new(outcome(2, 1))), quarantine(1, 9, true), setting("a", None, Some(json!(1)))]);
        let (before, entries) = (world.dump(), world.log(&Default::default()).len());
        let now = 1_000;
        let next = Draft::of(&model).index(7, &["-stock"]).compile();
        let purged = change(EntryKind::RecordPurge, &model, Some(records[0].clone()), None);
        let made =
            |of: &Arc<Model>, number| change(EntryKind::RecordCreate, of, None, Some(new_record(of, number, &json!({"stock": 7}), now)));
        let raised = |of: &Arc<Model>| {
            let after = Record { version: 2, ..new_record(of, 2, &json!({"stock": 70}), now) };
            change(EntryKind::RecordUpdate, of, Some(records[1].clone()), Some(after))
        };
        let other = Draft::new(2, product()).stored(next.head.storage).compile();
        let mut changes = vec![purged, made(&model, 1), setting("a", Some(json!(1)), None), kept(3), kept(1)];
        changes.extend([quarantine(1, 9, false), quarantine(2, 9, true)]);
        changes.extend(registration(EntryKind::ModelChange, Some(&model), &next));
        changes.extend([made(&next, 8), raised(&next)]);
        changes.extend(registration(EntryKind::ModelRegister, None, &other));
        changes.push(made(&other, 1));
        let good = changes.clone();
        let gone = Draft::of(&other).deleted().compile();
        changes.extend(registration(EntryKind::ModelDelete, Some(&other), &gone));
        changes.push(made(&next, 3));
        assert!(world.run(Emit::now(changes)).is_err(), "{store}: there is a record 3");
        assert_eq!(world.dump(), before, "{store}");
        assert_eq!(world.log(&Default::default()).len(), entries, "{store}");
        world.commit(good);
        assert_eq!(world.ordered(&next, 7), [2, 8, 1, 3], "{store}: what follows the failure finds all in order");
        assert_eq!(world.counts(&next), Counts { live: 4, deleted: 1 }, "{store}");
        assert_eq!(world.counts(&other), Counts { live: 1, deleted: 0 }, "{store}");
    }
}

#[test]
fn what_was_prepared_under_something_old_is_told_so() {
    for (store, world) in World::all() {
        let told = world.run(Emit::new(Vec::new(), |_, _| Decision::Stale));
        assert!(matches!(told, Err(WorkFault::Stale)), "{store}");
    }
}

#[test]
fn nothing_to_do_is_done_and_logged_nowhere() {
    for (store, world) in World::all() {
        let told = world.run(Emit::now(Vec::new())).unwrap();
        assert_eq!((told.changes.len(), told.position), (0, 0), "{store}");
        assert_eq!(world.log(&Default::default()), [], "{store}");
    }
}

#[test]
fn several_changes_of_one_command_are_committed_together() {
    for (store, world) in World::all() {
        let model = world.model(1, product());
        let of = model.clone();
        let many = Emit::new(Vec::new(), move |_, now| {
            let record = |number| new_record(&of, number, &json!({"stock": 1}), now);
            Decision::Changes((1..=100).map(|number| change(EntryKind::RecordCreate, &of, None, Some(record(number)))).collect())
        });
        let committed = world.run(many).unwrap();
        assert_eq!((committed.changes.len(), committed.position), (100, 102), "{store}");
        assert_eq!(world.counts(&model).live, 100, "{store}");
        let entries = world.log(&Default::default());
        assert!(entries[2..].iter().all(|entry| entry.time == committed.time), "{store}: one command, one time");
    }
}

#[test]
fn a_command_may_be_submitted_from_where_another_is_told() {
    struct Chain(Arc<dyn Store>, Arc<dmr_core::model::Model>, u128, std::sync::mpsc::Sender<()>);
    impl dmr_core::decide::Work for Chain {
        fn principal(&self) -> dmr_core::record::PrincipalId {
            crate::world::ANN
        }
        fn decide(&mut self, _: &dmr_core::decide::Snapshot, now: i64) -> Decision {
            let record = new_record(&self.1, self.2, &json!({}), now);
            Decision::Changes(vec![change(EntryKind::RecordCreate, &self.1, None, Some(record))])
        }
        fn done(self: Box<Self>, result: crate::world::Told) {
            result.unwrap();
            if self.2 == 10 {
                self.3.send(()).unwrap();
            } else {
                let store = self.0.clone();
                store.submit(Job { work: Box::new(Self(self.0, self.1, self.2 + 1, self.3)), background: false, rows: 1, bytes: 1 });
            }
        }
    }
    for (store, world) in World::all() {
        let model = world.model(1, product());
        let (told, tells) = std::sync::mpsc::channel();
        let first = Chain(world.store.clone(), model.clone(), 1, told);
        world.store.submit(Job { work: Box::new(first), background: false, rows: 1, bytes: 1 });
        tells.recv().unwrap();
        assert_eq!(world.counts(&model).live, 10, "{store}");
    }
}

#[test]
fn a_decision_that_breaks_off_ends_neither_the_store_nor_its_neighbours() {
    for (store, world) in World::all() {
        if store == "memory" {
            // There a command is decided by the thread that submits it: the panic is that thread's own.
            continue;
        }
        let model = world.model(1, product());
        let told = world.start(Emit::new(Vec::new(), |_, _| panic!("a fault in a command")));
        let Err(WorkFault::Problem(problem)) = told.recv().unwrap() else { panic!("{store}") };
        assert_eq!(problem.code, Code::Internal, "{store}");
        world.create(&model, 1, json!({}));
    }
}

#[test]
fn background_commands_are_done_too_and_after_interactive_ones() {
    for (store, world) in World::all() {
        let model = world.model(1, product());
        let order = Arc::new(Mutex::new(Vec::new()));
        let (gate, opens) = std::sync::mpsc::channel::<()>();
        let opens = Mutex::new(opens);
        // Holds the writer until all are queued.
        let holder = Emit::new(Vec::new(), move |_, _| {
            opens.lock().recv().unwrap();
            Decision::Changes(Vec::new())
        });
        let note = |name: &'static str| {
            let order = order.clone();
            Emit::new(Vec::new(), move |_, _| {
                order.lock().push(name);
                Decision::Changes(Vec::new())
            })
        };
        let submit = |work: Emit, background| {
            let (work, told) = work.told();
            world.store.submit(Job { work: Box::new(work), background, rows: 1, bytes: 1 });
            told
        };
        if store == "memory" {
            gate.send(()).unwrap();
        }
        let mut told = vec![submit(holder, false)];
        told.extend([submit(note("background"), true), submit(note("one"), false), submit(note("two"), false)]);
        if store != "memory" {
            gate.send(()).unwrap();
        }
        told.into_iter().for_each(|told| drop(told.recv().unwrap().unwrap()));
        let order = order.lock().clone();
        if store == "memory" {
            assert_eq!(order, ["background", "one", "two"], "each is done at once");
        } else {
            // The holder's own batch takes one background command, so that none waits for ever.
            assert!(order == ["background", "one", "two"] || order == ["one", "two", "background"], "{store}: {order:?}");
        }
        assert_eq!(world.counts(&model), Counts::default(), "{store}");
    }
}

#[test]
fn time_never_goes_back() {
    for (store, world) in World::all() {
        let model = world.model(1, product());
        (1..=20).for_each(|number| drop(world.create(&model, number, json!({}))));
        let times: Vec<i64> = world.log(&Default::default()).iter().map(|entry| entry.time).collect();
        assert!(times.is_sorted(), "{store}: {times:?}");
    }
}

#[test]
fn a_closed_store_tells_so() {
    for (store, world) in World::all() {
        let model = world.model(1, product());
        let first = world.start(create(&model, 1, &json!({})));
        world.store.close();
        assert!(first.recv().unwrap().is_ok(), "{store}: what was queued is finished");
        let Err(WorkFault::Problem(problem)) = world.run(create(&model, 2, &json!({}))) else { panic!("{store}") };
        assert_eq!(problem.code, Code::StoreClosed, "{store}");
    }
}

/// 39 rows are written as 16, 16, 4, 1, 1 and 1.
#[test]
fn r1_many_new_records_of_one_command_each_have_their_row_keys_and_entry() {
    for (store, world) in World::of_every_layout() {
        let model = world.registered(Draft::new(1, product()).stored(world.storage).index(1, &["stock"]).unique(1, &["name"]));
        let beside = world.registered(Draft::new(2, product()).stored(world.storage));
        let values = |number: u128| json!({"stock": 100 - number as i64, "name": format!("n{number}")});
        let (one, other) = (model.clone(), beside.clone());
        let made = Emit::new(Vec::new(), move |_, now| {
            let new = |model: &Arc<Model>, number: u128| {
                change(EntryKind::RecordCreate, model, None, Some(new_record(model, number, &values(number), now)))
            };
            let first = (1..=39).map(|number| new(&one, number));
            let last = (41..=61).map(|number| new(&one, number));
            Decision::Changes(first.chain([new(&other, 40)]).chain(last).collect())
        });
        world.run(made).unwrap();

        let numbers: Vec<u128> = (1..=39).chain(41..=61).collect();
        assert_eq!(world.ordered(&model, 1), numbers.iter().rev().copied().collect::<Vec<_>>(), "{store}: each key leads to its row");
        for number in &numbers {
            assert_eq!(world.values(&model, id(*number)), Some(values(*number)), "{store}");
        }
        assert_eq!(world.counts(&model), Counts { live: 60, deleted: 0 }, "{store}");
        let entries = world.log(&LogRange { model: Some(model.id()), ..LogRange::default() });
        let records: Vec<u128> = entries.iter().map(|entry| number(entry.record)).filter(|record| *record != 0).collect();
        assert_eq!(records, numbers, "{store}");
        assert!(entries.iter().all(dmr_core::log::Entry::is_intact), "{store}");
        let replayed = world.read(dmr_store::replay_of);
        assert_eq!(dmr_store::dump(&replayed).unwrap(), world.dump(), "{store}");
    }
}

#[test]
fn r1_of_many_new_records_one_that_is_there_already_takes_all_back() {
    for (store, world) in World::of_every_layout() {
        let model = world.registered(Draft::new(1, product()).stored(world.storage).index(1, &["stock"]));
        world.create(&model, 30, json!({"stock": 30}));
        let new = |number: u128| {
            change(EntryKind::RecordCreate, &model, None, Some(new_record(&model, number, &json!({"stock": number as i64}), 1)))
        };
        let before = world.start(Emit::now((1..=5).map(new).collect()));
        let refused = world.start(Emit::now((20..=39).map(new).collect()));
        let after = world.start(Emit::now((6..=25).map(new).collect()));
        let told: Vec<bool> = [before, refused, after].into_iter().map(|told| told.recv().unwrap().is_ok()).collect();
        assert_eq!(told, [true, false, true], "{store}");
        assert_eq!(world.ordered(&model, 1), (1..=25).chain([30]).collect::<Vec<_>>(), "{store}");
        let positions: Vec<u64> = world.log(&LogRange::default()).iter().map(|entry| entry.position).collect();
        assert_eq!(positions, (1..=positions.len() as u64).collect::<Vec<_>>(), "{store}: without a gap");
    }
}
