//! D1, D2 over the command line.

use crate::world::World;

const MENU: &str = "sku,name,price,sold\n007,Crème brûlée,4.50,true\n008,\"Tea, green\",3.20,false\n009,Water,,NA\n";

#[test]
fn d1_a_file_becomes_a_model_and_records() {
    let world = World::new();
    world.file("menu.csv", MENU);
    let answer = world.dmr("ingest menu.csv --format json").json();
    assert_eq!(
        (answer["model"].as_str(), answer["records"].as_u64(), answer["quarantined"].as_u64()),
        (Some("dynamic.Menu"), Some(3), Some(0))
    );
    let csv = world.dmr("query Menu --format csv --fields sku,name,price,sold --sort sku").done();
    assert_eq!(csv, "sku,name,price,sold\r\n007,Crème brûlée,4.50,true\r\n008,\"Tea, green\",3.20,false\r\n009,Water,,NA\r\n");
}

#[test]
fn d1_records_come_from_standard_input() {
    let world = World::new();
    let ran = world.with(&[], "{\"a\": 1}\n{\"a\": 2}\n", &["ingest", "-", "--name", "rows.ndjson", "--format", "json"]);
    assert_eq!((ran.json()["model"].as_str(), ran.json()["records"].as_u64()), (Some("dynamic.Rows"), Some(2)));
}

#[test]
fn d5_what_does_not_fit_is_set_aside_with_reason_and_place() {
    let world = World::new();
    world.file("menu.csv", format!("{MENU}010,Juice\n"));
    let answer = world.dmr("ingest menu.csv --format json").json();
    assert_eq!(answer["quarantined"], 1);
    let ingest = answer["ingest"].as_str().unwrap();
    insta::assert_snapshot!(world.dmr(&format!("show quarantine {ingest}")).done(), @r#"
    ┌─┬─┬─┬─┬─┐
    │ line ┆ byte ┆ code ┆ why ┆ as it stands │
    ╞─╪─╪─╪─╪─╡
    │ 5 ┆ 92 ┆ ingest.cells ┆ the row has 2 cells, too few: the header has 4 ┆ 010,Juice\n │
    └─┴─┴─┴─┴─┘
    "#);
    assert_eq!(world.dmr(&format!("show ingest {ingest} --format json")).json()["records"], 3);
}

#[test]
fn d7_a_file_that_has_not_changed_is_not_ingested_twice() {
    let world = World::new();
    world.file("menu.csv", MENU);
    assert_eq!(world.dmr("ingest menu.csv").err, "");
    let again = world.dmr("ingest menu.csv");
    assert_eq!(
        (again.code, again.err.as_str()),
        (0, "menu.csv was taken in before and has not changed since; --again takes it in again\n")
    );
    assert_eq!(world.dmr("query Menu --count --format json").json()["count"], 3);
}

#[test]
fn d1_a_file_goes_into_a_model_that_is_there() {
    let world = World::with_products();
    world.file("more.csv", "sku,name,price\n0100,Bun,1.20\n0101,Roll,abc\n");
    let answer = world.dmr("ingest more.csv --model Product --format json").json();
    assert_eq!((answer["model"].as_str(), answer["records"].as_u64(), answer["quarantined"].as_u64()), (Some("Product"), Some(1), Some(1)));
}

#[test]
fn d1_several_files_and_a_table() {
    let world = World::new();
    world.file("menu.csv", MENU);
    world.file("cups.json", r#"[{"size": 3}, {"size": 4}]"#);
    let shown = world.dmr("ingest menu.csv cups.json").done();
    assert!(shown.contains("dynamic.Menu") && shown.contains("dynamic.Cups"), "{shown}");
}

#[test]
fn d1_what_cannot_be_ingested_is_bad_input() {
    let world = World::new();
    insta::assert_snapshot!(world.dmr("ingest missing.csv").failed(3), @"
    file.unreadable

      × missing.csv cannot be read: No such file or directory (os error 2)
    ");
    world.file("empty.csv", "");
    insta::assert_snapshot!(world.dmr("ingest empty.csv").failed(3), @"
    ingest.empty

      × 'empty.csv' is empty
    ");
}

#[test]
fn d2_the_example_for_newcomers_comes_out_cell_by_cell_as_it_went_in() {
    let world = World::new();
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/../../examples/data/coffee_shop.csv");
    let answer = world.words(&["ingest", file, "--format", "json"]).json();
    assert_eq!((answer["records"].as_u64(), answer["quarantined"].as_u64()), (Some(198), Some(2)));

    let rows = |text: &str| -> Vec<Vec<String>> {
        let mut reader = csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(text.as_bytes());
        reader.deserialize().map(Result::unwrap).collect()
    };
    let mut given = rows(&std::fs::read_to_string(file).unwrap());
    given.retain(|row| row.len() == 12);
    let fields = given[0].join(",");
    let listed = world.words(&["query", "CoffeeShop", "--all", "--sort", "_id", "--fields", &fields, "--format", "csv"]);
    assert_eq!(listed.code, 0, "{}", listed.err);
    // What a spreadsheet would run stands behind a `'`, which is taken off again.
    let plain = |cell: String| if cell.starts_with("'-") { cell[1..].to_owned() } else { cell };
    let taken: Vec<Vec<String>> = rows(&listed.out).into_iter().map(|row| row.into_iter().map(plain).collect()).collect();
    assert_eq!(taken, given);
}

#[test]
fn d1_a_folder_is_no_file() {
    let world = World::with_products();
    std::fs::create_dir(world.path().join("folder")).unwrap();
    let wanted = "file.unreadable\n\n  × folder cannot be read: is a directory";
    assert_eq!(world.dmr("ingest folder").failed(3), wanted.to_owned() + "\n");
    let _server = world.start("serve");
    assert_eq!(world.dmr("ingest folder").failed(3), wanted.to_owned() + "\n");
}
