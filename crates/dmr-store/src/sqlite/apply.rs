//! Writes changes and their log entries: the same rules as the memory store's, in SQL.

use super::batch::Batch;
use super::fault::Fault;
use super::schema::TENANT;
use super::table::{INSERT_DOC, Table, UPDATE_DOC, as_text, bind_changed, bind_made};
use dmr_core::change::{Change, Outcome, QuarantineChange, RecordChange, RegistryChange, RegistryKind};
use dmr_core::log::By;
use dmr_core::model::{Model, ModelId};
use dmr_core::record::{Record, RecordId};
use dmr_core::{Code, Problem, json};
use rusqlite::{OptionalExtension, params};
use std::sync::Arc;

impl Batch<'_> {
    /// Writes the changes of one command; gives the position of the last entry (0 without changes). After an error what was written of
    /// them has to be taken back.
    pub fn apply(&mut self, changes: &[Change], by: By) -> Result<u64, Fault> {
        let mut position = 0;
        for run in changes.chunk_by(are_new_alike) {
            match run {
                [Change::Record(change)] => self.record(change)?,
                [Change::Registry(change)] => self.register(change)?,
                [Change::Quarantine(change)] => self.set_aside(change)?,
                [Change::Outcome(outcome)] => self.keep_outcome(outcome, by.time)?,
                run => self.make(run)?,
            }
            for change in run {
                position = self.append(change, by)?;
            }
        }
        Ok(position)
    }

    /// Writes new records of one model.
    fn make(&mut self, run: &[Change]) -> Result<(), Fault> {
        let Some(Change::Record(one)) = run.first() else { return Ok(()) };
        let model = &one.model;
        let records: Vec<&Record> = run
            .iter()
            .filter_map(|change| match change {
                Change::Record(change) => change.after.as_ref(),
                _ => None,
            })
            .collect();
        let table = self.layouts.table(model.id()).clone();
        let mut rest = &records[..];
        while !rest.is_empty() {
            let (now, later) = rest.split_at(table.at_once(rest.len()));
            let first = self.allot(now.len());
            self.insert(&table, model.id(), first, now)?;
            for (row, record) in (first..).zip(now) {
                let live = Some(*record).filter(|record| record.deleted_at.is_none());
                self.move_entries(model, row, None, live)?;
                self.move_uniques(model, record.id, None, live)?;
                self.move_words(model, row, None, live)?;
                self.follow(model.id(), row, None, Some(record))?;
                self.count(model.id(), None, Some(record))?;
            }
            rest = later;
        }
        Ok(())
    }

    fn record(&mut self, change: &RecordChange) -> Result<(), Fault> {
        let model = &change.model;
        let table = self.layouts.table(model.id()).clone();
        let row = match (&change.before, &change.after) {
            (None, Some(after)) => {
                let row = self.allot(1);
                self.insert(&table, model.id(), row, &[after])?;
                Some(row)
            }
            (Some(before), Some(after)) => Some(self.update(&table, model.id(), before, after)?),
            (Some(before), None) => Some(self.remove(&table, model.id(), before)?),
            (None, None) => None,
        };
        let Some(row) = row else { return Ok(()) };
        self.follow(model.id(), row, change.before.as_ref(), change.after.as_ref())?;
        let before = change.before.as_ref().filter(|record| record.deleted_at.is_none());
        let after = change.after.as_ref().filter(|record| record.deleted_at.is_none());
        self.move_entries(model, row, before, after)?;
        self.move_uniques(model, change.id(), before, after)?;
        self.move_words(model, row, before, after)?;
        self.count(model.id(), change.before.as_ref(), change.after.as_ref())
    }

    /// Writes new rows, as many as [`Table::at_once`] says; they have the numbers from `first` on.
    pub(super) fn insert(&self, table: &Table, model: ModelId, first: i64, records: &[&Record]) -> Result<(), Fault> {
        let mut statement = self.connection.prepare_cached(table.insert(records.len()))?;
        statement.raw_bind_parameter(1, model.0)?;
        for ((at, record), row) in records.iter().enumerate().zip(first..) {
            let from = at * table.parameters();
            bind_made(&mut statement, from, row, &record.as_ref())?;
            table.bind_doc(&mut statement, from + INSERT_DOC, &record.doc)?;
        }
        statement.raw_execute()?;
        Ok(())
    }

    fn update(&mut self, table: &Table, model: ModelId, before: &Record, after: &Record) -> Result<i64, Fault> {
        let row = self.row_of(table, model, after.id)?;
        let mut statement = self.connection.prepare_cached(&table.update)?;
        bind_changed(&mut statement, row, before.version, &after.as_ref())?;
        let last = table.bind_doc(&mut statement, UPDATE_DOC, &after.doc)?;
        statement.raw_bind_parameter(last, after.deleted_at)?;
        expect_one(statement.raw_execute()?, after.id)?;
        Ok(row)
    }

    fn remove(&mut self, table: &Table, model: ModelId, before: &Record) -> Result<i64, Fault> {
        let row = self.row_of(table, model, before.id)?;
        let removed = self.connection.prepare_cached(&table.delete)?.execute(params![row, before.version.cast_signed()])?;
        self.rows.borrow_mut().remove(&(model, before.id));
        expect_one(removed, before.id)?;
        Ok(row)
    }

    fn row_of(&self, table: &Table, model: ModelId, id: RecordId) -> Result<i64, Fault> {
        if let Some(row) = self.rows.borrow().get(&(model, id)) {
            return Ok(*row);
        }
        let mut statement = self.connection.prepare_cached(&table.row_of)?;
        let row = statement.query_row(params![model.0, &id.0[..]], |row| row.get(0)).optional()?;
        row.ok_or_else(|| Fault::Command(moved(id)))
    }

    fn move_entries(&self, model: &Model, row: i64, before: Option<&Record>, after: Option<&Record>) -> Result<(), Fault> {
        for index in &model.indexes {
            let old = before.map(|record| index.key(&record.as_ref()));
            let new = after.map(|record| index.key(&record.as_ref()));
            self.move_entry(model.id(), index.id, row, old, new)?;
        }
        Ok(())
    }

    /// Moves an entry from one key to another; none: it is not there.
    pub(super) fn move_entry(&self, model: ModelId, index: u32, row: i64, old: Option<Vec<u8>>, new: Option<Vec<u8>>) -> Result<(), Fault> {
        if old == new {
            return Ok(());
        }
        if let Some(old) = old {
            let sql = "DELETE FROM entry WHERE tenant = 1 AND model = ?1 AND idx = ?2 AND key = ?3";
            self.connection.prepare_cached(sql)?.execute(params![model.0, index, old])?;
        }
        new.map_or(Ok(()), |new| self.insert_entry(model, index, &new, row))
    }

    pub(super) fn insert_entry(&self, model: ModelId, index: u32, key: &[u8], row: i64) -> Result<(), Fault> {
        let mut statement = self.connection.prepare_cached("INSERT INTO entry(tenant, model, idx, key, row) VALUES(1, ?1, ?2, ?3, ?4)")?;
        statement.raw_bind_parameter(1, model.0)?;
        statement.raw_bind_parameter(2, index)?;
        statement.raw_bind_parameter(3, key)?;
        statement.raw_bind_parameter(4, row)?;
        statement.raw_execute()?;
        Ok(())
    }

    fn move_uniques(&self, model: &Model, id: RecordId, before: Option<&Record>, after: Option<&Record>) -> Result<(), Fault> {
        for unique in &model.uniques {
            let old = before.and_then(|record| unique.key(&record.doc));
            let new = after.and_then(|record| unique.key(&record.doc));
            if old == new {
                continue;
            }
            if let Some(old) = old {
                let mut statement =
                    self.connection.prepare_cached("DELETE FROM unique_key WHERE tenant = 1 AND model = ?1 AND rule = ?2 AND key = ?3")?;
                statement.execute(params![model.id().0, unique.id, old])?;
            }
            if let Some(new) = new {
                self.insert_unique(model.id(), unique.id, &new, id)?;
            }
        }
        Ok(())
    }

    pub(super) fn insert_unique(&self, model: ModelId, constraint: u32, key: &[u8], id: RecordId) -> Result<(), Fault> {
        let sql = "INSERT INTO unique_key(tenant, model, rule, key, record) VALUES(1, ?1, ?2, ?3, ?4)";
        self.connection.prepare_cached(sql)?.execute(params![model.0, constraint, key, &id.0[..]])?;
        Ok(())
    }

    fn register(&mut self, change: &RegistryChange) -> Result<(), Fault> {
        let (what, key) = (change.what.as_str(), &change.key);
        match &change.after {
            Some(after) => {
                let sql = "INSERT INTO registry(tenant, what, key, body) VALUES(1, ?1, ?2, ?3) \
                           ON CONFLICT(tenant, what, key) DO UPDATE SET body = excluded.body";
                self.connection.prepare_cached(sql)?.execute(params![what, key, json::to_string(after)])?;
            }
            None => {
                let sql = "DELETE FROM registry WHERE tenant = 1 AND what = ?1 AND key = ?2";
                self.connection.prepare_cached(sql)?.execute(params![what, key])?;
            }
        }
        if change.what == RegistryKind::Model {
            let gone = change.after.is_none() || change.new_model.as_ref().is_some_and(|model| model.head.deleted);
            let of = change.new_model.as_ref().or(change.old_model.as_ref());
            match (of, &change.new_model) {
                (Some(model), _) if gone => self.drop_model(model.id())?,
                (_, Some(new)) => self.lay_out(change.old_model.as_ref(), &Arc::clone(new))?,
                _ => return Err(Fault::Command(Problem::new(Code::Internal, "a change of a model came without the model"))),
            }
        }
        Ok(())
    }

    fn set_aside(&self, change: &QuarantineChange) -> Result<(), Fault> {
        let row = &change.row;
        if change.added {
            let sql = "INSERT INTO quarantine(tenant, id, ingest, model, line, byte, code, message, raw) \
                       VALUES(1, ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)";
            self.connection.prepare_cached(sql)?.execute(params![
                &row.id.0[..],
                &row.ingest.0[..],
                row.model.0,
                row.line.cast_signed(),
                row.byte.cast_signed(),
                row.code,
                row.message,
                row.raw
            ])?;
        } else {
            self.connection.prepare_cached("DELETE FROM quarantine WHERE tenant = 1 AND id = ?1")?.execute([&row.id.0[..]])?;
        }
        Ok(())
    }

    /// Keeps an outcome and forgets those that have expired: as of the entry's time, so that replay forgets the same.
    fn keep_outcome(&self, outcome: &Outcome, now: i64) -> Result<(), Fault> {
        self.connection.prepare_cached("DELETE FROM outcome WHERE tenant = 1 AND expires_at <= ?1")?.execute([now])?;
        let sql = "INSERT OR REPLACE INTO outcome(tenant, scope, request, expires_at, answer) VALUES(1, ?1, ?2, ?3, ?4)";
        self.connection.prepare_cached(sql)?.execute(params![
            &outcome.scope[..],
            &outcome.request[..],
            outcome.expires_at,
            json::to_string(&outcome.answer)
        ])?;
        Ok(())
    }

    fn count(&mut self, model: ModelId, before: Option<&Record>, after: Option<&Record>) -> Result<(), Fault> {
        let mut counts = self.counts_of(model)?;
        let mut add = |record: Option<&Record>, by: i64| {
            if let Some(record) = record {
                let kept = if record.deleted_at.is_some() { &mut counts.deleted } else { &mut counts.live };
                *kept = kept.wrapping_add_signed(by);
            }
        };
        add(before, -1);
        add(after, 1);
        self.tallies.borrow_mut().insert(model, (counts, true));
        Ok(())
    }

    /// Writes the counts that changed.
    pub fn write_tallies(&self) -> Result<(), Fault> {
        for (model, (counts, changed)) in self.tallies.borrow_mut().iter_mut() {
            if std::mem::take(changed) {
                let sql = "INSERT OR REPLACE INTO tally(tenant, model, live, deleted) VALUES(1, ?1, ?2, ?3)";
                let mut statement = self.connection.prepare_cached(sql)?;
                statement.execute(params![model.0, counts.live.cast_signed(), counts.deleted.cast_signed()])?;
            }
        }
        Ok(())
    }
}

/// Keeps a note or forgets it; no change of state.
pub(super) fn set_note(connection: &rusqlite::Connection, name: &str, value: Option<&dmr_core::Value>) -> rusqlite::Result<()> {
    match value {
        Some(value) => {
            let text = json::to_string(value).into_bytes();
            connection.execute("INSERT OR REPLACE INTO note(name, value) VALUES(?1, ?2)", params![name, as_text(&text)?])?;
        }
        None => drop(connection.execute("DELETE FROM note WHERE name = ?1", [name])?),
    }
    Ok(())
}

const _: () = assert!(TENANT == 1, "statements spell the tenant's number");

/// Whether two changes make records of one model: such runs are written several rows a statement.
fn are_new_alike(one: &Change, other: &Change) -> bool {
    match (one, other) {
        (Change::Record(one), Change::Record(other)) => {
            one.before.is_none()
                && one.after.is_some()
                && other.before.is_none()
                && other.after.is_some()
                && Arc::ptr_eq(&one.model, &other.model)
        }
        _ => false,
    }
}

fn expect_one(changed: usize, id: RecordId) -> Result<(), Fault> {
    if changed == 1 { Ok(()) } else { Err(Fault::Command(moved(id))) }
}

fn moved(id: RecordId) -> Problem {
    Problem::new(Code::Internal, format!("the record {id} is not what the change found"))
}
