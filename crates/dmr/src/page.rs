//! A page of a list, its items rendered.

use dmr_core::{Value, json};

/// A page of a list.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Page {
    /// The items as JSON texts.
    pub items: Vec<Vec<u8>>,
    /// Where the list goes on; none at its end.
    pub next: Option<String>,
    /// The total, where it was asked for.
    pub count: Option<u64>,
}

impl Page {
    /// Appends `{"items": [...], "next": ..., "count"?: n}`.
    pub fn write_json(&self, out: &mut Vec<u8>) {
        out.reserve(self.items.iter().map(|item| item.len() + 1).sum::<usize>() + 64);
        out.extend_from_slice(b"{\"items\":[");
        for (at, item) in self.items.iter().enumerate() {
            if at > 0 {
                out.push(b',');
            }
            out.extend_from_slice(item);
        }
        out.extend_from_slice(b"],\"next\":");
        match &self.next {
            Some(next) => json::write_str(next, out),
            None => out.extend_from_slice(b"null"),
        }
        if let Some(count) = self.count {
            out.extend_from_slice(format!(",\"count\":{count}").as_bytes());
        }
        out.push(b'}');
    }

    /// Appends a line for each item.
    pub fn write_lines(&self, out: &mut Vec<u8>) {
        for item in &self.items {
            out.extend_from_slice(item);
            out.push(b'\n');
        }
    }

    /// The same as a value.
    pub fn to_value(&self) -> Value {
        let mut out = Vec::new();
        self.write_json(&mut out);
        json::raw::value(&out)
    }
}
