//! How many creates a second the writer commits durably, beside the bare inserts of the floor, on this machine.
//!
//! `cargo run --release -p dmr-store --example writer_rate [SECONDS] [IN_FLIGHT] [FOLDER]`
#![allow(clippy::print_stdout, clippy::unwrap_used, reason = "a program to measure with")]

use dmr_core::change::{Change, RecordChange, RegistryChange, RegistryKind};
use dmr_core::decide::{Committed, Decision, Snapshot, Work, WorkFault};
use dmr_core::log::EntryKind;
use dmr_core::model::{Head, Mode, Model, ModelId, Source, Storage, VersionRow};
use dmr_core::name::{ModelName, Version};
use dmr_core::record::{PrincipalId, Record, RecordId};
use dmr_store::sqlite::{self, Options};
use dmr_store::{Job, Store, Walk, WalkBy};
use rusqlite::{Connection, params};
use serde_json::json;
use std::ops::ControlFlow;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

fn main() {
    let mut arguments = std::env::args().skip(1);
    let seconds = arguments.next().map_or(5.0, |text| text.parse().unwrap());
    let in_flight = arguments.next().map_or(64, |text| text.parse().unwrap());
    let folder = arguments.next().map_or_else(|| tempfile::tempdir().unwrap().keep(), Into::into);
    std::fs::create_dir_all(&folder).unwrap();
    let time = Duration::from_secs_f64(seconds);
    for round in 0..3 {
        let (floor, busy) = bare(&folder.join(format!("floor{round}.db")), time, in_flight);
        println!("bare inserts       {floor:>9.0} a second, {busy:.1} µs of processor each, {in_flight} a commit");
        for (storage, listing) in [(Storage::Flexible, false), (Storage::Structured, false), (Storage::Flexible, true)] {
            let path = folder.join(format!("dmr{round}{storage:?}{listing}.db"));
            let measured = creates(&path, time, in_flight, storage, listing);
            println!("{measured}  {storage:?}{}", if listing { ", a long list running" } else { "" });
        }
    }
    println!("files are in {}", folder.display());
}

/// What the floor does for a create: a row, its id's index, a log row.
fn bare(path: &Path, time: Duration, batch: u64) -> (f64, f64) {
    let connection = Connection::open(path).unwrap();
    connection
        .execute_batch(
            "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA cache_size=-16000;
             CREATE TABLE message(row INTEGER PRIMARY KEY, id BLOB UNIQUE, owner TEXT, room TEXT, data TEXT, version INTEGER);
             CREATE TABLE log(position INTEGER PRIMARY KEY, who TEXT, body BLOB);",
        )
        .unwrap();
    let began = Instant::now();
    let busy = cpu();
    let mut made = 0_u64;
    while began.elapsed() < time {
        connection.execute_batch("BEGIN IMMEDIATE").unwrap();
        for _ in 0..batch {
            made += 1;
            let id = uuid::Uuid::now_v7();
            let data = format!("a message {made}");
            connection
                .prepare_cached("INSERT INTO message(id, owner, room, data, version) VALUES(?, ?, ?, ?, 1)")
                .unwrap()
                .execute(params![id.as_bytes(), "owner", "room", data])
                .unwrap();
            let body = format!("{{\"_owner\":\"owner\",\"room\":\"room\",\"data\":\"{data}\"}}");
            connection.prepare_cached("INSERT INTO log(who, body) VALUES('u', ?)").unwrap().execute(params![body.as_bytes()]).unwrap();
        }
        connection.execute_batch("COMMIT").unwrap();
    }
    (made as f64 / began.elapsed().as_secs_f64(), (cpu() - busy) / made as f64 * 1e6)
}

/// Seconds of processor time that this process has used: says more than the clock where others use the machine too.
fn cpu() -> f64 {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap();
    let ticks: f64 = stat.rsplit(')').next().unwrap().split_whitespace().skip(11).take(2).map(|field| field.parse::<f64>().unwrap()).sum();
    ticks / 100.0
}

/// The same of one thread.
fn cpu_of(name: &str) -> f64 {
    let mut nanoseconds = 0.0;
    for task in std::fs::read_dir("/proc/self/task").unwrap() {
        let path = task.unwrap().path();
        if std::fs::read_to_string(path.join("comm")).is_ok_and(|comm| comm.trim() == name) {
            let stat = std::fs::read_to_string(path.join("schedstat")).unwrap_or_default();
            nanoseconds += stat.split_whitespace().next().and_then(|field| field.parse::<f64>().ok()).unwrap_or(0.0);
        }
    }
    nanoseconds / 1e9
}

struct Create {
    model: Arc<Model>,
    number: u64,
    asked: Instant,
    told: Sender<Told>,
}

struct Told {
    number: u64,
    after: Duration,
}

impl Work for Create {
    fn principal(&self) -> PrincipalId {
        PrincipalId([7; 16])
    }

    fn decide(&mut self, _: &Snapshot, now: i64) -> Decision {
        let who = self.principal();
        let after = Record {
            id: RecordId(*uuid::Uuid::now_v7().as_bytes()),
            version: 1,
            stamp: 1,
            created_at: now,
            updated_at: now,
            created_by: who,
            updated_by: who,
            owner: who,
            deleted_at: None,
            doc: format!("{{\"1\":\"owner\",\"2\":\"room\",\"3\":\"a message {}\"}}", self.number).into_bytes().into(),
        };
        let model = self.model.clone();
        Decision::Changes(vec![Change::Record(Box::new(RecordChange {
            kind: EntryKind::RecordCreate,
            model,
            before: None,
            after: Some(after),
        }))])
    }

    fn done(self: Box<Self>, result: Result<Committed, WorkFault>) {
        result.unwrap();
        let _ = self.told.send(Told { number: self.number, after: self.asked.elapsed() });
    }
}

fn creates(path: &Path, time: Duration, in_flight: u64, storage: Storage, listing: bool) -> String {
    let clock = Arc::new(|| i64::try_from(SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_micros()).unwrap());
    let store = Arc::new(sqlite::open(path, Options::new(clock, Arc::new(|_| {}))).unwrap());
    let (told, tells) = channel();
    let model = register(&*store, storage, &told, &tells);
    let submit = |number: u64| {
        let work = Box::new(Create { model: model.clone(), number, asked: Instant::now(), told: told.clone() });
        store.submit(Job { work, background: false, rows: 1, bytes: 100 });
    };
    let stop = Arc::new(AtomicBool::new(false));
    let listed = Arc::new(AtomicU64::new(0));
    let lister = listing.then(|| list(store.clone(), model.clone(), stop.clone(), listed.clone()));
    let began = Instant::now();
    let (busy, writing) = (cpu(), cpu_of("dmr-writer"));
    (0..in_flight).for_each(submit);
    let (mut made, mut waits, mut longest_wal) = (0_u64, Vec::new(), 0);
    for told in &tells {
        made += 1;
        waits.push(told.after);
        if began.elapsed() >= time {
            break;
        }
        if made.is_multiple_of(1024) {
            longest_wal = longest_wal.max(wal_of(path));
        }
        submit(told.number + in_flight);
    }
    let rate = made as f64 / began.elapsed().as_secs_f64();
    let each = 1e6 / made as f64;
    let (busy, writing) = ((cpu() - busy) * each, (cpu_of("dmr-writer") - writing) * each);
    stop.store(true, Ordering::Relaxed);
    if let Some(lister) = lister {
        lister.join().unwrap();
    }
    store.close();
    waits.sort_unstable();
    let at = |part: f64| waits[((waits.len() - 1) as f64 * part) as usize].as_secs_f64() * 1e3;
    format!(
        "creates            {rate:>9.0} a second, {busy:.1} µs of processor each ({writing:.1} the writer's); ms: median {:.2}, p99 {:.2}, most {:.2}; WAL at most {:.0} MB; listed {}",
        at(0.5),
        at(0.99),
        at(1.0),
        longest_wal as f64 / 1e6,
        listed.load(Ordering::Relaxed)
    )
}

fn wal_of(path: &Path) -> u64 {
    std::fs::metadata(format!("{}-wal", path.display())).map_or(0, |file| file.len())
}

fn list(store: Arc<dyn Store>, model: Arc<Model>, stop: Arc<AtomicBool>, listed: Arc<AtomicU64>) -> std::thread::JoinHandle<()> {
    std::thread::spawn(move || {
        while !stop.load(Ordering::Relaxed) {
            let walk = Walk { model: &model, by: WalkBy::Id { after: None }, reverse: false, hint: None };
            store
                .read(true, &mut |reader| {
                    reader.walk(&walk, &mut |_, record| {
                        let seen = listed.fetch_add(record.doc.len().min(1) as u64, Ordering::Relaxed);
                        // As an export that is written to a client does.
                        if seen.is_multiple_of(1000) {
                            std::thread::sleep(Duration::from_millis(2));
                        }
                        if stop.load(Ordering::Relaxed) { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
                    })
                })
                .unwrap();
        }
    })
}

struct Register(Arc<Model>, Sender<Told>);

impl Work for Register {
    fn principal(&self) -> PrincipalId {
        PrincipalId::SYSTEM
    }

    fn decide(&mut self, _: &Snapshot, _: i64) -> Decision {
        Decision::Changes(vec![Change::Registry(Box::new(RegistryChange {
            kind: EntryKind::ModelRegister,
            what: RegistryKind::Model,
            key: "1".to_owned(),
            before: None,
            after: Some(serde_json::to_value(&self.0.head).unwrap()),
            old_model: None,
            new_model: Some(self.0.clone()),
        }))])
    }

    fn done(self: Box<Self>, result: Result<Committed, WorkFault>) {
        result.unwrap();
        let _ = self.1.send(Told { number: 0, after: Duration::ZERO });
    }
}

fn register(store: &dyn Store, storage: Storage, told: &Sender<Told>, tells: &Receiver<Told>) -> Arc<Model> {
    let schema = json!({"type": "object", "properties": {
        "owner": {"type": "string"}, "room": {"type": "string"}, "data": {"type": "string"},
    }});
    let version = json!({"model": 1, "stamp": 1, "version": Version::FIRST, "schema": schema, "created_at": 0,
        "fields": {"/owner": 1, "/room": 2, "/data": 3}});
    let version: VersionRow = serde_json::from_value(version).unwrap();
    let head = Head {
        id: ModelId(1),
        name: ModelName::new("app", "message").unwrap(),
        revision: 1,
        stamp: 1,
        source: Source::Static,
        mode: Mode::Crud,
        storage,
        key: Vec::new(),
        key_unique: None,
        settings: Default::default(),
        indexes: Vec::new(),
        unique: Vec::new(),
        next_index: 1,
        next_field: 4,
        tags: Default::default(),
        description: None,
        permissions: Default::default(),
        created_at: 0,
        updated_at: 0,
        deleted: false,
    };
    let model = Arc::new(Model::compile(head, Arc::new(version)).unwrap());
    store.submit(Job { work: Box::new(Register(model.clone(), told.clone())), background: false, rows: 1, bytes: 0 });
    tells.recv().unwrap();
    model
}
