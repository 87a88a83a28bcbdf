//! `.env`: variables of the environment, written down in a file.

use super::file::{self, Line};
use dmr_core::{Code, Issue, Problem};
use std::path::{Path, PathBuf};

/// The variables of a `.env` file, in order. What is not for us is kept and passed over by whoever lays settings.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Dotenv {
    pub(super) path: PathBuf,
    pub(super) lines: Vec<Line>,
}

impl Dotenv {
    /// Reads a file: `NAME=VALUE` a line, with or without `export` and quotes; empty lines and those that begin with `#` say nothing.
    ///
    /// # Errors
    /// `file.unreadable` where it cannot be read or is not UTF-8; `setting.value` for a line of ours without `=`.
    pub fn read(path: &Path) -> Result<Self, Problem> {
        let text = file::text(path, "the file")?;
        let mut lines = Vec::new();
        for (at, line) in text.lines().enumerate() {
            let line = line.trim();
            let line = line.strip_prefix("export ").unwrap_or(line).trim_start();
            if line.is_empty() || line.starts_with('#') {
                continue;
            }
            match line.split_once('=') {
                Some((name, value)) => {
                    lines.push(Line { key: name.trim_end().to_owned(), value: Some(unquoted(value).to_owned()), number: at + 1 });
                }
                None if line.starts_with("DMR_") => {
                    let message = format!("{}, line {}: this is written NAME=VALUE", path.display(), at + 1);
                    return Err(Problem::one(Issue::body("", Code::SettingValue, message)));
                }
                None => {}
            }
        }
        Ok(Self { path: path.to_owned(), lines })
    }

    /// What it says a variable is; where it says so twice, the last.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.lines.iter().rev().find(|line| line.key == name).and_then(|line| line.value.as_deref())
    }
}

/// A value without its quotes; without quotes, what stands behind ` #` is a remark.
fn unquoted(value: &str) -> &str {
    let value = value.trim();
    for quote in ['"', '\''] {
        if let Some(inner) = value.strip_prefix(quote)
            && let Some((inner, _)) = inner.split_once(quote)
        {
            return inner;
        }
    }
    value.split_once(" #").map_or(value, |(value, _)| value.trim_end())
}
