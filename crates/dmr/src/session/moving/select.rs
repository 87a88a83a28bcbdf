//! Which records go out, and in which order: stretch by stretch, none longer than a list may hold its snapshot.

use super::super::list::Listing;
use dmr_core::Problem;
use dmr_core::query::{Plan, PlanBy, sort_key};
use dmr_core::record::{RecordId, RecordRef};
use dmr_store::{Walk, WalkBy};
use std::collections::{BinaryHeap, VecDeque};
use std::ops::ControlFlow;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// How long a stretch may hold its snapshot.
const SLICE: Duration = Duration::from_millis(200);
/// How many records are put in order at once where no index gives the order: so much is in memory, and so often everything is read.
const IN_ORDER: usize = 250_000;

/// The records of a list, from where they stopped.
pub(super) struct Selected {
    listing: Arc<Listing>,
    plan: Plan,
    at: At,
    /// How many may still come.
    left: usize,
}

enum At {
    /// In a walk.
    Walk(WalkBy),
    /// Among those that are put in order: what was read so far, after which key it goes on, and how far the reading is.
    Ordering { smallest: BinaryHeap<(Vec<u8>, RecordId)>, after: Option<Vec<u8>>, by: WalkBy },
    /// Through those that are in order, up to the greatest key; whether there may be more after it.
    Ordered { next: VecDeque<RecordId>, last: Vec<u8>, more: bool },
    /// At the end.
    End,
}

impl Selected {
    /// The records of a list, from the first on.
    pub fn new(listing: Listing, most: usize) -> Result<Self, Problem> {
        let plan = listing.plan(most)?;
        let by = begin(&plan);
        // Who asked for no order takes any that is found.
        let walks = plan.ordered || listing.sort.is_empty();
        let at = if walks { At::Walk(by) } else { At::Ordering { smallest: BinaryHeap::new(), after: None, by } };
        Ok(Self { listing: Arc::new(listing), plan, at, left: most })
    }

    /// What is asked, and by whom.
    pub fn listing(&self) -> &Arc<Listing> {
        &self.listing
    }

    /// Whether nothing comes any more.
    pub fn ended(&self) -> bool {
        self.left == 0 || matches!(self.at, At::End)
    }

    /// Hands on records until `each` has enough, or for as long as a snapshot may be held.
    pub fn some(&mut self, each: &mut dyn FnMut(&RecordRef<'_>) -> ControlFlow<()>) -> Result<(), Problem> {
        match std::mem::replace(&mut self.at, At::End) {
            At::Walk(by) => {
                let mut left = self.left;
                let next = self.walk(by, &mut |record| {
                    left -= 1;
                    let enough = each(record).is_break();
                    if left == 0 || enough { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
                })?;
                self.left = left;
                self.at = next.map_or(At::End, At::Walk);
                Ok(())
            }
            At::Ordering { smallest, after, by } => self.order(smallest, after, by),
            At::Ordered { next, last, more } => self.ordered(next, last, more, each),
            At::End => Ok(()),
        }
    }

    /// Reads on for the smallest keys after one.
    fn order(&mut self, mut smallest: BinaryHeap<(Vec<u8>, RecordId)>, after: Option<Vec<u8>>, by: WalkBy) -> Result<(), Problem> {
        let most = IN_ORDER.min(self.left);
        let listing = &self.listing;
        let next = self.walk(by, &mut |record| {
            let key = sort_key(&listing.sort, record, listing.asker);
            let passed = after.as_ref().is_some_and(|after| key <= *after);
            let full = smallest.len() >= most && smallest.peek().is_some_and(|(worst, _)| key >= *worst);
            if !passed && !full {
                smallest.push((key, record.id));
                if smallest.len() > most {
                    smallest.pop();
                }
            }
            ControlFlow::Continue(())
        })?;
        self.at = match next {
            Some(by) => At::Ordering { smallest, after, by },
            None => {
                let more = smallest.len() == most;
                let sorted = smallest.into_sorted_vec();
                let last = sorted.last().map(|(key, _)| key.clone()).unwrap_or_default();
                At::Ordered { next: sorted.into_iter().map(|(_, id)| id).collect(), last, more }
            }
        };
        Ok(())
    }

    /// Hands on those that are in order. One that is gone meanwhile, or is no more what was asked for, is left out.
    fn ordered(
        &mut self,
        mut next: VecDeque<RecordId>,
        last: Vec<u8>,
        more: bool,
        each: &mut dyn FnMut(&RecordRef<'_>) -> ControlFlow<()>,
    ) -> Result<(), Problem> {
        let began = Instant::now();
        let (listing, mut left) = (&self.listing, self.left);
        listing.session.inner.store.read(false, &mut |reader| {
            while let Some(id) = next.pop_front() {
                let mut enough = false;
                reader.with_record(&listing.of.model, id, &mut |record| {
                    if let Some(record) =
                        record.filter(|record| listing.visible(record) && listing.predicate.selects(record, listing.asker))
                    {
                        left -= 1;
                        enough = each(&record).is_break();
                    }
                })?;
                if enough || left == 0 || began.elapsed() > SLICE {
                    break;
                }
            }
            Ok(())
        })?;
        self.left = left;
        self.at = match next.is_empty() {
            false => At::Ordered { next, last, more },
            true if more => At::Ordering { smallest: BinaryHeap::new(), after: Some(last), by: begin(&self.plan) },
            true => At::End,
        };
        Ok(())
    }

    /// Walks on within one snapshot; from where to go on, where that is not the end.
    fn walk(&self, by: WalkBy, each: &mut dyn FnMut(&RecordRef<'_>) -> ControlFlow<()>) -> Result<Option<WalkBy>, Problem> {
        let (listing, plan) = (&self.listing, &self.plan);
        let began = Instant::now();
        let mut next = None;
        listing.session.inner.store.read(false, &mut |reader| {
            let walk = Walk { model: &listing.of.model, by: by.clone(), reverse: plan.reverse, hint: Some(&listing.predicate) };
            let mut seen = 0_u32;
            reader.walk(&walk, &mut |key, record| {
                seen = seen.wrapping_add(1);
                let taken = listing.visible(&record) && listing.predicate.selects(&record, listing.asker);
                let enough = taken && each(&record).is_break();
                if enough || seen.is_multiple_of(256) && began.elapsed() > SLICE {
                    next = Some(listing.after_row(&by, plan.reverse, key, record.id));
                    return ControlFlow::Break(());
                }
                ControlFlow::Continue(())
            })
        })?;
        Ok(next)
    }
}

fn begin(plan: &Plan) -> WalkBy {
    match &plan.by {
        PlanBy::Id => WalkBy::Id { after: None },
        PlanBy::Index { id, lower, upper, .. } => WalkBy::Index { index: *id, lower: lower.clone(), upper: upper.clone() },
    }
}
