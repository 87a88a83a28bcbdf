//! How many texts of a field are of which kind, and what type follows.

use super::kind::{KINDS, Kind, kind};
use crate::words::{count, grouped, listed, shown};
use dmr_core::FieldType;

/// The most clauses of a reason.
const MOST_CLAUSES: usize = 3;

/// Counts of kinds, with the first text of each.
#[derive(Debug, Clone, Default)]
pub(crate) struct Tally {
    total: u64,
    counts: [u64; KINDS],
    firsts: [Option<Box<Sighting>>; KINDS],
}

/// The first text of a kind.
#[derive(Debug, Clone)]
struct Sighting {
    line: u64,
    text: String,
    /// Whether all of the kind are this text.
    only: bool,
}

/// A type and why it was chosen.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Decision {
    pub(crate) field_type: FieldType,
    pub(crate) reason: String,
}

impl Decision {
    pub(crate) fn new(field_type: FieldType, reason: impl Into<String>) -> Self {
        Self { field_type, reason: reason.into() }
    }
}

impl Tally {
    /// Counts a text that is not empty.
    pub(crate) fn add(&mut self, text: &str, line: u64) {
        let kind = kind(text);
        let at = kind as usize;
        self.total += 1;
        if let Some(count) = self.counts.get_mut(at) {
            *count += 1;
        }
        let Some(first) = self.firsts.get_mut(at) else { return };
        match first {
            None => *first = Some(Box::new(Sighting { line, text: text.chars().take(60).collect(), only: true })),
            Some(first) if kind == Kind::Mark && first.only => first.only = first.text == text,
            Some(_) => {}
        }
    }

    /// The type of a column of cells.
    pub(crate) fn cells(&self) -> Decision {
        let all = |kinds: &[Kind]| self.total > 0 && kinds.iter().map(|kind| self.count(*kind)).sum::<u64>() == self.total;
        let every = |what: &str| format!("{what} in {}", self.all("cell"));
        if self.total == 0 {
            return Decision::new(FieldType::Text, "no cell holds anything; text takes whatever comes");
        }
        if all(&[Kind::Integer]) {
            return Decision::new(FieldType::Integer, every("integers"));
        }
        if all(&[Kind::Integer, Kind::Number]) {
            let whole = self.count(Kind::Integer);
            let among = if whole == 0 { String::new() } else { format!(", {} of them whole", grouped(whole)) };
            return Decision::new(FieldType::Number, format!("{}{among}; their digits are kept", every("numbers")));
        }
        if all(&[Kind::Boolean]) {
            return Decision::new(FieldType::Boolean, every("true or false"));
        }
        self.written().map_or_else(
            || Decision::new(FieldType::Text, self.why_text("cell", "the column stays text")),
            |(field_type, what)| Decision::new(field_type, every(what)),
        )
    }

    /// The type of a member whose values are JSON texts: what looks like a number or a boolean stays a text, since that is what it is.
    pub(crate) fn texts(&self) -> Decision {
        match self.written() {
            Some((field_type, what)) => Decision::new(field_type, format!("{what} in {}", self.all("text"))),
            None => Decision::new(FieldType::Text, "texts, as the source has them"),
        }
    }

    /// The type whose JSON form is a string and that every text fits.
    fn written(&self) -> Option<(FieldType, &'static str)> {
        [
            (Kind::Date, FieldType::Date, "dates"),
            (Kind::DateTime, FieldType::DateTime, "times with an offset"),
            (Kind::LocalDateTime, FieldType::LocalDateTime, "dates with a time and no zone"),
            (Kind::Uuid, FieldType::Uuid, "UUIDs"),
        ]
        .into_iter()
        .find(|(kind, ..)| self.total > 0 && self.count(*kind) == self.total)
        .map(|(_, field_type, what)| (field_type, what))
    }

    fn all(&self, noun: &str) -> String {
        if self.total == 1 { format!("the only {noun}") } else { format!("all {}", count(self.total, noun)) }
    }

    fn count(&self, kind: Kind) -> u64 {
        self.counts.get(kind as usize).copied().unwrap_or(0)
    }

    fn why_text(&self, noun: &str, conclusion: &str) -> String {
        let plain = [Kind::Text, Kind::Blank, Kind::Mark].iter().map(|kind| self.count(*kind)).sum::<u64>();
        if plain == self.total && self.count(Kind::Text) > 0 {
            return "words or free text".to_owned();
        }
        let mut clauses: Vec<String> = TELLING.iter().filter_map(|(kind, what)| self.clause(*kind, what, noun)).collect();
        if clauses.len() > MOST_CLAUSES {
            clauses.truncate(MOST_CLAUSES);
            clauses.push("others".to_owned());
        }
        format!("{}; {conclusion}", listed(&clauses))
    }

    /// One part of a reason: which kind, in how many, first where.
    fn clause(&self, kind: Kind, what: &str, noun: &str) -> Option<String> {
        let number = self.count(kind);
        let first = self.firsts.get(kind as usize)?.as_deref()?;
        if kind == Kind::Mark {
            let which = if first.only { shown(&first.text) } else { format!("marks such as {}", shown(&first.text)) };
            let verb = if number == 1 { "is" } else { "are" };
            return Some(format!("{} of {} {verb} {which} (first in line {})", grouped(number), count(self.total, noun), first.line));
        }
        let example = if kind == Kind::Blank { String::new() } else { format!(": {}", shown(&first.text)) };
        Some(format!("{what} in {} (first in line {}{example})", count(number, noun), first.line))
    }
}

/// The kinds in the order in which they explain why a column is text.
const TELLING: [(Kind, &str); 19] = [
    (Kind::LeadingZero, "leading zeros"),
    (Kind::Mark, ""),
    (Kind::Thousands, "thousands separators"),
    (Kind::BigNumber, "numbers too big to count with"),
    (Kind::PlusSign, "plus signs"),
    (Kind::Padded, "blanks around numbers"),
    (Kind::OtherNumber, "numbers in another writing"),
    (Kind::OtherBoolean, "true and false in another spelling"),
    (Kind::SpacedDateTime, "times with a blank inside and no zone"),
    (Kind::OtherDate, "dates or times in another writing"),
    (Kind::Blank, "only blanks"),
    (Kind::Text, "words"),
    (Kind::Date, "dates"),
    (Kind::DateTime, "times with an offset"),
    (Kind::LocalDateTime, "times without a zone"),
    (Kind::Integer, "integers"),
    (Kind::Number, "numbers"),
    (Kind::Boolean, "true or false"),
    (Kind::Uuid, "UUIDs"),
];
