//! `dmr serve` as a client meets it: a data directory with an administrator and a principal in the role `user`, and servers on it.

mod http;
mod server;

pub use http::Client;
pub use server::{Server, free_port};

use crate::failure::Failure;
use serde_json::{Value, json};
use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

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
    /// Starts on an empty data directory and makes a principal in the role `user`.
    pub fn make(program: &Path, data: &Path) -> Result<Self, Failure> {
        let (program, data) = (program.to_owned(), data.to_owned());
        let mut home = Self { program, data, admin: String::new(), user: String::new() };
        let server = home.start()?;
        home.admin = home.first_key()?;
        let mut client = Client::connect(server.address, &home.admin)?;
        home.user = principal(&mut client, "bench", "user")?;
        Ok(home)
    }

    /// Starts a server on it.
    pub fn start(&self) -> Result<Server, Failure> {
        self.start_with(&[])
    }

    /// The same, with settings in its environment.
    pub fn start_with(&self, settings: &[(&str, &str)]) -> Result<Server, Failure> {
        let port = free_port()?;
        let output = File::create(self.said()).map_err(Failure::file(self.said()))?;
        Server::start(self.serve(port).envs(settings.iter().copied()), port, Stdio::from(output))
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
