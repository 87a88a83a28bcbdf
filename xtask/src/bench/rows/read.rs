//! Read by id over HTTP, ids at random.

use super::update::store;
use crate::bench::figure::{Demand, Line};
use crate::bench::floor;
use crate::bench::plan::Plan;
use crate::bench::stored::load;
use crate::failure::Failure;

/// At 64 in flight.
pub fn measure(plan: &Plan) -> Result<Vec<Line>, Failure> {
    let what = format!("read by id, {} records, 64 in flight", plan.rows);
    let mut line = Line::new(what, "/s", Demand::Share(0.65, Some(0.80)));
    let stored = if plan.has("dmr") { Some(store(plan, "read")?) } else { None };
    for round in 1..=plan.rounds {
        println!("round {round}");
        if plan.has("floor") {
            let measured = floor::measure(plan, "read.lua", plan.rows, 64)?;
            line.floor.add(measured.rate, measured.cpu);
        }
        if let Some((home, server, ids)) = &stored {
            let measured = load(home, server, "read.lua", 64, plan.seconds, std::slice::from_ref(ids))?;
            line.dmr.add(measured.rate, measured.cpu);
        }
    }
    Ok(vec![line])
}
