//! The pass over the records: each goes into its group, and its values into the measures of that.

use super::bound::{Aggregate, Bounds, Source};
use super::groups::Groups;
use super::measure::{Measure, measure};
use crate::gate::Guard;
use crate::projection::{Cell, Scanned};
use crate::record::PrincipalId;
use crate::{Code, Problem};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

/// What an aggregate has come to so far.
pub struct Tally<'a> {
    pub(super) of: &'a Aggregate,
    pub(super) groups: Groups,
    pub(super) measures: Vec<Box<dyn Measure>>,
    /// Of each measure, how many values it could not take in.
    pub(super) unfit: Vec<u64>,
    asker: PrincipalId,
    bounds: Bounds,
    /// Bytes that are held, by every part together.
    held: Arc<AtomicUsize>,
    /// Values that are not as they are stored: those beside the document, and objects as they are seen.
    seen: Vec<Vec<u8>>,
}

impl<'a> Tally<'a> {
    /// Nothing yet. `bounds` is what it may come to hold.
    pub fn new(of: &'a Aggregate, asker: PrincipalId, bounds: Bounds) -> Self {
        let kind = |at: usize| of.measures[at].field.as_ref().map(|field| &field.kind);
        let measures = of.measures.iter().enumerate().map(|(at, bound)| measure(bound.op, kind(at), bound.share.as_ref())).collect();
        let mut tally = Self {
            of,
            groups: Groups::new(&of.groups),
            measures,
            unfit: vec![0; of.measures.len()],
            asker,
            bounds,
            held: Arc::default(),
            seen: vec![Vec::new(); of.sources.len()],
        };
        if of.groups.is_empty() {
            // Everything is one group, also where there is no record.
            tally.groups.find(|_| Cell::Nothing);
            tally.grow();
        }
        tally
    }

    /// Another part of the same aggregate, for other records. The bounds are those of all parts together.
    #[must_use]
    pub fn part(&self) -> Self {
        let mut part = Self::new(self.of, self.asker, self.bounds);
        self.held.fetch_add(part.held.load(Ordering::Relaxed), Ordering::Relaxed);
        part.held = self.held.clone();
        part
    }

    /// Takes in a record that the asker may see and that the filter selected.
    ///
    /// # Errors
    /// [`Code::AggregateGroups`], [`Code::AggregateMemory`]: that the bounds are passed.
    pub fn add(&mut self, row: &dyn Scanned) -> Result<(), Problem> {
        self.see(row);
        let Self { of, seen, groups, asker, .. } = self;
        let found = groups.find(|slot| cell(of, seen, *asker, row, slot));
        let mut more = found.bytes;
        if found.is_new {
            self.grow();
        }
        let Self { of, seen, measures, unfit, asker, .. } = self;
        let first = of.groups.len();
        for (at, measure) in measures.iter_mut().enumerate() {
            match measure.add(found.group, cell(of, seen, *asker, row, first + at)) {
                Ok(bytes) => more += bytes,
                Err(_) => unfit[at] += 1,
            }
        }
        if more == 0 && !found.is_new {
            return Ok(());
        }
        self.held.fetch_add(more, Ordering::Relaxed);
        self.within_bounds()
    }

    /// Takes in what the same aggregate came to over other records.
    ///
    /// # Errors
    /// As [`Tally::add`].
    pub fn merge(&mut self, other: Self) -> Result<(), Problem> {
        let (groups, new) = self.groups.merge(other.groups);
        (0..new).for_each(|_| self.grow());
        for (measure, theirs) in self.measures.iter_mut().zip(other.measures) {
            measure.merge(theirs, &groups);
        }
        self.unfit.iter_mut().zip(other.unfit).for_each(|(unfit, more)| *unfit += more);
        self.within_bounds()
    }

    fn grow(&mut self) {
        let more = self.measures.iter_mut().map(|measure| measure.grow()).sum();
        self.held.fetch_add(more, Ordering::Relaxed);
    }

    /// Writes down the values that are not seen as they are stored.
    fn see(&mut self, row: &dyn Scanned) {
        for (slot, source) in self.of.sources.iter().enumerate() {
            let seen = &mut self.seen[slot];
            seen.clear();
            match source {
                Source::System(system) => system.write_json(row.record(), seen),
                Source::Cell(at) => {
                    if let Some(inside) = self.of.field(slot).and_then(|field| field.inside.as_ref())
                        && let Cell::Json(text @ [b'{', ..]) = row.cell(*at)
                    {
                        let own = row.record().owner == self.asker;
                        crate::json::write(&inside.seen(text, own), seen);
                    }
                }
                Source::Nowhere => {}
            }
        }
    }

    fn within_bounds(&self) -> Result<(), Problem> {
        let narrower = "narrow it with `where`, or group by a field with fewer values";
        if self.groups.len() > self.bounds.groups {
            let problem = Problem::new(Code::AggregateGroups, format!("there are more than {} groups", self.bounds.groups));
            return Err(problem.budget("records.aggregate.groups", self.bounds.groups as u64, None).suggest(narrower));
        }
        if self.held.load(Ordering::Relaxed) > self.bounds.bytes {
            let message = "the groups and what is kept of their values need more memory than an aggregate may take";
            let problem = Problem::new(Code::AggregateMemory, message).suggest(narrower);
            return Err(problem.budget("records.aggregate.memory", self.bounds.bytes as u64, None));
        }
        Ok(())
    }
}

/// The value of a group field or a measure, as the asker sees it: nothing where its guard does not hold.
fn cell<'c>(of: &Aggregate, seen: &'c [Vec<u8>], asker: PrincipalId, row: &'c dyn Scanned, slot: usize) -> Cell<'c> {
    let there = of.field(slot).is_none_or(|field| field.guard == Guard::Always || field.guard.holds(row.record().owner, asker));
    match (of.sources[slot], seen[slot].as_slice()) {
        _ if !there => Cell::Nothing,
        (Source::Nowhere, _) => Cell::Nothing,
        (Source::Cell(at), []) => row.cell(at),
        (_, seen) => Cell::json(seen),
    }
}
