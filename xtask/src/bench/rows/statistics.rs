//! What keeping statistics up costs a create, and how far behind they are meanwhile.

use crate::bench::figure::{Demand, Line};
use crate::bench::plan::Plan;
use crate::bench::stored::{behind, home, load, message, model};
use crate::failure::Failure;
use crate::served::{Home, Server};
use serde_json::{Value, json};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

/// How many creates are in flight.
const IN_FLIGHT: u32 = 64;
/// How often it is asked how far behind they are.
const LOOK_EVERY: Duration = Duration::from_millis(50);

/// With and without statistics, in turn, of 3 and of 14 fields.
pub fn measure(plan: &Plan) -> Result<Vec<Line>, Failure> {
    if !plan.has("dmr") {
        return Ok(Vec::new());
    }
    let mut lines = Vec::new();
    let wide = person();
    for (fields, registration, script) in [(3, message(json!([])), "create.lua"), (14, wide, "wide.lua")] {
        let what = format!("durable create of {fields} fields with statistics, {IN_FLIGHT} in flight; the floor: the same without");
        let demand = if fields == 3 { Demand::Share(0.85, None) } else { Demand::Nothing };
        let mut line = Line::new(what, "/s", demand);
        let mut late = Line::new(format!("how far behind they are meanwhile, at most: {fields} fields"), "ms", Demand::AtMost(1000.0));
        for round in 1..=plan.rounds {
            println!("round {round}");
            for kept_up in ["off", "on"] {
                let home = home(plan, "statistics")?;
                let server = home.start_with(&[("DMR_STATISTICS__ENABLED", kept_up)])?;
                home.admin(&server)?.get_done("POST", "/api/registry/models", Some(&registration.to_string()))?;
                let (measured, behind) = watched(&home, &server, || load(&home, &server, script, IN_FLIGHT, plan.seconds, &[]))?;
                let of = if kept_up == "on" { &mut line.dmr } else { &mut line.floor };
                of.add(measured.rate, measured.cpu);
                if kept_up == "on" {
                    late.dmr.add(behind / measured.rate * 1000.0, None);
                }
            }
        }
        lines.extend([line, late]);
    }
    Ok(lines)
}

/// Does something, and tells the most entries of the log that statistics lacked meanwhile.
fn watched<T>(home: &Home, server: &Server, work: impl FnOnce() -> Result<T, Failure>) -> Result<(T, f64), Failure> {
    let mut client = home.admin(server)?;
    let done = AtomicBool::new(false);
    std::thread::scope(|scope| {
        let watching = scope.spawn(|| -> Result<f64, Failure> {
            let mut most = 0.0_f64;
            while !done.load(Ordering::Relaxed) {
                most = most.max(behind(&mut client)?);
                std::thread::sleep(LOOK_EVERY);
            }
            Ok(most)
        });
        let worked = work();
        done.store(true, Ordering::Relaxed);
        let watched = watching.join().unwrap_or_else(|_| Err(Failure::Missing("the watch over statistics broke off".to_owned())))?;
        Ok((worked?, watched))
    })
}

fn person() -> Value {
    let kind = |kind: &str| json!({ "type": kind });
    let text = |format: &str| json!({ "type": "string", "format": format });
    let fields = [
        ("id", kind("integer")),
        ("uuid", text("uuid")),
        ("full_name", kind("string")),
        ("email", kind("string")),
        ("signup_date", text("date")),
        ("last_seen", text("date-time")),
        ("balance", kind("number")),
        ("score", kind("number")),
        ("tier", kind("string")),
        ("country", kind("string")),
        ("phone", kind("string")),
        ("is_active", kind("boolean")),
        ("url", kind("string")),
        ("zip", kind("string")),
    ];
    model("Person", &fields, json!([]))
}
