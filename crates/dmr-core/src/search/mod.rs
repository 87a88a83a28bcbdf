//! Full-text search (R3): what the words of a text are, what is asked for, and how well a record answers it.
//!
//! All of it is core's, so that every store gives the same answers: a store only narrows down which records are looked at.

mod fold;
mod hits;
mod question;
mod searched;
mod words;

pub use fold::fold_word;
pub use hits::{Hits, MOST_HIGHLIGHTS, Score, SearchField, hits};
pub use question::{MOST_CHARACTERS, MOST_WORDS, Question, Term};
pub use searched::{Probe, Searched, is_searchable};
pub use words::{MOST_OF_WORD, Word, words};
