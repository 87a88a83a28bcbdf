//! Two registries behind two routers; the same is asked of both.

use super::LAW;
use axum::Router;
use axum::body::Body;
use dmr::Registry;
use dmr::core::Value;
use dmr_core::gate::Check;
use http::Request;
use http_body_util::BodyExt;
use serde_json::json;
use std::cell::RefCell;
use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use tempfile::TempDir;
use tokio::runtime::Runtime;
use tower::ServiceExt;

/// Saturday, 21 November 2026, 08:30 UTC.
const BEGIN: i64 = 1_795_249_800_000_000;

/// What is asked.
#[derive(Debug, Clone, Default)]
pub struct Asked {
    /// Who asks.
    pub who: &'static str,
    /// The route it was made for.
    pub operation: &'static str,
    /// The model it is about, where it is about one.
    pub model: String,
    pub method: String,
    /// Path and query.
    pub uri: String,
    pub headers: Vec<(String, String)>,
    pub body: Vec<u8>,
}

impl Asked {
    pub fn get(who: &'static str, uri: impl Into<String>) -> Self {
        Self { who, method: "GET".into(), uri: uri.into(), ..Self::default() }
    }

    pub fn with(who: &'static str, method: &str, uri: impl Into<String>, body: &Value) -> Self {
        let headers = vec![("content-type".into(), "application/json".into())];
        Self { who, method: method.into(), uri: uri.into(), headers, body: body.to_string().into_bytes(), ..Self::default() }
    }
}

impl std::fmt::Display for Asked {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} asks {} {}\n{:?}\n{}", self.who, self.method, self.uri, self.headers, String::from_utf8_lossy(&self.body))
    }
}

/// Everything of an answer but its date and the request's id.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answered {
    pub status: u16,
    pub headers: Vec<(String, String)>,
    pub body: String,
}

impl Answered {
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or(Value::Null)
    }
}

struct World {
    router: Router,
    registry: Registry,
    _directory: Option<TempDir>,
}

impl World {
    fn new(seed: u64, storage: &str, clock: &Arc<AtomicI64>) -> Self {
        let clock = clock.clone();
        let builder = Registry::builder().ids(seed).clock(move || clock.load(Ordering::SeqCst));
        let directory = (storage != "memory").then(|| TempDir::new().unwrap());
        let registry = match &directory {
            Some(directory) => builder.data(directory.path()).open().unwrap(),
            None => builder.memory().open().unwrap(),
        };
        Self { router: dmr_server::router(registry.clone()), registry, _directory: directory }
    }
}

/// The two worlds.
pub struct Worlds {
    worlds: [World; 2],
    clock: Arc<AtomicI64>,
    runtime: Runtime,
    /// Keys by the name of who holds them; the same in both worlds.
    keys: RefCell<BTreeMap<String, String>>,
    /// Ids by the name of who has them.
    ids: RefCell<BTreeMap<String, String>>,
}

impl Worlds {
    /// Two worlds in which the same checks stand: all of them, unless this process is the twin's.
    pub fn new(seed: u64, storage: &str) -> Self {
        if let Ok(name) = std::env::var(super::twin::SWITCHED_OFF) {
            Check::ALL.iter().find(|check| check.as_str() == name).expect("a check is called so").switch_off();
        }
        let clock = Arc::new(AtomicI64::new(BEGIN));
        let worlds = [World::new(seed, storage, &clock), World::new(seed, storage, &clock)];
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let made = Self { worlds, clock, runtime, keys: RefCell::default(), ids: RefCell::default() };
        let keys = made.worlds.each_ref().map(|world| world.registry.administrator_key("test").unwrap());
        assert_eq!(keys[0], keys[1], "keys are made from the seed");
        made.keys.borrow_mut().insert("admin".into(), keys[0].clone());
        made
    }

    /// Makes somebody with roles.
    pub fn person(&self, name: &str, roles: &[&str]) {
        let made = self.as_admin("POST", "/api/principals", &|_| json!({ "name": name, "roles": roles }));
        let id = made[0].json()["id"].as_str().unwrap().to_owned();
        let keys = self.as_admin("POST", &format!("/api/principals/{id}/keys"), &|_| json!({ "name": "first" }));
        self.keys.borrow_mut().insert(name.to_owned(), keys[0].json()["key"].as_str().unwrap().to_owned());
        self.ids.borrow_mut().insert(name.to_owned(), id);
    }

    /// The id of somebody.
    pub fn id_of(&self, name: &str) -> String {
        self.ids.borrow()[name].clone()
    }

    /// Something the administrator does, in each world with a body of its own; it must be done.
    pub fn as_admin(&self, method: &str, uri: &str, body: &dyn Fn(usize) -> Value) -> [Answered; 2] {
        self.each("admin", &|side| (method.to_owned(), uri.to_owned(), body(side)))
    }

    /// Something somebody does, in each world another thing; it must be done.
    pub fn each(&self, who: &'static str, ask: &dyn Fn(usize) -> (String, String, Value)) -> [Answered; 2] {
        self.each_asked(&|side| match ask(side) {
            (method, uri, Value::Null) => Asked { method, ..Asked::get(who, uri) },
            (method, uri, body) => Asked::with(who, &method, uri, &body),
        })
    }

    /// The same, of whole requests.
    pub fn each_asked(&self, ask: &dyn Fn(usize) -> Asked) -> [Answered; 2] {
        self.tick();
        [0, 1].map(|side| {
            let asked = ask(side);
            let answer = self.send(side, &asked);
            assert!(answer.status < 300, "{side}: {asked} {answer:?}");
            answer
        })
    }

    /// Asks both worlds; their answers must be the same.
    pub fn same(&self, asked: &Asked, context: &dyn Fn() -> String) -> Answered {
        self.tick();
        let [one, other] = [0, 1].map(|side| self.send(side, asked));
        assert!(
            one == other,
            "{LAW} what is hidden changed an answer: {}: {asked}\n--- one world\n{one:?}\n--- the other\n{other:?}",
            context()
        );
        assert!(one.status < 500, "{LAW} a fault: {}: {asked}\n{one:?}", context());
        one
    }

    /// Asks one world.
    pub fn send(&self, side: usize, asked: &Asked) -> Answered {
        let mut request = Request::builder().method(asked.method.as_str()).uri(&asked.uri);
        if let Some(key) = self.keys.borrow().get(asked.who) {
            request = request.header("authorization", format!("Bearer {key}"));
        }
        for (name, value) in &asked.headers {
            request = request.header(name, value);
        }
        let request = request.body(Body::from(asked.body.clone())).unwrap();
        self.runtime.block_on(async {
            let answer = self.worlds[side].router.clone().oneshot(request).await.unwrap();
            let status = answer.status().as_u16();
            let mut headers: Vec<(String, String)> = answer
                .headers()
                .iter()
                .filter(|(name, _)| !matches!(name.as_str(), "date" | "x-request-id"))
                .map(|(name, value)| (name.to_string(), String::from_utf8_lossy(value.as_bytes()).into_owned()))
                .collect();
            headers.sort();
            let body = answer.into_body().collect().await.unwrap().to_bytes();
            Answered { status, headers, body: String::from_utf8_lossy(&body).into_owned() }
        })
    }

    /// Time passes, in both worlds.
    pub fn tick(&self) {
        self.clock.fetch_add(1_000_003, Ordering::SeqCst);
    }
}

impl Drop for Worlds {
    fn drop(&mut self) {
        self.worlds.iter().for_each(|world| world.registry.close());
    }
}
