//! `text_area`: several lines of text.

use super::{Asked, Kind, name::Name, of_format};
use crate::types::FieldType;

/// From how many characters on a text is rather several lines than one.
const LONG: u64 = 256;

pub(super) struct TextArea;

impl Kind for TextArea {
    fn name(&self) -> &'static str {
        "text_area"
    }

    fn spellings(&self) -> &'static [&'static str] {
        &["textarea", "multiline", "longtext", "markdown", "richtext", "html"]
    }

    fn sets(&self, kind: &FieldType) -> bool {
        *kind == FieldType::Text
    }

    fn by_type(&self, asked: &Asked<'_>) -> Option<String> {
        of_format(asked, &["textarea", "multiline", "markdown", "html", "text"])
    }

    fn by_name(&self, asked: &Asked<'_>, name: &Name) -> Option<String> {
        const SYNONYMS: [&str; 14] = [
            "description",
            "note",
            "comment",
            "bio",
            "biography",
            "summary",
            "remark",
            "abstract",
            "body",
            "message",
            "content",
            "instruction",
            "feedback",
            "about",
        ];
        if self.sets(asked.kind) && asked.longest.is_none_or(|longest| longest > 100) { name.says(&SYNONYMS) } else { None }
    }

    fn by_constraints(&self, asked: &Asked<'_>) -> Option<String> {
        let longest = asked.longest.filter(|longest| *longest >= LONG && self.sets(asked.kind))?;
        Some(format!("it takes up to {longest} characters"))
    }
}
