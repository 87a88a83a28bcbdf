//! A function for each kind of field.

use super::FieldBuilder;
use crate::FieldType;

/// Any text.
pub fn text() -> FieldBuilder {
    FieldBuilder::of(FieldType::Text)
}

/// A whole number of 64 bits.
pub fn integer() -> FieldBuilder {
    FieldBuilder::of(FieldType::Integer)
}

/// A number that compares as a double.
pub fn number() -> FieldBuilder {
    FieldBuilder::of(FieldType::Number)
}

/// An exact number, which travels as a text: money.
pub fn decimal() -> FieldBuilder {
    FieldBuilder::of(FieldType::Decimal)
}

/// True or false.
pub fn boolean() -> FieldBuilder {
    FieldBuilder::of(FieldType::Boolean)
}

/// A day.
pub fn date() -> FieldBuilder {
    FieldBuilder::of(FieldType::Date)
}

/// A time of day.
pub fn time() -> FieldBuilder {
    FieldBuilder::of(FieldType::Time)
}

/// An instant: date, time and offset.
pub fn date_time() -> FieldBuilder {
    FieldBuilder::of(FieldType::DateTime)
}

/// Date and time without a zone.
pub fn local_date_time() -> FieldBuilder {
    FieldBuilder::of(FieldType::LocalDateTime)
}

/// A UUID.
pub fn uuid() -> FieldBuilder {
    FieldBuilder::of(FieldType::Uuid)
}

/// A text that is an e-mail address.
pub fn email() -> FieldBuilder {
    text().with_format("email")
}

/// A text that is a whole address with its scheme.
pub fn url() -> FieldBuilder {
    text().with_format("uri")
}

/// A list of elements of one kind.
pub fn list(element: FieldBuilder) -> FieldBuilder {
    FieldBuilder::of(FieldType::List(Box::new(FieldType::Any))).with_element(element)
}

/// An object; [`FieldBuilder::field`] adds what is in it.
pub fn object() -> FieldBuilder {
    FieldBuilder::of(FieldType::Object)
}

/// Anything.
pub fn any() -> FieldBuilder {
    FieldBuilder::of(FieldType::Any)
}
