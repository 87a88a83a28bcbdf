//! Reading one record.

use super::Session;
use super::expand::Expansion;
use super::list::refusal;
use super::write::target;
use crate::pending::Pending;
use crate::seen::{Seen, SeenModel};
use crate::trace::timed;
use dmr_core::command::{self, Target};
use dmr_core::gate::{Check, NumberStyle, Selection, Use};
use dmr_core::model::{Model, ModelId};
use dmr_core::permission::Operation;
use dmr_core::principal::Right;
use dmr_core::query::{Deleted, Expand};
use dmr_core::record::{Record, RecordId};
use dmr_core::{Code, Issue, Problem, log};
use dmr_store::{LogRange, Reader};
use std::ops::ControlFlow;
use std::sync::Arc;

/// How a record is read.
#[derive(Debug, Clone, Default)]
pub struct Get {
    /// Which fields, each a path of names; none: all.
    pub fields: Option<Vec<Vec<String>>>,
    /// What is shown beside it of what it refers to, as that is now.
    pub expand: Vec<Expand>,
    /// As it was at this time, in microseconds since 1970 UTC, under today's rights (A3).
    pub as_of: Option<i64>,
    /// Whether a deleted record is asked for; a right of its own.
    pub deleted: Deleted,
    /// How numbers travel.
    pub numbers: NumberStyle,
}

impl Session {
    /// Reads a record, at once and on this thread (R1).
    ///
    /// # Errors
    /// [`Code::RecordUnknown`] for one that is not there or not for this asker, byte for byte the same.
    pub fn get(&self, model: &str, id: &str, options: &Get) -> Result<Seen, Problem> {
        let session = self.current()?;
        let of = session.model_for(model, Operation::Read)?;
        if options.deleted != Deleted::Exclude {
            session.needs(Right::Deleted)?;
        }
        let selection = match &options.fields {
            Some(fields) => Some(Arc::new(session.selection(&of.model, &of.view, fields)?)),
            None => None,
        };
        let expansion = session.beside(&of, options)?;
        let target = target(&of, id).ok_or_else(command::unknown)?;
        let mut found = None;
        let mut look = |reader: &dyn Reader| {
            found = find(reader, &of.model, &target)?;
            Ok(())
        };
        timed(session.trace.as_ref(), "read", || self.inner.store.read(false, &mut look))?;
        let check = if options.as_of.is_some() { Check::RowsAsOf } else { Check::RowsGet };
        let scope = of.view.scope(Operation::Read, check);
        let record = found.filter(|record| scope.holds(record.owner, session.asker.id)).ok_or_else(command::unknown)?;
        let record = match options.as_of {
            Some(time) => session.as_of(&of.model, &record, time)?.ok_or_else(command::unknown)?,
            None => record,
        };
        let wanted = match options.deleted {
            Deleted::Exclude => record.deleted_at.is_none(),
            Deleted::Include => true,
            Deleted::Only => record.deleted_at.is_some(),
        };
        if !wanted {
            return Err(command::unknown());
        }
        let expanded = match expansion {
            Some(expansion) => Some(session.following(|followed| {
                let mut out = Vec::new();
                expansion.write(&record.as_ref(), followed, &mut out)?;
                Ok(out.into())
            })?),
            None => None,
        };
        Ok(Seen { record, of, asker: session.asker.id, selection, expanded, numbers: options.numbers })
    }

    /// The same on the reader threads: what is expanded can be much.
    pub fn get_expanded(&self, model: &str, id: &str, options: Get) -> Pending<Seen> {
        let (model, id) = (model.to_owned(), id.to_owned());
        self.pending(|session| {
            let asking = session.clone();
            session.apart(move |_| asking.get(&model, &id, &options))
        })
    }

    /// What is expanded beside one record. What it refers to is as it is now, so it is not shown beside what was.
    fn beside(&self, of: &SeenModel, options: &Get) -> Result<Option<Expansion>, Problem> {
        let expansion = self.expansion(of, &options.expand, options.numbers).map_err(refusal)?;
        if expansion.is_some() && options.as_of.is_some() {
            let message = "`expand` shows what a record refers to now: it does not go with `as_of`";
            return Err(Problem::one(Issue::query("expand", Code::ParameterValue, message)));
        }
        Ok(expansion)
    }

    pub(crate) fn selection(&self, model: &Model, view: &dmr_core::gate::View, fields: &[Vec<String>]) -> Result<Selection, Problem> {
        let mut references = Vec::with_capacity(fields.len());
        let mut issues = Vec::new();
        for path in fields {
            let names: Vec<&str> = path.iter().map(String::as_str).collect();
            match view.reference(model, &names, Use::Select) {
                Ok(reference) => references.push(reference),
                Err(issue) => issues.push(dmr_core::Issue { pointer: "fields".into(), ..issue }),
            }
        }
        if issues.is_empty() { Ok(Selection::of(&references)) } else { Err(Problem::of(Code::FilterField, issues)) }
    }

    /// A record as it was at a time; none where it was not there yet.
    fn as_of(&self, model: &Arc<Model>, now: &Record, time: i64) -> Result<Option<Record>, Problem> {
        let mut version = None;
        let range = LogRange { model: Some(model.id()), record: Some(now.id), until: Some(time), reverse: true, ..LogRange::default() };
        self.inner.store.read(false, &mut |reader| {
            reader.log(&range, &mut |entry| {
                version = Some(entry.version);
                ControlFlow::Break(())
            })
        })?;
        match version {
            Some(version) => self.past_of(model.id(), now, version),
            None => Ok(None),
        }
    }

    /// A record as it was at a version, by id.
    pub(crate) fn past(&self, model: &Arc<Model>, id: RecordId, version: u64) -> Result<Option<Record>, Problem> {
        let mut now = None;
        self.inner.store.read(false, &mut |reader| {
            now = reader.record(model, id)?;
            Ok(())
        })?;
        match now {
            Some(now) if now.version == version => Ok(Some(now)),
            Some(now) => self.past_of(model.id(), &now, version),
            None => Ok(None),
        }
    }

    fn past_of(&self, model: ModelId, now: &Record, version: u64) -> Result<Option<Record>, Problem> {
        // From the last whole version on: at most WHOLE_EVERY entries.
        let from = (version - version % log::WHOLE_EVERY).max(1);
        let mut entries = Vec::new();
        for from in [from, 1] {
            entries.clear();
            let range = LogRange {
                model: Some(model),
                record: Some(now.id),
                from_version: Some(from),
                to_version: Some(version),
                ..LogRange::default()
            };
            self.inner.store.read(false, &mut |reader| {
                reader.log(&range, &mut |entry| {
                    entries.push(entry.clone());
                    ControlFlow::Continue(())
                })
            })?;
            // A deletion or restoration at a whole version carries no whole record: then from the first on.
            let starts = entries
                .first()
                .is_some_and(|first| first.kind.begins_record() || dmr_core::json::raw::get(&first.body, b"whole").is_some());
            if starts {
                break;
            }
        }
        log::past(now, &entries, version)
    }
}

pub(crate) fn find(reader: &dyn Reader, model: &Arc<Model>, target: &Target) -> Result<Option<Record>, Problem> {
    let by_key = |key: &[u8]| match model.head.key_unique {
        Some(constraint) => match reader.unique(model.id(), constraint, key)? {
            Some(id) => reader.record(model, id),
            None => Ok(None),
        },
        None => Ok(None),
    };
    match target {
        Target::Id(id) => reader.record(model, *id),
        Target::Key(key) => by_key(key),
        Target::Either(id, key) => match reader.record(model, *id)? {
            Some(record) => Ok(Some(record)),
            None => by_key(key),
        },
    }
}
