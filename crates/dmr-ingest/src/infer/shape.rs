//! What was seen of a JSON value at one place, nested as deep as the values are.

use super::sample::Sample;
use super::tally::Tally;
use dmr_core::{Object, Value, json};
use std::collections::HashMap;

/// The most members of one object that get a schema of their own. Objects with more are maps: their names are data.
pub(crate) const MOST_MEMBERS: usize = 1000;
/// The nesting down to which members get schemas.
const DEEPEST: usize = 16;

/// The values at one place.
#[derive(Debug, Clone, Default)]
pub(crate) struct Shape {
    pub(crate) nulls: u64,
    pub(crate) booleans: u64,
    /// Integers of 64 bits.
    pub(crate) integers: u64,
    /// All other numbers.
    pub(crate) numbers: u64,
    pub(crate) texts: u64,
    pub(crate) tally: Tally,
    pub(crate) members: Members,
    pub(crate) lists: u64,
    /// The elements of all lists together.
    pub(crate) elements: Option<Box<Shape>>,
    pub(crate) sample: Sample,
}

/// The members of the objects at one place, in the order in which they were first seen.
#[derive(Debug, Clone, Default)]
pub(crate) struct Members {
    /// How many objects.
    pub(crate) objects: u64,
    pub(crate) list: Vec<Member>,
    places: HashMap<String, usize>,
    /// Whether there are more members than get schemas, or they lie too deep.
    pub(crate) open: bool,
}

/// One member.
#[derive(Debug, Clone)]
pub(crate) struct Member {
    pub(crate) name: String,
    /// In how many of the objects it is.
    pub(crate) present: u64,
    pub(crate) shape: Shape,
}

impl Shape {
    /// How many values there are that are not null.
    pub(crate) fn values(&self) -> u64 {
        self.booleans + self.integers + self.numbers + self.texts + self.members.objects + self.lists
    }

    fn add(&mut self, value: &Value, line: u64, depth: usize) {
        match value {
            Value::Null => self.nulls += 1,
            Value::Bool(value) => {
                self.booleans += 1;
                self.sample.add(if *value { "true" } else { "false" });
            }
            Value::Number(number) => {
                let text = number.as_str();
                if text != "-0" && text.parse::<i64>().is_ok() {
                    self.integers += 1;
                } else {
                    self.numbers += 1;
                }
                self.sample.add(text);
            }
            Value::String(text) => {
                self.texts += 1;
                self.tally.add(text, line);
                self.sample.add(text);
            }
            Value::Array(elements) => {
                self.lists += 1;
                if depth < DEEPEST {
                    let shape = self.elements.get_or_insert_default();
                    elements.iter().for_each(|element| shape.add(element, line, depth + 1));
                }
                self.sample.add_with(|| json::to_string(value));
            }
            Value::Object(object) => {
                self.members.add(object, line, depth + 1);
                self.sample.add_with(|| json::to_string(value));
            }
        }
    }
}

impl Members {
    /// Counts the members of a record.
    pub(crate) fn add_record(&mut self, object: &Object, line: u64) {
        self.add(object, line, 0);
    }

    fn add(&mut self, object: &Object, line: u64, depth: usize) {
        self.objects += 1;
        if depth > DEEPEST {
            self.open |= !object.is_empty();
            return;
        }
        for (at, (name, value)) in object.iter().enumerate() {
            if let Some(member) = self.member(at, name) {
                member.present += 1;
                member.shape.add(value, line, depth);
            }
        }
    }

    /// The member of a name. Objects of one source mostly have their members in one order, so its place is tried first.
    fn member(&mut self, at: usize, name: &str) -> Option<&mut Member> {
        let at = match self.list.get(at) {
            Some(member) if member.name == name => at,
            _ => match self.places.get(name) {
                Some(at) => *at,
                None if self.list.len() >= MOST_MEMBERS => {
                    self.open = true;
                    return None;
                }
                None => {
                    self.places.insert(name.to_owned(), self.list.len());
                    self.list.push(Member { name: name.to_owned(), present: 0, shape: Shape::default() });
                    self.list.len() - 1
                }
            },
        };
        self.list.get_mut(at)
    }
}
