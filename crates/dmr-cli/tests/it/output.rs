//! U4: tables, JSON, lines, CSV; nothing that a terminal or spreadsheet would obey.

use crate::world::World;

#[test]
fn u4_csv_is_rfc_4180_and_runs_nothing_in_a_spreadsheet() {
    let world = World::with_products();
    world.words(&["record", "create", "Product", "sku=0015", "name=a,\"b\"", "tags:=[]"]).done();
    world.words(&["record", "create", "Product", "sku=0016", "name="]).done();
    world.words(&["record", "create", "Product", "sku=0017", "name='quoted"]).done();
    let csv = world.dmr("query Product --format csv --fields sku,name,price,vegan,tags --sort sku").done();
    assert_eq!(
        csv,
        "sku,name,price,vegan,tags\r\n\
         0012,Tea,3.20,,\"[\"\"hot\"\"]\"\r\n\
         0013,Cake,4.50,true,\r\n\
         0014,'=SUM(A1),,,\r\n\
         0015,\"a,\"\"b\"\"\",,,[]\r\n\
         0016,\"\",,,\r\n\
         0017,''quoted,,,\r\n"
    );
}

#[test]
fn u4_a_table_shows_escapes_instead_of_obeying_them() {
    let world = World::with_products();
    world.words(&["record", "create", "Product", "sku=0015", "name:=\"\\u001b[31mred\\nline\""]).done();
    insta::assert_snapshot!(world.dmr("query Product --filter sku=0015 --fields sku,name").done(), @r#"
    ┌─┬─┐
    │ sku ┆ name │
    ╞─╪─╡
    │ 0015 ┆ \u{1b}[31mred\nline │
    └─┴─┘
    1 record
    "#);
}

#[test]
fn u4_the_settings_of_the_terminal_are_kept() {
    let world = World::with_products();
    let ran = world.words(&[
        "record",
        "get",
        "Product",
        "0012",
        "--set",
        "terminal.date_format=%d.%m.%Y",
        "--set",
        "terminal.max_column_width=12",
    ]);
    let shown = ran.done();
    assert!(shown.lines().any(|line| line.contains("_created_at") && line.matches('.').count() == 2), "{shown}");
    assert!(shown.lines().all(|line| line.chars().count() < 40), "{shown}");
}

#[test]
fn u4_a_reader_that_leaves_early_is_no_failure() {
    let world = World::with_products();
    let mut child = world.command(&[], &["query", "Product", "--format", "ndjson"]).stdout(std::process::Stdio::piped()).spawn().unwrap();
    drop(child.stdout.take());
    assert_eq!(child.wait().unwrap().code(), Some(0));
}
