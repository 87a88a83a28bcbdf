//! dmr under measurement: a data directory with a model, an administrator and a principal in the role `user`, and servers on it.

use super::http::Client;
use super::load::{Load, Measured};
use super::plan::Plan;
use super::server::{Server, free_port};
use crate::failure::Failure;
use serde_json::{Value, json};
use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

/// Every right to a model's records.
pub const ALL: [&str; 5] = ["create", "read", "update", "delete", "list"];

/// A data directory and the credentials for it.
pub struct Home {
    program: PathBuf,
    /// The data directory.
    pub data: PathBuf,
    /// The administrator's key.
    pub admin: String,
    /// The key of a principal in the role `user`.
    pub user: String,
}

impl Home {
    /// An empty data directory with a principal in the role `user`.
    pub fn make(plan: &Plan, name: &str) -> Result<Self, Failure> {
        let data = plan.empty(name)?;
        let mut home = Self { program: plan.dmr(), data, admin: String::new(), user: String::new() };
        let server = home.start()?;
        home.admin = home.first_key()?;
        let mut client = Client::connect(server.address, &home.admin)?;
        home.user = principal(&mut client, "bench", "user")?;
        Ok(home)
    }

    /// Starts a server on it.
    pub fn start(&self) -> Result<Server, Failure> {
        let port = free_port()?;
        let output = File::create(self.said()).map_err(Failure::file(self.said()))?;
        Server::start(&mut self.serve(port), port, Stdio::from(output))
    }

    /// Starts a server and asks for its health until it answers: that server, and the time since it was called.
    pub fn start_timed(&self) -> Result<(Server, Duration), Failure> {
        let begin = Instant::now();
        let server = self.start()?;
        Client::connect(server.address, "")?.get_done("GET", "/health", None)?;
        Ok((server, begin.elapsed()))
    }

    /// A connection as the administrator.
    pub fn admin(&self, server: &Server) -> Result<Client, Failure> {
        Client::connect(server.address, &self.admin)
    }

    /// Loads a server by one of our scripts, as the principal in the role `user` where no other key is given.
    pub fn load(
        &self,
        server: &Server,
        script: &str,
        in_flight: u32,
        seconds: u64,
        given: &[(&'static str, String)],
    ) -> Result<Measured, Failure> {
        let given = std::iter::once(("BENCH_KEY", self.user.clone())).chain(given.iter().cloned()).collect();
        print!("  dmr       ");
        Load { script: Plan::script(script), path: "/".to_owned(), in_flight, seconds, given }.run(server)
    }

    fn serve(&self, port: u16) -> Command {
        let mut command = Command::new(&self.program);
        command.args(["serve", "--port", &port.to_string(), "--format", "json", "--data"]).arg(&self.data);
        command
    }

    fn said(&self) -> PathBuf {
        self.data.with_extension("said")
    }

    /// The first start tells the administrator's key, on a line of JSON.
    fn first_key(&self) -> Result<String, Failure> {
        let until = Instant::now() + Duration::from_secs(5);
        loop {
            let said = std::fs::read_to_string(self.said()).map_err(Failure::file(self.said()))?;
            let told = said.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok());
            match told.filter_map(|line| Some(line["key"].as_str()?.to_owned())).next() {
                Some(key) => return Ok(key),
                None if Instant::now() > until => {
                    return Err(Failure::Missing(format!("the first start of `dmr serve` told no key: {said}")));
                }
                None => std::thread::sleep(Duration::from_millis(5)),
            }
        }
    }
}

/// Makes a principal in a role, and a key for it.
pub fn principal(client: &mut Client, name: &str, role: &str) -> Result<String, Failure> {
    let made = client.get_done("POST", "/api/principals", Some(&json!({"name": name, "roles": [role]}).to_string()))?.json();
    let id = made["id"].as_str().unwrap_or_default();
    let key = client.get_done("POST", &format!("/api/principals/{id}/keys"), Some("{}"))?.json();
    Ok(key["key"].as_str().unwrap_or_default().to_owned())
}

/// A registration of a model whose fields are all required.
pub fn model(name: &str, fields: &[(&str, Value)], indexes: Value) -> Value {
    let properties: serde_json::Map<String, Value> = fields.iter().map(|(name, schema)| ((*name).to_owned(), schema.clone())).collect();
    let required: Vec<&str> = fields.iter().map(|(name, _)| *name).collect();
    json!({
        "name": name,
        "schema": {"type": "object", "properties": properties, "required": required},
        "indexes": indexes,
        "permissions": {"models": {"admin": ALL, "user": ALL}},
    })
}

/// The model of three text fields that the floor's messages are.
pub fn message(indexes: Value) -> Value {
    let text = || json!({"type": "string"});
    model("Message", &[("owner", text()), ("room", text()), ("data", text())], indexes)
}

/// Stores records in batches of 10,000, made by `record(number)`, and gives their ids in order.
pub fn preload(
    client: &mut Client,
    model: &str,
    numbers: std::ops::Range<u64>,
    record: impl Fn(u64) -> Value,
) -> Result<Vec<String>, Failure> {
    let mut ids = Vec::new();
    let path = format!("/api/records/{model}");
    let mut from = numbers.start;
    while from < numbers.end {
        let to = numbers.end.min(from + 10_000);
        let batch: Vec<Value> = (from..to).map(&record).collect();
        let answer = client.get_done("POST", &path, Some(&Value::from(batch).to_string()))?.json();
        let made = answer["ids"].as_array().cloned().unwrap_or_default();
        ids.extend(made.iter().filter_map(|id| id.as_str().map(str::to_owned)));
        from = to;
    }
    Ok(ids)
}

/// Writes ids where a script reads them, a line each.
pub fn write_ids(data: &Path, ids: &[String]) -> Result<(&'static str, String), Failure> {
    let path = data.with_extension("ids");
    std::fs::write(&path, ids.join("\n") + "\n").map_err(Failure::file(&path))?;
    Ok(("BENCH_IDS", path.display().to_string()))
}
