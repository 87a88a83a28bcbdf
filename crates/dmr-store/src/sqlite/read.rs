//! Reads of a file: by a reader, at one moment or not, and by the writer in the middle of a transaction.

use super::batch::{Batch, read_counts};
use super::fault::{Fault, failed};
use super::shared::Shared;
use super::table::{Layouts, Table, sixteen, text};
use crate::{Counts, EachScanned, LogRange, Reader, RegistryRow, Scan, Search, Stretch, Walk};
use dmr_core::change::{Outcome, Quarantined, RegistryKind};
use dmr_core::json::raw;
use dmr_core::log::Entry;
use dmr_core::model::{Model, ModelId};
use dmr_core::record::{Record, RecordId, RecordRef};
use dmr_core::{Code, Problem, Value};
use rusqlite::{Connection, OptionalExtension, Row, params};
use std::cell::{Cell, RefCell};
use std::ops::ControlFlow;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// A consistent read holds its snapshot at most so long; then it goes on in the next. The second: where the write-ahead log is long.
const SNAPSHOT: (Duration, Duration) = (Duration::from_millis(250), Duration::from_millis(20));
/// A read that need not be consistent lets go sooner; the second: where the write-ahead log is long.
const STRETCH: (Duration, Duration) = (Duration::from_millis(50), Duration::from_millis(5));

/// Who reads, and so what it may rely on.
pub(super) enum View<'c> {
    /// The writer: what it sees is what it did.
    Writer(&'c Batch<'c>),
    /// A reader in a transaction.
    Snapshot { shared: &'c Shared, layouts: RefCell<Arc<Layouts>>, began: Cell<Instant> },
    /// A reader whose statements each have a snapshot of their own.
    Loose(&'c Shared),
}

/// A connection with which somebody reads.
pub(super) struct Reading<'c> {
    pub connection: &'c Connection,
    pub view: View<'c>,
}

/// The layouts of a statement's snapshot: known for certain once [`Reading::holds`] says so after its first row was asked for.
pub(super) struct Laid<'c> {
    layouts: Borrowed<'c>,
    epoch: Option<u64>,
}

enum Borrowed<'c> {
    Of(&'c Layouts),
    Shared(Arc<Layouts>),
}

impl Laid<'_> {
    pub fn table(&self, model: ModelId) -> &Arc<Table> {
        match &self.layouts {
            Borrowed::Of(layouts) => layouts.table(model),
            Borrowed::Shared(layouts) => layouts.table(model),
        }
    }
}

impl<'c> Reading<'c> {
    pub fn laid(&self) -> Laid<'c> {
        match &self.view {
            View::Writer(batch) => Laid { layouts: Borrowed::Of(&batch.layouts), epoch: None },
            View::Snapshot { layouts, .. } => Laid { layouts: Borrowed::Shared(layouts.borrow().clone()), epoch: None },
            View::Loose(shared) => {
                let (layouts, epoch) = shared.layouts();
                Laid { layouts: Borrowed::Shared(layouts), epoch: Some(epoch) }
            }
        }
    }

    /// Whether the layouts are those of a snapshot that has begun since.
    pub fn holds(&self, laid: &Laid<'_>) -> bool {
        match (&self.view, laid.epoch) {
            (View::Loose(shared), Some(epoch)) => shared.still(epoch),
            _ => true,
        }
    }

    /// Whether a read that began then should let go of its snapshot.
    pub fn is_due(&self, began: Instant) -> bool {
        match &self.view {
            View::Writer(_) => false,
            View::Snapshot { shared, began, .. } => {
                let limit = if shared.wal.is_long() { SNAPSHOT.1 } else { SNAPSHOT.0 };
                began.get().elapsed() > limit
            }
            View::Loose(shared) => began.elapsed() > if shared.wal.is_long() { STRETCH.1 } else { STRETCH.0 },
        }
    }

    /// Takes the next snapshot where the one there is was held long enough.
    pub fn renew_if_due(&self) -> Result<(), Problem> {
        if self.is_due(Instant::now()) { self.renew() } else { Ok(()) }
    }

    /// Takes the next snapshot, where there is one to take.
    pub fn renew(&self) -> Result<(), Problem> {
        if let View::Snapshot { shared, layouts, began } = &self.view {
            shared.end(self.connection)?;
            *layouts.borrow_mut() = shared.begin(self.connection)?;
            began.set(Instant::now());
        }
        Ok(())
    }

    /// Runs a read of a table until it ran under the layouts it was made for.
    fn in_table(&self, model: ModelId, run: &mut dyn FnMut(&Laid<'_>, &Table) -> rusqlite::Result<bool>) -> Result<(), Problem> {
        loop {
            let laid = self.laid();
            match run(&laid, laid.table(model)) {
                Ok(true) => return Ok(()),
                Ok(false) => {}
                Err(_) if !self.holds(&laid) => {}
                Err(error) => return Err(failed(error)),
            }
        }
    }
}

impl Reader for Reading<'_> {
    fn registry(&self) -> Result<Vec<RegistryRow>, Problem> {
        let mut statement = self.connection.prepare_cached("SELECT what, key, body FROM registry WHERE tenant = 1").map_err(failed)?;
        let mut rows = statement.raw_query();
        let mut all = Vec::new();
        while let Some(row) = rows.next().map_err(failed)? {
            let what: String = row.get(0).map_err(failed)?;
            let what = RegistryKind::find(&what).ok_or_else(|| Problem::new(Code::DataDamaged, format!("the registry holds a {what}")))?;
            all.push(RegistryRow { what, key: row.get(1).map_err(failed)?, body: text(row, 2).map_err(failed)?.to_vec() });
        }
        all.sort_by(|one, other| (one.what, &one.key).cmp(&(other.what, &other.key)));
        Ok(all)
    }

    fn record(&self, model: &Arc<Model>, id: RecordId) -> Result<Option<Record>, Problem> {
        let mut found = None;
        self.with_record(model, id, &mut |record| found = record.map(|record| record.to_owned()))?;
        Ok(found)
    }

    fn with_record(&self, model: &Arc<Model>, id: RecordId, with: &mut dyn FnMut(Option<RecordRef<'_>>)) -> Result<(), Problem> {
        self.in_table(model.id(), &mut |laid, table| {
            let mut statement = self.connection.prepare_cached(&table.get)?;
            if table.columns.is_none() {
                statement.raw_bind_parameter(1, model.id().0)?;
            }
            statement.raw_bind_parameter(2, &id.0[..])?;
            let mut rows = statement.raw_query();
            let row = rows.next()?;
            if !self.holds(laid) {
                return Ok(false);
            }
            let mut buffer = Vec::new();
            if let Some(row) = row {
                if let View::Writer(batch) = self.view {
                    batch.rows.borrow_mut().insert((model.id(), id), row.get(0)?);
                }
                with(Some(table.record(row, 0, &mut buffer)?));
            } else {
                with(None);
            }
            Ok(true)
        })
    }

    fn unique(&self, model: ModelId, constraint: u32, key: &[u8]) -> Result<Option<RecordId>, Problem> {
        let sql = "SELECT record FROM unique_key WHERE tenant = 1 AND model = ?1 AND rule = ?2 AND key = ?3";
        let mut statement = self.connection.prepare_cached(sql).map_err(failed)?;
        statement.query_row(params![model.0, constraint, key], |row| id(row, 0)).optional().map_err(failed)
    }

    fn uniques(&self, model: ModelId) -> Result<Vec<(u32, Vec<u8>, RecordId)>, Problem> {
        let sql = "SELECT rule, key, record FROM unique_key WHERE tenant = 1 AND model = ?1 ORDER BY rule, key";
        let mut statement = self.connection.prepare_cached(sql).map_err(failed)?;
        let rows = statement.query_map([model.0], |row| Ok((row.get(0)?, row.get(1)?, id(row, 2)?))).map_err(failed)?;
        rows.collect::<rusqlite::Result<_>>().map_err(failed)
    }

    fn walk(&self, walk: &Walk<'_>, each: &mut dyn FnMut(&[u8], RecordRef<'_>) -> ControlFlow<()>) -> Result<(), Problem> {
        super::walk::walk(self, walk, each)
    }

    fn scan(&self, scan: &Scan<'_>, each: EachScanned<'_>) -> Result<(), Problem> {
        super::scan::scan(self, scan, each)
    }

    fn search(&self, search: &Search<'_>, each: &mut dyn FnMut(RecordRef<'_>) -> ControlFlow<()>) -> Result<(), Problem> {
        super::search::search(self, search, each)
    }

    fn keys(&self, model: ModelId, stretch: &Stretch<'_>, most: u64) -> Result<u64, Problem> {
        let below = if stretch.upper.is_some() { "AND key < ?5" } else { "" };
        let sql = format!(
            "SELECT count(*) FROM (SELECT 1 FROM entry WHERE tenant = 1 AND model = ?1 AND idx = ?2 AND key >= ?3 {below} LIMIT ?4)"
        );
        let mut counted = self.connection.prepare_cached(&sql).map_err(failed)?;
        let most = i64::try_from(most).unwrap_or(i64::MAX);
        let (index, lower) = (stretch.index, stretch.lower);
        let count: rusqlite::Result<i64> = match stretch.upper {
            Some(upper) => counted.query_row(params![model.0, index, lower, most, upper], |row| row.get(0)),
            None => counted.query_row(params![model.0, index, lower, most], |row| row.get(0)),
        };
        count.map(i64::unsigned_abs).map_err(failed)
    }

    fn counts(&self, model: ModelId) -> Result<Counts, Problem> {
        match self.view {
            View::Writer(batch) => batch.counts_of(model).map_err(told),
            _ => read_counts(self.connection, model).map_err(failed),
        }
    }

    fn log(&self, range: &LogRange, each: &mut dyn FnMut(&Entry) -> ControlFlow<()>) -> Result<(), Problem> {
        if let View::Writer(batch) = self.view {
            batch.write_appended().map_err(told)?;
        }
        super::entries::walk(self, range, each)
    }

    fn quarantine(&self, ingest: Option<RecordId>, after: Option<RecordId>, limit: usize) -> Result<Vec<Quarantined>, Problem> {
        let of = if ingest.is_some() { "AND ingest = ?1" } else { "" };
        let sql = format!("{QUARANTINED} WHERE tenant = 1 {of} AND id > ?2 ORDER BY id LIMIT ?3");
        let mut statement = self.connection.prepare_cached(&sql).map_err(failed)?;
        let bind = |statement: &mut rusqlite::Statement<'_>| {
            if let Some(ingest) = &ingest {
                statement.raw_bind_parameter(1, &ingest.0[..])?;
            }
            statement.raw_bind_parameter(2, after.as_ref().map_or(&[][..], |id| &id.0[..]))?;
            statement.raw_bind_parameter(3, i64::try_from(limit).unwrap_or(i64::MAX))
        };
        bind(&mut statement).map_err(failed)?;
        statement.raw_query().mapped(quarantined).collect::<rusqlite::Result<_>>().map_err(failed)
    }

    fn quarantined(&self, ingest: RecordId, id: RecordId) -> Result<Option<Quarantined>, Problem> {
        let sql = format!("{QUARANTINED} WHERE tenant = 1 AND id = ?1 AND ingest = ?2");
        let mut statement = self.connection.prepare_cached(&sql).map_err(failed)?;
        statement.query_row(params![&id.0[..], &ingest.0[..]], quarantined).optional().map_err(failed)
    }

    fn outcome(&self, scope: &[u8; 32]) -> Result<Option<Outcome>, Problem> {
        let sql = format!("{OUTCOME} WHERE tenant = 1 AND scope = ?1");
        let mut statement = self.connection.prepare_cached(&sql).map_err(failed)?;
        statement.query_row([&scope[..]], outcome).optional().map_err(failed)
    }

    fn outcomes(&self) -> Result<Vec<Outcome>, Problem> {
        let mut statement = self.connection.prepare_cached(&format!("{OUTCOME} WHERE tenant = 1 ORDER BY scope")).map_err(failed)?;
        let rows = statement.query_map([], outcome).map_err(failed)?;
        rows.collect::<rusqlite::Result<_>>().map_err(failed)
    }

    fn note(&self, name: &str) -> Result<Option<Value>, Problem> {
        let mut statement = self.connection.prepare_cached("SELECT value FROM note WHERE name = ?1").map_err(failed)?;
        statement.query_row([name], |row| Ok(raw::value(text(row, 0)?))).optional().map_err(failed)
    }
}

fn told(fault: Fault) -> Problem {
    match fault {
        Fault::Command(problem) | Fault::Store(problem) => problem,
    }
}

const QUARANTINED: &str = "SELECT id, ingest, model, line, byte, code, message, raw FROM quarantine";
const OUTCOME: &str = "SELECT scope, request, expires_at, answer FROM outcome";

fn quarantined(row: &Row<'_>) -> rusqlite::Result<Quarantined> {
    Ok(Quarantined {
        id: id(row, 0)?,
        ingest: id(row, 1)?,
        model: ModelId(row.get(2)?),
        line: row.get::<_, i64>(3)?.cast_unsigned(),
        byte: row.get::<_, i64>(4)?.cast_unsigned(),
        code: row.get(5)?,
        message: row.get(6)?,
        raw: row.get(7)?,
    })
}

fn outcome(row: &Row<'_>) -> rusqlite::Result<Outcome> {
    Ok(Outcome { scope: row.get(0)?, request: row.get(1)?, expires_at: row.get(2)?, answer: raw::value(text(row, 3)?) })
}

fn id(row: &Row<'_>, at: usize) -> rusqlite::Result<RecordId> {
    Ok(RecordId(sixteen(row, at)?.unwrap_or_default()))
}
