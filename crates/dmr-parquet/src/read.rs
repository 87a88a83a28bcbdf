//! Reading: row by row, of files of any writer. Values come as JSON has them, under the type they are meant for.

use crate::failed;
use dmr_core::{FieldType, Native, Object, Problem, Value, json};
use num_bigint::BigInt;
use parquet::basic::{LogicalType, TimeUnit};
use parquet::data_type::Decimal;
use parquet::file::reader::{FileReader, SerializedFileReader};
use parquet::record::reader::RowIter;
use parquet::record::{Field, Row};
use parquet::schema::types::Type;
use std::fs::File;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;

/// The most bytes of a row group, before it was compressed.
const MOST_OF_GROUP: i64 = 4 << 30;

/// A value of a row, under the name of its column.
pub type Cell = (String, Field);

/// The rows of a file.
pub struct Reader {
    rows: RowIter<'static>,
    columns: Vec<Column>,
}

/// A column, and how its texts and numbers are meant.
struct Column {
    name: String,
    meant: Meant,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Meant {
    /// As they stand.
    Plain,
    /// JSON.
    Json,
    /// Nanoseconds since 1970.
    Nanos,
    /// Bytes of a UUID.
    Uuid,
}

impl Reader {
    /// Opens a file.
    ///
    /// # Errors
    /// `ingest.format` where it is no Parquet file, or one that asks for more memory than there should be.
    pub fn open(path: &Path) -> Result<Self, Problem> {
        let file = File::open(path).map_err(failed)?;
        guarded(|| {
            let reader = SerializedFileReader::new(file).map_err(failed)?;
            let metadata = reader.metadata();
            if metadata.row_groups().iter().any(|group| !(0..=MOST_OF_GROUP).contains(&group.total_byte_size())) {
                return Err(failed("a row group is larger than 4 GiB"));
            }
            let columns = metadata.file_metadata().schema().get_fields().iter().map(|field| column(field)).collect();
            Ok(Self { rows: RowIter::from_file_into(Box::new(reader)), columns })
        })
    }

    /// The names of the columns at the top.
    pub fn columns(&self) -> impl Iterator<Item = &str> {
        self.columns.iter().map(|column| column.name.as_str())
    }

    /// The next row: its columns in order; none after the last.
    ///
    /// # Errors
    /// Where the file is damaged.
    pub fn read(&mut self) -> Result<Option<Vec<Cell>>, Problem> {
        let rows = &mut self.rows;
        guarded(|| rows.next().transpose().map(|row| row.map(Row::into_columns)).map_err(failed))
    }

    /// The value of a cell of the column at a place, for a field of a type; none where there is none.
    pub fn value(&self, at: usize, cell: Field, kind: &FieldType) -> Option<Value> {
        let meant = self.columns.get(at).map_or(Meant::Plain, |column| column.meant);
        value(cell, meant, kind)
    }
}

/// The crate is not written for files that somebody made to break it: where it panics the file is one that cannot be read.
fn guarded<T>(read: impl FnOnce() -> Result<T, Problem>) -> Result<T, Problem> {
    catch_unwind(AssertUnwindSafe(read)).unwrap_or_else(|_| Err(failed("it is damaged")))
}

fn column(field: &Type) -> Column {
    let meant = match field.get_basic_info().logical_type_ref() {
        Some(LogicalType::Json) => Meant::Json,
        Some(LogicalType::Uuid) => Meant::Uuid,
        Some(LogicalType::Timestamp(time)) if time.unit == TimeUnit::NANOS => Meant::Nanos,
        _ => Meant::Plain,
    };
    Column { name: field.name().to_owned(), meant }
}

fn value(cell: Field, meant: Meant, kind: &FieldType) -> Option<Value> {
    Some(match cell {
        Field::Null => return None,
        Field::Bool(value) => value.into(),
        Field::Byte(value) => whole(value.into(), kind),
        Field::Short(value) => whole(value.into(), kind),
        Field::Int(value) => whole(value.into(), kind),
        Field::Long(value) if meant == Meant::Nanos => instant(value.div_euclid(1_000_000_000), value.rem_euclid(1_000_000_000), kind),
        Field::Long(value) => whole(value, kind),
        Field::UByte(value) => whole(value.into(), kind),
        Field::UShort(value) => whole(value.into(), kind),
        Field::UInt(value) => whole(value.into(), kind),
        Field::ULong(value) => number(&value.to_string(), kind),
        Field::Float16(value) => number(&value.to_string(), kind),
        Field::Float(value) => number(&value.to_string(), kind),
        Field::Double(value) => real(value, kind),
        Field::Decimal(value) => number(&decimal(&value), kind),
        Field::Str(text) => self::text(text, meant, kind),
        Field::Bytes(bytes) => match (meant, String::from_utf8(bytes.data().to_vec())) {
            (Meant::Uuid, _) => FieldType::Uuid.from_native(Native::Bytes(bytes.data().to_vec())),
            (_, Ok(text)) => self::text(text, meant, kind),
            (_, Err(_)) => Value::Array(bytes.data().iter().map(|byte| (*byte).into()).collect()),
        },
        Field::Date(days) => FieldType::Date.from_native(Native::Integer(days.into())),
        Field::TimeMillis(millis) => FieldType::Time.from_native(Native::Integer(i64::from(millis) * 1000)),
        Field::TimeMicros(micros) => FieldType::Time.from_native(Native::Integer(micros)),
        Field::TimestampMillis(millis) => instant(millis.div_euclid(1000), millis.rem_euclid(1000) * 1_000_000, kind),
        Field::TimestampMicros(micros) => instant(micros.div_euclid(1_000_000), micros.rem_euclid(1_000_000) * 1000, kind),
        Field::Group(row) => Value::Object(members(row)),
        Field::ListInternal(list) => {
            let element = match kind {
                FieldType::List(element) => element,
                _ => &FieldType::Any,
            };
            list.elements().iter().map(|cell| value(cell.clone(), Meant::Plain, element).unwrap_or(Value::Null)).collect()
        }
        Field::MapInternal(map) => Value::Object(
            map.entries()
                .iter()
                .map(|(name, cell)| {
                    let name = value(name.clone(), Meant::Plain, &FieldType::Text).unwrap_or(Value::Null);
                    let name = name.as_str().map_or_else(|| name.to_string(), str::to_owned);
                    (name, value(cell.clone(), Meant::Plain, &FieldType::Any).unwrap_or(Value::Null))
                })
                .collect(),
        ),
    })
}

fn members(row: Row) -> Object {
    let named = row.into_columns().into_iter();
    named.filter_map(|(name, cell)| Some((name, value(cell, Meant::Plain, &FieldType::Any)?))).collect()
}

fn text(text: String, meant: Meant, kind: &FieldType) -> Value {
    let json = meant == Meant::Json || matches!(kind, FieldType::List(_) | FieldType::Object);
    match json.then(|| json::parse(text.as_bytes())) {
        Some(Ok(value)) => value,
        _ => Value::String(text),
    }
}

fn whole(value: i64, kind: &FieldType) -> Value {
    number(&value.to_string(), kind)
}

/// A number: for a decimal as a text.
fn number(text: &str, kind: &FieldType) -> Value {
    if *kind == FieldType::Decimal {
        return Value::String(text.to_owned());
    }
    FieldType::Number.read_text(text).unwrap_or_else(|_| Value::String(text.to_owned()))
}

fn real(value: f64, kind: &FieldType) -> Value {
    match FieldType::Number.from_native(Native::Real(value)) {
        Value::Number(text) => number(text.as_str(), kind),
        // Not a number, or infinite: told as what it is, and refused.
        _ => Value::String(value.to_string()),
    }
}

/// An instant of seconds and nanoseconds, with as many digits as it has.
fn instant(seconds: i64, nanos: i64, kind: &FieldType) -> Value {
    let local = *kind == FieldType::LocalDateTime;
    let of = if local { FieldType::LocalDateTime } else { FieldType::DateTime };
    let Some(micros) = seconds.checked_mul(1_000_000).and_then(|micros| micros.checked_add(nanos / 1000)) else { return Value::Null };
    if nanos % 1000 == 0 {
        return of.from_native(Native::Integer(micros));
    }
    let Value::String(text) = of.from_native(Native::Integer(seconds * 1_000_000)) else { return Value::Null };
    let text = text.trim_end_matches('Z');
    Value::String(format!("{text}.{nanos:09}{}", if local { "" } else { "Z" }))
}

/// The digits of a decimal.
fn decimal(value: &Decimal) -> String {
    let unscaled = BigInt::from_signed_bytes_be(value.data());
    let scale = usize::try_from(value.scale()).unwrap_or(0);
    let digits = unscaled.magnitude().to_string();
    let padded = format!("{digits:0>width$}", width = scale + 1);
    let (before, after) = padded.split_at(padded.len() - scale);
    let sign = if unscaled.sign() == num_bigint::Sign::Minus { "-" } else { "" };
    if after.is_empty() { format!("{sign}{before}") } else { format!("{sign}{before}.{after}") }
}
