//! Durable update of one indexed field of a record at random.

use crate::bench::figure::{Demand, Line};
use crate::bench::floor;
use crate::bench::plan::Plan;
use crate::bench::stored::{home, load, message, preload, write_ids};
use crate::failure::Failure;
use crate::served::{Client, Home, Server};
use serde_json::json;

/// At 64 in flight.
pub fn measure(plan: &Plan) -> Result<Vec<Line>, Failure> {
    let what = format!("durable update of an indexed field, {} records, 64 in flight", plan.rows);
    let mut line = Line::new(what, "/s", Demand::Share(0.60, None));
    let stored = if plan.has("dmr") { Some(store(plan, "update")?) } else { None };
    for round in 1..=plan.rounds {
        println!("round {round}");
        if plan.has("floor") {
            let measured = floor::measure(plan, "update.lua", plan.rows, 64)?;
            line.floor.add(measured.rate, measured.cpu);
        }
        if let Some((home, server, ids)) = &stored {
            let measured = load(home, server, "update.lua", 64, plan.seconds, std::slice::from_ref(ids))?;
            line.dmr.add(measured.rate, measured.cpu);
        }
    }
    Ok(vec![line])
}

/// Messages like the floor's, `data` indexed, on a server that was started after they were stored.
pub fn store(plan: &Plan, name: &str) -> Result<(Home, Server, (&'static str, String)), Failure> {
    let home = home(plan, name)?;
    let ids = {
        let server = home.start()?;
        home.admin(&server)?.get_done("POST", "/api/registry/models", Some(&message(json!([["data"]])).to_string()))?;
        let mut client = Client::connect(server.address, &home.user)?;
        preload(
            &mut client,
            "Message",
            1..plan.rows + 1,
            |number| json!({"owner": "o", "room": "r", "data": format!("a message {number}")}),
        )?
    };
    let given = write_ids(&home.data, &ids)?;
    let server = home.start()?;
    Ok((home, server, given))
}
