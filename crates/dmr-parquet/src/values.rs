//! The values of a column, gathered until there are enough of them for a row group.

use dmr_core::json::raw;
use dmr_core::{FieldType, Native};
use parquet::column::writer::ColumnWriter;
use parquet::data_type::ByteArray;
use parquet::errors::{ParquetError, Result};

/// Microseconds of a day: a time of day is below.
const DAY: i64 = 86_400_000_000;

/// Values that are there, and for each row whether one is.
pub(crate) struct Values {
    of: Of,
    there: Vec<i16>,
}

enum Of {
    Bool(Vec<bool>),
    I32(Vec<i32>),
    I64(Vec<i64>),
    F64(Vec<f64>),
    Bytes(Vec<ByteArray>),
}

impl Values {
    /// None yet, of a type.
    pub fn new(kind: &FieldType) -> Self {
        let of = match kind {
            FieldType::Boolean => Of::Bool(Vec::new()),
            FieldType::Date => Of::I32(Vec::new()),
            FieldType::Integer | FieldType::Time | FieldType::DateTime | FieldType::LocalDateTime => Of::I64(Vec::new()),
            FieldType::Number => Of::F64(Vec::new()),
            _ => Of::Bytes(Vec::new()),
        };
        Self { of, there: Vec::new() }
    }

    /// No value in this row.
    pub fn nothing(&mut self) {
        self.there.push(0);
    }

    /// A text.
    pub fn text(&mut self, text: &[u8]) {
        match &mut self.of {
            Of::Bytes(values) => {
                values.push(ByteArray::from(text.to_vec()));
                self.there.push(1);
            }
            _ => self.nothing(),
        }
    }

    /// The value of a JSON text, where the column can hold it; whether the column gives exactly it back.
    pub fn value(&mut self, kind: &FieldType, json: &[u8]) -> bool {
        match kind {
            FieldType::List(_) | FieldType::Object | FieldType::Any => {
                self.text(json);
                true
            }
            FieldType::Text | FieldType::Decimal | FieldType::Uuid => match raw::text(json) {
                Some(text) => {
                    self.text(text.as_bytes());
                    true
                }
                None => self.not_held(),
            },
            kind => {
                let (native, exact) = kind.native(&raw::value(json));
                self.native(kind, &native) && exact
            }
        }
    }

    fn native(&mut self, kind: &FieldType, native: &Native) -> bool {
        let there = match (&mut self.of, native) {
            (Of::Bool(values), Native::Integer(value)) => {
                values.push(*value != 0);
                true
            }
            (Of::I32(values), Native::Integer(value)) => i32::try_from(*value).map(|value| values.push(value)).is_ok(),
            (Of::I64(values), Native::Integer(value)) if *kind != FieldType::Time || (0..DAY).contains(value) => {
                values.push(*value);
                true
            }
            // What is too large for a double is not infinite.
            (Of::F64(values), Native::Real(value)) if value.is_finite() => {
                values.push(*value);
                true
            }
            _ => return self.not_held(),
        };
        self.there.push(i16::from(there));
        there
    }

    fn not_held(&mut self) -> bool {
        self.nothing();
        false
    }

    /// Hands the values to the column of a row group, and is empty again.
    pub fn write(&mut self, column: &mut ColumnWriter<'_>) -> Result<()> {
        let there = Some(self.there.as_slice());
        match (&self.of, column) {
            (Of::Bool(values), ColumnWriter::BoolColumnWriter(column)) => column.write_batch(values, there, None)?,
            (Of::I32(values), ColumnWriter::Int32ColumnWriter(column)) => column.write_batch(values, there, None)?,
            (Of::I64(values), ColumnWriter::Int64ColumnWriter(column)) => column.write_batch(values, there, None)?,
            (Of::F64(values), ColumnWriter::DoubleColumnWriter(column)) => column.write_batch(values, there, None)?,
            (Of::Bytes(values), ColumnWriter::ByteArrayColumnWriter(column)) => column.write_batch(values, there, None)?,
            _ => return Err(ParquetError::General("a column is of another type than its values".to_owned())),
        };
        self.there.clear();
        match &mut self.of {
            Of::Bool(values) => values.clear(),
            Of::I32(values) => values.clear(),
            Of::I64(values) => values.clear(),
            Of::F64(values) => values.clear(),
            Of::Bytes(values) => values.clear(),
        }
        Ok(())
    }
}
