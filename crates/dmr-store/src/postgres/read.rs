//! Reads of a database: by a reader, at one moment or not, and by the writer in the middle of a transaction.

use super::connection::Connection;
use super::fault::{Fault, problem};
use super::row::{self, get, number};
use crate::{Counts, EachScanned, LogRange, Reader, RegistryRow, Scan, Stretch, Walk};
use dmr_core::change::{Outcome, Quarantined, RegistryKind};
use dmr_core::json::raw;
use dmr_core::log::Entry;
use dmr_core::model::{Model, ModelId};
use dmr_core::projection::Places;
use dmr_core::record::{Record, RecordId, RecordRef};
use dmr_core::{Code, Problem, Value};
use std::cell::Cell;
use std::ops::ControlFlow;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio_postgres::Row;
use tokio_postgres::types::ToSql;

/// How a consistent read begins.
const SNAPSHOT: &str = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY";
/// It holds its snapshot at most so long; then it goes on in the next.
const LONGEST: Duration = Duration::from_millis(250);

/// A connection with which somebody reads.
pub(super) struct Reading<'c> {
    pub connection: &'c Connection,
    /// When the snapshot began; none where there is none, or it is the writer's transaction.
    began: Option<Cell<Instant>>,
}

impl<'c> Reading<'c> {
    /// Each statement sees what is committed when it begins; in a transaction, what that did as well.
    pub fn loose(connection: &'c Connection) -> Self {
        Self { connection, began: None }
    }

    /// Every statement sees the same moment.
    pub fn consistent(connection: &'c Connection) -> Self {
        connection.begin(SNAPSHOT);
        Self { connection, began: Some(Cell::new(Instant::now())) }
    }

    /// Ends the snapshot.
    pub fn end(&self) -> Result<(), Problem> {
        self.connection.end("COMMIT").map_err(|error| self.failed(&error))
    }

    /// Takes the next snapshot where this one was held long enough.
    pub fn renew_when_due(&self) -> Result<(), Problem> {
        if let Some(began) = &self.began
            && began.get().elapsed() > LONGEST
        {
            self.end()?;
            self.connection.begin(SNAPSHOT);
            began.set(Instant::now());
        }
        Ok(())
    }

    /// The rows a question has.
    pub fn ask(&self, sql: &str, values: &[&(dyn ToSql + Sync)]) -> Result<Vec<Row>, Problem> {
        self.connection.query(sql, values).map_err(|error| self.failed(&error))
    }

    fn failed(&self, error: &tokio_postgres::Error) -> Problem {
        self.connection.broken.replace(Some(Fault::from(error)));
        problem(error)
    }
}

impl Reader for Reading<'_> {
    fn registry(&self) -> Result<Vec<RegistryRow>, Problem> {
        let mut all = Vec::new();
        for row in self.ask("SELECT what, key, body FROM dmr_registry WHERE tenant_id = 1", &[])? {
            let what: &str = get(&row, 0)?;
            let what = RegistryKind::find(what).ok_or_else(|| Problem::new(Code::DataDamaged, format!("the registry holds a {what}")))?;
            all.push(RegistryRow { what, key: get(&row, 1)?, body: get::<String>(&row, 2)?.into_bytes() });
        }
        // Not by the server: how it orders texts is its own affair.
        all.sort_by(|one, other| (one.what, &one.key).cmp(&(other.what, &other.key)));
        Ok(all)
    }

    fn record(&self, model: &Arc<Model>, id: RecordId) -> Result<Option<Record>, Problem> {
        let mut found = None;
        self.with_record(model, id, &mut |record| found = record.map(|record| record.to_owned()))?;
        Ok(found)
    }

    fn with_record(&self, model: &Arc<Model>, id: RecordId, with: &mut dyn FnMut(Option<RecordRef<'_>>)) -> Result<(), Problem> {
        let sql = records("WHERE r.tenant_id = 1 AND r.model = $1 AND r.id = $2");
        let rows = self.ask(&sql, &[&i64::from(model.id().0), &&id.0[..]])?;
        with(rows.first().map(|row| row::record(row, 0)).transpose()?);
        Ok(())
    }

    fn unique(&self, model: ModelId, constraint: u32, key: &[u8]) -> Result<Option<RecordId>, Problem> {
        let sql = "SELECT record FROM dmr_unique_key WHERE tenant_id = 1 AND model = $1 AND rule = $2 AND hold = $3";
        let rows = self.ask(sql, &[&i64::from(model.0), &i64::from(constraint), &super::key::hold(key)])?;
        rows.first().map(|row| row::bytes(row, 0).map(RecordId)).transpose()
    }

    fn uniques(&self, model: ModelId) -> Result<Vec<(u32, Vec<u8>, RecordId)>, Problem> {
        let sql = "SELECT rule, COALESCE(whole, hold), record FROM dmr_unique_key WHERE tenant_id = 1 AND model = $1";
        let rows = self.ask(sql, &[&i64::from(model.0)])?;
        let mut all = rows
            .iter()
            .map(|row| Ok((number(row, 0)?, get(row, 1)?, RecordId(row::bytes(row, 2)?))))
            .collect::<Result<Vec<_>, Problem>>()?;
        all.sort_unstable();
        Ok(all)
    }

    fn walk(&self, walk: &Walk<'_>, each: &mut dyn FnMut(&[u8], RecordRef<'_>) -> ControlFlow<()>) -> Result<(), Problem> {
        super::walk::walk(self, walk, each)
    }

    fn scan(&self, scan: &Scan<'_>, each: EachScanned<'_>) -> Result<(), Problem> {
        let mut places = Places::default();
        super::walk::walk_at_once(self, &scan.walk(), &mut |_, record| scan.hand(record, &mut places, each))
    }

    fn keys(&self, model: ModelId, stretch: &Stretch<'_>, most: u64) -> Result<u64, Problem> {
        let (model, index, most) = (i64::from(model.0), i64::from(stretch.index), i64::try_from(most).unwrap_or(i64::MAX));
        let (head, rest) = super::key::cut(stretch.lower);
        let mut values: Vec<&(dyn ToSql + Sync)> = vec![&model, &index, &head, &rest, &most];
        let until = stretch.upper.map(super::key::cut);
        let mut below = "";
        if let Some((head, rest)) = &until {
            below = "AND (head, rest) < ($6, $7)";
            values.extend([head as &(dyn ToSql + Sync), rest]);
        }
        let sql = format!(
            "SELECT count(*) FROM (SELECT 1 FROM dmr_entry \
             WHERE tenant_id = 1 AND model = $1 AND idx = $2 AND (head, rest) >= ($3, $4) {below} LIMIT $5) AS stretch"
        );
        self.ask(&sql, &values)?.first().map_or(Ok(0), |row| number(row, 0))
    }

    fn counts(&self, model: ModelId) -> Result<Counts, Problem> {
        let rows = self.ask(COUNTS, &[&i64::from(model.0)])?;
        rows.first().map_or_else(|| Ok(Counts::default()), counts)
    }

    fn log(&self, range: &LogRange, each: &mut dyn FnMut(&Entry) -> ControlFlow<()>) -> Result<(), Problem> {
        super::entries::walk(self, range, each)
    }

    fn quarantine(&self, ingest: Option<RecordId>, after: Option<RecordId>, limit: usize) -> Result<Vec<Quarantined>, Problem> {
        let after = after.as_ref().map_or(&[][..], |id| &id.0[..]);
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        let rows = if let Some(ingest) = &ingest {
            let sql = format!(
                "SELECT {} FROM dmr_quarantine WHERE tenant_id = 1 AND ingest = $1 AND id > $2 ORDER BY id LIMIT $3",
                row::QUARANTINED
            );
            self.ask(&sql, &[&&ingest.0[..], &after, &limit])?
        } else {
            let sql = format!("SELECT {} FROM dmr_quarantine WHERE tenant_id = 1 AND id > $1 ORDER BY id LIMIT $2", row::QUARANTINED);
            self.ask(&sql, &[&after, &limit])?
        };
        rows.iter().map(row::quarantined).collect()
    }

    fn quarantined(&self, ingest: RecordId, id: RecordId) -> Result<Option<Quarantined>, Problem> {
        let sql = format!("SELECT {} FROM dmr_quarantine WHERE tenant_id = 1 AND id = $1", row::QUARANTINED);
        let rows = self.ask(&sql, &[&&id.0[..]])?;
        let found = rows.first().map(row::quarantined).transpose()?;
        Ok(found.filter(|row| row.ingest == ingest))
    }

    fn outcome(&self, scope: &[u8; 32]) -> Result<Option<Outcome>, Problem> {
        let sql = format!("SELECT {} FROM dmr_outcome WHERE tenant_id = 1 AND scope = $1", row::OUTCOME);
        self.ask(&sql, &[&&scope[..]])?.first().map(row::outcome).transpose()
    }

    fn outcomes(&self) -> Result<Vec<Outcome>, Problem> {
        let sql = format!("SELECT {} FROM dmr_outcome WHERE tenant_id = 1 ORDER BY scope", row::OUTCOME);
        self.ask(&sql, &[])?.iter().map(row::outcome).collect()
    }

    fn note(&self, name: &str) -> Result<Option<Value>, Problem> {
        let rows = self.ask("SELECT value FROM dmr_note WHERE tenant_id = 1 AND name = $1", &[&name])?;
        rows.first().map(|row| Ok(raw::value(get::<&str>(row, 0)?.as_bytes()))).transpose()
    }
}

/// Live and deleted records of a model: see [`counts`].
pub(super) const COUNTS: &str = "SELECT live, deleted FROM dmr_tally WHERE tenant_id = 1 AND model = $1";

pub(super) fn counts(row: &Row) -> Result<Counts, Problem> {
    Ok(Counts { live: number(row, 0)?, deleted: number(row, 1)? })
}

/// A question for records.
pub(super) fn records(which: &str) -> String {
    format!("SELECT {} FROM dmr_record AS r {which}", row::RECORD)
}
