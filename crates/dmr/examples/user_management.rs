//! User management: a model built field by field, a password hash that goes in and never comes out, an indexed e-mail, and people who
//! see and change only what is their own.
//!
//!     cargo run -p dmr --example user_management

use dmr::core::builder::{ModelBuilder, boolean, date_time, email, text};
use dmr::{Code, Get, Patch, Problem, Registry, Session, Value, Write};
use serde_json::json;

fn user_model() -> Result<Value, Problem> {
    ModelBuilder::new("User")
        .field("username", text().min_length(3).max_length(20).pattern("^[a-z0-9_]+$"))
        .field("email", email().indexed())
        .field("password_hash", text().write_only())
        .field("full_name", text())
        .field("phone_number", text().nullable().optional())
        .field("role", text().one_of(["user", "editor", "admin"]).default("user"))
        .field("department", text().nullable().optional())
        .field("is_active", boolean().default(true))
        .field("last_login", date_time().nullable().optional())
        .unique(["username"])
        .permissions(json!({
            "models": {
                "admin": ["create", "read", "update", "delete", "list"],
                "user": ["create", "read", "update", "list"],
            },
            // Who has the role `user` reaches its own record, and no other.
            "rows": { "user": { "read": "owner", "write": "owner" } },
            // Only an administrator says who is what.
            "columns": { "role": { "read": ["admin", "user"], "write": ["admin"] } },
            // That a name is taken tells of records one does not see: said aloud, because a sign-up needs it.
            "discloses": ["username"],
        }))
        .build()
}

/// The story; each step is held against what it should be.
pub fn run() -> Result<(), Problem> {
    let registry = Registry::memory()?;
    let admin = registry.session(registry.local()?);
    admin.register(user_model()?).wait()?;

    let ana = sign_in(&registry, &admin, "ana")?;
    let bob = sign_in(&registry, &admin, "bob")?;
    let record = |name: &str| json!({ "username": name, "email": format!("{name}@example.org"), "password_hash": "argon2id$...", "full_name": name });
    let own = ana.create_value("User", record("ana"), Write::default()).wait()?;
    bob.create_value("User", record("bob"), Write::default()).wait()?;

    // What is write-only is never returned, by any door; what has a default got it.
    let told = own.to_value();
    assert_eq!((told.get("password_hash"), &told["role"], &told["is_active"]), (None, &json!("user"), &json!(true)));
    let asked = json!({ "where": { "field": "password_hash", "op": "startswith", "value": "argon2id" } });
    assert_eq!(code(admin.query("User", &asked, Default::default()).wait()), Code::FilterField);

    // Each sees its own record; another's is as if it were not there.
    assert_eq!(count(&admin)?, 2);
    assert_eq!(count(&bob)?, 1);
    let id = own.id().to_string();
    assert_eq!(code(bob.get("User", &id, &Get::default())), Code::RecordUnknown);
    assert_eq!(code(bob.update("User", &id, Patch::Merge(br#"{"full_name": "Bob"}"#), Write::default()).wait()), Code::RecordUnknown);

    // Nobody promotes itself.
    let promotion = Patch::Merge(br#"{"role": "admin"}"#);
    assert!(ana.update("User", &id, promotion, Write::default()).wait().is_err());
    admin.update("User", &id, Patch::Merge(br#"{"role": "editor"}"#), Write::default()).wait()?;
    assert_eq!(ana.get("User", &id, &Get::default())?.to_value()["role"], "editor");

    // A name is taken whether or not one sees by whom.
    assert_eq!(code(bob.create_value("User", record("ana"), Write::default()).wait()), Code::UniqueTaken);

    // Found by its e-mail, which is indexed.
    let by_email = json!({ "where": { "field": "email", "op": "eq", "value": "bob@example.org" }, "fields": ["username"] });
    let found = admin.query("User", &by_email, Default::default()).wait()?.to_value();
    assert_eq!(found["items"][0]["username"], "bob");

    // A suspended principal is out at once.
    let key = admin.create_key("bob", json!({})).wait()?;
    admin.change_principal("bob", json!({ "suspended": true }), None).wait()?;
    assert_eq!(code(registry.authenticate(key["key"].as_str())), Code::CredentialInvalid);
    Ok(())
}

/// A principal with the role `user`, who comes with a key.
fn sign_in(registry: &Registry, admin: &Session, name: &str) -> Result<Session, Problem> {
    admin.create_principal(json!({ "name": name, "roles": ["user"] })).wait()?;
    let key = admin.create_key(name, json!({ "name": "laptop" })).wait()?;
    Ok(registry.session(registry.authenticate(key["key"].as_str())?))
}

fn count(who: &Session) -> Result<usize, Problem> {
    Ok(who.list("User", Default::default()).wait()?.items.len())
}

/// Why something was refused.
fn code<T>(answer: Result<T, Problem>) -> Code {
    answer.err().map_or(Code::Internal, |problem| problem.code)
}

#[allow(dead_code, reason = "the tests run the story without this")]
fn main() -> Result<(), Problem> {
    run()
}
