//! The part of an input that is in memory: it slides forward and grows no further than the longest record allows.

use crate::input::{Input, unreadable};
use dmr_core::Problem;
use std::io::{ErrorKind, Read};

const CHUNK: usize = 256 * 1024;

/// A sliding view of an input, that knows where it is.
pub(crate) struct Window {
    source: Box<dyn Read + Send>,
    name: String,
    buffer: Vec<u8>,
    start: usize,
    end: usize,
    exhausted: bool,
    /// Offset of the first byte of the view in the input.
    pub(crate) byte: u64,
    /// Line of that byte, from 1.
    pub(crate) line: u64,
}

impl Window {
    /// Opens an input; a UTF-8 byte order mark is passed over.
    pub(crate) fn open(input: &Input) -> Result<Self, Problem> {
        let mut window = Self {
            source: input.open()?,
            name: input.name().to_owned(),
            buffer: vec![0; CHUNK],
            start: 0,
            end: 0,
            exhausted: false,
            byte: 0,
            line: 1,
        };
        while window.view().len() < 3 && window.more()? {}
        if window.view().starts_with(b"\xEF\xBB\xBF") {
            window.pass(3, 0);
        }
        Ok(window)
    }

    /// What is in memory and not passed yet.
    pub(crate) fn view(&self) -> &[u8] {
        self.buffer.get(self.start..self.end).unwrap_or_default()
    }

    /// Whether nothing follows the view.
    pub(crate) fn is_last(&self) -> bool {
        self.exhausted
    }

    /// Leaves bytes behind that hold this many line ends.
    pub(crate) fn pass(&mut self, bytes: usize, lines: u64) {
        let bytes = bytes.min(self.end - self.start);
        self.start += bytes;
        self.byte += bytes as u64;
        self.line += lines;
    }

    /// Reads on; false when the input is at its end. The view keeps its beginning and gets longer.
    pub(crate) fn more(&mut self) -> Result<bool, Problem> {
        if self.exhausted {
            return Ok(false);
        }
        if self.end == self.buffer.len() {
            if self.start > 0 {
                self.buffer.copy_within(self.start..self.end, 0);
                self.end -= self.start;
                self.start = 0;
            }
            if self.end * 2 > self.buffer.len() {
                self.buffer.resize(self.buffer.len() * 2, 0);
            }
        }
        loop {
            let space = self.buffer.get_mut(self.end..).unwrap_or_default();
            match self.source.read(space) {
                Ok(0) => {
                    self.exhausted = true;
                    return Ok(false);
                }
                Ok(count) => {
                    self.end += count;
                    return Ok(true);
                }
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) => return Err(unreadable(&self.name, &error)),
            }
        }
    }

    /// Makes sure that at least one byte is in view, where there is one.
    pub(crate) fn any(&mut self) -> Result<bool, Problem> {
        while self.view().is_empty() {
            if !self.more()? {
                return Ok(false);
            }
        }
        Ok(true)
    }
}
