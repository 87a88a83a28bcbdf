//! A data directory that is served: opened, listened for, posted in `owner.json`, closed in the end.

use crate::call::{items, number, text};
use crate::connection::Connection;
use crate::logging::Logging;
use crate::owner::Posted;
use dmr::settings::Settings;
use dmr::{Code, Measure, Problem, Registry, Value};
use dmr_api::owner::Owner;
use serde_json::json;
use std::collections::BTreeMap;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::path::Path;
use std::time::Duration;
use tokio::net::TcpListener;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

/// How long requests that run may go on after the end was asked for.
const FAREWELL: Duration = Duration::from_secs(5);

/// A registry with a server in front of it.
pub struct Serving {
    /// What is served.
    pub registry: Registry,
    /// Where: `http://127.0.0.1:8000`.
    pub address: String,
    posted: Posted,
    server: JoinHandle<Result<(), Problem>>,
    stop: oneshot::Sender<()>,
}

impl Serving {
    /// Opens the data directory, registers the models of a folder, listens and answers.
    ///
    /// # Errors
    /// `data.owned`, `server.address`, and what opening a registry may say.
    pub async fn start(settings: &Settings, models: Option<&Path>, verbose: bool) -> Result<Self, Problem> {
        let logging = Logging::begin(settings, verbose);
        let mut builder = Registry::builder().data(&settings.data).settings(settings.clone());
        if let Some(folder) = models {
            builder = builder.models_path(folder);
        }
        let registry = tokio::task::block_in_place(|| builder.open())?;
        let listener = listen(settings).await?;
        let bound = listener.local_addr().map_err(|fault| no_address(settings, &fault))?;
        let address = format!("http://{}", reachable(bound));
        let owner = Owner {
            address: address.clone(),
            credential: tokio::task::block_in_place(|| registry.owner_credential())?,
            pid: std::process::id(),
        };
        let (stop, stopped) = oneshot::channel();
        let shutdown = async move {
            // A sender that is gone means the end as well.
            let _end = stopped.await;
        };
        let serving = dmr_server::serve(registry.clone(), listener, shutdown);
        let server = tokio::spawn(async move {
            serving.await.map_err(|fault| Problem::new(Code::ServerAddress, format!("the server cannot go on listening: {fault}")))
        });
        let posted = Posted::post(&settings.data, &owner)?;
        logging.follow(&registry);
        tracing::info!(target: "dmr::serve", address, data = %settings.data.display(), pid = owner.pid, "serving");
        Ok(Self { registry, address, posted, server, stop })
    }

    /// What is there (C7): models, records, rows that were set aside, principals, keys; of a folder of models, how many of its files registered
    /// something, said what was known, or failed.
    pub fn summary(&self) -> Value {
        let figures = self.registry.figures();
        let figure = |name: &str| {
            figures.iter().find(|figure| figure.name == name).map_or(0, |figure| match figure.measure {
                Measure::Gauge(number) | Measure::Counter(number) => number,
                Measure::Spread(_) => 0,
            })
        };
        let folder = self.registry.start_summary();
        json!({
            "models": figure("models"), "records": figure("records"), "quarantined": figure("quarantined"),
            "principals": figure("principals"), "keys": figure("keys"),
            "registered": folder.registered.len(), "unchanged": folder.unchanged.len(), "failed": folder.failed.len(),
        })
    }

    /// A connection to what is served, in process, as the logged local principal.
    pub fn connection(&self) -> Result<Connection, Problem> {
        Connection::in_process(self.registry.clone(), None)
    }

    /// How many records each model's ingests set aside.
    pub fn quarantined(&self) -> Result<BTreeMap<String, u64>, Problem> {
        let session = self.registry.session(tokio::task::block_in_place(|| self.registry.local())?);
        let mut numbers = BTreeMap::new();
        let mut cursor: Option<String> = None;
        loop {
            let page = session.ingests(Some(self.registry.settings().records.max_page_size), cursor.as_deref())?;
            for ingest in items(&page) {
                *numbers.entry(text(ingest, "model").to_owned()).or_default() += number(ingest, "quarantined");
            }
            cursor = page.get("next").and_then(Value::as_str).map(str::to_owned);
            if cursor.is_none() {
                return Ok(numbers);
            }
        }
    }

    /// Serves until the process is asked to end or the server fails; then closes.
    pub async fn until_stopped(mut self, ears: &mut Ears) -> Result<(), Problem> {
        let failed = tokio::select! {
            () = ears.asked_to_stop() => None,
            ended = &mut self.server => Some(ended),
        };
        match failed {
            None => self.stop().await,
            Some(ended) => {
                drop(self.posted);
                self.registry.close();
                ended.unwrap_or_else(|fault| Err(Problem::new(Code::Internal, format!("the server failed: {fault}"))))
            }
        }
    }

    /// Stops answering and closes. The document goes first: who comes now waits for the lock instead of calling a server that leaves.
    pub async fn stop(self) -> Result<(), Problem> {
        drop(self.posted);
        drop(self.stop);
        let abort = self.server.abort_handle();
        let ended = tokio::time::timeout(FAREWELL, self.server).await;
        abort.abort();
        self.registry.close();
        tracing::info!(target: "dmr::serve", address = self.address, "stopped");
        match ended {
            Ok(Ok(served)) => served,
            // Requests that would not end were cut off; what they had written is written.
            Ok(Err(_)) | Err(_) => Ok(()),
        }
    }
}

/// Hears that the process is interrupted or told to terminate, from when it is made: whoever was told an address may end the process at once.
pub struct Ears {
    #[cfg(unix)]
    signals: [tokio::signal::unix::Signal; 2],
}

impl Ears {
    /// Listens.
    ///
    /// # Errors
    /// `internal` where the system lets nobody listen.
    pub fn open() -> Result<Self, Problem> {
        #[cfg(unix)]
        {
            use tokio::signal::unix::{SignalKind, signal};
            let deaf = |fault: std::io::Error| Problem::new(Code::Internal, format!("signals cannot be heard: {fault}"));
            Ok(Self { signals: [signal(SignalKind::interrupt()).map_err(deaf)?, signal(SignalKind::terminate()).map_err(deaf)?] })
        }
        #[cfg(not(unix))]
        Ok(Self {})
    }

    /// Is done when the process was asked to end.
    pub async fn asked_to_stop(&mut self) {
        #[cfg(unix)]
        {
            let [interrupt, terminate] = &mut self.signals;
            tokio::select! { _ = interrupt.recv() => {}, _ = terminate.recv() => {} }
        }
        #[cfg(not(unix))]
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending::<()>().await;
        }
    }
}

async fn listen(settings: &Settings) -> Result<TcpListener, Problem> {
    let server = &settings.server;
    TcpListener::bind((server.host.as_str(), server.port)).await.map_err(|fault| no_address(settings, &fault))
}

fn no_address(settings: &Settings, fault: &std::io::Error) -> Problem {
    let server = &settings.server;
    Problem::new(Code::ServerAddress, format!("{}:{} cannot be listened on: {fault}", server.host, server.port))
        .suggest("--port 0 takes any free port")
}

/// An address that can be called from this machine.
fn reachable(bound: SocketAddr) -> SocketAddr {
    let ip = match bound.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => IpAddr::V4(Ipv4Addr::LOCALHOST),
        IpAddr::V6(ip) if ip.is_unspecified() => IpAddr::V6(Ipv6Addr::LOCALHOST),
        ip => ip,
    };
    SocketAddr::new(ip, bound.port())
}
