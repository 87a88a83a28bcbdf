//! A scan by two threads, each with a connection of its own, at one moment.
//!
//! SQLite cannot be asked for the snapshot that another connection has. But every commit that changes a record adds to the log: two
//! snapshots that begin one after the other and end their log at the same entry are of the same state.

use super::fault::failed;
use super::read::{Reading, View};
use super::scan::{self, Stretches};
use super::shared::Shared;
use super::table::Layouts;
use crate::{EachPart, Scan};
use dmr_core::{Code, Problem};
use rusqlite::Connection;
use std::cell::{Cell, RefCell};
use std::sync::Arc;
use std::thread;
use std::time::Instant;

/// How often two snapshots are begun until they are the same. A commit in between is rare even at full rate.
const TRIES: u32 = 8;

/// A connection in a snapshot. It goes from thread to thread, but is not shared by two.
struct Side<'s> {
    shared: &'s Shared,
    /// None once it was given back.
    connection: Option<Connection>,
    layouts: Arc<Layouts>,
}

impl<'s> Side<'s> {
    fn begin(shared: &'s Shared) -> Result<Self, Problem> {
        let connection = shared.borrow_reader()?;
        let layouts = shared.begin(&connection)?;
        Ok(Self { shared, connection: Some(connection), layouts })
    }

    fn read<T>(&self, with: impl FnOnce(&Reading<'_>) -> Result<T, Problem>) -> Result<T, Problem> {
        let connection = self.connection.as_ref().ok_or_else(|| Problem::new(Code::Internal, "a connection that was given back"))?;
        let view = View::Snapshot { shared: self.shared, layouts: RefCell::new(self.layouts.clone()), began: Cell::new(Instant::now()) };
        with(&Reading { connection, view })
    }

    /// What two threads would share of a scan of this snapshot; none where that is not worth it.
    fn stretches(&self, scan: &Scan<'_>) -> Result<Option<Stretches>, Problem> {
        self.read(|reading| Stretches::of(reading, scan, self.shared.place.options.stretch).map_err(failed))
    }

    /// The position of the last entry of the log.
    fn position(&self) -> Result<Option<i64>, Problem> {
        self.read(|reading| {
            let mut newest = reading.connection.prepare_cached("SELECT max(position) FROM log").map_err(failed)?;
            newest.query_row([], |row| row.get(0)).map_err(failed)
        })
    }
}

impl Drop for Side<'_> {
    fn drop(&mut self) {
        if let Some(connection) = self.connection.take() {
            // One whose transaction does not end is closed instead of being given back.
            let _ = self.shared.end(&connection);
            self.shared.return_reader(connection);
        }
    }
}

/// Scans with two receivers where that is worth it, else with the first.
pub(super) fn scan(shared: &Shared, scan: &Scan<'_>, first: &mut EachPart<'_>, second: &mut EachPart<'_>) -> Result<(), Problem> {
    let mut one = Side::begin(shared)?;
    for _ in 0..TRIES {
        // Of the snapshot that is scanned: a later one has further rows.
        let Some(stretches) = one.stretches(scan)? else { break };
        let other = Side::begin(shared)?;
        if Arc::ptr_eq(&one.layouts, &other.layouts) && one.position()? == other.position()? {
            return both(&one, other, scan, &stretches, (first, second));
        }
        one = other;
    }
    one.read(|reading| scan::scan(reading, scan, &mut **first))
}

fn both(
    one: &Side<'_>,
    other: Side<'_>,
    scan: &Scan<'_>,
    stretches: &Stretches,
    (first, second): (&mut EachPart<'_>, &mut EachPart<'_>),
) -> Result<(), Problem> {
    thread::scope(|scope| {
        let beside = move || other.read(|reading| scan::part(reading, scan, Some(stretches), &mut **second));
        let beside = thread::Builder::new().name("dmr-scan".to_owned()).spawn_scoped(scope, beside);
        // Without a second thread the first takes every stretch.
        let mine = one.read(|reading| scan::part(reading, scan, Some(stretches), &mut **first));
        let theirs = beside.map_or(Ok(Ok(())), thread::ScopedJoinHandle::join);
        mine.and(theirs.unwrap_or_else(|_| Err(Problem::new(Code::Internal, "a thread of the scan broke off"))))
    })
}
