//! Principals, keys, roles and the audit trail over HTTP.

use crate::world::World;
use dmr_api::client::Request;
use insta::assert_snapshot;
use serde_json::json;

#[test]
fn p7_a_principal_gets_a_key_that_is_told_once() {
    let world = World::new();
    let admin = world.admin();
    let made = admin.post("/api/principals", &json!({ "name": "ana", "roles": ["user"] }));
    assert_snapshot!(made.show(), @r#"
    201 Created
    content-type: application/json
    location: /api/principals/018ccfe5-6802-7000-8000-000100000002

    {
      "id": "018ccfe5-6802-7000-8000-000100000002",
      "name": "ana",
      "roles": [
        "user"
      ],
      "created_at": "2026-11-21T08:30:00.000000Z",
      "suspended": false,
      "keys": []
    }
    "#);
    let at = made.header("location").to_owned();
    let key = admin.post(&format!("{at}/keys"), &json!({ "name": "laptop" })).must(201);
    let secret = key.json()["key"].as_str().unwrap().to_owned();
    let ana = world.someone(Some(secret.clone()));
    assert_eq!(ana.get("/api/me").must(200).json()["roles"], json!(["user"]));
    assert!(!admin.get(&at).text().contains(&secret));

    admin.delete(key.header("location")).must(204);
    assert_eq!(ana.get("/api/me").refusal(), "401 credential.invalid");
}

#[test]
fn e_a_suspended_principal_is_out_at_once() {
    let world = World::new();
    let ana = world.person("ana", &["user"]);
    ana.get("/api/me").must(200);
    let admin = world.admin();
    let read = admin.get("/api/principals/ana").must(200);
    let suspend = |tag: &str| admin.send(Request::patch("/api/principals/ana").json(&json!({ "suspended": true })).header("if-match", tag));
    suspend(read.header("etag")).must(200);
    assert_eq!(ana.get("/api/me").refusal(), "401 credential.invalid");
    assert_snapshot!(suspend(read.header("etag")).refusal(), @"412 record.version");
    admin.delete("/api/principals/ana").must(204);
    assert_snapshot!(admin.get("/api/principals/ana").refusal(), @"404 principal.unknown");
}

#[test]
fn a_nobody_gives_more_than_they_have() {
    let world = World::new();
    let admin = world.admin();
    admin.put("/api/roles/clerk", &json!({ "rights": ["principals"] })).must(200);
    let clerk = world.person("carl", &["clerk"]);
    assert_snapshot!(clerk.post("/api/principals", &json!({ "name": "eve", "roles": ["admin"] })).refusal(), @"403 right.missing");
    assert_snapshot!(clerk.put("/api/roles/clerk", &json!({ "rights": ["principals", "register"] })).refusal(), @"403 right.missing");
    let ana = world.person("ana", &["user"]);
    assert_snapshot!(ana.post("/api/principals", &json!({ "name": "eve", "roles": ["user"] })).refusal(), @"403 right.missing");
    assert_snapshot!(ana.get("/api/principals").refusal(), @"403 right.missing");
    assert_snapshot!(world.nobody().get("/api/principals").refusal(), @"401 credential.missing");
    assert_eq!(ana.get("/api/principals/carl").show(), ana.get("/api/principals/nobody").show().replace("nobody", "carl"));
}

#[test]
fn e_mass_assignment_is_refused() {
    let world = World::with_products();
    let admin = world.admin();
    for member in ["id", "rights", "revision", "created_at"] {
        let body = json!({ "name": "eve", "roles": ["user"], member: "x" });
        assert_eq!(admin.post("/api/principals", &body).status(), 422, "{member}");
    }
    for member in ["_id", "_owner", "_created_at", "_version", "_deleted_at"] {
        let body = json!({ "name": "tea", "price": 1, member: "x" });
        assert_eq!(admin.post("/api/records/Product", &body).status(), 422, "{member}");
    }
}

#[test]
fn p7_roles_are_listed_read_and_set() {
    let world = World::new();
    let admin = world.admin();
    assert_snapshot!(admin.put("/api/roles/editor", &json!({ "rights": ["register"], "inherits": ["user"] })).show(), @r#"
    200 OK
    content-type: application/json

    {
      "name": "editor",
      "rights": [
        "register"
      ],
      "inherits": [
        "user"
      ]
    }
    "#);
    assert_eq!(admin.get("/api/roles/editor").must(200).json()["inherits"], json!(["user"]));
    assert_snapshot!(admin.put("/api/roles/editor", &json!({ "rights": ["fly"] })).refusal(), @"422 role.invalid [body /rights/0 role.invalid]");
    assert_snapshot!(admin.get("/api/roles/nothing").refusal(), @"404 role.unknown");
    let names: Vec<_> =
        admin.get("/api/roles").must(200).json()["items"].as_array().unwrap().iter().map(|role| role["name"].clone()).collect();
    assert_eq!(names, ["admin", "anonymous", "editor", "user"]);
}

#[test]
fn a1_the_audit_trail_tells_who_did_what() {
    let world = World::with_products();
    let admin = world.admin();
    let at = admin.post("/api/records/Product", &json!({ "name": "tea", "price": 3 })).must(201).header("location").to_owned();
    admin.patch(&at, &json!({ "price": 4 })).must(200);
    let trail = admin.get("/api/audit?model=Product&limit=2").must(200);
    assert_snapshot!(serde_json::to_string_pretty(&trail.json()["items"]).unwrap(), @r#"
    [
      {
        "bucket": 0,
        "position": 8,
        "at": "2026-11-21T08:30:00.000000Z",
        "by": "018ccfe5-6800-7000-8000-000100000000",
        "operation": "update",
        "model": "Product",
        "record": "018ccfe5-6803-7000-8000-000100000003",
        "version": 2,
        "changed": [
          "price"
        ]
      },
      {
        "bucket": 0,
        "position": 7,
        "at": "2026-11-21T08:30:00.000000Z",
        "by": "018ccfe5-6800-7000-8000-000100000000",
        "operation": "create",
        "model": "Product",
        "record": "018ccfe5-6803-7000-8000-000100000003",
        "version": 1,
        "changed": [
          "name",
          "price"
        ]
      }
    ]
    "#);
    let next = trail.header("link").trim_start_matches('<').split('>').next().unwrap().to_owned();
    admin.get(&next).must(200);
    assert_snapshot!(world.person("ana", &["user"]).get("/api/audit").refusal(), @"403 right.missing");
    assert_snapshot!(admin.get("/api/audit?since=yesterday").refusal(), @"401 credential.invalid");
}
