//! Who sees and does what: models, rows, columns (P1, P2, P3, P6; attacks A and B).

use crate::world::{Outcome, Person, World, id, on_both, told};
use dmr::{Get, Value, Write};
use serde_json::json;

/// Model M of the attacks: `pub`, `sec` (role R may not read it), `num`, `rel.in` inside a part; rows by owner for R.
fn m(world: &World) -> Person {
    let admin = world.admin();
    let all = json!(["create", "read", "update", "delete", "list"]);
    admin
        .registers(json!({
            "name": "M",
            "schema": {
                "type": "object",
                "properties": {
                    "pub": { "type": "string" }, "sec": { "type": "string", "maxLength": 10 }, "num": { "type": "number" },
                    "part": { "type": "object", "properties": { "open": { "type": "string" }, "shut": { "type": "string" } } },
                },
                "required": ["pub"],
            },
            "permissions": {
                "models": { "admin": all, "R": all },
                "rows": { "R": { "read": "owner" } },
                "columns": {
                    "sec": { "read": ["admin"], "write": ["admin"] },
                    "part.shut": { "read": ["admin"], "write": ["admin"] },
                },
            },
        }))
        .done();
    admin
}

/// What was told, whatever it was.
fn answer(told: crate::world::Told) -> Value {
    told.unwrap_or_else(|problem| problem.to_json())
}

/// The same answer, with names that stand for one another.
fn same(told: &Value, hidden: &str, absent: &str, other: &Value) {
    assert_eq!(told.to_string().replace(hidden, absent), other.to_string());
}

#[test]
fn p1_each_operation_is_a_right_of_its_own() {
    on_both(|world| {
        let admin = world.admin();
        let operations = ["create", "read", "update", "delete", "list"];
        let mut models = json!({ "admin": operations, "none": [] });
        for operation in operations {
            models[operation] = json!([operation]);
        }
        admin.registers(json!({ "name": "Thing", "schema": { "type": "object", "properties": { "x": { "type": "string" } } }, "permissions": { "models": models } })).done();
        let thing = id(&admin.creates("Thing", json!({ "x": "1" })).done());
        let tries = |who: &Person| {
            [
                ("create", who.creates("Thing", json!({ "x": "2" }))),
                ("read", who.gets("Thing", &thing)),
                ("read", who.history_of("Thing", &thing)),
                ("update", who.updates("Thing", &thing, json!({ "x": "3" }))),
                ("update", who.replaces("Thing", &thing, json!({ "x": "3" }))),
                ("update", who.reverts("Thing", &thing, 1)),
                ("update", who.restores("Thing", &thing)),
                ("list", who.lists("Thing", "")),
                ("list", who.asks("Thing", json!({}))),
                ("create", who.creates_all("Thing", &json!([{ "x": "2" }]))),
                ("create", who.batch("Thing", &json!([{ "op": "create", "record": { "x": "2" } }]), Write::default())),
                ("update", who.batch("Thing", &json!([{ "op": "update", "id": thing, "record": { "x": "2" } }]), Write::default())),
                (
                    "delete",
                    who.batch("Thing", &json!([{ "op": "delete", "id": "0190a000-0000-7000-8000-000000000000" }]), Write::default()),
                ),
                ("delete", who.deletes("Thing", "0190a000-0000-7000-8000-000000000000")),
            ]
        };
        for held in operations {
            let who = world.person(held, &[held]);
            for (needed, answer) in tries(&who) {
                let code = answer.as_ref().err().map(|problem| problem.code.as_str());
                assert_eq!(code == Some("right.missing"), held != needed, "{held} tries what needs {needed}: {answer:?}");
            }
        }
        told!(world.with_roles(&["read"]).updates("Thing", &thing, json!({})).refused(), @r#"
        {
          "status": 403,
          "detail": "you may not update records of this model: the right `update` is missing",
          "code": "right.missing",
          "errors": []
        }
        "#);
        for (_, answer) in tries(&world.with_roles(&["none"])) {
            assert_eq!(answer.refused()["code"], "model.unknown", "who may do nothing does not know of it");
        }
        for (_, answer) in tries(&world.anybody()) {
            assert_eq!(answer.refused()["code"], "credential.missing");
        }
    });
}

impl World {
    fn with_roles(&self, roles: &[&str]) -> Person {
        self.person(&format!("with {}", roles.join(" and ")), roles)
    }
}

#[test]
fn p1_without_permissions_admin_may_all_and_user_reads_and_lists() {
    on_both(|world| {
        let admin = world.admin();
        admin.registers(json!({ "name": "Thing", "schema": { "type": "object", "properties": { "x": { "type": "string" } } } })).done();
        told!(admin.permissions("Thing").done(), @r#"{"models":{"admin":["create","read","update","delete","list"],"user":["read","list"]},"rows":{},"columns":{},"discloses":[]}"#);
        let thing = id(&admin.creates("Thing", json!({ "x": "1" })).done());
        let user = world.with_roles(&["user"]);
        user.gets("Thing", &thing).done();
        assert_eq!(user.lists("Thing", "").done()["items"].as_array().unwrap().len(), 1);
        assert_eq!(user.creates("Thing", json!({ "x": "1" })).refused()["code"], "right.missing");
        assert_eq!(user.permits("Thing", json!({})).refused()["code"], "right.missing");
        assert_eq!(world.with_roles(&["clerk"]).gets("Thing", &thing).refused()["code"], "model.unknown");
    });
}

#[test]
fn p1_anybody_has_what_anonymous_was_given_and_stars_are_for_the_authenticated() {
    on_both(|world| {
        let admin = world.admin();
        let schema = json!({ "type": "object", "properties": { "x": { "type": "string" } } });
        let all = json!(["create", "read", "update", "delete", "list"]);
        admin
            .registers(
                json!({ "name": "Open", "schema": schema, "permissions": { "models": { "admin": all, "anonymous": ["read", "list"] } } }),
            )
            .done();
        admin
            .registers(json!({ "name": "Starred", "schema": schema, "permissions": { "models": { "admin": all, "*": ["read", "list"] } } }))
            .done();
        let (open, starred) =
            (id(&admin.creates("Open", json!({ "x": "1" })).done()), id(&admin.creates("Starred", json!({ "x": "1" })).done()));
        let (anybody, clerk) = (world.anybody(), world.with_roles(&["clerk"]));
        anybody.gets("Open", &open).done();
        assert_eq!(anybody.gets("Starred", &starred).refused()["code"], "credential.missing");
        assert_eq!(anybody.creates("Open", json!({})).refused()["code"], "credential.missing");
        clerk.gets("Starred", &starred).done();
        assert_eq!(clerk.gets("Open", &open).refused()["code"], "model.unknown");
        clerk.gets("Starred", &starred).done();
    });
}

#[test]
fn p1_roles_inherit_what_models_permit() {
    on_both(|world| {
        let admin = world.admin();
        admin.registers(json!({ "name": "Thing", "schema": { "type": "object", "properties": { "x": { "type": "string" } } }, "permissions": { "models": { "admin": ["create", "read"], "clerk": ["read"] } } })).done();
        let thing = id(&admin.creates("Thing", json!({ "x": "1" })).done());
        let lead = world.with_roles(&["lead"]);
        assert_eq!(lead.gets("Thing", &thing).refused()["code"], "model.unknown");
        admin.set_role("lead", json!({ "inherits": ["clerk"] })).done();
        let key = admin.create_key(&lead.id(), json!({})).done();
        world.with_key(key["key"].as_str().unwrap()).gets("Thing", &thing).done();
    });
}

#[test]
fn p2_who_owns_a_row_sees_and_changes_it_and_others_are_as_if_not_there() {
    on_both(|world| {
        let admin = m(&world);
        let (r1, r2) = (world.person("r1", &["R"]), world.person("r2", &["R"]));
        let own = id(&r1.creates("M", json!({ "pub": "mine" })).done());
        let foreign = id(&r2.creates("M", json!({ "pub": "theirs" })).done());
        let absent = "0190a000-0000-7000-8000-000000000000";
        assert_eq!(r1.column("M", "count=exact", "_id"), [json!(own)]);
        assert_eq!(r1.lists("M", "count=exact").done()["count"], 1);
        assert_eq!(r1.lists("M", "count=estimated").done()["count"], 1);
        assert_eq!(admin.lists("M", "count=exact").done()["count"], 2);
        let write = |id: &str| {
            [
                r1.gets("M", id),
                r1.history_of("M", id),
                r1.gets_with("M", id, &Get { as_of: Some(i64::MAX / 2), ..Get::default() }),
                r1.updates("M", id, json!({ "pub": "x" })),
                r1.updates_with("M", id, json!({ "pub": "x" }), Write { if_version: Some(7), ..Write::default() }),
                r1.replaces("M", id, json!({ "pub": "x" })),
                r1.deletes("M", id),
                r1.purges("M", id),
                r1.restores("M", id),
                r1.reverts("M", id, 1),
                r1.batch(
                    "M",
                    &json!([{ "op": "update", "id": own, "record": { "num": 1 } }, { "op": "delete", "id": id }]),
                    Write::default(),
                ),
            ]
            .map(|answer| answer.refused())
        };
        for (hidden, missing) in write(&foreign).iter().zip(write(absent)) {
            same(hidden, &foreign, absent, &missing);
        }
        assert_eq!(admin.gets("M", &foreign).done()["_version"], 1, "nothing foreign was touched");
        assert_eq!(r1.gets("M", &own).done()["_version"], 1, "all or none");
        let report = r1.batch(
            "M",
            &json!([{ "op": "update", "id": own, "record": { "num": 1 } }, { "op": "delete", "id": foreign }]),
            Write { report: true, ..Write::default() },
        );
        told!(report.done(), @r#"
        {
          "results": [
            {"index":0,"id":"<id 1>","version":2},
            {"index":1,"errors":[{"in":"body","pointer":"","code":"record.unknown","message":"there is no such record"}]}
          ]
        }
        "#);
        r1.updates("M", &own, json!({ "pub": "still mine" })).done();
        r1.deletes("M", &own).done();
    });
}

#[test]
fn p2_with_several_roles_the_widest_rule_holds() {
    on_both(|world| {
        let admin = m(&world);
        let all = json!(["create", "read", "update", "delete", "list"]);
        admin.permits("M", json!({ "models": { "admin": all, "R": all, "reader": ["read", "list"] }, "rows": { "R": { "read": "owner", "write": "owner" } }, "columns": { "sec": { "read": ["R"], "write": ["R"] } } })).done();
        let both = world.with_roles(&["R", "reader"]);
        let own = id(&both.creates("M", json!({ "pub": "mine", "sec": "s1" })).done());
        let foreign = id(&world.with_roles(&["R"]).creates("M", json!({ "pub": "theirs", "sec": "s2" })).done());
        assert_eq!(both.gets("M", &own).done()["sec"], "s1");
        let told = both.gets("M", &foreign).done();
        assert_eq!((told.get("sec"), &told["pub"]), (None, &json!("theirs")), "the field only in rows of the role that grants it");
        assert_eq!(both.updates("M", &foreign, json!({ "pub": "x" })).refused()["status"], 403, "seen, but not to be changed");
        assert_eq!(both.column("M", "sec=s2", "_id"), Vec::<Value>::new(), "a hidden cell is absent for filters too");
        assert_eq!(both.column("M", "sec=s1", "_id"), [json!(own)]);
        assert_eq!(both.column("M", "sec__isnull=true", "_id"), [json!(foreign)]);
        assert_eq!(both.column("M", "sort=sec", "_id"), [json!(foreign), json!(own)], "absent is smallest");
        told!(both.history_of("M", &foreign).done()["items"][0]["after"], @r#"{"pub":"theirs"}"#);
    });
}

#[test]
fn p3_a_field_without_a_rule_is_open_and_a_rule_closes_it() {
    on_both(|world| {
        let admin = world.admin();
        let all = json!(["create", "read", "update", "delete", "list"]);
        admin.registers(json!({
            "name": "Thing",
            "schema": { "type": "object", "properties": { "open": { "type": "string" }, "seen": { "type": "string" }, "set": { "type": "string" }, "shut": { "type": "string" } } },
            "permissions": {
                "models": { "admin": all, "R": all },
                "columns": { "seen": { "read": ["admin", "R"] }, "set": { "read": ["admin"], "write": ["R", "admin"] }, "shut": {}, "*": { "read": ["admin"] } },
            },
        })).done();
        let r = world.with_roles(&["R"]);
        let thing = id(&admin.creates("Thing", json!({ "open": "1", "seen": "2", "set": "3", "shut": "4", "extra": 5 })).done());
        told!(r.gets("Thing", &thing).done(), @r#"
        {
          "_id": "<id 1>",
          "open": "1",
          "seen": "2",
          "_version": 1,
          "_created_at": "2026-01-01T00:00:00.000000Z",
          "_updated_at": "2026-01-01T00:00:00.000000Z",
          "_created_by": "<id 2>",
          "_updated_by": "<id 2>",
          "_owner": "<id 2>"
        }
        "#);
        told!(r.updates("Thing", &thing, json!({ "open": "a", "seen": "b", "set": "c", "shut": "d", "extra": 1, "nothing": 1 })).refused(), @r#"
        {
          "status": 422,
          "detail": "4 problems; the first: you may read `seen` but not write it",
          "code": "record.invalid",
          "errors": [
            {"in":"body","pointer":"/seen","code":"right.missing","message":"you may read `seen` but not write it"},
            {"in":"body","pointer":"/shut","code":"field.undeclared","message":"the model has no field `shut`","suggestions":["set"]},
            {"in":"body","pointer":"/extra","code":"field.undeclared","message":"the model has no field `extra`"},
            {"in":"body","pointer":"/nothing","code":"field.undeclared","message":"the model has no field `nothing`"}
          ]
        }
        "#);
        r.updates("Thing", &thing, json!({ "set": "new" })).done();
        r.replaces("Thing", &thing, json!({ "open": "all" })).done();
        told!(admin.gets("Thing", &thing).done(), @r#"
        {
          "_id": "<id 1>",
          "open": "all",
          "seen": "2",
          "set": "new",
          "shut": "4",
          "extra": 5,
          "_version": 3,
          "_created_at": "2026-01-01T00:00:00.000000Z",
          "_updated_at": "2026-01-01T00:00:00.000000Z",
          "_created_by": "<id 2>",
          "_updated_by": "<id 3>",
          "_owner": "<id 2>"
        }
        "#);
        told!(admin.permissions("Thing").done(), @r#"
        {
          "models": {"R":["create","read","update","delete","list"],"admin":["create","read","update","delete","list"]},
          "rows": {},
          "columns": {"seen":{"read":["R","admin"]},"set":{"read":["admin"],"write":["R","admin"]},"shut":{},"*":{"read":["admin"]}},
          "discloses": []
        }
        "#);
        told!(r.schema("Thing", None).done(), @r#"
        {
          "$schema": "https://json-schema.org/draft/2020-12/schema",
          "type": "object",
          "properties": {"open":{"type":"string","x-dmr-id":1},"seen":{"type":"string","x-dmr-id":2},"set":{"type":"string","x-dmr-id":3}},
          "additionalProperties": false
        }
        "#);
    });
}

/// Attack A: every operator on `sec` answers as on a column that does not exist: where the model keeps what it does not declare, like one
/// that no record has; else as unknown.
#[test]
fn p6_a_hidden_field_is_asked_for_like_one_that_is_not_there() {
    for open in [true, false] {
        on_both(|world| {
            let admin = m(&world);
            let mut schema = admin.schema("M", None).done();
            schema["additionalProperties"] = json!(open);
            schema["properties"]["part"]["additionalProperties"] = json!(open);
            admin.puts("M", json!({ "schema": schema })).done();
            let r = world.person("r1", &["R"]);
            let own = id(&r.creates("M", json!({ "pub": "x", "num": 1, "part": { "open": "o" } })).done());
            admin.updates("M", &own, json!({ "sec": "secret", "part": { "shut": "secret" } })).done();
            for (hidden, absent) in [("sec", "zec"), ("part.shut", "part.zhut"), ("sec.sub", "zec.sub")] {
                for ask in asked() {
                    let [told, other] = [hidden, absent].map(|name| answer(r.lists("M", &ask.replace("{}", name))));
                    same(&told, hidden, absent, &other);
                    let refused = told.get("code").is_some();
                    assert!(open || refused, "{ask}");
                    assert!(refused || !told.to_string().contains("secret"), "{ask}");
                }
                let [told, other] = [hidden, absent].map(|name| {
                    let fields = Some(vec![name.split('.').map(str::to_owned).collect()]);
                    answer(r.gets_with("M", &own, &Get { fields, ..Get::default() }))
                });
                same(&told, hidden, absent, &other);
            }
            for ask in
                ["sec=secret", "sec__isnull=false", "part.shut=secret", "where={\"field\":\"sec\",\"op\":\"startswith\",\"value\":\"\"}"]
            {
                assert!(!answer(r.lists("M", ask)).to_string().contains(&own), "{ask}");
            }
            for spelling in ["SEC", "Sec", "\"sec\"", "s%65c", "se\u{441}", "sec "] {
                assert!(!answer(r.lists("M", &format!("{spelling}=secret"))).to_string().contains(&own), "{spelling}");
            }
        });
    }
}

/// Every way to ask for a field `{}`.
fn asked() -> Vec<String> {
    let operators = [
        "",
        "__ne",
        "__gt",
        "__gte",
        "__lt",
        "__lte",
        "__in",
        "__nin",
        "__contains",
        "__icontains",
        "__startswith",
        "__endswith",
        "__between",
        "__regex",
        "__nope",
    ];
    let mut asked: Vec<String> = operators.iter().map(|operator| format!("{{}}{operator}=secret")).collect();
    asked.extend(
        ["{}__isnull=true", "{}__isnull=false", "{}__between=a&{}__between=z", "sort={}", "sort=-{}", "fields={}", "fields=pub,{}"]
            .map(str::to_owned),
    );
    asked.push(r#"where={"not":{"field":"{}","op":"eq","value":"secret"}}"#.into());
    asked.push(r#"where={"or":[{"field":"pub","op":"eq","value":"x"},{"field":"{}","op":"regex","value":"("}]}"#.into());
    asked.push(r#"where={"and":[{"field":"{}","op":"in","value":["secret",7]},{"not":{"field":"num","op":"gt","value":0}}]}"#.into());
    asked
}

/// Attack A: writes to a hidden field, and what a write is told of it.
#[test]
fn p6_a_hidden_field_is_written_like_one_that_is_not_there() {
    on_both(|world| {
        let admin = m(&world);
        let r = world.person("r1", &["R"]);
        let own = id(&r.creates("M", json!({ "pub": "x" })).done());
        admin.updates("M", &own, json!({ "sec": "0123456789", "part": { "shut": "s", "open": "o" } })).done();
        let write = |name: &str, value: Value| {
            let body = json!({ "pub": "y", name: value });
            [
                r.creates("M", body.clone()),
                r.updates("M", &own, body.clone()),
                r.replaces("M", &own, body.clone()),
                r.creates_all("M", &json!([{ "pub": "z" }, body])),
            ]
            .map(|answer| answer.refused())
        };
        admin
            .permits("M", {
                let mut now = admin.permissions("M").done();
                now["columns"]["*"] = json!({ "read": ["admin"], "write": ["admin"] });
                now
            })
            .done();
        for value in [json!("x"), json!(7), json!("far too long for it"), json!(null)] {
            for (told, other) in write("sec", value.clone()).iter().zip(write("zec", value.clone())) {
                same(told, "sec", "zec", &other);
            }
        }
        told!(write("sec", json!("x"))[1], @r#"
        {
          "status": 422,
          "detail": "the model has no field `sec`",
          "code": "record.invalid",
          "errors": [{"in":"body","pointer":"/sec","code":"field.undeclared","message":"the model has no field `sec`"}]
        }
        "#);

        // What one replaces leaves what one does not see.
        r.replaces("M", &own, json!({ "pub": "mine", "part": { "open": "new" } })).done();
        let told = admin.gets("M", &own).done();
        assert_eq!((&told["sec"], &told["part"]), (&json!("0123456789"), &json!({ "open": "new", "shut": "s" })));
        r.updates("M", &own, json!({ "part": null })).done();
        let told = admin.gets("M", &own).done();
        assert_eq!(told["part"], json!({ "shut": "s" }), "nor does one take away what one does not see");
        assert_eq!(r.gets("M", &own).done()["part"], json!({}));
        r.reverts("M", &own, 1).done();
        assert_eq!(admin.gets("M", &own).done()["sec"], "0123456789", "nor does one turn it back");
    });
}

/// Attack A: history and diff as R.
#[test]
fn p6_history_schema_versions_and_diff_hold_nothing_of_a_hidden_field() {
    on_both(|world| {
        let admin = m(&world);
        let r = world.person("r1", &["R"]);
        let own = id(&r.creates("M", json!({ "pub": "x" })).done());
        admin.updates("M", &own, json!({ "sec": "secret" })).done();
        admin.updates("M", &own, json!({ "part": { "shut": "secret", "open": "o" } })).done();
        let mut schema = admin.schema("M", None).done();
        schema["properties"]["sec"]["maxLength"] = json!(20);
        schema["properties"]["sec"]["description"] = json!("secret");
        schema["properties"]["num"]["minimum"] = json!(0);
        admin.puts("M", json!({ "schema": schema })).done();
        let told = [
            r.history_of("M", &own).done(),
            r.schema("M", None).done(),
            r.schema("M", Some("1.0.0")).done(),
            r.versions("M").done(),
            r.diff("M", Some("1.0.0"), None).done(),
            r.model("M").done().0,
            r.gets("M", &own).done(),
        ];
        for told in &told {
            let text = told.to_string();
            assert!(!text.contains("sec") && !text.contains("shut"), "{text}");
        }
        told!(told[4], @r#"
        {
          "from": "1.0.0",
          "to": "2.0.0",
          "breaking": true,
          "changes": [{"kind":"constraint_tightened","field":"num","breaking":true,"reason":"minimum: is new: at least 0"}],
          "records": null,
          "likely_renames": {}
        }
        "#);
        assert_eq!(r.permissions("M").refused()["status"], 403);
    });
}

/// Attack A: a unique violation against a hidden record; declared disclosures.
#[test]
fn p6_a_unique_key_over_hidden_rows_is_closed_until_it_is_disclosed() {
    on_both(|world| {
        let admin = world.admin();
        let all = json!(["create", "read", "update", "delete", "list"]);
        let permissions = json!({ "models": { "admin": all, "R": all }, "rows": { "R": { "read": "owner" } } });
        let model = |required: Value, permissions: &Value| json!({ "name": "Account", "schema": { "type": "object", "properties": { "name": { "type": "string" }, "note": { "type": "string" } }, "required": required }, "unique": [["name"]], "permissions": permissions });
        told!(admin.registers(model(json!(["name"]), &permissions)).refused(), @r#"
        {
          "status": 422,
          "detail": "the role `R` may create records but never write `name`, which is required",
          "code": "permissions.unreachable",
          "errors": [
            {
              "in": "body",
              "pointer": "/permissions/models/R",
              "code": "permissions.unreachable",
              "message": "the role `R` may create records but never write `name`, which is required",
              "suggestions": ["a unique constraint on `name` would tell this role of records it may not see: add it to `discloses`"]
            }
          ]
        }
        "#);
        admin.registers(model(json!([]), &permissions)).done();
        let r = world.person("r1", &["R"]);
        let own = id(&r.creates("Account", json!({ "note": "x" })).done());
        told!(r.updates("Account", &own, json!({ "name": "ana" })).refused(), @r#"
        {
          "status": 403,
          "detail": "you may read `name` but not write it",
          "code": "right.missing",
          "errors": [{"in":"body","pointer":"/name","code":"right.missing","message":"you may read `name` but not write it"}]
        }
        "#);
        let mut open = permissions.clone();
        open["discloses"] = json!(["name"]);
        admin.permits("Account", open).done();
        let hidden = id(&admin.creates("Account", json!({ "name": "ana" })).done());
        let told = r.updates("Account", &own, json!({ "name": "ana" })).refused();
        assert_eq!(told["code"], "unique.taken");
        assert!(!told.to_string().contains(&hidden));
        r.updates("Account", &own, json!({ "name": "bob" })).done();
    });
}

/// Attack B: list(R) = every x with get(R, x).
#[test]
fn p6_what_is_listed_is_what_can_be_got() {
    on_both(|world| {
        let admin = m(&world);
        let people: Vec<Person> = ["r1", "r2", "r3"].iter().map(|name| world.person(name, &["R"])).collect();
        let mut every: Vec<Value> = Vec::new();
        for n in 0..30 {
            let who = people.get(n % 4).unwrap_or(&admin);
            let made = id(&who.creates("M", json!({ "pub": format!("{n}"), "num": n % 5 })).done());
            if n % 7 == 0 {
                admin.deletes("M", &made).done();
            }
            every.push(json!(made));
        }
        for who in &people {
            let got: Vec<Value> = every.iter().filter(|id| who.gets("M", id.as_str().unwrap()).is_ok()).cloned().collect();
            assert_eq!(who.column("M", "limit=100", "_id"), got);
            let (mut paged, mut next) = (Vec::new(), String::new());
            loop {
                let page = who.lists("M", &format!("limit=3&sort=-num{next}")).done();
                paged.extend(page["items"].as_array().unwrap().iter().map(|item| item["_id"].clone()));
                match page["next"].as_str() {
                    Some(cursor) => next = format!("&cursor={cursor}"),
                    None => break,
                }
            }
            paged.sort_by_key(|id| id.as_str().unwrap().to_owned());
            assert_eq!(paged, got, "and page by page");
            assert_eq!(who.lists("M", "count=exact").done()["count"], got.len());
        }
    });
}

#[test]
fn p1_p3_what_is_wrong_with_permissions_is_told() {
    on_both(|world| {
        let admin = m(&world);
        let wrong = json!({
            "model": {}, "models": { "admin": ["create", "reed"], "a b": [], "R": "all" },
            "rows": { "R": { "read": "mine", "delete": "owner" }, "S": { "read": "owner" } },
            "columns": { "sek": { "read": ["admin"] }, "num": { "reed": [] }, "pub": { "when": "true", "masks": { "R": "full" } } },
            "discloses": [1],
        });
        told!(admin.permits("M", wrong).refused(), @r#"
        {
          "status": 422,
          "detail": "13 problems; the first: permissions have no member `model`",
          "code": "definition.invalid",
          "errors": [
            {
              "in": "body",
              "pointer": "/model",
              "code": "permissions.invalid",
              "message": "permissions have no member `model`",
              "suggestions": ["models"]
            },
            {
              "in": "body",
              "pointer": "/models/admin",
              "code": "permissions.invalid",
              "value": "reed",
              "message": "there is no such operation",
              "suggestions": ["create","read","update","delete","list"]
            },
            {
              "in": "body",
              "pointer": "/models/a b",
              "code": "permissions.invalid",
              "message": "a role's name begins with a letter and holds ASCII letters, digits, `_`, `-`, `.` and `:`, at most 64"
            },
            {
              "in": "body",
              "pointer": "/models/R",
              "code": "permissions.invalid",
              "message": "a role has a list of create, read, update, delete, list"
            },
            {
              "in": "body",
              "pointer": "/rows/R/read",
              "code": "permissions.invalid",
              "value": "mine",
              "message": "a row rule is \"owner\" or \"public\""
            },
            {
              "in": "body",
              "pointer": "/rows/R/delete",
              "code": "permissions.invalid",
              "message": "a role has no row rule for `delete`",
              "suggestions": ["read","write"]
            },
            {
              "in": "body",
              "pointer": "/columns/sek",
              "code": "permissions.invalid",
              "message": "the schema declares no field `sek`",
              "suggestions": ["sec"]
            },
            {
              "in": "body",
              "pointer": "/columns/num/reed",
              "code": "permissions.invalid",
              "message": "a column rule has no member `reed`",
              "suggestions": ["read"]
            },
            {"in":"body","pointer":"/columns/pub/when","code":"behaviour.unavailable","message":"`when` is not built yet"},
            {"in":"body","pointer":"/columns/pub/masks","code":"behaviour.unavailable","message":"a mask is not built yet"},
            {"in":"body","pointer":"/discloses","code":"permissions.invalid","message":"`discloses` is a list of field names"},
            {
              "in": "body",
              "pointer": "/rows/R",
              "code": "permissions.invalid",
              "message": "this role has row rules but no operations under `models`"
            },
            {
              "in": "body",
              "pointer": "/rows/S",
              "code": "permissions.invalid",
              "message": "this role has row rules but no operations under `models`"
            }
          ]
        }
        "#);
        told!(admin.permits("M", json!({ "models": { "admin": ["create"], "R": ["create"] }, "columns": { "pub": { "write": ["admin"] } } })).refused(), @r#"
        {
          "status": 422,
          "detail": "the role `R` may create records but never write `pub`, which is required",
          "code": "permissions.unreachable",
          "errors": [
            {
              "in": "body",
              "pointer": "/models/R",
              "code": "permissions.unreachable",
              "message": "the role `R` may create records but never write `pub`, which is required",
              "suggestions": ["add `R` to the roles that write `pub`, or give it a default"]
            }
          ]
        }
        "#);
        told!(admin.permits("M", json!({ "models": { "admin": ["read"], "R": ["read"] }, "rows": { "R": { "read": { "custom": "true" } } } })).refused(), @r#"
        {
          "status": 422,
          "detail": "a row rule of the kind `role` or `custom` is not built yet",
          "code": "behaviour.unavailable",
          "errors": [
            {
              "in": "body",
              "pointer": "/rows/R/read",
              "code": "behaviour.unavailable",
              "message": "a row rule of the kind `role` or `custom` is not built yet",
              "suggestions": ["owner","public"]
            }
          ]
        }
        "#);
    });
}

#[test]
fn p1_an_old_tag_changes_no_permissions() {
    on_both(|world| {
        let admin = m(&world);
        let (_, tag) = admin.model("M").done();
        let permissions = json!({ "models": { "admin": ["create", "read", "update", "delete", "list"] } });
        admin.set_permissions("M", permissions.clone(), Some(tag.clone())).done();
        assert_eq!(admin.set_permissions("M", permissions, Some(tag)).refused()["code"], "record.version");
    });
}

#[test]
fn p6_a_key_that_is_hidden_is_no_address() {
    on_both(|world| {
        let admin = world.admin();
        let hidden = json!({ "no": { "read": ["admin"], "write": ["admin"] } });
        let permissions =
            json!({ "models": { "admin": ["create", "read", "list", "update"], "clerk": ["read", "list", "update"] }, "columns": hidden });
        let schema = json!({ "type": "object", "properties": { "no": { "type": "string" }, "name": { "type": "string" } } });
        admin.registers(json!({ "name": "Account", "key": ["no"], "schema": schema, "permissions": permissions })).done();
        let made = admin.creates("Account", json!({ "no": "17", "name": "Ann" })).done();
        let clerk = world.person("Clara", &["clerk"]);
        let ask = |no: &str| {
            let batch = json!([{ "op": "update", "id": no, "record": { "name": "A" } }]);
            [
                clerk.gets("Account", no).refused(),
                clerk.history_of("Account", no).refused(),
                clerk.updates("Account", no, json!({ "name": "A" })).refused(),
                clerk.batch("Account", &batch, Write::default()).refused(),
            ]
        };
        assert_eq!(ask("17"), ask("18"));
        assert_eq!(clerk.gets("Account", made["_id"].as_str().unwrap()).done()["name"], "Ann");
        assert_eq!(admin.gets("Account", "17").done()["name"], "Ann");
    });
}
