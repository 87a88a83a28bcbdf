//! R2 over the command line.

use crate::world::World;

#[test]
fn r2_a_condition_is_written_as_people_write_it() {
    let world = World::with_products();
    insta::assert_snapshot!(world.words(&["query", "Product", "--where", "price >= 3 and not (sku = 0012 or vegan is null)"]).done(), @"
    ┌─┬─┬─┬─┬─┬─┐
    │ _id ┆ sku ┆ name ┆ price ┆ vegan ┆ tags │
    ╞─╪─╪─╪─╪─╪─╡
    │ <id> ┆ 0013 ┆ Cake ┆ 4.50 ┆ true ┆ │
    └─┴─┴─┴─┴─┴─┘
    1 record
    ");
    let names = |condition: &str| {
        let ran = world.words(&["query", "Product", "--where", condition, "--fields", "name", "--sort", "sku", "--format", "csv"]);
        ran.done().lines().skip(1).map(str::to_owned).collect::<Vec<_>>().join(" ")
    };
    assert_eq!(names("price between 3 and 4.5"), "Tea Cake");
    assert_eq!(names("name ~ '^[CT]' and price < 4"), "Tea");
    assert_eq!(names("sku in (0012, 0014)"), "Tea '=SUM(A1)");
    assert_eq!(names("price is null"), "'=SUM(A1)");
    assert_eq!(names("tags contains hot"), "Tea");
    assert_eq!(names(r#"{"field": "price", "op": "gt", "value": 4}"#), "Cake");
}

#[test]
fn r2_a_condition_that_cannot_be_read_is_shown_with_its_place() {
    let world = World::with_products();
    insta::assert_snapshot!(world.words(&["query", "Product", "--where", "price >= 3 und sku = 1"]).failed(3), @"
    parameter.value

      × `and` or `or` was expected here
       ╭─
     1 │ price >= 3 und sku = 1
       ·            ▲
       ·            ╰─ here
       ╰─
    ");
    insta::assert_snapshot!(world.words(&["query", "Product", "--where", "prise >= 3"]).failed(3), @"
    field.unknown

      × where/field: there is no field `prise`
      help: price
    ");
    insta::assert_snapshot!(world.words(&["query", "Product", "--where", "price >= cheap"]).failed(3), @"
    filter.value

      × where: not a number: a string was given
      help: Write the number without quotes
    ");
}

#[test]
fn r2_filters_sort_fields_and_totals() {
    let world = World::with_products();
    let ran = world.dmr("query Product --filter price__gte=3 --filter name__icontains=A --sort -price --fields name,price --count");
    insta::assert_snapshot!(ran.done(), @"
    ┌─┬─┐
    │ name ┆ price │
    ╞─╪─╡
    │ Cake ┆ 4.50 │
    │ Tea ┆ 3.20 │
    └─┴─┘
    2 of 2 records
    ");
    insta::assert_snapshot!(world.dmr("query Product --limit 1 --sort sku --fields sku").done(), @"
    ┌─┐
    │ sku │
    ╞─╡
    │ 0012 │
    └─┘
    1 record; there are more (--limit N, --all)
    ");
    let first = world.dmr("query Product --limit 1 --sort sku --fields sku --format json").json();
    let next = first["next"].as_str().unwrap();
    let second =
        world.words(&["query", "Product", "--limit", "1", "--sort", "sku", "--fields", "sku", "--cursor", next, "--format", "json"]).json();
    assert_eq!(second["items"][0]["sku"], "0013");
}

#[test]
fn r2_all_records_come_page_after_page_in_every_format() {
    let world = World::with_products();
    let rows: String = (0..250).map(|number| format!("{{\"sku\":\"{:04}\",\"name\":\"n{number}\"}}\n", 1000 + number)).collect();
    world.with(&[], &rows, &["record", "create", "Product", "--file", "-"]).done();
    let all =
        |format: &str| world.dmr(&format!("query Product --all --sort sku --count --set records.max_page_size=100 --format {format}"));
    let json = all("json").json();
    let (items, count) = (json["items"].as_array().unwrap(), &json["count"]);
    assert_eq!((items.len(), count.as_u64(), &json["next"]), (253, Some(253), &serde_json::Value::Null));
    let skus: std::collections::BTreeSet<&str> = items.iter().map(|item| item["sku"].as_str().unwrap()).collect();
    assert_eq!(skus.len(), 253);
    assert_eq!(all("ndjson").done().lines().count(), 253);
    assert_eq!(all("csv").done().lines().count(), 254);
    assert!(all("table").done().ends_with("\n253 of 253 records\n"));
    assert_eq!(world.dmr("query Product --limit 150 --set records.max_page_size=100 --format ndjson").done().lines().count(), 150);
}

#[test]
fn m8_a_short_name_is_enough_where_one_model_has_it() {
    let world = World::with_products();
    world.file("cup.json", r#"{"title": "Cup", "type": "object", "properties": {"size": {"type": "integer"}}}"#);
    world.dmr("register cup.json --namespace shop").done();
    world.dmr("record create Cup size=3").done();
    assert_eq!(world.dmr("query ns.models.shop.Cup --format ndjson --fields size").done().lines().count(), 1);
    world.dmr("register cup.json --namespace attic").done();
    insta::assert_snapshot!(world.dmr("query Cup").failed(6), @"
    model.ambiguous

      × `Cup` is the short name of 2 models
      help: attic.Cup
            shop.Cup
    ");
}
