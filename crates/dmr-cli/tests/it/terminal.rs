//! U4: the commands that look: models, differences, histories, the doctor; completions and manual pages.

use crate::world::{PRODUCT, World, masked};
use regex::Regex;

impl World {
    fn with_versions() -> Self {
        let world = Self::with_products();
        let next = PRODUCT
            .replace("\"maxLength\": 20", "\"maxLength\": 10")
            .replace("\"vegan\": {", "\"weight\": {\"type\": \"number\"}, \"vegan\": {");
        world.file("next.json", next);
        world.dmr("register --next Product next.json").done();
        world
    }
}

#[test]
fn u4_models_are_listed() {
    let world = World::with_products();
    world.file("tea.schema.json", r#"{"title": "Tea", "type": "object", "properties": {"name": {"type": "string"}}}"#);
    world.dmr("register tea.schema.json --namespace shop --tag hot").done();
    insta::assert_snapshot!(world.dmr("models").done(), @r#"
    ┌─┬─┬─┬─┬─┬─┬─┐
    │ name ┆ version ┆ source ┆ storage ┆ records ┆ tags ┆ description │
    ╞─╪─╪─╪─╪─╪─╪─╡
    │ Product ┆ 1.0.0 ┆ external ┆ flexible ┆ 3 ┆ ┆ │
    │ shop.Tea ┆ 1.0.0 ┆ external ┆ flexible ┆ 0 ┆ hot ┆ │
    └─┴─┴─┴─┴─┴─┴─┘
    2 models, 3 records
    "#);
    insta::assert_snapshot!(world.dmr("models --tag hot --source external --namespace shop --format ndjson").done().lines().count(), @"1");
    insta::assert_snapshot!(world.dmr("models --source nowhere").failed(3), @r#"
    parameter.value

      × `source` is `static`, `dynamic` or `external`
    "#);
}

#[test]
fn m7_a_difference_says_what_breaks_and_why() {
    let world = World::with_versions();
    insta::assert_snapshot!(world.dmr("diff Product").done(), @r#"
    ┌─┬─┬─┬─┐
    │ change ┆ field ┆ breaking ┆ because │
    ╞─╪─╪─╪─╡
    │ constraint_tightened ┆ name ┆ yes ┆ maxLength: was 20, is 10 │
    │ field_added ┆ weight ┆ no ┆ an optional field │
    └─┴─┴─┴─┘
    1.0.0 -> 2.0.0, 3 records concerned
    "#);
    assert_eq!(world.dmr("diff Product 1.0.0 2.0.0").done(), world.dmr("diff Product").done());
    insta::assert_snapshot!(world.dmr("diff Product 2.0.0 2.0.0").done(), @r#"
    no change
    2.0.0 -> 2.0.0, 3 records concerned
    "#);
    let colored = world.with(&[("CLICOLOR_FORCE", "1")], "", &["diff", "Product"]).done().replace('\u{1b}', "<esc>");
    assert_eq!(colored.lines().filter(|line| line.contains("<esc>[38;5;9m") || line.contains("<esc>[31m")).count(), 1, "{colored}");
    insta::assert_snapshot!(world.dmr("diff Product 9.0.0").failed(4), @r#"
    version.unknown

      × the model has no version `9.0.0`
      help: 2.0.0
            1.0.0
    "#);
}

#[test]
fn a3_a_history_says_who_when_and_what() {
    let world = World::with_products();
    world.dmr("record update Product 0012 price=4").done();
    insta::assert_snapshot!(world.dmr("history Product 0012").done(), @r#"
    ┌─┬─┬─┬─┬─┐
    │ version ┆ operation ┆ at ┆ by ┆ changed │
    ╞─╪─╪─╪─╪─╡
    │ 1 ┆ create ┆ <time> ┆ local:tester ┆ sku: "0012" │
    │ ┆ ┆ ┆ ┆ name: "Tea" │
    │ ┆ ┆ ┆ ┆ price: 3.20 │
    │ ┆ ┆ ┆ ┆ tags: ["hot"] │
    │ 2 ┆ update ┆ <time> ┆ local:tester ┆ price: 3.20 -> 4 │
    └─┴─┴─┴─┴─┘
    "#);
}

#[test]
fn u4_what_is_nearly_right_is_suggested() {
    let world = World::with_products();
    insta::assert_snapshot!(world.dmr("history Prodct 0012").failed(4), @r#"
    model.unknown

      × there is no model `Prodct`
      help: Product
    "#);
    let typed = world.dmr("modles");
    assert_eq!(typed.code, 2);
    assert!(typed.err.contains("'models'"), "{}", typed.err);
}

/// Sizes differ from machine to machine.
fn sized(text: &str) -> String {
    let text = Regex::new(r"\d+(\.\d+)? [KMGT]?i?B\b").unwrap().replace_all(text, "<size>").into_owned();
    let text = Regex::new(r"SQLite \d+\.\d+\.\d+").unwrap().replace_all(&text, "SQLite <version>").into_owned();
    let text = Regex::new(r"(?m)^│ (file system|disk) .*$").unwrap().replace_all(&text, "│ $1 <...>").into_owned();
    let text = Regex::new(r"/[^ │]*/dmr-data").unwrap().replace_all(&text, "<data>").into_owned();
    Regex::new(r"process \d+").unwrap().replace_all(&text, "process <pid>").into_owned()
}

#[test]
fn u4_the_doctor_looks_everything_over() {
    let world = World::new();
    let absent = world.dmr("doctor");
    assert_eq!(absent.code, 1);
    insta::assert_snapshot!(sized(&masked(&absent.out)), @r#"
    ┌─┬─┬─┬─┐
    │ what ┆ ┆ found ┆ to do │
    ╞─╪─╪─╪─╡
    │ program ┆ ok ┆ dmr 0.1.0 ┆ │
    │ settings ┆ ok ┆ they are understood ┆ │
    │ data directory ┆ fail ┆ there is none at ./dmr-data ┆ dmr dev FILE, or dmr serve, makes it; --data names another │
    └─┴─┴─┴─┘
    "#);
    let world = World::with_products();
    insta::assert_snapshot!(sized(&world.dmr("doctor").done()), @r#"
    ┌─┬─┬─┬─┐
    │ what ┆ ┆ found ┆ to do │
    ╞─╪─╪─╪─╡
    │ program ┆ ok ┆ dmr 0.1.0 ┆ │
    │ settings ┆ ok ┆ they are understood ┆ │
    │ data directory ┆ ok ┆ ./dmr-data ┆ │
    │ file system <...>
    │ disk <...>
    │ owner ┆ ok ┆ nobody holds it ┆ │
    │ database ┆ ok ┆ <size>, SQLite <version> ┆ │
    │ write-ahead log ┆ ok ┆ <size> ┆ │
    │ integrity ┆ ok ┆ the quick check finds nothing wrong ┆ │
    │ registry ┆ ok ┆ 1 model ┆ │
    │ log ┆ ok ┆ can be read; the newest entry is of <time> ┆ │
    └─┴─┴─┴─┘
    "#);
    let told = world.dmr("doctor --format json").json();
    assert_eq!(told["failed"], 0);
    let misset = world.dmr("doctor --set records.page_size=many");
    assert_eq!(misset.code, 1);
    assert!(misset.out.contains("settings") && misset.out.contains("fail"), "{}", misset.out);
}

#[test]
fn u4_the_doctor_asks_the_server_that_runs() {
    let world = World::with_products();
    let server = world.start("serve");
    insta::assert_snapshot!(sized(&world.dmr("doctor").done()), @r#"
    ┌─┬─┬─┬─┐
    │ what ┆ ┆ found ┆ to do │
    ╞─╪─╪─╪─╡
    │ program ┆ ok ┆ dmr 0.1.0 ┆ │
    │ settings ┆ ok ┆ they are understood ┆ │
    │ data directory ┆ ok ┆ ./dmr-data ┆ │
    │ file system <...>
    │ disk <...>
    │ owner ┆ ok ┆ process <pid> at http://<address> ┆ │
    │ database ┆ ok ┆ <size>, SQLite <version> ┆ │
    │ write-ahead log ┆ ok ┆ <size> ┆ │
    │ integrity ┆ ok ┆ the quick check finds nothing wrong ┆ │
    │ registry ┆ ok ┆ 1 model ┆ │
    │ log ┆ ok ┆ can be read; the newest entry is of <time> ┆ │
    └─┴─┴─┴─┘
    "#);
    let by_url = world.words(&["doctor", "--url", server.address(), "--key", "dmr_wrong"]);
    assert_eq!(by_url.code, 1);
    assert!(by_url.out.contains("credential.invalid"), "{}", by_url.out);
}

#[test]
fn u4_the_doctor_finds_damage() {
    let world = World::with_products();
    let path = world.data().join("dmr.db");
    let mut bytes = std::fs::read(&path).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle..].iter_mut().for_each(|byte| *byte = 0xaa);
    std::fs::write(&path, bytes).unwrap();
    let told = world.dmr("doctor");
    assert_eq!(told.code, 1, "{}", told.out);
    assert!(told.out.contains("fail"), "{}", told.out);
    world.file(
        "other/dmr.db",
        "this is no database, but a text that is long enough to be read as the header of a file of one hundred bytes.",
    );
    let told = world.dmr("doctor --data other");
    assert_eq!(told.code, 1, "{}", told.out);
    assert!(told.out.contains("database"), "{}", told.out);
}

#[test]
fn u4_shells_complete_and_manuals_are_written() {
    let world = World::new();
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        let script = world.dmr(&format!("completions {shell}")).done();
        assert!(script.contains("aggregate") && script.contains("doctor"), "{shell}: {script}");
    }
    let page = world.dmr("man").done();
    assert!(page.starts_with(".ie") || page.contains(".TH dmr 1"), "{page}");
    world.dmr("man --dir pages").done();
    let mut pages: Vec<String> =
        std::fs::read_dir(world.path().join("pages")).unwrap().map(|page| page.unwrap().file_name().into_string().unwrap()).collect();
    pages.sort();
    assert!(["dmr.1", "dmr-query.1", "dmr-show-log.1"].iter().all(|page| pages.iter().any(|own| own == page)), "{pages:?}");
}

#[test]
fn u4_the_settings_of_the_terminal_are_those_of_tables() {
    let world = World::with_products();
    let with =
        |setting: &str, command: &str| world.words(&[&command.split(' ').collect::<Vec<_>>()[..], &["--set", setting]].concat()).done();
    let columns = |shown: String| shown.lines().nth(1).unwrap().matches('┆').count();
    assert_eq!(columns(with("terminal.sample_rows=2", "show sample Product")), 2);
    assert_eq!(with("terminal.log_rows=2", "show log").lines().filter(|line| line.contains("local:tester")).count(), 2);
    assert!(with("terminal.number_precision=4", "aggregate Product avg(price)").contains("3.85"));
    world.dmr("record create Product sku=0015 name=Pie price=1").done();
    assert!(with("terminal.number_precision=0", "aggregate Product avg(price)").contains("│ 3 "), "of 2.9");
    assert!(with("terminal.number_precision=0", "aggregate Product avg(price) --format json").contains("2.9"));
    assert!(with("terminal.max_column_width=4", "query Product --fields name").contains("=SU…"));
    assert!(with("terminal.max_column_width=4", "query Product --fields name --format csv").contains("=SUM(A1)"));
    assert!(with("terminal.date_format=%Y!", "record get Product 0012").contains('!'));
    assert!(!with("terminal.date_format=%Y!", "record get Product 0012 --format json").contains('!'));
}

#[test]
fn u4_people_and_rights_at_the_terminal() {
    let world = World::with_products();
    let told = [
        "role list",
        "principal create ada --role user",
        "principal show ada",
        "key create ada --name laptop",
        "permissions show Product",
        "principal list",
        "show versions Product",
        "change Product --tag sold",
        "show me",
    ];
    let told: Vec<String> = told.iter().map(|words| format!("$ dmr {words}\n{}", world.dmr(words).done())).collect();
    insta::assert_snapshot!(told.concat(), @r#"
    $ dmr role list
    ┌─┬─┬─┐
    │ role ┆ rights ┆ inherits │
    ╞─╪─╪─╡
    │ admin ┆ register, operate, audit, principals, deleted, settings, system ┆ │
    │ anonymous ┆ ┆ │
    │ user ┆ ┆ │
    └─┴─┴─┘
    $ dmr principal create ada --role user
    ┌─┬─┬─┬─┐
    │ id ┆ name ┆ roles ┆ attributes │
    ╞─╪─╪─╪─╡
    │ <id> ┆ ada ┆ user ┆ │
    └─┴─┴─┴─┘
    $ dmr principal show ada
    ┌─┬─┬─┬─┐
    │ id ┆ name ┆ roles ┆ attributes │
    ╞─╪─╪─╪─╡
    │ <id> ┆ ada ┆ user ┆ │
    └─┴─┴─┴─┘
    $ dmr key create ada --name laptop
    key: <key>
    id:  <id>
    The key is told this once.
    $ dmr permissions show Product
    ┌─┬─┬─┬─┐
    │ role ┆ may ┆ reads rows ┆ writes rows │
    ╞─╪─╪─╪─╡
    │ admin ┆ create, read, update, delete, list ┆ all ┆ all │
    │ user ┆ read, list ┆ all ┆ all │
    └─┴─┴─┴─┘
    $ dmr principal list
    ┌─┬─┬─┬─┐
    │ id ┆ name ┆ roles ┆ attributes │
    ╞─╪─╪─╪─╡
    │ <id> ┆ local:tester ┆ admin ┆ │
    │ <id> ┆ ada ┆ user ┆ │
    └─┴─┴─┴─┘
    $ dmr show versions Product
    ┌─┬─┬─┬─┐
    │ version ┆ at ┆ breaking ┆ changes │
    ╞─╪─╪─╪─╡
    │ 1.0.0 ┆ <time> ┆ no ┆ │
    └─┴─┴─┴─┘
    $ dmr change Product --tag sold
    changed: Product
    $ dmr show me
    ┌─┬─┐
    │ ┆ you │
    ╞─╪─╡
    │ id ┆ <id> │
    │ name ┆ local:tester │
    │ roles ┆ ["admin"] │
    │ rights ┆ ["register","operate","audit","principals","delet… │
    │ anonymous ┆ false │
    └─┴─┘
    "#);
}
