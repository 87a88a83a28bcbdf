//! `multi_select`: several values.

use super::{Asked, Kind};
use crate::types::FieldType;

pub(super) struct MultiSelect;

impl Kind for MultiSelect {
    fn name(&self) -> &'static str {
        "multi_select"
    }

    fn spellings(&self) -> &'static [&'static str] {
        &["multiselect", "tags", "chips", "checkboxes", "list", "select_multiple"]
    }

    fn sets(&self, kind: &FieldType) -> bool {
        matches!(kind, FieldType::List(_))
    }

    fn by_type(&self, asked: &Asked<'_>) -> Option<String> {
        let fits = self.sets(asked.kind) && !asked.structured;
        fits.then(|| match asked.options {
            Some(options) => format!("it is a list of {options} possible values"),
            None => format!("it is a {}", asked.kind),
        })
    }
}
