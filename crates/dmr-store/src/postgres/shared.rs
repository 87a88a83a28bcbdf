//! What the writer, the readers and whoever opened the database share.

use super::connection::Connection;
use super::options::Options;
use crate::queue::{Queue, closed};
use dmr_core::{Code, Problem};
use parking_lot::{Condvar, Mutex};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::sync_channel;
use std::thread::{self, JoinHandle};
use std::time::Instant;
use tokio::runtime::{Builder, Handle};
use tokio::sync::oneshot;
use tokio_postgres::Config;

/// What the writer, the readers and whoever opened the database share.
pub(super) struct Shared {
    pub options: Options,
    pub queue: Queue,
    config: Config,
    runtime: Runtime,
    /// Protects the connections that nobody reads with at the moment, and the number of all.
    readers: Mutex<Readers>,
    /// Told when one of them can be had.
    freed: Condvar,
    shut: AtomicBool,
}

#[derive(Default)]
struct Readers {
    idle: Vec<Connection>,
    open: usize,
}

impl Shared {
    pub fn new(config: Config, options: Options) -> Result<Self, Problem> {
        Ok(Self {
            queue: Queue::new(options.queue),
            options,
            config,
            runtime: Runtime::start()?,
            readers: Mutex::default(),
            freed: Condvar::new(),
            shut: AtomicBool::new(false),
        })
    }

    /// A new connection.
    pub fn connect(&self) -> Result<Connection, Problem> {
        Connection::open(&self.runtime.handle, &self.config)
    }

    /// A connection to read with, for one thread at a time. Where all are taken, the first that comes back.
    pub fn borrow_reader(&self) -> Result<Lent<'_>, Problem> {
        let deadline = Instant::now() + self.options.patience;
        let mut readers = self.readers.lock();
        loop {
            if self.shut.load(Ordering::Acquire) {
                return Err(closed());
            }
            if let Some(connection) = readers.idle.pop() {
                if connection.is_clean() {
                    return Ok(Lent { shared: self, connection: Some(connection) });
                }
                readers.open -= 1;
                continue;
            }
            if readers.open < self.options.readers.max(1) {
                readers.open += 1;
                drop(readers);
                // Counted off again when it is dropped, also where there is no connection.
                let mut lent = Lent { shared: self, connection: None };
                lent.connection = Some(self.connect()?);
                return Ok(lent);
            }
            if self.freed.wait_until(&mut readers, deadline).timed_out() {
                let mut problem = Problem::new(Code::QueueFull, "every connection of the store is being read with");
                problem.retry_after = Some(1);
                return Err(problem);
            }
        }
    }

    /// Readers at rest.
    pub fn idle_readers(&self) -> usize {
        self.readers.lock().idle.len()
    }

    /// Lets nobody read any more.
    pub fn shut(&self) {
        self.shut.store(true, Ordering::Release);
        let mut readers = self.readers.lock();
        readers.open -= readers.idle.len();
        readers.idle.clear();
        drop(readers);
        self.freed.notify_all();
    }
}

/// A connection that was borrowed. One that is in the middle of something when it comes back is closed.
pub(super) struct Lent<'s> {
    shared: &'s Shared,
    connection: Option<Connection>,
}

impl Lent<'_> {
    /// The connection, which is there until it is given back.
    pub fn connection(&self) -> Result<&Connection, Problem> {
        self.connection.as_ref().ok_or_else(closed)
    }
}

impl Drop for Lent<'_> {
    fn drop(&mut self) {
        let shut = self.shared.shut.load(Ordering::Acquire);
        let back = self.connection.take().filter(|connection| connection.is_clean() && !shut);
        let mut readers = self.shared.readers.lock();
        match back {
            Some(connection) => readers.idle.push(connection),
            None => readers.open -= 1,
        }
        drop(readers);
        self.shared.freed.notify_one();
    }
}

/// The thread on which what goes to the server and comes from it is moved.
struct Runtime {
    handle: Handle,
    /// Dropped to end it.
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Runtime {
    fn start() -> Result<Self, Problem> {
        let failed = |error: std::io::Error| Problem::new(Code::StoreFailed, format!("no thread for the store: {error}"));
        let runtime = Builder::new_current_thread().enable_all().build().map_err(failed)?;
        let (stop, stopped) = oneshot::channel::<()>();
        let (told, tells) = sync_channel(1);
        let thread = thread::Builder::new()
            .name("dmr-postgres".to_owned())
            .spawn(move || {
                // Whoever started it waits for this.
                let _ = told.send(runtime.handle().clone());
                // An error says that the other half is gone: what is waited for.
                let _ = runtime.block_on(stopped);
            })
            .map_err(failed)?;
        let handle = tells.recv().map_err(|_| Problem::new(Code::StoreFailed, "the thread of the store ended at once"))?;
        Ok(Self { handle, stop: Some(stop), thread: Some(thread) })
    }
}

impl Drop for Runtime {
    fn drop(&mut self) {
        drop(self.stop.take());
        if let Some(thread) = self.thread.take()
            && thread.thread().id() != thread::current().id()
        {
            // A thread that panicked has ended too.
            let _ = thread.join();
        }
    }
}
