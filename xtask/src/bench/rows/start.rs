//! From the call of `dmr serve` on a small database to its first answer.

use crate::bench::figure::{Demand, Line};
use crate::bench::plan::Plan;
use crate::bench::stored::{home, message, preload};
use crate::failure::Failure;
use serde_json::json;

/// Starts a round.
const STARTS: usize = 5;

/// One model, a thousand records.
pub fn measure(plan: &Plan) -> Result<Vec<Line>, Failure> {
    let mut line = Line::new("start of the server on a small database, to the first answer", "ms", Demand::AtMost(50.0));
    if plan.has("dmr") {
        let home = home(plan, "start")?;
        {
            let server = home.start()?;
            let mut client = home.admin(&server)?;
            client.get_done("POST", "/api/registry/models", Some(&message(json!([["data"]])).to_string()))?;
            preload(&mut client, "Message", 0..1000, |number| json!({"owner": "o", "room": "r", "data": format!("a message {number}")}))?;
        }
        for _ in 0..plan.rounds * STARTS {
            let (_server, took) = home.start_timed()?;
            line.dmr.add(took.as_secs_f64() * 1e3, None);
        }
    }
    Ok(vec![line])
}
