//! A list that comes as lines.

use super::body::Body;
use super::response::broken;
use dmr_core::{Code, Problem, Value, json};
use http_body_util::BodyExt;

/// The records of a list, one after the other. Its last line is no record: one line is held back until it is known whether it is the last,
/// for a record of a projection may look like one.
pub struct Lines {
    body: Body,
    buffer: Vec<u8>,
    start: usize,
    held: Option<String>,
    ended: bool,
    count: Option<u64>,
}

impl Lines {
    pub(super) fn new(body: Body) -> Self {
        Self { body, buffer: Vec::new(), start: 0, held: None, ended: false, count: None }
    }

    /// The next record, as its JSON text; `None` after the last.
    ///
    /// # Errors
    /// The problem the list ended with; `server.unreachable` when it broke off before its last line.
    pub async fn next(&mut self) -> Result<Option<String>, Problem> {
        while let Some(line) = self.line().await? {
            if let Some(record) = self.held.replace(line) {
                return Ok(Some(record));
            }
        }
        match self.held.take() {
            Some(last) => self.end(&last),
            None => Ok(None),
        }
    }

    /// What the last line said; known after the last record.
    pub fn count(&self) -> Option<u64> {
        self.count
    }

    async fn line(&mut self) -> Result<Option<String>, Problem> {
        loop {
            if let Some(length) = self.buffer[self.start..].iter().position(|byte| *byte == b'\n') {
                let line = String::from_utf8_lossy(&self.buffer[self.start..self.start + length]).into_owned();
                self.start += length + 1;
                return Ok(Some(line));
            }
            if self.ended {
                return Ok(None);
            }
            match self.body.frame().await {
                None => self.ended = true,
                Some(Err(fault)) => return Err(broken(fault.as_ref())),
                Some(Ok(frame)) => {
                    self.buffer.drain(..self.start);
                    self.start = 0;
                    self.buffer.extend_from_slice(frame.data_ref().map(AsRef::as_ref).unwrap_or_default());
                }
            }
        }
    }

    fn end(&mut self, last: &str) -> Result<Option<String>, Problem> {
        let last = json::parse(last.as_bytes()).unwrap_or_default();
        if let Some(problem) = last.get("problem") {
            return Err(crate::problem::read(problem).unwrap_or_else(|| Problem::new(Code::ServerAnswer, "the list ended with a problem")));
        }
        self.count = last.get("count").and_then(Value::as_u64);
        match self.count {
            Some(_) => Ok(None),
            None => Err(Problem::new(Code::ServerUnreachable, "the list broke off before its last line")),
        }
    }
}
