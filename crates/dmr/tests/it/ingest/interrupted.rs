//! The process ends in the middle of an ingest: whole slices are there, the ingest knows which, and it can go on (D7).

use super::{File, file};
use crate::world::{Outcome, World, on_both};
use dmr::Upload;
use dmr::core::registration::StorageAsked;
use serde_json::json;
use std::path::Path;
use std::sync::Arc;

const ROWS: u64 = 8_000;

/// Every tenth row has a cell too many.
fn rows() -> File {
    let row = |n: u64| if n.is_multiple_of(10) { format!("{n},x,y\n") } else { format!("{n},x\n") };
    file("rows.csv", format!("n,x\n{}", (0..ROWS).map(row).collect::<String>()))
}

/// Ingests, and closes the store when so much is done.
fn cut(world: &World, path: &Path, storage: StorageAsked, at: f64) {
    let registry = world.registry.clone();
    let progress = Arc::new(move |done: u64, all: u64| {
        if done as f64 >= all as f64 * at {
            registry.close();
        }
    });
    let upload = Upload { if_changed: true, storage, progress: Some(progress), ..Upload::default() };
    assert_eq!(world.admin().upload(path, upload).refused()["code"], "store.closed");
}

#[test]
fn d7_whole_slices_are_there_and_the_rest_follows() {
    for storage in [StorageAsked::Flexible, StorageAsked::Structured] {
        on_both(|world| {
            if world.is_in_memory() {
                return; // What is in memory is gone with its process.
            }
            let rows = rows();
            cut(&world, &rows.path, storage, 0.6);
            let world = world.reopened();
            let admin = world.admin();
            let stopped = admin.ingests(None, None).done()["items"][0].clone();
            assert_eq!(stopped["state"], "interrupted");
            let (records, aside) = (stopped["records"].as_u64().unwrap(), stopped["quarantined"].as_u64().unwrap());
            assert!(0 < records && records + aside < ROWS, "it was cut in the middle: {stopped}");
            assert_eq!((admin.all("dynamic.Rows").len() as u64, admin.set_aside(&stopped["id"]).len() as u64), (records, aside));

            let answer = admin.takes_in_once(&rows.path).done();
            assert_eq!((answer["resumed"].clone(), &answer["ingest"]), (json!(true), &stopped["id"]));
            assert_eq!((answer["records"].clone(), answer["quarantined"].clone()), (json!(ROWS * 9 / 10), json!(ROWS / 10)));
            let numbers: Vec<u64> = admin.all("dynamic.Rows").iter().map(|record| record["n"].as_u64().unwrap()).collect();
            assert_eq!(numbers, (0..ROWS).filter(|n| !n.is_multiple_of(10)).collect::<Vec<_>>(), "each once, in order");
            let lines: Vec<u64> = admin.set_aside(&answer["ingest"]).iter().map(|item| item["place"]["line"].as_u64().unwrap()).collect();
            assert_eq!(lines, (0..ROWS).filter(|n| n.is_multiple_of(10)).map(|n| n + 2).collect::<Vec<_>>());
            assert_eq!(admin.ingest(answer["ingest"].as_str().unwrap()).done()["state"], "done");
        });
    }
}
