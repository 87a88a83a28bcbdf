//! A history in two registries at once: in memory and on SQLite.

use crate::laws::stores::Hand;
use dmr::{Problem, Registry, Session, Value};
use serde_json::json;
use tempfile::TempDir;

/// The models of a history. Two are in tables of their own.
pub const MODELS: [&str; 5] = ["app.Alpha", "app.Beta", "shop.Gamma", "shop.Delta", "dynamic.Epsilon"];

/// Those who act in it, beside the administrator.
pub const PEOPLE: [&str; 3] = ["ann", "ben", "cem"];

/// What a command came to: its answer or refusal as JSON, and how many entries it must have made (none: as many as there are).
pub struct Came {
    pub answer: Result<Value, Value>,
    pub entries: Option<usize>,
}

impl Came {
    pub fn of(answer: Result<Value, Problem>, entries: impl FnOnce(&Value) -> Option<usize>) -> Self {
        let answer = answer.map_err(|problem| problem.to_json());
        let entries = answer.as_ref().map_or(Some(0), entries);
        Self { answer, entries }
    }
}

/// Two registries that live through the same, and what is known of them.
pub struct Life {
    pub hand: Hand,
    pub memory: Registry,
    pub sqlite: Registry,
    pub directory: TempDir,
    /// Ids of records that were made, with the model's number.
    pub made: Vec<(usize, String)>,
    /// Keys that were made: whose, id.
    pub keys: Vec<(String, String)>,
    /// Credentials of people.
    pub bearers: Vec<String>,
    /// The time of each command with what it must have left.
    pub expected: Vec<(i64, usize)>,
    pub last: String,
    pub done: usize,
}

impl Life {
    pub fn new(seed: u64) -> Self {
        let hand = Hand::new();
        let directory = TempDir::new().unwrap();
        let (memory, sqlite) = (hand.memory(seed), hand.sqlite(seed, &directory));
        let (made, keys, bearers, expected) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
        let mut life = Self { hand, memory, sqlite, directory, made, keys, bearers, expected, last: String::new(), done: 0 };
        for (name, roles) in PEOPLE.iter().zip([vec!["user"], vec!["clerk"], vec!["user", "clerk"]]) {
            let made = life.both(None, "principal", |admin| {
                Came::of(admin.create_principal(json!({ "name": name, "roles": roles })).wait(), |_| None)
            });
            made.unwrap();
            let key = life.both(None, "key", |admin| Came::of(admin.create_key(name, json!({})).wait(), |_| Some(1))).unwrap();
            life.bearers.push(key["key"].as_str().unwrap().to_owned());
        }
        life
    }

    /// Carries the same out in both as an administrator (none) or as somebody; both must say the same.
    pub fn both(&mut self, who: Option<usize>, what: &str, run: impl Fn(&Session) -> Came) -> Result<Value, Value> {
        self.hand.tick();
        self.last = format!("{what} by {who:?}");
        let [one, other] = [&self.memory, &self.sqlite].map(|registry| {
            let asker = match who {
                None => registry.local(),
                Some(at) => registry.authenticate(Some(&self.bearers[at])),
            };
            match asker {
                Ok(asker) => run(&registry.session(asker)),
                Err(problem) => Came { answer: Err(problem.to_json()), entries: Some(0) },
            }
        });
        assert_eq!(one.answer, other.answer, "memory (left) and SQLite (right) say different things");
        if let Some(entries) = one.entries {
            self.expected.push((self.hand.now(), entries));
        }
        self.done += usize::from(one.answer.is_ok());
        one.answer
    }
}
