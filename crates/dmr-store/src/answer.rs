//! Answers what a decision asks, from whatever reads.

use crate::{LogRange, Reader, Walk, WalkBy};
use dmr_core::change::Change;
use dmr_core::decide::{Decision, Read, Reads, Snapshot, Work, WorkFault};
use dmr_core::json::raw;
use dmr_core::key::after;
use dmr_core::log::Entry;
use dmr_core::model::{Model, ModelId};
use dmr_core::record::RecordId;
use dmr_core::{Code, Problem};
use std::ops::ControlFlow;
use std::sync::Arc;

/// How often a decision may ask before it is thought to ask for ever.
const MOST_QUESTIONS: usize = 10_000;

/// Asks a command for its decision until it stops asking. `snapshot` is emptied first; it is passed in so that it is made once.
pub(crate) fn decide(work: &mut dyn Work, snapshot: &mut Snapshot, now: i64, reader: &dyn Reader) -> Result<Vec<Change>, WorkFault> {
    let failed = |problem: Problem| WorkFault::Problem(Box::new(problem));
    snapshot.clear();
    answer(&work.first_reads(), reader, snapshot).map_err(failed)?;
    for _ in 0..MOST_QUESTIONS {
        match work.decide(snapshot, now) {
            Decision::Need(reads) => answer(&reads, reader, snapshot).map_err(failed)?,
            Decision::Changes(changes) => return Ok(changes),
            Decision::Refused(problem) => return Err(WorkFault::Problem(problem)),
            Decision::Stale => return Err(WorkFault::Stale),
        }
    }
    Err(failed(Problem::new(Code::Internal, "a command asked without end")))
}

fn answer(reads: &Reads, reader: &dyn Reader, snapshot: &mut Snapshot) -> Result<(), Problem> {
    for read in &reads.0 {
        match read {
            Read::Record(model, id) => snapshot.put_record((model.id(), *id), reader.record(model, *id)?),
            Read::Unique(model, constraint, key) => {
                snapshot.put_unique((*model, *constraint, key.clone()), reader.unique(*model, *constraint, key)?);
            }
            Read::Holders(model, index, key, most) => {
                snapshot.put_holders((model.id(), *index, key.clone()), holders(reader, model, *index, key, *most)?);
            }
            Read::Outcome(scope) => snapshot.put_outcome(*scope, reader.outcome(scope)?),
            Read::History(model, id, version) => {
                snapshot.put_history((*model, *id, *version), history(reader, *model, *id, *version)?);
            }
            Read::Counts(model) => {
                let counts = reader.counts(*model)?;
                snapshot.put_counts(*model, (counts.live, counts.deleted));
            }
            Read::All(model, most) => {
                let mut all = Vec::new();
                let walk = Walk { model, by: WalkBy::Id { after: None }, reverse: false, hint: None };
                reader.walk(&walk, &mut |_, record| {
                    all.push(record.to_owned());
                    if all.len() > *most { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
                })?;
                snapshot.put_all(model.id(), all);
            }
            Read::Quarantined(ingest, id) => snapshot.put_quarantined(*id, reader.quarantined(*ingest, *id)?),
        }
    }
    Ok(())
}

fn holders(reader: &dyn Reader, model: &Arc<Model>, index: u32, key: &[u8], most: usize) -> Result<Vec<RecordId>, Problem> {
    let by = WalkBy::Index { index, lower: key.to_vec(), upper: after(key) };
    let mut found = Vec::new();
    reader.walk(&Walk { model, by, reverse: false, hint: None }, &mut |_, record| {
        found.push(record.id);
        if found.len() < most { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
    })?;
    Ok(found)
}

/// The entries of a record's history up to and with a version, oldest first, from the last that holds the whole record on.
///
/// # Errors
/// That the store failed.
pub fn history(reader: &dyn Reader, model: ModelId, record: RecordId, version: u64) -> Result<Vec<Entry>, Problem> {
    let range = LogRange { model: Some(model), record: Some(record), to_version: Some(version), reverse: true, ..LogRange::default() };
    let mut entries = Vec::new();
    reader.log(&range, &mut |entry| {
        entries.push(entry.clone());
        if is_whole(entry) { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    })?;
    entries.reverse();
    Ok(entries)
}

fn is_whole(entry: &Entry) -> bool {
    entry.kind.begins_record() || (entry.kind.is_record() && raw::get(&entry.body, b"whole").is_some())
}
