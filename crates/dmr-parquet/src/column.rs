//! Columns: how a field's type stands in Parquet's schema.

use dmr_core::FieldType;
use parquet::basic::{LogicalType, Repetition, TimeUnit, Type as Physical};
use parquet::errors::Result;
use parquet::schema::types::{Type, TypePtr};
use std::sync::Arc;

/// A column of a file.
#[derive(Debug, Clone, PartialEq)]
pub struct Column {
    /// Its name: the field's.
    pub name: String,
    /// What its cells hold.
    pub kind: FieldType,
    /// Whether the text of a value counts. That of a time the system keeps does not: it is always written the same way.
    pub exact: bool,
}

impl Column {
    /// The column in a file's schema. Any cell may be missing.
    pub(crate) fn schema(&self) -> Result<TypePtr> {
        let micros = |utc| LogicalType::timestamp(utc, TimeUnit::MICROS);
        let (physical, logical) = match self.kind {
            FieldType::Integer => (Physical::INT64, None),
            FieldType::Number => (Physical::DOUBLE, None),
            FieldType::Boolean => (Physical::BOOLEAN, None),
            FieldType::Date => (Physical::INT32, Some(LogicalType::Date)),
            FieldType::Time => (Physical::INT64, Some(LogicalType::time(false, TimeUnit::MICROS))),
            FieldType::DateTime => (Physical::INT64, Some(micros(true))),
            FieldType::LocalDateTime => (Physical::INT64, Some(micros(false))),
            FieldType::Text | FieldType::Decimal | FieldType::Uuid => (Physical::BYTE_ARRAY, Some(LogicalType::String)),
            FieldType::List(_) | FieldType::Object | FieldType::Any => (Physical::BYTE_ARRAY, Some(LogicalType::Json)),
        };
        let built = Type::primitive_type_builder(&self.name, physical).with_repetition(Repetition::OPTIONAL).with_logical_type(logical);
        built.build().map(Arc::new)
    }
}
