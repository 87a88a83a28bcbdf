//! `json_editor`: JSON, for what no other widget sets; and what a door shows that cannot draw the parts of something.

use super::{Asked, Kind, name::Name, of_format};
use crate::types::FieldType;

pub(super) struct JsonEditor;

impl Kind for JsonEditor {
    fn name(&self) -> &'static str {
        "json_editor"
    }

    fn spellings(&self) -> &'static [&'static str] {
        &["json", "code", "object"]
    }

    fn sets(&self, kind: &FieldType) -> bool {
        matches!(kind, FieldType::Text | FieldType::Object | FieldType::List(_))
    }

    fn by_type(&self, asked: &Asked<'_>) -> Option<String> {
        if let Some(reason) = of_format(asked, &["json"]) {
            return Some(reason);
        }
        if asked.structured {
            return Some("it is drawn as its parts, or edited as JSON".to_owned());
        }
        match asked.kind {
            FieldType::Object => Some("it holds members of any name".to_owned()),
            FieldType::Any if asked.options.is_none() => Some("it can hold anything".to_owned()),
            _ => None,
        }
    }

    fn by_name(&self, asked: &Asked<'_>, name: &Name) -> Option<String> {
        if *asked.kind == FieldType::Text { name.says(&["json"]) } else { None }
    }
}
