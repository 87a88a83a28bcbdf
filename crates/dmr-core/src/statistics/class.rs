//! What a value is, whatever its field is declared to be.

use crate::FieldType;

/// What a value is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Class {
    Boolean,
    Integer,
    Number,
    Text,
    List,
    Object,
    /// A text that is a value of its field's type: a date, a decimal, an id.
    Typed,
}

impl Class {
    pub const ALL: [Self; 7] = [Self::Boolean, Self::Integer, Self::Number, Self::Text, Self::List, Self::Object, Self::Typed];

    /// Of a stored value that is not null, in a field of a type.
    pub fn of(kind: &FieldType, raw: &[u8]) -> Self {
        match raw.first() {
            Some(b't' | b'f') => Self::Boolean,
            Some(b'[') => Self::List,
            Some(b'{') => Self::Object,
            Some(b'"') if is_written(kind) => {
                let mut key = Vec::new();
                kind.key_raw(raw, &mut key);
                Self::of_key(kind, raw, &key)
            }
            Some(b'"') => Self::Text,
            _ if raw.iter().all(|byte| byte.is_ascii_digit() || *byte == b'-') => Self::Integer,
            _ => Self::Number,
        }
    }

    /// The same where the value's key in its field is there already.
    pub fn of_key(kind: &FieldType, raw: &[u8], key: &[u8]) -> Self {
        match raw.first() {
            Some(b'"') if is_written(kind) && !crate::key::is_text(key) => Self::Typed,
            Some(b'"') => Self::Text,
            _ => Self::of(kind, raw),
        }
    }

    /// As it is told.
    pub fn name(self, kind: &FieldType) -> &'static str {
        match self {
            Self::Boolean => "boolean",
            Self::Integer => "integer",
            Self::Number => "number",
            Self::Text => "text",
            Self::List => "list",
            Self::Object => "object",
            Self::Typed => kind.name(),
        }
    }
}

/// Whether values of a type are written as texts and are more than that.
fn is_written(kind: &FieldType) -> bool {
    use FieldType::{Date, DateTime, Decimal, LocalDateTime, Time, Uuid};
    matches!(kind, Decimal | Date | Time | DateTime | LocalDateTime | Uuid)
}
