//! Groups by a field of 50 values over every record, with three measures.

use super::bulk::people;
use crate::bench::figure::{Demand, Line};
use crate::bench::plan::Plan;
use crate::bench::stored::{home, model, preload, settle};
use crate::failure::Failure;
use crate::served::Client;
use serde_json::{Value, json};

/// Values of the field that is grouped by.
const REGIONS: u64 = 50;
/// Requests that one round takes the middle of.
const ASKED: usize = 9;

/// Flexible and structured storage.
pub fn measure(plan: &Plan) -> Result<Vec<Line>, Failure> {
    let mut lines = Vec::new();
    if plan.has("dmr") {
        for (storage, most) in [("structured", 250.0), ("flexible", 1000.0)] {
            lines.push(over(plan, storage, most)?);
        }
    }
    Ok(lines)
}

fn over(plan: &Plan, storage: &str, most: f64) -> Result<Line, Failure> {
    let what = format!("group by a field of {REGIONS} values of {} records of 14 columns, three measures, {storage}: median", plan.rows);
    let mut line = Line::new(what, "ms", Demand::AtMost(most));
    let home = home(plan, storage)?;
    let server = home.start()?;
    let mut fields = people::fields(14);
    fields.push(("region", json!({"type": "string"})));
    let mut registration = model("Person", &fields, json!([]));
    registration["storage"] = json!(storage);
    home.admin(&server)?.get_done("POST", "/api/registry/models", Some(&registration.to_string()))?;
    let mut client = Client::connect(server.address, &home.user)?;
    preload(&mut client, "Person", 0..plan.rows, person)?;
    settle(&mut home.admin(&server)?)?;
    let asked = json!({
        "group_by": ["region"],
        "measures": {
            "total": {"op": "sum", "field": "balance"},
            "mean": {"op": "avg", "field": "score"},
            "last": {"op": "max", "field": "last_seen"},
        },
    });
    for round in 1..=plan.rounds {
        let mut times = Vec::new();
        for _ in 0..ASKED {
            let answer = client.get_done("POST", "/api/records/Person/aggregate", Some(&asked.to_string()))?;
            let groups = answer.json()["count"].as_u64().unwrap_or_default();
            if groups != REGIONS {
                return Err(Failure::Missing(format!("{groups} groups were answered, not {REGIONS}")));
            }
            times.push(answer.took.as_secs_f64() * 1e3);
        }
        let middle = crate::bench::figure::median(&times).unwrap_or_default();
        println!("round {round}: {storage}: {middle:.1} ms");
        line.dmr.add(middle, None);
    }
    Ok(line)
}

fn person(number: u64) -> Value {
    let mut person = people::person(number, 14);
    person["region"] = json!(format!("region {:02}", number.wrapping_mul(48_271) % 99_999_989 % REGIONS));
    person
}
