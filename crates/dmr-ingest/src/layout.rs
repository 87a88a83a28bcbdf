//! How an input becomes rows: its format, where its records are, and which column becomes which field of which type.

use crate::format::{
    Format,
    csv::{CsvReader, Next},
    json::{RowsAt, find_rows},
};
use crate::input::{HEAD, Input};
use crate::label::labels;
use dmr_core::{Code, FieldType, Problem};
use serde::{Deserialize, Serialize};

/// The most columns of a CSV.
const MOST_COLUMNS: usize = 10_000;

/// What an ingestion may be told beforehand.
#[derive(Debug, Clone)]
pub struct Options {
    /// The format, where it is known; else it is found out.
    pub format: Option<Format>,
    /// The longest record that is read, in bytes, at least [`HEAD`]; longer ones are set aside. It bounds the memory used.
    pub longest: usize,
}

impl Default for Options {
    fn default() -> Self {
        Self { format: None, longest: 16 * 1024 * 1024 }
    }
}

/// A column, or a member of the objects, and the field it becomes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Column {
    /// Its name in the source.
    pub source: String,
    /// The field's name.
    pub name: String,
    /// The field's type. Cells are read as it; members of JSON objects are typed already and stay as they are.
    #[serde(rename = "type")]
    pub field_type: FieldType,
}

/// How an input becomes rows. [`crate::inspect`] makes one with proposed types, [`Layout::for_fields`] one for a model that exists.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Layout {
    /// How its bytes are read.
    pub format: Format,
    /// Where in a JSON document the rows are.
    pub rows_at: RowsAt,
    /// Its columns: for a CSV all of them in order, else the members that have fields.
    pub columns: Vec<Column>,
    pub(crate) most: usize,
}

impl Layout {
    /// The layout of an input whose records go into a model that exists. `fields` are the model's, `source` being the field's
    /// alias or else its name. A column that is no field of the model keeps its text under its own name: the model says
    /// what becomes of it.
    ///
    /// # Errors
    /// `ingest.format`, `ingest.empty`, `file.unreadable`.
    pub fn for_fields(input: &Input, options: &Options, fields: &[Column]) -> Result<Self, Problem> {
        let mut layout = Self::find(input, options)?;
        if let Some((_, header)) = layout.header(input)? {
            layout.columns = matched(&header, fields);
        } else {
            layout.columns = fields.to_vec();
        }
        Ok(layout)
    }

    /// The format of an input and where its rows are; no columns yet.
    pub(crate) fn find(input: &Input, options: &Options) -> Result<Self, Problem> {
        let format = match options.format {
            Some(format) => format,
            None if input.posted().is_some() => Format::Records,
            None => crate::sniff::sniff(input.name(), &input.head()?)?,
        };
        let rows_at = if format == Format::Json { find_rows(input)? } else { RowsAt::Top };
        Ok(Self { format, rows_at, columns: Vec::new(), most: options.longest.max(HEAD) })
    }

    /// A reader of the records after the header, and the header's names. None for a format that has no header.
    pub(crate) fn header(&self, input: &Input) -> Result<Option<(CsvReader, Vec<String>)>, Problem> {
        let Format::Csv { delimiter } = self.format else { return Ok(None) };
        let mut reader = CsvReader::open(input, delimiter, self.most)?;
        let header: Vec<String> = match reader.read()? {
            Next::Record(record) => record.texts().map(std::borrow::Cow::into_owned).collect(),
            Next::Quarantined(aside) => {
                return Err(Problem::new(Code::IngestFormat, format!("the header cannot be read: {}", aside.message))
                    .suggest("Save the file as UTF-8 CSV whose first row names the columns"));
            }
            Next::End => return Err(Problem::new(Code::IngestEmpty, format!("'{}' is empty", input.name()))),
        };
        if header.len() > MOST_COLUMNS {
            let detail = format!("the header has {} columns, more than the {MOST_COLUMNS} that are read", header.len());
            return Err(Problem::new(Code::IngestFormat, detail));
        }
        reader.expect(header.len());
        Ok(Some((reader, header)))
    }
}

/// The field of each column: the one of the column's name, else the one whose alias it is, else none.
fn matched(header: &[String], fields: &[Column]) -> Vec<Column> {
    let labels = labels(header.iter().map(String::as_str));
    let mut found: Vec<Option<&Column>> = labels.iter().map(|label| fields.iter().find(|field| field.name == label.name)).collect();
    for (at, label) in labels.iter().enumerate() {
        let alias = || fields.iter().find(|field| field.source == label.source || field.source == label.source.trim());
        if let Some(None) = found.get(at)
            && let Some(field) = alias()
            && !found.contains(&Some(field))
            && let Some(slot) = found.get_mut(at)
        {
            *slot = Some(field);
        }
    }
    let column = |(label, field): (crate::label::Label, Option<&Column>)| Column {
        source: label.source,
        name: field.map_or(label.name, |field| field.name.clone()),
        field_type: field.map_or(FieldType::Text, |field| field.field_type.clone()),
    };
    labels.into_iter().zip(found).map(column).collect()
}
