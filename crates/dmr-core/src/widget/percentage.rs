//! `percentage`: a share of a hundred.

use super::{Asked, Kind, is_number, name};
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

    fn by_name(&self, asked: &Asked<'_>) -> Option<String> {
        name::says(asked, &["percentage", "percent", "pct"]).filter(|_| self.sets(asked.kind))
    }
}
