//! Durable create over HTTP: three text fields, validated, rights checked, logged.

use crate::bench::figure::{Demand, Line};
use crate::bench::plan::Plan;
use crate::bench::stored::{home, load, message};
use crate::bench::{floor, pocketbase};
use crate::failure::Failure;
use serde_json::json;

/// At 16 and 64 in flight, each round on empty databases.
pub fn measure(plan: &Plan) -> Result<Vec<Line>, Failure> {
    let mut lines = Vec::new();
    for (in_flight, least, goal) in [(16, 0.75, 0.85), (64, 0.65, 0.75)] {
        let mut line = Line::new(format!("durable create, {in_flight} in flight"), "/s", Demand::Share(least, Some(goal)));
        for round in 1..=plan.rounds {
            println!("round {round}");
            if plan.has("floor") {
                let measured = floor::measure(plan, "create.lua", 0, in_flight)?;
                line.floor.add(measured.rate, measured.cpu);
            }
            if plan.has("dmr") {
                let home = home(plan, "create")?;
                let server = home.start()?;
                home.admin(&server)?.get_done("POST", "/api/registry/models", Some(&message(json!([])).to_string()))?;
                let measured = load(&home, &server, "create.lua", in_flight, plan.seconds, &[])?;
                line.dmr.add(measured.rate, measured.cpu);
            }
            if plan.has("pocketbase") {
                let measured = pocketbase::measure(plan, in_flight)?;
                line.peer.add(measured.rate, measured.cpu);
            }
        }
        lines.push(line);
    }
    Ok(lines)
}
