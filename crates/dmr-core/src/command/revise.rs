//! Deciding what becomes of a record that is there.

use super::check::{Unfit, check, check_rights, refusal};
use super::deciding::{Deciding, Stop};
use super::merge::{self, Hand};
use super::patched::patched;
use super::refer::{Chosen, Writing, namings_of};
use super::write::{Done, Refusal, Revision, Target};
use crate::document;
use crate::gate::Check;
use crate::log::EntryKind;
use crate::permission::Operation;
use crate::principal::Right;
use crate::record::Record;
use crate::{Code, Object, Problem};

impl Deciding<'_> {
    pub(super) fn revise(&mut self, target: &Target, if_version: Option<u64>, revision: &Revision) -> Result<Done, Stop> {
        let before = self.target(target)?.ok_or_else(unknown)?;
        self.check_reach(&before, revision)?;
        if if_version.is_some_and(|wanted| wanted != before.version) {
            return Err(Problem::new(Code::RecordVersion, format!("the record has version {} now", before.version))
                .suggest("read it again and repeat the change")
                .into());
        }
        match revision {
            Revision::Merge(patch) => self.merge(before, patch),
            Revision::Patch(patch) => {
                let (record, unseen, set) = patched(self.hand(&before), &before, patch)?;
                self.revised(EntryKind::RecordUpdate, before, record, unseen, Chosen::Members(&set))
            }
            Revision::Replace(sent) => self.replace(before, sent),
            Revision::Delete { hard } => self.delete(before, *hard),
            Revision::Restore => self.restore(before),
            Revision::Revert { to } => self.revert(before, *to),
        }
    }

    fn target(&mut self, target: &Target) -> Result<Option<Record>, Stop> {
        match target {
            Target::Id(id) => self.record(*id),
            Target::Key(key) => self.by_key(key),
            Target::Either(id, key) => match self.record(*id)? {
                Some(record) => Ok(Some(record)),
                None => self.by_key(key),
            },
        }
    }

    fn by_key(&mut self, key: &[u8]) -> Result<Option<Record>, Stop> {
        let Some(constraint) = self.model.head.key_unique else { return Ok(None) };
        match self.holder(constraint, key)? {
            Some(id) => self.record(id),
            None => Ok(None),
        }
    }

    /// A record that is not seen does not exist; one that is seen but out of reach is refused by name.
    fn check_reach(&self, record: &Record, revision: &Revision) -> Result<(), Stop> {
        let operation = revision.operation();
        let holds = |guard: crate::gate::Guard| guard.holds(record.owner, self.asker.id);
        let deleted = record.deleted_at.is_some();
        let wants_deleted = matches!(revision, Revision::Restore | Revision::Delete { hard: true });
        let check = if operation == Operation::Delete { Check::RowsDelete } else { Check::RowsUpdate };
        let reached = holds(self.view.scope(operation, check));
        let seen = holds(self.view.sight()) || reached;
        if !seen || (deleted && !wants_deleted) {
            return Err(unknown().into());
        }
        if !reached {
            return Err(Problem::new(Code::RowRefused, format!("you may see this record but not {} it", operation.as_str())).into());
        }
        if matches!(revision, Revision::Delete { hard: true }) && !self.asker.may(Right::Deleted) {
            return Err(Problem::new(Code::RightMissing, "deleting for good needs the right `deleted`").into());
        }
        Ok(())
    }

    fn hand(&self, record: &Record) -> Hand<'_> {
        Hand { model: self.model, view: self.view, asker: self.asker.id, owner: record.owner }
    }

    fn merge(&mut self, before: Record, patch: &Object) -> Result<Done, Stop> {
        self.check_sent(&before, patch)?;
        let mut record = merge::current(self.model, &before.doc);
        merge::merge(self.hand(&before), &mut record, patch.clone());
        let unseen = merge::sets_unseen(self.hand(&before), patch);
        self.revised(EntryKind::RecordUpdate, before, record, unseen, Chosen::Members(std::slice::from_ref(patch)))
    }

    fn replace(&mut self, before: Record, sent: &Object) -> Result<Done, Stop> {
        self.check_sent(&before, sent)?;
        let record = merge::replace(self.hand(&before), &merge::current(self.model, &before.doc), sent.clone());
        let unseen = merge::sets_unseen(self.hand(&before), sent);
        self.revised(EntryKind::RecordReplace, before, record, unseen, Chosen::Members(std::slice::from_ref(sent)))
    }

    fn check_sent(&self, before: &Record, sent: &Object) -> Result<(), Stop> {
        let mut issues = Vec::new();
        check_rights(self.model, self.view, self.asker.id, before.owner, sent, &mut issues);
        if issues.is_empty() { Ok(()) } else { Err(refusal(issues).into()) }
    }

    /// `unseen`: whether the asker set what it cannot see.
    fn revised(&mut self, kind: EntryKind, before: Record, record: Object, unseen: bool, chosen: Chosen<'_>) -> Result<Done, Stop> {
        let doc = match check(self.model, self.view, before.owner == self.asker.id, record) {
            Ok(record) => document::encode(self.model, &record),
            Err(unfit) => return self.unfit(&before, *unfit, chosen),
        };
        if *doc == *before.doc && !unseen {
            return Ok(Done::Same(Box::new(before)));
        }
        let after = Record { doc: doc.into(), stamp: self.model.head.stamp, ..self.touched(&before) };
        self.keep(kind, Some(before), Some(after), chosen)
    }

    /// What is wrong with it, and besides which of its keys are taken and which of its references lead nowhere (R4, M5).
    fn unfit(&mut self, before: &Record, unfit: Unfit, chosen: Chosen<'_>) -> Result<Done, Stop> {
        let keys = unfit.keys(self.model);
        let writing = Writing { model: self.model, view: self.view, asker: self.asker.id, chosen };
        let references = namings_of(&writing, Some(before), &unfit.stands);
        let problem = Problem::of(Code::ValueInvalid, unfit.issues);
        self.refused(&Refusal { problem, keys, references }, Some(before.id), "")
    }

    fn touched(&self, before: &Record) -> Record {
        Record { version: before.version + 1, updated_at: self.now, updated_by: self.asker.id, ..before.clone() }
    }

    fn delete(&mut self, before: Record, hard: bool) -> Result<Done, Stop> {
        if hard {
            return self.keep(EntryKind::RecordPurge, Some(before), None, Chosen::Nothing);
        }
        let after = Record { deleted_at: Some(self.now), ..self.touched(&before) };
        self.keep(EntryKind::RecordDelete, Some(before), Some(after), Chosen::Nothing)
    }

    fn restore(&mut self, before: Record) -> Result<Done, Stop> {
        if before.deleted_at.is_none() {
            return Err(Problem::new(Code::RecordNotDeleted, "the record is not deleted").into());
        }
        let after = Record { deleted_at: None, ..self.touched(&before) };
        self.keep(EntryKind::RecordRestore, Some(before), Some(after), Chosen::Nothing)
    }

    fn revert(&mut self, before: Record, to: u64) -> Result<Done, Stop> {
        let then = self.past(&before, to)?.ok_or_else(|| {
            Problem::new(Code::VersionUnknown, format!("the record has no version {to}"))
                .suggest(format!("a version from 1 to {}", before.version))
        })?;
        if !self.view.may(Operation::Update) {
            return Err(super::write::missing(Operation::Update).into());
        }
        let record = merge::revert(self.hand(&before), &before, &then);
        let unseen = merge::may_set_unseen(self.hand(&before));
        self.revised(EntryKind::RecordRevert, before, record, unseen, Chosen::Past)
    }
}

/// The answer for a record that is not there, or not for this asker: the same, byte for byte.
pub fn unknown() -> Problem {
    Problem::new(Code::RecordUnknown, "there is no such record")
}
