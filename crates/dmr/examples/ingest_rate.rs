//! How fast a file goes in: `cargo run --release -p dmr --example ingest_rate FILE [flexible|structured|auto]`.
#![allow(clippy::print_stdout, reason = "it tells what it measured")]

use dmr::core::registration::StorageAsked;
use dmr::{Code, Problem, Registry, Upload};
use std::path::PathBuf;
use std::time::Instant;

fn main() -> Result<(), Problem> {
    let mut arguments = std::env::args().skip(1);
    let file = PathBuf::from(arguments.next().ok_or_else(|| Problem::new(Code::FileUnreadable, "which file?"))?);
    let storage = arguments.next().and_then(|text| StorageAsked::find(&text)).unwrap_or_default();
    let directory = std::env::temp_dir().join(format!("dmr-ingest-rate-{}", std::process::id()));
    let registry = Registry::open(&directory)?;
    let session = registry.session(registry.local()?);
    let began = Instant::now();
    let answer = session.upload(&file, Upload { storage, ..Upload::default() }).wait()?;
    let seconds = began.elapsed().as_secs_f64();
    let records = answer["records"].as_f64().unwrap_or_default();
    println!(
        "{records} records, {} set aside, {} in {seconds:.2} s: {:.0} records/s",
        answer["quarantined"],
        answer["storage"]["method"],
        records / seconds
    );
    for figure in registry.figures() {
        println!("{}: {:?}", figure.name, figure.measure);
    }
    drop((session, registry));
    let _ = std::fs::remove_dir_all(directory);
    Ok(())
}
