//! Names that do not say what a field is (M5).

use super::Advice;
use crate::model::Field;

/// Names that could be anything's.
const VAGUE: [&str; 18] = [
    "data",
    "value",
    "val",
    "info",
    "misc",
    "other",
    "stuff",
    "thing",
    "item",
    "field",
    "column",
    "col",
    "attr",
    "attribute",
    "param",
    "temp",
    "tmp",
    "var",
];

pub(super) fn advise(path: &str, field: &Field) -> Option<Advice> {
    let name = field.name().to_ascii_lowercase();
    let bare = name.trim_end_matches(|char: char| char.is_ascii_digit() || char == '_' || char == '-');
    let vague = VAGUE.contains(&bare) || bare.chars().count() < 2 && !matches!(bare, "x" | "y" | "z");
    (vague && field.shape.description.is_none()).then(|| Advice {
        kind: "name.vague",
        field: Some(path.to_owned()),
        message: format!("`{path}` does not say what it is"),
        reasons: vec![
            "whoever reads a form, a filter or a history sees only the name: rename it (`renames`), or describe it in the schema".into(),
        ],
        patch: None,
    })
}
