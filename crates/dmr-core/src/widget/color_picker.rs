//! `color_picker`: a colour.

use super::{Asked, Kind, name::Name, of_format};
use crate::types::FieldType;

pub(super) struct ColorPicker;

impl Kind for ColorPicker {
    fn name(&self) -> &'static str {
        "color_picker"
    }

    fn spellings(&self) -> &'static [&'static str] {
        &["color", "colour", "colour_picker"]
    }

    fn sets(&self, kind: &FieldType) -> bool {
        *kind == FieldType::Text
    }

    fn by_type(&self, asked: &Asked<'_>) -> Option<String> {
        of_format(asked, &["color", "colour", "hex-color"])
    }

    fn by_name(&self, asked: &Asked<'_>, name: &Name) -> Option<String> {
        if self.sets(asked.kind) { name.says(&["color", "colour"]) } else { None }
    }

    fn placeholder(&self, _kind: &FieldType) -> Option<&'static str> {
        Some("#336699")
    }
}
