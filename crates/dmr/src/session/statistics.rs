//! Statistics of a model (X1, X2).

use super::list::refusal;
use super::{Session, budget};
use crate::pending::Pending;
use crate::seen::SeenModel;
use crate::statistics::{Followed, Statistics, Wanted, projection};
use dmr_core::command::missing;
use dmr_core::gate::{Check, FieldRef, Guard, NumberStyle, Use};
use dmr_core::permission::Operation;
use dmr_core::principal::Right;
use dmr_core::projection::Scanned;
use dmr_core::query::{PlanBy, Predicate, plan};
use dmr_core::statistics::{Bounds, Reading, Shape, Telling};
use dmr_core::{Code, Object, Problem, Value, time};
use dmr_store::{Reader, Scan, Stretch};
use parking_lot::Mutex;
use std::ops::ControlFlow;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

/// How long an answer waits for what was committed before it was asked for.
const PATIENCE: Duration = Duration::from_secs(2);
/// How many rows go by between two looks at the clock.
const LOOK_EVERY: u64 = 1024;
/// Bytes for the different values of a field of a scan, about.
const FIELD_BYTES: usize = 1 << 20;

/// What is asked of statistics.
#[derive(Debug, Clone, Default)]
pub struct StatisticsFor {
    /// Only of this field, by its names from the top down.
    pub field: Option<Vec<String>>,
    /// Whether estimates that have suffered by what was taken away are worked out anew from the records first.
    pub refresh: bool,
    /// How numbers of records travel.
    pub numbers: NumberStyle,
}

impl Session {
    /// What the fields of a model hold (X1): `{model, version, as_of, current, rows, deleted?, row_size?, position?, behind?, fields: [...]}`,
    /// of the records the asker may list and the fields it may read.
    ///
    /// Whoever reads every record is told what is kept up beside the writing, with all that was committed before unless that takes longer
    /// than two seconds (`current` says so); of others the records they may see are read, within the budget `records.scan_budget`.
    pub fn statistics(&self, model: &str, asked: StatisticsFor) -> Pending<Value> {
        self.pending(|session| {
            let of = session.model_for(model, Operation::List)?;
            let asking = Asking::prepare(session.clone(), of, asked)?;
            let (reply, pending) = Pending::new();
            self.inner.pool.run(move || {
                let answer = asking.run(&|| reply.is_unwanted());
                reply.send(answer);
            })?;
            Ok(pending)
        })
    }
}

/// A question, bound to its asker.
struct Asking {
    session: Session,
    of: SeenModel,
    scope: Guard,
    shape: Arc<Shape>,
    /// The fields that are told, by their place in the shape.
    fields: Vec<(usize, FieldRef)>,
    asked: StatisticsFor,
}

/// Up to when a reading holds.
struct Standing {
    as_of: i64,
    current: bool,
    position: Option<(u64, u64)>,
}

impl Asking {
    fn prepare(session: Session, of: SeenModel, asked: StatisticsFor) -> Result<Self, Problem> {
        let shape = Arc::new(Shape::of(&of.model));
        let scope = of.view.scope(Operation::List, Check::RowsStatistics);
        let find = |names: &[String]| {
            let names: Vec<&str> = names.iter().map(String::as_str).collect();
            let field = of.view.reference(&of.model, &names, Use::Statistics)?;
            // What lies in data is no field, whatever its name.
            let at = field.declared().and_then(|ids| shape.position(ids));
            at.map(|at| (at, field)).ok_or_else(|| of.view.unknown(&of.model, &names.join(".")))
        };
        let fields = match &asked.field {
            Some(names) => vec![find(names).map_err(|issue| refusal(vec![issue]))?],
            None => shape.names().filter_map(|names| find(names).ok()).collect(),
        };
        Ok(Self { session, of, scope, shape, fields, asked })
    }

    fn run(&self, is_unwanted: &(dyn Fn() -> bool + Sync)) -> Result<Value, Problem> {
        if self.scope == Guard::Never {
            return Err(missing(Operation::List));
        }
        let sees_all = self.scope == Guard::Always && self.fields.iter().all(|(_, field)| field.guard == Guard::Always);
        match self.session.inner.statistics.as_ref().filter(|_| sees_all) {
            Some(statistics) => self.kept_up(statistics),
            None => self.scanned(is_unwanted),
        }
    }

    /// From what is kept up.
    fn kept_up(&self, statistics: &Statistics) -> Result<Value, Problem> {
        let (feed, states) = (&statistics.feed, &statistics.states);
        let model = self.of.model.id();
        let began = Instant::now();
        let limit = began + self.session.inner.settings().records.scan_budget.time;
        let newest = feed.newest();
        feed.hurry();
        let patience = if self.asked.refresh { limit } else { began + PATIENCE };
        states.wait(patience, |_, position| position >= newest);
        if !states.has(model, &self.shape) {
            states.want(model, Wanted::Any);
            feed.hurry();
            if !states.wait(limit, |states, _| states.has(model, &self.shape)) {
                return Err(late());
            }
        }
        let mut followed = states.get(model).ok_or_else(late)?;
        if self.asked.refresh && followed.lock().reading.is_touched() {
            let round = followed.lock().round;
            states.want(model, Wanted::Fresh);
            feed.hurry();
            if !states.wait(limit, |states, _| states.get(model).is_some_and(|followed| followed.lock().round != round)) {
                return Err(late());
            }
            followed = states.get(model).ok_or_else(late)?;
        }
        let reached = states.position();
        Ok(self.told_of(&followed, newest, reached))
    }

    fn told_of(&self, followed: &Mutex<Followed>, newest: u64, reached: u64) -> Value {
        let mut followed = followed.lock();
        followed.used_at = Instant::now();
        let reached = reached.max(followed.position);
        let current = reached >= newest;
        let as_of = if current { self.session.inner.now() } else { followed.time };
        self.told(&followed.reading, &Standing { as_of, current, position: Some((reached, newest.saturating_sub(reached))) })
    }

    /// From the records that the asker sees, read now.
    fn scanned(&self, is_unwanted: &(dyn Fn() -> bool + Sync)) -> Result<Value, Problem> {
        let inner = &self.session.inner;
        let settings = inner.settings();
        let bounds = Bounds { values: settings.statistics.exact_values, bytes: FIELD_BYTES };
        let mut reading = Reading::new(self.shape.clone());
        let began = Instant::now();
        let stopped = AtomicBool::new(false);
        let goes_on = || {
            if began.elapsed() > settings.records.scan_budget.time || is_unwanted() {
                stopped.store(true, Ordering::Relaxed);
            }
            !stopped.load(Ordering::Relaxed)
        };
        let everything = Predicate::everything();
        let asker = self.session.asker.id;
        let plan = plan(&self.of.model, self.scope, asker, &everything, &[]);
        let stretch = match &plan.by {
            PlanBy::Index { id, lower, upper, .. } => Some(Stretch { index: *id, lower, upper: upper.as_deref() }),
            PlanBy::Id => None,
        };
        let projection = projection(&self.of.model);
        let scan = Scan { model: &self.of.model, stretch, hint: None, projection: &projection, goes_on: &goes_on };
        let mut guards = vec![Guard::Never; self.shape.len()];
        self.fields.iter().for_each(|(at, field)| guards[*at] = field.guard);
        let (mut seen, mut over) = (0_u64, false);
        inner.store.read(true, &mut |reader: &dyn Reader| {
            reading.count_deleted_rows(reader.counts(self.of.model.id())?.deleted);
            reader.scan(&scan, &mut |row: &dyn Scanned| {
                seen += 1;
                let record = row.record();
                if self.scope.holds(record.owner, asker) {
                    reading.add_seen(record.id, record.doc, &|at| guards[at].holds(record.owner, asker), bounds);
                }
                over = reading.rows() > settings.records.scan_budget.rows || seen.is_multiple_of(LOOK_EVERY) && !goes_on();
                if over { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
            })
        })?;
        if over || stopped.load(Ordering::Relaxed) {
            return Err(budget::over(&settings.records.scan_budget, reading.rows(), self.scope, &everything, &[]));
        }
        Ok(self.told(&reading, &Standing { as_of: inner.now(), current: true, position: None }))
    }

    fn told(&self, reading: &Reading, standing: &Standing) -> Value {
        let (of, asker) = (&self.of, &self.session.asker);
        let mut told = Object::new();
        told.insert("model".into(), of.model.head.name.to_string().into());
        told.insert("version".into(), of.model.version.version.to_string().into());
        told.insert("as_of".into(), time::text(standing.as_of).into());
        told.insert("current".into(), standing.current.into());
        told.insert("rows".into(), reading.rows().into());
        let sees_all = self.scope == Guard::Always;
        if sees_all && asker.may(Right::Deleted) {
            told.insert("deleted".into(), reading.deleted().into());
        }
        // What is hidden has a size too.
        if sees_all && of.view.plain && of.view.sight() == Guard::Always {
            told.insert("row_size".into(), reading.tell_size());
        }
        if let Some((position, behind)) = standing.position.filter(|_| asker.may(Right::Audit)) {
            told.insert("position".into(), position.into());
            told.insert("behind".into(), behind.into());
        }
        let telling = Telling { top: self.session.inner.settings().statistics.sample_size, numbers: self.asked.numbers };
        let fields = self.fields.iter().map(|(at, _)| Value::Object(reading.tell(*at, telling)));
        told.insert("fields".into(), fields.collect());
        told.into()
    }
}

fn late() -> Problem {
    let message = "the records of this model are still being read";
    Problem { retry_after: Some(5), ..Problem::new(Code::StatisticsLate, message) }
}
