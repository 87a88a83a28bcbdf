//! Hostile and large inputs stay within bounds (D7, attacks F).

use super::file;
use crate::world::{Outcome, on_both, told};
use dmr::Upload;
use serde_json::json;

#[test]
fn d7_an_input_that_is_nothing_but_bad_rows_is_stopped_and_says_so() {
    on_both(|world| {
        let admin = world.admin();
        let mut rows = "a,b\n1,2\n".to_owned();
        rows.extend((0..3_000).map(|_| "x\n"));
        let bad = file("bad.csv", rows);
        let upload = Upload { most_set_aside: Some(1_000), ..Upload::default() };
        told!(admin.upload(&bad.path, upload).refused(), @r#"
        {
          "status": 422,
          "detail": "more than 1000 rows do not fit the model: stopped after 1000 rows, all of which are records or set aside; those that follow are not read",
          "code": "ingest.quarantine",
          "errors": [],
          "suggestions": [
            "look at what was set aside and why: GET /api/ingests/{id}/quarantine",
            "ingest the file into a model of its own, or correct it"
          ],
          "limit": "quarantine",
          "allowed": 1000
        }
        "#);
        let stopped = admin.ingests(None, None).done()["items"][0].clone();
        let aside = stopped["quarantined"].as_u64().unwrap();
        assert!((1..=1_000).contains(&aside), "{stopped}");
        assert_eq!(
            (stopped["state"].clone(), stopped["problem"]["code"].clone(), stopped["records"].clone()),
            (json!("failed"), json!("ingest.quarantine"), json!(1))
        );
    });
}

#[test]
fn d7_rows_of_a_megabyte_go_a_few_at_a_time() {
    on_both(|world| {
        let admin = world.admin();
        let rows: String = (0..20).map(|n| format!("{n},{}\n", "x".repeat(1_000_000))).collect();
        let answer = admin.takes_in(&file("long.csv", format!("n,text\n{rows}")).path).done();
        assert_eq!((answer["records"].clone(), answer["quarantined"].clone()), (json!(20), json!(0)));
        assert_eq!(admin.counts("dynamic.Long", "n__gte=10"), 10);
    });
}

#[test]
fn d7_ingests_and_writes_go_on_beside_each_other() {
    on_both(|world| {
        let admin = world.admin();
        let rows: String = (0..4_000).map(|n| format!("{n}\n")).collect();
        let files: Vec<_> = (0..4).map(|at| file(&format!("f{at}.csv"), format!("n\n{rows}"))).collect();
        admin.registers(json!({ "name": "Beside", "schema": { "type": "object", "properties": { "n": { "type": "integer" } } } })).done();
        let running: Vec<_> = files.iter().map(|file| admin.upload(&file.path, Upload::default())).collect();
        for n in 0..200 {
            admin.creates("Beside", json!({ "n": n })).done();
        }
        for pending in running {
            assert_eq!(pending.done()["records"], 4_000);
        }
        assert_eq!(admin.counts("Beside", ""), 200);
    });
}
