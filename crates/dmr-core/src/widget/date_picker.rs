//! `date_picker`: a date, a time of day, or both.

use super::{Asked, Kind, is_time};
use crate::types::FieldType;

pub(super) struct DatePicker;

impl Kind for DatePicker {
    fn name(&self) -> &'static str {
        "date_picker"
    }

    fn spellings(&self) -> &'static [&'static str] {
        &["date", "time", "datetime", "date_time", "time_picker", "datetime_picker", "calendar"]
    }

    fn sets(&self, kind: &FieldType) -> bool {
        is_time(kind)
    }

    fn by_type(&self, asked: &Asked<'_>) -> Option<String> {
        let held = match asked.kind {
            FieldType::Date => "a date",
            FieldType::Time => "a time of day",
            FieldType::DateTime => "a date and time with an offset",
            FieldType::LocalDateTime => "a date and time without an offset",
            _ => return None,
        };
        Some(format!("it holds {held}"))
    }

    fn placeholder(&self, kind: &FieldType) -> Option<&'static str> {
        match kind {
            FieldType::Date => Some("2024-01-31"),
            FieldType::Time => Some("10:15:00"),
            FieldType::DateTime => Some("2024-01-31T10:15:00Z"),
            FieldType::LocalDateTime => Some("2024-01-31T10:15:00"),
            _ => None,
        }
    }
}
