//! Times the catalog in process: a model by name and by path with the asker's rights, and a glob; a hundred models registered on disk and looked up
//! (M11). Prints one JSON line.
//!
//! `cargo run --release -p dmr --example lookup`

#![allow(clippy::print_stdout, reason = "this is a program that prints")]

use dmr::core::catalog::Catalog;
use dmr::core::change::RegistryKind;
use dmr::core::name::Glob;
use dmr::{Code, Problem, Registry, Value};
use serde_json::json;
use std::hint::black_box;
use std::time::{Duration, Instant};

const MODELS: usize = 10_000;
const PATHS: usize = 100_000;
const ROUNDS: usize = 1_000_000;

fn main() -> Result<(), Problem> {
    let registry = Registry::memory()?;
    let session = registry.session(registry.local()?);
    let schema = json!({"type": "object", "properties": {"name": {"type": "string"}}});
    let began = Instant::now();
    for at in 0..MODELS {
        session.register(json!({"name": format!("M{at}"), "namespace": format!("n{}", at % 100), "schema": schema})).wait()?;
    }
    let registering = began.elapsed() / MODELS as u32;
    let names: Vec<String> = (0..MODELS).map(|at| format!("n{}.M{at}", at % 100)).collect();
    let paths: Vec<String> = names.iter().map(|name| format!("ns.models.{name}")).collect();
    let by_name = time_lookups(&names, |name| session.seen_model(name).is_ok());
    let by_path = time_lookups(&paths, |path| session.seen_model(path).is_ok());
    let (hundred, found) = hundred(&schema)?;
    println!(
        "{}",
        json!({
            "hundred_ms": hundred.as_secs_f64() * 1e3, "hundred_found_ms": found.as_secs_f64() * 1e3,
            "entries": MODELS, "register_us": registering.as_secs_f64() * 1e6,
            "by_name_ns": by_name.as_secs_f64() * 1e9, "by_path_ns": by_path.as_secs_f64() * 1e9,
            "glob_entries": PATHS, "glob_ms": time_glob()?.as_secs_f64() * 1e3,
        })
    );
    Ok(())
}

/// A hundred models registered one after the other in a data directory, and each looked up.
fn hundred(schema: &Value) -> Result<(Duration, Duration), Problem> {
    let unmade = |error: std::io::Error| Problem::new(Code::Internal, format!("no directory: {error}"));
    let directory = tempfile::tempdir().map_err(unmade)?;
    let registry = Registry::open(directory.path())?;
    let session = registry.session(registry.local()?);
    let began = Instant::now();
    for at in 0..100 {
        session.register(json!({"name": format!("M{at}"), "schema": schema})).wait()?;
    }
    let registered = began.elapsed();
    let began = Instant::now();
    for at in 0..100 {
        black_box(session.get_model(&format!("M{at}"))?);
    }
    let found = began.elapsed();
    registry.close();
    Ok((registered, found))
}

/// The mean of a lookup, names taken in an order without pattern.
fn time_lookups(names: &[String], lookup: impl Fn(&str) -> bool) -> Duration {
    let mut at = 1;
    let began = Instant::now();
    for _ in 0..ROUNDS {
        at = (at * 7_919 + 13) % names.len();
        assert!(black_box(lookup(black_box(&names[at]))));
    }
    began.elapsed() / ROUNDS as u32
}

/// The median of 20 globs that match one path in a hundred.
fn time_glob() -> Result<Duration, Problem> {
    let mut catalog = Catalog::default();
    for at in 1..=PATHS {
        let head = json!({"id": at, "namespace": format!("n{}", at % 100), "name": format!("M{at}"), "revision": 1, "stamp": 1,
            "source": "external", "next_index": 1, "next_field": 1, "permissions": {}, "created_at": 0, "updated_at": 0});
        catalog.load(RegistryKind::Model, &at.to_string(), head.to_string().into_bytes())?;
    }
    let glob = Glob::new("*.n4*.M*7");
    let mut times: Vec<Duration> = (0..20)
        .map(|_| {
            let began = Instant::now();
            assert!(black_box(catalog.glob(&glob).count()) > 0);
            began.elapsed()
        })
        .collect();
    times.sort();
    Ok(times[10])
}
