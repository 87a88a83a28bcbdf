//! What must hold after a history.

use super::life::{Life, MODELS};
use dmr::core::log::{Entry, EntryKind};
use dmr::{AuditFilter, Registry, Value, read_parameters};
use dmr_store::sqlite::{self, Options};
use dmr_store::{LogRange, Reader, Store, dump, replay_of};
use std::collections::{BTreeMap, BTreeSet};
use std::ops::ControlFlow;
use std::sync::Arc;

/// So many commands of a history are carried out at least; the others are refused, or say nothing new.
const LEAST_DONE: usize = 60;

/// Holds the end of a history against its log; gives the kinds of its entries.
pub fn check(life: Life) -> BTreeSet<EntryKind> {
    let said = everything(&life.memory);
    assert_eq!(said, everything(&life.sqlite), "what memory (left) and SQLite (right) say in the end");
    life.sqlite.close();
    drop(life.sqlite);
    let entries = replayed(&life.directory);
    is_whole(&entries);
    is_one_for_each_change(&entries);
    for (time, expected) in &life.expected {
        // Numbers are reserved beside the commands that take them.
        let of = entries.iter().filter(|entry| entry.time == *time && entry.kind != EntryKind::SequenceReserve);
        let found: Vec<_> = of.map(|entry| entry.kind).collect();
        assert_eq!(found.len(), *expected, "entries of the command at {time}: {found:?}");
    }
    assert!(life.done >= LEAST_DONE, "a history in which next to all is refused shows nothing: {} done", life.done);
    let again = life.hand.sqlite(99, &life.directory);
    assert_eq!(said, everything(&again), "what is said before (left) and after (right) a new start");
    again.close();
    entries.iter().map(|entry| entry.kind).collect()
}

/// The log of a database, which replayed from empty gives what the database holds.
fn replayed(directory: &tempfile::TempDir) -> Vec<Entry> {
    let store = sqlite::open(&directory.path().join("dmr.db"), Options::new(Arc::new(|| 0), Arc::new(|_| {}))).unwrap();
    let mut entries = Vec::new();
    let mut read = |reader: &dyn Reader| {
        assert_eq!(dump(&replay_of(reader)?)?, dump(reader)?, "the log, replayed (left), and what is stored (right)");
        reader.log(&LogRange::default(), &mut |entry| {
            entries.push(entry.clone());
            ControlFlow::Continue(())
        })
    };
    store.read(true, &mut read).unwrap();
    store.close();
    entries
}

/// Positions without a gap, times that never go back, leaves that are those of their parts.
fn is_whole(entries: &[Entry]) {
    for (entry, position) in entries.iter().zip(1..) {
        assert_eq!(entry.position, position);
        assert!(entry.is_intact(), "{entry:?}");
    }
    assert!(entries.is_sorted_by_key(|entry| entry.time));
}

/// Each version of each record is one entry, in order from the first.
fn is_one_for_each_change(entries: &[Entry]) {
    let mut versions: BTreeMap<_, u64> = BTreeMap::new();
    for entry in entries.iter().filter(|entry| entry.kind.is_record()) {
        let last = versions.entry((entry.model, entry.record)).or_default();
        assert_eq!(entry.version, *last + 1, "{entry:?}");
        *last = entry.version;
    }
}

/// All that an administrator is told: models with versions, permissions and records, people, the trail, histories, what is set aside.
fn everything(registry: &Registry) -> Vec<String> {
    let admin = registry.session(registry.local().unwrap());
    let mut out = Vec::new();
    for name in MODELS {
        let Ok((model, tag)) = admin.model(name) else { continue };
        out.push(format!("{model} {tag}"));
        out.push(format!("{} {}", admin.versions(name).unwrap(), admin.permissions(name).unwrap()));
        let pairs =
            [("deleted", "include"), ("limit", "1000"), ("count", "exact")].map(|(name, value)| (name.to_owned(), value.to_owned()));
        let page = admin.list(name, read_parameters(&pairs).unwrap()).wait().unwrap();
        let page = page.to_value();
        for record in page["items"].as_array().unwrap() {
            let history = admin
                .history(name, record["_id"].as_str().unwrap_or_else(|| panic!("{record}")), Some(1000), None)
                .wait()
                .unwrap()
                .to_value();
            out.push(format!("{record}\n  {history}"));
        }
        out.push(format!("{}: {}", name, page["count"]));
    }
    out.push(admin.settings().unwrap().to_string());
    out.push(admin.roles().unwrap().to_string());
    out.push(admin.principals(Some(1000), None).unwrap().to_string());
    let ingests: Value = admin.ingests(Some(1000), None).unwrap();
    for ingest in ingests["items"].as_array().unwrap() {
        out.push(format!("{ingest}\n  {}", admin.quarantine(ingest["id"].as_str().unwrap(), Some(1000), None).unwrap()));
    }
    let trail = admin.audit(AuditFilter { limit: Some(1000), ..AuditFilter::default() }).wait().unwrap().to_value();
    // What was reserved of a sequence and not given out is given back by closing.
    let told = trail["items"].as_array().unwrap().iter().filter(|item| item["operation"] != "sequence.reserve");
    out.extend(told.map(Value::to_string));
    out
}
