//! Words that are marked in a text: bold on a terminal.

use super::cell::{Look, plain};
use std::io::IsTerminal;

/// What stands around a marked word until the table is drawn: characters without a width, so that columns stay as wide as they look.
const MARKS: [char; 2] = ['\u{2061}', '\u{2062}'];
const BOLD: [&str; 2] = ["\x1b[1m", "\x1b[22m"];

/// A text, and for each of its characters whether it is marked.
#[derive(Debug, Clone, Default)]
pub struct Marked(Vec<(char, bool)>);

impl Marked {
    /// A text with what is marked from one character to another.
    pub fn new(text: &str, spans: &[(usize, usize)]) -> Self {
        let is_marked = |at: usize| spans.iter().any(|(from, to)| (*from..*to).contains(&at));
        Self(text.chars().enumerate().map(|(at, char)| (char, is_marked(at) && !char.is_whitespace())).collect())
    }

    /// Adds another after a comma.
    pub fn add(&mut self, other: &Self) {
        if !self.0.is_empty() {
            self.0.extend([(',', false), (' ', false)]);
        }
        self.0.extend(&other.0);
    }

    /// At most so many characters, with the first that is marked.
    pub fn cell(&self, most: usize) -> String {
        let first = self.0.iter().position(|(_, marked)| *marked).unwrap_or(0);
        let from = if first + 8 > most { first.saturating_sub(most / 3).min(self.0.len().saturating_sub(most)) } else { 0 };
        let to = self.0.len().min(from + most);
        let mut out = String::new();
        let mut marked = false;
        for (at, (char, now)) in self.0.iter().enumerate().take(to).skip(from) {
            if *now != marked {
                out.push(MARKS[usize::from(marked)]);
                marked = *now;
            }
            let cut = at == from && from > 0 || at + 1 == to && to < self.0.len();
            match char {
                _ if cut => out.push('…'),
                char if MARKS.contains(char) => {}
                char => out.push_str(&plain(char.encode_utf8(&mut [0; 4]))),
            }
        }
        if marked {
            out.push(MARKS[1]);
        }
        out
    }
}

impl Look<'_> {
    /// A text with its marks, cut to the width of a column.
    pub fn marked(self, text: &Marked) -> String {
        text.cell(self.width())
    }
}

/// Makes marks what a terminal shows as bold; elsewhere they are taken away. `NO_COLOR` and `CLICOLOR_FORCE` mean what they mean anywhere.
pub fn paint(drawn: &str) -> String {
    let with = if is_colored() { BOLD } else { [""; 2] };
    drawn.replace(MARKS[0], with[0]).replace(MARKS[1], with[1])
}

/// Whether marks and colours are shown.
pub fn is_colored() -> bool {
    let set = |name: &str| std::env::var_os(name).is_some_and(|value| !value.is_empty() && value != "0");
    !set("NO_COLOR") && (set("CLICOLOR_FORCE") || std::io::stdout().is_terminal())
}
