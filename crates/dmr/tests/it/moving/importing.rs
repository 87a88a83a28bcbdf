//! What comes in: made, changed, left, or told (R7).

use super::parts;
use crate::ingest::file;
use crate::world::{Outcome, id, on_both, told, with_settings};
use dmr::{FileFormat, Import, Retry, Settings};
use serde_json::json;

fn small(bulk: usize) -> Settings {
    let mut settings = Settings::default();
    settings.records.max_bulk = bulk;
    settings
}

#[test]
fn r7_rows_change_the_record_with_their_key_or_make_one() {
    on_both(|world| {
        let admin = world.admin();
        admin.registers(parts(json!({}))).done();
        admin.creates("Part", json!({ "no": "a", "label": "old", "stock": 1 })).done();
        admin.creates("Part", json!({ "no": "b", "label": "same" })).done();
        let lines = "{\"no\":\"a\",\"label\":\"new\"}\n{\"no\":\"b\",\"label\":\"same\"}\n\n{\"no\":\"c\"}\n";
        told!(admin.imports("Part", "parts.ndjson", lines).done(), @r#"{"rows":3,"created":1,"updated":1,"unchanged":1,"failed":0,"errors":[]}"#);
        assert_eq!(admin.exports_text("Part", FileFormat::Csv, "fields=no,label,stock&sort=no"), "no,label,stock\na,new,1\nb,same,\nc,,\n");
        // Of two rows with one key the last wins, and the history has both.
        admin.imports("Part", "parts.csv", "no,label\nd,1\nd,2\n").done();
        let record = admin.gets("Part", "d").done();
        assert_eq!((&record["label"], &record["_version"]), (&json!("2"), &json!(2)));
    });
}

#[test]
fn r7_a_model_without_a_key_gets_new_records() {
    on_both(|world| {
        let admin = world.admin();
        admin.registers(parts(json!({ "key": null }))).done();
        for _ in 0..2 {
            let answer = admin.imports("Part", "parts.json", r#"[{"no":"a"},{"no":"b"}]"#).done();
            assert_eq!((&answer["created"], &answer["failed"]), (&json!(2), &json!(0)));
        }
        assert_eq!(admin.counts("Part", ""), 4);
    });
}

#[test]
fn r7_few_rows_are_taken_all_or_none_and_each_that_fails_is_told_by_its_line() {
    on_both(|world| {
        let admin = world.admin();
        admin.registers(parts(json!({}))).done();
        let rows = "no,stock\na,1\nb,-1\nc,much\n,4\n";
        told!(admin.imports("Part", "parts.csv", rows).refused(), @r#"
        {
          "status": 422,
          "detail": "3 problems; the first: line 3: must be at least 0",
          "code": "record.invalid",
          "errors": [
            {"in":"body","pointer":"/1/stock","code":"value.rule","rule":"minimum","value":-1,"message":"line 3: must be at least 0"},
            {
              "in": "body",
              "pointer": "/2/stock",
              "code": "value.type",
              "message": "line 4: not an integer",
              "suggestions": ["Digits only, with a minus sign in front where it is negative: -12"]
            },
            {"in":"body","pointer":"/3/no","code":"field.required","message":"line 5: a row needs the key `no` of the model"}
          ],
          "suggestions": ["put right what is wrong, or take what fits: on_error=report","see what would happen, with nothing written: dry_run=true"]
        }
        "#);
        assert_eq!(admin.counts("Part", ""), 0);
        let import = Import { report: true, ..Import::default() };
        told!(admin.imports_as("Part", "parts.csv", rows, import).done(), @r#"
        {
          "rows": 4,
          "created": 1,
          "updated": 0,
          "unchanged": 0,
          "failed": 3,
          "errors": [
            {
              "row": 2,
              "line": 3,
              "errors": [{"in":"body","pointer":"/stock","code":"value.rule","rule":"minimum","value":-1,"message":"must be at least 0"}]
            },
            {
              "row": 3,
              "line": 4,
              "errors": [
                {
                  "in": "body",
                  "pointer": "/stock",
                  "code": "value.type",
                  "message": "not an integer",
                  "suggestions": ["Digits only, with a minus sign in front where it is negative: -12"]
                }
              ]
            },
            {
              "row": 4,
              "line": 5,
              "errors": [{"in":"body","pointer":"/no","code":"field.required","message":"a row needs the key `no` of the model"}]
            }
          ]
        }
        "#);
        assert_eq!(admin.counts("Part", ""), 1);
    });
}

#[test]
fn r7_of_more_rows_than_one_request_holds_each_is_told_for_itself() {
    with_settings(&small(10), |world| {
        let admin = world.admin();
        admin.registers(parts(json!({}))).done();
        let rows: String = (0..3000).map(|at| format!("{{\"no\":\"p{at}\",\"stock\":{}}}\n", if at % 10 == 9 { -1 } else { at })).collect();
        let answer = admin.imports("Part", "parts.ndjson", rows).done();
        assert_eq!((&answer["rows"], &answer["created"], &answer["failed"]), (&json!(3000), &json!(2700), &json!(300)));
        assert_eq!((answer["errors"].as_array().unwrap().len(), &answer["more"]), (100, &json!(200)));
        told!(answer["errors"][1], @r#"
        {
          "row": 20,
          "line": 20,
          "errors": [{"in":"body","pointer":"/stock","code":"value.rule","rule":"minimum","value":-1,"message":"must be at least 0"}]
        }
        "#);
        assert_eq!(admin.counts("Part", ""), 2700);
    });
}

#[test]
fn r7_a_dry_run_tells_what_would_happen_and_writes_nothing() {
    on_both(|world| {
        let admin = world.admin();
        admin.registers(parts(json!({}))).done();
        admin.creates("Part", json!({ "no": "a", "stock": 1 })).done();
        let import = || Import { dry_run: true, ..Import::default() };
        told!(admin.imports_as("Part", "parts.csv", "no,stock\na,2\na,2\nb,3\nc,-1\n", import()).done(), @r#"
        {
          "rows": 4,
          "created": 1,
          "updated": 1,
          "unchanged": 1,
          "failed": 1,
          "errors": [
            {
              "row": 4,
              "line": 5,
              "errors": [{"in":"body","pointer":"/stock","code":"value.rule","rule":"minimum","value":-1,"message":"must be at least 0"}]
            }
          ],
          "dry_run": true
        }
        "#);
        assert_eq!(admin.counts("Part", ""), 1);
        assert_eq!(admin.gets("Part", "a").done()["_version"], 1);
    });
}

#[test]
fn r7_a_column_that_is_no_field_is_told_with_what_may_be_meant() {
    on_both(|world| {
        let admin = world.admin();
        admin.registers(parts(json!({}))).done();
        told!(admin.imports("Part", "parts.csv", "no,lable,_id\na,x,y\n").refused(), @r#"
        {
          "status": 422,
          "detail": "2 problems; the first: the model has no field `lable` for this column",
          "code": "field.undeclared",
          "errors": [
            {
              "in": "body",
              "pointer": "/lable",
              "code": "field.undeclared",
              "message": "the model has no field `lable` for this column",
              "suggestions": ["label"]
            },
            {
              "in": "body",
              "pointer": "/_id",
              "code": "field.read_only",
              "message": "the column `_id` is the system's",
              "suggestions": ["system=true"]
            }
          ]
        }
        "#);
        assert_eq!(admin.imports("Part", "parts.csv", "no,no\na,b\n").refused()["code"], "ingest.format");
        assert_eq!(admin.imports("Part", "parts.csv", "").refused()["code"], "ingest.empty");
        assert_eq!(admin.imports("Part", "parts.txt", "no\na\n").refused()["code"], "ingest.format");
        // Other delimiters are found by the names of the header.
        assert_eq!(admin.imports("Part", "parts.csv", "no;label\na;b,c\n").done()["created"], 1);
        assert_eq!(admin.gets("Part", "a").done()["label"], "b,c");
        assert_eq!(admin.imports("Part", "parts.csv", "no\tstock\nt\t2\n").done()["created"], 1);
    });
}

#[test]
fn r7_what_is_not_of_the_format_fails_row_by_row() {
    with_settings(&small(1), |world| {
        let admin = world.admin();
        admin.registers(parts(json!({}))).done();
        told!(admin.imports("Part", "p.ndjson", "{\"no\":\"a\"}\n{\"no\":\n7\n{\"no\":\"b\",\"no\":\"c\"}\n{\"label\":\"x\"}\n{\"no\":null}\n").done(), @r#"
        {
          "rows": 6,
          "created": 1,
          "updated": 0,
          "unchanged": 0,
          "failed": 5,
          "errors": [
            {
              "row": 2,
              "line": 2,
              "errors": [{"in":"body","pointer":"","code":"json.syntax","message":"Expected a value, but the text ends (byte 7 of the record, in /no)"}]
            },
            {
              "row": 3,
              "line": 3,
              "errors": [{"in":"body","pointer":"","code":"ingest.element","message":"a record is an object, this is a number"}]
            },
            {
              "row": 4,
              "line": 4,
              "errors": [
                {
                  "in": "body",
                  "pointer": "",
                  "code": "json.duplicate_key",
                  "message": "The key \"no\" stands twice in one object (byte 11 of the record, in /no)"
                }
              ]
            },
            {
              "row": 5,
              "line": 5,
              "errors": [{"in":"body","pointer":"/no","code":"field.required","message":"a row needs the key `no` of the model"}]
            },
            {
              "row": 6,
              "line": 6,
              "errors": [{"in":"body","pointer":"/no","code":"field.required","message":"a row needs the key `no` of the model"}]
            }
          ]
        }
        "#);
    });
}

#[test]
fn r7_the_same_request_under_an_idempotency_key_is_carried_out_once() {
    with_settings(&small(100), |world| {
        let admin = world.admin();
        admin.registers(parts(json!({ "key": null }))).done();
        for rows in [50, 2500] {
            let lines: String =
                (0..rows).map(|at| format!("{{\"no\":\"p{at}\",\"stock\":{}}}\n", if at == 7 && rows > 100 { -1 } else { 1 })).collect();
            let file = file("parts.ndjson", &lines);
            let import = |key: &str| {
                let retry = Retry::of_file("POST", "/import", key, "", &file.path).unwrap();
                admin.import("Part", &file.path, Import { retry: Some(retry), ..Import::default() }).wait().unwrap()
            };
            let before = admin.counts("Part", "");
            let key = format!("key{rows}");
            let (first, again) = (import(&key), import(&key));
            assert!(!first.replayed && again.replayed);
            assert_eq!(first.to_value(), again.to_value());
            let failed = u64::from(rows > 100);
            assert_eq!((admin.counts("Part", "") - before, first.failed), (rows - failed, failed));
            file.now_holds("{\"no\":\"another\"}\n");
            let retry = Retry::of_file("POST", "/import", &key, "", &file.path).unwrap();
            let other = admin.import("Part", &file.path, Import { retry: Some(retry), ..Import::default() });
            assert_eq!(other.refused()["code"], "idempotency.mismatch");
        }
    });
}

#[test]
fn r7_a_read_only_member_is_taken_where_it_says_what_is_stored() {
    on_both(|world| {
        let admin = world.admin();
        let made = json!({ "type": "object", "required": ["no"], "properties": {
            "no": { "type": "string" },
            "made": { "type": "string", "default": "here", "readOnly": true },
            "in": { "type": "object", "properties": { "by": { "type": "string", "readOnly": true, "default": "me" }, "at": { "type": "string" } } },
        } });
        admin.registers(json!({ "name": "Made", "schema": made, "key": ["no"] })).done();
        let record = admin.creates("Made", json!({ "no": "a" })).done();
        assert_eq!(record["made"], "here");
        let answer = admin.imports("Made", "made.json", r#"[{"no":"a","made":"here"}]"#).done();
        assert_eq!(answer["unchanged"], 1);
        for rows in [r#"[{"no":"a","made":"there"}]"#, r#"[{"no":"b","made":"here"}]"#] {
            let refused = admin.imports("Made", "made.json", rows).refused();
            assert_eq!(refused["errors"][0]["code"], "field.read_only", "{rows}");
        }
        assert_eq!(admin.history_of("Made", &id(&record)).done()["items"].as_array().unwrap().len(), 1);
    });
}

#[test]
fn r7_a_model_that_moves_meanwhile_is_no_obstacle() {
    with_settings(&small(10), |world| {
        let admin = world.admin();
        admin.registers(parts(json!({}))).done();
        let rows: String = (0..20_000).map(|at| format!("{{\"no\":\"p{at}\",\"stock\":{at}}}\n")).collect();
        let file = file("parts.ndjson", rows);
        let importing = admin.import("Part", &file.path, Import::default());
        for at in 0..10 {
            admin.changes_model("Part", json!({ "tags": [format!("t{at}")] })).done();
        }
        let imported = importing.wait().unwrap();
        assert_eq!((imported.created, imported.failed), (20_000, 0));
        assert_eq!(admin.counts("Part", ""), 20_000);
    });
}
