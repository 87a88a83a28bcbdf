//! Rows that are brought in: each changes the record it names, or makes one (R7).

use super::deciding::{Deciding, Stop};
use super::merge::{self, Hand};
use super::refer::Chosen;
use super::write::{Done, NewRecord, Refusal, Revision, Target, missing};
use crate::decide::Read;
use crate::log::EntryKind;
use crate::permission::Operation;
use crate::record::{PrincipalId, Record, RecordId};
use crate::{Code, Object, Problem};
use std::sync::Arc;

/// A row that is brought in.
#[derive(Debug, Clone)]
pub struct Arrival {
    /// Which record it is about.
    pub named: Named,
    /// What was sent of it, without what the system keeps.
    pub sent: Arc<Object>,
    /// The record it makes where there is none yet, or why it cannot make one.
    pub made: Result<NewRecord, Box<Refusal>>,
    /// What the record keeps of its past, where it comes with one.
    pub past: Option<Past>,
}

/// Which record a row is about.
#[derive(Debug, Clone)]
pub enum Named {
    /// The one with this id.
    Id(RecordId),
    /// The one with this key of the declared key.
    Key(Vec<u8>),
    /// None that is there.
    New,
}

/// What a record keeps of its past elsewhere. Its version begins at 1 here: the versions before are in no log of this registry, and one
/// that is told must be one that can be shown and gone back to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Past {
    /// When it was made, in microseconds since 1970 UTC.
    pub created_at: Option<i64>,
    /// When it was last changed, in microseconds since 1970 UTC.
    pub updated_at: Option<i64>,
    /// Who made it.
    pub created_by: Option<PrincipalId>,
    /// Who changed it last.
    pub updated_by: Option<PrincipalId>,
    /// Whose it is.
    pub owner: Option<PrincipalId>,
}

impl Arrival {
    /// What it certainly has to know.
    pub(super) fn first_reads(&self, command: &super::WriteCommand, reads: &mut Vec<Read>) {
        let id = command.model.id();
        match (&self.named, command.model.head.key_unique) {
            (Named::Id(record), _) => reads.push(Read::Record(command.model.clone(), *record)),
            (Named::Key(key), Some(constraint)) => reads.push(Read::Unique(id, constraint, key.clone())),
            _ => {}
        }
        match &self.made {
            Ok(new) => {
                for unique in &command.model.uniques {
                    reads.extend(unique.key(&new.doc).map(|key| Read::Unique(id, unique.id, key)));
                }
            }
            Err(refusal) => reads.extend(refusal.keys.iter().map(|(unique, key)| Read::Unique(id, *unique, key.clone()))),
        }
    }
}

impl Deciding<'_> {
    pub(super) fn arrive(&mut self, arrival: &Arrival) -> Result<Done, Stop> {
        // Who may not change records makes new ones: a key that is taken is then refused as it is for any that is made.
        let found = if self.view.may(Operation::Update) { self.named(&arrival.named)? } else { None };
        if let Some(found) = found {
            return self.bring_up(found, &arrival.sent);
        }
        if !self.view.may(Operation::Create) {
            return Err(missing(Operation::Create).into());
        }
        if let Named::Id(id) = arrival.named {
            self.never_was(id)?;
        }
        match &arrival.made {
            Ok(new) => self.make(new, arrival.past),
            Err(refusal) => self.refused(refusal, None, ""),
        }
    }

    fn named(&mut self, named: &Named) -> Result<Option<RecordId>, Stop> {
        match (named, self.model.head.key_unique) {
            (Named::Id(id), _) => Ok(self.record(*id)?.filter(|record| record.deleted_at.is_none()).map(|record| record.id)),
            (Named::Key(key), Some(constraint)) => self.holder(constraint, key),
            _ => Ok(None),
        }
    }

    /// An id is of one record for ever: one that is deleted, or was for good, gets no second life with another history.
    fn never_was(&mut self, id: RecordId) -> Result<(), Stop> {
        let gone = || Problem::new(Code::RecordDeleted, "a record of this id was deleted here");
        if self.record(id)?.is_some() {
            return Err(gone().suggest("restore it, then import it again").into());
        }
        if self.has_past(id)? { Err(gone().suggest("import it without `_id`: it becomes a record of its own").into()) } else { Ok(()) }
    }

    fn make(&mut self, new: &NewRecord, past: Option<Past>) -> Result<Done, Stop> {
        let record = self.newly(new);
        let Some(past) = past else { return self.keep(EntryKind::RecordCreate, None, Some(record), Chosen::All) };
        let created_at = past.created_at.unwrap_or(record.created_at);
        let created_by = past.created_by.unwrap_or(record.created_by);
        let record = Record {
            created_at,
            created_by,
            updated_at: past.updated_at.unwrap_or(created_at),
            updated_by: past.updated_by.unwrap_or(created_by),
            owner: past.owner.unwrap_or(created_by),
            ..record
        };
        self.keep(EntryKind::RecordImport, None, Some(record), Chosen::All)
    }

    /// Merges what was sent into a record that is there. READ_ONLY members that say what is stored are no attempt to set them.
    fn bring_up(&mut self, id: RecordId, sent: &Object) -> Result<Done, Stop> {
        let mut sent = sent.clone();
        if let Some(before) = self.record(id)? {
            let hand = Hand { model: self.model, view: self.view, asker: self.asker.id, owner: before.owner };
            merge::leave_out_same(hand, &before.doc, &mut sent);
        }
        self.revise(&Target::Id(id), None, &Revision::Merge(sent))
    }
}
