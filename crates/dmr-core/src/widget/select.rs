//! `select`: one of several values.

use super::{Asked, Kind};
use crate::types::FieldType;

/// How many different values there are at most where they are few.
const FEW: usize = 20;
/// How often each value stands in living records on the average where they are few.
const REPEATED: usize = 5;

pub(super) struct Select;

impl Kind for Select {
    fn name(&self) -> &'static str {
        "select"
    }

    fn spellings(&self) -> &'static [&'static str] {
        &["dropdown", "radio", "choice", "enum", "combobox", "autocomplete"]
    }

    fn sets(&self, kind: &FieldType) -> bool {
        !matches!(kind, FieldType::List(_) | FieldType::Object)
    }

    fn by_type(&self, asked: &Asked<'_>) -> Option<String> {
        let options = asked.options.filter(|_| self.sets(asked.kind) && *asked.kind != FieldType::Boolean)?;
        Some(if options == 1 { "it has one possible value".to_owned() } else { format!("it is one of {options} values") })
    }

    fn by_values(&self, asked: &Asked<'_>) -> Option<String> {
        let live = asked.live.filter(|live| *asked.kind == FieldType::Text && live.values > 1 && live.values <= FEW)?;
        let few = live.records >= live.values * REPEATED;
        few.then(|| format!("the newest {} records that have it hold {} different values; others can be typed", live.records, live.values))
    }
}
