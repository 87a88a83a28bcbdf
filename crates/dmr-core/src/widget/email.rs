//! `email`: an e-mail address.

use super::{Asked, Kind, name::Name, of_format};
use crate::types::FieldType;

pub(super) struct Email;

impl Kind for Email {
    fn name(&self) -> &'static str {
        "email"
    }

    fn spellings(&self) -> &'static [&'static str] {
        &["mail", "email_input"]
    }

    fn sets(&self, kind: &FieldType) -> bool {
        *kind == FieldType::Text
    }

    fn by_type(&self, asked: &Asked<'_>) -> Option<String> {
        of_format(asked, &["email", "idn-email"])
    }

    fn by_name(&self, asked: &Asked<'_>, name: &Name) -> Option<String> {
        if self.sets(asked.kind) { name.says(&["email", "mail"]) } else { None }
    }

    fn placeholder(&self, _kind: &FieldType) -> Option<&'static str> {
        Some("name@example.org")
    }
}
