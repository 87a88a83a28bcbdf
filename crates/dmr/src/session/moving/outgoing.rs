//! What goes out, in the bytes of its format.

use super::super::list::Listing;
use super::super::models::schema_of;
use super::cells::Cells;
use super::csv;
use super::format::FileFormat;
use dmr_core::Problem;
use dmr_core::gate::{Check, Many, Rendering};
use dmr_core::path::SystemField;
use dmr_core::record::RecordRef;
use dmr_parquet::{Column, Writer};

/// A file in the making.
pub(super) struct Outgoing {
    format: Form,
    system: bool,
    begun: bool,
    /// What is ready to go out.
    out: Vec<u8>,
    /// Why it cannot be made.
    failed: Option<Problem>,
}

enum Form {
    Json { first: bool },
    Ndjson,
    Csv(Box<Cells>),
    Parquet(Box<Cells>, Box<Writer>),
}

impl Outgoing {
    /// A file of what a list shows.
    ///
    /// # Errors
    /// Where no file of the format can be made of it.
    pub fn new(format: FileFormat, listing: &Listing, system: bool) -> Result<Self, Problem> {
        let format = match format {
            FileFormat::Json => Form::Json { first: true },
            FileFormat::Ndjson => Form::Ndjson,
            FileFormat::Csv => Form::Csv(Box::new(Cells::of(listing, system))),
            FileFormat::Parquet => {
                let cells = Cells::of(listing, system);
                let writer = parquet(&cells, listing)?;
                Form::Parquet(Box::new(cells), Box::new(writer))
            }
        };
        Ok(Self { format, system, begun: false, out: Vec::new(), failed: None })
    }

    /// What comes before the first record.
    pub fn begin(&mut self) {
        if std::mem::replace(&mut self.begun, true) {
            return;
        }
        match &self.format {
            Form::Json { .. } => self.out.push(b'['),
            Form::Ndjson | Form::Parquet(..) => {}
            Form::Csv(cells) => csv::header(cells, &mut self.out),
        }
    }

    /// What comes after the last.
    pub fn end(&mut self) {
        match &mut self.format {
            Form::Json { first } => self.out.extend_from_slice(if *first { b"]\n" } else { b"\n]\n" }),
            Form::Parquet(_, writer) => self.failed = self.failed.take().or_else(|| writer.finish().err()),
            Form::Ndjson | Form::Csv(_) => {}
        }
    }

    /// Writes records as they are handed on; each tells how much is ready after it.
    pub fn records<T>(&mut self, listing: &Listing, with: impl FnOnce(&mut dyn FnMut(&RecordRef<'_>) -> usize) -> T) -> T {
        let rendering = Rendering {
            model: &listing.of.model,
            view: &listing.of.view,
            asker: listing.asker,
            selection: listing.selection.as_ref(),
            numbers: listing.numbers,
            system: self.system,
            old: &listing.of.old_labels,
            check: Check::ColumnRender,
        };
        let out = &mut self.out;
        match &mut self.format {
            Form::Ndjson => {
                let many = Many::new(rendering);
                with(&mut |record| {
                    many.write(record, out);
                    out.push(b'\n');
                    out.len()
                })
            }
            Form::Json { first } => {
                let many = Many::new(rendering);
                with(&mut |record| {
                    out.extend_from_slice(if std::mem::replace(first, false) { b"\n" } else { b",\n" });
                    many.write(record, out);
                    out.len()
                })
            }
            Form::Csv(cells) => with(&mut |record| {
                cells.take(&rendering, record);
                csv::row(cells, out);
                out.len()
            }),
            Form::Parquet(cells, writer) => {
                let failed = &mut self.failed;
                with(&mut |record| {
                    cells.take(&rendering, record);
                    let written = writer.row(|at| cells.get(at), cells.others());
                    *failed = failed.take().or_else(|| written.err());
                    if failed.is_some() { usize::MAX } else { writer.len() }
                })
            }
        }
    }

    /// What is ready, which is then no more here.
    ///
    /// # Errors
    /// Where the file cannot be made.
    pub fn ready(&mut self, room: usize) -> Result<Vec<u8>, Problem> {
        match (self.failed.take(), &mut self.format) {
            (Some(problem), _) => Err(problem),
            (None, Form::Parquet(_, writer)) => Ok(writer.ready()),
            _ => Ok(std::mem::replace(&mut self.out, Vec::with_capacity(room))),
        }
    }
}

/// A Parquet file with the model's name, version and schema, as the asker sees it, in its metadata.
fn parquet(cells: &Cells, listing: &Listing) -> Result<Writer, Problem> {
    let model = &listing.of.model;
    let exact = |name: &str| SystemField::find(name).is_none();
    let column =
        |column: &super::cells::Column| Column { name: column.name.clone(), kind: column.kind.clone(), exact: exact(&column.name) };
    let notes = vec![
        ("dmr.model".to_owned(), model.head.name.path()),
        ("dmr.version".to_owned(), model.version.version.to_string()),
        ("dmr.schema".to_owned(), schema_of(&listing.of, model)?.to_string()),
    ];
    Writer::new(cells.columns.iter().map(column).collect(), &cells.rest_name(), notes)
}
