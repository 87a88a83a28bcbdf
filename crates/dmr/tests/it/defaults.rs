//! Default factories: now, uuid, sequence (R6). Constant defaults are shown where schemas are.

use crate::world::{Outcome, Person, on_both, told};
use dmr::{Registry, Value, Write};
use dmr_core::Code;
use serde_json::json;
use std::collections::BTreeSet;
use std::time::{Duration, Instant};

fn ticket() -> Value {
    let text = json!({ "type": "string" });
    let format = |format: &str| json!({ "type": "string", "format": format });
    json!({
        "name": "Ticket",
        "schema": {
            "type": "object",
            "properties": {
                "number": { "type": "integer", "minimum": 1 }, "title": text, "opened": format("date-time"), "day": format("date"),
                "noted": text, "token": format("uuid"), "other": text,
            },
            "required": ["number", "token", "opened"],
        },
        "key": ["number"],
        "fields": {
            "number": { "default_factory": "sequence", "behaviours": ["READ_ONLY"] }, "opened": { "default_factory": "now" },
            "day": { "default_factory": "now" }, "noted": { "default_factory": "now" },
            "token": { "default_factory": "uuid" }, "other": { "default_factory": "uuid" },
        },
    })
}

fn numbers(admin: &Person) -> Vec<i64> {
    admin.column("Ticket", "sort=number&limit=1000", "number").iter().map(|number| number.as_i64().unwrap()).collect()
}

#[test]
fn r6_factories_make_what_a_new_record_leaves_out() {
    on_both(|world| {
        let admin = world.admin();
        let model = admin.registers(ticket()).done();
        assert_eq!(model["fields"]["number"]["default_factory"], "sequence");
        let first = admin.creates("Ticket", json!({ "title": "broken" })).done();
        assert_eq!((&first["number"], &first["opened"]), (&json!(1), &first["_created_at"]));
        let opened = first["opened"].as_str().unwrap();
        assert_eq!((first["day"].as_str(), first["noted"].as_str()), (opened.split('T').next(), Some(opened)));
        let uuid = |record: &Value, field: &str| record[field].as_str().unwrap().parse::<uuid::Uuid>().unwrap();
        assert_eq!(uuid(&first, "token").get_version_num(), 4);
        let second = admin.creates("Ticket", json!({ "opened": "2001-02-03T04:05:06+07:00", "other": "mine" })).done();
        assert_eq!(
            (&second["number"], &second["other"], &second["opened"]),
            (&json!(2), &json!("mine"), &json!("2001-02-03T04:05:06+07:00"))
        );
        let all: BTreeSet<uuid::Uuid> = [uuid(&first, "token"), uuid(&first, "other"), uuid(&second, "token")].into();
        assert_eq!(all.len(), 3);
        // What is changed keeps what was made; null is a value and made nothing of.
        assert_eq!(admin.updates("Ticket", "1", json!({ "title": "mended" })).done()["token"], first["token"]);
        let code = |body: Value| admin.creates("Ticket", body).refused()["errors"][0]["code"].clone();
        assert_eq!((code(json!({ "number": 7 })), code(json!({ "token": null }))), (json!("field.read_only"), json!("value.type")));
    });
}

#[test]
fn r6_each_of_many_gets_its_own_by_every_way_in() {
    on_both(|world| {
        let admin = world.admin();
        admin.registers(ticket()).done();
        admin.creates_all("Ticket", &(0..300).map(|at| json!({ "title": at.to_string() })).collect()).done();
        let operations = json!([{ "op": "create", "record": {} }, { "op": "create", "record": {} }]);
        admin.batch("Ticket", &operations, Write::default()).done();
        std::thread::scope(|scope| {
            for _ in 0..8 {
                scope.spawn(|| (0..40).for_each(|_| drop(admin.creates("Ticket", json!({})).done())));
            }
        });
        let all = numbers(&admin);
        assert_eq!(all, (1..=622).collect::<Vec<i64>>(), "each number once, and none left out");
        let tokens: BTreeSet<String> = admin.column("Ticket", "limit=1000", "token").iter().map(Value::to_string).collect();
        assert_eq!(tokens.len(), 622);
    });
}

#[test]
fn r6_a_number_is_never_given_twice() {
    let folder = tempfile::tempdir().unwrap();
    let opened = || {
        // One that is not closed lets go when the writer has told its last answer, a moment after that came.
        let (mut registry, began) = (Registry::open(folder.path()), Instant::now());
        while registry.as_ref().is_err_and(|problem| problem.code == Code::DataOwned) {
            assert!(began.elapsed() < Duration::from_secs(60), "nobody lets go of the directory");
            registry = Registry::open(folder.path());
        }
        let registry = registry.unwrap();
        let local = registry.local().unwrap();
        let session = registry.session(local);
        (registry, session)
    };
    let next =
        |session: &dmr::Session| session.create_value("Ticket", json!({}), Write::default()).wait().unwrap().to_value()["number"].clone();
    let (registry, session) = opened();
    session.register(ticket()).wait().unwrap();
    assert_eq!([next(&session), next(&session)], [json!(1), json!(2)]);
    session.delete("Ticket", "2", true, Write::default()).wait().unwrap();
    registry.close();
    let (registry, session) = opened();
    assert_eq!(next(&session), json!(3), "what was not given out was given back, what is deleted is not");
    drop((registry, session));
    let (_registry, session) = opened();
    let after = next(&session).as_i64().unwrap();
    assert!(after > 3, "{after}: a process that ends without closing leaves a gap at most");
    session.delete_model("Ticket", true).wait().unwrap();
    session.register(ticket()).wait().unwrap();
    assert_eq!(next(&session), json!(1), "another model has numbers of its own");
}

#[test]
fn r6_a_factory_has_to_fit_its_field() {
    on_both(|world| {
        let admin = world.admin();
        let schema = json!({ "type": "object", "properties": {
            "n": { "type": "number" }, "s": { "type": "string", "default": "x" }, "in": { "type": "object", "properties": { "t": { "type": "string" } } },
        } });
        let fields = json!({
            "n": { "default_factory": "sequence" }, "s": { "default_factory": "uuid" }, "in.t": { "default_factory": "now" },
        });
        told!(admin.registers(json!({ "name": "A", "schema": schema, "fields": fields })).refused()["errors"], @r#"
        [
          {
            "in": "body",
            "pointer": "/fields/in.t/default_factory",
            "code": "definition.invalid",
            "message": "a default factory is of a field at the top of the record"
          },
          {
            "in": "body",
            "pointer": "/fields/n/default_factory",
            "code": "definition.invalid",
            "message": "`sequence` makes values of a field that holds an integer; this one holds number"
          },
          {
            "in": "body",
            "pointer": "/fields/s/default_factory",
            "code": "behaviour.contradiction",
            "message": "the schema gives `s` a constant default already",
            "suggestions": ["take `default` out of its schema"]
          }
        ]
        "#);
        let unknown = admin.registers(json!({ "name": "A", "schema": schema, "fields": { "n": { "default_factory": "nwo" } } })).refused();
        assert_eq!(unknown["errors"][0]["suggestions"], json!(["now", "uuid", "sequence"]));
        // In place, and back.
        admin.registers(json!({ "name": "A", "schema": schema })).done();
        assert_eq!(admin.creates("A", json!({})).done().get("day"), None);
        let own = json!({ "number": { "type": "integer" } });
        admin.puts("A", json!({ "schema": { "type": "object", "properties": own } })).done();
        admin.changes_model("A", json!({ "fields": { "number": { "default_factory": "sequence" } } })).done();
        assert_eq!(admin.creates("A", json!({})).done()["number"], 1);
        admin.changes_model("A", json!({ "fields": { "number": { "default_factory": null } } })).done();
        assert_eq!(admin.creates("A", json!({})).done().get("number"), None);
    });
}

#[test]
fn p6_numbers_that_tell_of_hidden_records_are_declared() {
    on_both(|world| {
        let admin = world.admin();
        let mut body = ticket();
        body["permissions"] = json!({
            "models": { "admin": ["create", "read", "list", "update", "delete"], "user": ["create", "read", "list"] },
            "rows": { "user": { "read": "owner" } },
        });
        let problem = admin.registers(body.clone()).unwrap_err();
        assert_eq!(problem.code, Code::DisclosureUndeclared);
        told!(problem.to_json()["errors"], @r#"
        [
          {
            "in": "body",
            "pointer": "/permissions/discloses",
            "code": "disclosure.undeclared",
            "message": "the numbers of `number` tell the role `user`, which sees only its own records, how many there are",
            "suggestions": ["add `number` to `discloses`, or do not let the role read it"]
          }
        ]
        "#);
        body["permissions"]["discloses"] = json!(["number"]);
        admin.registers(body).done();
        assert_eq!(world.person("una", &["user"]).creates("Ticket", json!({})).done()["number"], 1);
    });
}
