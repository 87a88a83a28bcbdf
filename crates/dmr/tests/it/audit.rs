//! The audit trail: who did what, under the asker's rights of today (A1, A3, A5; attacks A and G).

use crate::world::{Outcome, Person, id, on_both, told};
use dmr::AuditFilter;
use serde_json::json;

fn pens(admin: &Person) {
    admin
        .registers(json!({
            "name": "Pen",
            "schema": {
                "type": "object",
                "properties": {
                    "ink": { "type": "string" }, "price": { "type": "number" },
                    "maker": { "type": "object", "properties": { "name": { "type": "string" }, "margin": { "type": "number" } } },
                },
            },
            "permissions": {
                "models": { "admin": ["create", "read", "update", "delete", "list"], "seller": ["create", "read", "update", "list"], "clerk": ["create", "read", "update", "list"] },
                "rows": { "seller": { "read": "owner" } },
                "columns": { "price": { "read": ["admin"], "write": ["admin"] }, "maker.margin": { "read": ["admin"], "write": ["admin"] } },
            },
        }))
        .done();
}

fn of(model: &str) -> AuditFilter {
    AuditFilter { model: Some(model.into()), ..AuditFilter::default() }
}

#[test]
fn a1_every_operation_is_one_entry_and_a_refused_one_is_none() {
    on_both(|world| {
        let admin = world.admin();
        pens(&admin);
        let pen = id(&admin.creates("Pen", json!({ "ink": "red", "maker": { "name": "Bic", "margin": 1 } })).done());
        admin.updates("Pen", &pen, json!({ "price": 2, "maker": { "margin": 3 } })).done();
        admin.updates("Pen", &pen, json!({ "ink": 7 })).refused();
        admin.updates("Pen", &pen, json!({ "price": 2 })).done();
        admin.replaces("Pen", &pen, json!({ "ink": "blue" })).done();
        admin.reverts("Pen", &pen, 2).done();
        admin.deletes("Pen", &pen).done();
        admin.restores("Pen", &pen).done();
        admin.purges("Pen", &pen).done();
        admin.creates_all("Pen", &json!([{ "ink": "a" }, { "ink": "b" }])).done();
        admin.changes_model("Pen", json!({ "tags": ["office"], "fields": { "ink": { "behaviours": ["INDEXED"] } } })).done();
        admin.puts("Pen", json!({ "schema": { "type": "object", "properties": { "ink": { "type": "string" }, "price": { "type": "number" }, "maker": { "type": "object", "properties": { "name": { "type": "string" }, "margin": { "type": "number" } } } }, "description": "For writing." } })).done();
        admin.permits("Pen", json!({ "models": { "admin": ["create", "read", "update", "delete", "list"] } })).done();
        admin.create_principal(json!({ "name": "ana", "roles": [] })).done();
        admin.change_principal("ana", json!({ "suspended": true }), None).done();
        admin.set_role("clerk", json!({ "rights": ["audit"] })).done();
        admin.delete_principal("ana").done();
        assert_eq!(admin.delete_model("Pen", false).refused()["code"], "model.not_empty");
        admin.delete_model("Pen", true).done();
        insta::assert_snapshot!(admin.trail(AuditFilter::default()).join("\n"), @r#"
        model.delete Pen []
        principal.delete principal []
        role.set role [rights]
        principal.change principal [suspended]
        principal.create principal [name, roles]
        model.permissions Pen [permissions]
        model.version Pen [version]
        version.add Pen [version, schema, fields, changes]
        model.change Pen [fields, indexes, tags]
        create Pen [ink]
        create Pen [ink]
        purge Pen []
        restore Pen []
        delete Pen []
        revert Pen [ink, price, maker]
        replace Pen [ink, price, maker]
        update Pen [price, maker]
        create Pen [ink, maker]
        model.register Pen [namespace, name, version, source, mode, storage, permissions]
        version.add Pen [version, schema, fields]
        key.create key [principal, name]
        principal.create principal [name, roles]
        "#);
    });
}

#[test]
fn a3_items_tell_who_when_and_what() {
    on_both(|world| {
        let admin = world.admin();
        pens(&admin);
        world.seconds_pass(5);
        let pen = id(&admin.creates("Pen", json!({ "ink": "red" })).done());
        let page = admin.audits(AuditFilter { limit: Some(2), ..AuditFilter::default() }).done();
        told!(json!({ "items": page["items"], "pen": pen, "admin": admin.id() }), @r#"
        {
          "items": [
            {
              "bucket": 0,
              "position": 5,
              "at": "2026-01-01T00:00:05.000000Z",
              "by": "<id 1>",
              "operation": "create",
              "model": "Pen",
              "record": "<id 2>",
              "version": 1,
              "changed": ["ink"]
            },
            {
              "bucket": 0,
              "position": 4,
              "at": "2026-01-01T00:00:00.000000Z",
              "by": "<id 1>",
              "operation": "model.register",
              "model": "Pen",
              "record": null,
              "version": null,
              "changed": ["namespace","name","version","source","mode","storage","permissions"],
              "what": "model",
              "key": "1"
            }
          ],
          "pen": "<id 2>",
          "admin": "<id 1>"
        }
        "#);
    });
}

#[test]
fn a3_the_trail_is_asked_by_model_record_user_operation_and_time() {
    on_both(|world| {
        let admin = world.admin();
        pens(&admin);
        let clerk = world.person("clerk", &["clerk"]);
        let red = id(&admin.creates("Pen", json!({ "ink": "red" })).done());
        world.seconds_pass(60);
        let blue = id(&clerk.creates("Pen", json!({ "ink": "blue" })).done());
        world.seconds_pass(60);
        clerk.updates("Pen", &red, json!({ "ink": "dark red" })).done();
        let told = |filter: AuditFilter| admin.trail(filter).join("; ");
        let record = |record: &str| AuditFilter { record: Some(record.into()), ..of("Pen") };
        assert_eq!(told(record(&red)), "update Pen [ink]; create Pen [ink]");
        assert_eq!(told(record(&blue)), "create Pen [ink]");
        assert_eq!(told(record("0190a000-0000-7000-8000-000000000000")), "");
        assert_eq!(told(AuditFilter { user: Some("clerk".into()), ..AuditFilter::default() }), "update Pen [ink]; create Pen [ink]");
        assert_eq!(told(AuditFilter { user: Some(clerk.id()), operation: Some("update".into()), ..of("Pen") }), "update Pen [ink]");
        let start = 1_767_225_600_000_000;
        let minute = 60_000_000;
        assert_eq!(told(AuditFilter { since: Some(start + minute), ..of("Pen") }), "update Pen [ink]; create Pen [ink]");
        assert_eq!(told(AuditFilter { since: Some(start + 1), until: Some(start + minute), ..AuditFilter::default() }), "create Pen [ink]");
        let [version, registered] =
            ["version.add", "model.register"].map(|operation| told(AuditFilter { operation: Some(operation.into()), ..of("Pen") }));
        assert!(version.starts_with("version.add Pen [") && registered.starts_with("model.register Pen ["), "{version} {registered}");
    });
}

#[test]
fn a3_a_declared_key_names_a_record() {
    on_both(|world| {
        let admin = world.admin();
        admin.registers(json!({ "name": "Pen", "key": ["sku"], "schema": { "type": "object", "properties": { "sku": { "type": "string" } }, "required": ["sku"] } })).done();
        admin.creates_all("Pen", &json!([{ "sku": "a" }, { "sku": "b" }])).done();
        assert_eq!(admin.trail(AuditFilter { record: Some("b".into()), ..of("Pen") }), ["create Pen [sku]"]);
        assert_eq!(admin.trail(AuditFilter { record: Some("c".into()), ..of("Pen") }), Vec::<String>::new());
    });
}

#[test]
fn a3_what_is_not_there_to_be_asked_is_refused() {
    on_both(|world| {
        let admin = world.admin();
        let wrong =
            AuditFilter { user: Some("eve".into()), operation: Some("updat".into()), record: Some("x".into()), ..AuditFilter::default() };
        told!(admin.audits(wrong).refused(), @r#"
        {
          "status": 400,
          "detail": "3 problems; the first: there is no operation `updat`",
          "code": "parameter.value",
          "errors": [
            {"in":"query","pointer":"operation","code":"parameter.value","message":"there is no operation `updat`","suggestions":["update"]},
            {
              "in": "query",
              "pointer": "user",
              "code": "parameter.value",
              "message": "there is no principal `eve`",
              "suggestions": ["the id of a principal"]
            },
            {"in":"query","pointer":"record","code":"parameter.value","message":"`record` goes with `model`","suggestions":["model=<name>"]}
          ]
        }
        "#);
        let other = AuditFilter { operation: Some("outcome.keep".into()), ..AuditFilter::default() };
        assert_eq!(admin.audits(other).refused()["code"], "parameter.value");
        assert_eq!(admin.audits(of("Pencil")).refused()["code"], "model.unknown");
        assert_eq!(world.person("ana", &["user"]).audits(AuditFilter::default()).refused()["code"], "right.missing");
        assert_eq!(world.anybody().audits(AuditFilter::default()).refused()["code"], "credential.missing");
    });
}

#[test]
fn a3_pages_go_on_where_they_stopped_and_cursors_belong_to_their_question() {
    on_both(|world| {
        let admin = world.admin();
        pens(&admin);
        for n in 0..7 {
            admin.creates("Pen", json!({ "ink": format!("{n}") })).done();
        }
        let page = |filter: &AuditFilter| admin.audits(filter.clone()).done();
        let (mut positions, mut filter) = (Vec::new(), AuditFilter { limit: Some(3), ..of("Pen") });
        loop {
            let told = page(&filter);
            positions.extend(told["items"].as_array().unwrap().iter().map(|item| item["position"].as_u64().unwrap()));
            match told["next"].as_str() {
                Some(next) => filter.cursor = Some(next.to_owned()),
                None => break,
            }
        }
        let whole: Vec<u64> = page(&of("Pen"))["items"].as_array().unwrap().iter().map(|item| item["position"].as_u64().unwrap()).collect();
        assert_eq!(positions, whole);
        assert_eq!(positions.len(), 9);
        assert!(positions.is_sorted_by(|later, earlier| later > earlier), "newest first");

        let cursor = page(&AuditFilter { limit: Some(3), ..of("Pen") })["next"].as_str().unwrap().to_owned();
        let refused = |filter: AuditFilter| admin.audits(AuditFilter { cursor: Some(cursor.clone()), ..filter }).refused()["code"].clone();
        assert_eq!(refused(AuditFilter::default()), "cursor.invalid", "another question");
        let auditor = world.person("max", &["admin"]);
        assert_eq!(
            auditor.audits(AuditFilter { cursor: Some(cursor.clone()), ..of("Pen") }).refused()["code"],
            "cursor.invalid",
            "another asker"
        );
        let tampered = cursor.replace(&cursor[10..12], if &cursor[10..12] == "AA" { "BB" } else { "AA" });
        assert_eq!(admin.audits(AuditFilter { cursor: Some(tampered), ..of("Pen") }).refused()["code"], "cursor.invalid");
    });
}

/// Attack A: history, audit, diff and revert as R: no `sec` in before, after or the list of changed fields.
#[test]
fn a1_a_hidden_field_is_not_among_the_changed_ones() {
    on_both(|world| {
        let admin = world.admin();
        pens(&admin);
        admin.set_role("clerk", json!({ "rights": ["audit"] })).done();
        let clerk = world.person("clerk", &["clerk"]);
        let pen = id(&admin.creates("Pen", json!({ "ink": "red", "price": 2, "maker": { "name": "Bic", "margin": 1 } })).done());
        admin.updates("Pen", &pen, json!({ "price": 3 })).done();
        admin.updates("Pen", &pen, json!({ "maker": { "margin": 2 } })).done();
        admin.updates("Pen", &pen, json!({ "maker": { "name": "Bic & Co", "margin": 3 } })).done();
        insta::assert_snapshot!(clerk.trail(AuditFilter::default()).join("\n"), @r#"
        update Pen [maker]
        update Pen []
        update Pen []
        create Pen [ink, maker]
        "#);
        insta::assert_snapshot!(admin.trail(AuditFilter { record: Some(pen), ..of("Pen") }).join("\n"), @r#"
        update Pen [maker]
        update Pen [maker]
        update Pen [price]
        create Pen [ink, price, maker]
        "#);
    });
}

#[test]
fn a1_entries_of_rows_and_models_that_one_may_not_see_are_not_there() {
    on_both(|world| {
        let admin = world.admin();
        pens(&admin);
        admin.registers(json!({ "name": "Secret", "schema": { "type": "object", "properties": { "x": { "type": "string" } } }, "permissions": { "models": { "admin": ["create", "read"] } } })).done();
        admin.creates("Secret", json!({ "x": "y" })).done();
        admin.set_role("seller", json!({ "rights": ["audit"] })).done();
        let (ana, bob) = (world.person("ana", &["seller"]), world.person("bob", &["seller"]));
        let own = id(&ana.creates("Pen", json!({ "ink": "red" })).done());
        let other = id(&bob.creates("Pen", json!({ "ink": "blue" })).done());
        admin.updates("Pen", &own, json!({ "ink": "pink", "price": 9 })).done();
        admin.updates("Pen", &other, json!({ "ink": "green" })).done();
        assert_eq!(ana.trail(AuditFilter::default()), ["update Pen [ink]", "create Pen [ink]"]);
        assert_eq!(ana.trail(AuditFilter { record: Some(other), ..of("Pen") }), Vec::<String>::new());
        assert_eq!(ana.audits(of("Secret")).refused()["code"], "model.unknown");
        admin.purges("Pen", &own).done();
        assert_eq!(
            ana.trail(AuditFilter::default()),
            ["purge Pen []", "update Pen [ink]", "create Pen [ink]"],
            "whose it was is in the log"
        );
        admin.permits("Pen", json!({ "models": { "admin": ["read"] } })).done();
        assert_eq!(ana.trail(AuditFilter::default()), Vec::<String>::new(), "the rights of today");
    });
}

#[test]
fn a5_what_was_refused_left_nothing_and_what_was_answered_is_there_after_a_new_start() {
    on_both(|world| {
        let admin = world.admin();
        pens(&admin);
        admin.creates_all("Pen", &json!([{ "ink": "a" }, { "ink": 1 }])).refused();
        let made = admin.creates_all("Pen", &json!([{ "ink": "a" }, { "ink": "b" }])).done();
        let before = admin.audits(AuditFilter::default()).done();
        assert_eq!(before["items"].as_array().unwrap().iter().filter(|item| item["operation"] == "create").count(), 2);
        drop(admin);
        let world = world.reopened();
        let admin = world.admin();
        let after: Vec<_> = admin.trail(of("Pen"));
        assert_eq!(after.iter().filter(|line| line.starts_with("create")).count(), 2);
        for id in made["ids"].as_array().unwrap() {
            admin.gets("Pen", id.as_str().unwrap()).done();
        }
    });
}
