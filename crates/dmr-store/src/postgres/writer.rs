//! The one thread that writes: it takes what waits, decides it in memory, writes it in one transaction, and tells when that is on disk.
//!
//! A batch that meets a surprise (a change that does not fit what is stored) is taken back and its commands are run singly: only the one
//! at fault is refused.

use super::batch::{Batch, taken_over};
use super::connection::Connection;
use super::fault::{Fault, failed};
use super::row::{bytes, get};
use super::shared::Shared;
use crate::answer::decide;
use crate::aside::Filled;
use crate::queue::Task;
use dmr_core::change::Change;
use dmr_core::decide::{Committed, Reads, Snapshot, WorkFault};
use dmr_core::log::By;
use dmr_core::{Code, Problem};
use std::collections::VecDeque;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};

/// How often a batch is tried again after others came between, before its commands go singly, and then each of them.
const TRIES: usize = 10;
/// Background rows are taken into a batch up to so many: about 20 ms of work.
const BACKGROUND_ROWS: usize = 500;
/// How long the writer waits between two tries to reach the server.
const PAUSE: Duration = Duration::from_millis(100);

/// A task that was decided, until it is told.
struct Step {
    task: Task,
    /// None for a note.
    decided: Option<Result<Decided, WorkFault>>,
}

struct Decided {
    changes: Vec<Change>,
    by: By,
    /// How many entries of the log the batch has up to and with it.
    lines: usize,
}

/// The end of what a transaction wrote: by it a commit is found again whose answer was lost.
struct Written {
    /// The position before the first new entry.
    base: u64,
    /// Position and leaf of the last.
    last: Option<(i64, [u8; 32])>,
}

/// The writer's state between transactions.
pub(super) struct Writer {
    shared: Arc<Shared>,
    /// None after a failure, until the server was reached again.
    connection: Option<Connection>,
    /// What the counter's epoch is while nobody else has taken it over.
    epoch: i64,
    /// The greatest time that was given to a decision.
    time: i64,
    /// How many of the next tasks go singly.
    alone: usize,
}

impl Writer {
    /// Takes the database over: a writer that had it before writes nothing more.
    pub fn open(shared: Arc<Shared>, connection: Connection) -> Result<Self, Problem> {
        let sql = "UPDATE dmr_counter SET epoch = epoch + 1 WHERE tenant_id = 1 AND bucket = 0 RETURNING epoch, time";
        let rows = connection.query(sql, &[]).map_err(failed)?;
        let row = rows.first().ok_or_else(|| Problem::new(Code::DataDamaged, "the log has no counter"))?;
        Ok(Self { shared, epoch: get(row, 0)?, time: get(row, 1)?, connection: Some(connection), alone: 0 })
    }

    /// Works until the queue is closed and empty.
    pub fn run(mut self) {
        let shared = self.shared.clone();
        let mut tasks = VecDeque::new();
        while shared.queue.take(shared.options.batch, &mut tasks).is_some() {
            self.add_background(&mut tasks);
            while !tasks.is_empty() {
                self.transact(&mut tasks);
            }
        }
        shared.shut();
    }

    /// One background task at least, so that none waits for ever; more while nothing interactive waits.
    fn add_background(&self, tasks: &mut VecDeque<Task>) {
        let (mut rows, mut quiet) = (0, false);
        while rows < BACKGROUND_ROWS && (tasks.is_empty() || tasks.len() <= self.shared.options.batch.commands) {
            let Some(task) = self.shared.queue.take_background(quiet) else { return };
            rows += task.size().rows;
            tasks.push_back(task);
            quiet = true;
        }
    }

    /// One transaction: takes tasks from the front and tells each. What it leaves there goes into the next.
    fn transact(&mut self, tasks: &mut VecDeque<Task>) {
        let most = if self.alone > 0 { 1 } else { usize::MAX };
        self.alone = self.alone.saturating_sub(1);
        for tried in 0.. {
            let connection = match self.connected() {
                Ok(connection) => connection,
                Err(problem) => return tasks.drain(..).for_each(|task| quietly(|| task.refuse(&problem))),
            };
            let mut steps = Vec::new();
            let fault = match self.attempt(&connection, tasks, most, &mut steps) {
                Ok(None) => {
                    self.leave(connection);
                    return self.tell(steps, 0);
                }
                Ok(Some(written)) => match self.commit(connection, &written) {
                    Ok(()) => return self.tell(steps, written.base),
                    Err(Fault::Store(problem)) => return steps.into_iter().for_each(|step| quietly(|| step.task.refuse(&problem))),
                    Err(fault) => fault,
                },
                Err(fault) => {
                    self.leave(connection);
                    fault
                }
            };
            let decided = steps.len();
            steps.into_iter().rev().for_each(|step| tasks.push_front(step.task));
            let many = most > 1 && tasks.len() > 1;
            match fault {
                Fault::Again(_) if tried < TRIES => {}
                Fault::Store(_) if self.connection.is_none() && tried == 0 => {}
                Fault::Command(_) | Fault::Again(_) if many => {
                    self.alone = if decided > 0 { decided } else { tasks.len() };
                    return;
                }
                Fault::Store(problem) => return tasks.drain(..).for_each(|task| quietly(|| task.refuse(&problem))),
                fault => {
                    let problem = fault.problem();
                    return tasks.pop_front().into_iter().for_each(|task| quietly(|| task.refuse(&problem)));
                }
            }
        }
    }

    /// Decides in memory what it takes from the tasks, and writes it.
    fn attempt(
        &mut self,
        connection: &Connection,
        tasks: &mut VecDeque<Task>,
        most: usize,
        steps: &mut Vec<Step>,
    ) -> Result<Option<Written>, Fault> {
        let mut batch = Batch::new(connection);
        batch.read_ahead(tasks.iter().take(most).map(first_reads))?;
        let mut snapshot = Snapshot::default();
        while steps.len() < most
            && let Some(task) = tasks.pop_front()
        {
            let mut step = Step { task, decided: None };
            let decided = self.one(&mut batch, &mut step, &mut snapshot);
            if batch.deferred.get() {
                // It asked what the server knows only once this batch is written.
                tasks.push_front(step.task);
                break;
            }
            steps.push(step);
            if decided? {
                break;
            }
        }
        let written = batch.write(self.epoch, self.time)?;
        let of = |base: u64| Written {
            base,
            last: batch.lines.last().map(|line| (base.cast_signed() + i64::try_from(batch.lines.len()).unwrap_or(0), line.leaf)),
        };
        Ok(written.map(of))
    }

    /// Decides one task; says whether the batch ends with it.
    fn one(&mut self, batch: &mut Batch<'_>, step: &mut Step, snapshot: &mut Snapshot) -> Result<bool, Fault> {
        let job = match &mut step.task {
            Task::Note(name, value, _) => {
                batch.set_note(name, value.as_ref());
                return Ok(false);
            }
            Task::BackUp(_) | Task::Aside(..) => return Ok(false),
            Task::Job(job) => job,
        };
        let now = (self.shared.options.clock)().max(self.time);
        self.time = now;
        let work = job.work.as_mut();
        let decided = catch_unwind(AssertUnwindSafe(|| decide(work, snapshot, now, batch)));
        let decided = decided.unwrap_or_else(|_| Err(WorkFault::Problem(Box::new(Problem::new(Code::Internal, "the decision broke off")))));
        if let Some(fault) = batch.reading.connection.broken.take() {
            return Err(fault);
        }
        let mut ends = false;
        step.decided = Some(match decided {
            Err(fault) => Err(fault),
            Ok(changes) => {
                let by = By { principal: job.work.principal(), time: now };
                ends = changes.iter().any(|change| matches!(change, Change::Registry(_)));
                batch.apply(&changes, by)?;
                Ok(Decided { changes, by, lines: batch.lines.len() })
            }
        });
        Ok(ends)
    }

    /// Commits. Where the answer is lost, the server is asked until it is certain what came of it.
    fn commit(&mut self, connection: Connection, written: &Written) -> Result<(), Fault> {
        let error = match connection.end("COMMIT") {
            Ok(()) => {
                self.connection = Some(connection);
                return Ok(());
            }
            Err(error) => error,
        };
        let fault = Fault::from(&error);
        if !matches!(fault, Fault::Store(_)) {
            // The server said no: it has taken the transaction back.
            self.connection = Some(connection).filter(|connection| !connection.is_closed());
            return Err(fault);
        }
        drop(connection);
        let Some((position, leaf)) = written.last else { return Err(fault) };
        let deadline = Instant::now() + self.shared.options.patience;
        loop {
            match self.is_committed(position, leaf) {
                Ok(true) => return Ok(()),
                Ok(false) => return Err(fault),
                Err(problem) if Instant::now() > deadline => {
                    let message = format!("the server went away during a commit; whether it was made is not known: {}", problem.detail);
                    return Err(Fault::Store(Problem { detail: message, ..problem }));
                }
                Err(_) => thread::sleep(PAUSE),
            }
        }
    }

    /// Whether an entry of the log is there. Certain, since taking the counter over waits for whoever still holds it.
    fn is_committed(&mut self, position: i64, leaf: [u8; 32]) -> Result<bool, Problem> {
        let connection = self.shared.connect()?;
        let taken = self.take_over_again(&connection);
        let sql = "SELECT leaf FROM dmr_log WHERE tenant_id = 1 AND bucket = 0 AND position = $1";
        let rows = connection.query(sql, &[&position]).map_err(failed)?;
        match taken {
            Ok(()) => self.connection = Some(connection),
            Err(problem) if problem.code != Code::DataOwned => return Err(problem),
            // Another writer has it: it, too, has waited.
            Err(_) => {}
        }
        Ok(rows.first().map(|row| bytes::<32>(row, 0)).transpose()? == Some(leaf))
    }

    fn take_over_again(&mut self, connection: &Connection) -> Result<(), Problem> {
        let sql = "UPDATE dmr_counter SET epoch = epoch + 1 WHERE tenant_id = 1 AND bucket = 0 AND epoch = $1 RETURNING epoch, time";
        let rows = connection.query(sql, &[&self.epoch]).map_err(failed)?;
        let row = rows.first().ok_or_else(taken_over)?;
        self.epoch = get(row, 0)?;
        self.time = self.time.max(get(row, 1)?);
        Ok(())
    }

    fn connected(&mut self) -> Result<Connection, Problem> {
        if let Some(connection) = self.connection.take() {
            return Ok(connection);
        }
        let connection = self.shared.connect()?;
        self.take_over_again(&connection)?;
        Ok(connection)
    }

    /// Takes back what was begun, and keeps the connection where that is possible.
    fn leave(&mut self, connection: Connection) {
        connection.broken.take();
        if connection.end("ROLLBACK").is_ok() && !connection.is_closed() {
            self.connection = Some(connection);
        }
    }

    fn tell(&self, steps: Vec<Step>, base: u64) {
        for step in &steps {
            if let Some(Ok(decided)) = &step.decided
                && decided.changes.iter().any(|change| matches!(change, Change::Registry(_)))
            {
                quietly(|| (self.shared.options.on_commit)(&decided.changes));
            }
        }
        if let Some(each_commit) = &self.shared.options.each_commit {
            for step in &steps {
                if let Some(Ok(decided)) = &step.decided
                    && !decided.changes.is_empty()
                {
                    quietly(|| each_commit(&decided.changes, base + decided.lines as u64, decided.by.time));
                }
            }
        }
        for Step { task, decided } in steps {
            quietly(|| match (task, decided) {
                (Task::Job(job), Some(decided)) => job.work.done(decided.map(|decided| decided.committed(base))),
                // Whoever asked may have stopped waiting.
                (Task::Note(.., told), _) => drop(told.send(Ok(()))),
                (Task::BackUp(asked), _) => {
                    asked.tell(Err(Problem::new(Code::BehaviourUnavailable, "backups of a database on a server are its own")));
                }
                (Task::Aside(_, told), _) => drop(told.map(|told| told.send(Ok(Filled::Done)))),
                (Task::Job(job), None) => job.work.done(Err(WorkFault::Stale)),
            });
        }
    }
}

impl Decided {
    fn committed(self, base: u64) -> Committed {
        let position = if self.changes.is_empty() { 0 } else { base + self.lines as u64 };
        Committed { changes: self.changes, time: self.by.time, position }
    }
}

fn first_reads(task: &Task) -> Reads {
    match task {
        // One that breaks off is asked again when it is its turn, and told then.
        Task::Job(job) => catch_unwind(AssertUnwindSafe(|| job.work.first_reads())).unwrap_or_default(),
        Task::Note(..) | Task::BackUp(_) | Task::Aside(..) => Reads::default(),
    }
}

/// What runs for others must not end the writer.
fn quietly(run: impl FnOnce()) {
    // The panic was told where it happened.
    let _ = catch_unwind(AssertUnwindSafe(run));
}
