//! The reference: state in ordered maps behind one lock. Nothing outlives the process.

mod apply;
mod read;
mod state;
mod undo;
mod words;

pub use state::State;

use crate::answer::decide;
use crate::{Clock, Copied, EachCommit, Figure, Job, OnCommit, Progress, Reader, Store, Unit};
use dmr_core::change::Change;
use dmr_core::decide::{Committed, Snapshot, Work, WorkFault};
use dmr_core::log::By;
use dmr_core::{Code, Problem, Value};
use parking_lot::{Mutex, RwLock};
use std::collections::VecDeque;
use std::path::Path;
use std::sync::Arc;

/// A store in memory. A job is decided and applied by whoever submits it, unless another thread is at it already: then by that one.
pub struct MemoryStore {
    clock: Clock,
    on_commit: OnCommit,
    each_commit: Option<EachCommit>,
    /// Protects the state that readers see. A reader takes a copy of the pointer and holds no lock while it reads.
    state: RwLock<Arc<State>>,
    /// Protects what waits, and who works.
    queue: Mutex<Queue>,
}

#[derive(Default)]
struct Queue {
    interactive: VecDeque<Box<dyn Work>>,
    background: VecDeque<Box<dyn Work>>,
    /// Whether a thread takes jobs from it.
    working: bool,
    closed: bool,
}

/// An empty store in memory.
pub fn open(clock: Clock, on_commit: OnCommit) -> MemoryStore {
    open_with(State::default(), clock, on_commit)
}

/// A store in memory that begins with a state, as [`crate::replay`] gives it.
pub fn open_with(state: State, clock: Clock, on_commit: OnCommit) -> MemoryStore {
    MemoryStore { clock, on_commit, each_commit: None, state: RwLock::new(Arc::new(state)), queue: Mutex::default() }
}

impl MemoryStore {
    /// The same, which tells of every commit.
    #[must_use]
    pub fn telling(self, each_commit: EachCommit) -> Self {
        Self { each_commit: Some(each_commit), ..self }
    }
}

impl Store for MemoryStore {
    fn name(&self) -> &'static str {
        "memory"
    }

    fn submit(&self, job: Job) {
        let mut queue = self.queue.lock();
        if queue.closed {
            drop(queue);
            return job.work.done(Err(WorkFault::Problem(Box::new(closed()))));
        }
        if job.background {
            queue.background.push_back(job.work)
        } else {
            queue.interactive.push_back(job.work)
        }
        if !queue.working {
            queue.working = true;
            drop(queue);
            self.work_off();
        }
    }

    fn read(&self, _consistent: bool, with: &mut dyn FnMut(&dyn Reader) -> Result<(), Problem>) -> Result<(), Problem> {
        let state = self.state.read().clone();
        with(&*state)
    }

    fn set_note(&self, name: &str, value: Option<&Value>) -> Result<(), Problem> {
        Arc::make_mut(&mut self.state.write()).set_note(name, value);
        Ok(())
    }

    fn figures(&self) -> Vec<Figure> {
        let queue = self.queue.lock();
        let waiting = (queue.interactive.len() + queue.background.len()) as u64;
        vec![Figure::gauge("queue_commands", Unit::Things, waiting, "Commands that wait to be written.")]
    }

    fn back_up(&self, _: &Path, _: Arc<Progress>) -> Result<Copied, Problem> {
        Err(Problem::new(Code::BehaviourUnavailable, "a store in memory has no backups"))
    }

    fn close(&self) {
        self.queue.lock().closed = true;
    }
}

impl MemoryStore {
    fn work_off(&self) {
        // A decision that panics must not leave the queue without anybody at it.
        let _left = Left(&self.queue);
        loop {
            let work = {
                let mut queue = self.queue.lock();
                let next = queue.interactive.pop_front().or_else(|| queue.background.pop_front());
                match next {
                    Some(work) => work,
                    None => {
                        queue.working = false;
                        return;
                    }
                }
            };
            self.run(work);
        }
    }

    /// The state changes only here and in `set_note`; the queue lets one thread in at a time.
    fn run(&self, mut work: Box<dyn Work>) {
        let state = self.state.read().clone();
        let time = (self.clock)().max(state.last_time());
        let decided = decide(work.as_mut(), &mut Snapshot::default(), time, &*state);
        drop(state);
        let changes = match decided {
            Ok(changes) => changes,
            Err(fault) => return work.done(Err(fault)),
        };
        let by = By { principal: work.principal(), time };
        let position = match self.apply(&changes, by) {
            Ok(position) => position,
            Err(problem) => return work.done(Err(WorkFault::Problem(Box::new(problem)))),
        };
        if changes.iter().any(|change| matches!(change, Change::Registry(_))) {
            (self.on_commit)(&changes);
        }
        if let Some(each_commit) = self.each_commit.as_ref().filter(|_| !changes.is_empty()) {
            each_commit(&changes, position, time);
        }
        work.done(Ok(Committed { changes, time, position }));
    }

    /// All of the changes, or none.
    fn apply(&self, changes: &[Change], by: By) -> Result<u64, Problem> {
        // A copy is made only while somebody reads the state of before.
        Arc::make_mut(&mut self.state.write()).commit(changes, by)
    }
}

struct Left<'a>(&'a Mutex<Queue>);

impl Drop for Left<'_> {
    fn drop(&mut self) {
        if std::thread::panicking() {
            self.0.lock().working = false;
        }
    }
}

fn closed() -> Problem {
    Problem::new(Code::StoreClosed, "the store is closing")
}
