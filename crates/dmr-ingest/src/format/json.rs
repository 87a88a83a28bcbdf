//! JSON: a list of objects, one object, several one after the other, or an object of which one member is the list (D1).
//! The list is read element by element, whatever its size.

use super::element::{Next, element, too_large};
use super::extent::Extent;
use crate::input::Input;
use crate::row::{Place, Quarantined, cut};
use crate::window::Window;
use dmr_core::{Code, Problem, Value};
use memchr::memchr_iter;
use serde::{Deserialize, Serialize};

/// The longest member name that is looked at when rows are searched for.
const LONGEST_KEY: usize = 64 * 1024;

/// Where in a JSON document the rows are.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RowsAt {
    /// The elements of the list that the document is, or the objects that stand one after the other.
    #[default]
    Top,
    /// The elements of one member of the object that the document is.
    Member {
        /// Its name.
        name: String,
        /// How many members stand before it.
        before: usize,
        /// The other members, which hold no rows.
        beside: Vec<String>,
    },
}

/// Reads element after element, in memory bounded by the longest record allowed.
pub(crate) struct JsonReader {
    window: Window,
    state: State,
    most: usize,
    keep: bool,
}

enum State {
    /// At the beginning; the rows are in the member before which so many stand, or at the top.
    Begin {
        before: Option<usize>,
    },
    /// In a list; whether it is a member of the document, and what comes next.
    List {
        member: bool,
        comma: Comma,
    },
    /// Objects one after the other.
    Sequence,
    /// Behind the list that is the document.
    Behind,
    End,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Comma {
    /// At the beginning of the list: an element or its end.
    Begin,
    /// After an element: a comma or the end.
    Wanted,
    /// After a comma: an element.
    Seen,
}

impl JsonReader {
    pub(crate) fn open(input: &Input, rows_at: &RowsAt, most: usize, keep: bool) -> Result<Self, Problem> {
        let before = match rows_at {
            RowsAt::Top => None,
            RowsAt::Member { before, .. } => Some(*before),
        };
        Ok(Self { window: Window::open(input)?, state: State::Begin { before }, most, keep })
    }

    /// How far it has read, in bytes.
    pub(crate) fn byte(&self) -> u64 {
        self.window.byte
    }

    pub(crate) fn read(&mut self) -> Result<Next, Problem> {
        loop {
            match self.state {
                State::Begin { before } => self.begin(before)?,
                State::List { member, comma } => {
                    if let Some(next) = self.in_list(member, comma)? {
                        return Ok(next);
                    }
                }
                State::Sequence => {
                    if peek(&mut self.window)?.is_some() {
                        return self.element();
                    }
                    self.state = State::End;
                }
                State::Behind => {
                    self.state = State::End;
                    if peek(&mut self.window)?.is_some() {
                        return self.rest("the document ends before this").map(Next::Quarantined);
                    }
                }
                State::End => return Ok(Next::End),
            }
        }
    }

    fn begin(&mut self, before: Option<usize>) -> Result<(), Problem> {
        let first = peek(&mut self.window)?;
        self.state = State::Sequence;
        if let Some(before) = before {
            self.window.pass(1, 0);
            for _ in 0..before {
                member(&mut self.window)?;
                pass_value(&mut self.window, Extent::default())?;
            }
            member(&mut self.window)?;
            self.window.pass(1, 0);
            self.state = State::List { member: true, comma: Comma::Begin };
        } else if first == Some(b'[') {
            self.window.pass(1, 0);
            self.state = State::List { member: false, comma: Comma::Begin };
        }
        Ok(())
    }

    /// What comes next in a list; none where only the state moved.
    fn in_list(&mut self, member: bool, comma: Comma) -> Result<Option<Next>, Problem> {
        let first = peek(&mut self.window)?;
        let place = self.place();
        let aside = |message: &str, raw: &[u8]| Some(Next::Quarantined(Quarantined::new(place, Code::JsonSyntax, message, raw)));
        Ok(match (first, comma) {
            (None, _) => {
                self.state = State::End;
                aside("the input ends before the list does", b"")
            }
            (Some(b']'), _) => {
                self.window.pass(1, 0);
                self.state = if member { State::End } else { State::Behind };
                if comma == Comma::Seen { aside("a list does not end with a comma", b",") } else { None }
            }
            (Some(b','), _) => {
                self.window.pass(1, 0);
                self.state = State::List { member, comma: Comma::Seen };
                if comma == Comma::Wanted { None } else { aside("an element is missing before this comma", b",") }
            }
            (Some(_), _) => {
                self.state = State::List { member, comma: Comma::Wanted };
                let next = self.element()?;
                match next {
                    Next::Object(parsed) if comma == Comma::Wanted => {
                        let message = "a comma is missing before this record";
                        let raw =
                            if self.keep { parsed.raw } else { dmr_core::json::to_string(&Value::Object(parsed.object)).into_bytes() };
                        Some(Next::Quarantined(Quarantined::new(parsed.place, Code::JsonSyntax, message, &raw)))
                    }
                    other => Some(other),
                }
            }
        })
    }

    /// The element that begins at the view.
    fn element(&mut self) -> Result<Next, Problem> {
        let place = self.place();
        let mut extent = Extent::default();
        let mut fed = 0;
        let end = loop {
            let view = self.window.view();
            if let Some(end) = extent.feed(view.get(fed..).unwrap_or_default()) {
                break fed + end;
            }
            fed = view.len();
            if fed >= self.most {
                return self.skip(place, extent);
            }
            if !self.window.more()? {
                if extent.may_end_here() {
                    break fed;
                }
                return self.rest("the input ends before the record does").map(Next::Quarantined);
            }
        };
        let bytes = self.window.view().get(..end).unwrap_or_default();
        let next = element(place, bytes, self.keep);
        let lines = memchr_iter(b'\n', bytes).count() as u64;
        self.window.pass(end, lines);
        Ok(next)
    }

    /// Passes over an element that is too long to be held; what is in view was fed already.
    fn skip(&mut self, place: Place, extent: Extent) -> Result<Next, Problem> {
        let beginning = cut(self.window.view());
        let lines = memchr_iter(b'\n', self.window.view()).count() as u64;
        self.window.pass(self.window.view().len(), lines);
        pass_value(&mut self.window, extent)?;
        Ok(Next::Quarantined(too_large(place, self.most, &beginning, self.window.byte - place.byte)))
    }

    /// Sets everything aside that is left.
    fn rest(&mut self, message: &str) -> Result<Quarantined, Problem> {
        let place = self.place();
        while self.window.view().len() < crate::row::MOST_RAW && self.window.more()? {}
        let beginning = cut(self.window.view());
        while self.window.any()? {
            self.window.pass(self.window.view().len(), 0);
        }
        self.state = State::End;
        Ok(Quarantined::long(place, Code::JsonSyntax, message, &beginning, self.window.byte - place.byte))
    }

    fn place(&self) -> Place {
        Place { line: self.window.line, byte: self.window.byte }
    }
}

/// Finds where the rows of a document are: in the only member that is a list of objects, else at the top.
pub(crate) fn find_rows(input: &Input) -> Result<RowsAt, Problem> {
    let mut window = Window::open(input)?;
    if peek(&mut window)? != Some(b'{') {
        return Ok(RowsAt::Top);
    }
    window.pass(1, 0);
    let mut names = Vec::new();
    let mut lists = Vec::new();
    while let Some(name) = member(&mut window)? {
        let mut extent = Extent::default();
        if peek(&mut window)? == Some(b'[') {
            extent.feed(b"[");
            window.pass(1, 0);
            if peek(&mut window)? == Some(b'{') {
                lists.push(names.len());
            }
        }
        names.push(name);
        if !pass_value(&mut window, extent)? {
            break;
        }
    }
    if peek(&mut window)? == Some(b'}') {
        window.pass(1, 0);
    }
    match lists.as_slice() {
        [only] if peek(&mut window)?.is_none() => {
            let name = names.remove(*only);
            Ok(RowsAt::Member { name, before: *only, beside: names })
        }
        _ => Ok(RowsAt::Top),
    }
}

/// Passes over blanks and gives the byte that follows.
fn peek(window: &mut Window) -> Result<Option<u8>, Problem> {
    while window.any()? {
        let view = window.view();
        let blanks = view.iter().take_while(|byte| byte.is_ascii_whitespace()).count();
        let lines = memchr_iter(b'\n', view.get(..blanks).unwrap_or_default()).count() as u64;
        window.pass(blanks, lines);
        if let Some(byte) = window.view().first() {
            return Ok(Some(*byte));
        }
    }
    Ok(None)
}

/// Passes over the name of the next member, to its value. None where there is none, or none that can be read.
fn member(window: &mut Window) -> Result<Option<String>, Problem> {
    if peek(window)? == Some(b',') {
        window.pass(1, 0);
    }
    if peek(window)? != Some(b'"') {
        return Ok(None);
    }
    let mut extent = Extent::default();
    let mut fed = 0;
    let end = loop {
        if let Some(end) = extent.feed(window.view().get(fed..).unwrap_or_default()) {
            break fed + end;
        }
        fed = window.view().len();
        if fed > LONGEST_KEY || !window.more()? {
            return Ok(None);
        }
    };
    let name = dmr_core::json::parse(window.view().get(..end).unwrap_or_default());
    window.pass(end, 0);
    let Ok(Value::String(name)) = name else { return Ok(None) };
    if peek(window)? != Some(b':') {
        return Ok(None);
    }
    window.pass(1, 0);
    peek(window)?;
    Ok(Some(name))
}

/// Passes over the rest of a value; false where the input ends before it.
fn pass_value(window: &mut Window, mut extent: Extent) -> Result<bool, Problem> {
    while window.any()? {
        let view = window.view();
        let end = extent.feed(view);
        let pass = end.unwrap_or(view.len());
        let lines = memchr_iter(b'\n', view.get(..pass).unwrap_or_default()).count() as u64;
        window.pass(pass, lines);
        if end.is_some() {
            return Ok(true);
        }
    }
    Ok(false)
}
