//! What is told is what Python works out from the listed records: equal where it says exact, within its bounds elsewhere.

use super::Random;
use crate::ingest::{File, file, real};
use crate::world::{Outcome, Person, World, id, on_both, with_settings};
use dmr::core::json;
use dmr::{Settings, Value};
use serde_json::json;
use std::path::Path;
use std::process::Command;

/// Holds the statistics of a model against its listed records. The tests need `python3`, as the README says.
pub fn judged(admin: &Person, model: &str) -> String {
    judged_as(admin, model, &admin.statistics_of(model).done())
}

pub fn judged_as(admin: &Person, model: &str, told: &Value) -> String {
    let mut records = Vec::new();
    for record in admin.all(model) {
        json::write(&record, &mut records);
        records.push(b'\n');
    }
    let (records, told) = (file("records.ndjson", records), file("told.json", json::to_string(told)));
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/python/statistics.py");
    let output = Command::new("python3").arg(script).args([&records.path, &told.path]).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap().trim().to_owned()
}

fn people(rows: usize) -> File {
    let people = file("people.csv", "");
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/bench/people.py");
    assert!(Command::new("python3").arg(script).arg(rows.to_string()).arg(&people.path).status().unwrap().success());
    people
}

/// Few values are kept, so that much is estimated of little.
fn sparing(values: usize) -> Settings {
    let mut settings = Settings::default();
    settings.statistics.exact_values = values;
    settings
}

#[test]
fn x1_figures_of_real_data_are_exact() {
    on_both(|world| {
        let admin = world.admin();
        let model = admin.takes_in(&real("mlb_players.csv")).done()["model"].as_str().unwrap().to_owned();
        assert_eq!(judged(&admin, &model), "1034 records, 6 fields exact, 0 estimated");
    });
}

#[test]
fn x1_estimates_are_within_the_bounds_they_tell() {
    let people = people(4000);
    with_settings(&sparing(1500), |world| {
        let admin = world.admin();
        let model = admin.takes_in(&people.path).done()["model"].as_str().unwrap().to_owned();
        assert_eq!(judged(&admin, &model), "4000 records, 4 fields exact, 10 estimated");
    });
}

const SCHEMA: &str = r#"{
    "type": "object", "additionalProperties": false,
    "properties": {
        "word": {"type": ["string", "null"]}, "number": {"type": "number"}, "units": {"type": ["integer", "null"]},
        "price": {"type": "string", "format": "decimal"}, "day": {"type": "string", "format": "date"},
        "paid": {"type": "boolean"}, "tags": {"type": "array", "items": {"type": "string"}},
        "place": {"type": "object", "properties": {"city": {"type": "string"}, "level": {"type": "integer"}}},
        "extra": {}
    }
}"#;

fn record(random: &mut Random) -> Value {
    let mut record = serde_json::Map::new();
    let mut put = |random: &mut Random, name: &str, value: Value| {
        if random.chance(85) {
            record.insert(name.to_owned(), value);
        }
    };
    let word = if random.chance(10) { Value::Null } else { json!(format!("word {}", random.below(60))) };
    put(random, "word", word);
    let spelled =
        [format!("{}.{:02}", random.below(900), random.below(100)), format!("{}e-3", random.below(99)), format!("-{}", random.below(9))];
    let number = json::parse(random.pick(&spelled).as_bytes()).unwrap();
    put(random, "number", number);
    let units = if random.chance(10) { Value::Null } else { json!(random.below(2000)) };
    put(random, "units", units);
    let price = json!(format!("{}.{}0", random.below(500), random.below(10)));
    put(random, "price", price);
    let day = json!(format!("2024-{:02}-{:02}", 1 + random.below(12), 1 + random.below(28)));
    put(random, "day", day);
    let paid = json!(random.chance(50));
    put(random, "paid", paid);
    let tags = json!(random.some(&["a", "b", "c"], 50));
    put(random, "tags", tags);
    let place = match random.below(4) {
        0 => json!({}),
        1 => json!({ "city": "Ulm" }),
        _ => json!({ "city": format!("city {}", random.below(20)), "level": random.below(5) }),
    };
    put(random, "place", place);
    let extra = random.pick(&[json!(7), json!(0.5), json!("seven"), json!(true), json!({ "a": 1 }), json!([1])]).clone();
    put(random, "extra", extra);
    Value::Object(record)
}

/// A history of everything that changes records.
pub struct Life {
    random: Random,
    live: Vec<String>,
    deleted: Vec<String>,
}

impl Life {
    pub fn begin(admin: &Person, seed: u64) -> Self {
        admin.registers(json!({ "name": "Thing", "schema": json::parse(SCHEMA.as_bytes()).unwrap() })).done();
        Self { random: Random::new(seed), live: Vec::new(), deleted: Vec::new() }
    }

    pub fn goes_on(&mut self, admin: &Person, steps: usize) {
        for _ in 0..steps {
            self.step(admin);
        }
    }

    fn step(&mut self, admin: &Person) {
        let Self { random, live, deleted } = self;
        match random.below(100) {
            0..25 => live.push(id(&admin.creates("Thing", record(random)).done())),
            25..40 => {
                let rows: Vec<Value> = (0..random.between(2, 40)).map(|_| record(random)).collect();
                let made = admin.creates_all("Thing", &json!(rows)).done();
                live.extend(made["ids"].as_array().unwrap().iter().map(|id| id.as_str().unwrap().to_owned()));
            }
            _ if live.is_empty() => {}
            40..60 => drop(admin.updates("Thing", &random.pick(live).clone(), record(random)).done()),
            60..70 => drop(admin.replaces("Thing", &random.pick(live).clone(), record(random)).done()),
            70..80 => {
                let gone = live.swap_remove(random.below(live.len()));
                admin.deletes("Thing", &gone).done();
                deleted.push(gone);
            }
            80..85 => {
                let gone = live.swap_remove(random.below(live.len()));
                admin.purges("Thing", &gone).done();
            }
            85..88 => drop(admin.reverts("Thing", &random.pick(live).clone(), 1).done()),
            _ if deleted.is_empty() => {}
            88..95 => {
                let back = deleted.swap_remove(random.below(deleted.len()));
                admin.restores("Thing", &back).done();
                live.push(back);
            }
            _ => {
                let gone = deleted.swap_remove(random.below(deleted.len()));
                admin.purges("Thing", &gone).done();
            }
        }
    }

    /// What is told holds, and there is something to it.
    pub fn is_told(&self, admin: &Person) -> String {
        let told = admin.statistics_of("Thing").done();
        assert_eq!((told["rows"].clone(), told["deleted"].clone()), (json!(self.live.len()), json!(self.deleted.len())), "{told}");
        judged_as(admin, "Thing", &told)
    }
}

#[test]
fn x2_every_history_leaves_what_a_recount_finds() {
    for seed in 1..=3 {
        on_both(|world: World| {
            let admin = world.admin();
            let mut life = Life::begin(&admin, seed);
            for _ in 0..6 {
                life.goes_on(&admin, 40);
                assert!(life.is_told(&admin).ends_with("10 fields exact, 0 estimated"));
            }
        });
    }
}

#[test]
fn x2_what_is_taken_away_leaves_estimates_within_their_bounds() {
    for seed in 4..=5 {
        with_settings(&sparing(30), |world: World| {
            let admin = world.admin();
            let mut life = Life::begin(&admin, seed);
            for _ in 0..5 {
                life.goes_on(&admin, 80);
                assert!(!life.is_told(&admin).ends_with("0 estimated"));
            }
            let told = admin.fresh_statistics_of("Thing").done();
            assert!(told["fields"].as_array().unwrap().iter().all(|field| field.pointer("/estimates/taken").is_none()), "{told}");
            judged_as(&admin, "Thing", &told);
        });
    }
}
