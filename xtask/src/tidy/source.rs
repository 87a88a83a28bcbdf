//! A Rust file taken apart: its code with comments and the insides of literals blanked out, and its comments alone.
//! Both keep every byte's place, so that lines and offsets agree with the file.

use std::ops::Range;
use std::path::PathBuf;

/// A scanned Rust file.
pub struct Source {
    /// Relative to the top folder.
    pub path: PathBuf,
    /// As it stands in the file.
    pub text: String,
    /// Code only.
    pub code: String,
    /// Comments only.
    pub comments: String,
    /// The byte ranges of `#[cfg(test)]` items.
    pub tests: Vec<Range<usize>>,
}

impl Source {
    /// Takes a file apart.
    pub fn scan(path: PathBuf, text: String) -> Self {
        let mut scanner = Scanner { text: text.as_bytes(), at: 0, code: vec![b' '; text.len()], comments: vec![b' '; text.len()] };
        scanner.run();
        let code = String::from_utf8_lossy(&scanner.code).into_owned();
        let comments = String::from_utf8_lossy(&scanner.comments).into_owned();
        let tests = test_items(&code);
        Self { path, text, code, comments, tests }
    }

    /// The line, from 1, of a byte offset.
    pub fn line(&self, offset: usize) -> usize {
        self.text.as_bytes().iter().take(offset).filter(|byte| **byte == b'\n').count() + 1
    }

    /// Whether the whole file is a test, a benchmark or a fuzz target.
    pub fn is_test(&self) -> bool {
        let folders = self.path.components().any(|part| matches!(part.as_os_str().to_str(), Some("tests" | "benches" | "fuzz")));
        folders || self.path.file_name().is_some_and(|name| name == "tests.rs")
    }

    /// Whether an offset lies in an item under `#[cfg(test)]`.
    pub fn in_tests(&self, offset: usize) -> bool {
        self.tests.iter().any(|range| range.contains(&offset))
    }

    /// Offsets at which `word` stands in `text` as a word of its own.
    pub fn words<'a>(text: &'a str, word: &'a str) -> impl Iterator<Item = usize> + 'a {
        let bytes = text.as_bytes();
        text.match_indices(word).map(|(at, _)| at).filter(move |at| {
            let before = at.checked_sub(1).and_then(|before| bytes.get(before));
            let after = bytes.get(at + word.len());
            !before.is_some_and(|byte| is_word(*byte)) && !after.is_some_and(|byte| is_word(*byte))
        })
    }
}

/// Whether a byte can stand in an identifier.
pub fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_' || byte >= 0x80
}

/// The offset just after the bracket that closes the one at `open`; the end of the code if none does.
pub fn closing(code: &str, open: usize) -> usize {
    let mut depth = 0usize;
    for (at, byte) in code.bytes().enumerate().skip(open) {
        match byte {
            b'(' | b'[' | b'{' => depth += 1,
            b')' | b']' | b'}' => {
                depth = depth.saturating_sub(1);
                if depth == 0 {
                    return at + 1;
                }
            }
            _ => {}
        }
    }
    code.len()
}

/// Where the item that starts at `from` ends: after its body, or after its semicolon.
pub fn item_end(code: &str, from: usize) -> usize {
    let mut at = from;
    let bytes = code.as_bytes();
    while let Some(byte) = bytes.get(at) {
        match byte {
            b'{' => return closing(code, at),
            b'(' | b'[' => at = closing(code, at),
            b';' => return at + 1,
            _ => at += 1,
        }
    }
    code.len()
}

fn test_items(code: &str) -> Vec<Range<usize>> {
    code.match_indices("#[cfg(test)]").map(|(at, mark)| at..item_end(code, at + mark.len())).collect()
}

struct Scanner<'a> {
    text: &'a [u8],
    at: usize,
    code: Vec<u8>,
    comments: Vec<u8>,
}

impl Scanner<'_> {
    fn run(&mut self) {
        for (at, _) in self.text.iter().enumerate().filter(|(_, byte)| **byte == b'\n') {
            self.code[at] = b'\n';
            self.comments[at] = b'\n';
        }
        while let Some(byte) = self.peek(0) {
            match byte {
                b'/' if self.peek(1) == Some(b'/') => self.line_comment(),
                b'/' if self.peek(1) == Some(b'*') => self.block_comment(),
                b'"' => self.text_literal(),
                b'\'' => self.quote(),
                _ if is_word(byte) => self.word(),
                _ => self.keep(1),
            }
        }
    }

    fn peek(&self, ahead: usize) -> Option<u8> {
        self.text.get(self.at + ahead).copied()
    }

    /// Takes bytes over as code.
    fn keep(&mut self, count: usize) {
        let end = (self.at + count).min(self.text.len());
        self.code[self.at..end].copy_from_slice(&self.text[self.at..end]);
        self.at = end;
    }

    fn line_comment(&mut self) {
        let rest = &self.text[self.at..];
        let end = self.at + rest.iter().position(|byte| *byte == b'\n').unwrap_or(rest.len());
        self.comments[self.at..end].copy_from_slice(&self.text[self.at..end]);
        self.at = end;
    }

    fn block_comment(&mut self) {
        let start = self.at;
        let mut depth = 0usize;
        while self.at < self.text.len() {
            match (self.peek(0), self.peek(1)) {
                (Some(b'/'), Some(b'*')) => {
                    depth += 1;
                    self.at += 2;
                }
                (Some(b'*'), Some(b'/')) => {
                    depth -= 1;
                    self.at += 2;
                    if depth == 0 {
                        break;
                    }
                }
                _ => self.at += 1,
            }
        }
        let end = self.at.min(self.text.len());
        self.comments[start..end].copy_from_slice(&self.text[start..end]);
    }

    /// A text or byte text with escapes: its quotes stay, its inside goes.
    fn text_literal(&mut self) {
        self.keep(1);
        while let Some(byte) = self.peek(0) {
            match byte {
                b'\\' => self.at += 2,
                b'"' => return self.keep(1),
                _ => self.at += 1,
            }
        }
    }

    fn raw_literal(&mut self, hashes: usize) {
        self.keep(hashes + 1);
        let close: Vec<u8> = std::iter::once(b'"').chain(std::iter::repeat_n(b'#', hashes)).collect();
        while self.at < self.text.len() {
            if self.text[self.at..].starts_with(&close) {
                return self.keep(close.len());
            }
            self.at += 1;
        }
    }

    /// A character literal, or the mark of a lifetime.
    fn quote(&mut self) {
        let width = match self.peek(1) {
            Some(b'\\') => 2 + usize::from(self.peek(3) == Some(b'\'') && self.peek(2) == Some(b'\'')),
            Some(0xf0..) => 4,
            Some(0xe0..) => 3,
            Some(0xc0..) => 2,
            _ => 1,
        };
        let escaped = self.peek(1) == Some(b'\\');
        if !escaped && self.peek(1 + width) != Some(b'\'') {
            return self.keep(1);
        }
        self.keep(1);
        self.at += width;
        while self.peek(0).is_some_and(|byte| byte != b'\'' && byte != b'\n') {
            self.at += 1;
        }
        self.keep(1);
    }

    fn word(&mut self) {
        let length = self.text[self.at..].iter().take_while(|byte| is_word(**byte)).count();
        let word = &self.text[self.at..self.at + length];
        let raw = matches!(word, b"r" | b"br" | b"cr");
        self.keep(length);
        if raw {
            let hashes = self.text[self.at..].iter().take_while(|byte| **byte == b'#').count();
            if self.peek(hashes) == Some(b'"') {
                self.raw_literal(hashes);
            }
        }
    }
}
