//! R7 over the command line.

use crate::world::{World, masked};

#[test]
fn r7_records_become_a_file_whose_ending_says_its_format() {
    let world = World::with_products();
    insta::assert_snapshot!(world.dmr("export Product products.csv").done(), @r#"exported: products.csv, 92 bytes"#);
    insta::assert_snapshot!(world.read("products.csv"), @r#"
    sku,name,price,vegan,tags
    0012,Tea,3.20,,"[""hot""]"
    0013,Cake,4.50,true,
    0014,'=SUM(A1),,,
    "#);
    insta::assert_snapshot!(world.words(&["export", "Product", "dear.json", "--where", "price > 4", "--fields", "sku,name", "--format", "json"]).done(), @r#"{"file":"dear.json","format":"json","bytes":33}"#);
    insta::assert_snapshot!(world.read("dear.json"), @r#"
    [
    {"sku":"0013","name":"Cake"}
    ]
    "#);
    insta::assert_snapshot!(world.dmr("export Product --sort=-sku --limit 2").done(), @r#"
    {"sku":"0014","name":"=SUM(A1)","price":null}
    {"sku":"0013","name":"Cake","price":4.50,"vegan":true}
    "#);
    insta::assert_snapshot!(world.dmr("export Product - --as csv --fields name --filter sku=0014").done(), @r#"
    name
    '=SUM(A1)
    "#);
    insta::assert_snapshot!(world.dmr("export Product --as csv --system --limit 1 --fields sku").done(), @r#"
    _id,sku
    <id>,0012
    "#);
}

#[test]
fn r7_a_file_becomes_records_and_each_row_is_told() {
    let world = World::with_products();
    world.file("more.csv", "sku,name,price\n0012,Tea,3.20\n0013,Cake,5\n0020,Soup,6\n");
    insta::assert_snapshot!(told(&world.dmr("import Product more.csv --dry-run").done()), @r#"
    ┌─┬─┬─┬─┬─┬─┐
    │ rows ┆ created ┆ updated ┆ unchanged ┆ failed ┆ seconds │
    ╞─╪─╪─╪─╪─╪─╡
    │ 3 ┆ 1 ┆ 1 ┆ 1 ┆ 0 ┆ <s> │
    └─┴─┴─┴─┴─┴─┘
    nothing was written
    "#);
    insta::assert_snapshot!(told(&world.dmr("import Product more.csv").done()), @r#"
    ┌─┬─┬─┬─┬─┬─┐
    │ rows ┆ created ┆ updated ┆ unchanged ┆ failed ┆ seconds │
    ╞─╪─╪─╪─╪─╪─╡
    │ 3 ┆ 1 ┆ 1 ┆ 1 ┆ 0 ┆ <s> │
    └─┴─┴─┴─┴─┴─┘
    "#);
    insta::assert_snapshot!(world.dmr("import Product more.csv --format json").done(), @r#"{"rows":3,"created":0,"updated":0,"unchanged":3,"failed":0,"errors":[]}"#);
    world.file("odd.csv", "sku,name,price\n0021,Bread,1\n21,Bun,much\n");
    insta::assert_snapshot!(world.dmr("import Product odd.csv").failed(3), @r#"
    record.invalid

      × /1/price: line 3: not a number
      help: put right what is wrong, or take what fits: --report
            see what would happen, with nothing written: --dry-run
            As in JSON: -12, 0.5, 6.02e23
    "#);
    let report = world.dmr("import Product odd.csv --report");
    assert_eq!(report.code, 3);
    insta::assert_snapshot!(told(&masked(&report.out)), @r#"
    ┌─┬─┬─┬─┬─┬─┐
    │ rows ┆ created ┆ updated ┆ unchanged ┆ failed ┆ seconds │
    ╞─╪─╪─╪─╪─╪─╡
    │ 2 ┆ 1 ┆ 0 ┆ 0 ┆ 1 ┆ <s> │
    └─┴─┴─┴─┴─┴─┘
    ┌─┬─┬─┬─┐
    │ row ┆ line ┆ at ┆ what is wrong │
    ╞─╪─╪─╪─╡
    │ 2 ┆ 3 ┆ /price ┆ not a number │
    └─┴─┴─┴─┘
    "#);
    insta::assert_snapshot!(report.err, @r#"
    ingest.row

      × 1 of 2 rows did not fit
    "#);
    insta::assert_snapshot!(world.with(&[], "{\"sku\":\"0030\",\"name\":\"Ale\"}\n", &["import", "Product", "-", "--as", "ndjson", "--format", "json"]).done(), @r#"{"rows":1,"created":1,"updated":0,"unchanged":0,"failed":0,"errors":[]}"#);
}

/// Seconds differ from run to run.
fn told(text: &str) -> String {
    regex::Regex::new(r"\d+\.\d\d+").unwrap().replace_all(text, "<s>").into_owned()
}

#[test]
fn r7_a_directory_moves_to_another_with_ids_and_times() {
    let (world, other) = (World::with_products(), World::new());
    for ending in ["ndjson", "json.gz", "csv.zst", "parquet"] {
        let file = world.path().join(format!("all.{ending}"));
        world.words(&["export", "Product", file.to_str().unwrap(), "--system"]).done();
    }
    other.file("product.schema.json", crate::world::PRODUCT);
    other.dmr("register product.schema.json --key-field sku").done();
    for (ending, expected) in [("ndjson", "created"), ("json.gz", "unchanged"), ("csv.zst", "unchanged"), ("parquet", "unchanged")] {
        let file = world.path().join(format!("all.{ending}"));
        let answer = other.words(&["import", "Product", file.to_str().unwrap(), "--system", "--format", "json"]).json();
        assert_eq!(answer[expected], 3, "{ending}: {answer}");
    }
    let all = |world: &World| {
        world.words(&["export", "Product", "--system", "--fields", "_id,_created_at,_updated_at,_owner,_created_by,sku,price"]).out
    };
    assert_eq!(all(&world), all(&other));
}

#[test]
fn r7_what_is_asked_wrongly_is_told_and_leaves_no_file() {
    let world = World::with_products();
    insta::assert_snapshot!(world.dmr("export Product products.xls").failed(3), @r#"
    parameter.value

      × the ending of 'products.xls' says no format of files: json, ndjson, csv, parquet
      help: --as csv
    "#);
    insta::assert_snapshot!(world.dmr("export Product products.csv --filter colour=red").failed(3), @r#"
    field.unknown

      × there is no field `colour`
    "#);
    insta::assert_snapshot!(world.dmr("export Produkt products.csv").failed(4), @r#"
    model.unknown

      × there is no model `Produkt`
      help: Product
    "#);
    insta::assert_snapshot!(world.dmr("import Product nothing.csv").failed(3), @r#"
    file.unreadable

      × nothing.csv cannot be read: No such file or directory (os error 2)
    "#);
    insta::assert_snapshot!(world.with(&[], "", &["import", "Product", "-"]).failed(3), @r#"
    parameter.value

      × standard input needs its format
      help: --as ndjson
    "#);
    world.file("odd.csv", "sku,nam\n0012,x\n");
    insta::assert_snapshot!(world.dmr("import Product odd.csv").failed(3), @r#"
    field.undeclared

      × /nam: the model has no field `nam` for this column
      help: name
    "#);
    let left: Vec<_> = std::fs::read_dir(world.path()).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    assert!(left.iter().all(|name| !name.starts_with("products")), "{left:?}");
}
