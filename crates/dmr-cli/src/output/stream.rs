//! A long list as it comes, page after page, in bounded memory (but for a table, which needs the widths of all its cells).

use super::spool::Spool;
use super::{Format, Grid, Look, Output, csv, expanded};
use crate::call::items;
use crate::failure::Failure;
use dmr::Value;
use dmr::core::words;
use std::io::{BufWriter, Write};

/// A list that is being written.
pub struct Stream<'s> {
    out: BufWriter<std::io::StdoutLock<'static>>,
    look: Look<'s>,
    fixed: bool,
    form: Form,
    /// Items so far.
    pub written: usize,
    /// The total, where the server told it.
    pub count: Option<u64>,
    next: Value,
}

enum Form {
    Table(Vec<Value>, Vec<String>),
    Json,
    Lines,
    Csv(Box<Spool>),
}

impl<'s> Stream<'s> {
    /// `columns` come first, in this order; with `fixed` there are no others.
    pub fn new(output: &Output, look: Look<'s>, columns: Vec<String>, fixed: bool) -> Result<Self, Failure> {
        let mut out = BufWriter::new(std::io::stdout().lock());
        let form = match output.format {
            Format::Table => Form::Table(Vec::new(), columns),
            Format::Json => {
                out.write_all(b"{\"items\":[")?;
                Form::Json
            }
            Format::Ndjson => Form::Lines,
            Format::Csv => Form::Csv(Box::new(Spool::new(columns, fixed)?)),
        };
        Ok(Self { out, look, fixed, form, written: 0, count: None, next: Value::Null })
    }

    /// Writes a page.
    pub fn page(&mut self, page: &Value) -> Result<(), Failure> {
        self.count = self.count.or_else(|| page.get("count").and_then(Value::as_u64));
        self.next = page.get("next").cloned().unwrap_or_default();
        for item in items(page) {
            match &mut self.form {
                Form::Table(rows, _) => rows.push(with_expanded(item)),
                Form::Json if self.written == 0 => write!(self.out, "{item}")?,
                Form::Json => write!(self.out, ",{item}")?,
                Form::Lines => writeln!(self.out, "{item}")?,
                Form::Csv(spool) if item.get("_expand").is_some() => spool.add(&with_expanded(item))?,
                Form::Csv(spool) => spool.add(item)?,
            }
            self.written += 1;
        }
        Ok(())
    }

    /// Writes what is left. A table says how many there were and whether there are more.
    pub fn finish(mut self, nothing: &str) -> Result<(), Failure> {
        match self.form {
            Form::Table(rows, columns) => {
                let columns = if self.fixed { columns } else { shown(&rows, columns) };
                let mut grid = Grid::new(&columns);
                for row in &rows {
                    grid.row(columns.iter().map(|name| self.look.member(name, csv::at(row, name))).collect());
                }
                self.out.write_all(grid.draw(nothing).as_bytes())?;
                writeln!(self.out, "{}", footer(rows.len(), self.count, !self.next.is_null()))?;
            }
            Form::Json => {
                write!(self.out, "],\"next\":{}", self.next)?;
                if let Some(count) = self.count {
                    write!(self.out, ",\"count\":{count}")?;
                }
                self.out.write_all(b"}\n")?;
            }
            Form::Lines => {}
            Form::Csv(spool) => {
                let (columns, rows) = spool.finish()?;
                csv::header(&mut self.out, &columns)?;
                for row in rows {
                    csv::row(&mut self.out, &columns, &row?)?;
                }
            }
        }
        self.out.flush()?;
        Ok(())
    }
}

/// A record with what it refers to in cells of its own.
fn with_expanded(item: &Value) -> Value {
    let mut row = item.clone();
    expanded::beside(&mut row);
    row
}

/// People see the id and the fields; what else the system keeps of a record is in the other formats.
fn shown(rows: &[Value], known: Vec<String>) -> Vec<String> {
    let mut columns = vec!["_id".to_owned()];
    let mut all = known;
    rows.iter().for_each(|row| csv::add_columns(&mut all, row));
    columns.extend(all.into_iter().filter(|name| !name.starts_with('_') || name == "_deleted_at"));
    if !rows.iter().any(|row| row.get("_id").is_some()) {
        columns.remove(0);
    }
    columns
}

fn footer(rows: usize, count: Option<u64>, more: bool) -> String {
    let shown = words::count(rows as u64, "record");
    match (count, more) {
        (Some(count), _) => format!("{rows} of {}", words::count(count, "record")),
        (None, true) => format!("{shown}; there are more (--limit N, --all)"),
        (None, false) => shown,
    }
}
