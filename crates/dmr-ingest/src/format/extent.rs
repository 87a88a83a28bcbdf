//! Where a JSON value ends, found without reading it: brackets are counted, texts passed over. Whether it is JSON at all,
//! the parser says afterwards.

use memchr::memchr3;

/// Follows one value through as many pieces of input as it takes.
#[derive(Debug, Default)]
pub(crate) struct Extent {
    depth: u64,
    begun: bool,
    text: bool,
    escape: bool,
    scalar: bool,
}

impl Extent {
    /// Takes the next bytes. Gives how many of them belong to the value where it ends among them.
    pub(crate) fn feed(&mut self, bytes: &[u8]) -> Option<usize> {
        let mut at = 0;
        while let Some(&byte) = bytes.get(at) {
            if self.text {
                at = self.pass_text(bytes, at)?;
                if !self.text && self.depth == 0 {
                    return Some(at);
                }
                continue;
            }
            if self.scalar && matches!(byte, b' ' | b'\t' | b'\r' | b'\n' | b',' | b']' | b'}' | b'[' | b'{' | b'"') {
                return Some(at);
            }
            let first = !std::mem::replace(&mut self.begun, true);
            at += 1;
            match byte {
                b'"' => self.text = true,
                b'{' | b'[' => self.depth += 1,
                b'}' | b']' if self.depth > 0 => {
                    self.depth -= 1;
                    if self.depth == 0 {
                        return Some(at);
                    }
                }
                _ if first => self.scalar = true,
                _ => {}
            }
        }
        None
    }

    /// Goes to the end of a text. A line end closes it too: no JSON text holds one, and what follows can still be read.
    fn pass_text(&mut self, bytes: &[u8], mut at: usize) -> Option<usize> {
        if std::mem::take(&mut self.escape) {
            at += 1;
        }
        loop {
            let found = at + memchr3(b'"', b'\\', b'\n', bytes.get(at..)?)?;
            if bytes.get(found) != Some(&b'\\') {
                self.text = false;
                return Some(found + 1);
            }
            if found + 1 >= bytes.len() {
                self.escape = true;
                return None;
            }
            at = found + 2;
        }
    }

    /// Whether the value is complete where the input ends: numbers and words end nowhere else.
    pub(crate) fn may_end_here(&self) -> bool {
        self.scalar && self.depth == 0
    }
}
