//! What nothing refers to any more is deleted in slices, behind everything else; a note tells the next start what is left.

use super::batch::Batch;
use super::fault::Fault;
use dmr_core::Value;
use dmr_core::model::ModelId;
use rusqlite::{Connection, OptionalExtension, params};

/// How many rows a slice deletes.
const SLICE: i64 = 1000;

/// What is to be deleted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Sweep {
    /// The rows of a model in the table that flexible models share: its records lie in a table of their own.
    Records(ModelId),
    /// The entries of an index that a model does not have; its number is never given again.
    Entries(ModelId, u32),
    /// The words of a model that has no SEARCHABLE field.
    Words(ModelId),
}

impl Sweep {
    fn name(self) -> String {
        match self {
            Self::Records(model) => format!("sweep/records/{}", model.0),
            Self::Entries(model, index) => format!("sweep/entries/{}/{index}", model.0),
            Self::Words(model) => format!("sweep/words/{}", model.0),
        }
    }

    fn parse(name: &str) -> Option<Self> {
        let mut parts = name.strip_prefix("sweep/")?.split('/');
        let (what, model) = (parts.next()?, ModelId(parts.next()?.parse().ok()?));
        match (what, parts.next()) {
            ("records", None) => Some(Self::Records(model)),
            ("words", None) => Some(Self::Words(model)),
            ("entries", Some(index)) => Some(Self::Entries(model, index.parse().ok()?)),
            _ => None,
        }
    }
}

/// What is left to delete, the oldest name first.
pub(super) fn next(connection: &Connection) -> rusqlite::Result<Option<Sweep>> {
    let sql = "SELECT name FROM note WHERE name >= 'sweep/' AND name < 'sweep0' ORDER BY name";
    let mut statement = connection.prepare_cached(sql)?;
    let mut names = statement.query_map([], |row| row.get::<_, String>(0))?;
    names.find_map(|name| name.map(|name| Sweep::parse(&name)).transpose()).transpose()
}

impl Batch<'_> {
    /// Has something deleted: at once where it is little, else later.
    pub(super) fn sweep_later(&mut self, what: Sweep) -> Result<(), Fault> {
        if self.sweep_slice(what)? {
            return Ok(());
        }
        super::apply::set_note(self.connection, &what.name(), Some(&Value::Bool(true)))?;
        self.sweeps = true;
        Ok(())
    }

    /// Deletes a slice.
    pub(super) fn sweep(&mut self) -> Result<(), Fault> {
        let Some(what) = next(self.connection)? else {
            self.sweeps = false;
            return Ok(());
        };
        if self.sweep_slice(what)? {
            super::apply::set_note(self.connection, &what.name(), None)?;
        }
        self.sweeps = true;
        Ok(())
    }

    /// Deletes all of something at once, if it was to be deleted: its place is needed.
    pub(super) fn finish_sweep(&mut self, what: Sweep) -> Result<(), Fault> {
        while !self.sweep_slice(what)? {}
        super::apply::set_note(self.connection, &what.name(), None)?;
        Ok(())
    }

    /// Says whether it was the last.
    fn sweep_slice(&self, what: Sweep) -> Result<bool, Fault> {
        match what {
            // What lies there is the model's own again.
            Sweep::Records(model) if !self.layouts.0.contains_key(&model) && !self.fillings.contains_key(&model) => Ok(true),
            Sweep::Records(model) => {
                let sql = "DELETE FROM record WHERE row IN (SELECT row FROM record WHERE tenant = 1 AND model = ?1 LIMIT ?2)";
                let deleted = self.connection.prepare_cached(sql)?.execute(params![model.0, SLICE])?;
                Ok(i64::try_from(deleted).unwrap_or(0) < SLICE)
            }
            Sweep::Words(model) => Ok(self.drop_some_words(model, SLICE)? < SLICE),
            Sweep::Entries(model, index) => {
                let sql = "SELECT key FROM entry WHERE tenant = 1 AND model = ?1 AND idx = ?2 ORDER BY key LIMIT 1 OFFSET ?3";
                let mut end = self.connection.prepare_cached(sql)?;
                let end: Option<Vec<u8>> = end.query_row(params![model.0, index, SLICE], |row| row.get(0)).optional()?;
                let sql = "DELETE FROM entry WHERE tenant = 1 AND model = ?1 AND idx = ?2 AND (?3 IS NULL OR key < ?3)";
                self.connection.prepare_cached(sql)?.execute(params![model.0, index, end])?;
                Ok(end.is_none())
            }
        }
    }
}
