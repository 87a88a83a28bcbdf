//! A test world: a server, people who ask it, and their answers as text.

use dmr::{Registry, Value};
use dmr_api::client::{Client, Http, Request, Response};
use std::fmt::Write as _;
use std::io::{Read, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::sync::Arc;
use std::time::Duration;
use tokio::runtime::Runtime;
use tokio::sync::oneshot;

/// Saturday, 21 November 2026, 08:30 UTC.
const NOW: i64 = 1_795_249_800_000_000;

/// A running server with what it needs; stops when it is dropped.
pub struct World {
    pub address: SocketAddr,
    pub registry: Registry,
    runtime: Arc<Runtime>,
    stop: Option<oneshot::Sender<()>>,
    running: Option<tokio::task::JoinHandle<()>>,
    _directory: tempfile::TempDir,
}

impl World {
    /// A server before an empty registry; its clock stands still and its ids are the same in every run.
    pub fn new() -> Self {
        let directory = tempfile::tempdir().unwrap();
        let registry = Registry::builder().data(directory.path()).clock(|| NOW).ids(1).open().unwrap();
        let runtime = Arc::new(tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap());
        let listener = runtime.block_on(tokio::net::TcpListener::bind("127.0.0.1:0")).unwrap();
        let address = listener.local_addr().unwrap();
        let (stop, stopped) = oneshot::channel();
        let server = dmr_server::serve(registry.clone(), listener, async {
            let _ = stopped.await;
        });
        let running = runtime.spawn(async { server.await.unwrap() });
        Self { address, registry, runtime, stop: Some(stop), running: Some(running), _directory: directory }
    }

    /// A server with a model of products in it.
    pub fn with_products() -> Self {
        let world = Self::new();
        world.admin().post("/api/registry/models", &products()).must(201);
        world
    }

    /// Someone with a key and the role `admin`.
    pub fn admin(&self) -> Person {
        self.someone(Some(self.registry.administrator_key("test").unwrap()))
    }

    /// Someone new, with a name, roles and a key.
    pub fn person(&self, name: &str, roles: &[&str]) -> Person {
        let admin = self.admin();
        let made = admin.post("/api/principals", &serde_json::json!({ "name": name, "roles": roles })).must(201);
        let key = admin.post(&format!("{}/keys", made.header("location")), &serde_json::json!({})).must(201).json();
        self.someone(key["key"].as_str().map(str::to_owned))
    }

    /// Someone without a credential.
    pub fn nobody(&self) -> Person {
        self.someone(None)
    }

    /// Someone with a credential.
    pub fn someone(&self, key: Option<String>) -> Person {
        let transport = Http::new(&format!("http://{}", self.address)).unwrap();
        Person { client: Client::new(transport, key), runtime: self.runtime.clone() }
    }

    /// Sends bytes on a connection of their own and reads until the server closes it.
    pub fn raw(&self, bytes: impl AsRef<[u8]>) -> String {
        let mut stream = TcpStream::connect(self.address).unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(30))).unwrap();
        stream.write_all(bytes.as_ref()).unwrap();
        let mut answer = Vec::new();
        let _ = stream.read_to_end(&mut answer);
        String::from_utf8_lossy(&answer).into_owned()
    }

    /// Runs something that waits.
    pub fn wait<T>(&self, future: impl Future<Output = T>) -> T {
        self.runtime.block_on(future)
    }

    /// Stops the server and waits for its end.
    pub fn stop(&mut self) {
        drop(self.stop.take());
        if let Some(running) = self.running.take() {
            self.runtime.block_on(running).unwrap();
        }
    }
}

impl Drop for World {
    fn drop(&mut self) {
        self.stop();
        self.registry.close();
    }
}

/// Someone who asks.
pub struct Person {
    pub client: Client,
    runtime: Arc<Runtime>,
}

impl Person {
    pub fn get(&self, path: &str) -> Answer {
        self.send(Request::get(path))
    }

    pub fn post(&self, path: &str, body: &Value) -> Answer {
        self.send(Request::post(path).json(body))
    }

    pub fn put(&self, path: &str, body: &Value) -> Answer {
        self.send(Request::put(path).json(body))
    }

    pub fn patch(&self, path: &str, body: &Value) -> Answer {
        self.send(Request::patch(path).json(body))
    }

    pub fn delete(&self, path: &str) -> Answer {
        self.send(Request::delete(path))
    }

    pub fn send(&self, request: Request) -> Answer {
        Answer(self.runtime.block_on(self.client.send(request)).unwrap())
    }
}

/// An answer.
pub struct Answer(pub Response);

/// Headers a test shows where they are there.
const SHOWN: [&str; 10] = [
    "content-type",
    "location",
    "etag",
    "link",
    "allow",
    "www-authenticate",
    "retry-after",
    "content-encoding",
    "connection",
    "content-security-policy",
];

impl Answer {
    /// The whole answer as text: status, headers that matter, body.
    pub fn show(&self) -> String {
        let mut out = format!("{}\n", self.0.status);
        for name in SHOWN {
            if let Some(value) = self.0.header(name) {
                writeln!(out, "{name}: {value}").unwrap();
            }
        }
        match self.0.json() {
            Ok(body) => write!(out, "\n{}", serde_json::to_string_pretty(&body).unwrap()).unwrap(),
            Err(_) if self.0.body.is_empty() => {}
            Err(_) => write!(out, "\n{}", String::from_utf8_lossy(&self.0.body)).unwrap(),
        }
        out.trim_end().to_owned()
    }

    /// Status, code, and each error's pointer and code: what tests of refusals compare.
    pub fn refusal(&self) -> String {
        let body = self.json();
        let mut out = format!("{} {}", self.status(), body["code"].as_str().unwrap_or_default());
        for error in body["errors"].as_array().into_iter().flatten() {
            write!(out, " [{} {} {}]", error["in"].as_str().unwrap(), error["pointer"].as_str().unwrap(), error["code"].as_str().unwrap())
                .unwrap();
        }
        out
    }

    pub fn status(&self) -> u16 {
        self.0.status.as_u16()
    }

    pub fn header(&self, name: &str) -> &str {
        self.0.header(name).unwrap_or_default()
    }

    pub fn json(&self) -> Value {
        self.0.json().unwrap_or_else(|problem| panic!("{problem}: {}", self.show()))
    }

    pub fn text(&self) -> String {
        String::from_utf8(self.0.body.to_vec()).unwrap()
    }

    /// Goes on only if the status is this.
    #[track_caller]
    pub fn must(self, status: u16) -> Self {
        assert_eq!(self.status(), status, "{}", self.show());
        self
    }
}

/// The registration of a model of products.
pub fn products() -> Value {
    serde_json::json!({
        "name": "Product",
        "schema": {
            "type": "object",
            "required": ["name", "price"],
            "properties": {
                "name": { "type": "string", "maxLength": 40 },
                "price": { "type": "number", "minimum": 0 },
                "sku": { "type": "string" },
                "tags": { "type": "array", "items": { "type": "string" } },
            },
            "additionalProperties": false,
        },
        "unique": [["sku"]],
        "indexes": [["price"]],
    })
}
