//! A file that was taken in is not taken in again (D7).

use super::file;
use crate::world::{Outcome, on_both, told};
use serde_json::json;

#[test]
fn d7_a_file_that_has_not_changed_is_not_ingested_twice() {
    on_both(|world| {
        let admin = world.admin();
        let day = file("day.csv", "n\n1\n2\n");
        let first = admin.takes_in_once(&day.path).done();
        let before = admin.trail(dmr::AuditFilter::default()).len();
        let again = admin.takes_in_once(&day.path).done();
        told!(again, @r#"
        {
          "ingest": "<id 1>",
          "model": "dynamic.Day",
          "version": "1.0.0",
          "created": false,
          "records": 2,
          "quarantined": 0,
          "storage": {
            "method": "flexible",
            "reasons": ["2 records of 1 plain column","a table of its own pays for more than 100000 records of at least 5 plain columns"]
          },
          "fields": [],
          "notices": [],
          "unchanged": true
        }
        "#);
        assert_eq!(again["ingest"], first["ingest"]);
        assert_eq!(admin.trail(dmr::AuditFilter::default()).len(), before, "nothing is written");

        day.now_holds("n\n1\n2\n3\n");
        let changed = admin.takes_in_once(&day.path).done();
        assert_eq!((changed["records"].clone(), changed.get("unchanged").cloned()), (json!(3), None));
        assert_eq!(admin.takes_in(&day.path).done()["records"], 3, "who does not ask for it once gets it again");
    });
}

#[test]
fn d7_once_is_for_each_model_and_as_long_as_it_is_there() {
    on_both(|world| {
        let admin = world.admin();
        let day = file("day.csv", "n\n1\n");
        admin.takes_in_once(&day.path).done();
        assert_eq!(admin.takes_into("Other", &day.path).done()["created"], true);
        admin.delete_model("dynamic.Day", true).done();
        let again = admin.takes_in_once(&day.path).done();
        assert_eq!((again["created"].clone(), again["records"].clone()), (json!(true), json!(1)));
    });
}

#[test]
fn d7_it_is_known_after_a_restart() {
    on_both(|world| {
        let day = file("day.csv", "n\n1\n");
        let first = world.admin().takes_in_once(&day.path).done();
        let world = world.reopened();
        let again = world.admin().takes_in_once(&day.path).done();
        assert_eq!((again["unchanged"].clone(), &again["ingest"]), (json!(true), &first["ingest"]));
    });
}
