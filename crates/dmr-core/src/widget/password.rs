//! `password`: a text nobody sees while it is typed.

use super::{Asked, Kind, name::Name, of_format};
use crate::types::FieldType;

pub(super) struct Password;

impl Kind for Password {
    fn name(&self) -> &'static str {
        "password"
    }

    fn spellings(&self) -> &'static [&'static str] {
        &["secret", "passphrase"]
    }

    fn sets(&self, kind: &FieldType) -> bool {
        *kind == FieldType::Text
    }

    fn by_type(&self, asked: &Asked<'_>) -> Option<String> {
        of_format(asked, &["password"])
    }

    fn by_name(&self, asked: &Asked<'_>, name: &Name) -> Option<String> {
        const SYNONYMS: [&str; 7] = ["password", "passwd", "pwd", "passphrase", "passcode", "secret", "credential"];
        if self.sets(asked.kind) { name.says(&SYNONYMS) } else { None }
    }
}
