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
use dmr_core::query::{PlanBy, plan};
use dmr_core::{Problem, Value};
use dmr_store::{Reader, Scan, Stretch};
use std::cell::Cell;
use std::ops::ControlFlow;
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

    fn run(&self, is_unwanted: &dyn Fn() -> bool) -> Result<Aggregated, Problem> {
        if self.scope == Guard::Never {
            return Err(missing(Operation::List));
        }
        let settings = &self.session.inner.settings().records;
        let bounds = Bounds { groups: settings.aggregate.groups, bytes: usize::try_from(settings.aggregate.memory).unwrap_or(usize::MAX) };
        let mut tally = Tally::new(&self.aggregate, self.session.asker.id, bounds);
        let began = Instant::now();
        let stopped = Cell::new(false);
        let goes_on = || {
            stopped.set(stopped.get() || began.elapsed() > settings.scan_budget.time || is_unwanted());
            !stopped.get()
        };
        let mut pass =
            Pass { of: self, tally: &mut tally, goes_on: &goes_on, most: settings.scan_budget.rows, seen: 0, rows: 0, ended: Ok(()) };
        self.scan(&goes_on, &mut |row| pass.row(row))?;
        pass.ended?;
        // Rows that the store left out may have taken all the time.
        if stopped.get() {
            return Err(self.over_budget(0));
        }
        Ok(tally.finish(self.numbers))
    }

    /// Scans the records, by an index where one serves the filter.
    fn scan(&self, goes_on: &dyn Fn() -> bool, each: &mut dyn FnMut(&dyn Scanned) -> ControlFlow<()>) -> Result<(), Problem> {
        let predicate = &self.aggregate.filter;
        let plan = plan(&self.of.model, self.scope, self.session.asker.id, predicate, &[]);
        let stretch = match &plan.by {
            PlanBy::Index { id, lower, upper, .. } => Some(Stretch { index: *id, lower, upper: upper.as_deref() }),
            PlanBy::Id => None,
        };
        let scan = Scan { model: &self.of.model, stretch, hint: Some(predicate), projection: &self.aggregate.projection, goes_on };
        self.session.inner.store.read(true, &mut |reader: &dyn Reader| reader.scan(&scan, each))
    }

    fn over_budget(&self, rows: u64) -> Problem {
        let budget = &self.session.inner.settings().records.scan_budget;
        let problem = budget::over(budget, rows, self.scope, &self.aggregate.filter, &[]);
        if problem.suggestions.is_empty() { problem.suggest("narrow it with `where`, by a field that has an index") } else { problem }
    }
}

/// The pass over the records.
struct Pass<'a, 't> {
    of: &'a Aggregating,
    tally: &'a mut Tally<'t>,
    /// Whether there is time, and anybody waits.
    goes_on: &'a dyn Fn() -> bool,
    /// Rows that the asker may see and that may be read.
    most: u64,
    /// Rows that went by.
    seen: u64,
    /// Those of them that the asker may see.
    rows: u64,
    ended: Result<(), Problem>,
}

impl Pass<'_, '_> {
    fn row(&mut self, row: &dyn Scanned) -> ControlFlow<()> {
        let of = self.of;
        let asker = of.session.asker.id;
        self.seen += 1;
        if self.seen.is_multiple_of(LOOK_EVERY) && !(self.goes_on)() {
            return self.end(of.over_budget(self.rows));
        }
        if of.scope != Guard::Always && !of.scope.holds(row.record().owner, asker) {
            return ControlFlow::Continue(());
        }
        self.rows += 1;
        if self.rows > self.most {
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

    fn end(&mut self, problem: Problem) -> ControlFlow<()> {
        self.ended = Err(problem);
        ControlFlow::Break(())
    }
}
