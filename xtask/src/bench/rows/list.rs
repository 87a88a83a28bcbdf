//! Lists of 50 by a declared index: filter, sort, range, id.

use crate::bench::figure::{Demand, Line};
use crate::bench::plan::Plan;
use crate::bench::stored::{ALL, home, load, message, preload, settle};
use crate::failure::Failure;
use crate::served::{Client, Home, Server, principal};
use serde_json::{Value, json};

/// Every hundredth record belongs to the principal that sees only its own.
const SHARE_OF_OWNER: u64 = 100;
/// One room is asked for.
const ROOMS: u64 = 10;
const FILTERED: &str = "/api/records/Message?room=r3&sort=data&limit=50";
const OWNED: &str = "/api/records/Message?sort=data&limit=50";
/// One record in ten thousand, in the order of storing.
const RANGE: &str = "/api/records/Message?data__gte=05000000&data__lt=05010000&limit=50";

/// First page and page 1,000, at 1 and at 16 in flight; the same for one who sees only its own records, and its last page.
pub fn measure(plan: &Plan) -> Result<Vec<Line>, Failure> {
    if !plan.has("dmr") {
        return Ok(Vec::new());
    }
    let (home, owner) = store(plan)?;
    let server = home.start()?;
    settle(&mut home.admin(&server)?)?;
    let filtered = (plan.rows / ROOMS / 50).min(1000);
    let owned = (plan.rows / SHARE_OF_OWNER / 50).min(1000);
    let mut lines = Vec::new();
    for (who, key, first, page) in [("", &home.user, FILTERED, filtered), ("OWNER of 1 %: ", &owner, OWNED, owned)] {
        let later = page_at(&server, key, first, page)?;
        for (place, path) in [("first page".to_owned(), first.to_owned()), (format!("page {page}"), later)] {
            let what = format!("{who}list of 50 of {} by index, {place}", plan.rows);
            lines.extend(timed(plan, &home, &server, &what, &[("BENCH_PATH", path), ("BENCH_KEY", key.clone())])?);
        }
    }
    let what = format!("list of 50 of {} in a range of an index that leaves one in 10,000, in the order of storing", plan.rows);
    lines.extend(timed(plan, &home, &server, &what, &[("BENCH_PATH", RANGE.to_owned()), ("BENCH_KEY", home.user.clone())])?);
    Ok(lines)
}

fn timed(plan: &Plan, home: &Home, server: &Server, what: &str, given: &[(&'static str, String)]) -> Result<Vec<Line>, Failure> {
    let mut lines = Vec::new();
    for (in_flight, p50, p99) in [(1, 2.0, 10.0), (16, 6.0, 25.0)] {
        let mut median = Line::new(format!("{what}, {in_flight} in flight: median"), "ms", Demand::AtMost(p50));
        let mut tail = Line::new(format!("{what}, {in_flight} in flight: p99"), "ms", Demand::AtMost(p99));
        for _ in 1..=plan.rounds {
            let measured = load(home, server, "get.lua", in_flight, plan.seconds, given)?;
            median.dmr.add(measured.p50, measured.cpu);
            tail.dmr.add(measured.p99, None);
        }
        lines.extend([median, tail]);
    }
    Ok(lines)
}

/// The address of a page, found by walking there.
fn page_at(server: &Server, key: &str, first: &str, page: u64) -> Result<String, Failure> {
    let mut client = Client::connect(server.address, key)?;
    let mut path = first.to_owned();
    for number in 1..page {
        let answer = client.get_done("GET", &path, None)?.json();
        let Some(cursor) = answer["next"].as_str() else {
            return Err(Failure::Missing(format!("{first} ends at page {number}, page {page} was wanted")));
        };
        path = format!("{first}&cursor={cursor}");
    }
    Ok(path)
}

/// The records, one in a hundred made by the principal whose key is told: it may see only its own.
fn store(plan: &Plan) -> Result<(Home, String), Failure> {
    let home = home(plan, "list")?;
    let server = home.start()?;
    let mut admin = home.admin(&server)?;
    admin.get_done("PUT", "/api/roles/member", Some(r#"{"rights": []}"#))?;
    let mut registration = message(json!([["room", "data"], ["_owner", "data"], ["data"]]));
    registration["permissions"]["models"]["member"] = json!(ALL);
    registration["permissions"]["rows"] = json!({"member": {"read": "owner", "write": "owner"}});
    admin.get_done("POST", "/api/registry/models", Some(&registration.to_string()))?;
    let owner = principal(&mut admin, "owner", "member")?;

    let mut everyone = Client::connect(server.address, &home.user)?;
    let mut member = Client::connect(server.address, &owner)?;
    let batch = 10_000.min(plan.rows);
    for start in (0..plan.rows).step_by(10_000) {
        let split = start + batch - batch / SHARE_OF_OWNER;
        preload(&mut everyone, "Message", start..split, record)?;
        preload(&mut member, "Message", split..start + batch, record)?;
    }
    Ok((home, owner))
}

/// Its text is in no order that has to do with the order of storing.
fn record(number: u64) -> Value {
    json!({"owner": "o", "room": format!("r{}", number % ROOMS), "data": format!("{:08}", number * 48_271 % 99_999_989)})
}
