//! A table for people, as wide as the terminal allows.

use super::cell::plain;
use super::width;
use comfy_table::presets::UTF8_FULL_CONDENSED;
use comfy_table::{ContentArrangement, Table};

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

    /// Draws it, or says that there is nothing.
    pub fn draw(&self, nothing: &str) -> String {
        if self.rows == 0 { format!("{nothing}\n") } else { format!("{}\n", self.table.trim_fmt()) }
    }
}
