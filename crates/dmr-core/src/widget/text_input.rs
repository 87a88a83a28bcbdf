//! `text_input`: one line of text; what every text falls back to.

use super::{Asked, Kind, is_number, is_time, is_written};
use crate::types::FieldType;

pub(super) struct TextInput;

impl Kind for TextInput {
    fn name(&self) -> &'static str {
        "text_input"
    }

    fn spellings(&self) -> &'static [&'static str] {
        &["text", "string", "input", "textfield"]
    }

    fn sets(&self, kind: &FieldType) -> bool {
        is_written(kind) || is_number(kind) || is_time(kind)
    }

    fn by_type(&self, asked: &Asked<'_>) -> Option<String> {
        (*asked.kind == FieldType::Uuid).then(|| "it holds UUIDs".to_owned())
    }

    fn placeholder(&self, kind: &FieldType) -> Option<&'static str> {
        (*kind == FieldType::Uuid).then_some("01234567-89ab-cdef-0123-456789abcdef")
    }
}
