//! `slider`: a number between two bounds.

use super::{Asked, Kind, is_number};
use crate::types::FieldType;

/// How far bounds may lie apart for a slider to be guessed: further apart nobody hits a value.
const WIDEST: f64 = 10_000.0;

pub(super) struct Slider;

impl Kind for Slider {
    fn name(&self) -> &'static str {
        "slider"
    }

    fn spellings(&self) -> &'static [&'static str] {
        &["range", "rating"]
    }

    fn sets(&self, kind: &FieldType) -> bool {
        is_number(kind)
    }

    /// Between two bounds only.
    fn can(&self, asked: &Asked<'_>) -> bool {
        asked.least.is_some() && asked.greatest.is_some()
    }

    fn by_constraints(&self, asked: &Asked<'_>) -> Option<String> {
        let (least, greatest) = (asked.least?, asked.greatest?);
        let fits = self.sets(asked.kind) && greatest > least && greatest - least <= WIDEST;
        fits.then(|| format!("it lies between {least} and {greatest}"))
    }
}
