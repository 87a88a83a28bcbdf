//! Writes and syncs that fail, a disk that is full, files that are not for this program.

use super::disk::{Disk, Faults};
use super::vfs;
use crate::world::{Draft, Told, World, create, found, id, product, ticking, update};
use dmr_core::decide::WorkFault;
use dmr_core::model::Model;
use dmr_core::{Code, Problem};
use dmr_store::sqlite::{self, Options};
use dmr_store::{LogRange, dump, replay_of};
use serde_json::json;
use std::path::Path;
use std::sync::Arc;

fn code(told: Told) -> Option<Code> {
    match told {
        Ok(_) => None,
        Err(WorkFault::Problem(problem)) => Some(problem.code),
        Err(WorkFault::Stale) => panic!("stale"),
    }
}

fn on(disk: &Arc<Disk>) -> (World, String) {
    let path = vfs::mount(disk);
    let world = World::at(Path::new(&path), |options| options.vfs = Some(vfs::NAME.to_owned()));
    (world, path)
}

/// The world on what a disk holds when its power is cut now.
fn after_cut(disk: &Disk) -> World {
    on(&Arc::new(disk.after_cut(9))).0
}

fn consistent(world: &World) {
    let replayed = world.read(replay_of);
    assert_eq!(dump(&replayed).unwrap(), world.dump());
    let entries = world.log(&LogRange::default());
    assert!(entries.iter().zip(1..).all(|(entry, position)| entry.position == position));
}

/// Runs commands while something fails: none is acknowledged, reads go on; when it is over, so do writes. What failed never happened,
/// also after a power cut.
fn fails_and_recovers(fault: Faults, wanted: Code) {
    let disk = Arc::new(Disk::new(3));
    let (world, _) = on(&disk);
    let model = world.model(1, product());
    world.create(&model, 1, json!({"stock": 1}));
    disk.set(fault);
    for number in 2..6 {
        assert_eq!(code(world.run(create(&model, number, &json!({"stock": 2})))), Some(wanted));
        assert_eq!(world.values(&model, id(1)), Some(json!({"stock": 1})), "reads go on");
        assert_eq!(world.record(&model, id(number)), None);
    }
    disk.set(Faults::default());
    assert_eq!(code(world.run(update(&model, 1, &json!({"stock": 3})))), None, "writes go on");
    consistent(&world);
    let world = after_cut(&disk);
    assert_eq!(world.values(&model, id(1)), Some(json!({"stock": 3})));
    assert_eq!(world.counts(&model).live, 1, "what failed never happened");
    consistent(&world);
}

#[test]
fn h_after_failed_syncs_nobody_is_acknowledged_and_the_store_recovers() {
    fails_and_recovers(Faults { syncs: u64::MAX, ..Faults::default() }, Code::StoreFailed);
}

#[test]
fn h_after_failed_writes_nobody_is_acknowledged_and_the_store_recovers() {
    fails_and_recovers(Faults { writes: u64::MAX, ..Faults::default() }, Code::StoreFailed);
}

#[test]
fn h_on_a_full_disk_writes_are_refused_and_reads_go_on() {
    fails_and_recovers(Faults { room: Some(1), ..Faults::default() }, Code::StoreFull);
}

#[test]
fn h_one_failed_sync_costs_one_batch_and_leaves_no_trace_even_after_a_power_cut() {
    for at_once in [false, true] {
        let disk = Arc::new(Disk::new(4));
        let (world, _) = on(&disk);
        let model = world.model(1, product());
        world.create(&model, 1, json!({"stock": 1}));
        disk.set(Faults { syncs: 1, ..Faults::default() });
        assert_eq!(code(world.run(create(&model, 2, &json!({})))), Some(Code::StoreFailed));
        if !at_once {
            world.create(&model, 3, json!({"stock": 3}));
        }
        let world = after_cut(&disk);
        let there: Vec<bool> = (1..=3).map(|number| world.record(&model, id(number)).is_some()).collect();
        assert_eq!(there, [true, false, !at_once], "whoever was told that it failed can be certain");
        consistent(&world);
    }
}

#[test]
fn h_a_failure_in_the_middle_of_a_change_of_layout_leaves_the_old_one() {
    let mut reached = false;
    for after in 0..40 {
        let disk = Arc::new(Disk::new(5));
        let (world, _) = on(&disk);
        let model = world.registered(crate::world::Draft::new(1, product()).index(1, &["stock"]));
        for number in 1..=30 {
            world.create(&model, number, json!({"stock": 100 - number as i64, "name": "x".repeat(200)}));
        }
        let before = world.dump();
        disk.set(Faults { cut_after: Some(after), ..Faults::default() });
        let next = crate::world::Draft::of(&model).stored(dmr_core::model::Storage::Structured).compile();
        let changed = crate::world::registration(dmr_core::log::EntryKind::ModelChange, Some(&model), &next);
        let acknowledged = world.run(crate::world::Emit::now(changed)).is_ok();
        let world = after_cut(&disk);
        let is_old = world.dump() == before;
        assert!(!(acknowledged && is_old), "cut {after}");
        reached |= acknowledged;
        let model: &Arc<Model> = if is_old { &model } else { &next };
        assert_eq!(world.ordered(model, 1).len(), 30, "cut {after}: the old or the new layout, never a mix");
        consistent(&world);
    }
    assert!(reached, "the last cuts come after the commit");
}

fn open(path: &Path) -> Result<(), Problem> {
    sqlite::open(path, Options::new(ticking(), Arc::new(|_| {}))).map(drop)
}

#[test]
fn h_a_database_of_a_newer_version_is_refused_untouched() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("dmr.db");
    open(&path).unwrap();
    let newer = rusqlite::Connection::open(&path).unwrap();
    newer.execute("UPDATE meta SET value = 99 WHERE name = 'format'", []).unwrap();
    newer.close().unwrap();
    let before = std::fs::read(&path).unwrap();
    let problem = open(&path).unwrap_err();
    assert_eq!(problem.code, Code::DataNewer);
    assert_eq!(problem.detail, "the database has format 99; this program reads up to 2");
    assert!(std::fs::read(&path).unwrap() == before);
}

/// A file of format 1 knew no words. Its models and records are as they were, and what becomes SEARCHABLE from now on is found.
#[test]
fn h_a_database_of_format_1_is_opened_and_searched() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("dmr.db");
    let world = World::at(&path, |_| {});
    let model = world.model(1, product());
    world.create(&model, 1, serde_json::json!({"name": "green tea"}));
    let before = world.dump();
    drop(world);
    let older = rusqlite::Connection::open(&path).unwrap();
    older.execute_batch("DROP TABLE word; UPDATE meta SET value = 1 WHERE name = 'format'").unwrap();
    older.close().unwrap();
    for _ in 0..2 {
        let world = World::at(&path, |_| {});
        assert_eq!(world.dump(), before);
    }
    let world = World::at(&path, |_| {});
    let model = world.changed(&model, Draft::of(&model).searchable(&["name"]));
    assert_eq!(found(&world, &model, "tea"), [1]);
}

#[test]
fn h_a_newer_format_that_is_only_in_the_write_ahead_log_is_seen_and_left_there() {
    let disk = Arc::new(Disk::new(6));
    let (world, _) = on(&disk);
    drop(world);
    let path = vfs::mount(&disk);
    let flags = rusqlite::OpenFlags::SQLITE_OPEN_READ_WRITE;
    let newer = rusqlite::Connection::open_with_flags_and_vfs(&path, flags, vfs::NAME).unwrap();
    newer.execute("UPDATE meta SET value = 99 WHERE name = 'format'", []).unwrap();
    let disk = Arc::new(disk.after_cut(1));
    let path = vfs::mount(&disk);
    let before = (disk.bytes("dmr.db"), disk.bytes("dmr.db-wal"));
    assert!(before.1.as_ref().is_some_and(|log| !log.is_empty()));
    let mut options = Options::new(ticking(), Arc::new(|_| {}));
    options.vfs = Some(vfs::NAME.to_owned());
    let problem = sqlite::open(Path::new(&path), options).map(drop).unwrap_err();
    assert_eq!(problem.code, Code::DataNewer);
    assert!((disk.bytes("dmr.db"), disk.bytes("dmr.db-wal")) == before);
}

#[test]
fn h_a_file_of_another_kind_is_refused_untouched() {
    let folder = tempfile::tempdir().unwrap();
    let text = folder.path().join("text");
    std::fs::write(&text, "name,stock\nchair,3\n".repeat(1000)).unwrap();
    assert_eq!(open(&text).unwrap_err().code, Code::DataDamaged);
    let other = folder.path().join("other.db");
    rusqlite::Connection::open(&other).unwrap().execute_batch("CREATE TABLE theirs(a)").unwrap();
    let before = std::fs::read(&other).unwrap();
    assert_eq!(open(&other).unwrap_err().code, Code::DataDamaged);
    assert!(std::fs::read(&other).unwrap() == before);
    assert_eq!(open(&folder.path().join("no/such/folder/dmr.db")).unwrap_err().code, Code::StoreFailed);
}

#[test]
fn h_a_file_that_another_process_writes_is_refused_in_time() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("dmr.db");
    let other = rusqlite::Connection::open(&path).unwrap();
    other.execute_batch("BEGIN EXCLUSIVE; CREATE TABLE held(a)").unwrap();
    assert_eq!(open(&path).unwrap_err().code, Code::DataOwned);
}
