//! The same history in several registries: SQLite with documents, SQLite with tables, and memory.

use dmr::{Builder, Registry, Session};
use serde_json::{Value, json};
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use tempfile::TempDir;

/// 2024-01-01T00:00:00Z.
const BEGIN: i64 = 1_704_067_200_000_000;

/// A clock that only tests move.
#[derive(Clone)]
pub struct Hand(Arc<AtomicI64>);

impl Hand {
    pub fn new() -> Self {
        Self(Arc::new(AtomicI64::new(BEGIN)))
    }

    /// A moment passes.
    pub fn tick(&self) {
        self.0.fetch_add(1_000_003, Ordering::SeqCst);
    }

    /// A longer time passes, in microseconds.
    pub fn pass(&self, micros: i64) {
        self.0.fetch_add(micros, Ordering::SeqCst);
    }

    /// What time it is, in microseconds since 1970 UTC.
    pub fn now(&self) -> i64 {
        self.0.load(Ordering::SeqCst)
    }

    fn builder(&self, seed: u64) -> Builder {
        let time = self.0.clone();
        Registry::builder().ids(seed).clock(move || time.load(Ordering::SeqCst))
    }

    pub fn memory(&self, seed: u64) -> Registry {
        self.builder(seed).memory().open().unwrap()
    }

    pub fn sqlite(&self, seed: u64, directory: &TempDir) -> Registry {
        self.builder(seed).data(directory.path()).open().unwrap()
    }
}

/// A registry with how its models are laid out.
pub struct Kept {
    pub name: &'static str,
    pub storage: &'static str,
    pub registry: Registry,
    _directory: Option<TempDir>,
}

/// Three registries that live through the same.
pub struct Stores {
    pub hand: Hand,
    pub all: Vec<Kept>,
}

impl Stores {
    pub fn new(seed: u64) -> Self {
        let hand = Hand::new();
        let on_disk = |name, storage| {
            let directory = TempDir::new().unwrap();
            Kept { name, storage, registry: hand.sqlite(seed, &directory), _directory: Some(directory) }
        };
        let all = vec![
            Kept { name: "memory", storage: "flexible", registry: hand.memory(seed), _directory: None },
            on_disk("sqlite, documents", "flexible"),
            on_disk("sqlite, a table", "structured"),
        ];
        Self { hand, all }
    }

    /// Does the same in each as somebody; what it gives must be the same. Gives that.
    pub fn same<T: PartialEq + std::fmt::Debug>(&self, askers: &Askers, run: impl Fn(&Kept, &Session) -> T) -> T {
        self.hand.tick();
        let mut answers = self.all.iter().zip(&askers.0).map(|(kept, session)| (kept.name, run(kept, session)));
        let (reference, first) = answers.next().unwrap();
        for (name, answer) in answers {
            assert_eq!(answer, first, "{name} (left) differs from {reference} (right)");
        }
        first
    }

    pub fn admin(&self) -> Askers {
        Askers(self.all.iter().map(|kept| kept.registry.session(kept.registry.local().unwrap())).collect())
    }

    /// Makes a principal with roles, in each the same.
    pub fn person(&self, name: &str, roles: &[&str]) -> Askers {
        let admin = self.admin();
        self.same(&admin, |_, admin| admin.create_principal(json!({ "name": name, "roles": roles })).wait()).unwrap();
        self.hand.tick();
        let sessions = self.all.iter().zip(&admin.0).map(|(kept, admin)| {
            let key: Value = admin.create_key(name, json!({})).wait().unwrap();
            kept.registry.session(kept.registry.authenticate(key["key"].as_str()).unwrap())
        });
        Askers(sessions.collect())
    }
}

/// The same asker in each registry.
pub struct Askers(pub Vec<Session>);

impl Askers {
    pub fn id(&self) -> String {
        self.0[0].asker().id.to_string()
    }
}
