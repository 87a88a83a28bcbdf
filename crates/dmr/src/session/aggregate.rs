//! Aggregates: groups of records and measures over them (R1).

use super::list::refusal;
use super::{Session, budget};
use crate::pending::Pending;
use crate::seen::SeenModel;
use dmr_core::aggregate::{Aggregate, Aggregated, Asked, Bounds, Tally};
use dmr_core::command::missing;
use dmr_core::gate::{Check, Guard, NumberStyle};
use dmr_core::permission::Operation;
use dmr_core::projection::Scanned;
use dmr_core::query::PlanBy;
use dmr_core::{Problem, Value};
use dmr_store::{EachPart, Scan, Stretch};
use parking_lot::Mutex;
use std::ops::ControlFlow;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Instant;

/// How many rows go by between two looks at the clock, and at whether anybody still waits.
const LOOK_EVERY: u64 = 1024;

impl Session {
    /// Groups records and measures the groups (R1), by a document `{group_by, measures: {<name>: {op, field, q}}, where, having, sort,
    /// limit}`: over the records the asker may list, of fields it may read, all at one moment.
    ///
    /// Runs on the reader threads, within the budget `records.scan_budget`; it ends early where the answer is dropped.
    pub fn aggregate(&self, model: &str, document: &Value, numbers: NumberStyle) -> Pending<Aggregated> {
        self.pending(|session| {
            let of = session.model_for(model, Operation::List)?;
            let aggregating = Aggregating::prepare(session.clone(), of, document, numbers)?;
            session.apart(move |reply| aggregating.run(&|| reply.is_unwanted()))
        })
    }
}

/// An aggregate, bound to its asker.
struct Aggregating {
    session: Session,
    of: SeenModel,
    scope: Guard,
    aggregate: Aggregate,
    numbers: NumberStyle,
}

impl Aggregating {
    fn prepare(session: Session, of: SeenModel, document: &Value, numbers: NumberStyle) -> Result<Self, Problem> {
        let asked = Asked::read(document).map_err(refusal)?;
        let mut aggregate = Aggregate::bind(&asked, &of.model, &of.view).map_err(refusal)?;
        let scope = of.view.scope(Operation::List, Check::RowsAggregate);
        aggregate.projection.system |= scope != Guard::Always;
        Ok(Self { session, of, scope, aggregate, numbers })
    }

    fn run(&self, is_unwanted: &(dyn Fn() -> bool + Sync)) -> Result<Aggregated, Problem> {
        if self.scope == Guard::Never {
            return Err(missing(Operation::List));
        }
        let settings = &self.session.inner.settings().records;
        let bounds = Bounds { groups: settings.aggregate.groups, bytes: usize::try_from(settings.aggregate.memory).unwrap_or(usize::MAX) };
        let mut tally = Tally::new(&self.aggregate, self.session.asker.id, bounds);
        let mut beside = tally.part();
        let began = Instant::now();
        let (stopped, rows, ended) = (AtomicBool::new(false), AtomicU64::new(0), Mutex::default());
        let goes_on = || {
            if began.elapsed() > settings.scan_budget.time || is_unwanted() {
                stopped.store(true, Ordering::Relaxed);
            }
            !stopped.load(Ordering::Relaxed)
        };
        let together = Together { goes_on: &goes_on, stopped: &stopped, rows: &rows, most: settings.scan_budget.rows, ended: &ended };
        let pass = |tally| Pass { of: self, tally, together, seen: 0, rows: 0, told: 0 };
        let (mut first, mut second) = (pass(&mut tally), pass(&mut beside));
        self.scan(&goes_on, &mut [Box::new(|row| first.row(row)), Box::new(|row| second.row(row))])?;
        let all = first.rows + second.rows;
        if let Some(problem) = ended.into_inner() {
            return Err(problem);
        }
        if all > settings.scan_budget.rows {
            return Err(self.over_budget(all));
        }
        // Rows that the store left out may have taken all the time.
        if stopped.load(Ordering::Relaxed) {
            return Err(self.over_budget(0));
        }
        tally.merge(beside)?;
        Ok(tally.finish(self.numbers))
    }

    /// Scans the records, by an index where one serves the filter.
    fn scan(&self, goes_on: &(dyn Fn() -> bool + Sync), parts: &mut [EachPart<'_>]) -> Result<(), Problem> {
        let predicate = &self.aggregate.filter;
        let by = self.session.scan_plan(&self.of.model, self.scope, predicate)?;
        let stretch = match &by {
            PlanBy::Index { id, lower, upper, .. } => Some(Stretch { index: *id, lower, upper: upper.as_deref() }),
            PlanBy::Id => None,
        };
        if stretch.is_none() {
            self.session.inner.workloads.aggregated(self.of.model.id());
        }
        let scan = Scan { model: &self.of.model, stretch, hint: Some(predicate), projection: &self.aggregate.projection, goes_on };
        self.session.inner.store.scan(&scan, parts)
    }

    fn over_budget(&self, rows: u64) -> Problem {
        let budget = &self.session.inner.settings().records.scan_budget;
        let problem = budget::over(budget, rows, self.scope, &self.aggregate.filter, &[]);
        if problem.suggestions.is_empty() { problem.suggest("narrow it with `where`, by a field that has an index") } else { problem }
    }
}

/// What the threads of one aggregate have in common.
#[derive(Clone, Copy)]
struct Together<'a> {
    /// Whether there is time, and anybody waits.
    goes_on: &'a (dyn Fn() -> bool + Sync),
    /// Whether nobody need go on.
    stopped: &'a AtomicBool,
    /// Rows that the asker may see, told now and then.
    rows: &'a AtomicU64,
    /// So many of them may be read.
    most: u64,
    /// Why it ended early: what came first.
    ended: &'a Mutex<Option<Problem>>,
}

/// A pass over records: all of them, or those that one of two threads comes by.
struct Pass<'a, 't> {
    of: &'a Aggregating,
    tally: &'a mut Tally<'t>,
    together: Together<'a>,
    /// Rows that went by.
    seen: u64,
    /// Those of them that the asker may see.
    rows: u64,
    /// How many of those were told.
    told: u64,
}

impl Pass<'_, '_> {
    fn row(&mut self, row: &dyn Scanned) -> ControlFlow<()> {
        let of = self.of;
        let asker = of.session.asker.id;
        self.seen += 1;
        if self.seen.is_multiple_of(LOOK_EVERY) && !self.may_go_on() {
            return ControlFlow::Break(());
        }
        if of.scope != Guard::Always && !of.scope.holds(row.record().owner, asker) {
            return ControlFlow::Continue(());
        }
        self.rows += 1;
        if self.rows > self.together.most {
            return self.end(of.over_budget(self.rows));
        }
        let filter = &of.aggregate.filter;
        if !filter.is_everything() && !filter.selects(row.record(), asker) {
            return ControlFlow::Continue(());
        }
        match self.tally.add(row) {
            Ok(()) => ControlFlow::Continue(()),
            Err(problem) => self.end(problem),
        }
    }

    /// Looks at the clock, at whether anybody waits, and at what all threads together have read.
    fn may_go_on(&mut self) -> bool {
        let new = std::mem::replace(&mut self.told, self.rows);
        let rows = self.together.rows.fetch_add(self.rows - new, Ordering::Relaxed) + self.rows - new;
        if (self.together.goes_on)() && rows <= self.together.most {
            return true;
        }
        self.end(self.of.over_budget(rows)).is_continue()
    }

    fn end(&self, problem: Problem) -> ControlFlow<()> {
        self.together.ended.lock().get_or_insert(problem);
        self.together.stopped.store(true, Ordering::Relaxed);
        ControlFlow::Break(())
    }
}
