//! M4, M5 over the command line: a model changes in place.

use crate::world::World;
use serde_json::json;

#[test]
fn m4_a_model_changes_in_place() {
    let world = World::with_products();
    let words = "change Product --index name --unique name --tag food --behaviours price=INDEXED --description Snacks";
    assert_eq!(world.dmr(words).done(), "changed: Product\n");
    let model = || world.dmr("show model Product --format json").json();
    let now = model();
    assert_eq!(
        (&now["indexes"], &now["unique"], &now["tags"]),
        (&json!([["-price", "name"], ["name"]]), &json!([["name"]]), &json!(["food"]))
    );
    assert_eq!((&now["description"], &now["fields"]["price"]["behaviours"]), (&json!("Snacks"), &json!(["INDEXED"])));
    assert_eq!(now["version"], "1.0.0");
    insta::assert_snapshot!(world.dmr("record create Product sku=0099 name=Tea").failed(6), @"
    unique.taken

      × /name: another record has this `name`
    ");
    let words = "change Product --drop-index=-price,name --drop-unique name --drop-tag food --behaviours price= --format json";
    let now = world.dmr(words).json();
    assert_eq!((&now["indexes"], &now["unique"], &now["tags"]), (&json!([["name"]]), &json!([]), &json!([])));
    world.dmr("record create Product sku=0099 name=Tea").done();
    insta::assert_snapshot!(world.dmr("change Product --unique name").failed(6), @"
    unique.taken

      × /unique: 1 record has a value of name that another has too
      help: find them: group or sort by name
    ");
    insta::assert_snapshot!(world.dmr("change Product --index prise").failed(3), @"
    definition.invalid

      × /indexes/1: the schema declares no field `prise`
      help: price
    ");
}

#[test]
fn m5_many_records_are_gone_through_in_a_job_that_is_waited_for_or_not() {
    let world = World::new();
    let rows: String = (0..10_000).map(|row| format!("{row},{}\n", row % 100)).collect();
    world.file("many.csv", format!("sku,kind\n{rows}"));
    world.dmr("ingest many.csv").done();
    let server = world.start("serve");
    assert_eq!(world.dmr("change Many --index=-sku").done(), "changed: dynamic.Many\n");
    assert_eq!(world.dmr("query Many --sort -sku --limit 1 --fields sku --format csv").done().lines().nth(1), Some("9999"));
    insta::assert_snapshot!(world.dmr("change Many --unique kind").failed(6), @"
    unique.taken

      × /unique: 9900 records have a value of kind that another has too
      help: find them: group or sort by kind
    ");
    let all = || world.dmr("query Many --sort sku --all --format ndjson").done();
    let before = all();
    for storage in ["structured", "flexible", "structured"] {
        assert_eq!(world.dmr(&format!("change Many --storage {storage}")).done(), "changed: dynamic.Many\n");
        assert_eq!(world.dmr("show model Many --format json").json()["storage"], storage);
        assert_eq!(all(), before);
    }
    insta::assert_snapshot!(world.dmr("change Many --index kind --no-wait").done(), @"it runs: job <id>");
    drop(server);
}

#[test]
fn m5_d4_a_model_is_advised_on() {
    let world = World::with_products();
    insta::assert_snapshot!(world.dmr("advise Product").done(), @"
    storage: flexible is as it should be: 3 records of 5 fields, 4 of them plain; typed columns pay for at least 5 plain fields
    nothing to advise
    ");
    let advice = world.dmr("advise Product --format json").json();
    assert_eq!((&advice["storage"]["now"], &advice["storage"]["advised"]), (&json!("flexible"), &json!("flexible")));
    insta::assert_snapshot!(world.dmr("advise Produkt").failed(4), @"
    model.unknown

      × there is no model `Produkt`
      help: Product
    ");
}
