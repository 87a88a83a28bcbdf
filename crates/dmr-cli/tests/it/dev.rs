//! The first five minutes: `dmr dev`.

use crate::world::{PRODUCT, World};
use std::io::{BufRead, BufReader};
use std::process::Stdio;

const MENU: &str = "sku,name,price\n007,Crème brûlée,4.50\n008,\"Tea, green\",3.20\n009,Water,\n010,Bad\n";

#[test]
fn d1_dev_tells_address_key_and_models_on_one_line() {
    let world = World::new();
    world.file("menu.csv", MENU);
    let server = world.start("dev menu.csv");
    assert_eq!(server.line["models"], serde_json::json!([{"name": "dynamic.Menu", "records": 3, "quarantined": 1}]));
    let (address, key) = (server.address().to_owned(), server.key().to_owned());
    let away = World::new();
    let list = away.dmr(&format!("query dynamic.Menu --url {address} --key {key} --format json --fields sku --sort sku")).json();
    assert_eq!(list["items"][0]["sku"], "007");
    let (code, rest) = server.interrupt();
    assert_eq!((code, rest.as_str()), (Some(0), ""));
    assert!(!world.data().join("owner.json").exists());
}

#[test]
fn d7_dev_does_not_ingest_twice_and_replaces_its_key() {
    let world = World::new();
    world.file("menu.csv", MENU);
    let first = world.start("dev menu.csv");
    let old = first.key().to_owned();
    first.interrupt();
    let second = world.start("dev menu.csv");
    assert_eq!(second.line["models"], serde_json::json!([{"name": "dynamic.Menu", "records": 3, "quarantined": 1}]));
    assert_ne!(second.key(), old);
    assert_eq!(World::new().dmr(&format!("show me --url {} --key {old}", second.address())).code, 5);
    assert_eq!(World::new().dmr(&format!("show me --url {} --key {}", second.address(), second.key())).code, 0);
}

#[test]
fn m1_dev_registers_a_schema_and_its_next_version() {
    let world = World::new();
    world.file("product.json", PRODUCT);
    let first = world.start("dev product.json");
    assert_eq!(first.line["models"], serde_json::json!([{"name": "Product", "records": 0, "quarantined": 0}]));
    first.interrupt();
    world.file("product.json", PRODUCT.replace("\"maxLength\": 20", "\"maxLength\": 30"));
    world.start("dev product.json").interrupt();
    assert_eq!(world.dmr("show versions Product --format ndjson").done().lines().count(), 2);
}

#[test]
fn c9_what_dev_tells_a_person_works_as_it_is_pasted() {
    let world = World::new();
    world.file("menu.csv", MENU);
    let mut child = world.command(&[], &["dev", "menu.csv", "--port", "0"]).stdout(Stdio::piped()).spawn().unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines().map(Result::unwrap);
    let told: Vec<String> = lines.by_ref().take_while(|line| !line.starts_with("Ctrl-C")).collect();
    let attempts: Vec<&String> = told.iter().filter(|line| line.trim_start().starts_with("curl ")).collect();
    assert_eq!(attempts.len(), 3, "{told:#?}");
    for attempt in attempts {
        let shell = format!("{} -w '%{{http_code}}' -o /dev/null", attempt.trim());
        let output = std::process::Command::new("sh").args(["-c", &shell]).output().unwrap();
        let status = String::from_utf8(output.stdout).unwrap();
        assert!(status == "200" || status == "201", "{attempt} gave {status}");
    }
    let text = told.join("\n");
    child.kill().unwrap();
    child.wait().unwrap();
    let inferred = text.split("\naddress").next().unwrap();
    insta::assert_snapshot!(crate::world::masked(inferred), @"
    menu.csv: model dynamic.Menu, 3 records, 1 set aside, flexible storage
      3 records of 3 plain columns
      a table of its own pays for more than 100000 records of at least 5 plain columns
    ┌─┬─┬─┐
    │ field ┆ type ┆ why │
    ╞─╪─╪─╡
    │ sku ┆ text ┆ leading zeros in 3 cells (first in line 2: '007'); the column stays text │
    │ name ┆ text ┆ words or free text │
    │ price ┆ number ┆ numbers in all 2 cells; their digits are kept; 1 cell empty │
    └─┴─┴─┘
    what was set aside: dmr show quarantine <id>
    ");
}

#[test]
fn dev_serves_without_a_file_and_refuses_one_that_is_not_there() {
    let world = World::new();
    insta::assert_snapshot!(world.dmr("dev missing.csv --port 0").failed(3), @"
    file.unreadable

      × missing.csv cannot be read: No such file or directory (os error 2)
    ");
    assert!(!world.data().exists());
    let server = world.start("dev");
    assert_eq!(server.line["models"], serde_json::json!([]));
}

#[test]
fn dev_that_cannot_read_a_file_stops_with_what_is_wrong() {
    let world = World::new();
    world.file("empty.csv", "");
    assert_eq!(world.dmr("dev empty.csv --port 0").code, 3);
    assert!(!world.data().join("owner.json").exists());
}
