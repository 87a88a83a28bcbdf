//! Scans: rows in the order in which they lie, of each only the columns that are asked for. One statement, and so one snapshot.

use super::fault::failed;
use super::hint::{self, Filter};
use super::read::Reading;
use super::structured::{self, Column, bind_native};
use super::table::{DOC, SYSTEM, Table, text};
use crate::{EachScanned, Scan, Stretch};
use dmr_core::Problem;
use dmr_core::model::ModelId;
use dmr_core::projection::{Cell, Held, Places, Projection, Scanned};
use dmr_core::record::{PrincipalId, RecordId, RecordRef};
use rusqlite::types::ValueRef;
use rusqlite::{OptionalExtension, Row, params};
use std::sync::atomic::{AtomicI64, Ordering};

/// A model that has at least one in so many rows of the shared table is scanned row by row as they lie; one that has fewer, by id.
const SPARSE: i64 = 4;
/// Rows of which SQL may leave out all before anybody is asked whether to go on.
const AT_ONCE: i64 = 50_000;
/// The rows of one stretch.
const STRETCH: &str = " AND r.row > ?8 AND r.row <= ?9";

pub(super) fn scan(reading: &Reading<'_>, scan: &Scan<'_>, each: EachScanned<'_>) -> Result<(), Problem> {
    part(reading, scan, None, each)
}

/// Stretches of rows that several threads take one after the other, until there are no more.
pub(super) struct Stretches {
    next: AtomicI64,
    last: i64,
    rows: i64,
}

impl Stretches {
    /// Of the rows of a model, where a scan reads so many as they lie that several threads are faster.
    pub fn of(reading: &Reading<'_>, scan: &Scan<'_>, rows: u32) -> rusqlite::Result<Option<Self>> {
        let laid = reading.laid();
        let table = laid.table(scan.model.id());
        if scan.stretch.is_some() || table.columns.is_none() && !is_dense(reading, scan.model.id())? {
            return Ok(None);
        }
        // Each end by itself is one step; asked for both at once SQLite goes through all rows.
        let sql = format!("SELECT (SELECT min(row) FROM {0}), (SELECT max(row) FROM {0})", table.name);
        let ends: (Option<i64>, Option<i64>) = reading.connection.query_row(&sql, [], |row| Ok((row.get(0)?, row.get(1)?)))?;
        let (Some(first), Some(last)) = ends else { return Ok(None) };
        let rows = i64::from(rows);
        Ok((last - first >= 4 * rows).then(|| Self { next: AtomicI64::new(first - 1), last, rows }))
    }

    /// The next: rows after the first number and up to the second.
    fn take(&self) -> Option<(i64, i64)> {
        let from = self.next.fetch_add(self.rows, Ordering::Relaxed);
        (from < self.last).then_some((from, from + self.rows))
    }
}

/// Scans, or takes part in a scan: `stretches` are what is shared with others.
pub(super) fn part(reading: &Reading<'_>, scan: &Scan<'_>, stretches: Option<&Stretches>, each: EachScanned<'_>) -> Result<(), Problem> {
    loop {
        let laid = reading.laid();
        let table = laid.table(scan.model.id());
        let ran = match &table.columns {
            Some(columns) => typed(reading, scan, (table, columns), stretches, &|| reading.holds(&laid), each),
            None => documents(reading, scan, table, stretches, &|| reading.holds(&laid), each),
        };
        match ran {
            Ok(true) => return Ok(()),
            // The layouts changed before the snapshot began.
            Ok(false) => {}
            Err(_) if !reading.holds(&laid) => {}
            Err(error) => return Err(failed(error)),
        }
    }
}

/// What the rows of a scan come from, in SQL: the table, or a stretch of an index before it.
fn source(scan: &Scan<'_>, table: &Table, lying: bool) -> String {
    let Table { name, scope, .. } = table;
    match scan.stretch {
        Some(Stretch { upper, .. }) => {
            let below = if upper.is_some() { "AND e.key < ?4" } else { "" };
            format!(
                "entry AS e CROSS JOIN {name} AS r ON r.row = e.row \
                 WHERE e.tenant = 1 AND e.model = ?1 AND e.idx = ?2 AND e.key >= ?3 {below} AND r.deleted_at IS NULL"
            )
        }
        None if lying => format!("{name} AS r NOT INDEXED WHERE {scope} AND r.deleted_at IS NULL"),
        None => format!("{name} AS r WHERE {scope} AND r.deleted_at IS NULL"),
    }
}

fn bind(statement: &mut rusqlite::Statement<'_>, scan: &Scan<'_>, filter: Option<&Filter>) -> rusqlite::Result<()> {
    let takes_model = statement.parameter_count() > 0;
    if takes_model {
        statement.raw_bind_parameter(1, scan.model.id().0)?;
    }
    if let Some(Stretch { index, lower, upper }) = scan.stretch {
        statement.raw_bind_parameter(2, index)?;
        statement.raw_bind_parameter(3, lower)?;
        if let Some(upper) = upper {
            statement.raw_bind_parameter(4, upper)?;
        }
    }
    filter
        .into_iter()
        .flat_map(|filter| filter.values.iter().zip(hint::FIRST..))
        .try_for_each(|(value, at)| bind_native(statement, at, value))
}

/// Rows that hold whole documents.
fn documents(
    reading: &Reading<'_>,
    scan: &Scan<'_>,
    table: &Table,
    stretches: Option<&Stretches>,
    holds: &dyn Fn() -> bool,
    each: EachScanned<'_>,
) -> rusqlite::Result<bool> {
    let system = scan.projection.system;
    let beside = if system { qualified(SYSTEM.split(", ")) + ", " } else { String::new() };
    let lying = scan.stretch.is_none() && (stretches.is_some() || is_dense(reading, scan.model.id())?);
    let only = if stretches.is_some() { STRETCH } else { "" };
    let sql = format!("SELECT {beside}r.doc FROM {}{only}", source(scan, table, lying));
    let mut statement = reading.connection.prepare_cached(&sql)?;
    bind(&mut statement, scan, None)?;
    let mut pass = |statement: &mut rusqlite::Statement<'_>| {
        let mut rows = statement.raw_query();
        let mut places = Places::default();
        let mut begun = false;
        loop {
            let row = rows.next()?;
            if !std::mem::replace(&mut begun, true) && !holds() {
                return Ok(Passed::Moved);
            }
            let Some(row) = row else { return Ok(Passed::All) };
            let doc = text(row, if system { DOC } else { 0 })?;
            let record = if system { Table::beside(row, 0, doc)? } else { bare(doc) };
            if scan.hand(record, &mut places, each).is_break() {
                return Ok(Passed::Enough);
            }
        }
    };
    match stretches {
        None => Ok(pass(&mut statement)? != Passed::Moved),
        Some(stretches) => each_stretch(&mut statement, scan, &mut || stretches.take(), &mut pass),
    }
}

/// Runs a statement over one stretch of rows after the other; says whether the layouts were those it was made for.
fn each_stretch(
    statement: &mut rusqlite::Statement<'_>,
    scan: &Scan<'_>,
    next: &mut dyn FnMut() -> Option<(i64, i64)>,
    pass: &mut dyn FnMut(&mut rusqlite::Statement<'_>) -> rusqlite::Result<Passed>,
) -> rusqlite::Result<bool> {
    while let Some((from, to)) = next() {
        if !(scan.goes_on)() {
            break;
        }
        statement.raw_bind_parameter(8, from)?;
        statement.raw_bind_parameter(9, to)?;
        match pass(statement)? {
            Passed::All => {}
            Passed::Enough => break,
            // Only a read that is not consistent can meet this, and only before its first row.
            Passed::Moved => return Ok(false),
        }
    }
    Ok(true)
}

/// Whether so many of the shared table's rows are the model's that reading all of them as they lie is the fastest.
fn is_dense(reading: &Reading<'_>, model: ModelId) -> rusqlite::Result<bool> {
    let mut counted = reading.connection.prepare_cached("SELECT live + deleted FROM tally WHERE tenant = 1 AND model = ?1")?;
    let own: Option<i64> = counted.query_row(params![model.0], |row| row.get(0)).optional()?;
    let mut last = reading.connection.prepare_cached("SELECT max(row) FROM record")?;
    let all: Option<i64> = last.query_row([], |row| row.get(0))?;
    Ok(own.unwrap_or(0).saturating_mul(SPARSE) >= all.unwrap_or(0))
}

/// Rows of typed columns.
fn typed(
    reading: &Reading<'_>,
    scan: &Scan<'_>,
    (table, columns): (&Table, &[Column]),
    stretches: Option<&Stretches>,
    holds: &dyn Fn() -> bool,
    each: EachScanned<'_>,
) -> rusqlite::Result<bool> {
    let read = Read::of(scan.projection, columns);
    let filter = if scan.stretch.is_none() { hint::filter(table, scan.hint) } else { None };
    let tested = filter.as_ref().map(|filter| format!(" AND {}", filter.sql)).unwrap_or_default();
    let whole = stretches.is_none() && filter.is_none();
    let only = if whole { "" } else { STRETCH };
    let sql = format!("SELECT {} FROM {}{only}{tested}", read.selected, source(scan, table, true));
    let mut statement = reading.connection.prepare_cached(&sql)?;
    bind(&mut statement, scan, filter.as_ref())?;
    let mut pass = |statement: &mut rusqlite::Statement<'_>| pass(statement, scan, &read, holds, each);
    if whole {
        return Ok(pass(&mut statement)? != Passed::Moved);
    }
    if let Some(stretches) = stretches {
        return each_stretch(&mut statement, scan, &mut || stretches.take(), &mut pass);
    }
    let last: Option<i64> = reading.connection.query_row(&format!("SELECT max(row) FROM {}", table.name), [], |row| row.get(0))?;
    let own = Stretches { next: AtomicI64::new(0), last: last.unwrap_or(0), rows: AT_ONCE };
    each_stretch(&mut statement, scan, &mut || own.take(), &mut pass)
}

/// How a pass over rows ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Passed {
    /// At the last row.
    All,
    /// Where it was told to.
    Enough,
    /// Before the first row: the layouts are others by now.
    Moved,
}

fn pass(
    statement: &mut rusqlite::Statement<'_>,
    scan: &Scan<'_>,
    read: &Read,
    holds: &dyn Fn() -> bool,
    each: EachScanned<'_>,
) -> rusqlite::Result<Passed> {
    let mut rows = statement.raw_query();
    let (mut places, mut buffer) = (Places::default(), Vec::new());
    let mut begun = false;
    loop {
        let row = rows.next()?;
        if !std::mem::replace(&mut begun, true) && !holds() {
            return Ok(Passed::Moved);
        }
        let Some(row) = row else { return Ok(Passed::All) };
        let rest = match row.get_ref(read.rest)? {
            ValueRef::Text(rest) => rest,
            _ => &[],
        };
        // `rest` wins over the columns: what stands there is what they do not give back.
        if !rest.is_empty() || !places.is_empty() {
            scan.projection.find(rest, &mut places);
        }
        if !read.tested.is_empty() {
            buffer.clear();
            structured::join(&read.tested, row, read.rest, &mut buffer)?;
        }
        let doc = if read.tested.is_empty() && !rest.is_empty() { rest } else { buffer.as_slice() };
        let record = if scan.projection.system { Table::beside(row, 0, doc)? } else { bare(doc) };
        if each(&Typed { read, row, rest, places: &places, record }).is_break() {
            return Ok(Passed::Enough);
        }
    }
}

/// What is read of a typed row, and where.
struct Read {
    selected: String,
    /// The column of `rest`; those that the document is put together from follow it.
    rest: usize,
    tested: Vec<Column>,
    /// Of each cell, its column and where that is read; none where only `rest` can hold it.
    cells: Vec<Option<(Column, usize)>>,
}

impl Read {
    fn of(projection: &Projection, columns: &[Column]) -> Self {
        let wanted = projection.tested.as_deref().unwrap_or_default();
        let tested: Vec<Column> = columns.iter().filter(|column| wanted.contains(&column.id)).cloned().collect();
        let mut names: Vec<&str> = if projection.system { SYSTEM.split(", ").collect() } else { Vec::new() };
        let rest = names.len();
        names.push("rest");
        names.extend(tested.iter().map(|column| column.name.as_str()));
        let mut cells = Vec::with_capacity(projection.cells.len());
        for cell in &projection.cells {
            let column = columns.iter().find(|column| Some(column.id) == cell.column);
            cells.push(column.map(|column| {
                let at = names.iter().position(|name| *name == column.name).unwrap_or(names.len());
                if at == names.len() {
                    names.push(&column.name);
                }
                (column.clone(), at)
            }));
        }
        Self { selected: qualified(names.into_iter()), rest, tested, cells }
    }
}

/// A typed row that a scan is at.
struct Typed<'r> {
    read: &'r Read,
    row: &'r Row<'r>,
    rest: &'r [u8],
    places: &'r Places,
    record: RecordRef<'r>,
}

impl Scanned for Typed<'_> {
    fn record(&self) -> &RecordRef<'_> {
        &self.record
    }

    fn cell(&self, at: usize) -> Cell<'_> {
        if let Some(text) = self.places.get(self.rest, at) {
            return Cell::json(text);
        }
        let Some(Some((column, at))) = self.read.cells.get(at) else { return Cell::Nothing };
        match self.row.get_ref(*at) {
            Ok(ValueRef::Integer(value)) => Cell::Held(&column.kind, Held::Integer(value)),
            Ok(ValueRef::Real(value)) => Cell::Held(&column.kind, Held::Real(value)),
            Ok(ValueRef::Text(value)) => Cell::Held(&column.kind, Held::Text(value)),
            Ok(ValueRef::Blob(value)) => Cell::Held(&column.kind, Held::Bytes(value)),
            Ok(ValueRef::Null) | Err(_) => Cell::Nothing,
        }
    }
}

fn qualified<'a>(names: impl Iterator<Item = &'a str>) -> String {
    names.map(|name| format!("r.{name}")).collect::<Vec<_>>().join(", ")
}

/// A record of which only the document is read.
fn bare(doc: &[u8]) -> RecordRef<'_> {
    let nobody = PrincipalId::default();
    RecordRef {
        id: RecordId::default(),
        version: 0,
        stamp: 0,
        created_at: 0,
        updated_at: 0,
        created_by: nobody,
        updated_by: nobody,
        owner: nobody,
        deleted_at: None,
        doc,
    }
}
