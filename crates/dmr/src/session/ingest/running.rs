//! Which ingests run in this process, and how far they are.

use dmr_core::record::{PrincipalId, RecordId};
use dmr_core::{Code, Problem, Value};
use parking_lot::Mutex;
use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// How many ingests run at once; more would only take turns on the writer.
const MOST_RUNNING: usize = 2;
/// How many may wait.
const MOST_WAITING: usize = 64;
/// How many that failed before anything was written are remembered.
const MOST_FAILED: usize = 256;

type Task = Box<dyn FnOnce() + Send>;

/// The ingests of this process.
#[derive(Default)]
pub(crate) struct Ingests {
    /// Protects what runs, what waits and what is told of it; never held while an ingest works.
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    threads: usize,
    waiting: VecDeque<Task>,
    live: BTreeMap<RecordId, Arc<Live>>,
    failed: VecDeque<Arc<Live>>,
    claimed: BTreeSet<String>,
}

/// An ingest that runs here, or that failed here before it had an entry.
#[derive(Debug)]
pub(crate) struct Live {
    /// Its id.
    pub id: RecordId,
    /// Who started it.
    pub by: PrincipalId,
    /// The file or source.
    pub name: String,
    /// When it was asked for, in microseconds since 1970 UTC.
    pub started_at: i64,
    /// The size of the input in bytes, where it is known.
    pub total: Option<u64>,
    /// Bytes whose records are read.
    pub bytes: AtomicU64,
    /// Why it failed before it had an entry.
    pub problem: Mutex<Option<Problem>>,
}

impl Live {
    /// One that begins.
    pub fn new(id: RecordId, by: PrincipalId, name: String, started_at: i64, total: Option<u64>) -> Self {
        Self { id, by, name, started_at, total, bytes: AtomicU64::new(0), problem: Mutex::default() }
    }

    /// What is told of it while it has no entry.
    pub fn to_value(&self) -> Value {
        let problem = self.problem.lock();
        let mut out = serde_json::json!({
            "id": self.id, "name": self.name, "state": if problem.is_some() { "failed" } else { "running" },
            "records": 0, "quarantined": 0, "bytes": self.bytes.load(Ordering::Relaxed), "total_bytes": self.total,
            "started_at": dmr_core::time::text(self.started_at), "by": self.by,
        });
        if let Some(problem) = &*problem {
            out["problem"] = problem.to_json();
        }
        out
    }
}

impl Ingests {
    /// Runs an ingest on a thread of its own, after those that wait already.
    ///
    /// # Errors
    /// [`Code::QueueFull`] where too many wait.
    pub fn run(self: &Arc<Self>, live: &Arc<Live>, task: impl FnOnce() + Send + 'static) -> Result<(), Problem> {
        let mut state = self.state.lock();
        if state.waiting.len() >= MOST_WAITING {
            let problem = Problem::new(Code::QueueFull, "too many ingests are waiting");
            return Err(Problem { retry_after: Some(5), ..problem });
        }
        if state.threads < MOST_RUNNING {
            let turn = Turn(self.clone());
            let thread = std::thread::Builder::new().name("dmr-ingest".into()).spawn(move || turn.work());
            if let Err(error) = thread {
                drop(state);
                return Err(Problem::new(Code::Internal, format!("a thread for the ingest could not be started: {error}")));
            }
            state.threads += 1;
        }
        tracing::info!(target: "dmr::ingests", ingest = %live.id, principal = %live.by, total = live.total, "an ingest begins");
        state.waiting.push_back(Box::new(task));
        state.live.insert(live.id, live.clone());
        Ok(())
    }

    /// How many run here, and how many of them wait for their turn.
    pub fn running(&self) -> (u64, u64) {
        let state = self.state.lock();
        (state.live.len() as u64, state.waiting.len() as u64)
    }

    /// It ended. One without an entry is remembered as failed.
    pub fn ended(&self, live: &Arc<Live>, has_entry: bool) {
        let failed = live.problem.lock().as_ref().map(|problem| problem.code.as_str());
        let bytes = live.bytes.load(Ordering::Relaxed);
        tracing::info!(target: "dmr::ingests", ingest = %live.id, bytes, failed, "an ingest ended");
        let mut state = self.state.lock();
        state.live.remove(&live.id);
        if !has_entry {
            state.failed.push_back(live.clone());
            if state.failed.len() > MOST_FAILED {
                state.failed.pop_front();
            }
        }
    }

    /// One that runs here, or failed here before it had an entry.
    pub fn find(&self, id: RecordId) -> Option<Arc<Live>> {
        let state = self.state.lock();
        state.live.get(&id).or_else(|| state.failed.iter().find(|live| live.id == id)).cloned()
    }

    /// Whether one runs here.
    pub fn runs(&self, id: RecordId) -> bool {
        self.state.lock().live.contains_key(&id)
    }

    /// Lets nobody else ingest the same content into the same model until the claim is dropped.
    ///
    /// # Errors
    /// [`Code::IngestRunning`] where somebody does.
    pub fn claim(self: &Arc<Self>, what: String) -> Result<Claim, Problem> {
        if self.state.lock().claimed.insert(what.clone()) {
            return Ok(Claim(self.clone(), what));
        }
        let problem = Problem::new(Code::IngestRunning, "this file is being ingested into this model");
        Err(Problem { retry_after: Some(5), ..problem })
    }
}

/// The right to ingest some content into some model once.
pub(crate) struct Claim(Arc<Ingests>, String);

impl Drop for Claim {
    fn drop(&mut self) {
        self.0.state.lock().claimed.remove(&self.1);
    }
}

/// A thread's turn: it works until nothing waits.
struct Turn(Arc<Ingests>);

impl Turn {
    fn work(self) {
        while let Some(task) = self.next() {
            task();
        }
    }

    fn next(&self) -> Option<Task> {
        let mut state = self.0.state.lock();
        let task = state.waiting.pop_front();
        if task.is_none() {
            state.threads -= 1;
        }
        task
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        // A task that panicked ended the loop early: its place is given back, or no ingest would ever run again.
        if std::thread::panicking() {
            self.0.state.lock().threads -= 1;
        }
    }
}
