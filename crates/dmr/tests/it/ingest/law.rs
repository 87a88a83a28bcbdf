//! Whatever the input, each of its rows is a record or set aside, once (invariant 11; D5).

use super::file;
use crate::world::{Outcome, on_both};
use proptest::prelude::*;
use serde_json::json;

/// A line after its number: cells that fit or not, too few, too many, bytes that are no text.
fn line() -> impl Strategy<Value = Vec<u8>> {
    prop_oneof![
        4 => ("[a-c]", -3_i64..4).prop_map(|(key, price)| format!(",{key},{price}").into_bytes()),
        1 => "[a-c]".prop_map(|key| format!(",{key},").into_bytes()),
        1 => "[a-c]".prop_map(|key| format!(",{key},much").into_bytes()),
        1 => Just(b",".to_vec()),
        1 => Just(b",a,1,more".to_vec()),
        1 => Just(b",\xff,1".to_vec()),
        1 => "[a-z]{0,3}".prop_map(|key| format!(",\"{key}\"\"\",2").into_bytes()),
    ]
}

fn numbers(values: impl Iterator<Item = String>) -> Vec<u64> {
    let mut numbers: Vec<u64> = values.map(|value| value.parse().unwrap()).collect();
    numbers.sort_unstable();
    numbers
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]

    #[test]
    fn d5_each_row_is_a_record_or_set_aside_once(rows in prop::collection::vec(line(), 1..80), strict: bool) {
        let mut content = b"n,key,price\n".to_vec();
        for (at, line) in rows.iter().enumerate() {
            content.extend_from_slice(at.to_string().as_bytes());
            content.extend_from_slice(line);
            content.push(b'\n');
        }
        on_both(|world| {
            let admin = world.admin();
            if strict {
                admin.registers(json!({
                    "name": "dynamic.Rows", "unique": [["key", "price"]],
                    "schema": {
                        "type": "object",
                        "properties": { "n": { "type": "integer" }, "key": { "type": "string", "maxLength": 2 }, "price": { "type": "integer", "minimum": -1 } },
                    },
                })).done();
            }
            let answer = admin.takes_in(&file("rows.csv", &content).path).done();
            let records = admin.all("dynamic.Rows");
            let aside = admin.set_aside(&answer["ingest"]);
            assert_eq!(records.len() as u64, answer["records"].as_u64().unwrap());
            assert_eq!(aside.len() as u64, answer["quarantined"].as_u64().unwrap());
            let kept = records.iter().map(|record| record["n"].to_string());
            // What is no text comes as base 64; its number is told by its line.
            let left = aside.iter().map(|item| (item["place"]["line"].as_u64().unwrap() - 2).to_string());
            assert_eq!(numbers(kept.chain(left)), (0..rows.len() as u64).collect::<Vec<_>>());
        });
    }
}
