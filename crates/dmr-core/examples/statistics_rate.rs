//! How long statistics take for a record, of three texts and of fourteen fields, few values and many.
//!
//! `cargo run --release -p dmr-core --example statistics_rate [RECORDS]`
#![allow(clippy::print_stdout, clippy::unwrap_used, clippy::cast_precision_loss, reason = "a program to measure with")]

use dmr_core::document;
use dmr_core::gate::NumberStyle;
use dmr_core::model::Model;
use dmr_core::name::Version;
use dmr_core::permission::Permissions;
use dmr_core::record::RecordId;
use dmr_core::registration::{Defaults, Registration, Targets, build};
use dmr_core::statistics::{Bounds, Reading, Shape, State, Telling};
use serde_json::{Map, Value, json};
use std::sync::Arc;
use std::time::Instant;

const BOUNDS: Bounds = Bounds { values: 10_000, bytes: 1 << 20 };

fn main() {
    let records = std::env::args().nth(1).map_or(300_000, |text| text.parse().unwrap());
    for (name, record) in [("3 texts", three as fn(u64) -> Value), ("14 fields", fourteen)] {
        let model = model(&record(1));
        let docs: Vec<Vec<u8>> = (0..records).map(|number| document::encode(&model, record(number).as_object().unwrap())).collect();
        let mut reading = Reading::new(Arc::new(Shape::of(&model)));
        let began = Instant::now();
        for (number, doc) in docs.iter().enumerate() {
            reading.change(id(number), None, Some(State { deleted: false, doc }), BOUNDS);
        }
        let added = began.elapsed();
        let began = Instant::now();
        let changes = docs.len() / 2;
        for number in 0..changes {
            let [before, after] = [&docs[number], &docs[number + changes]].map(|doc| Some(State { deleted: false, doc }));
            reading.change(id(number), before, after, BOUNDS);
        }
        let changed = began.elapsed();
        let began = Instant::now();
        for at in 0..reading.shape().len() {
            reading.tell(at, Telling { top: 10, numbers: NumberStyle::Exact });
        }
        let told = began.elapsed();
        println!(
            "{name}: {:.2} µs a record added, {:.2} µs a record changed, told in {:.1} ms, about {} KiB",
            added.as_secs_f64() * 1e6 / records as f64,
            changed.as_secs_f64() * 1e6 / changes as f64,
            told.as_secs_f64() * 1e3,
            reading.held() / 1024,
        );
    }
}

fn pick(from: &[&'static str], stirred: u64) -> &'static str {
    usize::try_from(stirred).ok().and_then(|at| from.get(at % from.len())).copied().unwrap_or_default()
}

fn id(number: usize) -> RecordId {
    let number = (number as u128).wrapping_mul(0x9E37_79B9_7F4A_7C15_F39C_C060_5CED_C835);
    RecordId(number.to_be_bytes())
}

fn model(like: &Value) -> Model {
    let kind = |value: &Value| match value {
        Value::String(text) if text.len() == 10 && text.starts_with("2024-") => json!({ "type": "string", "format": "date" }),
        Value::String(text) if text.ends_with(":00Z") => json!({ "type": "string", "format": "date-time" }),
        Value::Number(number) if number.is_i64() => json!({ "type": "integer" }),
        Value::Number(_) => json!({ "type": "number" }),
        Value::Bool(_) => json!({ "type": "boolean" }),
        _ => json!({ "type": "string" }),
    };
    let properties: Map<String, Value> = like.as_object().unwrap().iter().map(|(name, value)| (name.clone(), kind(value))).collect();
    let registration = Registration::read(json!({ "name": "Thing", "schema": { "type": "object", "properties": properties } })).unwrap();
    build(
        &registration,
        None,
        &Defaults { permissions: Permissions::default(), first_version: Version::FIRST, targets: Targets::default() },
    )
    .unwrap()
    .model
}

fn three(number: u64) -> Value {
    json!({ "owner": "018f3c2e-0000-7000-8000-000000000001", "room": "018f3c2e-0000-7000-8000-000000000002", "data": format!("a message {number}") })
}

fn fourteen(number: u64) -> Value {
    let stirred = number.wrapping_mul(2_654_435_761) % (1 << 32);
    json!({
        "id": number, "uuid": format!("{stirred:08x}-0000-4000-8000-{number:012x}"), "full_name": format!("Ana {}", stirred % 200),
        "email": format!("ana.{number}@example{}.com", stirred % 50), "signup_date": format!("2024-{:02}-{:02}", stirred % 12 + 1, stirred % 28 + 1),
        "last_seen": format!("2024-{:02}-{:02}T{:02}:{:02}:00Z", stirred % 12 + 1, stirred % 28 + 1, stirred % 24, stirred % 60),
        "balance": (stirred % 200_000) as f64 / 100.0 + 0.001, "score": (stirred % 1_000_000) as f64 / 1e6 + 0.000_000_1,
        "tier": pick(&["bronze", "silver", "gold", "platinum"], stirred), "country": pick(&["US", "DE"], stirred),
        "phone": format!("+1-{:03}-555-{:04}", stirred % 799 + 200, stirred % 10_000), "is_active": stirred.is_multiple_of(2),
        "url": format!("https://example.com/u/{number}?r={}", stirred % 1000), "zip": format!("{:05}", stirred % 100_000),
    })
}
