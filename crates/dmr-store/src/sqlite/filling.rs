//! Making ready, slice by slice beside other writes, what a change of a model needs of its records: their rows in another table, the
//! entries of new indexes, the words of new SEARCHABLE fields. The change itself then only has to say that they are there (D4, M5).
//!
//! Records are copied in order of id. A write to one that was copied already is made in both places, one to a later one only where the
//! records are now: at the end both places hold the same. Rows keep their numbers, so that entries and words need not follow; numbers are
//! given once in a file. A note tells the next start what an earlier process left half made.

use super::batch::Batch;
use super::fault::Fault;
use super::lay_out::{self, wanted};
use super::sweep::Sweep;
use super::table::{Layouts, Table, UPDATE_DOC, bind_changed};
use crate::aside::{Aside, Filled};
use crate::follow::{Followed, has_words, only_adds_words, same_index_names};
use dmr_core::model::{Index, Model, ModelId, Storage};
use dmr_core::record::{Record, RecordId};
use dmr_core::{Code, Problem};
use rusqlite::params;
use serde_json::{Value, json};
use std::collections::HashMap;
use std::sync::Arc;
use std::time::Instant;

/// How many rows go by between two looks at the clock.
const LOOK_EVERY: u64 = 32;

/// What is being made ready of each model.
pub(super) type Fillings = HashMap<ModelId, Filling>;

/// What is being made ready of a model.
#[derive(Debug, Clone)]
pub(super) struct Filling {
    /// What the model will be.
    new: Arc<Model>,
    /// Where its records will lie; none where they stay.
    pub target: Option<Arc<Table>>,
    /// The indexes whose entries come, by id.
    pub indexes: Vec<u32>,
    /// Whether the words of further SEARCHABLE fields come.
    pub words: bool,
    /// Whether the model had words before.
    had_words: bool,
    /// The last record that was copied.
    through: Option<RecordId>,
    is_done: bool,
    copied: u64,
}

/// Where the records of a model have to lie, seen from where they do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Needs {
    /// Where they are.
    Nothing,
    /// In the table that flexible models share.
    Shared,
    /// In a new table of their own.
    Own,
}

impl Filling {
    fn coming(&self) -> impl Iterator<Item = &Index> {
        self.indexes.iter().filter_map(|id| self.new.index(*id))
    }

    fn has_copied(&self, id: RecordId) -> bool {
        self.is_done || self.through.is_some_and(|through| id <= through)
    }

    /// Whether it is what a change needs that came since.
    fn fits(&self, needs: Needs, new: &Model) -> bool {
        let lies = match (needs, &self.target) {
            (Needs::Nothing, None) => true,
            (Needs::Shared, Some(table)) => table.columns.is_none(),
            (Needs::Own, Some(table)) => table.columns.as_ref().is_some_and(|columns| {
                wanted(new, columns).iter().all(|(id, kind)| columns.iter().any(|column| column.id == *id && column.kind == *kind))
            }),
            _ => false,
        };
        let same = |index: &Index| new.index(index.id) == Some(index) && same_index_names(&self.new, new, index);
        let says = !self.words || has_words(Some(&self.new), new);
        self.is_done && lies && says && self.coming().all(same)
    }
}

impl Batch<'_> {
    /// Does what is asked for beside commands.
    pub(super) fn aside(&mut self, what: &Aside) -> Result<Filled, Fault> {
        match what {
            Aside::Begin(old, new) => self.begin_filling(old, new),
            Aside::Slice(model) => self.fill_slice(*model),
            Aside::Forget(model) => self.forget_filling(*model).map(|()| Filled::Done),
            Aside::Sweep => self.sweep().map(|()| Filled::Done),
        }
    }

    fn begin_filling(&mut self, old: &Arc<Model>, new: &Arc<Model>) -> Result<Filled, Fault> {
        let id = new.id();
        self.forget_filling(id)?;
        let mut indexes = Followed::of(Some(old), new).new_indexes;
        // An index that the model has already is read while the records are gone through.
        indexes.retain(|index| old.index(*index).is_none());
        let target = match self.needs(new) {
            Needs::Nothing => None,
            Needs::Shared => {
                self.finish_sweep(Sweep::Records(id))?;
                Some(Layouts::shared().clone())
            }
            Needs::Own => {
                self.check_room(id)?;
                let columns = self.layouts.0.get(&id).and_then(|own| own.columns.clone()).unwrap_or_default();
                Some(Arc::new(self.create_table(id, &columns, new)?))
            }
        };
        let (words, had_words) = (only_adds_words(old, new), !old.searched.is_empty());
        if target.is_none() && indexes.is_empty() && !words {
            return Ok(Filled::Done);
        }
        if words {
            self.finish_sweep(Sweep::Words(id))?;
        }
        for index in &indexes {
            self.finish_sweep(Sweep::Entries(id, *index))?;
        }
        let note = json!({ "table": target.as_ref().map(|table| &table.name), "indexes": indexes, "first_words": words && !had_words });
        super::apply::set_note(self.connection, &note_name(id), Some(&note))?;
        let new = new.clone();
        self.fillings.insert(id, Filling { new, target, indexes, words, had_words, through: None, is_done: false, copied: 0 });
        Ok(Filled::More(0))
    }

    /// Where the records of a model have to lie.
    pub(super) fn needs(&self, model: &Model) -> Needs {
        match (self.layouts.0.get(&model.id()), model.storage()) {
            (None, Storage::Flexible) => Needs::Nothing,
            (Some(_), Storage::Flexible) => Needs::Shared,
            (None, Storage::Structured) => Needs::Own,
            (Some(own), Storage::Structured) if lay_out::retypes(model, own) => Needs::Own,
            (Some(_), Storage::Structured) => Needs::Nothing,
        }
    }

    fn fill_slice(&mut self, model: ModelId) -> Result<Filled, Fault> {
        let Some(filling) = self.fillings.get(&model) else { return Ok(Filled::Done) };
        let mut filling = filling.clone();
        let source = self.layouts.table(model).clone();
        let sql = format!("SELECT {} FROM {} WHERE {} AND id > ?2 ORDER BY id", source.selected, source.name, source.scope);
        let mut statement = self.connection.prepare_cached(&sql)?;
        statement.raw_bind_parameter(1, model.0)?;
        statement.raw_bind_parameter(2, filling.through.as_ref().map_or(&[][..], |id| &id.0[..]))?;
        let mut rows = statement.raw_query();
        let (mut buffer, began) = (Vec::new(), Instant::now());
        loop {
            let Some(row) = rows.next()? else {
                filling.is_done = true;
                break;
            };
            let record = source.record(row, 0, &mut buffer)?.to_owned();
            self.copy(&filling, row.get(0)?, &record)?;
            filling.through = Some(record.id);
            filling.copied += 1;
            if filling.copied.is_multiple_of(LOOK_EVERY) && began.elapsed() >= self.slice {
                break;
            }
        }
        let progress = if filling.is_done { Filled::Done } else { Filled::More(filling.copied) };
        self.fillings.insert(model, filling);
        Ok(progress)
    }

    fn copy(&self, filling: &Filling, row: i64, record: &Record) -> Result<(), Fault> {
        let model = filling.new.id();
        if let Some(target) = &filling.target {
            self.insert(target, model, row, &[record])?;
        }
        if record.deleted_at.is_none() {
            for index in filling.coming() {
                self.insert_entry(model, index.id, &index.key(&record.as_ref()), row)?;
            }
            if filling.words {
                self.bring_words(&filling.new, row, record, filling.had_words)?;
            }
        }
        Ok(())
    }

    /// The model whose words a record has: what the model will be, where they were brought already.
    pub(super) fn words_model<'m>(&'m self, model: &'m Model, id: RecordId) -> &'m Model {
        let filling = self.fillings.get(&model.id()).filter(|filling| filling.words && filling.has_copied(id));
        filling.map_or(model, |filling| &filling.new)
    }

    /// Makes a write to a record again where its copy lies.
    pub(super) fn follow(&self, model: ModelId, row: i64, before: Option<&Record>, after: Option<&Record>) -> Result<(), Fault> {
        let Some(id) = after.or(before).map(|record| record.id) else { return Ok(()) };
        let Some(filling) = self.fillings.get(&model).filter(|filling| filling.has_copied(id)) else { return Ok(()) };
        if let Some(target) = &filling.target {
            match (before, after) {
                (None, Some(after)) => drop(self.insert(target, model, row, &[after])?),
                (Some(before), Some(after)) => {
                    let mut statement = self.connection.prepare_cached(&target.update)?;
                    bind_changed(&mut statement, row, before.version, &after.as_ref())?;
                    let last = target.bind_doc(&mut statement, UPDATE_DOC, &after.doc)?;
                    statement.raw_bind_parameter(last, after.deleted_at)?;
                    expect_one(statement.raw_execute()?, id)?;
                }
                (Some(before), None) => {
                    let mut statement = self.connection.prepare_cached(&target.delete)?;
                    expect_one(statement.execute(params![row, before.version.cast_signed()])?, id)?;
                }
                (None, None) => {}
            }
        }
        let live = |record: Option<&Record>, index: &Index| {
            record.filter(|record| record.deleted_at.is_none()).map(|record| index.key(&record.as_ref()))
        };
        for index in filling.coming() {
            self.move_entry(model, index.id, row, live(before, index), live(after, index))?;
        }
        Ok(())
    }

    /// What was made ready for what a model is now, where it is complete and fits; whatever else was is forgotten.
    pub(super) fn take_filling(&mut self, new: &Model) -> Result<Option<Filling>, Fault> {
        let id = new.id();
        let needs = self.needs(new);
        match self.fillings.remove(&id) {
            Some(filling) if filling.fits(needs, new) => {
                super::apply::set_note(self.connection, &note_name(id), None)?;
                Ok(Some(filling))
            }
            Some(filling) => {
                self.fillings.insert(id, filling);
                self.forget_filling(id).map(|()| None)
            }
            None => Ok(None),
        }
    }

    /// Forgets what was made ready of a model.
    pub(super) fn forget_filling(&mut self, model: ModelId) -> Result<(), Fault> {
        let Some(filling) = self.fillings.remove(&model) else { return Ok(()) };
        let table = filling.target.as_ref().map(|table| table.name.as_str());
        self.take_back(model, table, &filling.indexes, filling.words && !filling.had_words)
    }

    /// Takes back what a process before this one left half made.
    pub(super) fn take_back_left(&mut self) -> Result<(), Fault> {
        let sql = "SELECT substr(name, 9), value FROM note WHERE name >= 'filling/' AND name < 'filling0'";
        let left: Vec<(String, String)> =
            self.connection.prepare(sql)?.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?.collect::<Result<_, _>>()?;
        for (model, note) in left {
            let Ok(model) = model.parse().map(ModelId) else { continue };
            let note: Value = serde_json::from_str(&note)
                .map_err(|error| Problem::new(Code::DataDamaged, format!("what is being made ready of model {}: {error}", model.0)))?;
            let indexes = note["indexes"].as_array().into_iter().flatten().filter_map(|id| u32::try_from(id.as_u64()?).ok());
            let first_words = note["first_words"].as_bool().unwrap_or_default();
            self.take_back(model, note["table"].as_str(), &indexes.collect::<Vec<_>>(), first_words)?;
        }
        Ok(())
    }

    /// Words that came to those a model has stay: nobody asks for them, and they go with the next change of the record's.
    fn take_back(&mut self, model: ModelId, table: Option<&str>, indexes: &[u32], first_words: bool) -> Result<(), Fault> {
        match table {
            None => {}
            Some(table) if table == Layouts::shared().name => self.sweep_later(Sweep::Records(model))?,
            // Its name was made here; whatever else a damaged note says is not dropped.
            Some(table) if lay_out::is_own_name(table, model) => self.connection.execute_batch(&format!("DROP TABLE IF EXISTS {table}"))?,
            Some(_) => {}
        }
        for index in indexes {
            self.sweep_later(Sweep::Entries(model, *index))?;
        }
        if first_words {
            self.sweep_later(Sweep::Words(model))?;
        }
        super::apply::set_note(self.connection, &note_name(model), None)?;
        Ok(())
    }
}

fn note_name(model: ModelId) -> String {
    format!("filling/{}", model.0)
}

fn expect_one(changed: usize, id: RecordId) -> Result<(), Fault> {
    if changed == 1 {
        return Ok(());
    }
    Err(Fault::Command(Problem::new(Code::Internal, format!("the copy of the record {id} is not what the change found"))))
}
