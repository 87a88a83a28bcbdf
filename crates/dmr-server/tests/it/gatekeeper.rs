//! The gatekeeper over HTTP (M9), and the folder of models (M10).

use crate::world::{Person, World};
use insta::assert_snapshot;
use serde_json::json;

/// Two models a clerk may read, one of them exported to it.
fn shop() -> (World, Person, Person) {
    let world = World::new();
    let admin = world.admin();
    for (namespace, name) in [("shop", "Sale"), ("app", "Staff")] {
        let permissions = json!({ "models": { "admin": ["create", "read", "list"], "clerk": ["read", "list"] } });
        let body = json!({ "name": name, "namespace": namespace, "schema": { "type": "object" }, "permissions": permissions });
        admin.post("/api/registry/models", &body).must(201);
    }
    let ana = world.person("ana", &["clerk"]);
    let admin = world.admin();
    admin.patch("/api/settings", &json!({ "gatekeeper.exports": { "clerk": ["shop.*"], "@till": ["Sta*"] } })).must(200);
    (world, admin, ana)
}

#[test]
fn m9_what_is_not_exported_is_not_there() {
    let (_world, admin, ana) = shop();
    for path in ["/api/registry/models/NAME", "/api/records/NAME", "/openapi/NAME.json", "/api/registry/models/NAME/schema"] {
        let [hidden, unknown] = ["Staff", "Stoff"].map(|name| ana.get(&path.replace("NAME", name)).show().replace(name, "?"));
        assert_eq!(hidden, unknown);
        ana.get(&path.replace("NAME", "shop.Sale")).must(200);
        admin.get(&path.replace("NAME", "Staff")).must(200);
    }
    let listed: Vec<String> =
        ana.get("/api/registry/models").json()["items"].as_array().unwrap().iter().map(|model| model["path"].to_string()).collect();
    assert_eq!(listed, ["\"ns.models.shop.Sale\""]);
}

#[test]
fn m9_the_list_is_told_to_who_may_register() {
    let (world, admin, ana) = shop();
    assert_snapshot!(admin.get("/api/gatekeeper").show(), @r#"
    200 OK
    content-type: application/json

    {
      "strict": true,
      "auto_export": false,
      "exports": [
        {
          "to": "@till",
          "patterns": [
            "Sta*"
          ],
          "models": 1
        },
        {
          "to": "clerk",
          "patterns": [
            "shop.*"
          ],
          "models": 1
        }
      ],
      "hidden": 0,
      "folder": null
    }
    "#);
    assert_snapshot!(ana.get("/api/gatekeeper").refusal(), @"403 right.missing");
    assert_snapshot!(world.nobody().get("/api/gatekeeper").refusal(), @"401 credential.missing");
    admin.patch("/api/settings", &json!({ "gatekeeper.exports": "clerk: shop" })).must(422);
}

#[test]
fn m9_what_a_role_comes_to_and_why() {
    let (_world, admin, ana) = shop();
    assert_snapshot!(ana.get("/api/gatekeeper/roles/clerk/models").show(), @r#"
    200 OK
    content-type: application/json

    {
      "items": [
        {
          "name": "shop.Sale",
          "path": "ns.models.shop.Sale",
          "source": "external",
          "operations": [
            "read",
            "list"
          ]
        }
      ],
      "next": null
    }
    "#);
    assert_snapshot!(ana.get("/api/gatekeeper/roles/admin/models").refusal(), @"403 right.missing");
    assert_snapshot!(ana.get("/api/gatekeeper/roles/clerk/models/shop.Sale").show(), @r#"
    200 OK
    content-type: application/json

    {
      "model": "shop.Sale",
      "operation": "read",
      "role": "clerk",
      "allowed": true,
      "reason": "granted"
    }
    "#);
    assert_snapshot!(ana.get("/api/gatekeeper/roles/clerk/models/Staff?operation=list").show(), @r#"
    200 OK
    content-type: application/json

    {
      "model": "Staff",
      "operation": "list",
      "role": "clerk",
      "allowed": false,
      "reason": "unknown"
    }
    "#);
    assert_snapshot!(admin.get("/api/gatekeeper/roles/clerk/models/Staff?operation=list").show(), @r#"
    200 OK
    content-type: application/json

    {
      "model": "Staff",
      "operation": "list",
      "role": "clerk",
      "allowed": false,
      "reason": "not_exported"
    }
    "#);
    assert_snapshot!(admin.get("/api/gatekeeper/roles/clerk/models/shop.Sale?operation=delete").json()["reason"], @r#""not_permitted""#);
    assert_snapshot!(admin.get("/api/gatekeeper/roles/clerk/models/shop.Sale?operation=destroy").refusal(), @"400 parameter.value [query operation parameter.value]");
    assert_snapshot!(admin.get("/api/gatekeeper/roles/no%20role/models").refusal(), @"422 name.invalid");
}

#[test]
fn m9_who_asked_is_told_to_auditors() {
    let (_world, admin, ana) = shop();
    ana.get("/api/records/Staff").must(404);
    ana.get("/api/records/Staff").must(404);
    ana.get("/api/gatekeeper/roles/clerk/models/shop.Sale").must(200);
    assert_snapshot!(admin.get("/api/gatekeeper/log").show(), @r#"
    200 OK
    content-type: application/json

    {
      "items": [
        {
          "at": "2026-11-21T08:30:00.000000Z",
          "since": "2026-11-21T08:30:00.000000Z",
          "times": 1,
          "by": "018ccfe5-6803-7000-8000-000100000003",
          "role": "clerk",
          "model": "shop.Sale",
          "operation": "read",
          "allowed": true,
          "reason": "granted"
        },
        {
          "at": "2026-11-21T08:30:00.000000Z",
          "since": "2026-11-21T08:30:00.000000Z",
          "times": 2,
          "by": "018ccfe5-6803-7000-8000-000100000003",
          "role": null,
          "model": "Staff",
          "operation": null,
          "allowed": false,
          "reason": "not_exported"
        }
      ],
      "next": null
    }
    "#);
    let page = admin.get("/api/gatekeeper/log?limit=1");
    assert!(page.header("link").contains("rel=\"next\""), "{}", page.show());
    assert_eq!(admin.get("/api/gatekeeper/log?allowed=true").json()["items"].as_array().unwrap().len(), 1);
    assert_snapshot!(admin.get("/api/gatekeeper/log?model=Nothing").refusal(), @"404 model.unknown");
    assert_snapshot!(ana.get("/api/gatekeeper/log").refusal(), @"403 right.missing");
}

#[test]
fn m8_m10_names_paths_tags_and_source_are_told_and_found() {
    let world = World::new();
    let admin = world.admin();
    for (namespace, name, tags) in
        [("shop", "Sale", json!(["sold"])), ("shop.archive", "Sale", json!([])), ("app", "Staff", json!(["sold"]))]
    {
        admin
            .post("/api/registry/models", &json!({ "name": name, "namespace": namespace, "schema": { "type": "object" }, "tags": tags }))
            .must(201);
    }
    let found = |query: &str| {
        let list = admin.get(&format!("/api/registry/models{query}")).must(200).json();
        let one = |model: &dmr::Value| {
            format!("{} {} {} {} {}", model["name"], model["path"], model["namespace"], model["source"], model["tags"])
        };
        list["items"].as_array().unwrap().iter().map(one).collect::<Vec<_>>().join("\n")
    };
    assert_snapshot!(found(""), @r#"
    "Staff" "ns.models.app.Staff" "app" "external" ["sold"]
    "shop.Sale" "ns.models.shop.Sale" "shop" "external" ["sold"]
    "shop.archive.Sale" "ns.models.shop.archive.Sale" "shop.archive" "external" []
    "#);
    assert_snapshot!(found("?tag=sold&namespace=ns.models.shop.*"), @r#""shop.Sale" "ns.models.shop.Sale" "shop" "external" ["sold"]"#);
    assert_snapshot!(found("?namespace=ns.models.*.Sale&source=external"), @r#"
    "shop.Sale" "ns.models.shop.Sale" "shop" "external" ["sold"]
    "shop.archive.Sale" "ns.models.shop.archive.Sale" "shop.archive" "external" []
    "#);
    assert_snapshot!(found("?source=static"), @"");
}
