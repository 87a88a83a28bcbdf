//! Keeps the write-ahead log short: what was committed is copied into the file beside the writer, and the writer starts the log again
//! from its beginning when that has caught up.

use super::options::WalBounds;
use super::shared::Shared;
use parking_lot::{Condvar, Mutex};
use rusqlite::Connection;
use rusqlite::hooks::Wal as Hooked;
use rusqlite::wal::CheckpointMode;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

/// How long a connection waits where another one is in its way.
pub(super) const PATIENCE: Duration = Duration::from_millis(300);
/// How long the writer sleeps between two looks at whether readers have let go.
const LOOK_EVERY: Duration = Duration::from_micros(200);

/// The write-ahead log as the writer sees it.
pub(super) struct Wal {
    bounds: WalBounds,
    /// Pages in it after the last commit.
    pages: AtomicU64,
    /// Pages of it that are in the file.
    copied: AtomicU64,
    /// Protects what the copying thread is asked.
    asked: Mutex<Asked>,
    ask: Condvar,
}

#[derive(Default)]
struct Asked {
    copy: bool,
    stop: bool,
}

impl Wal {
    pub fn new(bounds: WalBounds) -> Self {
        Self { bounds, pages: AtomicU64::new(0), copied: AtomicU64::new(0), asked: Mutex::default(), ask: Condvar::new() }
    }

    /// Has the number of pages told by SQLite after each commit.
    pub fn watch(shared: &Arc<Shared>, connection: &mut Connection) -> rusqlite::Result<()> {
        let shared = Arc::downgrade(shared);
        connection.wal_hook(Some(move |_: &mut Hooked, pages: i32| {
            if let Some(shared) = shared.upgrade() {
                shared.wal.committed(u64::try_from(pages).unwrap_or(0));
            }
            Ok(())
        }))
    }

    fn committed(&self, pages: u64) {
        let before = self.pages.swap(pages, Ordering::Relaxed);
        if pages < before {
            self.copied.store(0, Ordering::Relaxed);
        }
        if pages.saturating_sub(self.copied.load(Ordering::Relaxed)) >= self.bounds.copy_every {
            let mut asked = self.asked.lock();
            if !asked.copy {
                asked.copy = true;
                self.ask.notify_one();
            }
        }
    }

    /// Pages in the log.
    pub fn pages(&self) -> u64 {
        self.pages.load(Ordering::Relaxed)
    }

    /// Whether it is so long that readers should let go of their snapshots soon: they hinder it from being started again.
    pub fn is_long(&self) -> bool {
        self.pages() >= self.bounds.restart_from
    }

    /// Ends the copying thread.
    pub fn stop(&self) {
        self.asked.lock().stop = true;
        self.ask.notify_all();
    }

    fn copy(&self, connection: &Connection) {
        // An error is the writer's to find: it fails there too, or passes.
        if let Ok((_, copied)) = connection.wal_checkpoint_v2(None::<&str>, CheckpointMode::PASSIVE) {
            self.copied.store(u64::try_from(copied).unwrap_or(0), Ordering::Relaxed);
        }
    }
}

/// The thread that copies.
pub(super) fn copy_when_asked(shared: &Shared, connection: &Connection) {
    loop {
        {
            let mut asked = shared.wal.asked.lock();
            while !asked.copy && !asked.stop {
                shared.wal.ask.wait(&mut asked);
            }
            if asked.stop {
                return;
            }
        }
        shared.wal.copy(connection);
        shared.counted.copied();
        shared.wal.asked.lock().copy = false;
    }
}

/// What the writer does about the log between two batches.
#[derive(Default)]
pub(super) struct Tending {
    tried_at: u64,
}

impl Tending {
    /// Starts the log again where it is long.
    pub fn tend(&mut self, shared: &Shared, connection: &mut Connection) {
        let wal = &shared.wal;
        let pages = wal.pages();
        if pages < self.tried_at {
            self.tried_at = 0;
        }
        if pages < wal.bounds.restart_from || pages < self.tried_at + wal.bounds.copy_every {
            return;
        }
        self.tried_at = pages;
        let patience = if pages < wal.bounds.wait_from { a_moment } else { patiently };
        let restarted =
            connection.busy_handler(Some(patience)).and_then(|()| connection.wal_checkpoint_v2(None::<&str>, CheckpointMode::RESTART));
        // The connection's own patience again; it cannot fail.
        let _ = connection.busy_timeout(PATIENCE);
        self.restarted(shared, restarted.is_ok());
    }
}

impl Tending {
    /// The same while the connection is in use: with its own patience, which has no finer steps.
    pub fn tend_beside(&mut self, shared: &Shared, connection: &Connection) {
        let pages = shared.wal.pages();
        if pages < self.tried_at {
            self.tried_at = 0;
        }
        if pages < shared.wal.bounds.restart_from || pages < self.tried_at + shared.wal.bounds.copy_every {
            return;
        }
        self.tried_at = pages;
        let patience = if pages < shared.wal.bounds.wait_from { 3 } else { 40 };
        let restarted = connection
            .busy_timeout(Duration::from_millis(patience))
            .and_then(|()| connection.wal_checkpoint_v2(None::<&str>, CheckpointMode::RESTART));
        // The connection's own patience again; it cannot fail.
        let _ = connection.busy_timeout(PATIENCE);
        self.restarted(shared, restarted.is_ok());
    }

    fn restarted(&mut self, shared: &Shared, done: bool) {
        if done {
            shared.counted.restarted();
            shared.wal.pages.store(0, Ordering::Relaxed);
            shared.wal.copied.store(0, Ordering::Relaxed);
            self.tried_at = 0;
        }
    }
}

/// Waits for readers for about 2 ms.
fn a_moment(looked: i32) -> bool {
    std::thread::sleep(LOOK_EVERY);
    looked < 8
}

/// Waits for readers for about 40 ms. They let go after 20 when the log is that long.
fn patiently(looked: i32) -> bool {
    std::thread::sleep(LOOK_EVERY);
    looked < 150
}
