//! Power cuts at random points under the load of several writers.

use super::disk::{Dice, Disk, Faults};
use super::vfs;
use crate::world::{Draft, Emit, World, change, found as searched, id, new_record, scanned};
use dmr_core::decide::{Decision, Read, Reads};
use dmr_core::log::EntryKind;
use dmr_core::model::{Model, Storage};
use dmr_core::record::Record;
use dmr_store::sqlite::{Synchronous, WalBounds};
use dmr_store::{LogRange, dump, replay_of};
use serde_json::json;
use std::path::Path;
use std::sync::Arc;

/// Each has a record of its own in each of two models, which it always changes together.
const WRITERS: u128 = 6;

/// What became of a run.
#[derive(Debug, Default)]
struct Found {
    /// Commands that were acknowledged before the power went off.
    acknowledged: u64,
    /// Of those, how many are not there.
    lost: u64,
}

#[test]
fn h_nothing_acknowledged_is_missing_and_nothing_half_done_after_120_power_cuts() {
    let found: Vec<Found> = (0..120).map(|seed| cut(seed, Synchronous::Full)).collect();
    assert_eq!(found.iter().map(|found| found.lost).sum::<u64>(), 0, "{found:?}");
    assert!(found.iter().map(|found| found.acknowledged).sum::<u64>() > 1000, "the cuts come under load: {found:?}");
}

#[test]
fn h_the_same_suite_finds_what_is_lost_when_nothing_waits_for_the_disk() {
    let lost: u64 = (0..40).map(|seed| cut(seed, Synchronous::Normal).lost).sum();
    assert!(lost > 0, "with NORMAL an acknowledged write can be lost, and this suite has to see it");
}

fn world(path: &str, synchronous: Synchronous) -> World {
    World::at(Path::new(path), |options| {
        options.vfs = Some(vfs::NAME.to_owned());
        options.synchronous = synchronous;
        // So short that cuts fall into checkpoints and restarts of the log too.
        options.wal = WalBounds { copy_every: 20, restart_from: 60, wait_from: 200 };
    })
}

fn counted(storage: Storage, id: u32) -> Draft {
    let schema = json!({"type": "object", "properties": {"n": {"type": "integer"}, "who": {"type": "string"}, "said": {"type": "string"}}});
    Draft::new(id, schema).stored(storage).index(1, &["-n"]).unique(2, &["who"]).searchable(&["said"])
}

/// Runs writers until the power goes off, and looks at what is left. Panics where something is half done.
fn cut(seed: u64, synchronous: Synchronous) -> Found {
    let mut dice = Dice::new(seed + 1);
    let disk = Arc::new(Disk::new(seed));
    let path = vfs::mount(&disk);
    let world = world(&path, synchronous);
    let models = [world.registered(counted(Storage::Flexible, 1)), world.registered(counted(Storage::Structured, 2))];
    disk.set(Faults { cut_after: Some(dice.below(700)), ..Faults::default() });
    let reached: Vec<u64> = std::thread::scope(|scope| {
        let writers: Vec<_> = (1..=WRITERS)
            .map(|who| {
                scope.spawn({
                    let (world, models) = (&world, &models);
                    move || write(world, models, who)
                })
            })
            .collect();
        writers.into_iter().map(|writer| writer.join().unwrap()).collect()
    });
    assert!(disk.is_off(), "the writers stop when the power does");
    drop(world);
    vfs::unmount(&path);

    let disk = Arc::new(disk.after_cut(seed + 2));
    let path = vfs::mount(&disk);
    let found = look(&path, synchronous, &models, &reached);
    vfs::unmount(&path);
    found
}

/// Changes its two records, one version after the other, until that fails; gives the last version that was acknowledged.
fn write(world: &World, models: &[Arc<Model>; 2], who: u128) -> u64 {
    let mut acknowledged = 0;
    while acknowledged < 100_000 {
        if world.run(step(models, who, acknowledged + 1)).is_err() {
            return acknowledged;
        }
        acknowledged += 1;
    }
    panic!("the power never went off");
}

/// Brings both records of a writer to a version; every seventh is deleted and restored by the next.
fn step(models: &[Arc<Model>; 2], who: u128, version: u64) -> Emit {
    let models = models.clone();
    let first = models.iter().map(|model| Read::Record(model.clone(), id(who))).collect::<Vec<_>>();
    Emit::new(first.clone(), move |snapshot, now| {
        let mut changes = Vec::new();
        for model in &models {
            let Some(before) = snapshot.record(&(model.id(), id(who))) else { return Decision::Need(Reads(first.clone())) };
            let made = new_record(model, who, &json!({"n": version, "who": format!("writer {who}"), "said": said(version)}), now);
            let after = match before {
                None => made,
                Some(before) if version.is_multiple_of(7) => Record { version, deleted_at: Some(now), updated_at: now, ..before.clone() },
                Some(before) => Record { version, created_at: before.created_at, ..made },
            };
            let kind = match before {
                None => EntryKind::RecordCreate,
                Some(_) if after.deleted_at.is_some() => EntryKind::RecordDelete,
                Some(before) if before.deleted_at.is_some() => EntryKind::RecordRestore,
                Some(_) => EntryKind::RecordUpdate,
            };
            changes.push(change(kind, model, before.clone(), Some(after)));
        }
        Decision::Changes(changes)
    })
}

fn said(version: u64) -> String {
    format!("word v{version}")
}

fn look(path: &str, synchronous: Synchronous, models: &[Arc<Model>; 2], reached: &[u64]) -> Found {
    let world = world(path, synchronous);
    let mut found = Found::default();
    let known = world.read(dmr_store::models).len();
    assert!(known == 2 || synchronous == Synchronous::Normal, "the models were acknowledged");
    if known < 2 {
        return Found { acknowledged: 1, lost: 1 };
    }
    for (who, acknowledged) in (1..=WRITERS).zip(reached) {
        let versions = models.each_ref().map(|model| world.record(model, id(who)).map_or(0, |record| record.version));
        assert_eq!(versions[0], versions[1], "a command is half done");
        assert!(versions[0] <= acknowledged + 1, "more is there than was asked for");
        found.acknowledged += acknowledged;
        found.lost += acknowledged.saturating_sub(versions[0]);
    }
    for model in models {
        let words = (1..=WRITERS).filter_map(|who| world.record(model, id(who))).map(|record| format!("v{}", record.version));
        for question in words.chain(["word".to_owned()]) {
            assert_eq!(searched(&world, model, &question), scanned(&world, model, &question), "the words are not those of the records");
        }
    }
    let replayed = world.read(replay_of);
    assert_eq!(dump(&replayed).unwrap(), world.dump(), "the log is not what the tables say");
    let entries = world.log(&LogRange::default());
    assert!(entries.iter().zip(1..).all(|(entry, position)| entry.position == position && entry.is_intact()), "the log has a gap");
    // And it goes on from there.
    let next = world.record(&models[0], id(1)).map_or(1, |record| record.version + 1);
    world.run(step(models, 1, next)).unwrap();
    found
}
