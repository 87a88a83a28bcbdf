//! The rows of a file that comes in, as objects under the names of fields.

use super::cells::is_rest;
use super::csv;
use super::format::FileFormat;
use crate::seen::SeenModel;
use dmr_core::command::Past;
use dmr_core::gate::{Check, Guard};
use dmr_core::model::Field;
use dmr_core::path::{SystemField, pointer};
use dmr_core::problem::nearest;
use dmr_core::record::{PrincipalId, RecordId};
use dmr_core::types::FieldType;
use dmr_core::{Code, Issue, Object, Problem, Value};
use dmr_ingest::{Format, Input, Place, Record, Records, records};
use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;

/// What may stand between the cells of a header; the first under which all its names are known.
const DELIMITERS: [char; 4] = [',', ';', '\t', '|'];

/// A row of a file.
#[derive(Debug, Clone)]
pub(super) struct Row {
    /// Which record of the file, from 1.
    pub number: u64,
    /// On which line it begins, from 1, where the format has lines.
    pub line: Option<u64>,
    /// Its members, or what is wrong with it as it stands there.
    pub members: Result<Arc<Object>, Box<Problem>>,
}

/// The rows of a file, one after the other.
pub(super) struct Incoming {
    source: Source,
    columns: Vec<Column>,
    number: u64,
}

/// What the rows are read from.
enum Source {
    /// Texts.
    Records(Box<Records>),
    /// Typed columns, and the size of their file.
    Parquet(Box<dmr_parquet::Reader>, u64),
}

/// What becomes of a cell.
enum Column {
    /// The value of a field, or of what the system keeps.
    Field(String, FieldType),
    /// Members that are no fields.
    Rest,
}

impl Incoming {
    /// Opens a file for a model.
    ///
    /// # Errors
    /// Where it cannot be read, or where a column is none of the model's.
    pub fn open(input: &Input, path: &Path, format: FileFormat, seen: &SeenModel, system: bool) -> Result<Self, Problem> {
        match format {
            FileFormat::Json => objects(input, Format::Json),
            FileFormat::Ndjson => objects(input, Format::Ndjson),
            FileFormat::Csv => cells(input, seen, system),
            FileFormat::Parquet => {
                let reader = dmr_parquet::Reader::open(path)?;
                let columns = columns(reader.columns(), seen, system)?;
                let source = Source::Parquet(Box::new(reader), input.size().unwrap_or_default());
                Ok(Self { source, columns, number: 0 })
            }
        }
    }

    /// How far the file is read, in bytes.
    pub fn byte(&self) -> u64 {
        match &self.source {
            Source::Records(records) => records.byte(),
            Source::Parquet(_, size) => *size,
        }
    }

    /// The next row; none after the last.
    ///
    /// # Errors
    /// Where the file cannot be read on.
    pub fn next(&mut self) -> Result<Option<Row>, Problem> {
        let record = match &mut self.source {
            Source::Records(records) => records.next().transpose()?,
            Source::Parquet(reader, _) => {
                let Some(cells) = reader.read()? else { return Ok(None) };
                self.number += 1;
                let members = typed(reader, &self.columns, cells);
                return Ok(Some(Row { number: self.number, line: None, members: members.map(Arc::new) }));
            }
        };
        let Some(record) = record else { return Ok(None) };
        self.number += 1;
        let (Place { line, .. }, members) = match record {
            Record::Object(place, members) => (place, Ok(members)),
            Record::Cells(place, texts) => (place, self.members(texts)),
            Record::Aside(aside) => (aside.place, Err(Box::new(Problem::one(Issue::body("", aside.code, aside.message))))),
        };
        Ok(Some(Row { number: self.number, line: Some(line), members: members.map(Arc::new) }))
    }

    fn members(&self, texts: Vec<String>) -> Result<Object, Box<Problem>> {
        let mut members = Object::with_capacity(texts.len());
        let mut issues = Vec::new();
        for (column, text) in self.columns.iter().zip(texts).filter(|(_, text)| !text.is_empty()) {
            match column {
                Column::Field(name, kind) => match csv::read(kind, text) {
                    Ok(value) => {
                        members.insert(name.clone(), value);
                    }
                    Err(fault) => {
                        let pointer = pointer("", name) + &fault.pointer;
                        issues.push(Issue::body(pointer, fault.code, fault.message).suggest_all(fault.suggestions));
                    }
                },
                Column::Rest => match csv::read_rest(&text) {
                    Some(rest) => members.extend(rest),
                    None => issues.push(no_rest()),
                },
            }
        }
        if issues.is_empty() { Ok(members) } else { Err(Box::new(Problem::of(Code::ValueInvalid, issues))) }
    }
}

/// The members of a row of typed columns. What the column of everything else says wins: a typed one cannot say all.
fn typed(reader: &dmr_parquet::Reader, columns: &[Column], cells: Vec<dmr_parquet::Cell>) -> Result<Object, Box<Problem>> {
    let mut members = Object::with_capacity(cells.len());
    let mut rest = None;
    for (at, (column, (_, cell))) in columns.iter().zip(cells).enumerate() {
        match column {
            Column::Field(name, kind) => {
                if let Some(value) = reader.value(at, cell, kind) {
                    members.insert(name.clone(), value);
                }
            }
            Column::Rest => rest = reader.value(at, cell, &FieldType::Object),
        }
    }
    match rest {
        None => Ok(members),
        Some(Value::Object(rest)) => {
            members.extend(rest);
            Ok(members)
        }
        Some(_) => Err(Box::new(Problem::one(no_rest()))),
    }
}

fn no_rest() -> Issue {
    Issue::body("", Code::ValueType, "the column of what has none of its own holds a JSON object")
}

fn objects(input: &Input, format: Format) -> Result<Incoming, Problem> {
    Ok(Incoming { source: Source::Records(Box::new(records(input, format)?)), columns: Vec::new(), number: 0 })
}

/// A file of cells: the delimiter is the first under which every name of the header is known.
fn cells(input: &Input, seen: &SeenModel, system: bool) -> Result<Incoming, Problem> {
    let mut refused = None;
    for delimiter in DELIMITERS {
        let records = records(input, Format::Csv { delimiter })?;
        match columns(records.header().unwrap_or_default().iter().map(String::as_str), seen, system) {
            Ok(columns) => return Ok(Incoming { source: Source::Records(Box::new(records)), columns, number: 0 }),
            // The header is told as the usual delimiter cuts it, or the one that cuts it at all.
            Err(problem) => {
                let cut = records.header().is_some_and(|header| header.len() > 1);
                if refused.is_none() || cut && refused.as_ref().is_some_and(|(_, cut)| !cut) {
                    refused = Some((problem, cut));
                }
            }
        }
    }
    Err(refused.map_or_else(|| Problem::new(Code::IngestFormat, "there is no header"), |(problem, _)| problem))
}

/// What becomes of each column.
fn columns<'a>(header: impl Iterator<Item = &'a str>, seen: &SeenModel, system: bool) -> Result<Vec<Column>, Problem> {
    let mut issues = Vec::new();
    let mut names = BTreeSet::new();
    let mut columns = Vec::new();
    for name in header {
        let at = pointer("", name);
        if !names.insert(name) {
            issues.push(Issue::body(at, Code::IngestFormat, format!("the column `{name}` stands twice")));
            continue;
        }
        match column(name, seen, system) {
            Ok(column) => columns.push(column),
            Err(issue) => issues.push(Issue { pointer: at, ..issue }),
        }
    }
    match issues.first() {
        None => Ok(columns),
        Some(first) => Err(Problem::of(first.code, issues)),
    }
}

fn column(name: &str, seen: &SeenModel, system: bool) -> Result<Column, Issue> {
    if let Some(field) = seen.model.field(name).filter(|field| known(seen, field)) {
        return Ok(Column::Field(name.to_owned(), field.shape.kind.clone()));
    }
    if let Some(field) = SystemField::find(name) {
        let issue = || Issue::body("", Code::FieldReadOnly, format!("the column `{name}` is the system's")).suggest("system=true");
        return if system { Ok(Column::Field(name.to_owned(), system_kind(field))) } else { Err(issue()) };
    }
    if is_rest(name) {
        return Ok(Column::Rest);
    }
    if seen.model.open && seen.view.undeclared.write != Guard::Never && !name.is_empty() {
        return Ok(Column::Field(name.to_owned(), FieldType::Text));
    }
    let names = seen.model.fields.iter().filter(|field| known(seen, field)).map(Field::name);
    let message = format!("the model has no field `{name}` for this column");
    Err(Issue::body("", Code::FieldUnknown, message).suggest_all(nearest(name, names)))
}

fn known(seen: &SeenModel, field: &Field) -> bool {
    seen.view.access_for(field.id, Check::ColumnSuggest).known
}

/// As text: what is wrong with one is told where all of them are read.
fn system_kind(field: SystemField) -> FieldType {
    if field == SystemField::Version { FieldType::Integer } else { FieldType::Text }
}

/// What the system keeps, taken out of a row: its id, and what it keeps of its past.
///
/// # Errors
/// Everything that is not what it should be.
pub(super) fn take_past(members: &mut Object) -> Result<(Option<RecordId>, Past), Vec<Issue>> {
    let mut issues = Vec::new();
    let mut text = |field: SystemField| match members.shift_remove(field.as_str()) {
        None | Some(Value::Null) => None,
        Some(Value::String(text)) => Some((field, text)),
        Some(_) => Some((field, String::new())),
    };
    let [id, created_at, updated_at, created_by, updated_by, owner, deleted_at] = [
        SystemField::Id,
        SystemField::CreatedAt,
        SystemField::UpdatedAt,
        SystemField::CreatedBy,
        SystemField::UpdatedBy,
        SystemField::Owner,
        SystemField::DeletedAt,
    ]
    .map(&mut text);
    // Told, and not kept: the version begins here.
    members.shift_remove(SystemField::Version.as_str());
    let mut wrong = |field: SystemField, message: &str| {
        issues.push(Issue::body(pointer("", field.as_str()), Code::ValueType, message));
    };
    let principal = |given: Option<(SystemField, String)>, wrong: &mut dyn FnMut(SystemField, &str)| {
        let (field, text) = given?;
        let read = PrincipalId::parse(&text);
        if read.is_none() {
            wrong(field, "this is the id of a principal: a UUID");
        }
        read
    };
    let time = |given: Option<(SystemField, String)>, wrong: &mut dyn FnMut(SystemField, &str)| {
        let (field, text) = given?;
        let read = dmr_core::time::parse(&text);
        if read.is_none() {
            wrong(field, "this is a time as RFC 3339 has it: 2026-11-21T08:30:00Z");
        }
        read
    };
    let past = Past {
        created_at: time(created_at, &mut wrong),
        updated_at: time(updated_at, &mut wrong),
        created_by: principal(created_by, &mut wrong),
        updated_by: principal(updated_by, &mut wrong),
        owner: principal(owner, &mut wrong),
    };
    let id = id.and_then(|(field, text)| {
        let read = RecordId::parse(&text);
        if read.is_none() {
            wrong(field, "this is the id of a record: a UUID");
        }
        read
    });
    if let Some((field, _)) = deleted_at {
        issues.push(
            Issue::body(pointer("", field.as_str()), Code::RecordDeleted, "a deleted record is not brought in")
                .suggest("export without deleted=include"),
        );
    }
    if issues.is_empty() { Ok((id, past)) } else { Err(issues) }
}
