//! Holds a running server to the OpenAPI documents it serves: schemathesis makes requests from them, valid and not, and no answer may be a
//! failure of the server (5xx) or another than the document says.

use crate::command;
use crate::failure::Failure;
use crate::served::{Home, Server};
use crate::setup::schemathesis;
use crate::test::FEATURES;
use crate::tree;
use serde_json::{Value, json};
use std::path::PathBuf;
use std::process::Command;

/// Requests made from each operation, in each phase that makes them.
const EXAMPLES: &str = "40";

/// Serves three models, and asks as the administrator for all there is.
pub fn run() -> Result<(), Failure> {
    schemathesis::install()?;
    command::run(command::cargo(&["build", "--workspace", "--bin", "dmr"]).args(FEATURES))?;
    let target = std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| tree::top().join("target"), PathBuf::from);
    let data = target.join("api/data");
    if data.exists() {
        std::fs::remove_dir_all(&data).map_err(Failure::file(&data))?;
    }
    std::fs::create_dir_all(&data).map_err(Failure::file(&data))?;

    let home = Home::make(&target.join("debug/dmr"), &data)?;
    let server = home.start()?;
    let mut client = home.admin(&server)?;
    let mut documents = vec!["/openapi.json".to_owned()];
    for (model, record) in models() {
        let name = model["name"].as_str().unwrap_or_default();
        client.get_done("POST", "/api/registry/models", Some(&model.to_string()))?;
        client.get_done("POST", &format!("/api/records/{name}"), Some(&record.to_string()))?;
        documents.push(format!("/openapi/{name}.json"));
    }
    for document in documents {
        hold_to(&home, &server, &document)?;
    }
    client.get_done("GET", "/health", None).map(drop)
}

fn hold_to(home: &Home, server: &Server, document: &str) -> Result<(), Failure> {
    let mut check = Command::new(schemathesis::program());
    check
        .arg("--config-file")
        .arg(tree::top().join("xtask/schemathesis.toml"))
        .arg("run")
        .arg(format!("http://{}{document}", server.address));
    check.args(["--checks", "all", "--max-examples", EXAMPLES, "--generation-deterministic"]);
    check.args(["--continue-on-failure", "--no-color", "--suppress-health-check", "all", "--request-timeout", "20"]);
    check.args(["--header", &format!("Authorization: Bearer {}", home.admin)]);
    check.current_dir(&home.data);
    println!("\n$ schemathesis run {document}");
    match check.status() {
        Ok(status) if status.success() => Ok(()),
        Ok(status) => Err(Failure::Program { call: format!("schemathesis run {document}"), outcome: format!("ended with {status}") }),
        Err(error) => Err(Failure::Program { call: "schemathesis".to_owned(), outcome: error.to_string() }),
    }
}

/// Three models that have between them what a description must tell, each with a record.
fn models() -> [(Value, Value); 3] {
    let product = json!({
        "name": "Product",
        "schema": {"type": "object", "additionalProperties": false, "required": ["sku", "price"], "properties": {
            "sku": {"type": "string", "pattern": "^[A-Z]{2}-[0-9]{4}$"},
            "price": {"type": "number", "exclusiveMinimum": 0, "maximum": 100_000},
            "stock": {"type": "integer", "minimum": 0, "default": 0},
            "tags": {"type": "array", "items": {"type": "string", "maxLength": 20}, "maxItems": 5},
        }},
        "unique": [["sku"]], "indexes": [["-price"]],
    });
    let person = json!({
        "name": "Person", "key": ["email"],
        "schema": {"type": "object", "required": ["email"], "properties": {
            "email": {"type": "string", "minLength": 3, "maxLength": 80},
            "born": {"type": ["string", "null"], "format": "date"},
            "address": {"type": "object", "properties": {"city": {"type": "string"}, "zip": {"type": "string"}}},
        }},
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
        (product, json!({"sku": "AB-0001", "price": 9.5, "tags": ["new"]})),
        (person, json!({"email": "a@example.org", "born": null, "address": {"city": "Paris"}})),
        (event, json!({"at": "2026-01-02T03:04:05Z", "kind": "opened", "done": false})),
    ]
}
