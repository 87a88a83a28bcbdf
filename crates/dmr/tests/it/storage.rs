//! A model changes its storage while it is in use (D4).

use crate::world::{Outcome, Person, id, on_both};
use dmr::{ModelChange, SearchFor, Value};
use serde_json::json;
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

const RECORDS: u64 = 12_000;

fn schema() -> Value {
    json!({ "type": "object", "properties": {
        "sku": { "type": "string" }, "size": { "type": "integer" }, "price": { "type": ["number", "null"] }, "tags": { "type": "array" },
    } })
}

fn record(number: u64) -> Value {
    json!({ "sku": format!("s{number}"), "size": number % 100, "price": number as f64 / 4.0, "tags": [number], "more": { "n": number } })
}

/// Every record but what stands beside it, by what it is called.
fn all(person: &Person) -> BTreeMap<String, Value> {
    let mut found = BTreeMap::new();
    let mut cursor = String::new();
    loop {
        let page = person.lists("Item", &format!("limit=1000{cursor}")).done();
        for item in page["items"].as_array().unwrap() {
            let mut item = item.clone();
            let known: Vec<String> = item.as_object().unwrap().keys().filter(|name| name.starts_with('_')).cloned().collect();
            known.iter().for_each(|name| drop(item.as_object_mut().unwrap().remove(name)));
            assert_eq!(found.insert(item["sku"].as_str().unwrap().to_owned(), item), None);
        }
        match page["next"].as_str() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => return found,
        }
    }
}

fn done(person: &Person, job: &Value) -> Value {
    let began = Instant::now();
    loop {
        let told = person.job(job["id"].as_str().unwrap()).unwrap();
        if told["state"] != "running" {
            return told;
        }
        assert!(told["progress"]["done"].as_u64().unwrap() <= told["progress"]["of"].as_u64().unwrap());
        assert!(began.elapsed() < Duration::from_secs(120), "{told}");
        std::thread::sleep(Duration::from_millis(5));
    }
}

#[test]
fn d4_a_live_model_changes_its_storage_with_nothing_lost_and_writes_going_on() {
    on_both(|world| {
        let admin = world.admin();
        admin.registers(json!({ "name": "Item", "schema": schema(), "key": ["sku"], "fields": { "sku": { "behaviours": ["SEARCHABLE"] } }, "indexes": [["-size"]] })).done();
        for from in (0..RECORDS).step_by(1000) {
            admin.creates_all("Item", &(from..from + 1000).map(record).collect()).done();
        }
        let mut expected: BTreeMap<String, Value> = (0..RECORDS).map(|number| (format!("s{number}"), record(number))).collect();
        let next = AtomicU64::new(RECORDS);
        for storage in ["structured", "flexible"] {
            let running = AtomicBool::new(true);
            let patch = json!({ "storage": storage, "indexes": [["-size"], ["price", "sku"]] });
            let writer = world.person(&format!("writer of {storage}"), &["admin"]);
            std::thread::scope(|scope| {
                let writes = scope.spawn(|| {
                    let mut written = Vec::new();
                    let mut turn = 0;
                    while running.load(Ordering::Relaxed) || turn < 20 {
                        turn += 1;
                        let number = next.fetch_add(1, Ordering::Relaxed);
                        writer.creates("Item", record(number)).done();
                        let changed = (turn * 37) % RECORDS;
                        let updated = writer.updates("Item", &format!("s{changed}"), json!({ "size": number, "price": null })).is_ok();
                        let gone = (turn * 91 + 13) % RECORDS;
                        let deleted = writer.deletes("Item", &format!("s{gone}")).is_ok();
                        written.push((number, updated.then_some(changed), gone, deleted));
                    }
                    written
                });
                match admin.begin_change("Item", patch, None, false).unwrap() {
                    ModelChange::Job(job) => {
                        let told = done(&admin, &job);
                        assert_eq!((&told["state"], told.get("problem")), (&json!("done"), None));
                    }
                    ModelChange::Now(changed) => drop(changed.wait().unwrap()),
                }
                running.store(false, Ordering::Relaxed);
                for (number, changed, gone, deleted) in writes.join().unwrap() {
                    expected.insert(format!("s{number}"), record(number));
                    if let Some(changed) = changed {
                        let record = expected.get_mut(&format!("s{changed}")).unwrap();
                        record["size"] = json!(number);
                        record["price"] = Value::Null;
                    }
                    if deleted {
                        expected.remove(&format!("s{gone}"));
                    }
                }
            });
            let now = all(&admin);
            assert_eq!(now.len(), expected.len());
            for (sku, record) in &expected {
                assert_eq!(now.get(sku), Some(record));
            }
            let model = admin.model("Item").unwrap().0;
            assert_eq!(
                (&model["storage"], &model["version"], &model["records"]),
                (&json!(storage), &json!("1.0.0"), &json!(expected.len()))
            );
            let large = expected.values().filter(|record| record["size"].as_u64() >= Some(RECORDS)).count();
            assert_eq!(admin.lists("Item", &format!("size__gte={RECORDS}&count=exact&limit=1")).done()["count"], large);
            let priced = admin.column("Item", "price__gte=100&price__lt=101&sort=price", "price");
            let there: Vec<Value> = (400..404)
                .map(record)
                .filter(|record| expected[record["sku"].as_str().unwrap()] == *record)
                .map(|record| record["price"].clone())
                .collect();
            assert_eq!(priced, there);
            let found = admin.search("Item", &SearchFor::new("s77")).wait().unwrap();
            assert_eq!(found.items.len(), usize::from(expected.contains_key("s77")));
        }
    });
}

#[test]
fn d4_few_records_change_their_storage_at_once() {
    on_both(|world| {
        let admin = world.admin();
        admin.registers(json!({ "name": "Item", "schema": schema() })).done();
        let one = id(&admin.creates("Item", record(1)).done());
        assert_eq!(admin.changes_model("Item", json!({ "storage": "structured" })).done()["storage"], "structured");
        assert_eq!(admin.gets("Item", &one).done()["more"], json!({ "n": 1 }));
        assert_eq!(admin.puts("Item", json!({ "schema": schema(), "storage": "flexible" })).done()["storage"], "flexible");
        assert_eq!(admin.gets("Item", &one).done()["_version"], 1);
        assert_eq!(admin.changes_model("Item", json!({ "storage": "fast" })).refused()["errors"][0]["pointer"], "/storage");
    });
}
