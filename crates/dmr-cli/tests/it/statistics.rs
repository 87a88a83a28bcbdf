//! X1, U4: what the fields of a model hold, at the terminal.

use crate::world::World;

fn shelf() -> World {
    let world = World::with_products();
    world.dmr("record create Product sku=0015 name=Tea price=3.60 tags:=[\"hot\"]").done();
    world.dmr("record create Product sku=0016 name=Bread price=2.10 vegan=true").done();
    world
}

#[test]
fn u4_statistics_of_every_field_are_a_table() {
    let world = shelf();
    insta::assert_snapshot!(world.dmr("show statistics Product").done(), @r#"
    ┌─┬─┬─┬─┬─┬─┬─┬─┬─┐
    │ field ┆ type ┆ filled ┆ distinct ┆ min ┆ max ┆ mean ┆ spread ┆ most frequent │
    ╞─╪─╪─╪─╪─╪─╪─╪─╪─╡
    │ sku ┆ text ┆ 100 % ┆ 5 (high) ┆ 0012 ┆ 0016 ┆ ┆ ┆ │
    │ name ┆ text ┆ 100 % ┆ 4 (high) ┆ =SUM(A1) ┆ Tea ┆ ┆ ┆ Tea 40 %, =SUM(A1) 20 %, Bread 20 % │
    │ price ┆ number ┆ 80 % ┆ 4 (high) ┆ 2.10 ┆ 4.50 ┆ 3.35 ┆ █   █ █  █ ┆ │
    │ vegan ┆ boolean ┆ 40 % ┆ 1 (medium) ┆ true ┆ true ┆ ┆ ┆ true 100 % │
    │ tags ┆ list of text ┆ 40 % ┆ 1 (medium) ┆ ┆ ┆ ┆ ┆ ["hot"] 100 % │
    └─┴─┴─┴─┴─┴─┴─┴─┴─┘
    5 records, 40 bytes on average, as of <time>
    "#);
    insta::assert_snapshot!(world.dmr("show statistics Product --format csv").done(), @r#"
    field,type,count,nulls,absent,exact,inferred,kinds,distinct,unique_share,cardinality,min,max,top,size,sum,mean,deviation,quantiles,histogram
    sku,text,5,0,0,true,text,"{""text"":5}",5,1,high,0012,0016,"[{""value"":""0012"",""count"":1},{""value"":""0013"",""count"":1},{""value"":""0014"",""count"":1},{""value"":""0015"",""count"":1},{""value"":""0016"",""count"":1}]","{""average"":6,""biggest"":6}",,,,,
    name,text,5,0,0,true,text,"{""text"":5}",4,0.8,high,'=SUM(A1),Tea,"[{""value"":""Tea"",""count"":2},{""value"":""=SUM(A1)"",""count"":1},{""value"":""Bread"",""count"":1},{""value"":""Cake"",""count"":1}]","{""average"":6.6,""biggest"":10}",,,,,
    price,number,4,1,0,true,number,"{""number"":4}",4,1,high,2.10,4.50,"[{""value"":2.10,""count"":1},{""value"":3.20,""count"":1},{""value"":3.60,""count"":1},{""value"":4.50,""count"":1}]","{""average"":4,""biggest"":4}",13.4,3.35,0.99498743710662,"{""p05"":2.265,""p25"":2.925,""p50"":3.4,""p75"":3.825,""p95"":4.365}","{""from"":2.1,""to"":4.5,""counts"":[1,0,0,0,1,0,1,0,0,1]}"
    vegan,boolean,2,0,3,true,boolean,"{""boolean"":2}",1,0.5,medium,true,true,"[{""value"":true,""count"":2}]","{""average"":4,""biggest"":4}",,,,,
    tags,list of text,2,0,3,true,list,"{""list"":2}",1,0.5,medium,,,"[{""value"":[""hot""],""count"":2}]","{""average"":7,""biggest"":7}",,,,,
    "#);
}

#[test]
fn u4_one_field_is_told_of_with_bars() {
    let world = shelf();
    insta::assert_snapshot!(world.dmr("show statistics Product --field price").done(), @r#"
    ┌─┬─┐
    │ ┆ price │
    ╞─╪─╡
    │ type ┆ number │
    │ values ┆ 4 (80 %) │
    │ null ┆ 1 │
    │ absent ┆ 0 │
    │ distinct ┆ 4 (high) │
    │ min ┆ 2.10 │
    │ max ┆ 4.50 │
    │ sum ┆ 13.4 │
    │ mean ┆ 3.35 │
    │ deviation ┆ 0.99 │
    │ p05 ┆ 2.27 │
    │ p25 ┆ 2.92 │
    │ p50 ┆ 3.4 │
    │ p75 ┆ 3.83 │
    │ p95 ┆ 4.37 │
    │ bytes ┆ 4 on average, 4 at most │
    └─┴─┘
    ┌─┬─┬─┐
    │ from ┆ values ┆ │
    ╞─╪─╪─╡
    │ 2.10 ┆ 1 ┆ ████████████████████ │
    │ 2.34 ┆ 0 ┆ │
    │ 2.58 ┆ 0 ┆ │
    │ 2.82 ┆ 0 ┆ │
    │ 3.06 ┆ 1 ┆ ████████████████████ │
    │ 3.30 ┆ 0 ┆ │
    │ 3.54 ┆ 1 ┆ ████████████████████ │
    │ 3.78 ┆ 0 ┆ │
    │ 4.02 ┆ 0 ┆ │
    │ 4.26 ┆ 1 ┆ ████████████████████ │
    └─┴─┴─┘
    5 records, 40 bytes on average, as of <time>
    "#);
    insta::assert_snapshot!(world.dmr("show statistics Product --field name").done(), @r#"
    ┌─┬─┐
    │ ┆ name │
    ╞─╪─╡
    │ type ┆ text │
    │ values ┆ 5 (100 %) │
    │ null ┆ 0 │
    │ absent ┆ 0 │
    │ distinct ┆ 4 (high) │
    │ min ┆ =SUM(A1) │
    │ max ┆ Tea │
    │ bytes ┆ 6.6 on average, 10 at most │
    └─┴─┘
    ┌─┬─┬─┐
    │ value ┆ records ┆ │
    ╞─╪─╪─╡
    │ Tea ┆ 2 ┆ ████████████████████ │
    │ =SUM(A1) ┆ 1 ┆ ██████████ │
    │ Bread ┆ 1 ┆ ██████████ │
    │ Cake ┆ 1 ┆ ██████████ │
    └─┴─┴─┘
    5 records, 40 bytes on average, as of <time>
    "#);
    insta::assert_snapshot!(world.dmr("show statistics Product --field prise").failed(3), @r#"
    field.unknown

      × there is no field `prise`
      help: price
    "#);
    insta::assert_snapshot!(world.dmr("show statistics Produkt").failed(4), @r#"
    model.unknown

      × there is no model `Produkt`
      help: Product
    "#);
    // Bars are letters like any: nothing is sent that only a terminal understands.
    assert!(!world.with(&[("NO_COLOR", "1")], "", &["show", "statistics", "Product"]).out.contains('\u{1b}'));
}

#[test]
fn x1_programs_get_what_the_server_tells() {
    let world = shelf();
    let told = world.dmr("show statistics Product --field sku --format json").json();
    assert_eq!((told["rows"].as_u64(), told["fields"][0]["cardinality"].as_str()), (Some(5), Some("high")));
    assert_eq!(world.dmr("show statistics Product --refresh --format ndjson").done().lines().count(), 5);
}

/// X2: what a killed process had taken in is lost and comes from the log; nothing counts twice.
#[test]
fn x2_a_killed_process_leaves_right_statistics() {
    let world = shelf();
    let server = world.start("serve");
    for number in 20..32 {
        world.dmr(&format!("record create Product sku=00{number} name=Nut price={number}")).done();
    }
    world.dmr("record update Product 0020 price=7").done();
    world.dmr("record update Product 0012 price=1").done();
    world.dmr("record delete Product 0021").done();
    world.dmr("record delete Product 0022 --hard").done();
    let told = |world: &World| world.dmr("show statistics Product --field price --format json").json();
    let before = told(&world);
    server.kill();
    let after = told(&world);
    assert_eq!(after["fields"], before["fields"]);
    assert_eq!((after["rows"].as_u64(), after["fields"][0]["count"].as_u64()), (Some(15), Some(14)));
    // 7 and 23 to 31 of nuts; 1, 4.5, 3.6 and 2.1 of what was there before.
    assert_eq!(after["fields"][0]["sum"].to_string(), "261.2");
}
