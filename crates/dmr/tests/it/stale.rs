//! What was prepared under a model, rules or a principal that have changed since is prepared again under those of now (stamps; attack D).

use crate::world::{Outcome, Person, text};
use dmr::{Pending, PutModel, Registry, Value, Write};
use parking_lot::{Condvar, Mutex};
use serde_json::json;
use std::sync::Arc;
use std::thread::{self, ThreadId};

/// A clock that can hold up the writer: it stands between being asked the time and being told.
#[derive(Default)]
struct Gate {
    state: Mutex<State>,
    moved: Condvar,
}

#[derive(Default)]
struct State {
    closed: bool,
    held: bool,
}

impl Gate {
    fn now(&self, but: ThreadId) -> i64 {
        let mut state = self.state.lock();
        if thread::current().id() != but {
            while state.closed {
                state.held = true;
                self.moved.notify_all();
                self.moved.wait(&mut state);
            }
        }
        1_767_225_600_000_000
    }

    fn close(&self) {
        self.state.lock().closed = true;
    }

    fn wait_until_held(&self) {
        let mut state = self.state.lock();
        while !state.held {
            self.moved.wait(&mut state);
        }
    }

    fn open(&self) {
        *self.state.lock() = State::default();
        self.moved.notify_all();
    }
}

/// Waits until something is done.
type Done = Box<dyn FnOnce()>;

fn queued<T: Send + 'static>(pending: Pending<T>) -> Done {
    Box::new(move || drop(pending.done()))
}

/// What became of a write by somebody who may write `a`, prepared before `change` was carried out and decided after it.
fn overtaken<T: Send + 'static>(
    write: impl Fn(&Person) -> Pending<T>,
    change: impl Fn(&Person) -> Done,
    told: impl Fn(T) -> Value,
) -> (String, Value) {
    let (gate, here) = (Arc::new(Gate::default()), thread::current().id());
    let directory = tempfile::tempdir().unwrap();
    let clock = gate.clone();
    let registry = Registry::builder().data(directory.path()).ids(1).clock(move || clock.now(here)).open().unwrap();
    let admin = Person(registry.session(registry.local().unwrap()));
    let text_field = json!({ "type": "string" });
    let body = json!({
        "name": "M", "schema": { "type": "object", "properties": { "a": text_field, "b": text_field }, "additionalProperties": false },
        "permissions": { "models": { "admin": ["create", "read", "update", "delete", "list"], "w": ["create", "read", "update"] } },
    });
    admin.registers(body).done();
    admin.create_principal(json!({ "name": "ann", "roles": ["w"] })).done();
    let key = admin.create_key("ann", json!({})).done();
    let ann = Person(registry.session(registry.authenticate(key["key"].as_str()).unwrap()));

    gate.close();
    let first = admin.create_value("M", json!({ "b": "before" }), Write::default());
    gate.wait_until_held();
    // The writer is held at what came before: both are queued behind it, the change in front.
    let changed = change(&admin);
    let written = write(&ann);
    gate.open();
    first.done();
    changed();
    let came = match written.wait() {
        Ok(done) => text(&told(done)),
        Err(problem) => {
            let places: Vec<_> = problem.errors.iter().map(|issue| format!("{} {}", issue.pointer, issue.code.as_str())).collect();
            format!("{} [{}]", problem.code.as_str(), places.join(", "))
        }
    };
    let kept = admin.lists("M", "b__isnull=true").done()["items"].clone();
    registry.close();
    (came, kept)
}

fn creates(ann: &Person) -> Pending<dmr::Written> {
    ann.create_value("M", json!({ "a": "x" }), Write::default())
}

fn a(written: dmr::Written) -> Value {
    let record = written.to_value();
    json!({ "a": record["a"], "c": record["c"] })
}

#[test]
fn d_m7_a_field_that_is_hidden_meanwhile_is_not_written() {
    let hides = |admin: &Person| {
        let rights = json!({ "admin": ["create", "read", "update", "delete", "list"], "w": ["create", "read", "update"] });
        queued(admin.set_permissions("M", json!({ "models": rights, "columns": { "a": { "read": ["admin"], "write": ["admin"] } } }), None))
    };
    let (came, kept) = overtaken(creates, hides, a);
    insta::assert_snapshot!(came, @"record.invalid [/a field.undeclared]");
    assert_eq!(kept, json!([]));
}

#[test]
fn d_m7_a_field_that_is_renamed_meanwhile_has_its_new_name_only() {
    let renames = |admin: &Person| {
        let text = json!({ "type": "string" });
        let schema = json!({ "type": "object", "properties": { "c": text, "b": text }, "additionalProperties": false });
        queued(admin.put_model("M", json!({ "schema": schema, "renames": { "a": "c" } }), PutModel::default()))
    };
    let (came, kept) = overtaken(creates, renames, a);
    insta::assert_snapshot!(came, @"record.invalid [/a field.undeclared]");
    assert_eq!(kept, json!([]));
}

#[test]
fn d_m7_a_rule_that_is_tightened_meanwhile_holds() {
    let tightens = |admin: &Person| {
        let text = json!({ "type": "string" });
        let schema = json!({ "type": "object", "properties": { "a": { "type": "string", "minLength": 2 }, "b": text } });
        queued(admin.put_model("M", json!({ "schema": schema }), PutModel::default()))
    };
    let (came, kept) = overtaken(creates, tightens, a);
    insta::assert_snapshot!(came, @"record.invalid [/a value.rule]");
    assert_eq!(kept, json!([]));
}

#[test]
fn e_who_is_demoted_meanwhile_writes_nothing() {
    let demotes = |admin: &Person| queued(admin.change_principal("ann", json!({ "roles": [] }), None));
    let (came, kept) = overtaken(creates, demotes, a);
    insta::assert_snapshot!(came, @"model.unknown []");
    assert_eq!(kept, json!([]));
}

#[test]
fn p1_what_does_not_concern_a_write_does_not_hold_it_up() {
    let others = |admin: &Person| queued(admin.create_principal(json!({ "name": "bob", "roles": ["w"] })));
    let (came, kept) = overtaken(creates, others, a);
    insta::assert_snapshot!(came, @r#"{"a":"x","c":null}"#);
    assert_eq!(kept.as_array().unwrap().len(), 1);
}
