//! A table for people, as wide as the terminal allows.

use super::cell::plain;
use super::marked::is_colored;
use super::width;
use comfy_table::presets::UTF8_FULL_CONDENSED;
use comfy_table::{Cell, Color, ContentArrangement, Table};

/// A table.
pub struct Grid {
    table: Table,
    rows: usize,
}

impl Grid {
    /// With a heading for each column.
    pub fn new<S: AsRef<str>>(headings: impl IntoIterator<Item = S>) -> Self {
        let mut table = Table::new();
        table.load_style(UTF8_FULL_CONDENSED);
        match width() {
            Some(width) => table.set_content_arrangement(ContentArrangement::Dynamic).set_width(u16::try_from(width).unwrap_or(u16::MAX)),
            None => table.set_content_arrangement(ContentArrangement::Disabled),
        };
        table.set_header(headings.into_iter().map(|heading| plain(heading.as_ref())).collect::<Vec<_>>());
        Self { table, rows: 0 }
    }

    /// Adds a row.
    pub fn row(&mut self, cells: Vec<String>) {
        self.table.add_row(cells);
        self.rows += 1;
    }

    /// Adds a row that is not to be overlooked: red where colours are shown.
    pub fn alarm(&mut self, cells: Vec<String>) {
        if !is_colored() {
            return self.row(cells);
        }
        self.table.enforce_styling();
        self.table.add_row(cells.into_iter().map(|cell| Cell::new(cell).fg(Color::Red)).collect::<Vec<_>>());
        self.rows += 1;
    }

    /// Draws it, or says that there is nothing.
    pub fn draw(&self, nothing: &str) -> String {
        if self.rows == 0 { format!("{nothing}\n") } else { format!("{}\n", self.table.trim_fmt()) }
    }
}
