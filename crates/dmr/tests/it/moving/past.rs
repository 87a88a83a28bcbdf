//! What the system keeps beside records goes out and comes in for those alone who may (R7).

use super::parts;
use crate::world::{Outcome, id, on_both};
use dmr::{Export, FileFormat, Import, Value};
use serde_json::json;

fn with_system(format: FileFormat) -> Export {
    Export { system: true, ..Export::all(format) }
}

fn system() -> Import {
    Import { system: true, ..Import::default() }
}

#[test]
fn r7_ids_times_users_and_owners_are_kept_and_the_version_begins_anew() {
    on_both(|world| {
        let admin = world.admin();
        for (model, name) in [("Part", "Part"), ("Copy", "Copy"), ("Again", "Again"), ("Third", "Third")] {
            admin.registers(parts(json!({ "name": name }))).unwrap_or_else(|_| panic!("{model}"));
        }
        let somebody = world.person("somebody", &["admin"]);
        let made = somebody.creates("Part", json!({ "no": "a", "stock": 1 })).done();
        world.seconds_pass(60);
        let made = admin.updates("Part", &id(&made), json!({ "stock": 2 })).done();
        world.seconds_pass(60);
        for (format, copy, name) in
            [(FileFormat::Ndjson, "Copy", "p.ndjson"), (FileFormat::Csv, "Again", "p.csv"), (FileFormat::Parquet, "Third", "p.parquet")]
        {
            let bytes = admin.exports_as("Part", with_system(format)).unwrap();
            assert_eq!(admin.imports_as(copy, name, &bytes, system()).done()["created"], 1);
            let copied = admin.gets(copy, &id(&made)).done();
            let mut expected = made.clone();
            expected["_version"] = json!(1);
            assert_eq!(copied, expected);
            // The log says when and by whom it came here, and gives the same record again.
            let history = admin.history_of(copy, &id(&made)).done();
            assert_eq!(history["items"][0]["operation"], "import");
            assert_eq!(history["items"][0]["by"], admin.id());
            assert_eq!(history["items"][0]["after"], json!({ "no": "a", "stock": 2 }));
            assert_eq!(admin.imports_as(copy, name, &bytes, system()).done()["unchanged"], 1);
        }
        let later = admin.updates("Copy", &id(&made), json!({ "stock": 3 })).done();
        assert_eq!((&later["_version"], &later["_owner"], &later["_created_at"]), (&json!(2), &json!(somebody.id()), &made["_created_at"]));
        assert_eq!(admin.reverts("Copy", &id(&made), 1).done()["stock"], 2);
        let trail = admin.trail(dmr::AuditFilter { model: Some("Copy".into()), ..Default::default() });
        assert_eq!(trail[..3], ["revert Copy [stock]", "update Copy [stock]", "import Copy [no, stock]"]);
    });
}

#[test]
fn r7_an_id_has_one_life() {
    on_both(|world| {
        let admin = world.admin();
        admin.registers(parts(json!({}))).done();
        let made = admin.creates("Part", json!({ "no": "a" })).done();
        let bytes = admin.exports_as("Part", with_system(FileFormat::Ndjson)).unwrap();
        let import = || admin.imports_as("Part", "p.ndjson", &bytes, system());
        admin.deletes("Part", &id(&made)).done();
        assert_eq!(import().refused()["code"], "record.deleted");
        admin.purges("Part", &id(&made)).done();
        assert_eq!(import().refused()["code"], "record.deleted");
        assert_eq!(admin.counts("Part", ""), 0);
    });
}

#[test]
fn r7_it_takes_the_right_and_sight_of_every_record() {
    on_both(|world| {
        let admin = world.admin();
        let all = json!(["create", "read", "update", "delete", "list"]);
        let permissions =
            json!({ "models": { "admin": all, "mover": all, "own": all }, "rows": { "own": { "read": "owner", "write": "owner" } } });
        admin.registers(parts(json!({ "permissions": permissions, "key": null }))).done();
        admin.set_role("mover", json!({ "rights": [] })).done();
        admin.set_role("own", json!({ "rights": ["system"] })).done();
        admin.creates("Part", json!({ "no": "a" })).done();
        let bytes = admin.exports_as("Part", with_system(FileFormat::Ndjson)).unwrap();
        let mover = world.person("mover", &["mover"]);
        assert_eq!(mover.exports_as("Part", with_system(FileFormat::Json)).refused()["code"], "right.missing");
        assert_eq!(mover.imports_as("Part", "p.ndjson", &bytes, system()).refused()["code"], "right.missing");
        // Without asking for it, what the system keeps is never accepted.
        let refused = mover.imports("Part", "p.ndjson", &bytes).refused();
        assert_eq!(refused["errors"][0]["code"], "field.read_only");
        let own = world.person("own", &["own"]);
        assert_eq!(own.exports_as("Part", with_system(FileFormat::Json)).unwrap(), b"[]\n");
        assert_eq!(own.imports_as("Part", "p.ndjson", &bytes, system()).refused()["code"], "right.missing");
    });
}

#[test]
fn r7_what_is_not_what_it_should_be_is_told() {
    on_both(|world| {
        let admin = world.admin();
        admin.registers(parts(json!({}))).done();
        let row =
            json!([{ "no": "a", "_id": "x", "_owner": 7, "_created_at": "yesterday", "_deleted_at": "2026-01-01T00:00:00Z", "_other": 1 }]);
        let refused = admin.imports_as("Part", "p.json", row.to_string(), system()).refused();
        let pointers: Vec<&Value> = refused["errors"].as_array().unwrap().iter().map(|error| &error["pointer"]).collect();
        assert_eq!(json!(pointers), json!(["/0/_created_at", "/0/_owner", "/0/_id", "/0/_deleted_at"]));
    });
}
