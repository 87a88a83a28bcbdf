//! D1, D5: records for a model that exists: cells are read as its types, what does not fit is set aside.

use crate::world::{rendered, text, told_aside};
use dmr_core::FieldType;
use dmr_ingest::{Column, Input, Layout, Options, Outcome, Quarantined, Row, rows};

fn fields() -> Vec<Column> {
    let field = |source: &str, name: &str, field_type| Column { source: source.into(), name: name.into(), field_type };
    vec![
        field("_id", "id_", FieldType::Integer),
        field("price", "price", FieldType::Decimal),
        field("day", "day", FieldType::Date),
        field("tags", "tags", FieldType::List(Box::new(FieldType::Text))),
    ]
}

fn ingested(input: &Input) -> (Vec<Row>, Vec<Quarantined>) {
    let layout = Layout::for_fields(input, &Options::default(), &fields()).unwrap();
    let (mut kept, mut aside) = (Vec::new(), Vec::new());
    for outcome in rows(input, &layout).unwrap() {
        match outcome.unwrap() {
            Outcome::Row(row) => kept.push(row),
            Outcome::Quarantined(quarantined) => aside.push(quarantined),
        }
    }
    (kept, aside)
}

#[test]
fn d5_cells_are_read_as_the_models_types() {
    let input = text("x.csv", "price,_id,tags,more\n1.50,7,\"[\"\"a\"\",\"\"b\"\"]\",5\n2,8,,\nx,y,z,6\n");
    let (kept, aside) = ingested(&input);
    insta::assert_snapshot!(rendered(&kept), @r#"
    2: {"price":"1.50","id_":7,"tags":["a","b"],"more":"5"}
    3: {"price":"2","id_":8}
    "#);
    insta::assert_snapshot!(told_aside(&aside), @r#"line 4 byte 51 value.type: column 'price': not a decimal (Digits with a point: -1234.50); column '_id': not an integer (Digits only, with a minus sign in front where it is negative: -12); column 'tags': not a list (Write it as JSON: [1, 2]) | "x,y,z,6""#);
}

#[test]
fn d5_members_go_under_the_names_of_their_fields() {
    let input = text("x.jsonl", "{\"_id\": 1, \"price\": \"2\", \"_x\": 1}\n{\"id_\": 2, \"other\": true}\n");
    let (kept, aside) = ingested(&input);
    insta::assert_snapshot!(rendered(&kept), @r#"
    1: {"id_":1,"price":"2","x_":1}
    2: {"id_":2,"other":true}
    "#);
    assert_eq!(aside, []);
}

#[test]
fn d1_a_column_of_the_fields_own_name_goes_before_an_alias() {
    let input = text("x.csv", "_id,id_\n1,2\n");
    insta::assert_snapshot!(rendered(&ingested(&input).0), @r#"2: {"id__2":"1","id_":2}"#);
}
