//! Which stretch of which index a question is answered from, where that depends on how many records each leaves. It is counted, up to where it
//! is no longer worth it; never where the asker does not see every record, so that no record it does not see has a say.

use super::Session;
use dmr_core::Problem;
use dmr_core::gate::Guard;
use dmr_core::model::Model;
use dmr_core::query::{Plan, PlanBy, Predicate, SortMember, in_order, plan, stretches};
use dmr_core::record::PrincipalId;
use dmr_store::{Reader, Stretch};

/// Reading a record by a key of an index costs about as much as reading so many that lie one after the other.
const ASIDE: u64 = 8;
/// So many records are put in order without hesitation, of a model that has many more: that those which are asked for lie evenly among the
/// others is not known, and going through all others to the first of them takes far longer than this.
const AT_HAND: u64 = 10_000;

impl Session {
    /// How the records of a page are walked: in the order that is asked for, stopping when the page is full, or over a stretch that leaves
    /// so few of them that putting them in order is less work.
    pub(super) fn page_plan(
        &self,
        model: &Model,
        scope: Guard,
        predicate: &Predicate,
        sort: &[SortMember],
        limit: usize,
    ) -> Result<Plan, Problem> {
        let asker = self.asker.id;
        let unordered = unordered(model, scope, asker, predicate, sort);
        if unordered.is_empty() {
            return Ok(plan(model, scope, asker, predicate, sort));
        }
        let ordered = in_order(model, scope, asker, predicate, sort);
        if !ordered.ordered {
            return Ok(Plan { by: self.scan_plan(model, scope, predicate)?, reverse: false, ordered: false });
        }
        let mut chosen = None;
        self.inner.store.read(false, &mut |reader| {
            let live = reader.counts(model.id())?.live;
            let evenly = (limit as u64).min(live).saturating_mul(live / ASIDE).isqrt();
            let mut most = evenly.max(AT_HAND.min(live / (2 * ASIDE)));
            if ordered.by.is_narrow() {
                most = most.min(keys(reader, model, &ordered.by, most)?);
            }
            chosen = narrowest(reader, model, &unordered, most)?;
            Ok(())
        })?;
        Ok(chosen.unwrap_or(ordered))
    }

    /// What is left to try where a walk in order passed the budget: a stretch that does not.
    pub(super) fn last_plan(
        &self,
        model: &Model,
        scope: Guard,
        predicate: &Predicate,
        sort: &[SortMember],
    ) -> Result<Option<Plan>, Problem> {
        let unordered = unordered(model, scope, self.asker.id, predicate, sort);
        let most = self.inner.settings().records.scan_budget.rows.saturating_add(1);
        let mut chosen = None;
        if !unordered.is_empty() {
            self.inner.store.read(false, &mut |reader| {
                chosen = narrowest(reader, model, &unordered, most)?;
                Ok(())
            })?;
        }
        Ok(chosen)
    }

    /// From what all records of a predicate are read, in whatever order.
    pub(super) fn scan_plan(&self, model: &Model, scope: Guard, predicate: &Predicate) -> Result<PlanBy, Problem> {
        let asker = self.asker.id;
        if scope != Guard::Always {
            return Ok(plan(model, scope, asker, predicate, &[]).by);
        }
        let all = stretches(model, scope, asker, predicate, &[]);
        let mut chosen = None;
        if !all.is_empty() {
            let budget = self.inner.settings().records.scan_budget.rows;
            self.inner.store.read(false, &mut |reader| {
                let live = reader.counts(model.id())?.live;
                let most = if live > budget { budget } else { live / ASIDE };
                chosen = narrowest(reader, model, &all, most.saturating_add(1))?;
                Ok(())
            })?;
        }
        Ok(chosen.map_or(PlanBy::Id, |plan| plan.by))
    }
}

/// Stretches that are not in the order asked for, where they may be counted.
fn unordered(model: &Model, scope: Guard, asker: PrincipalId, predicate: &Predicate, sort: &[SortMember]) -> Vec<Plan> {
    if scope != Guard::Always {
        return Vec::new();
    }
    let mut all = stretches(model, scope, asker, predicate, sort);
    all.retain(|plan| !plan.ordered);
    all
}

/// The stretch with the fewest keys, where those are fewer than so many.
fn narrowest(reader: &dyn Reader, model: &Model, stretches: &[Plan], mut most: u64) -> Result<Option<Plan>, Problem> {
    let mut chosen = None;
    for plan in stretches {
        let count = keys(reader, model, &plan.by, most)?;
        if count < most {
            (most, chosen) = (count, Some(plan.clone()));
        }
    }
    Ok(chosen)
}

/// How many keys a walk goes over, counted up to so many.
fn keys(reader: &dyn Reader, model: &Model, by: &PlanBy, most: u64) -> Result<u64, Problem> {
    match by {
        PlanBy::Id => Ok(most),
        PlanBy::Index { id, lower, upper, .. } => reader.keys(model.id(), &Stretch { index: *id, lower, upper: upper.as_deref() }, most),
    }
}
