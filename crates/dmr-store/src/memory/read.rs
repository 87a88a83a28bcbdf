//! Reading state.

use super::state::{Kept, State};
use crate::{Counts, LogRange, Reader, RegistryRow, Search, Stretch, Walk, WalkBy};
use dmr_core::change::{Outcome, Quarantined};
use dmr_core::log::Entry;
use dmr_core::model::{Model, ModelId};
use dmr_core::record::{Record, RecordId, RecordRef};
use dmr_core::{Problem, Value, json};
use std::ops::{Bound, ControlFlow};
use std::sync::Arc;

impl Reader for State {
    fn registry(&self) -> Result<Vec<RegistryRow>, Problem> {
        let row = |((what, key), body): (&(_, String), &Arc<Value>)| RegistryRow {
            what: *what,
            key: key.clone(),
            body: json::to_string(body).into_bytes(),
        };
        Ok(self.registry.iter().map(row).collect())
    }

    fn record(&self, model: &Arc<Model>, id: RecordId) -> Result<Option<Record>, Problem> {
        Ok(self.models.get(&model.id()).and_then(|kept| kept.records.get(&id)).cloned())
    }

    fn with_record(&self, model: &Arc<Model>, id: RecordId, with: &mut dyn FnMut(Option<RecordRef<'_>>)) -> Result<(), Problem> {
        with(self.models.get(&model.id()).and_then(|kept| kept.records.get(&id)).map(Record::as_ref));
        Ok(())
    }

    fn unique(&self, model: ModelId, constraint: u32, key: &[u8]) -> Result<Option<RecordId>, Problem> {
        Ok(self.models.get(&model).and_then(|kept| kept.derived.uniques.get(&(constraint, key.to_vec()))).copied())
    }

    fn uniques(&self, model: ModelId) -> Result<Vec<(u32, Vec<u8>, RecordId)>, Problem> {
        let all = self.models.get(&model).into_iter().flat_map(|kept| &kept.derived.uniques);
        Ok(all.map(|((constraint, key), id)| (*constraint, key.clone(), *id)).collect())
    }

    fn walk(&self, walk: &Walk<'_>, each: &mut dyn FnMut(&[u8], RecordRef<'_>) -> ControlFlow<()>) -> Result<(), Problem> {
        let Some(kept) = self.models.get(&walk.model.id()) else { return Ok(()) };
        match &walk.by {
            WalkBy::Id { after } => walk_by_id(kept, *after, walk.reverse, each),
            WalkBy::Index { index, lower, upper } => walk_by_index(kept, *index, lower, upper.as_deref(), walk.reverse, each),
        }
        Ok(())
    }

    fn search(&self, search: &Search<'_>, each: &mut dyn FnMut(RecordRef<'_>) -> ControlFlow<()>) -> Result<(), Problem> {
        let Some(kept) = self.models.get(&search.model.id()) else { return Ok(()) };
        for id in kept.derived.words.find(search.probe) {
            if kept.records.get(&id).is_some_and(|record| each(record.as_ref()).is_break()) {
                break;
            }
        }
        Ok(())
    }

    fn keys(&self, model: ModelId, stretch: &Stretch<'_>, most: u64) -> Result<u64, Problem> {
        let most = usize::try_from(most).unwrap_or(usize::MAX);
        let kept = self.models.get(&model);
        Ok(kept.map_or(0, |kept| entries(kept, stretch.index, stretch.lower, stretch.upper).take(most).count() as u64))
    }

    fn counts(&self, model: ModelId) -> Result<Counts, Problem> {
        Ok(self.models.get(&model).map_or_else(Counts::default, |kept| kept.derived.counts))
    }

    fn log(&self, range: &LogRange, each: &mut dyn FnMut(&Entry) -> ControlFlow<()>) -> Result<(), Problem> {
        let mut inside = self.log.iter().filter(|entry| range.holds(entry));
        let mut next = || if range.reverse { inside.next_back() } else { inside.next() };
        while let Some(entry) = next() {
            if each(entry).is_break() {
                break;
            }
        }
        Ok(())
    }

    fn quarantine(&self, ingest: Option<RecordId>, after: Option<RecordId>, limit: usize) -> Result<Vec<Quarantined>, Problem> {
        let from = after.map_or(Bound::Unbounded, Bound::Excluded);
        let rows = self.quarantine.range((from, Bound::Unbounded)).map(|(_, row)| row);
        Ok(rows.filter(|row| ingest.is_none_or(|ingest| row.ingest == ingest)).take(limit).map(|row| (**row).clone()).collect())
    }

    fn quarantined(&self, ingest: RecordId, id: RecordId) -> Result<Option<Quarantined>, Problem> {
        Ok(self.quarantine.get(&id).filter(|row| row.ingest == ingest).map(|row| (**row).clone()))
    }

    fn outcome(&self, scope: &[u8; 32]) -> Result<Option<Outcome>, Problem> {
        Ok(self.outcomes.get(scope).map(|outcome| (**outcome).clone()))
    }

    fn outcomes(&self) -> Result<Vec<Outcome>, Problem> {
        Ok(self.outcomes.values().map(|outcome| (**outcome).clone()).collect())
    }

    fn note(&self, name: &str) -> Result<Option<Value>, Problem> {
        Ok(self.notes.get(name).cloned())
    }
}

type Each<'a> = &'a mut dyn FnMut(&[u8], RecordRef<'_>) -> ControlFlow<()>;

fn walk_by_id(kept: &Kept, after: Option<RecordId>, reverse: bool, each: Each<'_>) {
    let bounds = match (after, reverse) {
        (None, _) => (Bound::Unbounded, Bound::Unbounded),
        (Some(after), false) => (Bound::Excluded(after), Bound::Unbounded),
        (Some(before), true) => (Bound::Unbounded, Bound::Excluded(before)),
    };
    let mut records = kept.records.range(bounds);
    while let Some((_, record)) = if reverse { records.next_back() } else { records.next() } {
        if each(&[], record.as_ref()).is_break() {
            break;
        }
    }
}

fn walk_by_index(kept: &Kept, index: u32, lower: &[u8], upper: Option<&[u8]>, reverse: bool, each: Each<'_>) {
    let mut entries = entries(kept, index, lower, upper);
    while let Some(((_, key), id)) = if reverse { entries.next_back() } else { entries.next() } {
        let Some(record) = kept.records.get(id) else { continue };
        if each(key, record.as_ref()).is_break() {
            break;
        }
    }
}

/// The keys of a stretch, and the record of each.
fn entries<'k>(
    kept: &'k Kept,
    index: u32,
    lower: &[u8],
    upper: Option<&[u8]>,
) -> impl DoubleEndedIterator<Item = (&'k (u32, Vec<u8>), &'k RecordId)> {
    let end = match upper {
        Some(upper) => Bound::Excluded((index, upper.to_vec())),
        None => match index.checked_add(1) {
            Some(next) => Bound::Excluded((next, Vec::new())),
            None => Bound::Unbounded,
        },
    };
    let is_empty = upper.is_some_and(|upper| upper <= lower);
    let entries = (!is_empty).then(|| kept.derived.entries.range((Bound::Included((index, lower.to_vec())), end)));
    entries.into_iter().flatten()
}
