//! A file in the making: row group after row group, of which one is in memory.

use crate::column::Column;
use crate::values::Values;
use dmr_core::{Code, FieldType, Problem, json};
use parking_lot::Mutex;
use parquet::basic::{Compression, ZstdLevel};
use parquet::errors::Result;
use parquet::file::metadata::KeyValue;
use parquet::file::properties::WriterProperties;
use parquet::file::writer::SerializedFileWriter;
use parquet::schema::types::Type;
use std::io::Write;
use std::sync::Arc;

/// The most rows of a row group.
const MOST_ROWS: usize = 50_000;
/// The most bytes of values, as JSON has them, in a row group.
const MOST_BYTES: usize = 16 * 1024 * 1024;

/// Where the bytes of the file go until they are taken.
#[derive(Clone, Default)]
struct Sink(Arc<Mutex<Vec<u8>>>);

impl Write for Sink {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

/// A file in the making.
pub struct Writer {
    file: SerializedFileWriter<Sink>,
    sink: Sink,
    columns: Vec<(Column, Values)>,
    rest: Values,
    /// What no column of this row gives back, as JSON.
    members: Vec<u8>,
    rows: usize,
    bytes: usize,
}

impl Writer {
    /// A file of columns and of one more, called `rest`; `notes` are told in its metadata.
    ///
    /// # Errors
    /// Where no file can have these columns.
    pub fn new(columns: Vec<Column>, rest: &str, notes: Vec<(String, String)>) -> Result<Self, Problem> {
        Self::begin(columns, rest, notes).map_err(broken)
    }

    fn begin(columns: Vec<Column>, rest: &str, notes: Vec<(String, String)>) -> Result<Self> {
        let others = Column { name: rest.to_owned(), kind: FieldType::Any, exact: true };
        let fields = columns.iter().chain([&others]).map(Column::schema).collect::<Result<Vec<_>>>()?;
        let schema = Arc::new(Type::group_type_builder("record").with_fields(fields).build()?);
        let notes = notes.into_iter().map(|(name, text)| KeyValue::new(name, text)).collect();
        let properties = WriterProperties::builder()
            .set_compression(Compression::ZSTD(ZstdLevel::try_new(1)?))
            .set_created_by("dmr".to_owned())
            .set_key_value_metadata(Some(notes))
            .build();
        let sink = Sink::default();
        let file = SerializedFileWriter::new(sink.clone(), schema, Arc::new(properties))?;
        let columns =
            columns.into_iter().map(|column| (Values::new(&column.kind), column)).map(|(values, column)| (column, values)).collect();
        Ok(Self { file, sink, columns, rest: Values::new(&FieldType::Any), members: Vec::new(), rows: 0, bytes: 0 })
    }

    /// Adds a row: of each column the JSON text of its value, where there is one, and everything else as a JSON object.
    ///
    /// # Errors
    /// Where a row group cannot be written.
    pub fn row<'a>(&mut self, cell: impl Fn(usize) -> Option<&'a [u8]>, others: Option<&[u8]>) -> Result<(), Problem> {
        self.members.clear();
        for (at, (column, values)) in self.columns.iter_mut().enumerate() {
            let Some(value) = cell(at) else {
                values.nothing();
                continue;
            };
            self.bytes += value.len();
            let held = if value == b"null" {
                values.nothing();
                false
            } else {
                values.value(&column.kind, value) || !column.exact
            };
            if !held {
                self.members.push(if self.members.is_empty() { b'{' } else { b',' });
                json::write_str(&column.name, &mut self.members);
                self.members.push(b':');
                self.members.extend_from_slice(value);
            }
        }
        match others.and_then(|others| others.strip_prefix(b"{")) {
            Some(others) => {
                self.members.push(if self.members.is_empty() { b'{' } else { b',' });
                self.members.extend_from_slice(others);
            }
            None if !self.members.is_empty() => self.members.push(b'}'),
            None => {}
        }
        if self.members.is_empty() {
            self.rest.nothing()
        } else {
            self.rest.text(&self.members)
        }
        self.bytes += self.members.len();
        self.rows += 1;
        if self.rows >= MOST_ROWS || self.bytes >= MOST_BYTES { self.flush().map_err(broken) } else { Ok(()) }
    }

    /// Writes what is left and the end of the file.
    ///
    /// # Errors
    /// Where it cannot be written.
    pub fn finish(&mut self) -> Result<(), Problem> {
        let ended = self.flush().and_then(|()| self.file.finish().map(|_| ()));
        ended.map_err(broken)
    }

    /// How many bytes are ready.
    pub fn len(&self) -> usize {
        self.sink.0.lock().len()
    }

    /// Whether none are ready.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The bytes that are ready, which are then no more here.
    pub fn ready(&mut self) -> Vec<u8> {
        std::mem::take(&mut self.sink.0.lock())
    }

    fn flush(&mut self) -> Result<()> {
        if self.rows == 0 {
            return Ok(());
        }
        let mut group = self.file.next_row_group()?;
        let all = self.columns.iter_mut().map(|(_, values)| values).chain([&mut self.rest]);
        for values in all {
            if let Some(mut column) = group.next_column()? {
                values.write(column.untyped())?;
                column.close()?;
            }
        }
        group.close()?;
        (self.rows, self.bytes) = (0, 0);
        Ok(())
    }
}

fn broken(fault: parquet::errors::ParquetError) -> Problem {
    Problem::new(Code::Internal, format!("the Parquet file cannot be written: {fault}"))
}
