//! Full-text search of three SEARCHABLE fields, and what keeping their words costs a create.

use crate::bench::figure::{Demand, Line};
use crate::bench::plan::Plan;
use crate::bench::stored::{home, load, model, preload};
use crate::failure::Failure;
use crate::served::{Client, Home, Server};
use serde_json::{Value, json};

/// Every so many records hold a word that is asked for.
const RARE: u64 = 100;
/// Of those that hold `alpha`, every so many hold `beta` too.
const TOGETHER: u64 = 20;
/// How many other words there are.
const WORDS: u64 = 10_000;
/// How many creates are in flight.
const IN_FLIGHT: u32 = 64;

/// Two words, each in 1 % of the records: few in common, all in common; then creates with and without SEARCHABLE.
pub fn measure(plan: &Plan) -> Result<Vec<Line>, Failure> {
    if !plan.has("dmr") {
        return Ok(Vec::new());
    }
    let mut lines = found(plan)?;
    lines.push(creates(plan)?);
    Ok(lines)
}

fn found(plan: &Plan) -> Result<Vec<Line>, Failure> {
    let home = home(plan, "search")?;
    let server = home.start()?;
    registered(&home, &server, true)?;
    let mut client = Client::connect(server.address, &home.user)?;
    preload(&mut client, "Message", 0..plan.rows, record)?;
    let share = plan.rows / RARE;
    let mut lines = Vec::new();
    for (words, common, median, tail) in [("alpha+beta", share / TOGETHER, 5.0, Some(20.0)), ("gamma+delta", share, 60.0, None)] {
        let what = format!("search of two words, each in {share} of {} records of 3 fields, {common} in common", plan.rows);
        let mut line = Line::new(format!("{what}: median"), "ms", Demand::AtMost(median));
        let mut late = Line::new(format!("{what}: p99"), "ms", Demand::AtMost(tail.unwrap_or(median * 2.0)));
        for _ in 1..=plan.rounds {
            let path = format!("/api/records/Message/search?q={words}");
            let measured = load(&home, &server, "get.lua", 1, plan.seconds, &[("BENCH_PATH", path)])?;
            line.dmr.add(measured.p50, measured.cpu);
            late.dmr.add(measured.p99, None);
        }
        lines.push(line);
        lines.extend(tail.map(|_| late));
    }
    Ok(lines)
}

fn creates(plan: &Plan) -> Result<Line, Failure> {
    let what = format!("durable create with 3 SEARCHABLE fields, {IN_FLIGHT} in flight; the floor: the same without SEARCHABLE");
    let mut line = Line::new(what, "/s", Demand::Share(0.5, None));
    for round in 1..=plan.rounds {
        println!("round {round}");
        for searchable in [false, true] {
            let home = home(plan, "search-create")?;
            let server = home.start()?;
            registered(&home, &server, searchable)?;
            let measured = load(&home, &server, "words.lua", IN_FLIGHT, plan.seconds, &[])?;
            let of = if searchable { &mut line.dmr } else { &mut line.floor };
            of.add(measured.rate, measured.cpu);
        }
    }
    Ok(line)
}

fn registered(home: &Home, server: &Server, searchable: bool) -> Result<(), Failure> {
    let text = || json!({"type": "string"});
    let mut registration = model("Message", &[("title", text()), ("body", text()), ("place", text())], json!([]));
    if searchable {
        let field = || json!({"behaviours": ["SEARCHABLE"]});
        registration["fields"] = json!({"title": field(), "body": field(), "place": field()});
    }
    home.admin(server)?.get_done("POST", "/api/registry/models", Some(&registration.to_string())).map(drop)
}

/// Sixteen words in three fields; those that are asked for stand beside the others.
fn record(number: u64) -> Value {
    let other = |at: u64| format!("w{}", (number * 16 + at).wrapping_mul(2_654_435_761) % WORDS);
    let others = |from: u64, to: u64| (from..to).map(other).collect::<Vec<_>>().join(" ");
    let together = number.is_multiple_of(RARE * TOGETHER);
    let with = |word: &str, holds: bool, rest: String| if holds { format!("{word} {rest}") } else { rest };
    let beta = together || number % RARE == 1 && !(number / RARE).is_multiple_of(TOGETHER);
    let title = with("Alpha", number.is_multiple_of(RARE), with("Gamma", number % RARE == 2, others(0, 4)));
    let body = with("beta", beta, with("delta", number % RARE == 2, others(4, 14)));
    json!({"title": title, "body": body, "place": others(14, 16)})
}
