//! What waits for the writer of a store that has one.

use crate::Job;
use crate::aside::{Aside, Filled};
use crate::backup::BackUp;
use dmr_core::decide::{Work, WorkFault};
use dmr_core::words::count;
use dmr_core::{Code, Problem, Value};
use parking_lot::{Condvar, Mutex};
use std::collections::VecDeque;
use std::sync::mpsc::SyncSender;
use std::time::Duration;

/// How long the writer waits for as many commands as came together last time.
const LINGER: Duration = Duration::from_micros(100);

/// What may wait, and what goes into one commit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Bounds {
    /// Commands.
    pub commands: usize,
    /// Rows they may change.
    pub rows: usize,
    /// Bytes they hold.
    pub bytes: usize,
}

/// What the writer is asked.
pub(crate) enum Task {
    /// To decide and write.
    Job(Job),
    /// To keep or forget a note, and tell.
    Note(String, Option<Value>, SyncSender<Result<(), Problem>>),
    /// To copy what is stored, and tell.
    BackUp(BackUp),
    /// To go on with something beside commands, and tell whoever waits for it.
    Aside(Aside, Option<SyncSender<Result<Filled, Problem>>>),
}

impl Task {
    /// What it counts for.
    pub fn size(&self) -> Bounds {
        match self {
            Self::Job(job) => Bounds { commands: 1, rows: job.rows, bytes: job.bytes },
            Self::Note(..) | Self::BackUp(_) | Self::Aside(..) => Bounds { commands: 1, rows: 1, bytes: 0 },
        }
    }

    /// Tells that it is not done.
    pub fn refuse(self, problem: &Problem) {
        match self {
            Self::Job(job) => tell(job.work, problem),
            // Whoever asked may have stopped waiting.
            Self::Note(.., told) => drop(told.send(Err(problem.clone()))),
            Self::BackUp(asked) => asked.tell(Err(problem.clone())),
            Self::Aside(_, told) => drop(told.map(|told| told.send(Err(problem.clone())))),
        }
    }
}

fn tell(work: Box<dyn Work>, problem: &Problem) {
    work.done(Err(WorkFault::Problem(Box::new(problem.clone()))));
}

/// Two queues, both bounded.
pub(crate) struct Queue {
    bounds: Bounds,
    /// Protects what waits.
    waiting: Mutex<Waiting>,
    /// Told when something comes while the writer has nothing to do.
    came: Condvar,
}

#[derive(Default)]
struct Waiting {
    interactive: Line,
    background: Line,
    /// How many tasks the writer waits for; 0: it does not wait.
    wanted: usize,
    /// Commands in the last batch.
    last: usize,
    closed: bool,
}

#[derive(Default)]
struct Line {
    tasks: VecDeque<Task>,
    rows: usize,
    bytes: usize,
}

impl Waiting {
    fn len(&self) -> usize {
        self.interactive.tasks.len() + self.background.tasks.len()
    }

    fn take_batch(&mut self, batch: Bounds, into: &mut VecDeque<Task>) {
        let (mut rows, mut bytes) = (0, 0);
        while let Some(next) = self.interactive.tasks.front() {
            let size = next.size();
            let fits = into.len() < batch.commands && rows + size.rows <= batch.rows && bytes + size.bytes <= batch.bytes;
            if !into.is_empty() && !fits {
                break;
            }
            rows += size.rows;
            bytes += size.bytes;
            into.extend(self.interactive.pop());
        }
    }
}

impl Line {
    fn has_room(&self, size: Bounds, bounds: Bounds) -> bool {
        // A command larger than the whole queue is let in when nothing else waits.
        self.tasks.is_empty()
            || (self.tasks.len() < bounds.commands && self.rows + size.rows <= bounds.rows && self.bytes + size.bytes <= bounds.bytes)
    }

    fn push(&mut self, task: Task) {
        let size = task.size();
        self.rows += size.rows;
        self.bytes += size.bytes;
        self.tasks.push_back(task);
    }

    fn pop(&mut self) -> Option<Task> {
        let task = self.tasks.pop_front()?;
        let size = task.size();
        self.rows -= size.rows;
        self.bytes -= size.bytes;
        Some(task)
    }
}

impl Queue {
    pub fn new(bounds: Bounds) -> Self {
        Self { bounds, waiting: Mutex::default(), came: Condvar::new() }
    }

    /// Queues a task, or tells it that there is no room.
    pub fn push(&self, task: Task) {
        let mut waiting = self.waiting.lock();
        if waiting.closed {
            drop(waiting);
            return task.refuse(&closed());
        }
        let background = match &task {
            Task::Job(job) => job.background,
            Task::Note(..) | Task::BackUp(_) => false,
            Task::Aside(..) => true,
        };
        let line = if background { &mut waiting.background } else { &mut waiting.interactive };
        if !line.has_room(task.size(), self.bounds) {
            drop(waiting);
            return task.refuse(&full(self.bounds));
        }
        line.push(task);
        if waiting.wanted > 0 && waiting.len() >= waiting.wanted {
            waiting.wanted = 0;
            drop(waiting);
            self.came.notify_one();
        }
    }

    /// Waits until something is there and takes interactive tasks up to the bounds of a batch. Empty where only background ones wait;
    /// none where the queue is closed and nothing waits.
    pub fn take(&self, batch: Bounds, into: &mut VecDeque<Task>) -> Option<()> {
        let mut waiting = self.waiting.lock();
        while waiting.len() == 0 {
            if waiting.closed {
                return None;
            }
            waiting.wanted = 1;
            self.came.wait(&mut waiting);
        }
        // Those who were just told come again at about the same time: a moment's patience saves a commit.
        let likely = waiting.last / 2;
        if waiting.len() < likely && !waiting.closed {
            waiting.wanted = likely;
            self.came.wait_for(&mut waiting, LINGER);
        }
        waiting.wanted = 0;
        waiting.take_batch(batch, into);
        waiting.last = into.len();
        Some(())
    }

    /// Takes interactive tasks up to the bounds of a batch where there are any, and does not wait; whether the queue is open.
    pub fn take_now(&self, batch: Bounds, into: &mut VecDeque<Task>) -> bool {
        let mut waiting = self.waiting.lock();
        waiting.take_batch(batch, into);
        !waiting.closed
    }

    /// The next background task; where `only_if_quiet`, only when no interactive one waits.
    pub fn take_background(&self, only_if_quiet: bool) -> Option<Task> {
        let mut waiting = self.waiting.lock();
        if only_if_quiet && !waiting.interactive.tasks.is_empty() { None } else { waiting.background.pop() }
    }

    /// Takes nothing more in.
    pub fn close(&self) {
        self.waiting.lock().closed = true;
        self.came.notify_all();
    }

    /// Commands, rows and bytes that wait.
    pub fn depth(&self) -> Bounds {
        let waiting = self.waiting.lock();
        let (one, other) = (&waiting.interactive, &waiting.background);
        Bounds { commands: one.tasks.len() + other.tasks.len(), rows: one.rows + other.rows, bytes: one.bytes + other.bytes }
    }
}

/// What comes after closing is told.
pub(crate) fn closed() -> Problem {
    Problem::new(Code::StoreClosed, "the store is closing")
}

fn full(bounds: Bounds) -> Problem {
    let mut problem =
        Problem::new(Code::QueueFull, format!("{} or too many rows or bytes wait to be written", count(bounds.commands as u64, "command")));
    problem.retry_after = Some(1);
    problem
}
