//! Many models: registering them, starting with them, the first request to one.

use crate::bench::figure::{Demand, Line, median};
use crate::bench::plan::Plan;
use crate::bench::stored::{home, message};
use crate::failure::Failure;
use crate::served::{Client, Home};
use serde_json::json;

/// How many models' first requests are looked at.
const FIRST_REQUESTS: usize = 40;

/// 10,000 flexible and 500 structured models.
pub fn measure(plan: &Plan) -> Result<Vec<Line>, Failure> {
    let mut lines = Vec::new();
    if plan.has("dmr") {
        lines.extend(many(plan, "flexible", 10_000, [1.0, 1000.0, 10.0])?);
        lines.extend(many(plan, "structured", 500, [2.0, 500.0, 15.0])?);
    }
    Ok(lines)
}

/// One way of storing; `most` are the demands in ms: registering one, the start, the first request.
fn many(plan: &Plan, storage: &str, count: usize, most: [f64; 3]) -> Result<Vec<Line>, Failure> {
    let mut each = Line::new(format!("registering {count} {storage} models, each"), "ms", Demand::AtMost(most[0]));
    let mut start = Line::new(format!("start with {count} {storage} models, to the first answer"), "ms", Demand::AtMost(most[1]));
    let mut first = Line::new(format!("first request to one of {count} {storage} models"), "ms", Demand::AtMost(most[2]));
    for round in 1..=plan.rounds {
        let home = home(plan, storage)?;
        each.dmr.add(register(&home, storage, count)?, None);
        let (server, took) = home.start_timed()?;
        start.dmr.add(took.as_secs_f64() * 1e3, None);
        let mut client = Client::connect(server.address, &home.user)?;
        let mut times = Vec::new();
        for number in (0..count).step_by(count.div_ceil(FIRST_REQUESTS)) {
            let answer = client.get_done("POST", &format!("/api/records/Model{number}"), Some(r#"{"owner":"o","room":"r","data":"d"}"#))?;
            times.push(answer.took.as_secs_f64() * 1e3);
        }
        first.dmr.add(median(&times).unwrap_or_default(), None);
        let last = |line: &Line| line.dmr.values.last().copied().unwrap_or_default();
        println!(
            "round {round}: {storage}: {:.3} ms each, start {:.1} ms, first request {:.3} ms",
            last(&each),
            last(&start),
            last(&first)
        );
    }
    Ok(vec![each, start, first])
}

/// Milliseconds a registration, the mean over all.
fn register(home: &Home, storage: &str, count: usize) -> Result<f64, Failure> {
    let server = home.start()?;
    let mut client = home.admin(&server)?;
    let mut registration = message(json!([["data"]]));
    registration["storage"] = json!(storage);
    let mut total = 0.0;
    for number in 0..count {
        registration["name"] = json!(format!("Model{number}"));
        total += client.get_done("POST", "/api/registry/models", Some(&registration.to_string()))?.took.as_secs_f64();
    }
    Ok(total * 1e3 / count as f64)
}
