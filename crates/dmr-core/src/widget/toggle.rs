//! `toggle`: yes or no.

use super::{Asked, Kind};
use crate::types::FieldType;

pub(super) struct Toggle;

impl Kind for Toggle {
    fn name(&self) -> &'static str {
        "toggle"
    }

    fn spellings(&self) -> &'static [&'static str] {
        &["checkbox", "switch", "boolean", "bool"]
    }

    fn sets(&self, kind: &FieldType) -> bool {
        *kind == FieldType::Boolean
    }

    fn by_type(&self, asked: &Asked<'_>) -> Option<String> {
        self.sets(asked.kind).then(|| "it is true or false".to_owned())
    }
}
