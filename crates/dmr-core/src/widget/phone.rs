//! `phone`: a telephone number.

use super::{Asked, Kind, name::Name, of_format};
use crate::types::FieldType;

pub(super) struct Phone;

impl Kind for Phone {
    fn name(&self) -> &'static str {
        "phone"
    }

    fn spellings(&self) -> &'static [&'static str] {
        &["tel", "telephone", "phone_number", "mobile"]
    }

    fn sets(&self, kind: &FieldType) -> bool {
        *kind == FieldType::Text
    }

    fn by_type(&self, asked: &Asked<'_>) -> Option<String> {
        of_format(asked, &["phone", "tel", "phone-number"])
    }

    fn by_name(&self, asked: &Asked<'_>, name: &Name) -> Option<String> {
        const SYNONYMS: [&str; 8] = ["phone", "telephone", "tel", "mobile", "cellphone", "fax", "phonenumber", "mobilenumber"];
        if self.sets(asked.kind) { name.says(&SYNONYMS) } else { None }
    }

    fn placeholder(&self, _kind: &FieldType) -> Option<&'static str> {
        Some("+1 555 0100")
    }
}
