//! What an ingest answers, keeps and tells (D1, D2, D4, M2, A1).

use super::{file, lines};
use crate::world::{Outcome, on_both, told};
use dmr::core::registration::StorageAsked;
use dmr::{AuditFilter, Upload};
use serde_json::json;
use std::sync::Arc;
use std::sync::Mutex;

const PARTS: &str = "part no,price,stock,_note\n007,34.00,1,x\n008,1.5,NA,\n009,,3,y\n";

#[test]
fn d1_a_file_becomes_a_model_with_records_and_says_why() {
    on_both(|world| {
        let admin = world.admin();
        let parts = file("spare_parts.csv", PARTS);
        let answer = admin.takes_in(&parts.path).done();
        told!(answer, @r#"
        {
          "ingest": "<id 1>",
          "model": "dynamic.SpareParts",
          "version": "1.0.0",
          "created": true,
          "records": 3,
          "quarantined": 0,
          "storage": {
            "method": "flexible",
            "reasons": ["3 records of 4 plain columns","a table of its own pays for more than 100000 records of at least 5 plain columns"]
          },
          "fields": [
            {
              "name": "part no",
              "source": "part no",
              "type": "text",
              "why": "leading zeros in 3 cells (first in line 2: '007'); the column stays text",
              "seen": 3,
              "nulls": 0,
              "absent": 0,
              "sample": ["007","008","009"]
            },
            {
              "name": "price",
              "source": "price",
              "type": "number",
              "why": "numbers in all 2 cells; their digits are kept; 1 cell empty",
              "seen": 2,
              "nulls": 0,
              "absent": 1,
              "sample": ["34.00","1.5"]
            },
            {
              "name": "stock",
              "source": "stock",
              "type": "text",
              "why": "1 of 3 cells is 'NA' (first in line 3) and integers in 2 cells (first in line 2: '1'); the column stays text",
              "seen": 3,
              "nulls": 0,
              "absent": 0,
              "sample": ["1","NA","3"]
            },
            {
              "name": "note_",
              "source": "_note",
              "type": "text",
              "why": "words or free text; 1 cell empty",
              "seen": 2,
              "nulls": 0,
              "absent": 1,
              "sample": ["x","y"]
            }
          ],
          "notices": ["'_note' is the field 'note_'"]
        }
        "#);
        told!(admin.model("dynamic.SpareParts").done().0, @r#"
        {
          "name": "dynamic.SpareParts",
          "namespace": "dynamic",
          "path": "ns.models.dynamic.SpareParts",
          "version": "1.0.0",
          "source": "dynamic",
          "mode": "hybrid",
          "storage": "flexible",
          "key": [],
          "schema": {
            "$schema": "https://json-schema.org/draft/2020-12/schema",
            "title": "SpareParts",
            "type": "object",
            "properties": {
              "part no": {"type":"string","x-dmr-id":1},
              "price": {"type":"number","x-dmr-id":2},
              "stock": {"type":"string","x-dmr-id":3},
              "note_": {"type":"string","title":"_note","x-dmr-alias":"_note","x-dmr-id":4}
            },
            "required": ["part no","stock"]
          },
          "fields": {
            "part no": {"id":1,"type":"text","required":true,"nullable":false,"behaviours":[]},
            "price": {"id":2,"type":"number","required":false,"nullable":false,"behaviours":[]},
            "stock": {"id":3,"type":"text","required":true,"nullable":false,"behaviours":[]},
            "note_": {"id":4,"type":"text","required":false,"nullable":false,"behaviours":[]}
          },
          "indexes": [],
          "unique": [],
          "tags": ["dynamic","inferred"],
          "description": null,
          "records": 3,
          "created_at": "2026-01-01T00:00:00.000000Z",
          "updated_at": "2026-01-01T00:00:00.000000Z"
        }
        "#);
        told!(admin.ingest(answer["ingest"].as_str().unwrap()).done(), @r#"
        {
          "id": "<id 1>",
          "model": "dynamic.SpareParts",
          "name": "spare_parts.csv",
          "hash": "8210189e2de2465f02b073590e514c45fa3399c880ac63b10b4f1979fe8d2688",
          "state": "done",
          "records": 3,
          "quarantined": 0,
          "bytes": 61,
          "total_bytes": 61,
          "started_at": "2026-01-01T00:00:00.000000Z",
          "ended_at": "2026-01-01T00:00:00.000000Z",
          "by": "<id 2>",
          "storage": {
            "method": "flexible",
            "reasons": ["3 records of 4 plain columns","a table of its own pays for more than 100000 records of at least 5 plain columns"]
          }
        }
        "#);
        let items: Vec<_> = admin
            .all("dynamic.SpareParts")
            .into_iter()
            .map(|record| {
                record
                    .as_object()
                    .unwrap()
                    .clone()
                    .into_iter()
                    .filter(|(name, _)| !name.starts_with('_'))
                    .collect::<serde_json::Map<_, _>>()
            })
            .collect();
        told!(json!(items), @r#"
        [
          {"part no":"007","price":34.00,"stock":"1","note_":"x"},
          {"part no":"008","price":1.5,"stock":"NA"},
          {"part no":"009","stock":"3","note_":"y"}
        ]
        "#);
    });
}

#[test]
fn d1_posted_records_are_taken_in_and_what_is_no_object_is_set_aside() {
    on_both(|world| {
        let admin = world.admin();
        let records = json!([{ "a": 1 }, 7, { "a": 2, "b": { "c": [true, null] } }, [], null]);
        let answer = admin.process(json!({ "data_records": records, "source_name": "web hook", "storage_method": "flexible" })).done();
        told!(answer, @r#"
        {
          "ingest": "<id 1>",
          "model": "dynamic.WebHook",
          "version": "1.0.0",
          "created": true,
          "records": 2,
          "quarantined": 3,
          "storage": {"method":"flexible","reasons":["it was asked for"]},
          "fields": [
            {"name":"a","source":"a","type":"integer","why":"integers","seen":2,"nulls":0,"absent":0,"sample":["1","2"]},
            {
              "name": "b",
              "source": "b",
              "type": "object",
              "why": "objects with 1 member; 1 absent",
              "seen": 1,
              "nulls": 0,
              "absent": 1,
              "sample": ["{\"c\":[true,null]}"]
            }
          ],
          "notices": []
        }
        "#);
        insta::assert_snapshot!(lines(&admin.set_aside(&answer["ingest"])), @r#"
        line 2 byte 0 ingest.element: a record is an object, this is a number | Some("7")
        line 4 byte 0 ingest.element: a record is an object, this is a list | Some("[]")
        line 5 byte 0 ingest.element: a record is an object, this is null | Some("null")
        "#);
    });
}

#[test]
fn d1_a_posted_body_of_another_shape_is_refused_with_everything_that_is_wrong() {
    on_both(|world| {
        let admin = world.admin();
        told!(admin.process(json!({ "data_record": [], "source_name": 7, "storage_method": "best" })).refused(), @r#"
        {
          "status": 400,
          "detail": "4 problems; the first: there is no member `data_record`",
          "code": "body.shape",
          "errors": [
            {
              "in": "body",
              "pointer": "/data_record",
              "code": "body.shape",
              "message": "there is no member `data_record`",
              "suggestions": ["data_records"]
            },
            {"in":"body","pointer":"/source_name","code":"body.shape","message":"`source_name` is a text","suggestions":["orders"]},
            {
              "in": "body",
              "pointer": "/storage_method",
              "code": "body.shape",
              "value": "best",
              "message": "`storage_method` is `flexible`, `structured` or `auto`"
            },
            {"in":"body","pointer":"/data_records","code":"body.shape","message":"`data_records` is missing"}
          ]
        }
        "#);
        told!(admin.process(json!([])).refused(), @r#"
        {
          "status": 400,
          "detail": "the body is an object",
          "code": "body.shape",
          "errors": [
            {
              "in": "body",
              "pointer": "",
              "code": "body.shape",
              "message": "the body is an object",
              "suggestions": ["{\"data_records\": [{...}], \"source_name\": \"orders\"}"]
            }
          ]
        }
        "#);
        told!(admin.process(json!({ "data_records": [], "source_name": "x" })).refused(), @r#"{"status":422,"detail":"there is no record in 'x'","code":"ingest.empty","errors":[]}"#);
    });
}

#[test]
fn d4_the_storage_is_told_with_its_reason() {
    on_both(|world| {
        let admin = world.admin();
        let parts = file("parts.csv", PARTS);
        told!(admin.takes_in_as(&parts.path, StorageAsked::Structured).done()["storage"], @r#"{"method":"structured","reasons":["it was asked for"]}"#);
        told!(admin.takes_in_as(&parts.path, StorageAsked::Flexible).done()["storage"], @r#"
        {
          "method": "structured",
          "reasons": [
            "the model exists and is stored so",
            "another storage was asked for; the storage of an existing model is not changed by an ingest"
          ]
        }
        "#);
    });
}

#[test]
fn d1_what_cannot_be_read_leaves_nothing_behind() {
    on_both(|world| {
        let admin = world.admin();
        told!(admin.takes_in(&file("x.csv", "").path).refused(), @r#"{"status":422,"detail":"'x.csv' is empty","code":"ingest.empty","errors":[]}"#);
        told!(admin.takes_in(&file("x.csv", "a,b\n").path).refused(), @r#"{"status":422,"detail":"there is no record in 'x.csv'","code":"ingest.empty","errors":[]}"#);
        told!(admin.takes_in(&file("x.parquet", "PAR1....").path).refused(), @r#"
        {
          "status": 422,
          "detail": "'x.parquet' is Parquet; CSV, JSON and NDJSON in UTF-8 are what is read",
          "code": "ingest.format",
          "errors": [],
          "suggestions": ["Export it as CSV or NDJSON first"]
        }
        "#);
        let gone = admin.takes_in(std::path::Path::new("/nowhere/x.csv")).refused();
        assert_eq!(gone["code"], "file.unreadable");
        assert_eq!(admin.finds(dmr::ModelFilter::default()), Vec::<String>::new());
        assert_eq!(admin.ingests(None, None).done(), json!({ "items": [], "next": null }));
    });
}

#[test]
fn d7_progress_never_goes_back_and_ends_at_all_bytes() {
    on_both(|world| {
        let admin = world.admin();
        let rows: String = (0..10_000).map(|n| format!("{n},x\n")).collect();
        let big = file("big.csv", format!("n,x\n{rows}"));
        let seen = Arc::new(Mutex::new(Vec::new()));
        let told = seen.clone();
        let progress = Arc::new(move |done, all| told.lock().unwrap().push((done, all)));
        let answer = admin.upload(&big.path, Upload { progress: Some(progress), ..Upload::default() }).done();
        assert_eq!(answer["records"], 10_000);
        let seen = seen.lock().unwrap();
        let all = std::fs::metadata(&big.path).unwrap().len() * 2;
        assert!(seen.len() > 3 && seen.is_sorted() && seen.iter().all(|(_, whole)| *whole == all), "{seen:?}");
        assert_eq!(seen.last(), Some(&(all, all)));
    });
}

#[test]
fn a1_an_ingest_is_in_the_log_with_each_record_and_each_row_set_aside() {
    on_both(|world| {
        let admin = world.admin();
        admin.takes_in(&file("x.csv", "a,b\n1,2\n3\n4,5\n").path).done();
        insta::assert_snapshot!(admin.trail(AuditFilter::default()).join("\n"), @r"
        ingest.change ingest [state, ended_at]
        ingest.change ingest [rows, records, quarantined, bytes]
        quarantine.add dynamic.X []
        create dynamic.X [a, b]
        create dynamic.X [a, b]
        ingest.change ingest [model, model_id, name, state, rows, records, quarantined, bytes, total_bytes, started_at, by, storage]
        model.register dynamic.X [namespace, name, version, source, mode, storage, tags, permissions]
        version.add dynamic.X [version, schema, fields]
        key.create key [principal, name]
        principal.create principal [name, roles]
        ");
    });
}

#[test]
fn d1_ingests_are_listed_newest_first_in_pages() {
    on_both(|world| {
        let admin = world.admin();
        for name in ["a.csv", "b.csv", "c.csv"] {
            admin.takes_in(&file(name, "x\n1\n").path).done();
        }
        let first = admin.ingests(Some(2), None).done();
        let second = admin.ingests(Some(2), first["next"].as_str()).done();
        let names = |page: &dmr::Value| {
            page["items"].as_array().unwrap().iter().map(|item| item["name"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
        };
        assert_eq!((names(&first), names(&second)), (vec!["c.csv".into(), "b.csv".into()], vec!["a.csv".into()]));
        assert!(second["next"].is_null());
        assert_eq!(admin.ingests(None, Some("made-up")).refused()["code"], "cursor.invalid");
    });
}
