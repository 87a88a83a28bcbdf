//! A session is good for as long as one likes: each of its calls is made under what its principal may at that time (P1, P7).

use crate::world::{Outcome, Person, id, on_both};
use dmr::{AuditFilter, ModelFilter, Problem};
use serde_json::{Value, json};

fn products(admin: &Person) {
    let schema = json!({ "properties": { "name": { "type": "string" } } });
    let permissions = json!({ "models": {
        "admin": ["create", "read", "update", "delete", "list"], "reader": ["read", "list"], "writer": ["create", "update"],
    } });
    admin.registers(json!({ "name": "Product", "schema": schema, "key": ["name"], "permissions": permissions })).done();
    admin.creates("Product", json!({ "name": "a" })).done();
}

/// What each call comes to: `ok` or a code.
fn calls(person: &Person, round: &str) -> Vec<String> {
    fn told<T>(what: &str, result: Result<T, Problem>) -> String {
        format!("{what} {}", result.map_or_else(|problem| problem.code.as_str(), |_| "ok"))
    }
    let count = json!({ "measures": { "n": { "op": "count" } } });
    vec![
        told("model", person.model("Product")),
        told("get", person.gets("Product", "a")),
        told("list", person.lists("Product", "")),
        told("history", person.history_of("Product", "a")),
        told("create", person.creates("Product", json!({ "name": round }))),
        told("aggregate", person.aggregate("Product", &count, dmr::NumberStyle::Exact).wait()),
        told("register", person.registers(json!({ "name": format!("M{round}"), "schema": {} }))),
        told("audit", person.audits(AuditFilter::default())),
        told("principals", person.principals(None, None)),
    ]
}

fn all_told(told: &str) -> Vec<String> {
    ["model", "get", "list", "history", "create", "aggregate", "register", "audit", "principals"]
        .map(|call| format!("{call} {told}"))
        .into()
}

#[test]
fn p1_a_session_sees_what_becomes_of_its_principal_at_its_next_call() {
    on_both(|world| {
        let admin = world.admin();
        products(&admin);
        let ana = world.person("ana", &[]);
        let mut hidden = all_told("model.unknown");
        hidden[6..].clone_from_slice(&["register right.missing", "audit right.missing", "principals right.missing"].map(str::to_owned));
        assert_eq!(calls(&ana, "0"), hidden);

        let roles = |roles: Value| admin.change_principal("ana", json!({ "roles": roles }), None).done();
        roles(json!(["reader"]));
        let mut reads = hidden.clone();
        reads[..6]
            .clone_from_slice(&["model ok", "get ok", "list ok", "history ok", "create right.missing", "aggregate ok"].map(str::to_owned));
        assert_eq!(calls(&ana, "1"), reads, "a role that was given");
        roles(json!(["reader", "writer"]));
        reads[4] = "create ok".to_owned();
        assert_eq!(calls(&ana, "2"), reads);
        admin.set_role("writer", json!({ "rights": ["register", "audit", "principals"] })).done();
        assert_eq!(calls(&ana, "3"), all_told("ok"), "rights its role was given");
        assert_eq!(ana.me().unwrap()["rights"], json!(["register", "audit", "principals"]));
        admin.set_role("writer", json!({ "rights": [] })).done();
        assert_eq!(calls(&ana, "4"), reads, "and that it lost");

        roles(json!([]));
        assert_eq!(calls(&ana, "5"), hidden, "roles that were taken");
        admin.set_role("heir", json!({ "rights": [], "inherits": ["reader"] })).done();
        roles(json!(["heir"]));
        reads[4] = "create right.missing".to_owned();
        assert_eq!(calls(&ana, "6"), reads, "what its role inherits");
        admin.permits("Product", json!({ "models": { "admin": ["create", "read", "list"] } })).done();
        assert_eq!(calls(&ana, "7"), hidden, "permissions that changed");
        assert_eq!(ana.finds(ModelFilter::default()), Vec::<String>::new());
    });
}

#[test]
fn p1_p7_a_session_ends_with_its_key_and_with_its_principal() {
    on_both(|world| {
        let admin = world.admin();
        products(&admin);
        world.person("ana", &["admin"]);
        let key = |body: Value| {
            let told = admin.create_key("ana", body).done();
            (id(&told), world.with_key(told["key"].as_str().unwrap()))
        };
        let ended = all_told("credential.invalid");
        let lives = |person: &Person| person.me().is_ok();

        let (deleted, ana) = key(json!({}));
        assert_eq!(calls(&ana, "x"), all_told("ok"));
        admin.delete_key("ana", &deleted).done();
        assert_eq!(calls(&ana, "y"), ended);

        let (_, ana) = key(json!({ "expires_at": "2026-01-01T00:00:10Z" }));
        assert!(lives(&ana));
        world.seconds_pass(10);
        assert_eq!(calls(&ana, "y"), ended, "a key that ended, though nobody changed anything");

        let (_, ana) = key(json!({}));
        admin.change_principal("ana", json!({ "suspended": true }), None).done();
        assert_eq!(calls(&ana, "y"), ended);
        admin.change_principal("ana", json!({ "suspended": false }), None).done();
        assert!(lives(&ana), "it goes on where the principal does");
        admin.delete_principal("ana").done();
        assert_eq!(calls(&ana, "y"), ended);
        assert!(ana.seen_models().is_empty());
    });
}

/// Everything that the log holds.
fn entries(admin: &Person) -> usize {
    admin.audits(AuditFilter { limit: Some(200), ..AuditFilter::default() }).done()["items"].as_array().unwrap().len()
}

#[test]
fn p7_a_key_that_is_gone_makes_no_keys_and_what_is_refused_is_no_fact() {
    on_both(|world| {
        let admin = world.admin();
        products(&admin);
        world.person("ana", &["writer", "reader"]);
        let first = admin.create_key("ana", json!({ "roles": ["reader"] })).done();
        let ana = world.with_key(first["key"].as_str().unwrap());
        let second = ana.create_key("ana", json!({})).done();
        ana.delete_key("ana", &id(&first)).done();
        let keys = |name: &str| admin.principal(name).done().0["keys"].as_array().unwrap().len();
        let (before, there) = (entries(&admin), keys("ana"));

        assert_eq!(ana.create_key("ana", json!({})).refused()["code"], "credential.invalid");
        assert_eq!(ana.delete_key("ana", &id(&second)).refused()["code"], "credential.invalid");
        assert_eq!(ana.creates("Product", json!({ "name": "b" })).refused()["code"], "credential.invalid");
        let ana = world.with_key(second["key"].as_str().unwrap());
        assert_eq!(ana.me().unwrap()["roles"], json!(["reader"]), "what was made with it has its bounds and lives on");
        assert_eq!(ana.create_key("ana", json!({ "roles": ["writer"] })).refused()["code"], "principal.invalid");
        assert_eq!(ana.creates("Product", json!({ "name": "b" })).refused()["code"], "right.missing");
        assert_eq!(ana.registers(json!({ "name": "M", "schema": {} })).refused()["code"], "right.missing");
        assert_eq!(admin.creates("Product", json!({ "name": "a" })).refused()["code"], "unique.taken");
        assert_eq!(admin.create_principal(json!({ "name": "ana", "roles": [] })).refused()["code"], "unique.taken");
        assert_eq!(keys("ana"), there);
        assert_eq!(entries(&admin), before, "nothing of it is in the log");
    });
}
