//! `percentage`: a share of a hundred.

use super::{Asked, Kind, is_number, name::Name};
use crate::types::FieldType;

pub(super) struct Percentage;

impl Kind for Percentage {
    fn name(&self) -> &'static str {
        "percentage"
    }

    fn spellings(&self) -> &'static [&'static str] {
        &["percent", "pct"]
    }

    fn sets(&self, kind: &FieldType) -> bool {
        is_number(kind)
    }

    fn by_name(&self, asked: &Asked<'_>, name: &Name) -> Option<String> {
        if self.sets(asked.kind) { name.says(&["percentage", "percent", "pct"]) } else { None }
    }
}
