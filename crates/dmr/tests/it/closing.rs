//! What is left of a registry that was closed: nothing but a clear refusal.

use crate::world::{Outcome, Person, World, on_both};
use dmr::{AuditFilter, Code, Get, ModelFilter, Problem, Registry, Upload, Write};
use serde_json::json;
use std::path::Path;

fn product() -> dmr::Value {
    json!({ "name": "Product", "schema": { "properties": { "name": { "type": "string" } } }, "key": ["name"] })
}

/// What each call is told, by its name.
fn calls(world: &World, person: &Person) -> Vec<(&'static str, Option<Code>)> {
    fn told<T>(result: Result<T, Problem>) -> Option<Code> {
        result.err().map(|problem| problem.code)
    }
    let registry = world.registry.clone();
    vec![
        ("authenticate", told(registry.authenticate(None))),
        ("local", told(registry.local())),
        ("administrator_key", told(registry.administrator_key("x"))),
        ("owner_credential", told(registry.owner_credential())),
        ("create", told(person.creates("Product", json!({ "name": "b" })))),
        ("bulk", told(person.creates_all("Product", &json!([{ "name": "c" }])))),
        ("update", told(person.updates("Product", "a", json!({})))),
        ("get", told(person.get("Product", "a", &Get::default()))),
        ("list", told(person.lists("Product", ""))),
        ("query", told(person.asks("Product", json!({})))),
        ("query, wrong", told(person.asks("Product", json!({ "where": 7 })))),
        ("aggregate", told(person.aggregate("Product", &json!({}), dmr::NumberStyle::Exact).wait())),
        ("history", told(person.history_of("Product", "a"))),
        ("audit", told(person.audits(AuditFilter::default()))),
        ("models", told(person.models(&ModelFilter::default()))),
        ("model", told(person.model("Product"))),
        ("schema", told(person.schema("Product", None))),
        ("versions", told(person.versions("Product"))),
        ("diff", told(person.diff("Product", None, None))),
        ("permissions", told(person.permissions("Product"))),
        ("register", told(person.registers(json!({ "name": "Other", "schema": {} })))),
        ("put_model", told(person.plans("Product", product()))),
        ("set_permissions", told(person.permits("Product", json!({})))),
        ("delete_model", told(person.delete_model("Product", false).wait())),
        ("me", told(person.me())),
        ("principals", told(person.principals(None, None))),
        ("role", told(person.role("admin"))),
        ("create_principal", told(person.create_principal(json!({ "name": "ben" })).wait())),
        ("ingests", told(person.ingests(None, None))),
        ("ingest", told(person.ingest("018ccfe5-6806-7000-8000-000100000006"))),
        ("process", told(person.process(json!({ "data_records": [{ "a": 1 }], "source_name": "x" })).wait())),
        ("upload", told(person.upload(Path::new("Cargo.toml"), Upload::default()).wait())),
    ]
}

#[test]
fn s0_whatever_is_asked_of_a_closed_registry_is_refused_by_name() {
    on_both(|world| {
        let admin = world.admin();
        admin.registers(product()).done();
        admin.creates("Product", json!({ "name": "a" })).done();
        let last = admin.create_value("Product", json!({ "name": "last" }), dmr::Write::default());
        world.registry.close();
        assert_eq!(last.done().to_value()["name"], "last", "what was queued is finished");
        for (call, told) in calls(&world, &admin) {
            assert_eq!(told, Some(Code::StoreClosed), "{call}");
        }
        assert!(admin.seen_models().is_empty());
        world.registry.close();
    });
}

#[test]
fn s0_closing_gives_the_directory_back_while_clones_and_sessions_live_on() {
    let directory = tempfile::tempdir().unwrap();
    let first = Registry::open(directory.path()).unwrap();
    assert_eq!(Registry::open(directory.path()).err().map(|problem| problem.code), Some(Code::DataOwned));
    let session = first.session(first.local().unwrap());
    session.register(product()).done();
    session.create_value("Product", json!({ "name": "a" }), dmr::Write::default()).done();
    let clone = first.clone();
    first.close();
    for round in 0..3 {
        let again = Registry::open(directory.path()).unwrap();
        let person = Person(again.session(again.local().unwrap()));
        person.creates("Product", json!({ "name": format!("b{round}") })).done();
        assert_eq!(person.lists("Product", "count=exact").done()["count"], round + 2);
        assert_eq!(session.model("Product").err().map(|problem| problem.code), Some(Code::StoreClosed));
        again.close();
    }
    drop((first, clone));
    Registry::open(directory.path()).unwrap();
}

#[test]
fn s0_many_may_close_at_once_while_others_read_and_write() {
    let directory = tempfile::tempdir().unwrap();
    let registry = Registry::open(directory.path()).unwrap();
    let session = registry.session(registry.local().unwrap());
    session.register(product()).done();
    let made = std::thread::scope(|scope| {
        let writers: Vec<_> = (0..4)
            .map(|writer| {
                let person = Person(session.clone());
                scope.spawn(move || {
                    let mut made = 0;
                    loop {
                        match person.creates("Product", json!({ "name": format!("{writer} {made}") })) {
                            Ok(_) => made += 1,
                            Err(problem) => return (made, problem.code),
                        }
                        match person.lists("Product", "") {
                            Ok(_) => {}
                            Err(problem) => return (made, problem.code),
                        }
                    }
                })
            })
            .collect();
        session.create_value("Product", json!({ "name": "first" }), dmr::Write::default()).done();
        (0..2).for_each(|_| drop(scope.spawn(|| registry.close())));
        writers.into_iter().map(|writer| writer.join().unwrap()).collect::<Vec<_>>()
    });
    assert!(made.iter().all(|(_, code)| *code == Code::StoreClosed), "{made:?}");
    let again = Registry::open(directory.path()).unwrap();
    let count = Person(again.session(again.local().unwrap())).lists("Product", "count=exact").done()["count"].as_u64();
    assert_eq!(count, Some(made.iter().map(|(made, _)| made).sum::<u64>() + 1), "what was answered is there, nothing else is");
}

#[test]
fn c7_a_registry_that_everybody_lets_go_of_while_the_writer_answers_is_closed() {
    let folder = tempfile::tempdir().unwrap();
    let began = std::time::Instant::now();
    for number in 0..40 {
        let registry = loop {
            match Registry::open(folder.path()) {
                Ok(registry) => break registry,
                Err(problem) => assert_eq!(problem.code, Code::DataOwned),
            }
            assert!(began.elapsed() < std::time::Duration::from_secs(120), "nobody lets go of the directory");
        };
        let session = registry.session(registry.local().unwrap());
        if number == 0 {
            session.register(json!({ "name": "Cup", "schema": { "type": "object" } })).wait().unwrap();
        }
        // The answer is told by the writer, which still has the command, and with it the registry.
        let written = session.create_value("Cup", json!({ "n": number }), Write::default());
        drop((registry, session));
        written.wait().unwrap();
    }
}
