//! What prepared inserts alone cost: a table with a unique id, a log row a record, the log's index, one durable commit a thousand rows.

use crate::failure::Failure;
use rusqlite::types::Value as Cell;
use rusqlite::{Connection, params, params_from_iter};
use serde_json::Value;
use std::time::{Duration, Instant};

/// `bare-inserts BODIES DATABASE SECONDS`: prints rows a second.
pub fn bare_inserts(arguments: &[String]) -> Result<(), Failure> {
    let [bodies, database, seconds] = arguments else {
        return Err(Failure::Usage("bare-inserts takes BODIES DATABASE SECONDS".to_owned()));
    };
    let text = std::fs::read_to_string(bodies).map_err(Failure::file(bodies))?;
    let batches: Vec<Vec<Row>> = text.lines().map(rows).collect();
    let seconds = Duration::from_secs(seconds.parse().unwrap_or(8));
    let rate = insert(database, &batches, seconds).map_err(|error| Failure::file(database)(std::io::Error::other(error)))?;
    println!("{rate}");
    Ok(())
}

/// A record's cells, and its log entry.
struct Row {
    cells: Vec<Cell>,
    body: String,
}

fn rows(line: &str) -> Vec<Row> {
    let array: Vec<Value> = serde_json::from_str(line).unwrap_or_default();
    let cells = |record: &Value| record.as_object().into_iter().flat_map(|members| members.values().map(cell)).collect();
    array.iter().map(|record| Row { cells: cells(record), body: record.to_string() }).collect()
}

fn cell(value: &Value) -> Cell {
    match value {
        Value::Bool(truth) => Cell::Integer(i64::from(*truth)),
        Value::Number(number) => number.as_i64().map_or_else(|| Cell::Real(number.as_f64().unwrap_or_default()), Cell::Integer),
        Value::String(text) => Cell::Text(text.clone()),
        other => Cell::Text(other.to_string()),
    }
}

fn insert(database: &str, batches: &[Vec<Row>], seconds: Duration) -> rusqlite::Result<f64> {
    let connection = Connection::open(database)?;
    let columns = batches.first().and_then(|batch| batch.first()).map_or(0, |row| row.cells.len());
    let list = |word: &str| (0..columns).map(|at| format!(", {}", word.replace('#', &at.to_string()))).collect::<String>();
    connection.execute_batch(&format!(
        "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA cache_size=-16000;
         CREATE TABLE record(row INTEGER PRIMARY KEY, id BLOB UNIQUE{});
         CREATE TABLE log(position INTEGER PRIMARY KEY, record BLOB, body BLOB);
         CREATE INDEX log_record ON log(record);",
        list("c#")
    ))?;
    let mut record = connection.prepare(&format!("INSERT INTO record(id{}) VALUES(?{})", list("c#"), list("?")))?;
    let mut log = connection.prepare("INSERT INTO log(record, body) VALUES(?, ?)")?;

    let begin = Instant::now();
    let mut stored = 0u64;
    for batch in batches.iter().cycle() {
        connection.execute_batch("BEGIN IMMEDIATE")?;
        for row in batch {
            stored += 1;
            let id = Cell::Blob((u128::from(stored) << 64 | u128::from(stored)).to_be_bytes().to_vec());
            record.execute(params_from_iter(std::iter::once(&id).chain(&row.cells)))?;
            log.execute(params![id, row.body.as_bytes()])?;
        }
        connection.execute_batch("COMMIT")?;
        if begin.elapsed() >= seconds {
            break;
        }
    }
    Ok(stored as f64 / begin.elapsed().as_secs_f64())
}
