//! Many at once, over HTTP: lost updates, writers beside a changing schema, clients that leave (attacks B, D, H; R1, R5, M7, P2).

use crate::world::{Person, World};
use dmr::Value;
use dmr_api::client::Request;
use serde_json::json;
use std::collections::{BTreeMap, BTreeSet};
use std::io::Write as _;
use std::net::{Shutdown, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Barrier, Mutex};
use std::thread;

#[test]
fn h_r5_one_update_wins_each_version_and_none_is_lost() {
    const THREADS: usize = 16;
    const EACH: usize = 8;
    let world = World::new();
    let key = world.registry.administrator_key("adding").unwrap();
    let admin = world.someone(Some(key.clone()));
    admin
        .post(
            "/api/registry/models",
            &json!({ "name": "Sum", "schema": { "type": "object", "properties": { "n": { "type": "integer" } } } }),
        )
        .must(201);
    let made = admin.post("/api/records/Sum", &json!({ "n": 0 })).must(201).json();
    let uri = format!("/api/records/Sum/{}", made["_id"].as_str().unwrap());
    let (start, won) = (Barrier::new(THREADS), Mutex::new(Vec::new()));
    thread::scope(|scope| {
        for _ in 0..THREADS {
            let (person, uri, start, won) = (world.someone(Some(key.clone())), &uri, &start, &won);
            scope.spawn(move || {
                start.wait();
                for _ in 0..EACH {
                    // Not while the lock is held: they would come one after the other.
                    let version = add_one(&person, uri);
                    won.lock().unwrap().push(version);
                }
            });
        }
    });
    let mut won = won.into_inner().unwrap();
    won.sort_unstable();
    let all = THREADS * EACH;
    assert_eq!(won, (2..=all as u64 + 1).collect::<Vec<_>>(), "each version has one winner");
    assert_eq!(admin.get(&uri).must(200).json()["n"], json!(all), "and each winner added one");
    let history = admin.get(&format!("{uri}/history?limit=1000")).must(200).json();
    let told: Vec<_> =
        history["items"].as_array().unwrap().iter().map(|item| (item["version"].clone(), item["after"]["n"].clone())).collect();
    assert_eq!(told, (0..=all).map(|n| (json!(n + 1), json!(n))).collect::<Vec<_>>());
}

/// Reads, adds one and writes, until nobody was faster; the version it became.
fn add_one(person: &Person, uri: &str) -> u64 {
    loop {
        let read = person.get(uri).must(200);
        let patch =
            Request::patch(uri).json(&json!({ "n": read.json()["n"].as_u64().unwrap() + 1 })).header("if-match", read.header("etag"));
        let answer = person.send(patch);
        match answer.status() {
            200 => return answer.json()["_version"].as_u64().unwrap(),
            412 => {}
            _ => panic!("{}", answer.show()),
        }
    }
}

const WRITERS: usize = 32;
const ROWS: usize = 12;

#[test]
fn d_m7_p2_writers_lose_nothing_and_see_only_theirs_while_the_schema_changes() {
    let world = World::new();
    let admin = world.someone(Some(world.registry.administrator_key("changing").unwrap()));
    admin.put("/api/roles/w", &json!({ "rights": [] })).must(200);
    let registration = json!({ "name": "Moving", "schema": schema(0), "permissions": permissions(0), "indexes": [["_owner", "at"]] });
    admin.post("/api/registry/models", &registration).must(201);
    let writers: Vec<Person> = (0..WRITERS).map(|at| world.person(&format!("w{at}"), &["w"])).collect();
    let (going, changes) = (AtomicBool::new(true), Mutex::new(0));
    let made: Mutex<BTreeMap<String, Value>> = Mutex::default();
    thread::scope(|scope| {
        scope.spawn(|| {
            let mut step = 0;
            while going.load(Ordering::SeqCst) {
                step += 1;
                change(&admin, step);
            }
            *changes.lock().unwrap() = step;
        });
        let threads: Vec<_> = writers
            .iter()
            .enumerate()
            .map(|(at, writer)| {
                scope.spawn({
                    let made = &made;
                    move || write(writer, at, made)
                })
            })
            .collect();
        let done: Vec<_> = threads.into_iter().map(thread::ScopedJoinHandle::join).collect();
        going.store(false, Ordering::SeqCst);
        done.into_iter().for_each(|done| done.unwrap());
    });
    let made = made.into_inner().unwrap();
    assert_eq!(made.len(), WRITERS * ROWS);
    assert!(*changes.lock().unwrap() > 3, "the schema changed meanwhile");
    let stored = admin.get("/api/records/Moving?limit=1000").must(200).json();
    let stored: BTreeMap<String, Value> =
        stored["items"].as_array().unwrap().iter().map(|item| (item["_id"].as_str().unwrap().to_owned(), item["at"].clone())).collect();
    assert_eq!(stored, made, "no row is lost and none is another");
}

/// Fields come and go and change their names; `at`, `hush` and `_owner` stay.
fn schema(step: usize) -> Value {
    let mut schema =
        json!({ "type": "object", "properties": { "at": { "type": "string" }, "hush": { "type": "string", "default": "sh" } } });
    let name = ["one", "other"][step / 4 % 2];
    schema["properties"][name] = json!({ "type": ["string", "null"], "maxLength": 20 + step % 3 });
    schema
}

/// A rule of a column comes and goes; that of the rows, and that of `hush`, are always there.
fn permissions(step: usize) -> Value {
    let all = json!(["create", "read", "update", "delete", "list"]);
    let hidden = json!({ "read": ["admin"], "write": ["admin"] });
    let mut out = json!({ "models": { "admin": all, "w": all }, "rows": { "w": { "read": "owner" } }, "columns": { "hush": hidden } });
    if step % 2 == 1 {
        out["columns"][["one", "other"][step / 4 % 2]] = hidden;
    }
    out
}

fn change(admin: &Person, step: usize) {
    if step.is_multiple_of(2) {
        admin.put("/api/registry/models/Moving/permissions", &permissions(step)).must(200);
        return;
    }
    let mut body = json!({ "schema": schema(step) });
    let known = admin.get("/api/registry/models/Moving").must(200).json();
    let (old, new) = (["other", "one"][step / 4 % 2], ["one", "other"][step / 4 % 2]);
    if !known["fields"][old].is_null() {
        body["renames"] = json!({ old: new });
    }
    admin.put("/api/registry/models/Moving", &body).must(201);
}

/// Makes records, changes them, and lists after each: everything there is of somebody's own, and nothing else.
fn write(writer: &Person, at: usize, made: &Mutex<BTreeMap<String, Value>>) {
    let me = writer.get("/api/me").must(200).json()["id"].clone();
    let mut own = BTreeSet::new();
    for row in 0..ROWS {
        let record = writer.post("/api/records/Moving", &json!({ "at": format!("{at}.{row}") })).must(201).json();
        let id = record["_id"].as_str().unwrap().to_owned();
        let changed = json!({ "at": format!("{at}.{row} changed") });
        let answer = writer.patch(&format!("/api/records/Moving/{id}"), &changed).must(200).json();
        own.insert(id.clone());
        made.lock().unwrap().insert(id, changed["at"].clone());
        let listed = writer.get("/api/records/Moving?limit=1000").must(200).json();
        let items = listed["items"].as_array().unwrap();
        for item in items.iter().chain([&record, &answer]) {
            assert_eq!(item["_owner"], me, "the rule of the rows is always there");
            assert!(item.get("hush").is_none(), "and that of the column: {item}");
        }
        assert_eq!(items.iter().map(|item| item["_id"].as_str().unwrap().to_owned()).collect::<BTreeSet<_>>(), own);
    }
}

#[test]
fn h_r1_a_client_that_leaves_has_its_write_once_or_not_at_all() {
    const CLIENTS: usize = 40;
    let world = World::new();
    let key = world.registry.administrator_key("leaving").unwrap();
    let admin = world.someone(Some(key.clone()));
    let text = json!({ "type": "string" });
    admin.post("/api/registry/models", &json!({ "name": "Once", "schema": { "type": "object", "properties": { "tag": text } } })).must(201);
    for at in 0..CLIENTS {
        let body = json!({ "tag": format!("t{at}") });
        leave(&world, &key, at, &body.to_string());
        let retry = || Request::post("/api/records/Once").json(&body).header("idempotency-key", format!("once-{at}"));
        // The first may still run: then that is told, and there is nothing yet.
        let first = loop {
            let answer = admin.send(retry());
            if answer.status() != 409 {
                break answer.must(201);
            }
        };
        let again = admin.send(retry()).must(201);
        assert_eq!(
            (first.json(), first.header("location"), first.header("etag")),
            (again.json(), again.header("location"), again.header("etag"))
        );
    }
    let stored = admin.get("/api/records/Once?limit=1000").must(200).json();
    let tags: Vec<&str> = stored["items"].as_array().unwrap().iter().map(|item| item["tag"].as_str().unwrap()).collect();
    assert_eq!(tags.len(), CLIENTS);
    assert_eq!(tags.iter().collect::<BTreeSet<_>>().len(), CLIENTS, "one record for each key");
    let log = admin.get("/api/audit?model=Once&operation=create&limit=1000").must(200).json();
    let ids = |items: &Value, name: &str| -> BTreeSet<String> {
        items["items"].as_array().unwrap().iter().map(|item| item[name].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!(log["items"].as_array().unwrap().len(), CLIENTS, "one entry for each record");
    assert_eq!(ids(&log, "record"), ids(&stored, "_id"));
}

/// Sends a request, or a part of it, and goes without waiting for the answer.
fn leave(world: &World, key: &str, at: usize, body: &str) {
    let address = world.address;
    let length = body.len();
    let request = format!(
        "POST /api/records/Once HTTP/1.1\r\nHost: {address}\r\nAuthorization: Bearer {key}\r\nContent-Type: application/json\r\n\
         Idempotency-Key: once-{at}\r\nContent-Length: {length}\r\n\r\n{body}"
    );
    let sent = if at % 4 == 3 { request.len() - 1 - at % length } else { request.len() };
    let mut stream = TcpStream::connect(address).unwrap();
    stream.write_all(&request.as_bytes()[..sent]).unwrap();
    match at % 3 {
        0 => drop(stream),
        1 => stream.shutdown(Shutdown::Both).unwrap(),
        // Bytes nobody reads make the end a reset.
        _ => {
            let _ = stream.write_all(b"G");
            drop(stream);
        }
    }
}

#[test]
fn h_r1_a_pending_that_is_dropped_cancels_nothing() {
    const WRITES: usize = 60;
    let world = World::new();
    let key = world.registry.administrator_key("dropping").unwrap();
    let session = world.registry.session(world.registry.authenticate(Some(&key)).unwrap());
    let admin = world.someone(Some(key));
    let text = json!({ "type": "string" });
    admin.post("/api/registry/models", &json!({ "name": "Once", "schema": { "type": "object", "properties": { "tag": text } } })).must(201);
    for at in 0..WRITES {
        drop(session.create_value("Once", json!({ "tag": format!("t{at}") }), dmr::Write::default()));
    }
    // The writer takes commands in order: what comes after has seen all of them.
    admin.post("/api/records/Once", &json!({ "tag": "last" })).must(201);
    let stored = admin.get("/api/records/Once?limit=1000").must(200).json();
    assert_eq!(stored["items"].as_array().unwrap().len(), WRITES + 1);
    let log = admin.get("/api/audit?model=Once&operation=create&limit=1000").must(200).json();
    assert_eq!(log["items"].as_array().unwrap().len(), WRITES + 1);
}
