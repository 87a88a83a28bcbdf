//! A bound condition, evaluated over stored records. Three-valued: a filter selects only what is *true*.

use super::Operator;
use crate::fold::fold;
use crate::gate::{FieldRef, RefAt};
use crate::json::raw;
use crate::record::{PrincipalId, RecordRef};
use crate::types::FieldType;
use regex::Regex;

/// A bound condition.
#[derive(Debug, Clone)]
pub enum Predicate {
    /// All of them; true of none.
    And(Vec<Predicate>),
    /// One of them; false of none.
    Or(Vec<Predicate>),
    /// The opposite; unknown stays unknown.
    Not(Box<Predicate>),
    /// One test.
    Test(Test),
}

/// One test.
#[derive(Debug, Clone)]
pub struct Test {
    /// What is tested.
    pub field: FieldRef,
    /// How.
    pub operator: Operator,
    /// With what.
    pub operand: Operand,
}

/// What is compared with.
#[derive(Debug, Clone)]
pub enum Operand {
    /// Keys of values of the field's type; sorted for `in` and `nin`.
    Keys(Vec<Vec<u8>>),
    /// A text.
    Text(String),
    /// A folded text, for operators that ignore case.
    Folded(String),
    /// A regular expression.
    Regex(Box<Regex>),
    /// A key to find among the elements of a list, and the elements' type.
    Element(Vec<u8>, FieldType),
    /// Of what can be anything: a text to find in a text, a key to find among the elements of a list.
    Held(Option<String>, Vec<u8>),
    /// A truth value, for `isnull`.
    Truth(bool),
}

impl Predicate {
    /// What is always true.
    pub const fn everything() -> Self {
        Self::And(Vec::new())
    }

    /// Whether it is the predicate that is always true.
    pub fn is_everything(&self) -> bool {
        matches!(self, Self::And(parts) if parts.is_empty())
    }

    /// Whether a record is selected.
    pub fn selects(&self, record: &RecordRef<'_>, asker: PrincipalId) -> bool {
        self.truth(record, asker) == Some(true)
    }

    /// Its truth for a record; none where null decides.
    pub fn truth(&self, record: &RecordRef<'_>, asker: PrincipalId) -> Option<bool> {
        match self {
            Self::And(parts) => combine(parts, record, asker, false),
            Self::Or(parts) => combine(parts, record, asker, true),
            Self::Not(inner) => inner.truth(record, asker).map(|truth| !truth),
            Self::Test(test) => test.truth(record, asker),
        }
    }
}

/// Kleene's and (`decisive` false) and or (`decisive` true).
fn combine(parts: &[Predicate], record: &RecordRef<'_>, asker: PrincipalId, decisive: bool) -> Option<bool> {
    let mut answer = Some(!decisive);
    for part in parts {
        match part.truth(record, asker) {
            Some(truth) if truth == decisive => return Some(decisive),
            Some(_) => {}
            None => answer = None,
        }
    }
    answer
}

impl Test {
    fn truth(&self, record: &RecordRef<'_>, asker: PrincipalId) -> Option<bool> {
        let there = self.field.guard.holds(record.owner, asker);
        let own = record.owner == asker;
        match &self.field.at {
            RefAt::System(system) => {
                let mut key = Vec::with_capacity(24);
                system.write_key(record, &mut key);
                let null = key.len() == 1 && { is_null_key(&key) };
                self.of_key(&key, null)
            }
            RefAt::Document { path, .. } => {
                if !there {
                    return self.of_nothing();
                }
                // The usual case: one value at the end of the path.
                if let Some(value) = path.single(record.doc) {
                    return self.of_value(value, own);
                }
                let (mut any, mut unknown) = (false, false);
                let hit = path.any(record.doc, &mut |value| {
                    any = true;
                    match self.of_value(value, own) {
                        Some(true) => true,
                        Some(false) => false,
                        None => {
                            unknown = true;
                            false
                        }
                    }
                });
                match (hit, any, unknown) {
                    (true, ..) => Some(true),
                    (false, false, _) => self.of_nothing(),
                    (false, true, true) => None,
                    (false, true, false) => Some(false),
                }
            }
        }
    }

    fn of_nothing(&self) -> Option<bool> {
        match &self.operand {
            Operand::Truth(wanted) => Some(*wanted),
            _ => None,
        }
    }

    fn of_value(&self, value: &[u8], own: bool) -> Option<bool> {
        if value == b"null" {
            return self.of_nothing();
        }
        match &self.operand {
            Operand::Truth(wanted) => Some(!*wanted),
            Operand::Keys(_) => {
                let mut key = Vec::with_capacity(32);
                match &self.field.inside {
                    // An object is compared as it is seen: what is hidden in it is not there.
                    Some(inside) if value.first() == Some(&b'{') => self.field.kind.key(&inside.seen(value, own), &mut key),
                    _ => self.field.kind.key_raw(value, &mut key),
                }
                self.of_key(&key, false)
            }
            Operand::Held(text, wanted) => Some(match value.first() {
                Some(b'[') => raw::elements(value).any(|element| {
                    let mut key = Vec::new();
                    FieldType::Any.key_raw(element, &mut key);
                    key == *wanted
                }),
                _ => raw::text(value).is_some_and(|value| text.as_ref().is_some_and(|text| value.contains(text.as_str()))),
            }),
            Operand::Element(wanted, kind) => match value.first() {
                Some(b'[') => Some(raw::elements(value).any(|element| {
                    let mut key = Vec::new();
                    kind.key_raw(element, &mut key);
                    key == *wanted
                })),
                _ => Some(false),
            },
            Operand::Text(_) | Operand::Folded(_) | Operand::Regex(_) => self.of_text(value),
        }
    }

    fn of_text(&self, value: &[u8]) -> Option<bool> {
        let Some(text) = raw::text(value) else {
            // A list of texts: any of them.
            let holds = value.first() == Some(&b'[') && raw::elements(value).any(|element| self.of_text(element) == Some(true));
            return Some(holds);
        };
        Some(match (&self.operand, self.operator) {
            (Operand::Text(wanted), Operator::Contains) => text.contains(wanted.as_str()),
            (Operand::Text(wanted), Operator::Startswith) => text.starts_with(wanted.as_str()),
            (Operand::Text(wanted), Operator::Endswith) => text.ends_with(wanted.as_str()),
            (Operand::Folded(wanted), _) => fold(&text).contains(wanted.as_str()),
            (Operand::Regex(regex), _) => regex.is_match(&text),
            _ => false,
        })
    }

    fn of_key(&self, key: &[u8], null: bool) -> Option<bool> {
        if null {
            return self.of_nothing();
        }
        let keys = match &self.operand {
            Operand::Keys(keys) => keys,
            Operand::Truth(wanted) => return Some(!*wanted),
            _ => return Some(false),
        };
        let first = keys.first().map(Vec::as_slice).unwrap_or_default();
        Some(match self.operator {
            Operator::Eq => key == first,
            Operator::Ne => key != first,
            Operator::Gt => key > first,
            Operator::Gte => key >= first,
            Operator::Lt => key < first,
            Operator::Lte => key <= first,
            Operator::In => keys.binary_search_by(|wanted| wanted.as_slice().cmp(key)).is_ok(),
            Operator::Nin => keys.binary_search_by(|wanted| wanted.as_slice().cmp(key)).is_err(),
            Operator::Between => key >= first && keys.get(1).is_some_and(|last| key <= last.as_slice()),
            _ => false,
        })
    }
}

fn is_null_key(key: &[u8]) -> bool {
    let mut null = Vec::with_capacity(1);
    crate::key::null(&mut null);
    key == null
}
