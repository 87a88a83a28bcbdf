//! What is stored in dmr before it is measured, and the load on it.

use super::load::{Load, Measured};
use super::plan::Plan;
use crate::failure::Failure;
use crate::served::{Client, Home, Server};
use serde_json::{Value, json};
use std::path::Path;
use std::time::Duration;

/// Every right to a model's records.
pub const ALL: [&str; 5] = ["create", "read", "update", "delete", "list"];

/// An empty data directory of this name.
pub fn home(plan: &Plan, name: &str) -> Result<Home, Failure> {
    Home::make(&plan.dmr(), &plan.empty(name)?)
}

/// Loads a server by one of our scripts, as the principal in the role `user` where no other key is given.
pub fn load(
    home: &Home,
    server: &Server,
    script: &str,
    in_flight: u32,
    seconds: u64,
    given: &[(&'static str, String)],
) -> Result<Measured, Failure> {
    let given = std::iter::once(("BENCH_KEY", home.user.clone())).chain(given.iter().cloned()).collect();
    print!("  dmr       ");
    Load { script: Plan::script(script), path: "/".to_owned(), in_flight, seconds, given }.run(server)
}

/// A registration of a model whose fields are all required.
pub fn model(name: &str, fields: &[(&str, Value)], indexes: Value) -> Value {
    let properties: serde_json::Map<String, Value> = fields.iter().map(|(name, schema)| ((*name).to_owned(), schema.clone())).collect();
    let required: Vec<&str> = fields.iter().map(|(name, _)| *name).collect();
    json!({
        "name": name,
        "schema": {"type": "object", "properties": properties, "required": required},
        "indexes": indexes,
        "permissions": {"models": {"admin": ALL, "user": ALL}},
    })
}

/// The model of three text fields that the floor's messages are.
pub fn message(indexes: Value) -> Value {
    let text = || json!({"type": "string"});
    model("Message", &[("owner", text()), ("room", text()), ("data", text())], indexes)
}

/// Stores records in batches of 10,000, made by `record(number)`, and gives their ids in order.
pub fn preload(
    client: &mut Client,
    model: &str,
    numbers: std::ops::Range<u64>,
    record: impl Fn(u64) -> Value,
) -> Result<Vec<String>, Failure> {
    let mut ids = Vec::new();
    let path = format!("/api/records/{model}");
    let mut from = numbers.start;
    while from < numbers.end {
        let to = numbers.end.min(from + 10_000);
        let batch: Vec<Value> = (from..to).map(&record).collect();
        let answer = client.get_done("POST", &path, Some(&Value::from(batch).to_string()))?.json();
        let made = answer["ids"].as_array().cloned().unwrap_or_default();
        ids.extend(made.iter().filter_map(|id| id.as_str().map(str::to_owned)));
        from = to;
    }
    Ok(ids)
}

/// How many entries of the log the statistics lack.
pub fn behind(client: &mut Client) -> Result<f64, Failure> {
    let figures = client.get_done("GET", "/stats", None)?.json();
    Ok(figures["statistics_behind"].as_f64().unwrap_or_default())
}

/// Waits until the statistics have read all that was stored, so that they do not run beside what is measured.
pub fn settle(admin: &mut Client) -> Result<(), Failure> {
    while behind(admin)? > 0.0 {
        std::thread::sleep(Duration::from_millis(50));
    }
    Ok(())
}

/// Writes ids where a script reads them, a line each.
pub fn write_ids(data: &Path, ids: &[String]) -> Result<(&'static str, String), Failure> {
    let path = data.with_extension("ids");
    std::fs::write(&path, ids.join("\n") + "\n").map_err(Failure::file(&path))?;
    Ok(("BENCH_IDS", path.display().to_string()))
}
