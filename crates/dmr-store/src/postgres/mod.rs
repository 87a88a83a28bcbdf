//! A database on a PostgreSQL server, or one that speaks like it: a spike that keeps the port honest, not yet advertised.
//!
//! One writer thread that decides batches in memory and writes them on one way there and back; readers on a few connections. One process
//! writes at a time: the last that opened the database. Records are laid out flexibly; structured models are refused by name.

mod options;
mod fault;
mod connection;
mod schema;
mod key;
mod row;
mod read;
mod walk;
mod entries;
mod batch;
mod apply;
mod lay_out;
mod shared;
mod writer;

pub use options::Options;
pub use schema::FORMAT;

use crate::queue::{Task, closed};
use crate::{Copied, Figure, Job, Progress, Reader, Store, Unit};
use dmr_core::{Code, Problem, Value};
use parking_lot::Mutex;
use read::Reading;
use shared::Shared;
use std::path::Path;
use std::sync::Arc;
use std::sync::mpsc::sync_channel;
use std::thread::{self, JoinHandle};
use std::time::Duration;
use tokio_postgres::Config;
use writer::Writer;

/// How long a connection may take to be made where the configuration does not say.
const CONNECT: Duration = Duration::from_secs(10);

/// A database on a server.
pub struct PostgresStore {
    shared: Arc<Shared>,
    /// Protects the writer's thread, until it has ended.
    writer: Mutex<Option<JoinHandle<()>>>,
}

/// Opens a database on a server, by a connection string (`host=/run/postgresql user=dmr dbname=dmr`), and makes its tables where they are
/// not there. From now on this process is the one that writes to it: another that did is told [`Code::DataOwned`].
///
/// # Errors
/// [`Code::SettingValue`] for a connection string that cannot be read; [`Code::DataNewer`]; [`Code::StoreFailed`].
pub fn open(config: &str, options: Options) -> Result<PostgresStore, Problem> {
    let mut config: Config = config.parse().map_err(|error: tokio_postgres::Error| {
        Problem::new(Code::SettingValue, format!("the connection string of the database: {error}"))
    })?;
    if config.get_connect_timeout().is_none() {
        config.connect_timeout(CONNECT);
    }
    let shared = Arc::new(Shared::new(config, options)?);
    let connection = shared.connect()?;
    schema::prepare(&connection)?;
    let writer = Writer::open(shared.clone(), connection)?;
    let thread = thread::Builder::new()
        .name("dmr-writer".to_owned())
        .spawn(move || writer.run())
        .map_err(|error| Problem::new(Code::StoreFailed, format!("no thread for the store: {error}")))?;
    Ok(PostgresStore { shared, writer: Mutex::new(Some(thread)) })
}

impl Store for PostgresStore {
    fn name(&self) -> &'static str {
        "postgres"
    }

    fn submit(&self, job: Job) {
        self.shared.queue.push(Task::Job(job));
    }

    fn read(&self, consistent: bool, with: &mut dyn FnMut(&dyn Reader) -> Result<(), Problem>) -> Result<(), Problem> {
        let lent = self.shared.borrow_reader()?;
        let connection = lent.connection()?;
        if !consistent {
            return with(&Reading::loose(connection));
        }
        let reading = Reading::consistent(connection);
        let done = with(&reading);
        reading.end().and(done)
    }

    fn set_note(&self, name: &str, value: Option<&Value>) -> Result<(), Problem> {
        let (told, tells) = sync_channel(1);
        self.shared.queue.push(Task::Note(name.to_owned(), value.cloned(), told));
        tells.recv().unwrap_or_else(|_| Err(closed()))
    }

    fn figures(&self) -> Vec<Figure> {
        let waiting = self.shared.queue.depth();
        vec![
            Figure::gauge("queue_commands", Unit::Things, waiting.commands as u64, "Commands that wait to be written."),
            Figure::gauge("queue_rows", Unit::Things, waiting.rows as u64, "Rows that these may change."),
            Figure::gauge("queue", Unit::Bytes, waiting.bytes as u64, "What these hold."),
            Figure::gauge(
                "readers_idle",
                Unit::Things,
                self.shared.idle_readers() as u64,
                "Connections that nobody reads with at the moment.",
            ),
        ]
    }

    fn back_up(&self, _: &Path, _: Arc<Progress>) -> Result<Copied, Problem> {
        Err(Problem::new(Code::BehaviourUnavailable, "backups of a database on a server are its own"))
    }

    fn close(&self) {
        self.shared.queue.close();
        if let Some(thread) = self.writer.lock().take()
            // What the writer runs may close the store: it cannot wait for itself.
            && thread.thread().id() != thread::current().id()
        {
            // A thread that panicked has ended too.
            let _ = thread.join();
        }
    }
}

impl Drop for PostgresStore {
    fn drop(&mut self) {
        self.close();
    }
}
