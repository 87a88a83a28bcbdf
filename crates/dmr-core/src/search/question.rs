//! What is asked for: words are and-ed, `"a phrase"`, `pre*`.

use super::words::words;
use crate::{Code, Issue};

/// The most characters of a question.
pub const MOST_CHARACTERS: usize = 1000;
/// The most words of a question, those of its phrases included.
pub const MOST_WORDS: usize = 32;

/// A question, read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Question {
    /// All of them have to be there; each stands once.
    pub terms: Vec<Term>,
}

/// Words that have to stand beside each other in one text, in this order: one word, a phrase, or what is written as one word and consists
/// of several (`AB-1234`).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Term {
    /// The words, folded; one at least.
    pub words: Vec<String>,
    /// Whether the last one may go on.
    pub prefix: bool,
}

impl Question {
    /// Reads a question; `parameter` is what it was given as.
    ///
    /// # Errors
    /// [`Code::SearchQuestion`] where there is no word in it, a quote is not closed, or it is too long.
    pub fn read(text: &str, parameter: &str) -> Result<Self, Issue> {
        let wrong = |message: String| Issue::query(parameter, Code::SearchQuestion, message);
        let length = text.chars().count();
        if length > MOST_CHARACTERS {
            return Err(wrong(format!("a search takes at most {MOST_CHARACTERS} characters; these are {length}")));
        }
        let mut reading = Reading::default();
        let mut quoted = false;
        let mut piece = String::new();
        for char in text.chars() {
            let quote = matches!(char, '"' | '\u{201c}' | '\u{201d}' | '\u{201e}');
            if quote || !quoted && char.is_whitespace() {
                reading.piece(&piece, quoted);
                piece.clear();
                quoted ^= quote;
            } else {
                piece.push(char);
            }
        }
        if quoted {
            return Err(wrong("a quote is not closed".to_owned()).suggest(format!("{text}\"")).suggest(text.replace(['"'], "")));
        }
        reading.piece(&piece, false);
        if reading.terms.is_empty() {
            return Err(wrong("there is no word to search for".to_owned()).suggest("tea").suggest("\"green tea\"").suggest("gree*"));
        }
        if reading.words > MOST_WORDS {
            return Err(wrong(format!("a search takes at most {MOST_WORDS} words; these are {}", reading.words)));
        }
        Ok(Self { terms: reading.terms })
    }

    /// What two spellings of the same question have in common.
    pub fn canonical(&self) -> String {
        format!("{:?}", self.terms)
    }
}

#[derive(Default)]
struct Reading {
    terms: Vec<Term>,
    words: usize,
}

impl Reading {
    fn piece(&mut self, piece: &str, quoted: bool) {
        let prefix = !quoted && piece.ends_with('*');
        let mut folded = Vec::new();
        words(piece, &mut |word| folded.push(word.folded().into_owned()));
        let term = Term { words: folded, prefix };
        if !term.words.is_empty() && !self.terms.contains(&term) {
            self.words += term.words.len();
            self.terms.push(term);
        }
    }
}
