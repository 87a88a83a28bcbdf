//! The words of a text: Unicode's own boundaries, so that Chinese and Thai have words too, then a little finer, so that what people search
//! for is found: `AB-1234`, `anna@example.com` and `can't` are several words that stand beside each other.

use super::fold::fold_word;
use std::borrow::Cow;
use std::ops::Range;
use unicode_normalization::char::is_combining_mark;
use unicode_segmentation::UnicodeSegmentation;

/// The most characters of a word that count: longer ones that begin alike are one word.
pub const MOST_OF_WORD: usize = 64;

/// A word of a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Word<'t> {
    /// Where it stands, in bytes.
    pub at: Range<usize>,
    /// As it is written.
    pub text: &'t str,
}

impl<'t> Word<'t> {
    /// As it is compared.
    pub fn folded(&self) -> Cow<'t, str> {
        fold_word(self.text)
    }
}

/// The words of a text, in order. A word is a run of letters, digits and their marks; a point or comma between two digits belongs to the
/// number it stands in. Where Unicode sees a boundary in a run (between Chinese characters) there is one.
pub fn words<'t>(text: &'t str, each: &mut dyn FnMut(Word<'t>)) {
    if text.is_ascii() {
        return ascii_runs(text, each);
    }
    for (from, piece) in text.unicode_word_indices() {
        runs(piece, from, each);
    }
}

/// [`runs`] of what most texts are, where Unicode sees no boundary that is not one here.
fn ascii_runs<'t>(text: &'t str, each: &mut dyn FnMut(Word<'t>)) {
    let bytes = text.as_bytes();
    let digit = |at: usize| bytes.get(at).is_some_and(u8::is_ascii_digit);
    let mut at = 0;
    while at < bytes.len() {
        if !bytes[at].is_ascii_alphanumeric() {
            at += 1;
            continue;
        }
        let start = at;
        while at < bytes.len() && (bytes[at].is_ascii_alphanumeric() || matches!(bytes[at], b'.' | b',') && digit(at - 1) && digit(at + 1))
        {
            at += 1;
        }
        if let Some(word) = text.get(start..at) {
            each(Word { at: start..at, text: word });
        }
    }
}

/// The runs of a piece of text that begins at a byte of the whole.
fn runs<'t>(text: &'t str, from: usize, each: &mut dyn FnMut(Word<'t>)) {
    let mut start = None;
    let mut chars = text.char_indices().peekable();
    let mut before = None;
    while let Some((at, char)) = chars.next() {
        let inside = is_inside(char)
            || matches!(char, '.' | ',') && before.is_some_and(char::is_numeric) && chars.peek().is_some_and(|(_, next)| next.is_numeric());
        match (inside, start) {
            (true, None) => start = Some(at),
            (false, Some(begun)) => {
                give(text, from, begun..at, each);
                start = None;
            }
            _ => {}
        }
        before = Some(char);
    }
    if let Some(begun) = start {
        give(text, from, begun..text.len(), each);
    }
}

fn give<'t>(text: &'t str, from: usize, run: Range<usize>, each: &mut dyn FnMut(Word<'t>)) {
    let Some(word) = text.get(run.clone()) else { return };
    // A mark alone is no word.
    if word.is_ascii() || !fold_word(word).is_empty() {
        each(Word { at: from + run.start..from + run.end, text: word });
    }
}

/// Whether a character is part of a word; soft hyphens and joiners are, and folding takes them away.
fn is_inside(char: char) -> bool {
    if char.is_ascii() {
        return char.is_ascii_alphanumeric();
    }
    char.is_alphanumeric() || is_combining_mark(char) || matches!(char, '\u{ad}' | '\u{200c}' | '\u{200d}' | '\u{2060}' | '\u{feff}')
}
