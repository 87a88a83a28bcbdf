//! Who may ingest, and who sees what was set aside (P1, P3, P6, P7, M4).

use super::{file, lines};
use crate::world::{Outcome, Person, id, on_both, told};
use dmr::Upload;
use serde_json::json;
use std::sync::Arc;

fn shop(admin: &Person) {
    admin
        .registers(json!({
            "name": "Part",
            "schema": { "type": "object", "properties": { "sku": { "type": "string" }, "cost": { "type": "number" } } },
            "permissions": {
                "models": { "admin": ["create", "read", "update", "delete", "list"], "clerk": ["create", "read", "list"], "reader": ["read", "list"], "buyer": ["create", "read", "list"] },
                "columns": { "cost": { "read": ["admin", "buyer"], "write": ["admin", "buyer"] } },
            },
        }))
        .done();
}

#[test]
fn p1_making_a_model_needs_the_right_to_register_and_filling_one_the_right_to_create() {
    on_both(|world| {
        let admin = world.admin();
        shop(&admin);
        let (clerk, reader, nobody) = (world.person("carla", &["clerk"]), world.person("rita", &["reader"]), world.anybody());
        let part = file("part.csv", "sku\nA\n");
        assert_eq!(clerk.takes_into("Part", &part.path).done()["records"], 1);
        told!(reader.takes_into("Part", &part.path).refused(), @r#"
        {
          "status": 403,
          "detail": "you may not create records of this model: the right `create` is missing",
          "code": "right.missing",
          "errors": []
        }
        "#);
        told!(clerk.takes_in(&part.path).refused(), @r#"{"status":403,"detail":"the right `register` is missing","code":"right.missing","errors":[]}"#);
        told!(nobody.takes_into("Part", &part.path).refused(), @r#"
        {
          "status": 401,
          "detail": "a credential is needed",
          "code": "credential.missing",
          "errors": [],
          "suggestions": ["Authorization: Bearer <API key>"]
        }
        "#);
        assert_eq!(nobody.takes_into("Part", &part.path).refused(), nobody.takes_into("Nothing", &part.path).refused());
        let stranger = world.person("sam", &["stranger"]);
        let same = |problem: dmr::Value| problem.to_string().replace("Part", "Nope");
        assert_eq!(same(stranger.takes_into("Part", &part.path).refused()), same(stranger.takes_into("Nope", &part.path).refused()));
    });
}

#[test]
fn p1_who_may_register_but_not_make_records_leaves_no_empty_model() {
    on_both(|world| {
        world.admin().set_role("modeller", json!({ "rights": ["register"] })).done();
        let modeller = world.person("mo", &["modeller"]);
        told!(modeller.takes_in(&file("x.csv", "a\n1\n").path).refused(), @r#"
        {
          "status": 403,
          "detail": "you may not create records of this model: the right `create` is missing",
          "code": "right.missing",
          "errors": []
        }
        "#);
        assert_eq!(modeller.finds(dmr::ModelFilter::default()), Vec::<String>::new());
    });
}

#[test]
fn p3_a_column_one_may_not_know_of_is_as_one_that_is_not_there() {
    on_both(|world| {
        let admin = world.admin();
        shop(&admin);
        let clerk = world.person("carla", &["clerk"]);
        let with = |column: &str| {
            let answer = clerk.takes_into("Part", &file("x.csv", format!("sku,{column}\nA,1\nB,x\nC,\n")).path).done();
            lines(&clerk.set_aside(&answer["ingest"]))
        };
        assert_eq!(with("cost").replace("cost", "none"), with("none"));
        insta::assert_snapshot!(with("cost"), @r#"
        line 2 byte 9 field.undeclared: /cost: the model has no field `cost` | Some("A,1")
        line 3 byte 13 field.undeclared: /cost: the model has no field `cost` | Some("B,x")
        "#);
    });
}

#[test]
fn p6_what_was_set_aside_is_seen_by_who_started_it_and_by_who_may_see_all_of_it() {
    on_both(|world| {
        let admin = world.admin();
        shop(&admin);
        let (clerk, other, buyer, reader) = (
            world.person("carla", &["clerk"]),
            world.person("otto", &["clerk"]),
            world.person("bea", &["buyer"]),
            world.person("rita", &["reader"]),
        );
        let ingest = admin.takes_into("Part", &file("x.csv", "sku,cost\nA,secret\n").path).done()["ingest"].as_str().unwrap().to_owned();
        let own = clerk.takes_into("Part", &file("x.csv", "sku,cost\nA,1\n").path).done()["ingest"].as_str().unwrap().to_owned();
        for who in [&admin, &buyer] {
            assert_eq!(who.quarantine(&ingest, None, None).done()["items"].as_array().unwrap().len(), 1);
            assert_eq!(who.ingest(&ingest).done()["quarantined"], 1);
        }
        for who in [&clerk, &other, &reader, &world.anybody()] {
            let made_up = "0193b5a0-0000-7000-8000-000000000000";
            assert_eq!(who.quarantine(&ingest, None, None).refused(), who.quarantine(made_up, None, None).refused());
            assert_eq!(who.ingest(&ingest).refused(), who.ingest(made_up).refused());
        }
        assert_eq!(clerk.ingest(&own).done()["state"], "done");
        assert_eq!(clerk.ingests(None, None).done()["items"].as_array().unwrap().len(), 1);
        assert_eq!(other.ingests(None, None).done()["items"].as_array().unwrap().len(), 0);
        told!(other.ingest(&own).refused(), @r#"{"status":404,"detail":"there is no such ingest","code":"ingest.unknown","errors":[]}"#);
        told!(world.anybody().ingest("7").refused(), @r#"
        {
          "status": 401,
          "detail": "a credential is needed",
          "code": "credential.missing",
          "errors": [],
          "suggestions": ["Authorization: Bearer <API key>"]
        }
        "#);
    });
}

#[test]
fn m4_bytes_that_may_hold_a_write_only_value_are_given_to_nobody() {
    on_both(|world| {
        let admin = world.admin();
        admin
            .registers(json!({ "name": "User", "schema": { "type": "object", "properties": { "age": { "type": "integer" }, "password": { "type": "string", "writeOnly": true } } } }))
            .done();
        let answer = admin.takes_into("User", &file("users.csv", "age,password\nold,canary\n").path).done();
        let aside = admin.set_aside(&answer["ingest"]);
        told!(json!(aside), @r#"
        [
          {
            "id": "<id 1>",
            "place": {"line":2,"byte":13},
            "code": "value.type",
            "message": "column 'age': not an integer (Digits only, with a minus sign in front where it is negative: -12)"
          }
        ]
        "#);
    });
}

#[test]
fn p7_who_loses_the_right_in_the_middle_is_stopped_there() {
    on_both(|world| {
        let admin = Arc::new(world.admin());
        shop(&admin);
        let clerk = world.person("carla", &["clerk"]);
        let rows: String = (0..8_000).map(|n| format!("{n}\n")).collect();
        let parts = file("part.csv", format!("sku\n{rows}"));
        let hands_over = admin.clone();
        let progress = Arc::new(move |done: u64, all: u64| {
            if done * 2 > all {
                hands_over.change_principal("carla", json!({ "roles": ["reader"] }), None).done();
            }
        });
        let upload = Upload { model: Some("Part".into()), progress: Some(progress), ..Upload::default() };
        told!(clerk.upload(&parts.path, upload).refused(), @r#"
        {
          "status": 403,
          "detail": "you may not create records of this model: the right `create` is missing",
          "code": "right.missing",
          "errors": []
        }
        "#);
        let stopped = admin.ingests(None, None).done()["items"][0].clone();
        assert_eq!((stopped["state"].clone(), stopped["problem"]["code"].clone()), (json!("failed"), json!("right.missing")));
        let records = admin.all("Part");
        assert_eq!(stopped["records"].as_u64().unwrap(), records.len() as u64);
        assert!(!records.is_empty() && records.len() < 8_000 && !id(&records[0]).is_empty());
    });
}
