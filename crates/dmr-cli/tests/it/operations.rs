//! C2, C7: what a server tells of itself, and what it starts with.

use crate::unbuilt::over_http;
use crate::world::World;
use dmr_api::client::Request;
use serde_json::{Value, json};

/// The lines a server wrote on standard error, as JSON.
fn lines(err: &str) -> Vec<Value> {
    err.lines().map(|line| serde_json::from_str(line).unwrap_or_else(|_| panic!("{line}"))).collect()
}

#[test]
fn c2_g_a_server_tells_of_requests_by_ids_and_templates_and_of_nothing_that_is_in_them() {
    let world = World::with_products();
    let server = world.start("serve --verbose --set logging.format=json");
    let key = server.key().to_owned();
    let (status, _) = over_http(&server, Request::post("/api/records/Product").json(&json!({ "sku": "0099", "name": "Canary" })));
    assert_eq!(status, 201);
    over_http(&server, Request::get("/api/records/Product?name=Canary&nme=Canary"));
    over_http(&server, Request::patch("/api/settings").json(&json!({ "debug": true })));
    over_http(&server, Request::get("/api/records/Product/0099"));
    let (code, _, err) = server.ended();
    assert_eq!(code, Some(0));
    let lines = lines(&err);
    let of = |target: &str| lines.iter().filter(|line| line["target"] == target).collect::<Vec<_>>();
    let told: Vec<String> = of("dmr::requests")
        .iter()
        .map(|line| format!("{} {} {}", line["method"].as_str().unwrap(), line["route"].as_str().unwrap(), line["status"]))
        .filter(|line| !line.contains("/health"))
        .collect();
    for wanted in
        ["POST /api/records/{model} 201", "GET /api/records/{model} 400", "PATCH /api/settings 200", "GET /api/records/{model}/{id} 200"]
    {
        assert!(told.iter().any(|line| line == wanted), "{wanted}: {told:?}");
    }
    assert!(of("dmr::requests").iter().all(|line| line["request"].is_string() && line["micros"].is_u64() && line["principal"].is_string()));
    let steps = of("dmr::steps");
    assert!(
        steps.iter().any(|line| line["route"] == "/api/records/{model}/{id}" && line["steps"].as_str().unwrap().contains("read ")),
        "{steps:?}"
    );
    let serve: Vec<&str> = of("dmr::serve").iter().map(|line| line["message"].as_str().unwrap()).collect();
    assert_eq!((serve, of("dmr::settings").len()), (vec!["serving", "stopped"], 1));
    for secret in ["Canary", "0099", "Product", key.as_str()] {
        assert!(!err.contains(secret), "{secret} is in the log:\n{err}");
    }
}

#[test]
fn c2_the_level_changes_while_it_runs() {
    let world = World::new();
    let server = world.start("serve --set logging.format=json");
    over_http(&server, Request::get("/api/me"));
    over_http(&server, Request::patch("/api/settings").json(&json!({ "logging.level": "debug" })));
    over_http(&server, Request::get("/api/roles"));
    over_http(&server, Request::patch("/api/settings").json(&json!({ "logging.level": "off" })));
    over_http(&server, Request::get("/api/principals"));
    let (_, _, err) = server.ended();
    let routes: Vec<Value> =
        lines(&err).into_iter().filter(|line| line["target"] == "dmr::requests").map(|line| line["route"].clone()).collect();
    assert_eq!(routes, [json!("/api/settings"), json!("/api/roles")], "{err}");
}

#[test]
fn c7_the_start_closes_with_what_is_there() {
    let world = World::with_products();
    world.file("models/Cup.json", r#"{"type": "object", "properties": {"size": {"type": "integer"}}}"#);
    world.file("models/Broken.json", r#"{"type": 7}"#);
    let server = world.start("serve --models models");
    insta::assert_snapshot!(server.line["summary"], @r#"{"models":2,"records":3,"quarantined":0,"principals":2,"keys":1,"registered":1,"unchanged":0,"failed":1}"#);
    let (code, _, err) = server.ended();
    assert_eq!(code, Some(0), "one that fails does not stop the rest");
    assert!(err.contains("Broken.json"), "{err}");
}

#[test]
fn c7_a_backup_is_made_beside_a_server_verified_and_restored() {
    let world = World::with_products();
    let server = world.start("serve");
    insta::assert_snapshot!(numbered(&world.dmr("backup monday").done()), @"
    backed up: monday
    3 records of 1 model, 0 deleted, 0 set aside; 2 principals, 1 key; the log up to 8; N bytes
    ");
    insta::assert_snapshot!(numbered(&world.dmr("backup verify monday").done()), @"
    whole: monday
    3 records of 1 model, 0 deleted, 0 set aside; 2 principals, 1 key; the log up to 8; N bytes
    ");
    insta::assert_snapshot!(world.dmr("backup monday").failed(6).replace(&world.path().display().to_string(), ""), @"
    backup.exists

      × there is something in /monday already
    ");
    server.interrupt();
    insta::assert_snapshot!(numbered(&world.dmr("restore monday --data again").done()), @"
    restored: again
    3 records of 1 model, 0 deleted, 0 set aside; 2 principals, 1 key; the log up to 8; N bytes
    ");
    assert_eq!(
        world.dmr("query Product --data again --all --format ndjson").done(),
        world.dmr("query Product --all --format ndjson").done()
    );
    insta::assert_snapshot!(world.dmr("restore monday --data again").failed(6), @"
    data.not_empty

      × there is something in again already
      help: name a directory that is empty or not there
    ");
    // Without a server, and by name.
    let listed = world.words(&["backup", "--set", "backup.directory=all", "--format", "json"]).json();
    assert_eq!(listed["records"], 3);
    let listed = world.words(&["backup", "list", "--set", "backup.directory=all", "--format", "ndjson"]).done();
    assert_eq!(listed.lines().count(), 1);
    let mut bytes = std::fs::read(world.path().join("monday/dmr.db")).unwrap();
    bytes[9000] ^= 1;
    std::fs::write(world.path().join("monday/dmr.db"), bytes).unwrap();
    insta::assert_snapshot!(world.dmr("backup verify monday").failed(3), @"
    backup.damaged

      × monday/dmr.db: its bytes are not those that were written
      help: Use another backup
    ");
}

/// Sizes differ from machine to machine.
fn numbered(text: &str) -> String {
    regex::Regex::new(r"\d+ bytes").unwrap().replace_all(text, "N bytes").into_owned()
}
