//! A value as it stands in a table.

use dmr::Value;
use dmr::settings::Terminal;

/// How values look.
#[derive(Clone, Copy)]
pub struct Look<'s> {
    settings: &'s Terminal,
}

impl<'s> Look<'s> {
    /// Under these settings.
    pub fn new(settings: &'s Terminal) -> Self {
        Self { settings }
    }

    /// A value of a record: as it is stored, without what would move a terminal's cursor. Absent is empty, null says so.
    pub fn value(self, value: Option<&Value>) -> String {
        match value {
            None => String::new(),
            Some(Value::String(text)) => self.cut(&plain(text)),
            Some(other) => self.cut(&plain(&other.to_string())),
        }
    }

    /// A value of a description: null says nothing.
    pub fn word(self, value: Option<&Value>) -> String {
        self.value(value.filter(|value| !value.is_null()))
    }

    /// A text for a person, whole.
    pub fn whole(self, text: &str) -> String {
        plain(text)
    }

    /// A time of the system, in the format that the settings say.
    pub fn time(self, value: Option<&Value>) -> String {
        let Some(text) = value.and_then(Value::as_str) else {
            return self.word(value);
        };
        match text.parse::<jiff::Timestamp>() {
            Ok(time) => time.to_zoned(jiff::tz::TimeZone::UTC).strftime(self.settings.date_format.as_str()).to_string(),
            Err(_) => self.value(value),
        }
    }

    /// A member of a record: system times as times, everything else as it is.
    pub fn member(self, name: &str, value: Option<&Value>) -> String {
        if matches!(name, "_created_at" | "_updated_at" | "_deleted_at") { self.time(value) } else { self.value(value) }
    }

    /// A figure that was computed.
    pub fn figure(self, number: f64) -> String {
        format!("{number:.*}", self.settings.number_precision)
    }

    /// A number between values, with as many digits after the point as the settings say; exactly as it is where it has fewer.
    pub fn mean(self, value: Option<&Value>) -> String {
        let text = match value {
            Some(Value::Number(number)) => number.to_string(),
            Some(Value::String(text)) => text.clone(),
            other => return self.value(other),
        };
        let most = self.settings.number_precision;
        match (text.split_once('.'), text.parse::<f64>()) {
            (Some((_, fraction)), Ok(number)) if fraction.len() > most && number.abs() < 1e15 => self.figure(number),
            _ => self.cut(&plain(&text)),
        }
    }

    /// Characters of the widest column.
    pub fn width(self) -> usize {
        self.settings.max_column_width
    }

    fn cut(self, text: &str) -> String {
        let most = self.settings.max_column_width;
        if text.chars().count() <= most {
            return text.to_owned();
        }
        text.chars().take(most.saturating_sub(1)).chain(['…']).collect()
    }
}

/// A text without characters that a terminal obeys: they are shown as escapes.
pub fn plain(text: &str) -> String {
    let obeyed = |c: char| c.is_control() || matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    if !text.contains(obeyed) {
        return text.to_owned();
    }
    let mut out = String::with_capacity(text.len() + 8);
    for c in text.chars() {
        if obeyed(c) { out.extend(c.escape_default()) } else { out.push(c) }
    }
    out
}
