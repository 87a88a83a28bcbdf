//! NDJSON: one object a line (D1).

use super::element::{Next, element, too_large};
use crate::input::Input;
use crate::row::{Place, cut};
use crate::window::Window;
use dmr_core::Problem;
use memchr::memchr;

/// Reads line after line, in memory bounded by the longest record allowed.
pub(crate) struct LineReader {
    window: Window,
    most: usize,
    keep: bool,
}

impl LineReader {
    pub(crate) fn open(input: &Input, most: usize, keep: bool) -> Result<Self, Problem> {
        Ok(Self { window: Window::open(input)?, most, keep })
    }

    /// How far it has read, in bytes.
    pub(crate) fn byte(&self) -> u64 {
        self.window.byte
    }

    pub(crate) fn read(&mut self) -> Result<Next, Problem> {
        let mut searched = 0;
        loop {
            let view = self.window.view();
            let found = memchr(b'\n', view.get(searched..).unwrap_or_default()).map(|at| at + searched);
            if let Some(end) = found.or_else(|| (self.window.is_last() && !view.is_empty()).then_some(view.len())) {
                let length = end + usize::from(found.is_some());
                if let Some(next) = self.line(end) {
                    self.window.pass(length, 1);
                    return Ok(next);
                }
                self.window.pass(length, 1);
                searched = 0;
                continue;
            }
            searched = view.len();
            if searched >= self.most {
                return self.skip();
            }
            if !self.window.more()? && searched == 0 {
                return Ok(Next::End);
            }
        }
    }

    /// The object on the line in view; none where the line is blank.
    fn line(&self, end: usize) -> Option<Next> {
        let line = self.window.view().get(..end)?.trim_ascii();
        let place = Place { line: self.window.line, byte: self.window.byte };
        (!line.is_empty()).then(|| element(place, line, self.keep))
    }

    /// Passes over a line that is too long to be held.
    fn skip(&mut self) -> Result<Next, Problem> {
        let place = Place { line: self.window.line, byte: self.window.byte };
        let beginning = cut(self.window.view());
        loop {
            let found = memchr(b'\n', self.window.view());
            let pass = found.map_or(self.window.view().len(), |end| end + 1);
            self.window.pass(pass, u64::from(found.is_some()));
            if found.is_some() || !self.window.any()? {
                let length = self.window.byte - place.byte - u64::from(found.is_some());
                return Ok(Next::Quarantined(too_large(place, self.most, &beginning, length)));
            }
        }
    }
}
