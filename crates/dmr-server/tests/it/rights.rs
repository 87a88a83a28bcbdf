//! What someone may not see it cannot learn: the attacks on columns and rows, black box (P1, P2, P3, P6).

use crate::world::{Person, World};
use dmr_api::client::Request;
use insta::assert_snapshot;
use serde_json::json;

/// Model `M` with a field `sec` that the role `reader` may not see, rows owned; an administrator's record in it, and one of Ana's.
fn guarded() -> (World, Person) {
    let world = World::new();
    let admin = world.admin();
    admin.put("/api/roles/reader", &json!({ "rights": [] })).must(200);
    let registration = json!({
        "name": "M",
        "schema": {
            "type": "object",
            "properties": { "pub": { "type": "string" }, "sec": { "type": "string" }, "num": { "type": "integer" }, "code": { "type": "string" } },
            "additionalProperties": false,
        },
        "unique": [["code"]],
        "indexes": [["sec"], ["num"]],
        "permissions": {
            "models": { "admin": ["create", "read", "update", "delete", "list"], "reader": ["create", "read", "update", "delete", "list"] },
            "rows": { "reader": { "read": "owner", "write": "owner" } },
            "columns": { "sec": { "read": ["admin"], "write": ["admin"] } },
            "discloses": ["code"],
        },
    });
    admin.post("/api/registry/models", &registration).must(201);
    let ana = world.person("ana", &["reader"]);
    (world, ana)
}

#[test]
fn a_every_use_of_a_hidden_field_answers_as_of_one_that_is_not_there() {
    let (_world, ana) = guarded();
    let same = |path: &str, body: Option<serde_json::Value>| {
        let ask = |name: &str| {
            let path = path.replace("FIELD", name);
            let answer = match &body {
                None => ana.get(&path),
                Some(body) => ana.post(&path, &serde_json::from_str(&body.to_string().replace("FIELD", name)).unwrap()),
            };
            answer.show().replace(name, "FIELD")
        };
        let (hidden, absent) = (ask("sec"), ask("zec"));
        assert_eq!(hidden, absent, "{path} {body:?}");
        assert!(!hidden.starts_with('2'), "{path}: {hidden}");
    };
    let operators = [
        "",
        "__gt",
        "__gte",
        "__lt",
        "__lte",
        "__ne",
        "__in",
        "__nin",
        "__contains",
        "__icontains",
        "__startswith",
        "__endswith",
        "__isnull",
        "__regex",
        "__nonsense",
    ];
    for operator in operators {
        same(&format!("/api/records/M?FIELD{operator}=true"), None);
        same(&format!("/api/records/M?FIELD.sub{operator}=true"), None);
    }
    same("/api/records/M?FIELD__between=a&FIELD__between=b", None);
    for parameter in ["sort=FIELD", "sort=-FIELD", "fields=FIELD", "fields=pub,FIELD", "fields=%5B%5B%22FIELD%22%5D%5D"] {
        same(&format!("/api/records/M?{parameter}"), None);
    }
    let test = json!({ "field": "FIELD", "op": "eq", "value": "x" });
    for condition in [
        test.clone(),
        json!({ "not": test }),
        json!({ "and": [test] }),
        json!({ "or": [{ "field": "pub", "op": "eq", "value": "a" }, test] }),
    ] {
        same("/api/records/M/query", Some(json!({ "where": condition })));
    }
    same("/api/records/M/query", Some(json!({ "sort": ["FIELD"] })));
    same("/api/records/M/query", Some(json!({ "fields": [["FIELD"]] })));
    same("/api/records/M", Some(json!({ "FIELD": "x" })));
    same("/api/records/M", Some(json!([{ "FIELD": 7 }])));
    same("/api/records/M/batch", Some(json!({ "operations": [{ "op": "create", "record": { "FIELD": "x" } }] })));
}

#[test]
fn a_other_spellings_of_a_hidden_field_are_not_there_either() {
    let (_world, ana) = guarded();
    for spelling in ["SEC", "Sec", "%73ec", "s%C2%ADec", "%22sec%22", "%60sec%60", "sec%00", "sec%20", "%EF%BD%93ec", "2", "f2_1", "*"] {
        let answer = ana.get(&format!("/api/records/M?{spelling}=x"));
        assert_eq!(answer.status(), 400, "{spelling}: {}", answer.show());
    }
}

#[test]
fn a_no_description_names_a_hidden_field() {
    let (world, ana) = guarded();
    let made = ana.post("/api/records/M", &json!({ "pub": "mine" })).must(201);
    let at = made.header("location").to_owned();
    world.admin().patch(&at, &json!({ "sec": "canary-7f" })).must(200);
    let paths = [
        "/api/registry/models",
        "/api/registry/models/M",
        "/api/registry/models/M/schema",
        "/api/registry/models/M/versions",
        "/api/registry/models/M/diff",
        "/api/registry/models/M/permissions",
        "/openapi.json",
        "/openapi/M.json",
        "/api/records/M",
        "/api/records/M?sek=1",
        "/api/audit",
        "/stats",
        "/metrics",
        "/api/me",
    ];
    for path in paths.into_iter().map(str::to_owned).chain([at.clone(), format!("{at}/history")]) {
        let answer = ana.get(&path);
        let text = answer.text();
        assert!(!text.contains("canary") && !text.contains("\"sec\"") && !text.contains("`sec`"), "{path}: {}", answer.show());
    }
    assert_snapshot!(ana.put(&at, &json!({ "pub": "ours" })).must(200).header("etag").split('.').next().unwrap(), @r#""3"#);
    assert_eq!(world.admin().get(&at).json()["sec"], "canary-7f");
}

#[test]
fn b_foreign_records_look_like_missing_ones() {
    let (world, ana) = guarded();
    let admin = world.admin();
    let foreign = admin.post("/api/records/M", &json!({ "pub": "theirs" })).must(201).header("location").to_owned();
    let missing = "/api/records/M/01900000-0000-7000-8000-000000000000";
    let asks: [fn(&str) -> Request; 8] = [
        |at| Request::get(at),
        |at| Request::get(format!("{at}/history")),
        |at| Request::patch(at).json(&json!({ "pub": "x" })),
        |at| Request::patch(at).json(&json!({ "num": "no number" })),
        |at| Request::put(at).json(&json!({ "pub": "x" })),
        |at| Request::delete(at),
        |at| Request::post(format!("{at}/restore")),
        |at| Request::post(format!("{at}/revert")).json(&json!({ "to": 1 })),
    ];
    for ask in asks {
        let (there, not) = (ana.send(ask(&foreign)).show(), ana.send(ask(missing)).show());
        let id = |path: &str| path.rsplit('/').next().unwrap().to_owned();
        assert_eq!(there.replace(&id(&foreign), "ID"), not.replace(&id(missing), "ID"));
    }
    let own = ana.post("/api/records/M", &json!({ "pub": "mine" })).must(201).json();
    let list = ana.get("/api/records/M?count=exact").must(200).json();
    assert_eq!((list["count"].clone(), list["items"][0]["_id"].clone()), (json!(1), own["_id"].clone()));
    let batch = json!({ "operations": [
        { "op": "update", "id": own["_id"], "record": { "pub": "mine too" } },
        { "op": "delete", "id": foreign.rsplit('/').next() },
    ] });
    assert_snapshot!(ana.post("/api/records/M/batch", &batch).refusal(), @"404 record.unknown [body /operations/1 record.unknown]");
    assert_eq!(ana.get("/api/records/M").json()["items"][0]["pub"], "mine");
    admin.get(&foreign).must(200);
}

#[test]
fn a_a_taken_unique_value_does_not_name_its_record() {
    let (world, ana) = guarded();
    world.admin().post("/api/records/M", &json!({ "pub": "theirs", "code": "K1" })).must(201);
    assert_snapshot!(ana.post("/api/records/M", &json!({ "code": "K1" })).show(), @r#"
    409 Conflict
    content-type: application/problem+json

    {
      "type": "https://dmr.dev/problems/unique.taken",
      "title": "Another record has this value",
      "status": 409,
      "detail": "another record has this `code`",
      "code": "unique.taken",
      "errors": [
        {
          "in": "body",
          "pointer": "/code",
          "code": "unique.taken",
          "rule": "unique",
          "message": "another record has this `code`"
        }
      ]
    }
    "#);
}

#[test]
fn p1_a_role_without_rights_does_not_know_the_model() {
    let (world, _) = guarded();
    let other = world.person("otto", &["other"]);
    for path in ["/api/records/M", "/api/registry/models/M", "/openapi/M.json", "/api/records/M/01900000-0000-7000-8000-000000000000"] {
        let (there, not) = (other.get(path), other.get(&path.replace("/M", "/Q")));
        assert_eq!(there.status(), 404, "{path}");
        assert_eq!(there.show(), not.show().replace("`Q`", "`M`"), "{path}");
    }
    assert_eq!(other.get("/api/registry/models").json()["items"], json!([]));
}

#[test]
fn a_an_idempotent_replay_is_rendered_under_todays_rights() {
    let (world, ana) = guarded();
    let send = || ana.send(Request::post("/api/records/M").json(&json!({ "pub": "mine", "num": 7 })).header("idempotency-key", "k"));
    send().must(201);
    let mut permissions = world.admin().get("/api/registry/models/M/permissions").json();
    permissions["columns"]["num"] = json!({ "read": ["admin"], "write": ["admin", "reader"] });
    world.admin().put("/api/registry/models/M/permissions", &permissions).must(200);
    let again = send().must(201);
    assert!(!again.text().contains("num"), "{}", again.show());
}
