//! `url`: a web address.

use super::{Asked, Kind, name::Name, of_format};
use crate::types::FieldType;

pub(super) struct Url;

impl Kind for Url {
    fn name(&self) -> &'static str {
        "url"
    }

    fn spellings(&self) -> &'static [&'static str] {
        &["uri", "link", "url_input"]
    }

    fn sets(&self, kind: &FieldType) -> bool {
        *kind == FieldType::Text
    }

    fn by_type(&self, asked: &Asked<'_>) -> Option<String> {
        of_format(asked, &["uri", "iri", "url", "uri-reference", "iri-reference"])
    }

    fn by_name(&self, asked: &Asked<'_>, name: &Name) -> Option<String> {
        const SYNONYMS: [&str; 9] = ["url", "uri", "link", "hyperlink", "website", "homepage", "webpage", "href", "permalink"];
        if self.sets(asked.kind) { name.says(&SYNONYMS) } else { None }
    }

    fn placeholder(&self, _kind: &FieldType) -> Option<&'static str> {
        Some("https://example.org/")
    }
}
