//! What the writer, the readers and whoever opened the file share.

use super::checkpoint::Wal;
use super::connection::Place;
use super::fault::failed;
use super::table::Layouts;
use super::tell::Counted;
use crate::queue::{Queue, closed};
use dmr_core::Problem;
use parking_lot::{Mutex, RwLock};
use rusqlite::Connection;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

/// What the writer, the readers and whoever opened the file share.
pub(super) struct Shared {
    pub place: Place,
    pub queue: Queue,
    pub wal: Wal,
    pub counted: Counted,
    /// Even: `layouts` are those of the newest commit. Odd: a commit that changes layouts is on its way. A reader that finds the same
    /// even number before and after its snapshot began knows that the layouts it took between are the snapshot's.
    epoch: AtomicU64,
    /// Protects the pointer to the layouts of the newest commit.
    layouts: RwLock<Arc<Layouts>>,
    /// Protects the connections that nobody reads with at the moment.
    idle: Mutex<Vec<Connection>>,
    shut: AtomicBool,
}

impl Shared {
    pub fn new(place: Place, layouts: Layouts) -> Self {
        Self {
            queue: Queue::new(place.options.queue),
            wal: Wal::new(place.options.wal),
            counted: Counted::new(),
            place,
            epoch: AtomicU64::new(0),
            layouts: RwLock::new(Arc::new(layouts)),
            idle: Mutex::default(),
            shut: AtomicBool::new(false),
        }
    }

    /// The layouts of the newest commit, and the epoch that has to be found again once a snapshot has begun.
    pub fn layouts(&self) -> (Arc<Layouts>, u64) {
        loop {
            let epoch = self.epoch.load(Ordering::SeqCst);
            if epoch.is_multiple_of(2) {
                return (self.layouts.read().clone(), epoch);
            }
            std::thread::yield_now();
        }
    }

    /// Whether the epoch is still this one.
    pub fn still(&self, epoch: u64) -> bool {
        self.epoch.load(Ordering::SeqCst) == epoch
    }

    /// Runs a commit that changes layouts, and publishes them where it came through.
    pub fn change_layouts<T, E>(&self, layouts: &Layouts, commit: impl FnOnce() -> Result<T, E>) -> Result<T, E> {
        self.epoch.fetch_add(1, Ordering::SeqCst);
        let done = commit();
        if done.is_ok() {
            *self.layouts.write() = Arc::new(layouts.clone());
        }
        self.epoch.fetch_add(1, Ordering::SeqCst);
        done
    }

    /// A connection to read with, for one thread at a time.
    pub fn borrow_reader(&self) -> Result<Connection, Problem> {
        if self.shut.load(Ordering::Acquire) {
            return Err(closed());
        }
        let idle = self.idle.lock().pop();
        idle.map_or_else(|| self.place.reader(), Ok)
    }

    /// Gives it back. One that is in the middle of something is closed.
    pub fn return_reader(&self, connection: Connection) {
        if connection.is_autocommit() && !self.shut.load(Ordering::Acquire) {
            self.idle.lock().push(connection);
        }
    }

    /// Readers at rest.
    pub fn idle_readers(&self) -> usize {
        self.idle.lock().len()
    }

    /// Lets nobody read any more.
    pub fn shut(&self) {
        self.shut.store(true, Ordering::Release);
        self.idle.lock().clear();
    }

    /// Begins a snapshot on a connection; gives the layouts it has.
    pub fn begin(&self, connection: &Connection) -> Result<Arc<Layouts>, Problem> {
        loop {
            let (layouts, epoch) = self.layouts();
            connection.prepare_cached("BEGIN").and_then(|mut begin| begin.raw_execute()).map_err(failed)?;
            // The snapshot begins with the first read.
            let mut first = connection.prepare_cached("SELECT value FROM meta WHERE name = 'format'").map_err(failed)?;
            first.query_row([], |_| Ok(())).map_err(failed)?;
            if self.still(epoch) {
                return Ok(layouts);
            }
            self.end(connection)?;
        }
    }

    /// Ends it.
    #[expect(clippy::unused_self, reason = "the other half of `begin`")]
    pub fn end(&self, connection: &Connection) -> Result<(), Problem> {
        connection.prepare_cached("ROLLBACK").and_then(|mut end| end.raw_execute()).map(drop).map_err(failed)
    }
}
