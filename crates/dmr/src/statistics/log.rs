//! What the follower lacks, read from the log.

use super::kept::Stand;
use super::states::States;
use dmr_core::Problem;
use dmr_core::json::raw;
use dmr_core::log::{Entry, EntryKind};
use dmr_core::statistics::Bounds;
use dmr_store::{LogRange, Store};
use std::ops::ControlFlow;

/// Entries of a slice.
const SLICE: usize = 2000;

/// Where the log ends; at 0 where there is nothing in it.
pub(super) fn newest(store: &dyn Store) -> Result<Stand, Problem> {
    let entry = last(store, &LogRange { reverse: true, ..LogRange::default() })?;
    Ok(entry.map_or(Stand { position: 0, time: 0 }, |entry| Stand { position: entry.position, time: entry.time }))
}

/// The entry at a position.
pub(super) fn at(store: &dyn Store, position: u64) -> Result<Option<Entry>, Problem> {
    let range = LogRange { after: position.checked_sub(1), before: Some(position + 1), ..LogRange::default() };
    last(store, &range)
}

/// The first entry of a range.
fn last(store: &dyn Store, range: &LogRange) -> Result<Option<Entry>, Problem> {
    let mut found = None;
    store.read(false, &mut |reader| {
        reader.log(range, &mut |entry| {
            found = Some(entry.clone());
            ControlFlow::Break(())
        })
    })?;
    Ok(found)
}

/// Takes in the next entries after a position; gives the last of them. None where there are no more.
pub(super) fn slice(store: &dyn Store, states: &States, after: u64, bounds: Bounds) -> Result<Option<Stand>, Problem> {
    let mut entries: Vec<Entry> = Vec::new();
    let range = LogRange { after: Some(after), ..LogRange::default() };
    store.read(false, &mut |reader| {
        reader.log(&range, &mut |entry| {
            entries.push(entry.clone());
            if entries.len() < SLICE { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
        })
    })?;
    states.read_log(entries.len());
    for entry in entries.iter().filter(|entry| entry.kind.is_record()) {
        take_in(store, states, entry, bounds)?;
    }
    Ok(entries.last().map(|entry| Stand { position: entry.position, time: entry.time }))
}

fn take_in(store: &dyn Store, states: &States, entry: &Entry, bounds: Bounds) -> Result<(), Problem> {
    let Some(followed) = states.get(entry.model) else { return Ok(()) };
    let mut followed = followed.lock();
    if entry.position <= followed.position {
        return Ok(());
    }
    let part = |name: &[u8]| raw::get(&entry.body, name);
    let (id, reading) = (entry.record, &mut followed.reading);
    match (entry.kind, part(b"old"), part(b"new")) {
        (EntryKind::RecordCreate, ..) => reading.add(id, &entry.body, bounds),
        (EntryKind::RecordImport, _, Some(doc)) => reading.add(id, doc, bounds),
        (EntryKind::RecordDelete, Some(doc), _) => reading.delete(id, doc, false),
        // Where it was deleted before nothing of it was counted but that.
        (EntryKind::RecordPurge, Some(doc), _) => match before(store, entry)? {
            Some(before) if before.kind == EntryKind::RecordDelete => reading.forget_deleted(),
            Some(_) => reading.delete(id, doc, true),
            None => reading.lose(),
        },
        (EntryKind::RecordRestore, ..) => match before(store, entry)?.filter(|before| before.kind == EntryKind::RecordDelete) {
            Some(before) => match raw::get(&before.body, b"old") {
                Some(doc) => {
                    reading.forget_deleted();
                    reading.add(id, doc, bounds);
                }
                None => reading.lose(),
            },
            None => reading.lose(),
        },
        (_, Some(old), Some(new)) => reading.patch(id, old, new, bounds),
        _ => reading.lose(),
    }
    followed.position = entry.position;
    followed.time = entry.time;
    followed.changed = true;
    Ok(())
}

/// The entry of a record before this one.
fn before(store: &dyn Store, entry: &Entry) -> Result<Option<Entry>, Problem> {
    let range = LogRange {
        model: Some(entry.model),
        record: Some(entry.record),
        before: Some(entry.position),
        reverse: true,
        ..LogRange::default()
    };
    last(store, &range)
}
