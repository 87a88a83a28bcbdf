//! Where the records of a model lie, and the statements that reach them.

use super::append::AT_ONCE;
use super::schema::TENANT;
use super::structured::{self, Column};
use dmr_core::model::ModelId;
use dmr_core::record::{PrincipalId, RecordId, RecordRef};
use rusqlite::types::ValueRef;
use rusqlite::{Row, Statement};
use std::collections::HashMap;
use std::sync::{Arc, LazyLock, OnceLock};

/// A table of records: the one that flexible models share, or a structured model's own. Its statements take the model as `?1`
/// wherever they take one, whether they use it or not, so that both are bound alike.
#[derive(Debug)]
pub(super) struct Table {
    pub name: String,
    /// Typed columns, in order of field id; none in the shared table, which has `doc`.
    pub columns: Option<Vec<Column>>,
    /// What tells this model's rows from others'.
    pub scope: &'static str,
    /// The columns that [`Table::record`] reads.
    pub selected: String,
    /// The same, of a table called `r`.
    pub qualified: String,
    /// `?2`: id.
    pub get: String,
    /// `?2`: id.
    pub row_of: String,
    /// What each number of rows of [`AT_ONCE`] is inserted with: see [`Table::insert`].
    inserts: [OnceLock<String>; AT_ONCE.len()],
    /// `?1` row, `?2` the version it has, then as [`bind_changed`] and [`Table::bind_doc`] say.
    pub update: String,
    /// `?1` row, `?2` the version it has.
    pub delete: String,
}

/// The columns of [`Table::record`], by position.
pub(super) const SYSTEM: &str = "row, id, version, stamp, created_at, updated_at, created_by, updated_by, owner, deleted_at";
pub(super) const DOC: usize = 10;

/// Every layout that is not the shared table.
#[derive(Debug, Clone, Default)]
pub(super) struct Layouts(pub HashMap<ModelId, Arc<Table>>);

impl Layouts {
    /// The table of a model.
    pub fn table(&self, model: ModelId) -> &Arc<Table> {
        self.0.get(&model).unwrap_or_else(|| Self::shared())
    }

    /// The table that flexible models share.
    pub fn shared() -> &'static Arc<Table> {
        static FLEXIBLE: LazyLock<Arc<Table>> = LazyLock::new(|| Arc::new(Table::flexible()));
        &FLEXIBLE
    }
}

impl Table {
    fn flexible() -> Self {
        Self::new("record".to_owned(), None)
    }

    /// A model's own table.
    pub fn structured(name: String, columns: Vec<Column>) -> Self {
        Self::new(name, Some(columns))
    }

    fn new(name: String, columns: Option<Vec<Column>>) -> Self {
        let scope = if columns.is_some() { "tenant = 1" } else { "tenant = 1 AND model = ?1" };
        let docs: Vec<&str> = match &columns {
            Some(columns) => std::iter::once("rest").chain(columns.iter().map(|column| column.name.as_str())).collect(),
            None => vec!["doc"],
        };
        let listed = docs.join(", ");
        let sets: Vec<String> = docs.iter().enumerate().map(|(at, name)| format!("{name} = ?{}", at + 8)).collect();
        Self {
            get: format!("SELECT {SYSTEM}, {listed} FROM {name} WHERE {scope} AND id = ?2"),
            qualified: format!("{SYSTEM}, {listed}").split(", ").map(|column| format!("r.{column}")).collect::<Vec<_>>().join(", "),
            selected: format!("{SYSTEM}, {listed}"),
            row_of: format!("SELECT row FROM {name} WHERE {scope} AND id = ?2"),
            inserts: Default::default(),
            update: format!(
                "UPDATE {name} SET version = ?3, stamp = ?4, updated_at = ?5, updated_by = ?6, owner = ?7, deleted_at = ?{}, {} \
                 WHERE row = ?1 AND version = ?2",
                docs.len() + 8,
                sets.join(", ")
            ),
            delete: format!("DELETE FROM {name} WHERE row = ?1 AND version = ?2"),
            scope,
            columns,
            name,
        }
    }

    /// How many of so many new rows one statement writes.
    pub fn at_once(&self, rows: usize) -> usize {
        // A statement of very many parameters takes longer to prepare than it saves.
        let most = if self.parameters() > 100 { 1 } else { rows };
        AT_ONCE.into_iter().find(|many| *many <= most).unwrap_or(1)
    }

    /// The parameters of each row of [`Table::insert`].
    pub fn parameters(&self) -> usize {
        INSERT_DOC - 2 + self.columns.as_ref().map_or(1, |columns| columns.len() + 1)
    }

    /// Inserts as many rows as [`Table::at_once`] said. `?1` model; then, for each row and counted on from the row before, `?2` row and as [`bind_made`] and [`Table::bind_doc`] say.
    pub fn insert(&self, rows: usize) -> &str {
        let at = AT_ONCE.into_iter().position(|many| many == rows).unwrap_or(AT_ONCE.len() - 1);
        self.inserts[at].get_or_init(|| {
            let parameters = self.parameters();
            let (model, of) = if self.columns.is_some() { ("", "") } else { ("model, ", "?1, ") };
            let row = |at: usize| {
                let places: Vec<String> = (0..parameters).map(|place| format!("?{}", at * parameters + place + 2)).collect();
                format!("({TENANT}, {of}{})", places.join(", "))
            };
            let values: Vec<String> = (0..rows).map(row).collect();
            format!("INSERT OR FAIL INTO {}(tenant, {model}{}) VALUES{}", self.name, self.selected, values.join(", "))
        })
    }

    /// Reads a row of `selected`, which begins at a column. A structured row's document is put together in `buffer`.
    pub fn record<'r>(&self, row: &'r Row<'_>, from: usize, buffer: &'r mut Vec<u8>) -> rusqlite::Result<RecordRef<'r>> {
        let doc = match &self.columns {
            None => text(row, from + DOC)?,
            Some(columns) => {
                buffer.clear();
                structured::join(columns, row, from + DOC, buffer)?;
                buffer
            }
        };
        Self::beside(row, from, doc)
    }

    /// Reads the columns of [`SYSTEM`], which begin at a column.
    pub fn beside<'r>(row: &Row<'_>, from: usize, doc: &'r [u8]) -> rusqlite::Result<RecordRef<'r>> {
        let created_at: i64 = row.get(from + 4)?;
        let created_by = principal(row, from + 6)?.unwrap_or_default();
        Ok(RecordRef {
            id: RecordId(sixteen(row, from + 1)?.unwrap_or_default()),
            version: row.get::<_, i64>(from + 2)?.cast_unsigned(),
            stamp: row.get(from + 3)?,
            created_at,
            updated_at: row.get::<_, Option<i64>>(from + 5)?.unwrap_or(created_at),
            created_by,
            updated_by: principal(row, from + 7)?.unwrap_or(created_by),
            owner: principal(row, from + 8)?.unwrap_or(created_by),
            deleted_at: row.get(from + 9)?,
            doc,
        })
    }

    /// Binds a document's columns from a parameter on; gives the parameter after them.
    pub fn bind_doc(&self, statement: &mut Statement<'_>, from: usize, doc: &[u8]) -> rusqlite::Result<usize> {
        match &self.columns {
            None => {
                statement.raw_bind_parameter(from, as_text(doc)?)?;
                Ok(from + 1)
            }
            Some(columns) => structured::bind(columns, statement, from, doc),
        }
    }
}

/// Binds what `insert` takes of a row beside the model and the document. The parameters of the rows before it are `from`.
pub(super) fn bind_made(statement: &mut Statement<'_>, from: usize, row: i64, record: &RecordRef<'_>) -> rusqlite::Result<()> {
    statement.raw_bind_parameter(from + 2, row)?;
    statement.raw_bind_parameter(from + 3, &record.id.0[..])?;
    statement.raw_bind_parameter(from + 4, record.version.cast_signed())?;
    statement.raw_bind_parameter(from + 5, record.stamp)?;
    statement.raw_bind_parameter(from + 6, record.created_at)?;
    statement.raw_bind_parameter(from + 7, differing(&record.updated_at, &record.created_at))?;
    statement.raw_bind_parameter(from + 8, &record.created_by.0[..])?;
    statement.raw_bind_parameter(from + 9, differing(&record.updated_by, &record.created_by).map(|id| &id.0[..]))?;
    statement.raw_bind_parameter(from + 10, differing(&record.owner, &record.created_by).map(|id| &id.0[..]))?;
    statement.raw_bind_parameter(from + 11, record.deleted_at)
}

/// Where a document begins among the parameters of `insert`, and of `update`.
pub(super) const INSERT_DOC: usize = 12;
pub(super) const UPDATE_DOC: usize = 8;

/// Binds what `update` takes before the document; `deleted_at` follows it.
pub(super) fn bind_changed(statement: &mut Statement<'_>, row: i64, before: u64, record: &RecordRef<'_>) -> rusqlite::Result<()> {
    statement.raw_bind_parameter(1, row)?;
    statement.raw_bind_parameter(2, before.cast_signed())?;
    statement.raw_bind_parameter(3, record.version.cast_signed())?;
    statement.raw_bind_parameter(4, record.stamp)?;
    statement.raw_bind_parameter(5, differing(&record.updated_at, &record.created_at))?;
    statement.raw_bind_parameter(6, differing(&record.updated_by, &record.created_by).map(|id| &id.0[..]))?;
    statement.raw_bind_parameter(7, differing(&record.owner, &record.created_by).map(|id| &id.0[..]))
}

fn differing<'a, T: PartialEq>(this: &'a T, created: &T) -> Option<&'a T> {
    (this != created).then_some(this)
}

fn principal(row: &Row<'_>, at: usize) -> rusqlite::Result<Option<PrincipalId>> {
    Ok(sixteen(row, at)?.map(PrincipalId))
}

/// Sixteen bytes; none where the column is null.
pub(super) fn sixteen(row: &Row<'_>, at: usize) -> rusqlite::Result<Option<[u8; 16]>> {
    match row.get_ref(at)? {
        ValueRef::Null => Ok(None),
        ValueRef::Blob(bytes) => bytes.try_into().map(Some).map_err(|_| damaged(at, "16 bytes")),
        _ => Err(damaged(at, "16 bytes")),
    }
}

/// The bytes of a text or blob.
pub(super) fn text<'r>(row: &'r Row<'_>, at: usize) -> rusqlite::Result<&'r [u8]> {
    row.get_ref(at)?.as_bytes().map_err(|_| damaged(at, "a text"))
}

/// JSON as SQLite wants texts. Core writes UTF-8.
pub(super) fn as_text(json: &[u8]) -> rusqlite::Result<&str> {
    std::str::from_utf8(json).map_err(|error| rusqlite::Error::ToSqlConversionFailure(Box::new(error)))
}

pub(super) fn damaged(at: usize, wanted: &str) -> rusqlite::Error {
    rusqlite::Error::InvalidColumnType(at, wanted.to_owned(), rusqlite::types::Type::Blob)
}
