//! A scan gives of each living record the values that are asked for, as a walk finds them in its document (R1).

use super::hints::{VALUES, filled, reference, tests};
use crate::world::{BEN, Draft, World, number, product};
use dmr_core::FieldType;
use dmr_core::gate::{FieldRef, Guard, RefAt};
use dmr_core::json::raw;
use dmr_core::model::{Model, Storage};
use dmr_core::path::StoredPath;
use dmr_core::projection::{Cell, Projection, Scanned};
use dmr_core::query::Predicate;
use dmr_core::record::Record;
use dmr_store::{EachPart, Scan, WalkBy};
use parking_lot::Mutex;
use serde_json::json;
use std::cell::Cell as Counter;
use std::collections::BTreeMap;
use std::ops::ControlFlow;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::time::{Duration, Instant};

/// What a scan gives of a record: the JSON text of each value, and its key.
type Given = Vec<(String, Vec<u8>)>;

fn fields(model: &Model) -> Vec<FieldRef> {
    let mut fields: Vec<FieldRef> = VALUES.iter().map(|(name, _)| reference(model, name, Guard::Always)).collect();
    // Inside a field, and the field itself; one field twice.
    let (maker, city) = (model.field("maker").unwrap(), model.field("maker").unwrap().child("city").unwrap());
    let inside = RefAt::Document { path: StoredPath::of_fields([maker, city]), ids: vec![maker.id, city.id] };
    fields.push(FieldRef { name: "maker.city".into(), at: inside, kind: FieldType::Text, guard: Guard::Always, inside: None });
    fields.push(reference(model, "maker", Guard::Always));
    fields.push(reference(model, "stock", Guard::Always));
    fields
}

fn given(kind: &FieldType, cell: Cell<'_>) -> (String, Vec<u8>) {
    let (mut text, mut key) = (Vec::new(), Vec::new());
    cell.write_json(&mut text);
    cell.write_key(kind, &mut key);
    (String::from_utf8(text).unwrap(), key)
}

/// What a plain reading of the document gives.
fn expected(fields: &[FieldRef], record: &Record) -> Given {
    let value = |field: &FieldRef| match &field.at {
        RefAt::Document { path, .. } => path.single(&record.doc).map(<[u8]>::to_vec),
        RefAt::System(_) => None,
    };
    fields.iter().map(|field| given(&field.kind, value(field).as_deref().map_or(Cell::Nothing, Cell::json))).collect()
}

/// The living records, by a walk.
fn living(world: &World, model: &Arc<Model>) -> Vec<Record> {
    let ids = world.walk(model, WalkBy::Id { after: None }, false);
    ids.into_iter().filter_map(|(_, id)| world.record(model, id)).filter(|record| record.deleted_at.is_none()).collect()
}

#[test]
fn r1_a_scan_gives_the_values_that_a_walk_finds() {
    for (store, world) in World::all() {
        let model = filled(&world);
        let fields = fields(&model);
        for system in [false, true] {
            let mut projection = Projection { system, ..Projection::default() };
            let places: Vec<usize> = fields.iter().map(|field| projection.add(field).unwrap()).collect();
            assert_eq!(projection.cells.len(), fields.len() - 1, "what is asked for twice is read once");
            let mut seen: BTreeMap<Given, u64> = BTreeMap::new();
            let mut by_id: BTreeMap<u128, Given> = BTreeMap::new();
            let scan = Scan { model: &model, stretch: None, hint: None, projection: &projection, goes_on: &|| true };
            world.read(|reader| {
                reader.scan(&scan, &mut |row| {
                    let values: Given = fields.iter().zip(&places).map(|(field, at)| given(&field.kind, row.cell(*at))).collect();
                    *seen.entry(values.clone()).or_default() += 1;
                    by_id.insert(number(row.record().id), values);
                    ControlFlow::Continue(())
                })
            });
            let mut wanted: BTreeMap<Given, u64> = BTreeMap::new();
            for record in living(&world, &model) {
                let values = expected(&fields, &record);
                if system {
                    assert_eq!(by_id.get(&number(record.id)), Some(&values), "{store}");
                }
                *wanted.entry(values).or_default() += 1;
            }
            assert!(seen == wanted, "{store}: {} kinds of rows, {} were wanted", seen.len(), wanted.len());
        }
    }
}

#[test]
fn r1_a_scan_with_a_hint_leaves_out_no_row_that_is_meant() {
    for (store, world) in World::all() {
        let model = filled(&world);
        let rows = living(&world, &model);
        let every = if store == "sqlite, structured" { 7 } else { 40 };
        for predicate in tests(&model).iter().step_by(every) {
            let mut projection = Projection::default();
            projection.add_tested(predicate);
            // What is tested is there, and whose it is: the predicate says the same of what is scanned as of the whole record.
            let mut seen = scanned(&world, &model, predicate, &projection);
            seen.sort_unstable();
            let selected = rows.iter().filter(|record| predicate.selects(&record.as_ref(), BEN));
            let mut wanted: Vec<Vec<u8>> = selected.map(|record| raw_of(&model, &record.doc)).collect();
            wanted.sort_unstable();
            assert!(seen == wanted, "{store}: {} of {} rows by {predicate:?}", seen.len(), wanted.len());
        }
    }
}

fn scanned(world: &World, model: &Arc<Model>, predicate: &Predicate, projection: &Projection) -> Vec<Vec<u8>> {
    let mut projection = projection.clone();
    let at = projection.add(&reference(model, "cost", Guard::Always)).unwrap();
    let mut seen = Vec::new();
    let scan = Scan { model, stretch: None, hint: Some(predicate), projection: &projection, goes_on: &|| true };
    world.read(|reader| {
        reader.scan(&scan, &mut |row| {
            if predicate.selects(row.record(), BEN) {
                seen.push(given(&FieldType::Decimal, row.cell(at)).0.into_bytes());
            }
            ControlFlow::Continue(())
        })
    });
    seen
}

/// The text of a record's `cost`.
fn raw_of(model: &Model, doc: &[u8]) -> Vec<u8> {
    let key = model.field("cost").unwrap().key.as_bytes();
    raw::get(doc, key).unwrap_or(b"null").to_vec()
}

#[test]
fn r1_a_scan_ends_where_it_is_told_to() {
    for (store, world) in World::all() {
        let model = filled(&world);
        let projection = Projection::default();
        let mut rows = 0;
        let scan = Scan { model: &model, stretch: None, hint: None, projection: &projection, goes_on: &|| true };
        world.read(|reader| {
            reader.scan(&scan, &mut |_| {
                rows += 1;
                if rows == 7 { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
            })
        });
        assert_eq!(rows, 7, "{store}");
        if store == "sqlite, structured" {
            let (asked, given) = (AtomicU32::new(0), Counter::new(0));
            let goes_on = || {
                asked.fetch_add(1, Ordering::Relaxed);
                false
            };
            let (filtered, hint) = (Projection::default(), tests(&model).remove(3));
            let scan = Scan { model: &model, stretch: None, hint: Some(&hint), projection: &filtered, goes_on: &goes_on };
            world.read(|reader| {
                reader.scan(&scan, &mut |_| {
                    given.set(given.get() + 1);
                    ControlFlow::Continue(())
                })
            });
            assert_eq!((asked.into_inner(), given.get()), (1, 0), "it asks before it reads what may be left out");
        }
    }
}

#[test]
fn r1_a_scan_is_of_one_moment_and_keeps_no_writer_waiting() {
    for (store, world) in World::all() {
        let model = filled(&world);
        let before = living(&world, &model).len();
        let projection = Projection::default();
        let scan = Scan { model: &model, stretch: None, hint: None, projection: &projection, goes_on: &|| true };
        let counted = |meanwhile: &dyn Fn(usize)| {
            let mut rows = 0;
            world.read(|reader| {
                reader.scan(&scan, &mut |_| {
                    rows += 1;
                    meanwhile(rows);
                    ControlFlow::Continue(())
                })
            });
            rows
        };
        // Committed, on disk, while the scan is at its first row and at one in the middle.
        let write = |row: usize| {
            if let 1 | 3000 = row {
                world.create(&model, 1_000_000 + row as u128, json!({"stock": 5}));
                world.delete(&model, 7 + row as u128);
                world.create(&model, 2_000_000 + row as u128, json!({"name": "late"}));
            }
        };
        assert_eq!(counted(&write), before, "{store}");
        assert_eq!(counted(&|_| ()), before + 2, "{store}");
    }
}

#[test]
fn r1_two_threads_share_a_scan_of_one_moment() {
    for storage in [Storage::Flexible, Storage::Structured] {
        let folder = tempfile::tempdir().unwrap();
        let world = World::at(&folder.path().join("dmr.db"), |options| options.stretch = 10);
        let model = world.registered(Draft::new(1, product()).stored(storage));
        for number in 1..=500_u32 {
            world.create(&model, u128::from(number), json!({"name": format!("n{number}"), "stock": number}));
        }
        world.delete(&model, 250);
        let mut projection = Projection::default();
        let at = projection.add(&reference(&model, "name", Guard::Always)).unwrap();
        for together in [true, false] {
            let parts = [Mutex::new(Vec::new()), Mutex::new(Vec::new())];
            let [one, other] = &parts;
            let busy = AtomicBool::new(true);
            std::thread::scope(|scope| {
                // Whoever writes meanwhile moves every record, again and again.
                scope.spawn(|| {
                    for number in (1..=500).filter(|number| *number != 250).cycle().take_while(|_| busy.load(Ordering::Relaxed)) {
                        world.update(&model, number, json!({"name": "moved", "stock": 1}));
                        world.update(&model, number, json!({"name": format!("n{number}"), "stock": 1}));
                    }
                });
                let scan = Scan { model: &model, stretch: None, hint: None, projection: &projection, goes_on: &|| true };
                let part = |into: &'static str| {
                    let list = if into == "one" { one } else { other };
                    let began = Instant::now();
                    move |row: &dyn Scanned| {
                        // Else one of them can be done before the other begins.
                        while into == "one" && together && other.lock().is_empty() && began.elapsed() < Duration::from_secs(60) {
                            std::thread::yield_now();
                        }
                        let mut text = Vec::new();
                        row.cell(at).write_json(&mut text);
                        list.lock().push(String::from_utf8(text).unwrap());
                        ControlFlow::Continue(())
                    }
                };
                let mut given: Vec<EachPart<'_>> = vec![Box::new(part("one"))];
                if together {
                    given.push(Box::new(part("other")));
                }
                world.store.scan(&scan, &mut given).unwrap();
                drop(given);
                busy.store(false, Ordering::Relaxed);
            });
            assert_eq!(!other.lock().is_empty(), together, "{storage:?}");
            let mut all: Vec<String> = one.lock().iter().chain(&*other.lock()).cloned().collect();
            all.sort();
            let unmoved = all.iter().filter(|name| *name != "\"moved\"").count();
            assert_eq!((all.len(), unmoved >= 498), (499, true), "{storage:?}: {all:?}");
            all.dedup();
            assert!(all.len() >= 499, "{storage:?}: a record was handed out twice");
        }
    }
}
