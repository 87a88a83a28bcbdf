//! Numbers that may be anything (M5).

use super::Advice;
use crate::FieldType;
use crate::model::Field;

/// Keywords any of which says which numbers are meant.
const BOUNDS: [&str; 7] = ["minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "enum", "const", "$ref"];

pub(super) fn advise(path: &str, field: &Field) -> Option<Advice> {
    let number = matches!(field.shape.kind, FieldType::Integer | FieldType::Number);
    let written = field.shape.schema.to_string();
    let bounded = BOUNDS.iter().any(|keyword| written.contains(&format!("\"{keyword}\":")));
    (number && !bounded).then(|| Advice {
        kind: "bound.missing",
        field: Some(path.to_owned()),
        message: format!("`{path}` takes any {}", field.shape.kind.name()),
        reasons: vec!["a `minimum` and a `maximum` in the schema catch slips of the pen before they are stored".into()],
        patch: None,
    })
}
