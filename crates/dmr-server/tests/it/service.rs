//! The server itself.

use crate::world::World;
use insta::assert_snapshot;
use serde_json::json;

#[test]
fn c2_health_and_readiness_are_public_and_one_word() {
    let world = World::new();
    assert_snapshot!(world.nobody().get("/health").show(), @r"
    200 OK
    content-type: text/plain; charset=utf-8

    ok
    ");
    assert_snapshot!(world.nobody().get("/ready").show(), @r"
    200 OK
    content-type: text/plain; charset=utf-8

    ready
    ");
}

#[test]
fn c2_figures_are_for_operators() {
    let world = World::new();
    assert_snapshot!(world.nobody().get("/stats").refusal(), @"401 credential.missing");
    let figures = world.admin().get("/stats").must(200).json();
    assert_eq!(figures["models"], 0);
    let metrics = world.admin().get("/metrics").must(200);
    assert!(metrics.text().lines().any(|line| line == "dmr_models 0"), "{}", metrics.show());
}

#[test]
fn c1_settings_are_told_and_changed_by_whoever_has_the_right() {
    let world = World::new();
    let user = world.person("ana", &["user"]);
    let admin = world.admin();
    assert_snapshot!(world.nobody().get("/api/settings").refusal(), @"401 credential.missing");
    assert_snapshot!(user.get("/api/settings").refusal(), @"403 right.missing");
    assert_snapshot!(user.patch("/api/settings", &json!({ "search.limit": 3 })).refusal(), @"403 right.missing");
    let told = admin.get("/api/settings").must(200).json();
    let keys: Vec<&str> = told["items"].as_array().unwrap().iter().map(|item| item["key"].as_str().unwrap()).collect();
    assert_eq!(keys, dmr::settings::TABLE.iter().map(|setting| setting.key).collect::<Vec<_>>());
    admin.patch("/api/settings", &json!({ "server.max_body": "1 KiB" })).must(200);
    let long = json!({ "name": "x".repeat(2000) });
    assert_snapshot!(admin.post("/api/registry/models", &long).refusal(), @"413 body.too_large");
    admin.patch("/api/settings", &json!({ "server.max_body": null })).must(200);
    assert_eq!(admin.post("/api/registry/models", &long).status(), 422);
    assert_snapshot!(admin.patch("/api/settings", &json!({ "server.port": 1 })).refusal(), @"422 setting.fixed [body /server.port setting.fixed]");
}

#[test]
fn u3_the_page_for_people_says_where_to_go() {
    let world = World::new();
    let page = world.nobody().get("/").must(200);
    assert_snapshot!(page.header("content-type"), @"text/html; charset=utf-8");
    for there in ["/openapi.json", "/api/registry/models", "Authorization: Bearer"] {
        assert!(page.text().contains(there), "{there}");
    }
}

#[test]
fn the_server_stops_in_order_and_ends_its_connections() {
    let mut world = World::new();
    let person = world.nobody();
    person.get("/health").must(200);
    world.stop();
    let answer = world.wait(person.client.get("/health", &[]));
    assert_eq!(answer.unwrap_err().code.as_str(), "server.unreachable");
}
