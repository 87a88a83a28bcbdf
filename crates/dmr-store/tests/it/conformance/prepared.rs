//! What a change of a model needs of its records is made ready beside other writes (D4, M5): whatever is written meanwhile, nothing is lost.

use crate::world::{Draft, Emit, World, change, found, id, product, scanned};
use dmr_core::log::EntryKind;
use dmr_core::model::{Model, Storage};
use dmr_core::record::Record;
use dmr_store::sqlite::Options;
use serde_json::json;
use std::cell::Cell;
use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

const RECORDS: u128 = 400;

fn small_slices(options: &mut Options) {
    options.slice = Duration::ZERO;
}

fn filled(world: &World, draft: Draft) -> Arc<Model> {
    let model = world.registered(draft);
    for number in 1..=RECORDS {
        // Every tenth number is left free, for records that come in the middle later.
        if number % 10 != 0 {
            world.create(&model, number, json!({"name": format!("n{number}"), "stock": 1000 - number as i64, "price": 1.50}));
        }
        if number % 7 == 0 && number % 10 != 0 {
            world.delete(&model, number);
        }
    }
    model
}

/// A write of each kind before, in and behind what is copied already; and one that fails half-way, for which the others of its batch are
/// done again.
fn disturb(world: &World, model: &Arc<Model>, turn: u128) {
    for place in [turn * 10, RECORDS / 2 + turn * 10, RECORDS + turn] {
        world.create(model, place, json!({"name": format!("new {place}"), "stock": place as i64}));
        world.update(model, place, json!({"name": format!("again {place}"), "stock": -(place as i64)}));
    }
    for first in [turn * 10 + 1, RECORDS / 2 + turn * 10 + 1] {
        let live: Vec<u128> = (first..first + 6).filter(|number| number % 7 != 0).take(4).collect();
        world.update(model, live[0], json!({"name": format!("changed {first}"), "stock": 7, "price": 2.25}));
        world.delete(model, live[1]);
        world.restore(model, live[1]);
        world.delete(model, live[2]);
        world.purge(model, live[3]);
    }
    let unknown = Record { version: 9, ..world.record(model, id(turn * 10)).unwrap() };
    let broken = change(EntryKind::RecordUpdate, model, Some(unknown.clone()), Some(Record { version: 10, ..unknown }));
    world.run(Emit::now(vec![broken])).unwrap_err();
}

/// That indexes, rows, counts and words are what the log says.
fn check(world: &World, model: &Arc<Model>, what: &str) {
    let replayed = world.read(dmr_store::replay_of);
    assert_eq!(dmr_store::dump(&replayed).unwrap(), world.dump(), "{what}");
    for index in &model.indexes {
        let keyed: BTreeSet<(Vec<u8>, u128)> = (0..2 * RECORDS)
            .filter_map(|number| Some((number, world.record(model, id(number))?)))
            .filter(|(_, record)| record.deleted_at.is_none())
            .map(|(number, record)| (index.key(&record.as_ref()), number))
            .collect();
        let expected: Vec<u128> = keyed.into_iter().map(|(_, number)| number).collect();
        assert_eq!(world.ordered(model, index.id), expected, "{what}, index {}", index.id);
        assert!(expected.len() > 100, "{what}");
    }
}

/// Tables of single models, rows by their number of occurrences in the shared table, indexes with entries, notes: as they lie in a file.
fn lying(path: &Path) -> (Vec<String>, i64, Vec<i64>, Vec<String>) {
    let file = rusqlite::Connection::open(path).unwrap();
    let texts = |sql: &str| -> Vec<String> {
        file.prepare(sql).unwrap().query_map([], |row| row.get(0)).unwrap().collect::<Result<_, _>>().unwrap()
    };
    let tables = texts("SELECT name FROM sqlite_schema WHERE type = 'table' AND name GLOB 'm[0-9]*' ORDER BY name");
    let notes = texts("SELECT name FROM note WHERE name GLOB 'sweep/*' OR name GLOB 'filling/*' ORDER BY name");
    let shared = file.query_row("SELECT count(*) FROM record", [], |row| row.get(0)).unwrap();
    let mut indexes = file.prepare("SELECT DISTINCT idx FROM entry ORDER BY idx").unwrap();
    let indexes = indexes.query_map([], |row| row.get(0)).unwrap().collect::<Result<_, _>>().unwrap();
    (tables, shared, indexes, notes)
}

/// Waits until nothing is left to be deleted.
fn swept(world: &World) {
    let began = Instant::now();
    let left = |name: &str| world.read(|reader| reader.note(name)).is_some();
    while ["sweep/records/1", "sweep/entries/1/1", "sweep/entries/1/2", "sweep/words/1"].into_iter().any(left) {
        assert!(began.elapsed() < Duration::from_secs(60), "what is to be deleted stays");
        std::thread::yield_now();
    }
}

#[test]
fn d4_m5_writes_go_on_while_a_storage_and_an_index_are_made_ready() {
    for start in [Storage::Flexible, Storage::Structured] {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("dmr.db");
        let world = World::at(&path, small_slices);
        let mut model = filled(&world, Draft::new(1, product()).stored(start).index(1, &["stock"]).unique(9, &["name"]));
        let (there, back) = if start == Storage::Flexible { (Storage::Structured, start) } else { (Storage::Flexible, start) };
        for (turn, storage) in [(1, there), (2, back)] {
            let draft = Draft::of(&model).stored(storage).index(1 + turn, &["price", "-name"]);
            let next = draft.clone().compile();
            let slices = Cell::new(0);
            world
                .store
                .prepare(&model, &next, &|records| {
                    slices.set(slices.get() + 1);
                    assert!(records <= 2 * RECORDS as u64);
                    if slices.get() == 4 {
                        disturb(&world, &model, u128::from(turn) * 2);
                    }
                    true
                })
                .unwrap();
            assert!(slices.get() > 8, "{} slices", slices.get());
            disturb(&world, &model, u128::from(turn) * 2 + 1);
            let filled_first = (storage, world.log(&dmr_store::LogRange::default()).len());
            model = world.changed(&model, draft);
            check(&world, &model, &format!("{start:?}, {filled_first:?}"));
            disturb(&world, &model, u128::from(turn) * 2 + 6);
            check(&world, &model, &format!("{start:?}, {filled_first:?}, later"));
        }
        swept(&world);
        world.store.close();
        drop(world);
        let (tables, shared, indexes, notes) = lying(&path);
        assert_eq!((tables.len(), shared > 0), if start == Storage::Flexible { (0, true) } else { (1, false) });
        assert_eq!((indexes, notes), (vec![1, 2, 3], vec![]));
    }
}

/// Copies the files as a process that ends here leaves them. Nothing is written meanwhile: the writer waits for what calls this.
fn copy_as_left(folder: &Path) {
    for (from, to) in [("dmr.db", "copy.db"), ("dmr.db-wal", "copy.db-wal")] {
        std::fs::copy(folder.join(from), folder.join(to)).unwrap();
    }
}

/// Records that have words in the index.
fn worded(path: &Path) -> i64 {
    rusqlite::Connection::open(path).unwrap().query_row("SELECT count(*) FROM word_docsize", [], |row| row.get(0)).unwrap()
}

/// That the index of words finds what is found by looking at each record.
fn check_words(world: &World, model: &Arc<Model>, what: &str) {
    for (question, least) in
        [("again", 3), ("changed", 2), ("new", 0), ("tagged", 4), ("tagged again", 1), ("n*", 100), ("n11", 0), ("late", 1)]
    {
        let by_looking = scanned(world, model, question);
        assert_eq!(found(world, model, question), by_looking, "{what}: {question}");
        assert!(by_looking.len() >= least, "{what}: {question} is in {}", by_looking.len());
    }
}

fn disturb_words(world: &World, model: &Arc<Model>, turn: u128) {
    disturb(world, model, turn);
    for place in [turn * 10, RECORDS / 2 + turn * 10, RECORDS + turn] {
        world.update(model, place, json!({"name": format!("again {place}"), "tags": ["tagged", format!("late {turn}")]}));
    }
    // One that has no word but those that come, and one that has none any more.
    world.update(model, turn * 10 + 2, json!({"tags": ["tagged"]}));
    world.update(model, RECORDS / 2 + turn * 10 + 2, json!({"stock": 1}));
}

#[test]
fn m4_the_words_of_a_searchable_field_are_made_ready_beside_writes() {
    for (start, first) in [(Storage::Flexible, &["name"][..]), (Storage::Structured, &["name"]), (Storage::Flexible, &[])] {
        let what = format!("{start:?}, {first:?}");
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("dmr.db");
        let world = World::at(&path, small_slices);
        let model = filled(&world, Draft::new(1, product()).stored(start).searchable(first));
        let further: &[&str] = if first.is_empty() { &["name", "tags"] } else { &["tags"] };
        let draft = Draft::of(&model).searchable(further);
        let slices = Cell::new(0);
        let disturbs = |_| {
            slices.set(slices.get() + 1);
            if slices.get() == 5 {
                disturb_words(&world, &model, 2);
            }
            true
        };
        // Once for nothing.
        world.store.prepare(&model, &draft.clone().compile(), &|records| records < 150).unwrap_err();
        disturb_words(&world, &model, 4);
        world.store.prepare(&model, &draft.clone().compile(), &disturbs).unwrap();
        assert!(slices.get() > 8, "{what}: {} slices", slices.get());
        assert!(worded(&path) > 300, "{what}: the words are there before the change");
        disturb_words(&world, &model, 3);
        let next = world.changed(&model, draft);
        check_words(&world, &next, &what);
        disturb_words(&world, &next, 7);
        check_words(&world, &next, &format!("{what}, later"));
        check(&world, &next, &what);
        world.create(&next, 990, json!({"maker": {"city": "canary"}}));
        world.store.prepare(&next, &Draft::of(&next).searchable(&["maker.city"]).compile(), &|_| true).unwrap();
        world.store.forget(next.id());
        // Nothing is left of a record that goes, also not words that it was to have.
        world.create(&next, 991, json!({"stock": 1}));
        let before = worded(&path);
        world.purge(&next, 990);
        assert_eq!(worded(&path), before - 1, "{what}");
        disturb_words(&world, &next, 8);
        check_words(&world, &next, &format!("{what}, forgotten"));
        assert_eq!(lying(&path).3, [""; 0], "{what}");
    }
}

#[test]
fn m4_words_that_were_made_ready_for_nothing_go() {
    let folder = tempfile::tempdir().unwrap();
    let (path, copied) = (folder.path().join("dmr.db"), folder.path().join("copy.db"));
    let world = World::at(&path, small_slices);
    let model = filled(&world, Draft::new(1, product()));
    let copy = |records| {
        if records < 200 {
            return true;
        }
        copy_as_left(folder.path());
        false
    };
    world.store.prepare(&model, &Draft::of(&model).searchable(&["name"]).compile(), &copy).unwrap_err();
    // Forgetting waits in the queue; this waits behind it.
    world.create(&model, 900, json!({"name": "behind"}));
    swept(&world);
    assert_eq!(worded(&path), 0, "broken off");
    drop(world);
    assert!(worded(&copied) > 100, "as a process that ended left them");
    let world = World::at(&copied, small_slices);
    disturb_words(&world, &model, 1);
    swept(&world);
    assert_eq!(worded(&copied), 0, "opened again");
    disturb_words(&world, &model, 5);
    let next = world.changed(&model, Draft::of(&model).searchable(&["name", "tags"]));
    check_words(&world, &next, "without having been made ready");
    world.changed(&next, Draft::of(&next).not_searchable("name").not_searchable("tags"));
    assert_eq!(worded(&copied), 0, "no field is SEARCHABLE any more");
}

#[test]
fn d4_a_column_of_another_type_is_made_ready_beside_writes() {
    let folder = tempfile::tempdir().unwrap();
    let world = World::at(&folder.path().join("dmr.db"), small_slices);
    let model = filled(&world, Draft::new(1, product()).stored(Storage::Structured).index(1, &["stock"]));
    let mut schema = product();
    schema["properties"]["name"] = json!({"type": "integer"});
    let draft = Draft::of(&model).schema(schema);
    let turn = Cell::new(0);
    let disturbs = |_| {
        turn.set(turn.get() + 1);
        if turn.get() == 5 {
            disturb(&world, &model, 1);
        }
        true
    };
    world.store.prepare(&model, &draft.clone().compile(), &disturbs).unwrap();
    let next = world.changed(&model, draft);
    world.create(&next, 777, json!({"name": 5, "stock": 3}));
    check(&world, &next, "retyped");
}

#[test]
fn d4_what_was_made_ready_for_another_change_is_not_used() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("dmr.db");
    let world = World::at(&path, small_slices);
    let model = filled(&world, Draft::new(1, product()).index(1, &["stock"]));
    let asked = Draft::of(&model).stored(Storage::Structured).index(2, &["name"]);
    world.store.prepare(&model, &asked.compile(), &|_| true).unwrap();
    // The same number, another index; and the records stay where they are.
    let next = world.changed(&model, Draft::of(&model).index(2, &["-price"]));
    check(&world, &next, "another index");
    world.store.prepare(&next, &Draft::of(&next).stored(Storage::Structured).compile(), &|records| records < 100).unwrap_err();
    disturb(&world, &next, 1);
    check(&world, &next, "broken off");
    let third = world.changed(&next, Draft::of(&next).stored(Storage::Structured));
    check(&world, &third, "without having been made ready");
    world.store.prepare(&third, &Draft::of(&third).stored(Storage::Flexible).compile(), &|_| true).unwrap();
    world.store.forget(third.id());
    disturb(&world, &third, 2);
    check(&world, &third, "forgotten");
    swept(&world);
    world.store.close();
    drop(world);
    let (tables, shared, indexes, notes) = lying(&path);
    assert_eq!((tables.len(), shared, indexes, notes), (1, 0, vec![1, 2], vec![]));
}

#[test]
fn d4_what_a_process_left_half_made_is_taken_back() {
    for (start, there) in [(Storage::Flexible, Storage::Structured), (Storage::Structured, Storage::Flexible)] {
        let folder = tempfile::tempdir().unwrap();
        let (path, copied) = (folder.path().join("dmr.db"), folder.path().join("copy.db"));
        let world = World::at(&path, small_slices);
        let model = filled(&world, Draft::new(1, product()).stored(start).index(1, &["stock"]));
        let next = Draft::of(&model).stored(there).index(2, &["name"]).compile();
        let copy = |records| {
            if records < 200 {
                return true;
            }
            copy_as_left(folder.path());
            false
        };
        world.store.prepare(&model, &next, &copy).unwrap_err();
        let expected = world.dump();
        drop(world);
        let world = World::at(&copied, small_slices);
        assert_eq!(world.dump(), expected);
        disturb(&world, &model, 1);
        check(&world, &model, "opened again");
        swept(&world);
        world.store.close();
        drop(world);
        let (tables, shared, indexes, notes) = lying(&copied);
        assert_eq!((tables.len(), shared > 0), if start == Storage::Flexible { (0, true) } else { (1, false) });
        assert_eq!((indexes, notes), (vec![1], vec![]));
    }
}
