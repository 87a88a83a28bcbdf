//! Rows that wait on disk until every column is known: the header of a CSV stands before them.

use super::csv;
use dmr::core::json;
use dmr::{Code, Problem, Value};
use std::fs::File;
use std::io::{BufRead, BufReader, BufWriter, Seek, Write};

/// Rows in a file that nobody else sees.
pub struct Spool {
    file: BufWriter<File>,
    columns: Vec<String>,
    fixed: bool,
}

impl Spool {
    /// An empty one; `columns` come first; with `fixed` there are no others.
    pub fn new(columns: Vec<String>, fixed: bool) -> Result<Self, Problem> {
        Ok(Self { file: BufWriter::new(tempfile::tempfile().map_err(|fault| full(&fault))?), columns, fixed })
    }

    /// Adds a row.
    pub fn add(&mut self, row: &Value) -> Result<(), Problem> {
        if !self.fixed {
            csv::add_columns(&mut self.columns, row);
        }
        writeln!(self.file, "{row}").map_err(|fault| full(&fault))
    }

    /// Gives the columns and the rows, one after the other.
    pub fn finish(self) -> Result<(Vec<String>, impl Iterator<Item = Result<Value, Problem>>), Problem> {
        let mut file = self.file.into_inner().map_err(|fault| full(fault.error()))?;
        file.rewind().map_err(|fault| full(&fault))?;
        let rows = BufReader::new(file).lines().map(|line| {
            let line = line.map_err(|fault| full(&fault))?;
            json::parse(line.as_bytes())
                .map_err(|fault| Problem::new(Code::Internal, format!("a row that waited is damaged: {}", fault.message)))
        });
        Ok((self.columns, rows))
    }
}

fn full(fault: &std::io::Error) -> Problem {
    Problem::new(Code::StoreFull, format!("rows that wait cannot be kept: {fault}"))
}
