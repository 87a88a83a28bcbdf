//! The settings file: TOML, flattened to keys with their lines.

use super::given::Kind;
use super::table::TABLE;
use dmr_core::{Code, Issue, Problem};
use std::path::Path;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

/// A key of the file with its value as text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// `server.port`.
    pub key: String,
    /// The value as it would be written in the environment; `None` where it is a table in a list or a time.
    pub value: Option<String>,
    /// From 1.
    pub number: usize,
}

/// Reads a file; `what` it is, for its faults: "the settings file".
///
/// # Errors
/// `file.unreadable` where it cannot be read or is not UTF-8, `setting.value` where it is not TOML, with the line.
pub fn read(path: &Path, what: &str) -> Result<Vec<Line>, Problem> {
    let text = text(path, what)?;
    let text = text.strip_prefix('\u{feff}').unwrap_or(&text);
    let table = DeTable::parse(text).map_err(|fault| {
        let number = fault.span().map_or(1, |span| line(text, span.start));
        let message = format!("{}, line {number}: {}", path.display(), fault.message().lines().next().unwrap_or_default());
        Problem::one(Issue::body("", Code::SettingValue, message))
    })?;
    let mut lines = Vec::new();
    flatten(text, "", table.get_ref(), &mut lines);
    lines.sort_by_key(|line| line.number);
    Ok(lines)
}

/// The same of a file of secrets, which nobody but its owner may read.
///
/// # Errors
/// As [`read`], and `secrets.readable`.
pub fn read_secrets(path: &Path) -> Result<Vec<Line>, Problem> {
    #[cfg(unix)]
    if let Ok(about) = std::fs::metadata(path) {
        let mode = std::os::unix::fs::PermissionsExt::mode(&about.permissions()) & 0o777;
        if mode & 0o077 != 0 {
            let message = format!("the file of secrets {} can be read or written by others (mode {mode:03o})", path.display());
            return Err(Problem::new(Code::SecretsReadable, message).suggest(format!("chmod 600 {}", path.display())));
        }
    }
    read(path, "the file of secrets")
}

/// The text of a file.
pub(super) fn text(path: &Path, what: &str) -> Result<String, Problem> {
    let unreadable = |reason: String| Problem::new(Code::FileUnreadable, format!("{what} {} cannot be read: {reason}", path.display()));
    let bytes = std::fs::read(path).map_err(|fault| unreadable(fault.to_string()))?;
    String::from_utf8(bytes).map_err(|_| unreadable("it is not UTF-8".to_owned()))
}

fn flatten(text: &str, prefix: &str, table: &DeTable<'_>, lines: &mut Vec<Line>) {
    for (key, value) in table {
        let name = if prefix.is_empty() { key.get_ref().to_string() } else { format!("{prefix}.{}", key.get_ref()) };
        match value.get_ref() {
            DeValue::Table(rows) if is_rows(&name) => {
                lines.push(Line { key: name, value: written_rows(rows), number: line(text, key.span().start) });
            }
            DeValue::Table(inner) => flatten(text, &name, inner, lines),
            _ => lines.push(Line { key: name, value: written(value), number: line(text, key.span().start) }),
        }
    }
}

/// Whether a table is the value of one setting and no group of settings, in a profile too.
fn is_rows(name: &str) -> bool {
    let takes = TABLE.iter().filter(|setting| setting.kind == Kind::Exports);
    takes.map(|setting| setting.key).any(|key| name.strip_suffix(key).is_some_and(|before| before.is_empty() || before.ends_with('.')))
}

/// `{ clerk = ["shop.*"] }` as `clerk = shop.*`.
fn written_rows(rows: &DeTable<'_>) -> Option<String> {
    let row = |(to, patterns): (&Spanned<_>, &Spanned<DeValue<'_>>)| Some(format!("{} = {}", to.get_ref(), written(patterns)?));
    let rows: Vec<String> = rows.iter().map(row).collect::<Option<_>>()?;
    Some(if rows.is_empty() { "none".to_owned() } else { rows.join("; ") })
}

fn written(value: &Spanned<DeValue<'_>>) -> Option<String> {
    match value.get_ref() {
        DeValue::String(text) => Some(text.to_string()),
        DeValue::Integer(number) => i128::from_str_radix(number.as_str(), number.radix()).ok().map(|number| number.to_string()),
        DeValue::Float(number) => Some(number.as_str().to_owned()),
        DeValue::Boolean(true) => Some("on".to_owned()),
        DeValue::Boolean(false) => Some("off".to_owned()),
        DeValue::Array(items) if items.is_empty() => Some("none".to_owned()),
        DeValue::Array(items) => items.iter().map(written).collect::<Option<Vec<_>>>().map(|items| items.join(",")),
        DeValue::Datetime(_) | DeValue::Table(_) => None,
    }
}

fn line(text: &str, at: usize) -> usize {
    text.as_bytes().iter().take(at).filter(|byte| **byte == b'\n').count() + 1
}
