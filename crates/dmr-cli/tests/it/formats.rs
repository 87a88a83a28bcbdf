//! Every command answers in every format: a table for people, and what programs read (U4).

use crate::world::{Ran, World};
use serde_json::Value;

/// Commands that only read, in words without spaces; `INGEST` stands for an ingest's id.
const READING: [&str; 26] = [
    "query Product",
    "query Product --filter sku=9999",
    "query Product --all --count --sort -sku",
    "record get Product 0012",
    "record history Product 0012",
    "show models",
    "show models --tag none",
    "show model Product",
    "show schema Product",
    "show versions Product",
    "show diff Product",
    "show sample Product",
    "show log",
    "show log --all --model Product",
    "show ingest INGEST",
    "show quarantine INGEST",
    "show me",
    "principal list",
    "principal show ada",
    "role list",
    "role show user",
    "permissions show Product",
    "config",
    "config --set terminal.log_rows=7",
    "register --next Product next.json --dry-run",
    "query Menu --where price>=3",
];

/// Commands that write, in an order in which each finds what it needs; `DELETED` stands for a deleted record's id.
const WRITING: [&str; 16] = [
    "register next.json --name Other",
    "register --next Product next.json",
    "ingest other.csv more.jsonl",
    "record create Product sku=0020 name=Juice",
    "record create Product --file many.json",
    "record update Product 0012 name=Mint",
    "record replace Product 0012 sku=0012 name=Mint",
    "record revert Product 0012 --to 1",
    "record delete Product 0012",
    "record restore Product DELETED",
    "principal create bob --role user",
    "principal change ada --role admin",
    "role set curator --right audit",
    "permissions set Product --grant user=read",
    "key create ada",
    "principal delete ada",
];

/// Of these a list has no items: there are no lines, and no columns either where nobody asked for fields.
const NOTHING: [(&str, &str); 3] =
    [("show models --tag none", "ndjson"), ("show models --tag none", "csv"), ("query Product --filter sku=9999", "ndjson")];

fn world() -> (World, String, String) {
    let world = World::with_products();
    world.file("next.json", crate::world::PRODUCT.replace("\"maxLength\": 20", "\"maxLength\": 30"));
    world.file("menu.csv", "sku,name,price\n007,Tea,4.50\n008\n");
    world.file("other.csv", "a,b\n1,2\n3\n");
    world.file("more.jsonl", "{\"a\": 1}\n{\"a\": \"x, \\\"y\\\"\"}\n");
    world.file("many.json", r#"[{"sku": "0030", "name": "A"}, {"sku": "0031", "name": "B"}]"#);
    let ingest = world.dmr("ingest menu.csv --format json").json()["ingest"].as_str().unwrap().to_owned();
    world.dmr("principal create ada --role user").done();
    let gone = world.dmr("record create Product sku=0019 name=Gone --format json").json()["_id"].as_str().unwrap().to_owned();
    world.dmr("record delete Product 0019").done();
    (world, ingest, gone)
}

/// Runs a command in a format and holds what it wrote against the rules of that format.
fn run(world: &World, words: &str, format: &str) {
    let ran = world.dmr(&format!("{words} --format {format}"));
    assert_eq!((ran.code, ran.err.as_str()), (0, ""), "{words} --format {format}");
    let Ran { out, .. } = &ran;
    assert_eq!(out.is_empty(), NOTHING.contains(&(words, format)), "{words} --format {format}");
    let whole = |text: &str| text.is_empty() || text.ends_with('\n');
    assert!(whole(out) && !out.contains('\u{1b}'), "{words} --format {format} wrote {out:?}");
    match format {
        "json" => assert!(serde_json::from_str::<Value>(out).is_ok(), "{words} wrote {out}"),
        "ndjson" => assert!(out.lines().all(|line| serde_json::from_str::<Value>(line).is_ok()), "{words} wrote {out}"),
        "csv" => {
            let mut rows = csv::ReaderBuilder::new().has_headers(false).from_reader(out.as_bytes());
            let widths: Vec<usize> = rows.records().map(|row| row.unwrap().len()).collect();
            assert!(widths.iter().all(|width| *width == widths[0]), "{words} wrote {out}");
        }
        // A schema is JSON for people too.
        _ => assert!(!out.trim().is_empty() && (!out.starts_with('{') || words.starts_with("show schema")), "{words} wrote {out}"),
    }
}

#[test]
fn u4_every_command_that_reads_answers_in_every_format() {
    let (world, ingest, _) = world();
    for words in READING {
        for format in ["table", "json", "ndjson", "csv"] {
            run(&world, &words.replace("INGEST", &ingest), format);
        }
    }
}

#[test]
fn u4_every_command_that_writes_answers_in_every_format() {
    for format in ["table", "json", "ndjson", "csv"] {
        let (world, _, gone) = world();
        for words in WRITING {
            run(&world, &words.replace("DELETED", &gone), format);
        }
    }
}

#[test]
fn u4_what_is_refused_is_a_problem_document_where_a_program_asks() {
    let world = World::with_products();
    for (words, code) in [("record get Product 9999", 4), ("query Product --key wrong", 5), ("record create Product sku=x name=y", 3)] {
        for format in ["json", "ndjson"] {
            let ran = world.dmr(&format!("{words} --format {format}"));
            assert_eq!((ran.code, ran.out.as_str()), (code, ""), "{words}");
            let told: Value = serde_json::from_str(&ran.err).unwrap_or_else(|_| panic!("{words} told {}", ran.err));
            assert!(told["code"].is_string() && told["status"].is_u64() && told["detail"].is_string(), "{told}");
        }
    }
}
