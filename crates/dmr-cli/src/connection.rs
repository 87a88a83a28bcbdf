//! Whom a command talks to: a server that was named, the owner of the data directory, or a registry opened here.

use crate::owner;
use dmr::settings::{Secret, Settings};
use dmr::{Code, Problem, Registry};
use dmr_api::client::{Client, Http};
use dmr_api::owner::Owner;
use dmr_server::InProcess;
use std::path::Path;
use std::time::{Duration, Instant};

/// How long a command waits for another that holds the directory and does not serve: such ones are short.
const PATIENCE: Duration = Duration::from_secs(10);

/// What a command does about a data directory that is not there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Absent {
    /// Makes it.
    Make,
    /// Refuses: what is asked for cannot be in it.
    Refuse,
}

/// A client, and the registry behind it where that was opened here.
pub struct Connection {
    /// Sends requests.
    pub client: Client,
    registry: Option<Registry>,
}

impl Connection {
    /// Connects.
    pub async fn open(settings: &Settings, absent: Absent) -> Result<Self, Problem> {
        let key = settings.client.key.as_ref().map(Secret::reveal);
        if let Some(url) = &settings.client.url {
            return Ok(Self { client: Client::new(Http::new(url)?, key.map(str::to_owned)), registry: None });
        }
        let directory = &settings.data;
        if absent == Absent::Refuse && !directory.is_dir() {
            let detail = format!("there is no data directory {}", directory.display());
            return Err(Problem::new(Code::DataUnknown, detail)
                .suggest("dmr dev FILE")
                .suggest("--data DIR")
                .suggest("--url http://HOST:PORT"));
        }
        let until = Instant::now() + PATIENCE;
        loop {
            match Registry::builder().data(directory).settings(settings.clone()).open() {
                Ok(registry) => return Self::in_process(registry, key),
                Err(problem) if problem.code == Code::DataOwned => match Self::with_owner(directory, key.map(str::to_owned)).await? {
                    Some(connection) => return Ok(connection),
                    None if Instant::now() > until => return Err(problem),
                    None => tokio::time::sleep(Duration::from_millis(20)).await,
                },
                Err(problem) => return Err(problem),
            }
        }
    }

    /// A client of a registry that is open here. Without a key it acts as the logged principal `local:<os user>`.
    pub fn in_process(registry: Registry, key: Option<&str>) -> Result<Self, Problem> {
        let asker = match key {
            Some(key) => registry.authenticate(Some(key))?,
            // It writes to the store where the principal is not there yet, and waits for that.
            None => tokio::task::block_in_place(|| registry.local())?,
        };
        let client = Client::new(InProcess::new(registry.clone(), asker), None);
        Ok(Self { client, registry: Some(registry) })
    }

    /// Writes out what is left to write.
    pub fn close(self) {
        if let Some(registry) = self.registry {
            registry.close();
        }
    }

    /// Talks to the owner, if it has said where and answers there: it may have gone since, or its document may be one that was left behind.
    async fn with_owner(directory: &Path, key: Option<String>) -> Result<Option<Self>, Problem> {
        let Some(Owner { address, credential, .. }) = owner::read(directory) else {
            return Ok(None);
        };
        let client = Client::new(Http::new(&address)?, Some(key.unwrap_or(credential)));
        let answers = client.get(dmr_api::route::HEALTH, &[]).await.is_ok();
        Ok(answers.then_some(Self { client, registry: None }))
    }
}
