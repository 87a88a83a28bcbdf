//! Times the form plan of a large schema in process: of a file, or of one made here after the pattern of the largest in use, with thousands of
//! fields in types that refer to one another and a root that is any of them. Prints one JSON line.
//!
//! `cargo run --release -p dmr --example forms [SCHEMA.json]`

#![allow(clippy::print_stdout, reason = "this is a program that prints")]

use dmr::core::form::{Control, Form};
use dmr::core::json;
use dmr::{Code, Object, Problem, Registry, Value};
use serde_json::json;
use std::time::{Duration, Instant};

/// The binary's.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Types and how many fields each has: as many as FHIR R4 describes.
const TYPES: usize = 700;
const FIELDS: usize = 20;
/// How many of the types a record can be.
const ROOTS: usize = 150;
const ROUNDS: usize = 20;

fn main() -> Result<(), Problem> {
    let schema = match std::env::args().nth(1) {
        Some(path) => read(&path)?,
        None => made(),
    };
    let registry = Registry::memory()?;
    let session = registry.session(registry.local()?);
    let began = Instant::now();
    session.register(json!({"name": "Large", "schema": schema})).wait()?;
    let registering = began.elapsed();
    let mut times = Vec::new();
    let mut last: Option<(Form, usize)> = None;
    for _ in 0..ROUNDS {
        let began = Instant::now();
        let (form, _) = session.ui_schema("Large").wait()?;
        let text = serde_json::to_vec(&form).map_err(|fault| Problem::new(Code::Internal, fault.to_string()))?;
        times.push(began.elapsed());
        last = Some((form, text.len()));
    }
    times.sort();
    let millis = |time: Duration| time.as_secs_f64() * 1e3;
    let Some((form, bytes)) = last else { return Err(Problem::new(Code::Internal, "there were no rounds")) };
    let controls: usize = std::iter::once(&form.record).chain(form.parts.values()).map(count).sum();
    println!(
        "{}",
        json!({
            "register_ms": millis(registering), "plan_ms": millis(times[ROUNDS / 2]), "slowest_ms": millis(times[ROUNDS - 1]),
            "controls": controls, "parts": form.parts.len(), "bytes": bytes,
        })
    );
    Ok(())
}

fn count(control: &Control) -> usize {
    1 + control.inside().map(count).sum::<usize>()
}

fn read(path: &str) -> Result<Value, Problem> {
    let bytes = std::fs::read(path).map_err(|fault| Problem::new(Code::FileUnreadable, format!("{path}: {fault}")))?;
    let mut schema = json::parse(&bytes)?;
    // FHIR gives members of the top names of the system's: inside one member they are as good as any.
    if schema.pointer("/definitions/ResourceList").is_some() {
        let definitions = schema["definitions"].take();
        schema = json!({
            "$schema": schema["$schema"], "type": "object", "properties": {"resource": {"$ref": "#/definitions/ResourceList"}},
            "definitions": definitions,
        });
    }
    Ok(schema)
}

/// Types of texts, numbers, choices, lists and references.
fn made() -> Value {
    let mut types = Object::new();
    for at in 0..TYPES {
        let mut fields = Object::new();
        fields.insert("kind".into(), json!({"const": format!("T{at}")}));
        for field in 0..FIELDS {
            let refers = format!("#/$defs/T{}", (at * 31 + field * 17) % TYPES);
            let schema = match field % 6 {
                0 => json!({"type": "string", "description": "What it is called.", "maxLength": 200}),
                1 => json!({"type": "array", "items": {"$ref": refers}}),
                2 => json!({"enum": ["active", "done", "cancelled", null]}),
                3 => json!({"$ref": refers, "description": "What it belongs to."}),
                4 => json!({"type": ["number", "null"], "minimum": 0, "maximum": 100}),
                _ => json!({"type": "string", "format": "date-time"}),
            };
            fields.insert(format!("field_{field}"), schema);
        }
        types
            .insert(format!("T{at}"), json!({"type": "object", "properties": fields, "required": ["kind"], "additionalProperties": false}));
    }
    let roots: Vec<Value> = (0..ROOTS).map(|at| json!({"$ref": format!("#/$defs/T{at}")})).collect();
    json!({"type": "object", "oneOf": roots, "$defs": types})
}
