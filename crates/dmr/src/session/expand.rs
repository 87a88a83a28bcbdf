//! Expansion (M5): beside a record, the records that its references name, each as the asker sees it. What is hidden, deleted or not there
//! is absent, the same for all three.

use super::Session;
use crate::seen::SeenModel;
use dmr_core::gate::{Check, Guard, NumberStyle, Rendering, Use, write_record};
use dmr_core::json;
use dmr_core::model::{ModelId, Reference};
use dmr_core::permission::Operation;
use dmr_core::query::Expand;
use dmr_core::record::{PrincipalId, Record, RecordId, RecordRef};
use dmr_core::words::count;
use dmr_core::{Code, Issue, Place, Problem, Value};
use dmr_store::Reader;
use std::collections::HashMap;
use std::sync::Arc;

/// How many references one path may follow.
const MOST_HOPS: usize = 3;
/// How many paths one request may ask for.
const MOST_PATHS: usize = 50;
/// How many values of references one answer follows.
const MOST_FOLLOWED: usize = 50_000;
/// How large an answer may become by it, in bytes.
const MOST_BYTES: usize = 64 << 20;
/// How many bytes of records are remembered while it is made. What is beyond is read again: whether an asker may see a record must not
/// show in what it costs.
const MOST_HELD: usize = 32 << 20;

/// What is expanded beside the records of a model.
#[derive(Debug)]
pub(crate) struct Expansion {
    branches: Vec<Branch>,
    asker: PrincipalId,
    numbers: NumberStyle,
}

/// A reference that is followed.
#[derive(Debug)]
struct Branch {
    /// Its name in its model, with dots where it lies inside another field.
    name: String,
    reference: Reference,
    /// In which records its value is seen.
    guard: Guard,
    /// The model that it leads to; none where the asker may not know of it.
    target: Option<SeenModel>,
    /// What is expanded beside the records it names.
    below: Vec<Branch>,
}

/// What was read so far: each record once for an answer.
pub(super) struct Followed<'r> {
    reader: &'r dyn Reader,
    records: HashMap<(ModelId, RecordId), Option<Arc<Record>>>,
    keys: HashMap<(ModelId, Vec<u8>), Option<RecordId>>,
    /// How many values were followed, and how large what was written of it is.
    values: usize,
    bytes: usize,
    /// How large the remembered records are.
    held: usize,
}

impl<'r> Followed<'r> {
    /// Nothing yet.
    pub fn new(reader: &'r dyn Reader) -> Self {
        Self { reader, records: HashMap::new(), keys: HashMap::new(), values: 0, bytes: 0, held: 0 }
    }

    /// The living record that a value names, where it is one that the asker may read: by its id, else by the declared key.
    fn named(&mut self, branch: &Branch, value: &Value, asker: PrincipalId) -> Result<Option<Arc<Record>>, Problem> {
        let Some(target) = &branch.target else { return Ok(None) };
        let scope = target.view.scope(Operation::Read, Check::RowsExpand);
        let holds = |record: &Record| scope.holds(record.owner, asker);
        if let Some(id) = branch.reference.id(value)
            && let Some(record) = self.record(target, id)?.filter(|record| holds(record))
        {
            return Ok(Some(record));
        }
        let Some((constraint, key)) = branch.reference.key(&target.model, value) else { return Ok(None) };
        let place = (target.model.id(), key);
        let id = match self.keys.get(&place) {
            Some(id) => *id,
            None => {
                let id = self.reader.unique(place.0, constraint, &place.1)?;
                self.keys.insert(place, id);
                id
            }
        };
        let Some(id) = id else { return Ok(None) };
        // To find by a key is to compare with it: it has to be seen.
        let key = target.view.sees_key(&target.model);
        Ok(self.record(target, id)?.filter(|record| holds(record) && key.holds(record.owner, asker)))
    }

    fn record(&mut self, of: &SeenModel, id: RecordId) -> Result<Option<Arc<Record>>, Problem> {
        let place = (of.model.id(), id);
        if let Some(known) = self.records.get(&place) {
            return Ok(known.clone());
        }
        let read = self.reader.record(&of.model, id)?.filter(|record| record.deleted_at.is_none()).map(Arc::new);
        self.held += read.as_ref().map_or(0, |record| record.doc.len());
        if self.held > MOST_HELD {
            self.records.clear();
            self.held = read.as_ref().map_or(0, |record| record.doc.len());
        }
        self.records.insert(place, read.clone());
        Ok(read)
    }

    fn within_bounds(&self) -> Result<(), Problem> {
        if self.values <= MOST_FOLLOWED && self.bytes <= MOST_BYTES {
            return Ok(());
        }
        let problem = Problem::new(Code::ExpandBudget, "these references name more records than one answer holds");
        let problem = problem.budget("expand", MOST_FOLLOWED as u64, None);
        Err(problem.suggest("ask for fewer records at a time: limit").suggest("expand fewer references"))
    }
}

impl Session {
    /// Reads what is expanded, all of one answer with one reader.
    ///
    /// # Errors
    /// What `each` says, and that the store failed.
    pub(super) fn following<T>(&self, mut each: impl FnMut(&mut Followed<'_>) -> Result<T, Problem>) -> Result<T, Problem> {
        let mut answer = None;
        self.inner.store.read(false, &mut |reader| {
            answer = Some(each(&mut Followed::new(reader))?);
            Ok(())
        })?;
        answer.ok_or_else(|| Problem::new(Code::Internal, "the store did not read"))
    }

    /// What is expanded, bound to its asker; none where nothing is asked for.
    ///
    /// # Errors
    /// Each path that leads to no reference that the asker sees, or too far.
    pub(super) fn expansion(&self, of: &SeenModel, asked: &[Expand], numbers: NumberStyle) -> Result<Option<Expansion>, Vec<Issue>> {
        if asked.is_empty() {
            return Ok(None);
        }
        if asked.len() > MOST_PATHS {
            let message = format!("one request expands at most {}", count(MOST_PATHS as u64, "path"));
            return Err(vec![placed(&asked[0], Code::ParameterValue, message)]);
        }
        let (mut branches, mut issues) = (Vec::new(), Vec::new());
        for path in asked {
            if let Err(issue) = self.branch(of, &mut branches, path, &path.field, 1) {
                issues.push(*issue);
            }
        }
        if issues.is_empty() { Ok(Some(Expansion { branches, asker: self.asker.id, numbers })) } else { Err(issues) }
    }

    /// Adds a path to what is expanded of a model.
    fn branch(&self, of: &SeenModel, branches: &mut Vec<Branch>, asked: &Expand, names: &[String], hop: usize) -> Result<(), Box<Issue>> {
        let whole = || names.join(".");
        if hop > MOST_HOPS {
            return Err(Box::new(placed(
                asked,
                Code::ParameterValue,
                format!("`expand` follows at most {MOST_HOPS} references, one after the other"),
            )));
        }
        let (length, reference, guard) = self.followed(of, asked, names)?;
        let (own, rest) = names.split_at(length);
        let name = own.join(".");
        let at = match branches.iter().position(|branch| branch.name == name) {
            Some(at) => at,
            None => {
                let entry = self.entry(reference.target(of.model.id()));
                let target = entry.and_then(|entry| self.see(&entry).ok().flatten());
                branches.push(Branch { name, reference, guard, target, below: Vec::new() });
                branches.len() - 1
            }
        };
        let Some(branch) = branches.get_mut(at).filter(|_| !rest.is_empty()) else { return Ok(()) };
        match &branch.target {
            Some(target) => self.branch(target, &mut branch.below, asked, rest, hop + 1),
            // What may not be known has no fields.
            None => Err(Box::new(placed(asked, Code::FilterField, format!("there is no field `{}`", whole())))),
        }
    }

    /// The reference that a path begins with: how many of its names that takes, and where its value is seen.
    fn followed(&self, of: &SeenModel, asked: &Expand, names: &[String]) -> Result<(usize, Reference, Guard), Box<Issue>> {
        for length in 1..=names.len() {
            let path: Vec<&str> = names[..length].iter().map(String::as_str).collect();
            let field = of.view.reference(&of.model, &path, Use::Expand).map_err(|issue| {
                let Issue { place, pointer, .. } = placed(asked, Code::FilterField, "");
                Box::new(Issue { place, pointer, ..issue })
            })?;
            let found = field.declared().and_then(|ids| of.model.references.iter().find(|reference| reference.ids == ids));
            if let Some(reference) = found {
                return Ok((length, reference.clone(), field.guard));
            }
        }
        Err(Box::new(placed(asked, Code::ParameterValue, format!("`{}` refers to no model", names.join(".")))))
    }
}

fn placed(asked: &Expand, code: Code, message: impl Into<String>) -> Issue {
    let place = if asked.pointer.starts_with('/') { Place::Body } else { Place::Query };
    Issue::at(place, asked.pointer.clone(), code, message)
}

impl Expansion {
    /// Appends `{"customer": {...}, "lines": [...]}` for a record.
    ///
    /// # Errors
    /// [`Code::ExpandBudget`], and that the store failed.
    pub(super) fn write(&self, record: &RecordRef<'_>, followed: &mut Followed<'_>, out: &mut Vec<u8>) -> Result<(), Problem> {
        self.level(&self.branches, record, followed, out)
    }

    /// Puts the same into a record that was written: under `_expand`, so that its own members stay what its schema says.
    ///
    /// # Errors
    /// As [`Expansion::write`].
    pub(super) fn add(&self, record: &RecordRef<'_>, followed: &mut Followed<'_>, out: &mut Vec<u8>) -> Result<(), Problem> {
        self.beside(&self.branches, record, followed, out)
    }

    fn beside(&self, branches: &[Branch], record: &RecordRef<'_>, followed: &mut Followed<'_>, out: &mut Vec<u8>) -> Result<(), Problem> {
        out.pop();
        out.extend_from_slice(b",\"_expand\":");
        self.level(branches, record, followed, out)?;
        out.push(b'}');
        Ok(())
    }

    fn level(&self, branches: &[Branch], record: &RecordRef<'_>, followed: &mut Followed<'_>, out: &mut Vec<u8>) -> Result<(), Problem> {
        out.push(b'{');
        let first = out.len();
        for branch in branches.iter().filter(|branch| branch.guard.holds(record.owner, self.asker)) {
            let begin = out.len();
            if begin > first {
                out.push(b',');
            }
            json::write_str(&branch.name, out);
            out.push(b':');
            if !self.follow(branch, record, followed, out)? {
                out.truncate(begin);
            }
        }
        out.push(b'}');
        Ok(())
    }

    /// Appends what a reference of a record names; says no where that is nothing.
    fn follow(&self, branch: &Branch, record: &RecordRef<'_>, followed: &mut Followed<'_>, out: &mut Vec<u8>) -> Result<bool, Problem> {
        let values = branch.reference.values(record.doc);
        followed.values += values.len();
        followed.within_bounds()?;
        let Some(target) = &branch.target else { return Ok(false) };
        if branch.reference.several {
            if branch.reference.path.single(record.doc).is_none_or(|value| value.first() != Some(&b'[')) {
                return Ok(false);
            }
            out.push(b'[');
        }
        let mut some = false;
        for named in &values {
            let Some(record) = followed.named(branch, &named.value, self.asker)? else { continue };
            if some {
                out.push(b',');
            }
            some = true;
            self.one(branch, target, &(*record).as_ref(), followed, out)?;
            followed.within_bounds()?;
        }
        if branch.reference.several {
            out.push(b']');
        }
        Ok(some || branch.reference.several)
    }

    fn one(
        &self,
        branch: &Branch,
        target: &SeenModel,
        record: &RecordRef<'_>,
        followed: &mut Followed<'_>,
        out: &mut Vec<u8>,
    ) -> Result<(), Problem> {
        let rendering = Rendering {
            model: &target.model,
            view: &target.view,
            asker: self.asker,
            selection: None,
            numbers: self.numbers,
            system: true,
            old: &target.old_labels,
            check: Check::ColumnRender,
        };
        let from = out.len();
        write_record(&rendering, record, out);
        followed.bytes += out.len() - from;
        if branch.below.is_empty() { Ok(()) } else { self.beside(&branch.below, record, followed, out) }
    }
}
