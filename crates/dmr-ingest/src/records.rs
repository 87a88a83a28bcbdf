//! Records of an input as they stand in it, for whoever knows what is to become of them: no types are proposed, no name is put right.

use crate::format::Format;
use crate::format::csv::{CsvReader, Next as NextRecord};
use crate::format::element::{Elements, Next as NextElement};
use crate::format::json::RowsAt;
use crate::input::Input;
use crate::layout::{Layout, Options};
use crate::row::{Place, Quarantined};
use dmr_core::{Object, Problem};
use std::borrow::Cow;

/// A record of an input.
#[derive(Debug, Clone, PartialEq)]
pub enum Record {
    /// An object.
    Object(Place, Object),
    /// Cells, as many as the header has; the text of each.
    Cells(Place, Vec<String>),
    /// What could not be read.
    Aside(Quarantined),
}

/// The records of an input, one after the other. It ends after a failure to read.
pub struct Records {
    reader: Reader,
    failed: bool,
}

enum Reader {
    Cells(Box<CsvReader>, Vec<String>),
    Objects(Box<Elements>),
}

/// Reads an input that is of a format.
///
/// # Errors
/// `file.unreadable`; `ingest.format` and `ingest.empty` where a CSV has no header that can be read.
pub fn records(input: &Input, format: Format) -> Result<Records, Problem> {
    let options = Options { format: Some(format), ..Options::default() };
    let mut layout = Layout::find(input, &options)?;
    if let Some((reader, header)) = layout.header(input)? {
        return Ok(Records { reader: Reader::Cells(Box::new(reader), header), failed: false });
    }
    // A list that is a member of an object is somebody's envelope: records are what a file of them says at its top.
    layout.rows_at = RowsAt::Top;
    match Elements::open(input, &layout, false)? {
        Some(elements) => Ok(Records { reader: Reader::Objects(Box::new(elements)), failed: false }),
        None => Err(crate::input::unreadable(input.name(), &std::io::ErrorKind::InvalidInput.into())),
    }
}

impl Records {
    /// The names over the cells; none where the records are objects.
    pub fn header(&self) -> Option<&[String]> {
        match &self.reader {
            Reader::Cells(_, header) => Some(header),
            Reader::Objects(_) => None,
        }
    }

    /// How far it has read, in bytes.
    pub fn byte(&self) -> u64 {
        match &self.reader {
            Reader::Cells(reader, _) => reader.byte(),
            Reader::Objects(reader) => reader.byte(),
        }
    }

    fn read(&mut self) -> Result<Option<Record>, Problem> {
        Ok(match &mut self.reader {
            Reader::Cells(reader, _) => match reader.read()? {
                NextRecord::Record(record) => Some(Record::Cells(record.place, record.texts().map(Cow::into_owned).collect())),
                NextRecord::Quarantined(aside) => Some(Record::Aside(aside)),
                NextRecord::End => None,
            },
            Reader::Objects(reader) => match reader.read()? {
                NextElement::Object(parsed) => Some(Record::Object(parsed.place, parsed.object)),
                NextElement::Quarantined(aside) => Some(Record::Aside(aside)),
                NextElement::End => None,
            },
        })
    }
}

impl Iterator for Records {
    type Item = Result<Record, Problem>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.failed {
            return None;
        }
        let record = self.read();
        self.failed = record.is_err();
        record.transpose()
    }
}
