//! The words of SEARCHABLE fields, in SQLite's own full-text index, which sees only words that core made.
//!
//! A word is stored as `<model>x<field>x<word>` in hexadecimal, so that words of several models and fields never meet; the row of a record
//! is its number with the model's above it. The index keeps no text (`content=''`). Nobody's text reaches its query language: words are
//! made of letters and digits, and stand in quotes all the same.

use super::batch::Batch;
use super::fault::{Fault, failed};
use super::read::{Laid, Reading};
use super::walk::Ended;
use crate::Search;
use dmr_core::model::{FieldId, Model, ModelId};
use dmr_core::record::{Record, RecordRef};
use dmr_core::search::{Probe, Searched, Term};
use dmr_core::{Code, Problem};
use rusqlite::params;
use std::fmt::Write as _;
use std::ops::ControlFlow;
use std::sync::Arc;
use std::time::Instant;

/// The tokenizer parts words at spaces and changes none: they have no upper case any more, and no ASCII but letters and digits.
pub(super) const TABLE: &str =
    "CREATE VIRTUAL TABLE word USING fts5(words, content='', contentless_delete=1, detail=full, tokenize='ascii');";

/// So many bits of a row in the index are the record's; those above are the model's.
const ROW_BITS: u32 = 40;
const ROW_MASK: i64 = (1 << ROW_BITS) - 1;

/// How many rows go by between two looks at the clock.
const LOOK_EVERY: u32 = 64;

impl Batch<'_> {
    /// Brings the words of one record to what it is now.
    pub(super) fn move_words(&self, model: &Model, row: i64, before: Option<&Record>, after: Option<&Record>) -> Result<(), Fault> {
        let Some(id) = before.or(after).map(|record| record.id) else { return Ok(()) };
        let model = self.words_model(model, id);
        if model.searched.is_empty() {
            return Ok(());
        }
        let words = |record: Option<&Record>| record.map(|record| words_of(model, &record.doc)).unwrap_or_default();
        if let (Some(before), Some(after)) = (before, after)
            && model.searched.iter().all(|searched| same_texts(searched, before, after))
        {
            return Ok(());
        }
        let (old, new) = (words(before), words(after));
        // Of what goes nothing is left, also not words that it does not have by now.
        if old == new && after.is_some() {
            return Ok(());
        }
        let row = word_row(model.id(), row)?;
        if before.is_some() {
            // Also where it has none now: words that were made ready for a change that did not come may be left.
            self.delete_words(row)?;
        }
        self.insert_words(row, &new)
    }

    /// Brings the words of a record to those of a model that has further SEARCHABLE fields.
    pub(super) fn bring_words(&self, new: &Model, row: i64, record: &Record, had_words: bool) -> Result<(), Fault> {
        let row = word_row(new.id(), row)?;
        if had_words {
            self.delete_words(row)?;
        }
        self.insert_words(row, &words_of(new, &record.doc))
    }

    /// Makes the words of all records of a model anew.
    pub(super) fn make_words(&self, old: &Model, new: &Arc<Model>) -> Result<(), Fault> {
        if !old.searched.is_empty() {
            self.drop_words(new.id())?;
        }
        if new.searched.is_empty() {
            return Ok(());
        }
        let table = self.layouts.table(new.id()).clone();
        self.each_row(&table, new.id(), &mut |row, record| {
            if record.deleted_at.is_some() {
                return Ok(());
            }
            self.insert_words(word_row(new.id(), row)?, &words_of(new, &record.doc))
        })
    }

    /// Forgets the words of a model.
    pub(super) fn drop_words(&self, model: ModelId) -> Result<(), Fault> {
        let (first, last) = (word_row(model, 0)?, word_row(model, ROW_MASK)?);
        self.connection.prepare_cached("DELETE FROM word WHERE rowid BETWEEN ?1 AND ?2")?.execute([first, last])?;
        Ok(())
    }

    /// Forgets so many of the words of a model; gives how many it had.
    pub(super) fn drop_some_words(&self, model: ModelId, most: i64) -> Result<i64, Fault> {
        let (first, last) = (word_row(model, 0)?, word_row(model, ROW_MASK)?);
        // The index itself does not tell its rows one after the other: it keeps no text.
        let sql = "DELETE FROM word WHERE rowid IN (SELECT id FROM word_docsize WHERE id BETWEEN ?1 AND ?2 LIMIT ?3)";
        let deleted = self.connection.prepare_cached(sql)?.execute(params![first, last, most])?;
        Ok(i64::try_from(deleted).unwrap_or(i64::MAX))
    }

    fn delete_words(&self, row: i64) -> Result<(), Fault> {
        self.connection.prepare_cached("DELETE FROM word WHERE rowid = ?1")?.execute([row])?;
        Ok(())
    }

    fn insert_words(&self, row: i64, words: &str) -> Result<(), Fault> {
        if !words.is_empty() {
            self.connection.prepare_cached("INSERT INTO word(rowid, words) VALUES(?1, ?2)")?.execute(params![row, words])?;
        }
        Ok(())
    }
}

/// Hands out the records that the index finds, in stretches, so that no snapshot is held long.
pub(super) fn search(
    reading: &Reading<'_>,
    search: &Search<'_>,
    each: &mut dyn FnMut(RecordRef<'_>) -> ControlFlow<()>,
) -> Result<(), Problem> {
    if search.probe.fields.is_empty() || search.probe.terms.is_empty() {
        return Ok(());
    }
    let question = question(search.model.id(), search.probe);
    let mut after = match word_row(search.model.id(), 0) {
        Ok(first) => first - 1,
        Err(_) => return Ok(()),
    };
    loop {
        let laid = reading.laid();
        match stretch(reading, &laid, search, &question, &mut after, each) {
            Ok(Ended::Done) => return Ok(()),
            Ok(Ended::Due) => reading.renew_if_due()?,
            Ok(Ended::Moved) => {}
            Err(_) if !reading.holds(&laid) => {}
            Err(error) => return Err(failed(error)),
        }
    }
}

fn stretch(
    reading: &Reading<'_>,
    laid: &Laid<'_>,
    search: &Search<'_>,
    question: &str,
    after: &mut i64,
    each: &mut dyn FnMut(RecordRef<'_>) -> ControlFlow<()>,
) -> rusqlite::Result<Ended> {
    let table = laid.table(search.model.id());
    let sql = format!(
        "SELECT w.rowid, {} FROM word AS w CROSS JOIN {} AS r ON r.row = (w.rowid & {ROW_MASK}) WHERE w.word MATCH ?1 AND w.rowid > ?2",
        table.qualified, table.name
    );
    let mut statement = reading.connection.prepare_cached(&sql)?;
    statement.raw_bind_parameter(1, question)?;
    statement.raw_bind_parameter(2, *after)?;
    let mut rows = statement.raw_query();
    let mut buffer = Vec::new();
    let began = Instant::now();
    let mut seen = 0_u32;
    loop {
        let row = rows.next()?;
        if seen == 0 && !reading.holds(laid) {
            return Ok(Ended::Moved);
        }
        let Some(row) = row else { return Ok(Ended::Done) };
        let record = table.record(row, 1, &mut buffer)?;
        if record.deleted_at.is_none() && each(record).is_break() {
            return Ok(Ended::Done);
        }
        seen = seen.wrapping_add(1).max(1);
        if seen.is_multiple_of(LOOK_EVERY) && reading.is_due(began) {
            *after = row.get(0)?;
            return Ok(Ended::Due);
        }
    }
}

/// The row of a record in the index.
fn word_row(model: ModelId, row: i64) -> Result<i64, Fault> {
    let model = i64::from(model.0);
    if model >= 1 << (63 - ROW_BITS) || row > ROW_MASK {
        return Err(Fault::Command(Problem::new(Code::StorageLimit, "the index of words has no room for further models or records")));
    }
    Ok(model << ROW_BITS | row)
}

/// Whether a field holds the same bytes: most changes of a record are of other fields.
fn same_texts(searched: &Searched, before: &Record, after: &Record) -> bool {
    searched.path.single(&before.doc) == searched.path.single(&after.doc)
}

/// The words of a record as the index takes them: between spaces.
fn words_of(model: &Model, doc: &[u8]) -> String {
    let mut out = String::with_capacity(256);
    for searched in &model.searched {
        searched.words(doc, &mut |word| {
            if !out.is_empty() {
                out.push(' ');
            }
            write_word(model.id(), searched.id(), word, &mut out);
        });
    }
    out
}

/// A word as the index holds it. Points and commas of numbers, which would part it, stand as characters that no word holds.
fn write_word(model: ModelId, field: FieldId, word: &str, out: &mut String) {
    // Writing to a text cannot fail.
    let _ = write!(out, "{:x}x{:x}x", model.0, field.0);
    for char in word.chars() {
        out.push(match char {
            '.' => '\u{e000}',
            ',' => '\u{e001}',
            other => other,
        });
    }
}

/// A question in the index's language: each term, in one of the fields.
fn question(model: ModelId, probe: &Probe) -> String {
    let terms: Vec<String> = probe
        .terms
        .iter()
        .map(|term| {
            let fields: Vec<String> = probe.fields.iter().map(|field| phrase(model, *field, term)).collect();
            format!("({})", fields.join(" OR "))
        })
        .collect();
    terms.join(" AND ")
}

fn phrase(model: ModelId, field: FieldId, term: &Term) -> String {
    let mut words = String::new();
    for word in &term.words {
        if !words.is_empty() {
            words.push(' ');
        }
        write_word(model, field, word, &mut words);
    }
    format!("\"{}\"{}", words.replace('"', "\"\""), if term.prefix { " *" } else { "" })
}
