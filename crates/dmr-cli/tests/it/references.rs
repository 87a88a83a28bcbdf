//! References between models at the terminal (M5).

use crate::world::World;

const CUSTOMER: &str = r#"{"name": "shop.Customer", "key": ["no"],
  "schema": {"type": "object", "required": ["no"], "properties": {"no": {"type": "string"}, "name": {"type": "string"}}}}"#;
const ORDER: &str = r#"{"name": "shop.Order", "key": ["no"],
  "schema": {"type": "object", "required": ["no"], "properties": {
    "no": {"type": "integer"}, "customer": {"type": "string"}, "guests": {"type": "array", "items": {"type": "string"}}}},
  "fields": {"customer": {"references": "shop.Customer", "on_delete": "restrict"}, "guests": {"references": "shop.Customer"}}}"#;

fn shop() -> World {
    let world = World::new();
    world.file("customer.json", CUSTOMER);
    world.file("order.json", ORDER);
    world.dmr("register customer.json").done();
    world.dmr("register order.json").done();
    world.dmr("record create shop.Customer no=ann name=Ann").done();
    world.dmr("record create shop.Customer no=bob name=Bob").done();
    world.dmr("record create shop.Order no=1 customer=ann guests:=[\"bob\",\"ann\"]").done();
    world
}

#[test]
fn m5_what_records_refer_to_is_shown_with_them() {
    let world = shop();
    insta::assert_snapshot!(world.dmr("show model shop.Order").done(), @"
    ┌─┬─┐
    │ ┆ model │
    ╞─╪─╡
    │ name ┆ shop.Order │
    │ path ┆ ns.models.shop.Order │
    │ version ┆ 1.0.0 │
    │ source ┆ external │
    │ mode ┆ hybrid │
    │ storage ┆ flexible │
    │ records ┆ 1 │
    │ key ┆ no │
    └─┴─┘
    ┌─┬─┬─┬─┬─┐
    │ field ┆ type ┆ required ┆ rules ┆ behaviours │
    ╞─╪─╪─╪─╪─╡
    │ no ┆ integer ┆ yes ┆ ┆ │
    │ customer ┆ string ┆ ┆ ┆ refers to shop.Customer, restricts │
    │ guests ┆ array of string ┆ ┆ ┆ refers to shop.Customer │
    └─┴─┴─┴─┴─┘
    ");
    insta::assert_snapshot!(world.dmr("record get shop.Order 1 --expand customer,guests").done(), @r#"
    ┌─┬─┐
    │ field ┆ value │
    ╞─╪─╡
    │ _id ┆ <id> │
    │ no ┆ 1 │
    │ customer ┆ ann │
    │ guests ┆ ["bob","ann"] │
    │ _version ┆ 1 │
    │ _created_at ┆ <time> │
    │ _updated_at ┆ <time> │
    │ _created_by ┆ <id> │
    │ _updated_by ┆ <id> │
    │ _owner ┆ <id> │
    │ customer.no ┆ ann │
    │ customer.name ┆ Ann │
    │ guests.no ┆ ["bob","ann"] │
    │ guests.name ┆ ["Bob","Ann"] │
    └─┴─┘
    "#);
    insta::assert_snapshot!(world.dmr("query shop.Order --expand customer,guests").done(), @r#"
    ┌─┬─┬─┬─┬─┬─┬─┬─┐
    │ _id ┆ no ┆ customer ┆ guests ┆ customer.no ┆ customer.name ┆ guests.no ┆ guests.name │
    ╞─╪─╪─╪─╪─╪─╪─╪─╡
    │ <id> ┆ 1 ┆ ann ┆ ["bob","ann"] ┆ ann ┆ Ann ┆ ["bob","ann"] ┆ ["Bob","Ann"] │
    └─┴─┴─┴─┴─┴─┴─┴─┘
    1 record
    "#);
    insta::assert_snapshot!(world.dmr("query shop.Order --expand customer,guests --fields no --format csv").done(), @r#"
    no,_id,customer.no,customer.name,guests.no,guests.name
    1,<id>,ann,Ann,"[""bob"",""ann""]","[""Bob"",""Ann""]"
    "#);
    insta::assert_snapshot!(world.dmr("query shop.Order --expand customer --fields no --format ndjson").done(), @r#"{"_id":"<id>","no":1,"_expand":{"customer":{"_id":"<id>","no":"ann","name":"Ann","_version":1,"_created_at":"<time>","_updated_at":"<time>","_created_by":"<id>","_updated_by":"<id>","_owner":"<id>"}}}"#);
}

#[test]
fn m5_r3_what_is_found_is_shown_with_what_it_refers_to() {
    let world = shop();
    let note = r#"{"name": "shop.Note", "schema": {"type": "object", "properties": {"text": {"type": "string"}, "by": {"type": "string"}}},
      "fields": {"text": {"behaviours": ["SEARCHABLE"]}, "by": {"references": "shop.Customer"}}}"#;
    world.file("note.json", note);
    world.dmr("register note.json").done();
    world.dmr("record create shop.Note text=tea by=bob").done();
    world.dmr("record create shop.Note text=tea").done();
    insta::assert_snapshot!(world.dmr("search shop.Note tea --expand by").done(), @"
    ┌─┬─┬─┬─┬─┬─┐
    │ score ┆ _id ┆ text ┆ by ┆ by.no ┆ by.name │
    ╞─╪─╪─╪─╪─╪─╡
    │ 2 ┆ <id> ┆ tea ┆ bob ┆ bob ┆ Bob │
    │ 2 ┆ <id> ┆ tea ┆ ┆ ┆ │
    └─┴─┴─┴─┴─┴─┘
    2 records
    ");
    insta::assert_snapshot!(world.dmr("search shop.Note tea --expand by --format csv").done(), @"
    _score,_id,text,by,_version,_created_at,_updated_at,_created_by,_updated_by,_owner,by.no,by.name
    2,<id>,tea,bob,1,<time>,<time>,<id>,<id>,<id>,bob,Bob
    2,<id>,tea,,1,<time>,<time>,<id>,<id>,<id>,,
    ");
}

#[test]
fn m5_what_names_nothing_and_what_is_named_are_told() {
    let world = shop();
    insta::assert_snapshot!(world.dmr("record create shop.Order no=2 customer=zoe").failed(3), @"
    reference.unknown

      × /customer: this names no record of `shop.Customer`
    ");
    insta::assert_snapshot!(world.dmr("record delete shop.Customer ann").failed(6), @"
    reference.held

      × records of `shop.Order` refer to it by `customer`
      help: change or delete those first
    ");
    insta::assert_snapshot!(world.dmr("query shop.Order --expand no").failed(3), @"
    parameter.value

      × expand: `no` refers to no model
    ");
}

#[test]
fn m5_references_are_changed_in_place() {
    let world = shop();
    world.dmr("change shop.Order --references guests= --on-delete customer=keep").done();
    world.dmr("record delete shop.Customer ann").done();
    world.dmr("change shop.Order --references no=shop.Customer").failed(3);
    world.dmr("change shop.Customer --references name=shop.Customer").done();
    world.dmr("record create shop.Customer no=cy name=zoe").failed(3);
}
