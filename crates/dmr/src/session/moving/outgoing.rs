//! What goes out, in the bytes of its format.

use super::super::list::Listing;
use super::cells::Cells;
use super::csv;
use super::format::FileFormat;
use dmr_core::gate::{Check, Many, Rendering};
use dmr_core::record::RecordRef;

/// A file in the making.
pub(super) struct Outgoing {
    format: Form,
    system: bool,
    begun: bool,
    /// What is ready to go out.
    out: Vec<u8>,
}

enum Form {
    Json { first: bool },
    Ndjson,
    Csv(Box<Cells>),
}

impl Outgoing {
    /// A file of what a list shows.
    pub fn new(format: FileFormat, listing: &Listing, system: bool) -> Self {
        let format = match format {
            FileFormat::Json => Form::Json { first: true },
            FileFormat::Ndjson => Form::Ndjson,
            FileFormat::Csv => Form::Csv(Box::new(Cells::of(listing, system))),
        };
        Self { format, system, begun: false, out: Vec::new() }
    }

    /// What comes before the first record.
    pub fn begin(&mut self) {
        if std::mem::replace(&mut self.begun, true) {
            return;
        }
        match &self.format {
            Form::Json { .. } => self.out.push(b'['),
            Form::Ndjson => {}
            Form::Csv(cells) => csv::header(cells, &mut self.out),
        }
    }

    /// What comes after the last.
    pub fn end(&mut self) {
        if let Form::Json { first } = self.format {
            self.out.extend_from_slice(if first { b"]\n" } else { b"\n]\n" });
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
        }
    }

    /// What is ready, which is then no more here.
    pub fn ready(&mut self, room: usize) -> Vec<u8> {
        std::mem::replace(&mut self.out, Vec::with_capacity(room))
    }
}
