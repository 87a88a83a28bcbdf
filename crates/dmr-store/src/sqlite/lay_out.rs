//! Brings tables, entries and unique keys to what a model says now, in the transaction that says it.

use super::batch::Batch;
use super::fault::Fault;
use super::filling::Needs;
use super::structured::Column;
use super::sweep::Sweep;
use super::table::{Layouts, Table};
use crate::Counts;
use crate::follow::Followed;
use dmr_core::model::{Index, Model, ModelId, Unique};
use dmr_core::record::Record;
use dmr_core::words::count;
use dmr_core::{Code, Problem};
use rusqlite::{Connection, params};
use std::collections::BTreeMap;
use std::sync::Arc;

/// The most typed columns of a table; further fields stand in `rest`.
const MOST_COLUMNS: usize = 1000;

/// Reads the layouts of a file.
pub(super) fn read_layouts(connection: &Connection) -> Result<Layouts, Problem> {
    let read = || -> rusqlite::Result<Vec<(u32, i64, String)>> {
        let mut statement = connection.prepare("SELECT model, number, columns FROM layout WHERE tenant = 1 AND columns IS NOT NULL")?;
        statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?.collect()
    };
    let mut layouts = Layouts::default();
    for (model, number, columns) in read().map_err(super::fault::failed)? {
        let columns: Vec<Column> = serde_json::from_str(&columns)
            .map_err(|error| Problem::new(Code::DataDamaged, format!("the layout of model {model}: {error}")))?;
        layouts.0.insert(ModelId(model), Arc::new(Table::structured(table_name(model, number), columns)));
    }
    Ok(layouts)
}

fn table_name(model: u32, number: i64) -> String {
    format!("m{model}_{number}")
}

impl Batch<'_> {
    /// Makes what lies in the file what the model says.
    pub(super) fn lay_out(&mut self, old: Option<&Arc<Model>>, new: &Arc<Model>) -> Result<(), Fault> {
        let filled = self.take_filling(new)?;
        let moved = self.place(new, filled.as_ref().and_then(|filled| filled.target.as_ref()))?;
        let mut followed = Followed::of(old.map(|old| &**old), new);
        if moved && let Some(old) = old {
            followed = followed.all_indexes(old, new);
        }
        followed.new_indexes.retain(|index| !filled.as_ref().is_some_and(|filled| filled.indexes.contains(index)));
        for index in &followed.stale_indexes {
            if new.index(*index).is_some() {
                let sql = "DELETE FROM entry WHERE tenant = 1 AND model = ?1 AND idx = ?2";
                self.connection.prepare_cached(sql)?.execute(params![new.id().0, index])?;
            } else {
                self.sweep_later(Sweep::Entries(new.id(), *index))?;
            }
        }
        for unique in &followed.stale_uniques {
            let sql = "DELETE FROM unique_key WHERE tenant = 1 AND model = ?1 AND rule = ?2";
            self.connection.prepare_cached(sql)?.execute(params![new.id().0, unique])?;
        }
        for index in &followed.new_indexes {
            self.finish_sweep(Sweep::Entries(new.id(), *index))?;
        }
        if followed.words
            && !filled.as_ref().is_some_and(|filled| filled.words)
            && let Some(old) = old
        {
            self.finish_sweep(Sweep::Words(new.id()))?;
            self.make_words(old, new)?;
        }
        if old.is_some() && !followed.brings_nothing() {
            let indexes: Vec<&Index> = new.indexes.iter().filter(|index| followed.new_indexes.contains(&index.id)).collect();
            let uniques: Vec<&Unique> = new.uniques.iter().filter(|unique| followed.new_uniques.contains(&unique.id)).collect();
            self.fill(new, &indexes, &uniques)?;
        }
        Ok(())
    }

    /// Drops everything a model holds but its registry rows and its log.
    pub(super) fn drop_model(&mut self, model: ModelId) -> Result<(), Fault> {
        for table in ["record", "entry", "unique_key", "tally"] {
            self.connection.execute(&format!("DELETE FROM {table} WHERE tenant = 1 AND model = ?1"), [model.0])?;
        }
        self.forget_filling(model)?;
        self.drop_words(model)?;
        self.tallies.borrow_mut().remove(&model);
        self.rows.borrow_mut().retain(|(of, _), _| *of != model);
        if let Some(table) = self.layouts.0.remove(&model) {
            self.connection.execute_batch(&format!("DROP TABLE {}", table.name))?;
            self.remember(model, None)?;
        }
        Ok(())
    }

    /// Sees to it that the records of a model lie where they belong; says whether their rows have other numbers now. `ready`: the table
    /// they were brought to already.
    fn place(&mut self, model: &Arc<Model>, ready: Option<&Arc<Table>>) -> Result<bool, Fault> {
        let id = model.id();
        let now = self.layouts.0.get(&id).cloned();
        match (self.needs(model), now) {
            (Needs::Nothing, None) => Ok(false),
            (Needs::Nothing, Some(own)) => self.add_columns(model, &own).map(|()| false),
            (Needs::Shared, own) => {
                self.layouts.0.remove(&id);
                let Some(own) = own else { return Ok(false) };
                if ready.is_none() {
                    self.connection.execute("DELETE FROM record WHERE tenant = 1 AND model = ?1", [id.0])?;
                    self.move_rows(id, &own, Layouts::shared(), false)?;
                }
                self.connection.execute_batch(&format!("DROP TABLE {}", own.name))?;
                self.remember(id, None)?;
                Ok(ready.is_none())
            }
            (Needs::Own, now) => {
                let columns = now.as_ref().and_then(|own| own.columns.clone()).unwrap_or_default();
                let table = match ready {
                    Some(table) => Arc::clone(table),
                    None => {
                        self.check_room(id)?;
                        let table = Arc::new(self.create_table(id, &columns, model)?);
                        self.move_rows(id, now.as_ref().unwrap_or_else(|| Layouts::shared()), &table, true)?;
                        table
                    }
                };
                self.remember(id, Some(table))?;
                match now {
                    Some(own) => self.connection.execute_batch(&format!("DROP TABLE {}", own.name))?,
                    None if self.counts_of(id)? == Counts::default() => {}
                    None => self.sweep_later(Sweep::Records(id))?,
                }
                Ok(false)
            }
        }
    }

    /// Refuses a table of its own to a model that would be one too many.
    pub(super) fn check_room(&self, id: ModelId) -> Result<(), Fault> {
        if self.layouts.0.contains_key(&id) || self.layouts.0.len() < self.most_structured {
            return Ok(());
        }
        Err(Fault::Command(too_many(self.most_structured)))
    }

    /// Adds columns for new fields. Columns of fields that are gone stay: older records hold values there.
    fn add_columns(&mut self, model: &Arc<Model>, own: &Arc<Table>) -> Result<(), Fault> {
        let columns = own.columns.as_deref().unwrap_or_default();
        let has = |id| columns.iter().any(|column| column.id == id);
        let added: Vec<Column> = wanted(model, columns)
            .iter()
            .filter(|(id, _)| !has(**id))
            .map(|(id, kind)| Column { name: format!("f{id}_1"), id: *id, kind: kind.clone() })
            .collect();
        if added.is_empty() {
            return Ok(());
        }
        for column in &added {
            self.connection.execute_batch(&format!("ALTER TABLE {} ADD COLUMN {}", own.name, column.declaration()))?;
        }
        let mut all: Vec<Column> = columns.iter().cloned().chain(added).collect();
        all.sort_by_key(|column| column.id);
        let table = Table::structured(own.name.clone(), all);
        self.remember(model.id(), Some(Arc::new(table)))
    }

    /// Makes the next table of a model. Its records lie where they did until it is remembered; its name is never given again.
    pub(super) fn create_table(&mut self, id: ModelId, columns: &[Column], model: &Model) -> Result<Table, Fault> {
        let sql = "INSERT INTO layout(tenant, model, number) VALUES(1, ?1, 1) ON CONFLICT(tenant, model) DO UPDATE SET number = number + 1 \
                   RETURNING number";
        let number: i64 = self.connection.query_row(sql, [id.0], |row| row.get(0))?;
        let made: Vec<Column> = wanted(model, columns)
            .into_iter()
            .map(|(field, kind)| match columns.iter().find(|column| column.id == field) {
                Some(column) if column.kind == kind => column.clone(),
                Some(column) => Column { name: next_name(&column.name), id: field, kind },
                None => Column { name: format!("f{field}_1"), id: field, kind },
            })
            .collect();
        let name = table_name(id.0, number);
        let declared: String = made.iter().map(|column| format!(", {}", column.declaration())).collect();
        self.connection.execute_batch(&format!(
            "CREATE TABLE {name}(row INTEGER PRIMARY KEY, tenant INTEGER NOT NULL, id BLOB NOT NULL, version INTEGER NOT NULL, \
             stamp INTEGER NOT NULL, created_at INTEGER NOT NULL, updated_at INTEGER, created_by BLOB NOT NULL, updated_by BLOB, \
             owner BLOB, deleted_at INTEGER, rest TEXT{declared}, UNIQUE(tenant, id))"
        ))?;
        Ok(Table::structured(name, made))
    }

    /// Keeps a layout: in the file, and for this transaction. Without one the model's records lie in the shared table.
    fn remember(&mut self, id: ModelId, table: Option<Arc<Table>>) -> Result<(), Fault> {
        let columns = table.as_ref().and_then(|table| table.columns.as_ref()).map(serde_json::to_string).transpose();
        let columns = columns.map_err(|error| Problem::new(Code::Internal, format!("a layout: {error}")))?;
        let sql = "UPDATE layout SET columns = ?2 WHERE tenant = 1 AND model = ?1";
        self.connection.execute(sql, params![id.0, columns])?;
        match table {
            Some(table) => drop(self.layouts.0.insert(id, table)),
            None => drop(self.layouts.0.remove(&id)),
        }
        self.layouts_changed = true;
        Ok(())
    }

    fn move_rows(&mut self, model: ModelId, from: &Table, to: &Table, keep_numbers: bool) -> Result<(), Fault> {
        self.rows.borrow_mut().clear();
        let mut next = self.next_row;
        self.each_row(from, model, &mut |row, record| {
            let row = if keep_numbers { row } else { next };
            next += i64::from(!keep_numbers);
            self.insert(to, model, row, &[&record])
        })?;
        self.next_row = next;
        Ok(())
    }

    /// Every row of a model, deleted ones too.
    pub(super) fn each_row(
        &self,
        table: &Table,
        model: ModelId,
        each: &mut dyn FnMut(i64, Record) -> Result<(), Fault>,
    ) -> Result<(), Fault> {
        let mut statement = self.connection.prepare(&format!("SELECT {} FROM {} WHERE {}", table.selected, table.name, table.scope))?;
        if statement.parameter_count() > 0 {
            statement.raw_bind_parameter(1, model.0)?;
        }
        let mut rows = statement.raw_query();
        let mut buffer = Vec::new();
        while let Some(row) = rows.next()? {
            let record = table.record(row, 0, &mut buffer)?.to_owned();
            each(row.get(0)?, record)?;
        }
        Ok(())
    }

    /// Makes entries and unique keys from the records that live.
    fn fill(&self, model: &Model, indexes: &[&Index], uniques: &[&Unique]) -> Result<(), Fault> {
        let table = self.layouts.table(model.id()).clone();
        // Sorted, so that the tables are written from front to back.
        let mut keys: BTreeMap<(u32, Vec<u8>), i64> = BTreeMap::new();
        self.each_row(&table, model.id(), &mut |row, record| {
            if record.deleted_at.is_none() {
                keys.extend(indexes.iter().map(|index| ((index.id, index.key(&record.as_ref())), row)));
                for unique in uniques {
                    if let Some(key) = unique.key(&record.doc) {
                        self.insert_unique(model.id(), unique.id, &key, record.id)?;
                    }
                }
            }
            Ok(())
        })?;
        keys.iter().try_for_each(|((index, key), row)| self.insert_entry(model.id(), *index, key, *row))
    }
}

/// The fields that have columns: those of the model that have a native form, and those that had one before. By id.
pub(super) fn wanted(model: &Model, columns: &[Column]) -> BTreeMap<dmr_core::model::FieldId, dmr_core::FieldType> {
    let mut all: BTreeMap<_, _> = columns.iter().map(|column| (column.id, column.kind.clone())).collect();
    for field in model.fields.iter().filter(|field| field.shape.kind.has_native()) {
        if all.len() < MOST_COLUMNS || all.contains_key(&field.id) {
            all.insert(field.id, field.shape.kind.clone());
        }
    }
    all
}

/// Whether a column holds values of another type than its field has now.
pub(super) fn retypes(model: &Model, own: &Table) -> bool {
    let columns = own.columns.as_deref().unwrap_or_default();
    let wanted = wanted(model, columns);
    columns.iter().any(|column| wanted.get(&column.id).is_some_and(|kind| *kind != column.kind))
}

/// Whether a name is one that a table of a model's own can have.
pub(super) fn is_own_name(name: &str, model: ModelId) -> bool {
    let number = name.strip_prefix(&format!("m{}_", model.0));
    number.is_some_and(|number| !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit()))
}

/// `f3_1` becomes `f3_2`.
fn next_name(name: &str) -> String {
    match name.split_once('_') {
        Some((field, number)) => format!("{field}_{}", number.parse::<u32>().unwrap_or(0) + 1),
        None => format!("{name}_2"),
    }
}

fn too_many(most: usize) -> Problem {
    Problem::new(Code::StorageLimit, format!("at most {} of a file can be structured", count(most as u64, "model")))
        .budget("storage.structured_models", most as u64, None)
        .suggest("Register it as flexible: its indexes and constraints are the same")
}
