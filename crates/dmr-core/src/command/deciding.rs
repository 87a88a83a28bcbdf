//! Deciding operations one after the other: what one sees is the snapshot under what was decided before it.

use super::refer::Chosen;
use super::write::{Done, Item, NewRecord, Refusal, Revision, Target, WriteCommand, missing};
use crate::catalog::Catalog;
use crate::change::{Change, RecordChange};
use crate::decide::{Read, Snapshot};
use crate::gate::View;
use crate::log::EntryKind;
use crate::model::{Fresh, Model, ModelId, Unique};
use crate::permission::Operation;
use crate::principal::Asker;
use crate::record::{Record, RecordId};
use crate::{Code, Issue, Object, Problem};
use std::collections::{HashMap, HashSet};
use std::sync::Arc;

/// Why an operation did not come to an end.
pub(super) enum Stop {
    /// Something has to be read first.
    Missing,
    /// It is refused.
    Refused(Box<Problem>),
}

impl From<Problem> for Stop {
    fn from(problem: Problem) -> Self {
        Self::Refused(Box::new(problem))
    }
}

/// One round of deciding: what it sees is the snapshot under what it decided before.
pub(super) struct Deciding<'a> {
    pub model: &'a Arc<Model>,
    pub view: &'a View,
    pub asker: &'a Asker,
    pub(super) catalog: &'a Catalog,
    pub(super) snapshot: &'a Snapshot,
    pub now: i64,
    /// How many operations there are.
    pub(super) operations: usize,
    /// Where a record stands in an operation, as a JSON pointer.
    pub within: &'static str,
    pub(super) records: HashMap<RecordId, Option<Record>>,
    uniques: HashMap<(u32, Vec<u8>), Option<RecordId>>,
    /// Which of the records that were decided hold others of the model: by the reference's place and the key it names.
    pub(super) holding: HashMap<(usize, Vec<u8>), HashSet<RecordId>>,
    /// What of other models was asked for already.
    pub(super) asked: HashSet<(ModelId, Option<u32>, Vec<u8>)>,
    pub needs: Vec<Read>,
    pub changes: Vec<Change>,
}

/// What a record is refused for, as far as it is known.
#[derive(Default)]
pub(super) struct Found {
    /// What is wrong.
    pub issues: Vec<Issue>,
    /// Whether something has to be read to know.
    pub missing: bool,
}

/// A change of a unique key: the constraint, what is left, what is taken.
type Claim = (u32, Option<Vec<u8>>, Option<Vec<u8>>);

impl<'a> Deciding<'a> {
    pub fn new(command: &'a WriteCommand, catalog: &'a Catalog, snapshot: &'a Snapshot, now: i64) -> Self {
        Self {
            model: &command.model,
            view: &command.view,
            asker: &command.asker,
            catalog,
            snapshot,
            now,
            operations: command.items.len(),
            within: "",
            records: HashMap::new(),
            uniques: HashMap::new(),
            holding: HashMap::new(),
            asked: HashSet::new(),
            needs: Vec::new(),
            changes: Vec::new(),
        }
    }

    pub fn item(&mut self, item: &Item) -> Result<Done, Stop> {
        match item {
            Item::Create(new) => self.create(new),
            Item::Upsert { key, sent, id, fresh } => self.upsert(key, sent, *id, fresh),
            Item::Import(arrival) => self.arrive(arrival),
            Item::Revise { target, if_version, revision } => self.revise(target, *if_version, revision),
            Item::Refused(refusal) => self.refused(refusal, None, self.within),
        }
    }

    /// What was known already, and which of the record's keys are taken by others. `own`: its id, where it has one; `within`: where the
    /// record stands in the pointers of what was known.
    pub fn refused(&mut self, refusal: &Refusal, own: Option<RecordId>, within: &str) -> Result<Done, Stop> {
        let mut found = Found::default();
        for (constraint, key) in &refusal.keys {
            match self.holder(*constraint, key) {
                Ok(Some(holder)) if Some(holder) != own => {
                    let unique = self.model.uniques.iter().find(|unique| unique.id == *constraint);
                    found.issues.extend(unique.map(|unique| taken_issue(self.model, unique)));
                }
                Ok(_) => {}
                Err(_) => found.missing = true,
            }
        }
        self.check_named(&refusal.references, &refusal.keys, &mut found)?;
        if found.missing {
            return Err(Stop::Missing);
        }
        found.issues.iter_mut().for_each(|issue| issue.pointer.insert_str(0, within));
        Err(refusal.problem.clone().and(found.issues).into())
    }

    fn create(&mut self, new: &NewRecord) -> Result<Done, Stop> {
        let record = self.newly(new);
        self.keep(EntryKind::RecordCreate, None, Some(record), Chosen::All)
    }

    /// A record that begins now, the asker's.
    pub fn newly(&self, new: &NewRecord) -> Record {
        Record {
            id: new.id,
            version: 1,
            stamp: self.model.head.stamp,
            created_at: self.now,
            updated_at: self.now,
            created_by: self.asker.id,
            updated_by: self.asker.id,
            owner: self.asker.id,
            deleted_at: None,
            doc: new.doc.clone(),
        }
    }

    fn upsert(&mut self, key: &[u8], sent: &Object, id: RecordId, fresh: &Fresh) -> Result<Done, Stop> {
        let constraint = self.model.head.key_unique.ok_or_else(no_key)?;
        match self.holder(constraint, key)? {
            Some(found) => self.revise(&Target::Id(found), None, &Revision::Merge(sent.clone())),
            None if !self.view.may(Operation::Create) => Err(missing(Operation::Create).into()),
            None => match WriteCommand::creation(self.model, self.view, self.asker, id, fresh, sent.clone()) {
                Ok(new) => self.create(&new),
                Err(refusal) => self.refused(&refusal, None, ""),
            },
        }
    }

    /// Adds a change, after its unique keys were found free, and what it names there, and what it takes away not held.
    pub fn keep(&mut self, kind: EntryKind, before: Option<Record>, after: Option<Record>, chosen: Chosen<'_>) -> Result<Done, Stop> {
        let mut found = Found::default();
        let claims = if self.model.uniques.is_empty() { Vec::new() } else { self.claims(before.as_ref(), after.as_ref(), &mut found) };
        let lives = |record: &&Record| record.deleted_at.is_none();
        let (was, is) = (before.as_ref().filter(lives), after.as_ref().filter(lives));
        if let Some(is) = is.filter(|_| !self.model.references.is_empty()) {
            self.check_references(before.as_ref(), is, chosen, &mut found)?;
        }
        if let Some(was) = was {
            self.check_held(was, is, &mut found)?;
        }
        if found.missing {
            return Err(Stop::Missing);
        }
        if !found.issues.is_empty() {
            return Err(refused_for(found.issues).into());
        }
        if let Some(id) = after.as_ref().or(before.as_ref()).map(|record| record.id).filter(|_| self.operations > 1) {
            for (constraint, old, new) in claims {
                self.uniques.extend(old.map(|key| ((constraint, key), None)));
                self.uniques.extend(new.map(|key| ((constraint, key), Some(id))));
            }
            let earlier = self.records.insert(id, after.clone()).flatten();
            self.hold(id, earlier.as_ref(), after.as_ref());
        }
        self.changes.push(Change::Record(Box::new(RecordChange { kind, model: self.model.clone(), before, after })));
        Ok(Done::Changed(self.changes.len() - 1))
    }

    /// The unique keys that a change leaves and takes.
    fn claims(&mut self, before: Option<&Record>, after: Option<&Record>, found: &mut Found) -> Vec<Claim> {
        let model = self.model.clone();
        let mut claims = Vec::new();
        for unique in &model.uniques {
            let old = before.filter(|record| record.deleted_at.is_none()).and_then(|record| unique.key(&record.doc));
            let new = after.filter(|record| record.deleted_at.is_none()).and_then(|record| unique.key(&record.doc));
            if old == new {
                continue;
            }
            if let (Some(key), Some(record)) = (&new, after) {
                match self.holder(unique.id, key) {
                    Ok(Some(holder)) if holder != record.id => found.issues.push(taken_issue(&model, unique)),
                    Ok(_) => {}
                    Err(_) => found.missing = true,
                }
            }
            claims.push((unique.id, old, new));
        }
        claims
    }

    pub fn holder(&mut self, constraint: u32, key: &[u8]) -> Result<Option<RecordId>, Stop> {
        let own = (constraint, key.to_vec());
        if let Some(holder) = self.uniques.get(&own) {
            return Ok(*holder);
        }
        let wanted = (self.model.id(), own.0, own.1);
        match self.snapshot.unique(&wanted) {
            Some(holder) => Ok(*holder),
            None => {
                self.needs.push(Read::Unique(wanted.0, wanted.1, wanted.2));
                Err(Stop::Missing)
            }
        }
    }

    pub fn record(&mut self, id: RecordId) -> Result<Option<Record>, Stop> {
        if let Some(record) = self.records.get(&id) {
            return Ok(record.clone());
        }
        match self.snapshot.record(&(self.model.id(), id)) {
            Some(record) => Ok(record.clone()),
            None => {
                self.needs.push(Read::Record(self.model.clone(), id));
                Err(Stop::Missing)
            }
        }
    }

    /// Whether a record of this id ever began.
    pub fn has_past(&mut self, id: RecordId) -> Result<bool, Stop> {
        let first = (self.model.id(), id, 1);
        match self.snapshot.history(&first) {
            Some(entries) => Ok(!entries.is_empty()),
            None => {
                self.needs.push(Read::History(first.0, first.1, first.2));
                Err(Stop::Missing)
            }
        }
    }

    pub fn past(&mut self, now: &Record, version: u64) -> Result<Option<Record>, Stop> {
        let wanted = (self.model.id(), now.id, version);
        match self.snapshot.history(&wanted) {
            Some(entries) => Ok(crate::log::past(now, entries, version)?),
            None => {
                self.needs.push(Read::History(wanted.0, wanted.1, wanted.2));
                Err(Stop::Missing)
            }
        }
    }
}

/// Under the code of what is wrong where that is one.
fn refused_for(issues: Vec<Issue>) -> Problem {
    let code = issues.first().map_or(Code::ValueInvalid, |first| first.code);
    let one = issues.iter().all(|issue| issue.code == code);
    Problem::of(if one { code } else { Code::ValueInvalid }, issues)
}

fn taken_issue(model: &Model, unique: &Unique) -> Issue {
    let names: Vec<String> = unique.members.iter().map(|(ids, ..)| model.names(ids)).collect();
    let pointer = format!("/{}", names.first().map(|name| name.replace('.', "/")).unwrap_or_default());
    let message = match names.as_slice() {
        [only] => format!("another record has this `{only}`"),
        several => {
            format!("another record has these values of {}", several.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", "))
        }
    };
    Issue::body(pointer, Code::UniqueTaken, message).rule("unique")
}

fn no_key() -> Problem {
    Problem::new(Code::BodyShape, "`upsert` needs a model with a declared key")
}
