//! Holds a running server to the OpenAPI documents it serves: schemathesis makes requests from them, valid and not, and no answer may be a
//! failure of the server (5xx) or another than the document says.

use crate::command;
use crate::failure::Failure;
use crate::served::{Client, Home};
use crate::setup::schemathesis;
use crate::test::FEATURES;
use crate::tree;
use serde_json::{Value, json};
use std::path::{Path, PathBuf};
use std::process::Command;

/// Requests made from each operation, in each phase that makes them.
const EXAMPLES: &str = "30";

/// The longest to wait for an answer, in seconds: long, for a disk that others keep busy is no failure of the server.
const PATIENCE: &str = "300";

/// Serves three models, each document by a server and a data directory of its own, and asks as the administrator for all there is: the same
/// each time, so that a suite that passed passes again, or what a seed gives.
pub fn run(seed: Option<&str>) -> Result<(), Failure> {
    schemathesis::install()?;
    command::run(command::cargo(&["build", "--workspace", "--bin", "dmr"]).args(FEATURES))?;
    let target = std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| tree::top().join("target"), PathBuf::from);
    let data = target.join("api");
    if data.exists() {
        std::fs::remove_dir_all(&data).map_err(Failure::file(&data))?;
    }
    let program = target.join("debug/dmr");
    let names = models().map(|(model, _)| model["name"].as_str().unwrap_or_default().to_owned());
    let [first, ..] = &names;
    // Two at a time: the document of everything takes as long as the others one after the other.
    let held: Vec<bool> = std::thread::scope(|scope| {
        let all = scope.spawn(|| holds(&program, &data.join("all"), "/openapi.json", first, seed));
        let one = |name: &String| holds(&program, &data.join(name), &format!("/openapi/{name}.json"), name, seed);
        let each: Result<Vec<bool>, Failure> = names.iter().map(one).collect();
        let all = all.join().unwrap_or_else(|_| Err(Failure::Missing("the check of the whole document did not end".to_owned())));
        Ok::<_, Failure>(each?.into_iter().chain([all?]).collect())
    })?;
    let failed = held.iter().filter(|well| !**well).count();
    if failed == 0 { Ok(()) } else { Err(Failure::Found { check: "the served API", findings: failed }) }
}

/// Whether a server holds to one document, with what was found told; `model` is the one whose records are asked for.
fn holds(program: &Path, data: &Path, document: &str, model: &str, seed: Option<&str>) -> Result<bool, Failure> {
    std::fs::create_dir_all(data).map_err(Failure::file(data))?;
    let home = Home::make(program, data)?;
    let server = home.start()?;
    let there = furnish(&mut home.admin(&server)?, model)?;
    let mut check = Command::new(schemathesis::program());
    check.arg("--config-file").arg(tree::top().join("xtask/schemathesis.toml"));
    check.arg("run").arg(format!("http://{}{document}", server.address));
    check.args(["--max-examples", EXAMPLES, "--continue-on-failure", "--no-color"]);
    check.args(["--suppress-health-check", "all", "--request-timeout", PATIENCE, "--max-response-time", PATIENCE]);
    match seed {
        Some(seed) => check.args(["--seed", seed]),
        None => check.arg("--generation-deterministic"),
    };
    check.args(["--header", &format!("Authorization: Bearer {}", home.admin)]);
    check.env("DMR_HOOKS", tree::top().join("xtask/schemathesis_hooks.py")).envs(there).current_dir(data);
    let call = format!("schemathesis run {document}");
    let output =
        check.output().map_err(|error| Failure::Program { call: call.clone(), outcome: format!("could not be started: {error}") })?;
    let said = String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
    let well = output.status.success();
    println!("\n$ {call}\n{}", if well { ending(&said) } else { &said });
    // Whatever it was asked, it goes on, and the administrator is who it was.
    home.admin(&server)?.get_done("GET", "/api/roles", None)?;
    Ok(well)
}

/// What schemathesis tells at its end, from the number of requests it made.
fn ending(said: &str) -> &str {
    said.find("Test cases:").map_or(said, |at| &said[at..]).trim_end()
}

/// Makes what requests can be about, and gives its names and ids as `schemathesis.toml` calls them.
fn furnish(client: &mut Client, model: &str) -> Result<[(&'static str, String); 6], Failure> {
    let made = |client: &mut Client, path: &str, body: &Value, id: &str| -> Result<String, Failure> {
        let answer = client.get_done("POST", path, Some(&body.to_string()))?.json();
        Ok(answer[id].as_str().unwrap_or_default().to_owned())
    };
    let (mut record, mut doomed) = (String::new(), String::new());
    for (registration, records) in models() {
        made(client, "/api/registry/models", &registration, "name")?;
        if registration["name"] == model {
            let path = format!("/api/records/{model}");
            record = made(client, &path, &records[0], "_id")?;
            doomed = made(client, &path, &records[1], "_id")?;
            client.get_done("DELETE", &format!("{path}/{doomed}"), None)?;
        }
    }
    let note = json!({"type": "object", "properties": {"text": {"type": "string"}}});
    for name in ["Moving", "Shared", "Spare"] {
        made(client, "/api/registry/models", &json!({"name": name, "schema": note}), "name")?;
    }
    client.get_done("PUT", "/api/roles/editor", Some(&json!({"rights": ["register"]}).to_string()))?;
    let ingest = json!({"source_name": "notes", "data_records": [{"a": 1}, 7]});
    Ok([
        ("DMR_MODEL", model.to_owned()),
        ("DMR_RECORD", record),
        ("DMR_DOOMED", doomed),
        ("DMR_PRINCIPAL", made(client, "/api/principals", &json!({"name": "ann", "roles": ["user"]}), "id")?),
        ("DMR_LEAVER", made(client, "/api/principals", &json!({"name": "leaver", "roles": []}), "id")?),
        ("DMR_INGEST", made(client, "/api/dynamic-schema/process", &ingest, "ingest")?),
    ])
}

/// Three models that have between them what a description must tell, each with two records.
fn models() -> [(Value, Value); 3] {
    let product = json!({
        "name": "Product",
        "schema": {"type": "object", "additionalProperties": false, "required": ["sku", "price"], "properties": {
            "sku": {"type": "string", "pattern": "^[A-Z]{2}-[0-9]{4}$"},
            "price": {"type": "number", "exclusiveMinimum": 0, "maximum": 100_000},
            "stock": {"type": "integer", "minimum": 0, "default": 0},
            "tags": {"type": "array", "items": {"type": "string", "maxLength": 20}, "maxItems": 5},
        }},
        "unique": [["sku"]], "indexes": [["-price"]], "fields": {"sku": {"behaviours": ["SEARCHABLE"]}, "tags": {"behaviours": ["SEARCHABLE"]}},
    });
    let person = json!({
        "name": "Person", "key": ["email"],
        "schema": {"type": "object", "required": ["email"], "properties": {
            "email": {"type": "string", "minLength": 3, "maxLength": 80},
            "born": {"type": ["string", "null"], "format": "date"},
            "address": {"type": "object", "properties": {"city": {"type": "string"}, "zip": {"type": "string"}}},
            "boss": {"type": ["string", "null"], "maxLength": 80},
        }},
        "fields": {"boss": {"references": "Person", "on_delete": "restrict"}},
    });
    let event = json!({
        "name": "Event", "storage": "structured",
        "schema": {"type": "object", "required": ["at", "kind"], "properties": {
            "at": {"type": "string", "format": "date-time"},
            "kind": {"enum": ["opened", "closed"]},
            "done": {"type": "boolean"},
        }},
    });
    [
        (product, json!([{"sku": "AB-0001", "price": 9.5, "tags": ["new"]}, {"sku": "AB-0002", "price": 1}])),
        (person, json!([{"email": "a@example.org", "born": null, "address": {"city": "Paris"}}, {"email": "b@example.org"}])),
        (event, json!([{"at": "2026-01-02T03:04:05Z", "kind": "opened", "done": false}, {"at": "2026-01-02T03:04:06Z", "kind": "closed"}])),
    ]
}
