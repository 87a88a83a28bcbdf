//! Bulk create: a thousand rows a request, one durable commit a request, beside bare prepared inserts of the same rows.

#[cfg(feature = "bench")]
mod bare;
pub mod people;

#[cfg(feature = "bench")]
pub use bare::bare_inserts;

use crate::bench::figure::{Demand, Line};
use crate::bench::plan::Plan;
use crate::bench::stored::{home, load, model};
use crate::command;
use crate::failure::Failure;
use serde_json::{Value, json};
use std::path::{Path, PathBuf};

/// Rows a request.
const ROWS: u64 = 1000;

/// 3 and 14 columns, two requests in flight.
pub fn measure(plan: &Plan) -> Result<Vec<Line>, Failure> {
    let mut lines = Vec::new();
    for columns in [3, 14] {
        let what = format!("rows by bulk create of {ROWS} a request, {columns} columns, 2 in flight; the floor: bare prepared inserts");
        let mut line = Line::new(what, "/s", Demand::Share(0.60, None));
        let bodies = write_bodies(plan, columns)?;
        for round in 1..=plan.rounds {
            println!("round {round}");
            if plan.has("floor") {
                line.floor.add(bare(plan, &bodies)?, None);
            }
            if plan.has("dmr") {
                let (rows, cpu) = bulk(plan, columns, &bodies)?;
                line.dmr.add(rows, cpu);
            }
        }
        lines.push(line);
    }
    Ok(lines)
}

/// Rows a second over HTTP, and the CPU time a row.
fn bulk(plan: &Plan, columns: usize, bodies: &Path) -> Result<(f64, Option<f64>), Failure> {
    let home = home(plan, "bulk")?;
    let server = home.start()?;
    let fields = people::fields(columns);
    home.admin(&server)?.get_done("POST", "/api/registry/models", Some(&model("Person", &fields, json!([])).to_string()))?;
    let given = [("BENCH_PATH", "/api/records/Person".to_owned()), ("BENCH_BODIES", bodies.display().to_string())];
    let measured = load(&home, &server, "bulk.lua", 2, plan.seconds, &given)?;
    Ok((measured.rate * ROWS as f64, measured.cpu.map(|cpu| cpu / ROWS as f64)))
}

/// Rows a second by prepared inserts, in a process of its own.
fn bare(plan: &Plan, bodies: &Path) -> Result<f64, Failure> {
    let database = plan.empty("bare")?.join("bare.db");
    let mut call = plan.optimised()?;
    let said = command::output(call.arg("bare-inserts").arg(bodies).arg(database).arg(plan.seconds.to_string()))?;
    let rows = said.trim().parse().map_err(|_| Failure::Missing(format!("the bare inserts told no number: {said}")))?;
    println!("  bare      {rows:>9.0} rows/s");
    Ok(rows)
}

/// Eight requests' rows, an array a line.
fn write_bodies(plan: &Plan, columns: usize) -> Result<PathBuf, Failure> {
    let path = plan.folder.join(format!("bodies-{columns}.ndjson"));
    let body = |from: u64| Value::from((from..from + ROWS).map(|number| people::person(number, columns)).collect::<Vec<_>>());
    let text: String = (0..8).map(|at| format!("{}\n", body(at * ROWS))).collect();
    std::fs::write(&path, text).map_err(Failure::file(&path))?;
    Ok(path)
}

/// Stands in for the measurement in builds without the feature `bench`.
#[cfg(not(feature = "bench"))]
pub fn bare_inserts(_: &[String]) -> Result<(), Failure> {
    Err(Failure::Missing("this build has no bare inserts in it: they are behind the feature `bench`".to_owned()))
}
