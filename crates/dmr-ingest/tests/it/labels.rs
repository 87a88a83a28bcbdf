//! D1, D2: what fields and models are called.

use crate::world::{look, read, rendered, text};
use dmr_ingest::Input;
use serde_json::json;

#[test]
fn d2_names_stay_as_far_as_a_field_may_have_them() {
    let input = text("x.csv", "_id,id_,,a, a ,a,Height(inches),a.b/c,\"two\nlines\",__\n1,2,3,4,5,6,7,8,9,10\n");
    let inspection = look(&input);
    let names: Vec<&str> = inspection.proposal.fields.iter().map(|field| field.name.as_str()).collect();
    assert_eq!(names, ["id__2", "id_", "column_3", "a", "a_2", "a_3", "Height(inches)", "a.b/c", "two lines", "column_10"]);
    insta::assert_snapshot!(inspection.proposal.notices.join("\n"), @"
    '_id' is the field 'id__2'
    a column without a name is the field 'column_3'
    ' a ' is the field 'a_2'
    'a' is the field 'a_3'
    'two
    lines' is the field 'two lines'
    '__' is the field 'column_10'
    ");
    insta::assert_snapshot!(dmr_core::json::to_string(&inspection.proposal.schema["properties"]).replace("},", "},\n"), @r#"
    {"id__2":{"type":"integer","title":"_id","x-dmr-alias":"_id"},
    "id_":{"type":"integer"},
    "column_3":{"type":"integer"},
    "a":{"type":"integer"},
    "a_2":{"type":"integer","title":"a","x-dmr-alias":" a "},
    "a_3":{"type":"integer","title":"a"},
    "Height(inches)":{"type":"integer"},
    "a.b/c":{"type":"integer"},
    "two lines":{"type":"integer","title":"two\nlines","x-dmr-alias":"two\nlines"},
    "column_10":{"type":"integer","title":"__","x-dmr-alias":"__"}}
    "#);
    insta::assert_snapshot!(rendered(&read(&input).0), @r#"3: {"id__2":1,"id_":2,"column_3":3,"a":4,"a_2":5,"a_3":6,"Height(inches)":7,"a.b/c":8,"two lines":9,"column_10":10}"#);
}

#[test]
fn d2_members_that_begin_with_an_underscore_get_an_alias() {
    let input = text("x.jsonl", "{\"_id\": {\"_id\": 7}, \"b\": 1}\n{\"b\": 2, \"_rev\": \"x\"}\n");
    let inspection = look(&input);
    insta::assert_snapshot!(dmr_core::json::to_string(&inspection.proposal.schema["properties"]), @r#"{"id_":{"type":"object","properties":{"_id":{"type":"integer"}},"required":["_id"],"title":"_id","x-dmr-alias":"_id"},"b":{"type":"integer"},"rev_":{"type":"string","title":"_rev","x-dmr-alias":"_rev"}}"#);
    insta::assert_snapshot!(rendered(&read(&input).0), @r#"
    1: {"id_":{"_id":7},"b":1}
    2: {"b":2,"rev_":"x"}
    "#);
}

#[test]
fn d1_models_are_called_after_their_files() {
    let of = |name: &str| look(&Input::records(name, vec![json!({"a": 1})])).proposal.name;
    let names =
        ["mlb_players.csv", "boston311-100.jsonl", "311011.csv", "データ.csv", "v1.2 orders", "customer_data", "a.b.json", ".csv", "x-y z"];
    let told: Vec<String> = names.iter().map(|name| format!("{name} -> {}", of(name))).collect();
    insta::assert_snapshot!(told.join("\n"), @"
    mlb_players.csv -> MlbPlayers
    boston311-100.jsonl -> Boston311_100
    311011.csv -> File311011
    データ.csv -> File
    v1.2 orders -> V1_2Orders
    customer_data -> CustomerData
    a.b.json -> AB
    .csv -> File
    x-y z -> XYZ
    ");
    assert_eq!(of(&"long ".repeat(50)).len(), 64);
}
