//! The slowest creates while somebody reads everything, and how far the WAL grows meanwhile.

use super::update::store;
use crate::bench::figure::{Demand, Line};
use crate::bench::plan::Plan;
use crate::bench::stored::load;
use crate::failure::Failure;
use crate::served::{Client, Home, Server};
use std::path::Path;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering::Relaxed};
use std::time::Duration;

/// How long one measurement lasts; the demand is about a minute.
const SECONDS: u64 = 60;

/// At 64 in flight, over a minute, with one client that lists all records again and again.
pub fn measure(plan: &Plan) -> Result<Vec<Line>, Failure> {
    let what = format!("p99 of create over {SECONDS} s at 64 in flight, while all of {} records are listed", plan.rows);
    let mut tail = Line::new(what, "ms", Demand::AtMost(15.0));
    let mut wal = Line::new("the WAL meanwhile", "MB", Demand::AtMost(64.0));
    let mut listed = Line::new("records listed meanwhile", "/s", Demand::Nothing);
    if !plan.has("dmr") {
        return Ok(vec![tail, wal, listed]);
    }
    let (home, server, _) = store(plan, "tail")?;
    for round in 1..=plan.rounds {
        println!("round {round}");
        let (stop, records, largest) = (AtomicBool::new(false), AtomicU64::new(0), AtomicU64::new(0));
        let measured = std::thread::scope(|scope| {
            let reader = scope.spawn(|| list_all(&home, &server, &stop, &records));
            scope.spawn(|| watch(&home.data, &stop, &largest));
            let measured = load(&home, &server, "create.lua", 64, SECONDS, &[]);
            stop.store(true, Relaxed);
            reader.join().unwrap_or_else(|_| Err(Failure::Missing("the reading client broke".to_owned()))).and(measured)
        })?;
        tail.dmr.add(measured.p99, measured.cpu);
        wal.dmr.add(largest.load(Relaxed) as f64 / 1e6, None);
        listed.dmr.add(records.load(Relaxed) as f64 / SECONDS as f64, None);
    }
    Ok(vec![tail, wal, listed])
}

/// Lists page by page to the end, then from the start, until told to stop.
fn list_all(home: &Home, server: &Server, stop: &AtomicBool, records: &AtomicU64) -> Result<(), Failure> {
    let mut client = Client::connect(server.address, &home.user)?;
    let first = "/api/records/Message?limit=1000";
    let mut path = first.to_owned();
    while !stop.load(Relaxed) {
        let page = client.get_done("GET", &path, None)?.json();
        records.fetch_add(page["items"].as_array().map_or(0, Vec::len) as u64, Relaxed);
        path = page["next"].as_str().map_or_else(|| first.to_owned(), |cursor| format!("{first}&cursor={cursor}"));
    }
    Ok(())
}

/// Samples the size of the data directory's write-ahead logs.
fn watch(data: &Path, stop: &AtomicBool, largest: &AtomicU64) {
    while !stop.load(Relaxed) {
        let files = std::fs::read_dir(data).into_iter().flatten().filter_map(Result::ok);
        let logs = files.filter(|file| file.file_name().to_string_lossy().ends_with("-wal"));
        largest.fetch_max(logs.filter_map(|log| log.metadata().ok()).map(|log| log.len()).sum(), Relaxed);
        std::thread::sleep(Duration::from_millis(50));
    }
}
