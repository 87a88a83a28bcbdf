//! How well a record answers a question, and where. Only what its asker sees of this one record counts: nothing is known of others here.

use super::question::Question;
use super::searched::Searched;
use super::words::{MOST_OF_WORD, Word, words};
use crate::gate::Guard;
use crate::record::{PrincipalId, RecordRef};

/// The most places of a text that are told.
pub const MOST_HIGHLIGHTS: usize = 100;

/// Density is counted in millionths.
const WHOLE: u64 = 1_000_000;

/// A field that an asker searches in.
#[derive(Debug, Clone)]
pub struct SearchField {
    /// Its names, joined by dots.
    pub name: String,
    /// Where its texts are.
    pub searched: Searched,
    /// In which rows it is there; elsewhere it is absent.
    pub guard: Guard,
}

/// The rank of a record, greater first: how many terms are there as they were asked for, not only as the beginning of a word; then how
/// much of each field's length is hits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Score(u64);

impl Score {
    /// For an order in which what is greater comes first.
    pub fn key(self) -> [u8; 8] {
        (!self.0).to_be_bytes()
    }

    /// As a JSON number: `2.25`.
    pub fn to_json(self) -> String {
        let (whole, rest) = (self.0 / WHOLE, self.0 % WHOLE);
        let digits = format!("{rest:06}");
        let digits = digits.trim_end_matches('0');
        if digits.is_empty() { whole.to_string() } else { format!("{whole}.{digits}") }
    }
}

/// What was found of a question in a record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hits {
    /// The record's rank.
    pub score: Score,
    /// For each text with hits, under the field's name (of a list `tags.0`), from and to in characters (Unicode code points), in order,
    /// at most [`MOST_HIGHLIGHTS`].
    pub highlights: Vec<(String, Vec<[usize; 2]>)>,
}

/// Looks for a question in a record; none where a term is in no field that is seen. `highlights`: whether the places are wanted too.
pub fn hits(question: &Question, fields: &[SearchField], record: &RecordRef<'_>, asker: PrincipalId, highlights: bool) -> Option<Hits> {
    let mut search = Search::new(question);
    let mut found = Vec::new();
    let mut density = 0;
    for field in fields {
        if !field.guard.holds(record.owner, asker) {
            continue;
        }
        let (mut hits, mut length) = (0_u64, 0_u64);
        field.searched.texts(record.doc, &mut |element, text| {
            length += search.text(text);
            hits += search.marked.len() as u64;
            if highlights && !search.marked.is_empty() {
                let name = element.map_or_else(|| field.name.clone(), |at| format!("{}.{at}", field.name));
                found.push((name, search.places(text)));
            }
        });
        if hits > 0 {
            density += hits * WHOLE / length.max(1);
        }
    }
    let exact = search.exact()?;
    let density = (density / fields.len().max(1) as u64).clamp(1, WHOLE);
    Some(Hits { score: Score(exact * WHOLE + density), highlights: found })
}

/// One text's words that are words of the question.
struct Seen {
    /// Which word of the text it is.
    place: u64,
    /// Bits of the words of the question that it is.
    is: u64,
    /// Bits of those that it begins with.
    begins: u64,
    from: usize,
    to: usize,
}

struct Search<'q> {
    question: &'q Question,
    /// Every word of the question once, and whether something may begin with it.
    asked: Vec<(&'q str, bool)>,
    /// For each term the bits of its words.
    bits: Vec<Vec<u64>>,
    /// For each term whether it was found at all, and as it was asked for.
    found: Vec<(bool, bool)>,
    seen: Vec<Seen>,
    /// Indexes into `seen` of words that belong to a hit, each once, in order.
    marked: Vec<usize>,
    /// Hits as ranges of `seen`.
    spans: Vec<(usize, usize)>,
}

impl<'q> Search<'q> {
    fn new(question: &'q Question) -> Self {
        let mut asked: Vec<(&str, bool)> = Vec::new();
        let mut bits = Vec::with_capacity(question.terms.len());
        for term in &question.terms {
            let last = term.words.len() - 1;
            let of = term.words.iter().enumerate().map(|(at, word)| {
                let begins = term.prefix && at == last;
                let known = asked.iter().position(|(other, _)| other == word);
                let index = known.unwrap_or_else(|| {
                    asked.push((word, false));
                    asked.len() - 1
                });
                asked[index].1 |= begins;
                1_u64 << (index % 64)
            });
            bits.push(of.collect());
        }
        let found = vec![(false, false); question.terms.len()];
        Self { question, asked, bits, found, seen: Vec::new(), marked: Vec::new(), spans: Vec::new() }
    }

    /// Looks through one text; gives how many words it has.
    fn text(&mut self, text: &str) -> u64 {
        let Self { asked, seen, .. } = self;
        seen.clear();
        let mut place = 0;
        words(text, &mut |word| {
            let (is, begins) = compare(asked, &word);
            if is | begins != 0 {
                seen.push(Seen { place, is, begins, from: word.at.start, to: word.at.end });
            }
            place += 1;
        });
        self.marked.clear();
        self.spans.clear();
        if !self.seen.is_empty() {
            self.terms();
        }
        place
    }

    /// Finds the terms among the words that were seen.
    fn terms(&mut self) {
        for (at, term) in self.question.terms.iter().enumerate() {
            let bits = &self.bits[at];
            for start in 0..self.seen.len() {
                let Some(exact) = stands(&self.seen[start..], bits, term.prefix) else { continue };
                self.found[at].0 = true;
                self.found[at].1 |= exact;
                self.spans.push((start, start + bits.len()));
                self.marked.extend(start..start + bits.len());
            }
        }
        self.marked.sort_unstable();
        self.marked.dedup();
    }

    /// How many terms were found as they were asked for; none where one was not found.
    fn exact(&self) -> Option<u64> {
        let all = self.found.iter().all(|(found, _)| *found);
        all.then(|| self.found.iter().filter(|(_, exact)| *exact).count() as u64)
    }

    /// Where the hits of the last text are, in characters, those that touch the same words as one.
    fn places(&mut self, text: &str) -> Vec<[usize; 2]> {
        self.spans.sort_unstable();
        let mut joined: Vec<(usize, usize)> = Vec::new();
        for (from, to) in self.spans.drain(..) {
            match joined.last_mut() {
                Some(last) if from < last.1 => last.1 = last.1.max(to),
                _ => joined.push((from, to)),
            }
        }
        let (mut byte, mut character) = (0, 0);
        let mut characters = |to: usize| {
            character += text.get(byte..to).map_or(0, |between| between.chars().count());
            byte = to;
            character
        };
        let seen = &self.seen;
        joined.iter().take(MOST_HIGHLIGHTS).map(|(from, to)| [characters(seen[*from].from), characters(seen[*to - 1].to)]).collect()
    }
}

/// Which words of the question a word is, and which it begins with.
fn compare(asked: &[(&str, bool)], word: &Word<'_>) -> (u64, u64) {
    let (mut is, mut begins) = (0, 0);
    let mut against = |same: &dyn Fn(&str, bool) -> (bool, bool)| {
        for (index, (text, prefix)) in asked.iter().enumerate() {
            let (equal, longer) = same(text, *prefix);
            is |= u64::from(equal) << (index % 64);
            begins |= u64::from(equal || longer) << (index % 64);
        }
    };
    if word.text.is_ascii() {
        // Most words of most texts: compared without being folded first.
        let own = word.text.as_bytes();
        let own = own.get(..MOST_OF_WORD).unwrap_or(own);
        against(&|text, prefix| {
            let text = text.as_bytes();
            let starts = own.len() >= text.len() && own[..text.len()].eq_ignore_ascii_case(text);
            (starts && own.len() == text.len(), starts && prefix)
        });
    } else {
        let own = word.folded();
        against(&|text, prefix| (*own == *text, prefix && own.starts_with(text)));
    }
    (is, begins)
}

/// Whether a term stands at the beginning of these words, and whether as it was asked for.
fn stands(seen: &[Seen], bits: &[u64], prefix: bool) -> Option<bool> {
    let first = seen.first()?;
    let mut exact = true;
    for (at, bit) in bits.iter().enumerate() {
        let word = seen.get(at).filter(|word| word.place == first.place + at as u64)?;
        if word.is & bit != 0 {
            continue;
        }
        if !(prefix && at + 1 == bits.len() && word.begins & bit != 0) {
            return None;
        }
        exact = false;
    }
    Some(exact)
}
