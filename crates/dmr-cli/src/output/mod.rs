//! How answers are shown (U4): tables for people, the API's JSON, lines, CSV.

mod grid;
mod cell;
mod csv;
mod expanded;
mod marked;
mod bars;
mod spool;
mod diagnostic;
mod stream;

pub use bars::{bar, line};
pub use cell::{Look, plain};
pub use csv::at;
pub use expanded::beside;
pub use grid::Grid;
pub use marked::{Marked, paint};
pub use stream::Stream;

use crate::call::items;
use crate::failure::Failure;
use clap::ValueEnum;
use dmr::Value;
use dmr::settings::Terminal;
use serde_json::json;
use std::io::{IsTerminal, Write};

/// How answers are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// A table for people.
    Table,
    /// The API's JSON, as it is.
    Json,
    /// One JSON text a line; of a list one line an item.
    Ndjson,
    /// RFC 4180 with a header line; lists and objects as JSON text, null and absent empty, `'` before texts that a spreadsheet would run.
    Csv,
}

/// Where answers and everything else that is told go.
pub struct Output {
    /// How answers are written.
    pub format: Format,
}

impl Output {
    /// Of a format.
    pub fn new(format: Format) -> Self {
        Self { format }
    }

    /// Whether a person watches what stands beside the answer.
    pub fn is_watched(&self) -> bool {
        self.format == Format::Table && std::io::stderr().is_terminal()
    }

    /// Writes an answer; `people` draws it for them.
    pub fn show(&self, answer: &Value, people: impl FnOnce() -> String) -> Result<(), Failure> {
        let mut out = std::io::stdout().lock();
        match self.format {
            Format::Table => out.write_all(people().as_bytes())?,
            Format::Json => writeln!(out, "{answer}")?,
            Format::Ndjson if answer.get("items").is_some() => items(answer).iter().try_for_each(|item| writeln!(out, "{item}"))?,
            Format::Ndjson => writeln!(out, "{answer}")?,
            Format::Csv => {
                let rows = if answer.get("items").is_some() { items(answer) } else { std::slice::from_ref(answer) };
                let columns = csv::columns(rows);
                csv::header(&mut out, &columns)?;
                rows.iter().try_for_each(|row| csv::row(&mut out, &columns, row))?;
            }
        }
        out.flush()?;
        Ok(())
    }

    /// Writes a page of text as it is, whatever the format.
    pub fn page(&self, text: &str) -> Result<(), Failure> {
        let mut out = std::io::stdout().lock();
        out.write_all(text.as_bytes())?;
        out.flush()?;
        Ok(())
    }

    /// Says of what was asked for and has no answer that it was done: `deleted: Product 0012`, for programs `{"deleted": "Product 0012"}`.
    pub fn done(&self, verb: &str, what: &str) -> Result<(), Failure> {
        self.show(&json!({ verb: what }), || format!("{verb}: {what}\n"))
    }

    /// Suggests what to do next, to a person who watches.
    pub fn next(&self, command: &str) {
        if self.is_watched() {
            self.aside(&format!("next: {command}"));
        }
    }

    /// Says something beside the answer.
    pub fn aside(&self, words: &str) {
        // Nobody is left to be told that nobody reads this.
        let _unread = writeln!(std::io::stderr(), "{words}");
    }

    /// Tells a failure: a diagnostic for people, with `--format json` and `ndjson` the problem document.
    pub fn failure(&self, failure: &Failure) {
        let Some(problem) = failure.problem() else {
            return;
        };
        match self.format {
            Format::Json | Format::Ndjson => self.aside(&problem.to_json().to_string()),
            Format::Table | Format::Csv => self.aside(&diagnostic::draw(failure)),
        }
    }

    /// How cells look under these settings.
    pub fn look<'s>(&self, settings: &'s Terminal) -> Look<'s> {
        Look::new(settings)
    }
}

/// Columns of a terminal, where the output is one.
fn width() -> Option<usize> {
    std::io::stdout().is_terminal().then(|| terminal_size::terminal_size().map_or(80, |(width, _)| usize::from(width.0)))
}
