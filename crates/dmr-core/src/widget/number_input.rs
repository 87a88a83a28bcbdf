//! `number_input`: a number; what every number falls back to.

use super::{Kind, is_number};
use crate::types::FieldType;

pub(super) struct NumberInput;

impl Kind for NumberInput {
    fn name(&self) -> &'static str {
        "number_input"
    }

    fn spellings(&self) -> &'static [&'static str] {
        &["number", "integer", "numeric", "spinner", "updown"]
    }

    fn sets(&self, kind: &FieldType) -> bool {
        is_number(kind)
    }

    fn placeholder(&self, kind: &FieldType) -> Option<&'static str> {
        (*kind == FieldType::Decimal).then_some("12.50")
    }
}
