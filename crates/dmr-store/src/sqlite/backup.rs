//! Copies of a file while it is written. The writer itself copies, a little between any two batches: what it commits meanwhile goes into the
//! copy too, so that nothing is read in a long transaction, the write-ahead log stays short, and the copy is of the moment at which it is
//! complete.

use super::fault::{failed, problem};
use super::writer::{Failed, Writer};
use crate::backup::{BackUp, Copied};
use crate::queue::{Task, closed};
use dmr_core::log::hex;
use dmr_core::{Code, Problem};
use rusqlite::backup::{Backup, StepResult};
use rusqlite::{Connection, OpenFlags, OptionalExtension};
use std::collections::VecDeque;
use std::path::Path;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

/// Pages that are copied in a row.
const PAGES: i32 = 64;
/// For so long is copied between two batches, at least; where batches take long, half of what they take: else a file that grows fast would
/// never be copied.
const TURN: Duration = Duration::from_millis(2);

impl Writer {
    /// Takes copies that are asked for out of what waits.
    pub(super) fn set_apart(&mut self, tasks: &mut VecDeque<Task>) {
        if !tasks.iter().any(|task| matches!(task, Task::BackUp(_))) {
            return;
        }
        for task in std::mem::take(tasks) {
            match task {
                Task::BackUp(asked) => self.copies.push_back(asked),
                task => tasks.push_back(task),
            }
        }
    }

    /// Makes the copies that are asked for, one after the other.
    pub(super) fn make_copies(&mut self) {
        while let Some(asked) = self.copies.pop_front() {
            let came = self.make_copy(&asked);
            asked.tell(came);
        }
    }

    fn make_copy(&mut self, asked: &BackUp) -> Result<Copied, Problem> {
        let Some(connection) = self.connection.take() else {
            return Err(Problem::new(Code::StoreFailed, "the database was not open at the moment").suggest("try again"));
        };
        match self.copy(&connection, asked) {
            Ok(copied) => {
                self.connection = Some(connection);
                Ok(copied)
            }
            Err(Ended::Copy(problem)) => {
                self.connection = Some(connection);
                Err(problem)
            }
            Err(Ended::Batch(failed)) => {
                drop(connection);
                self.recover(failed);
                Err(Problem::new(Code::StoreFailed, "the database failed while it was copied").suggest("try again"))
            }
        }
    }

    fn copy(&mut self, connection: &Connection, asked: &BackUp) -> Result<Copied, Ended> {
        let shared = self.shared.clone();
        let mut target = target(&asked.path)?;
        let backup = Backup::new(connection, &mut target).map_err(failed)?;
        let mut tasks = VecDeque::new();
        let mut turn = TURN;
        while !step(&backup, turn, asked)? {
            let began = Instant::now();
            let open = shared.queue.take_now(shared.place.options.batch, &mut tasks);
            self.set_apart(&mut tasks);
            loop {
                // Also where nothing interactive waits: what is in the background has its turn.
                self.transact_on(connection, &mut tasks).map_err(Ended::Batch)?;
                if tasks.is_empty() {
                    break;
                }
            }
            if !open {
                return Err(closed().into());
            }
            turn = TURN.max(began.elapsed() / 2);
            self.tending.tend_beside(&shared, connection);
        }
        // No batch came between the last page and this.
        drop(backup);
        let copied = copied(connection, self.position)?;
        target.close().map_err(|(_, error)| at(&asked.path, &error))?;
        Ok(copied)
    }
}

/// Why a copy came to nothing.
enum Ended {
    /// The copy failed.
    Copy(Problem),
    /// What is copied failed: a batch beside it.
    Batch(Failed),
}

impl From<Problem> for Ended {
    fn from(problem: Problem) -> Self {
        Self::Copy(problem)
    }
}

/// Copies for a while; says whether all is copied.
fn step(backup: &Backup<'_, '_>, turn: Duration, asked: &BackUp) -> Result<bool, Problem> {
    let began = Instant::now();
    loop {
        let stepped = backup.step(PAGES).map_err(|error| at(&asked.path, &error))?;
        let progress = backup.progress();
        let (left, of) = (u64::try_from(progress.remaining).unwrap_or(0), u64::try_from(progress.pagecount).unwrap_or(0));
        asked.progress.of.store(of, Ordering::Relaxed);
        asked.progress.done.store(of.saturating_sub(left), Ordering::Relaxed);
        match stepped {
            StepResult::Done => return Ok(true),
            // Another connection is in the way at the moment.
            StepResult::Busy | StepResult::Locked => return Ok(false),
            _ if began.elapsed() >= turn => return Ok(false),
            _ => {}
        }
    }
}

/// What is copied, by the connection that wrote it last.
fn copied(connection: &Connection, position: u64) -> Result<Copied, Problem> {
    let sql = "SELECT coalesce(sum(live), 0), coalesce(sum(deleted), 0) FROM tally";
    let (live, deleted): (i64, i64) = connection.query_row(sql, [], |row| Ok((row.get(0)?, row.get(1)?))).map_err(failed)?;
    let sql = "SELECT leaf FROM log WHERE position = ?1";
    let leaf: Option<Vec<u8>> = connection.query_row(sql, [position.cast_signed()], |row| row.get(0)).optional().map_err(failed)?;
    Ok(Copied { position, leaf: leaf.map(|leaf| hex(&leaf)), live: live.cast_unsigned(), deleted: deleted.cast_unsigned() })
}

/// The file of a copy. It is nobody's yet: what makes it whole is the sync at its end.
fn target(path: &Path) -> Result<Connection, Problem> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(path, flags).map_err(|error| at(path, &error))?;
    connection.pragma_update(None, "journal_mode", "OFF").map_err(|error| at(path, &error))?;
    connection.pragma_update(None, "synchronous", "OFF").map_err(|error| at(path, &error))?;
    connection.pragma_update(None, "cache_size", -4096).map_err(|error| at(path, &error))?;
    Ok(connection)
}

/// What went wrong with the copy, not with what is copied.
fn at(path: &Path, error: &rusqlite::Error) -> Problem {
    let fault = problem(error);
    Problem { detail: format!("{}: {}", path.display(), fault.detail), ..fault }
}

/// Sees to it that a copy is on disk; not on the writer, for it may take long.
pub(super) fn on_disk(path: &Path) -> Result<(), Problem> {
    let synced = std::fs::File::open(path).and_then(|file| file.sync_all());
    synced.map_err(|error| Problem::new(Code::StoreFailed, format!("{} cannot be synced: {error}", path.display())))
}
