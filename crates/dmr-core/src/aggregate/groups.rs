//! The table of groups: from the values a record is grouped by to the number of its group.

use crate::FieldType;
use crate::gate::FieldRef;
use crate::projection::Cell;
use std::collections::HashMap;

/// What an entry of a table takes beside its bytes, at most.
const ENTRY: usize = 72;
/// How many spellings are remembered beyond those of as many groups.
const SPELLINGS: usize = 65_536;

type Table = HashMap<Box<[u8]>, usize, foldhash::quality::RandomState>;

/// The groups that were found.
pub(super) struct Groups {
    kinds: Vec<FieldType>,
    /// From spellings to groups: nearly every record is found here, without reading its values.
    by_spelling: Table,
    by_key: Table,
    /// Of each group: its key, and the text of each value.
    groups: Vec<Group>,
    spelling: Vec<u8>,
    key: Vec<u8>,
}

/// A group.
pub(super) struct Group {
    /// The keys of its values, one after the other: their order is the order of groups.
    pub key: Box<[u8]>,
    /// The JSON text of each value: the plainest spelling that occurs.
    pub texts: Vec<Vec<u8>>,
}

impl Group {
    /// Of each value the plainer spelling.
    fn take_plainer(&mut self, texts: Vec<Vec<u8>>) {
        for (known, text) in self.texts.iter_mut().zip(texts) {
            if is_plainer(&text, known) {
                *known = text;
            }
        }
    }
}

/// Which group a record belongs to.
pub(super) struct Found {
    pub group: usize,
    /// Whether it is the first of it.
    pub is_new: bool,
    /// How many bytes more are held.
    pub bytes: usize,
}

impl Groups {
    pub fn new(fields: &[FieldRef]) -> Self {
        Self {
            kinds: fields.iter().map(|field| field.kind.clone()).collect(),
            by_spelling: Table::default(),
            by_key: Table::default(),
            groups: Vec::new(),
            spelling: Vec::new(),
            key: Vec::new(),
        }
    }

    /// Finds the groups that another part of the same aggregate found, or makes them: their numbers here, and how many are new.
    pub fn merge(&mut self, other: Self) -> (Vec<usize>, usize) {
        let before = self.groups.len();
        let numbers = other.groups.into_iter().map(|theirs| match self.by_key.get(&theirs.key) {
            Some(at) => {
                if let Some(known) = self.groups.get_mut(*at) {
                    known.take_plainer(theirs.texts);
                }
                *at
            }
            None => {
                let at = self.groups.len();
                self.by_key.insert(theirs.key.clone(), at);
                self.groups.push(theirs);
                at
            }
        });
        let numbers = numbers.collect();
        (numbers, self.groups.len() - before)
    }

    pub fn len(&self) -> usize {
        self.groups.len()
    }

    pub fn get(&self, group: usize) -> Option<&Group> {
        self.groups.get(group)
    }

    /// Finds the group of a record, or makes it. `cell` gives the value of a field by its place.
    pub fn find<'c>(&mut self, cell: impl Fn(usize) -> Cell<'c>) -> Found {
        self.spelling.clear();
        (0..self.kinds.len()).for_each(|at| cell(at).write_spelling(&mut self.spelling));
        if let Some(group) = self.by_spelling.get(&*self.spelling) {
            return Found { group: *group, is_new: false, bytes: 0 };
        }
        self.find_anew(cell)
    }

    /// A spelling that was not met yet.
    fn find_anew<'c>(&mut self, cell: impl Fn(usize) -> Cell<'c>) -> Found {
        let mut texts = Vec::with_capacity(self.kinds.len());
        self.key.clear();
        for (at, kind) in self.kinds.iter().enumerate() {
            let mut text = Vec::new();
            cell(at).write_key(kind, &mut self.key);
            cell(at).write_json(&mut text);
            texts.push(text);
        }
        let (group, is_new) = match self.by_key.get(&*self.key) {
            Some(group) => (*group, false),
            None => (self.groups.len(), true),
        };
        let mut bytes = 0;
        if is_new {
            bytes += 2 * self.key.len() + texts.iter().map(|text| text.capacity() + size_of::<Vec<u8>>()).sum::<usize>() + 2 * ENTRY;
            self.by_key.insert(self.key.as_slice().into(), group);
            self.groups.push(Group { key: self.key.as_slice().into(), texts });
        } else if let Some(known) = self.groups.get_mut(group) {
            known.take_plainer(texts);
        }
        // Spellings of one group can be as many as its records.
        if self.by_spelling.len() >= 2 * self.groups.len() + SPELLINGS {
            self.by_spelling.clear();
        } else {
            bytes += self.spelling.len() + ENTRY;
        }
        self.by_spelling.insert(self.spelling.as_slice().into(), group);
        Found { group, is_new, bytes }
    }
}

/// Of two spellings of one value the shorter is shown, else the first by its bytes: which one does not depend on the order of records.
pub(super) fn is_plainer(text: &[u8], than: &[u8]) -> bool {
    (text.len(), text) < (than.len(), than)
}
