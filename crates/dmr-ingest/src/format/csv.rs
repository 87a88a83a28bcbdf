//! CSV: a record is cells, a cell may be quoted and then hold delimiters, line ends and doubled quotes (D1).
//!
//! Reads what the common readers read (Python's `csv`, the `csv` crate) and cell for cell the same, with two differences:
//! a quote that is never closed is found and set aside instead of swallowing the rest, and each record knows its bytes.

use crate::input::Input;
use crate::row::{Place, Quarantined, cut};
use crate::window::Window;
use dmr_core::{Code, Problem};
use memchr::{memchr, memchr_iter, memchr2, memchr3};
use std::borrow::Cow;

/// One cell of a record, as a range of the record's text.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Cell {
    start: usize,
    end: usize,
    /// Whether the range holds quotes that are not part of the text.
    quotes: bool,
}

/// A record: its text and where its cells are.
pub(crate) struct Record<'a> {
    pub(crate) place: Place,
    /// The whole record without its line end.
    pub(crate) text: &'a str,
    cells: &'a [Cell],
}

/// What comes next in a CSV input.
pub(crate) enum Next<'a> {
    Record(Record<'a>),
    Quarantined(Quarantined),
    End,
}

/// Reads record after record, in memory bounded by the longest record allowed.
pub(crate) struct CsvReader {
    window: Window,
    delimiter: u8,
    most: usize,
    cells: Vec<Cell>,
    /// Length and line ends of the record that was handed out last and is not passed yet.
    behind: (usize, u64),
    /// Lines with nothing on them; they are no records.
    pub(crate) blank_lines: u64,
    /// The number of cells each record has to have.
    width: Option<usize>,
}

/// What scanning a view of bytes found.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Scan {
    /// A record of `text` bytes, `length` with its line end, which holds so many line ends.
    Record { text: usize, length: usize, lines: u64 },
    /// A line with nothing on it, so many bytes long.
    Blank(usize),
    /// The view ends before the record does. Where a quote is open, that is where.
    Short { open: Option<usize> },
}

impl<'a> Record<'a> {
    /// The texts of the cells.
    pub(crate) fn texts(&self) -> impl Iterator<Item = Cow<'a, str>> {
        let text = self.text;
        self.cells.iter().map(move |cell| cell.text(text))
    }
}

impl Cell {
    fn text<'a>(&self, record: &'a str) -> Cow<'a, str> {
        let range = record.get(self.start..self.end).unwrap_or_default();
        if self.quotes { Cow::Owned(unquote(range)) } else { Cow::Borrowed(range) }
    }
}

/// Takes the quotes off: doubled ones become one, and what follows the closing one is taken as it stands.
fn unquote(range: &str) -> String {
    let mut out = String::with_capacity(range.len());
    let mut rest = range.strip_prefix('"').unwrap_or(range);
    while let Some(at) = rest.find('"') {
        let (before, after) = rest.split_at(at);
        out.push_str(before);
        if let Some(after) = after.strip_prefix("\"\"") {
            out.push('"');
            rest = after;
        } else {
            out.push_str(after.strip_prefix('"').unwrap_or(after));
            return out;
        }
    }
    out.push_str(rest);
    out
}

impl CsvReader {
    pub(crate) fn open(input: &Input, delimiter: char, most: usize) -> Result<Self, Problem> {
        let delimiter = u8::try_from(delimiter).ok().filter(u8::is_ascii).unwrap_or(b',');
        let window = Window::open(input)?;
        Ok(Self { window, delimiter, most, cells: Vec::new(), behind: (0, 0), blank_lines: 0, width: None })
    }

    /// From now on a record with another number of cells is set aside.
    pub(crate) fn expect(&mut self, width: usize) {
        self.width = Some(width);
    }

    /// How far it has read, in bytes.
    pub(crate) fn byte(&self) -> u64 {
        self.window.byte
    }

    /// The next record, whole; or what had to be set aside.
    pub(crate) fn read(&mut self) -> Result<Next<'_>, Problem> {
        let (length, lines) = std::mem::take(&mut self.behind);
        self.window.pass(length, lines);
        loop {
            match scan(self.window.view(), self.window.is_last(), self.delimiter, &mut self.cells) {
                Scan::Record { text, length, lines } => {
                    self.behind = (length, lines);
                    return Ok(self.check(text, length));
                }
                Scan::Blank(length) => {
                    self.window.pass(length, 1);
                    self.blank_lines += 1;
                }
                Scan::Short { open } => {
                    let length = self.window.view().len();
                    if length < self.most && !self.window.is_last() {
                        // Where nothing more comes, the same view is scanned once more, as the end of the input.
                        self.window.more()?;
                        continue;
                    }
                    if length == 0 {
                        return Ok(Next::End);
                    }
                    return self.set_aside(open).map(Next::Quarantined);
                }
            }
        }
    }

    /// Looks at the text and the number of cells of the record in view.
    fn check(&self, text: usize, length: usize) -> Next<'_> {
        let place = Place { line: self.window.line, byte: self.window.byte };
        let view = self.window.view();
        let raw = view.get(..length).unwrap_or_default();
        let aside = |code, message: String| Next::Quarantined(Quarantined::new(place, code, message, raw));
        let text = match std::str::from_utf8(raw.get(..text).unwrap_or_default()) {
            Ok(text) => text,
            Err(error) => return aside(Code::IngestText, format!("byte {} of the row is not UTF-8", error.valid_up_to() + 1)),
        };
        if let Some(at) = memchr(0, text.as_bytes()) {
            return aside(Code::IngestText, format!("byte {} of the row is U+0000, which no text may hold", at + 1));
        }
        match self.width {
            Some(width) if width != self.cells.len() => {
                let given = self.cells.len();
                let which = if given < width { "too few" } else { "too many" };
                aside(
                    Code::IngestCells,
                    format!("the row has {}, {which}: the header has {width}", crate::words::count(given as u64, "cell")),
                )
            }
            _ => Next::Record(Record { place, text, cells: &self.cells }),
        }
    }

    /// Sets the line aside that makes the record endless, so that reading goes on after it: the line of the open quote,
    /// or a line that is longer than a record may be.
    ///
    /// Nothing is read over and over: within the reach of a quote that stays open all further quotes come in pairs, so the next
    /// such quote lies beyond it.
    fn set_aside(&mut self, open: Option<usize>) -> Result<Quarantined, Problem> {
        let place = Place { line: self.window.line, byte: self.window.byte };
        let (code, mut message) = match open {
            Some(at) if self.window.is_last() => (Code::IngestQuote, format!("the quote at byte {} of the row is never closed", at + 1)),
            Some(at) => (Code::IngestQuote, format!("the quote at byte {} of the row is not closed within {} bytes", at + 1, self.most)),
            None => (Code::IngestTooLarge, format!("the row is longer than the {} bytes allowed", self.most)),
        };
        let from = open.unwrap_or(0);
        let found = line_end(self.window.view(), from, self.window.is_last());
        if let Some(end) = found {
            let raw = self.window.view().get(..end).unwrap_or_default();
            let lines = count_lines(raw);
            if open.is_some() {
                message.push_str("; this line is set aside and reading goes on after it");
            }
            let aside = Quarantined::new(place, code, message, raw);
            self.window.pass(end, lines);
            return Ok(aside);
        }
        let beginning = cut(self.window.view());
        let mut length = 0;
        loop {
            let last = self.window.is_last();
            if let Some(end) = line_end(self.window.view(), 0, last) {
                let lines = count_lines(self.window.view().get(..end).unwrap_or_default());
                self.window.pass(end, lines);
                return Ok(Quarantined::long(place, code, message, &beginning, length + end as u64));
            }
            // A carriage return at the very end stays in view until it is known whether a line feed follows.
            let keep = usize::from(self.window.view().last() == Some(&b'\r'));
            let pass = self.window.view().len() - keep;
            self.window.pass(pass, 0);
            length += pass as u64;
            self.window.more()?;
        }
    }
}

/// Offset after the first line end at or after `from`; the end of the view where that is the end of the input.
fn line_end(view: &[u8], from: usize, last: bool) -> Option<usize> {
    let Some(at) = memchr2(b'\n', b'\r', view.get(from..).unwrap_or_default()).map(|at| at + from) else {
        return last.then_some(view.len());
    };
    match (view.get(at), view.get(at + 1)) {
        (Some(b'\r'), Some(b'\n')) => Some(at + 2),
        (Some(b'\r'), None) if !last => None,
        _ => Some(at + 1),
    }
}

/// Line ends in some bytes: line feeds, and carriage returns that no line feed follows.
fn count_lines(bytes: &[u8]) -> u64 {
    let feeds = memchr_iter(b'\n', bytes).count();
    let alone = memchr_iter(b'\r', bytes).filter(|at| bytes.get(at + 1) != Some(&b'\n')).count();
    (feeds + alone) as u64
}

/// Finds the first record of a view and its cells. `last` says that nothing follows the view.
pub(crate) fn scan(view: &[u8], last: bool, delimiter: u8, cells: &mut Vec<Cell>) -> Scan {
    cells.clear();
    match view.first() {
        None => return Scan::Short { open: None },
        Some(b'\n' | b'\r') => {
            return line_end(view, 0, last).map_or(Scan::Short { open: None }, Scan::Blank);
        }
        Some(_) => {}
    }
    let mut start = 0;
    let mut lines = 0;
    loop {
        let mut from = start;
        let mut cell = Cell { start, end: start, quotes: false };
        if view.get(start) == Some(&b'"') {
            let Some(close) = closing_quote(view, start + 1, last) else {
                return Scan::Short { open: Some(start) };
            };
            lines += count_lines(view.get(start..close).unwrap_or_default());
            from = close + 1;
            cell.quotes = true;
        }
        let end = memchr3(delimiter, b'\n', b'\r', view.get(from..).unwrap_or_default()).map(|at| at + from);
        let (end, stop) = match end {
            Some(end) => (end, view.get(end).copied()),
            None if last => (view.len(), None),
            None => return Scan::Short { open: None },
        };
        cell.end = end;
        cells.push(cell.bare(view));
        match stop {
            Some(b'\n') => return Scan::Record { text: end, length: end + 1, lines: lines + 1 },
            Some(b'\r') => {
                return match line_end(view, end, last) {
                    Some(length) => Scan::Record { text: end, length, lines: lines + 1 },
                    None => Scan::Short { open: None },
                };
            }
            Some(_) => start = end + 1,
            None => return Scan::Record { text: end, length: end, lines: lines + 1 },
        }
    }
}

impl Cell {
    /// The same cell without its quotes, where they are the first and the last byte and no other quote is in it.
    fn bare(self, view: &[u8]) -> Self {
        if !self.quotes || self.end < self.start + 2 {
            return self;
        }
        let inner = view.get(self.start + 1..self.end - 1).unwrap_or_default();
        if view.get(self.end - 1) == Some(&b'"') && memchr(b'"', inner).is_none() {
            return Self { start: self.start + 1, end: self.end - 1, quotes: false };
        }
        self
    }
}

/// Offset of the quote that closes a cell; doubled quotes are passed over.
fn closing_quote(view: &[u8], mut from: usize, last: bool) -> Option<usize> {
    loop {
        let at = memchr(b'"', view.get(from..)?)? + from;
        match view.get(at + 1) {
            Some(b'"') => from = at + 2,
            Some(_) => return Some(at),
            None => return last.then_some(at),
        }
    }
}
