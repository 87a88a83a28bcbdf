//! The one thread that writes: it takes what waits, decides and applies it in one transaction, and tells when that is on disk.

use super::apply::set_note;
use super::batch::{Batch, Tallies, next_row};
use super::checkpoint::{Tending, Wal};
use super::fault::{Fault, failed, problem};
use super::filling::Fillings;
use super::lay_out::read_layouts;
use super::read::{Reading, View};
use super::shared::Shared;
use super::sweep;
use super::table::Layouts;
use crate::answer::decide;
use crate::aside::{Aside, Filled};
use crate::backup::BackUp;
use crate::queue::Task;
use dmr_core::change::Change;
use dmr_core::decide::{Committed, Snapshot, Work, WorkFault};
use dmr_core::log::By;
use dmr_core::{Code, Problem, Value};
use rusqlite::wal::CheckpointMode;
use rusqlite::{Connection, OptionalExtension};
use std::cell::RefCell;
use std::collections::VecDeque;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::mpsc::SyncSender;
use std::time::{Duration, Instant};

/// Background commands are taken into a batch for at most so long.
const BACKGROUND: Duration = Duration::from_millis(20);

/// What was done in a transaction, until it is told.
enum Step {
    Command {
        work: Box<dyn Work>,
        decided: Result<Decided, WorkFault>,
    },
    Note {
        name: String,
        value: Option<Value>,
        told: SyncSender<Result<(), Problem>>,
    },
    Aside {
        what: Aside,
        told: Option<SyncSender<Result<Filled, Problem>>>,
        done: Result<Filled, Problem>,
    },
    /// Only where a transaction cannot begin.
    Copy(BackUp),
}

/// A batch that is not on disk and never will be.
pub(super) struct Failed {
    steps: Vec<Step>,
    problem: Problem,
}

struct Decided {
    changes: Vec<Change>,
    by: By,
    position: u64,
}

/// The writer's state between transactions.
pub(super) struct Writer {
    pub(super) shared: Arc<Shared>,
    /// None after a failed write, until the file was opened again and checked.
    pub(super) connection: Option<Connection>,
    tallies: RefCell<Tallies>,
    /// Of the last committed entry.
    pub(super) position: u64,
    /// The greatest time that was given to a decision.
    time: i64,
    pub(super) tending: Tending,
    /// Copies that are asked for.
    pub(super) copies: VecDeque<BackUp>,
    /// What is being made ready, as it is committed.
    fillings: Fillings,
    /// Whether something is left to be deleted in slices, and whether the next of them waits already.
    sweeps: bool,
    sweeping: bool,
    /// The number of the next row, of whichever table of records.
    next_row: i64,
}

impl Writer {
    /// Opens the file to write.
    pub fn open(shared: Arc<Shared>) -> Result<Self, Problem> {
        let tallies = RefCell::default();
        let mut writer = Self {
            shared,
            connection: None,
            tallies,
            position: 0,
            time: i64::MIN,
            tending: Tending::default(),
            copies: VecDeque::new(),
            fillings: Fillings::new(),
            sweeps: false,
            sweeping: false,
            next_row: 1,
        };
        let connection = writer.connect()?;
        writer.take_back_left(&connection)?;
        writer.connection = Some(connection);
        Ok(writer)
    }

    /// Takes back what a process before this one left half made.
    fn take_back_left(&mut self, connection: &Connection) -> Result<(), Problem> {
        let layouts = self.shared.layouts().0;
        self.next_row = next_row(connection, &layouts).map_err(failed)?;
        connection.execute_batch("BEGIN IMMEDIATE").map_err(failed)?;
        let mut batch = self.batch(connection, &layouts);
        batch.take_back_left().map_err(of_store)?;
        self.sweeps = sweep::next(connection).map_err(failed)?.is_some();
        connection.execute_batch("COMMIT").map_err(failed)?;
        self.sweep_on();
        Ok(())
    }

    fn batch<'c>(&'c self, connection: &'c Connection, layouts: &Layouts) -> Batch<'c> {
        Batch {
            connection,
            layouts: layouts.clone(),
            layouts_changed: false,
            tallies: &self.tallies,
            rows: RefCell::default(),
            appended: RefCell::default(),
            start: self.position,
            position: self.position,
            most_structured: self.shared.place.options.most_structured,
            slice: self.shared.place.options.slice,
            fillings: self.fillings.clone(),
            sweeps: self.sweeps,
            next_row: self.next_row,
        }
    }

    /// Queues the next slice of what is to be deleted, behind everything else.
    fn sweep_on(&mut self) {
        if self.sweeps && !self.sweeping {
            self.sweeping = true;
            self.shared.queue.push(Task::Aside(Aside::Sweep, None));
        }
    }

    /// Works until the queue is closed and empty.
    pub fn run(mut self) {
        let mut tasks = VecDeque::new();
        let shared = self.shared.clone();
        while shared.queue.take(shared.place.options.batch, &mut tasks).is_some() {
            self.set_apart(&mut tasks);
            loop {
                self.transact(&mut tasks);
                if tasks.is_empty() {
                    break;
                }
            }
            self.make_copies();
            if let Some(connection) = &mut self.connection {
                self.tending.tend(&shared, connection);
            }
        }
        shared.wal.stop();
        shared.shut();
        if let Some(connection) = &self.connection {
            // What is left in the log is read from there when the file is next opened.
            let _ = connection.wal_checkpoint_v2(None::<&str>, CheckpointMode::TRUNCATE);
        }
    }

    fn connect(&mut self) -> Result<Connection, Problem> {
        let mut connection = self.shared.place.writer()?;
        let newest = "SELECT position, time FROM log ORDER BY position DESC LIMIT 1";
        let newest: Option<(i64, i64)> =
            connection.query_row(newest, [], |row| Ok((row.get(0)?, row.get(1)?))).optional().map_err(failed)?;
        let (position, time) = newest.unwrap_or((0, i64::MIN));
        self.position = position.cast_unsigned();
        self.time = self.time.max(time);
        self.tallies.borrow_mut().clear();
        Wal::watch(&self.shared, &mut connection).map_err(failed)?;
        Ok(connection)
    }

    /// Opens the file again after a failure. What the failed transaction left in the write-ahead log is overwritten by a small one, so
    /// that no later recovery finds it: only then it is certain that it never happened.
    fn reconnect(&mut self) -> Result<(), Problem> {
        let connection = self.connect()?;
        let layouts = read_layouts(&connection)?;
        self.shared.change_layouts(&layouts, || {
            let sql = "INSERT INTO meta(name, value) VALUES('repairs', 1) ON CONFLICT(name) DO UPDATE SET value = value + 1";
            connection.execute(sql, []).map_err(failed)
        })?;
        self.connection = Some(connection);
        Ok(())
    }

    /// One transaction: takes tasks from the front until a command changed the registry or there are no more, and tells each.
    fn transact(&mut self, tasks: &mut VecDeque<Task>) {
        if self.connection.is_none()
            && let Err(problem) = self.reconnect()
        {
            let background = self.shared.queue.take_background(true);
            return tasks.drain(..).chain(background).for_each(|task| quietly(|| task.refuse(&problem)));
        }
        let Some(connection) = self.connection.take() else { return };
        match self.transact_on(&connection, tasks) {
            Ok(()) => self.connection = Some(connection),
            Err(failed) => {
                drop(connection);
                self.recover(failed);
            }
        }
    }

    /// The same with a connection that is in use for something else too.
    pub(super) fn transact_on(&mut self, connection: &Connection, tasks: &mut VecDeque<Task>) -> Result<(), Failed> {
        let mut steps = Vec::with_capacity(tasks.len());
        match self.write(connection, tasks, &mut steps) {
            Ok(position) => {
                self.position = position;
                self.sweeping &= !steps.iter().any(|step| matches!(step, Step::Aside { what: Aside::Sweep, .. }));
                self.sweep_on();
                self.tell(steps);
                Ok(())
            }
            Err(problem) => Err(Failed { steps, problem }),
        }
    }

    /// Opens the file again after a batch failed, whose connection is closed by now, and tells those in it.
    pub(super) fn recover(&mut self, failed: Failed) {
        let Failed { steps, problem } = failed;
        self.shared.counted.failed();
        self.tallies.borrow_mut().clear();
        // Tried at once, so that those who are told can be certain.
        let _ = self.reconnect();
        steps.into_iter().for_each(|step| quietly(|| step.fail(&problem)));
    }

    fn write(&mut self, connection: &Connection, tasks: &mut VecDeque<Task>, steps: &mut Vec<Step>) -> Result<u64, Problem> {
        let shared = self.shared.clone();
        let layouts = shared.layouts().0;
        let (mut time, known) = (self.time, (self.fillings.clone(), self.next_row));
        let mut batch = self.batch(connection, &layouts);
        let mut transaction =
            Transaction { shared: &shared, batch: &mut batch, steps, snapshot: Snapshot::default(), time: &mut time, known: &known };
        transaction.begin().or_else(|problem| transaction.take_all(tasks, problem))?;
        transaction.all(tasks)?;
        batch.write_appended().and_then(|()| batch.write_tallies()).map_err(of_store)?;
        let commit = || connection.prepare_cached("COMMIT").and_then(|mut commit| commit.raw_execute());
        let began = Instant::now();
        let committed = if batch.layouts_changed { shared.change_layouts(&batch.layouts, commit) } else { commit() };
        committed.map_err(|error| problem(&error))?;
        let committed = steps.len();
        let Batch { position, fillings, sweeps, next_row, .. } = batch;
        (self.fillings, self.sweeps, self.next_row, self.time) = (fillings, sweeps, next_row, time);
        if committed > 0 {
            shared.counted.committed(committed, began.elapsed());
        }
        Ok(position)
    }

    fn tell(&self, steps: Vec<Step>) {
        let options = &self.shared.place.options;
        for step in &steps {
            if let Step::Command { decided: Ok(decided), .. } = step
                && decided.changes.iter().any(|change| matches!(change, Change::Registry(_)))
            {
                quietly(|| (options.on_commit)(&decided.changes));
            }
        }
        if let Some(each_commit) = &options.each_commit {
            for step in &steps {
                if let Step::Command { decided: Ok(Decided { changes, by, position }), .. } = step
                    && !changes.is_empty()
                {
                    quietly(|| each_commit(changes, *position, by.time));
                }
            }
        }
        for step in steps {
            quietly(|| step.succeed());
        }
    }
}

impl Step {
    fn succeed(self) {
        match self {
            Self::Command { work, decided } => {
                work.done(decided.map(|Decided { changes, by, position }| Committed { changes, time: by.time, position }));
            }
            // Whoever asked may have stopped waiting.
            Self::Note { told, .. } => drop(told.send(Ok(()))),
            Self::Copy(asked) => asked.tell(Err(Problem::new(Code::Internal, "a copy was asked for within a transaction"))),
            Self::Aside { told, done, .. } => drop(told.map(|told| told.send(done))),
        }
    }

    fn fail(self, problem: &Problem) {
        match self {
            Self::Command { work, .. } => work.done(Err(WorkFault::Problem(Box::new(problem.clone())))),
            Self::Note { told, .. } => drop(told.send(Err(problem.clone()))),
            Self::Copy(asked) => asked.tell(Err(problem.clone())),
            Self::Aside { told, .. } => drop(told.map(|told| told.send(Err(problem.clone())))),
        }
    }
}

/// What runs for others must not end the writer.
fn quietly(run: impl FnOnce()) {
    // The panic was told where it happened.
    let _ = catch_unwind(AssertUnwindSafe(run));
}

/// A transaction in the making.
struct Transaction<'t, 'c> {
    shared: &'t Shared,
    batch: &'t mut Batch<'c>,
    steps: &'t mut Vec<Step>,
    snapshot: Snapshot,
    time: &'t mut i64,
    /// What was being made ready, and the number of the next row, when the transaction began.
    known: &'t (Fillings, i64),
}

impl Transaction<'_, '_> {
    fn begin(&self) -> Result<(), Problem> {
        let begun = self.batch.connection.prepare_cached("BEGIN IMMEDIATE").and_then(|mut begin| begin.raw_execute());
        begun.map(drop).map_err(|error| problem(&error))
    }

    /// A transaction that cannot begin fails what is in front of it.
    fn take_all(&mut self, tasks: &mut VecDeque<Task>, problem: Problem) -> Result<(), Problem> {
        let front = tasks.drain(..).chain(self.shared.queue.take_background(true));
        self.steps.extend(front.map(Step::undecided));
        Err(problem)
    }

    /// Interactive tasks, then background ones: one at least, more while nothing interactive waits.
    fn all(&mut self, tasks: &mut VecDeque<Task>) -> Result<(), Problem> {
        let began = Instant::now();
        while let Some(task) = tasks.pop_front() {
            if self.one(task)? {
                return Ok(());
            }
        }
        let mut quiet = false;
        while let Some(task) = self.shared.queue.take_background(quiet) {
            if self.one(task)? || began.elapsed() > BACKGROUND {
                break;
            }
            quiet = true;
        }
        Ok(())
    }

    /// Decides and applies one task; says whether the batch ends with it.
    fn one(&mut self, task: Task) -> Result<bool, Problem> {
        let mut work = match task {
            Task::Job(job) => job.work,
            Task::Note(name, value, told) => {
                let set = set_note(self.batch.connection, &name, value.as_ref());
                self.steps.push(Step::Note { name, value, told });
                return set.map(|()| false).map_err(|error| problem(&error));
            }
            // Copies are set apart before a transaction begins.
            Task::BackUp(asked) => {
                asked.tell(Err(Problem::new(Code::Internal, "a copy was asked for within a transaction")));
                return Ok(false);
            }
            Task::Aside(what, told) => return self.aside(what, told),
        };
        let now = (self.shared.place.options.clock)().max(*self.time);
        *self.time = now;
        let decided = self.decide(work.as_mut(), now);
        let by = By { principal: work.principal(), time: now };
        let (decided, fault) = match decided {
            Err(fault) => (Err(fault), None),
            Ok(changes) => match self.batch.apply(&changes, by) {
                Ok(position) => (Ok(Decided { changes, by, position }), None),
                Err(Fault::Store(problem)) => (Err(WorkFault::Stale), Some(problem)),
                Err(Fault::Command(problem)) => {
                    let rewound = self.rewind();
                    (Err(WorkFault::Problem(Box::new(problem))), rewound.err())
                }
            },
        };
        let ends = matches!(&decided, Ok(decided) if decided.changes.iter().any(|change| matches!(change, Change::Registry(_))));
        self.steps.push(Step::Command { work, decided });
        match fault {
            Some(problem) => Err(problem),
            // SQLite takes a transaction back by itself after some errors.
            None if self.batch.connection.is_autocommit() => Err(Problem::new(Code::StoreFailed, "the transaction was taken back")),
            None => Ok(ends),
        }
    }

    /// Goes on with something beside commands.
    fn aside(&mut self, what: Aside, told: Option<SyncSender<Result<Filled, Problem>>>) -> Result<bool, Problem> {
        let (done, fault) = match self.batch.aside(&what) {
            Ok(progress) => (Ok(progress), None),
            Err(Fault::Store(problem)) => (Err(problem.clone()), Some(problem)),
            Err(Fault::Command(problem)) => (Err(problem), self.rewind().err()),
        };
        self.steps.push(Step::Aside { what, told, done });
        match fault {
            Some(problem) => Err(problem),
            None if self.batch.connection.is_autocommit() => Err(Problem::new(Code::StoreFailed, "the transaction was taken back")),
            None => Ok(false),
        }
    }

    fn decide(&mut self, work: &mut dyn Work, now: i64) -> Result<Vec<Change>, WorkFault> {
        let reading = Reading { connection: self.batch.connection, view: View::Writer(self.batch) };
        let snapshot = &mut self.snapshot;
        let decided = catch_unwind(AssertUnwindSafe(|| decide(work, snapshot, now, &reading)));
        decided.unwrap_or_else(|_| Err(WorkFault::Problem(Box::new(Problem::new(Code::Internal, "the decision broke off")))))
    }

    /// Takes the transaction back and applies again what was decided before: a command failed half-way. Cheaper than a savepoint for
    /// each, since it all but never happens.
    fn rewind(&mut self) -> Result<(), Problem> {
        let batch = &mut *self.batch;
        batch.connection.execute_batch("ROLLBACK; BEGIN IMMEDIATE").map_err(|error| problem(&error))?;
        batch.tallies.borrow_mut().clear();
        batch.rows.borrow_mut().clear();
        batch.appended.borrow_mut().clear();
        batch.layouts = (*self.shared.layouts().0).clone();
        batch.layouts_changed = false;
        batch.position = batch.start;
        (batch.fillings, batch.next_row) = self.known.clone();
        for step in self.steps.iter() {
            match step {
                Step::Command { decided: Ok(decided), .. } => drop(batch.apply(&decided.changes, decided.by).map_err(of_store)?),
                Step::Aside { what, done: Ok(_), .. } => drop(batch.aside(what).map_err(of_store)?),
                Step::Command { .. } | Step::Aside { .. } | Step::Copy(_) => {}
                Step::Note { name, value, .. } => {
                    set_note(batch.connection, name, value.as_ref()).map_err(|error| problem(&error))?;
                }
            }
        }
        Ok(())
    }
}

impl Step {
    fn undecided(task: Task) -> Self {
        match task {
            Task::Job(job) => Self::Command { work: job.work, decided: Err(WorkFault::Stale) },
            Task::Note(name, value, told) => Self::Note { name, value, told },
            Task::BackUp(asked) => Self::Copy(asked),
            Task::Aside(what, told) => Self::Aside { what, told, done: Ok(Filled::Done) },
        }
    }
}

fn of_store(fault: Fault) -> Problem {
    match fault {
        Fault::Command(problem) | Fault::Store(problem) => problem,
    }
}
