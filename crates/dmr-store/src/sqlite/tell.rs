//! What operators are told of a file: counted by the writer and the copying thread, read by whoever asks.

use super::shared::Shared;
use crate::{Counting, Figure, Unit};
use dmr_core::Problem;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

/// Commands of a commit.
const BATCHES: &[u64] = &[1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024];
/// Microseconds of a commit, until it is on disk.
const COMMITS: &[u64] = &[100, 250, 500, 1_000, 2_500, 5_000, 10_000, 25_000, 50_000, 100_000, 250_000, 1_000_000];

/// Bytes of a page.
const PAGE: u64 = 4096;

/// What is counted of a file since it was opened.
pub(super) struct Counted {
    began: Instant,
    batch: Counting,
    commit: Counting,
    failed: AtomicU64,
    copies: AtomicU64,
    /// Microseconds after `began`.
    copied_at: AtomicU64,
    restarts: AtomicU64,
}

impl Counted {
    pub fn new() -> Self {
        Self {
            began: Instant::now(),
            batch: Counting::new(BATCHES),
            commit: Counting::new(COMMITS),
            failed: AtomicU64::new(0),
            copies: AtomicU64::new(0),
            copied_at: AtomicU64::new(0),
            restarts: AtomicU64::new(0),
        }
    }

    /// So many commands came to be on disk, which took so long from the moment they were all decided.
    pub fn committed(&self, commands: usize, took: Duration) {
        self.batch.count(commands as u64);
        self.commit.count(micros(took));
    }

    /// A batch did not come to be on disk.
    pub fn failed(&self) {
        self.failed.fetch_add(1, Ordering::Relaxed);
    }

    /// The write-ahead log was copied into the file.
    pub fn copied(&self) {
        self.copies.fetch_add(1, Ordering::Relaxed);
        self.copied_at.store(micros(self.began.elapsed()), Ordering::Relaxed);
    }

    /// The write-ahead log was begun again.
    pub fn restarted(&self) {
        self.restarts.fetch_add(1, Ordering::Relaxed);
    }
}

fn micros(time: Duration) -> u64 {
    u64::try_from(time.as_micros()).unwrap_or(u64::MAX)
}

/// The figures of a file.
pub(super) fn figures(shared: &Shared) -> Vec<Figure> {
    let waiting = shared.queue.depth();
    let counted = &shared.counted;
    let load = |number: &AtomicU64| number.load(Ordering::Relaxed);
    let age = micros(counted.began.elapsed()).saturating_sub(load(&counted.copied_at));
    let mut figures = vec![
        Figure::gauge("queue_commands", Unit::Things, waiting.commands as u64, "Commands that wait to be written."),
        Figure::gauge("queue_rows", Unit::Things, waiting.rows as u64, "Rows that these may change."),
        Figure::gauge("queue", Unit::Bytes, waiting.bytes as u64, "What these hold."),
        Figure::spread("batch_commands", Unit::Things, counted.batch.read(), "Commands of a commit."),
        Figure::spread("commit", Unit::Micros, counted.commit.read(), "How long a commit takes, with its one sync of the write-ahead log."),
        Figure::counter(
            "commits_failed",
            Unit::Things,
            load(&counted.failed),
            "Batches that could not be written: nobody in them was told so.",
        ),
        Figure::gauge("wal", Unit::Bytes, shared.wal.pages() * PAGE, "The write-ahead log, as far as it is in use."),
        Figure::gauge("wal_pages", Unit::Things, shared.wal.pages(), "The same in pages."),
        Figure::counter("checkpoints", Unit::Things, load(&counted.copies), "How often the write-ahead log was copied into the file."),
        Figure::gauge("checkpoint_age", Unit::Micros, age, "Since that was last done, or since the file was opened."),
        Figure::counter("wal_restarts", Unit::Things, load(&counted.restarts), "How often the write-ahead log was begun again."),
        Figure::gauge("readers_idle", Unit::Things, shared.idle_readers() as u64, "Connections that nobody reads with at the moment."),
    ];
    let size = std::fs::metadata(&shared.place.path).map_or(0, |about| about.len());
    figures.push(Figure::gauge("database", Unit::Bytes, size, "The file of the database."));
    // A file that cannot be read tells so elsewhere: its figures are left out here.
    figures.extend(stored(shared).unwrap_or_default());
    figures
}

/// What is stored, in one small read.
fn stored(shared: &Shared) -> Result<Vec<Figure>, Problem> {
    let connection = shared.borrow_reader()?;
    let sql = "SELECT coalesce(sum(live), 0), coalesce(sum(deleted), 0), (SELECT coalesce(max(position), 0) FROM log) FROM tally";
    let read = connection
        .prepare_cached(sql)
        .and_then(|mut statement| statement.query_row([], |row| Ok((row.get::<_, i64>(0)?, row.get::<_, i64>(1)?, row.get::<_, i64>(2)?))));
    let (live, deleted, position) = read.map_err(super::fault::failed)?;
    shared.return_reader(connection);
    Ok(vec![
        Figure::gauge("records", Unit::Things, live.cast_unsigned(), "Records that live."),
        Figure::gauge("records_deleted", Unit::Things, deleted.cast_unsigned(), "Records that are deleted and can be restored."),
        Figure::gauge("log_position", Unit::Things, position.cast_unsigned(), "The position of the last entry of the log."),
    ])
}
