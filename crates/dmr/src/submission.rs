//! A command on its way: prepared under what is known now, prepared again where that has moved, answered when it is on disk.

use crate::pending::{Pending, Reply};
use crate::registry::Inner;
use crate::session::Session;
use crate::trace::timed;
use dmr_core::catalog::Catalog;
use dmr_core::decide::{Committed, Decision, Reads, Snapshot, Work, WorkFault};
use dmr_core::record::PrincipalId;
use dmr_core::{Code, Problem};
use dmr_store::Job;
use std::cell::Cell;
use std::sync::Arc;

/// How often a command is prepared again before it gives up.
const TRIES: u32 = 3;

thread_local! {
    /// Whether a command is prepared again by the writer, which must not wait for itself.
    static ON_WRITER: Cell<bool> = const { Cell::new(false) };
}

/// Whether this runs on the writer.
pub(crate) fn is_on_writer() -> bool {
    ON_WRITER.get()
}

/// Keeps a registry until its writer has told an answer. Where everybody else has let go of it meanwhile, another thread closes it: the
/// writer, which that waits for, would wait for itself.
struct Kept(Option<Arc<Inner>>);

impl Drop for Kept {
    fn drop(&mut self) {
        if let Some(last) = self.0.take().and_then(Arc::into_inner) {
            // Without a thread it stays open until the process ends.
            drop(std::thread::Builder::new().name("dmr-close".to_owned()).spawn(move || drop(last)));
        }
    }
}

/// A prepared command.
pub(crate) trait Command: Send + 'static {
    /// What it certainly has to know.
    fn first_reads(&self) -> Reads {
        Reads::default()
    }
    /// Whether what it was prepared under has moved.
    fn is_stale(&self, catalog: &Catalog) -> bool;
    /// Decides.
    fn decide(&mut self, catalog: &Catalog, snapshot: &Snapshot, now: i64) -> Decision;
    /// How many rows it may change.
    fn rows(&self) -> usize {
        1
    }
    /// The scope of its idempotency key.
    fn retry_scope(&self) -> Option<[u8; 32]> {
        None
    }
    /// How many bytes it holds.
    fn bytes(&self) -> usize {
        512
    }
}

/// Prepares a command for a session.
pub(crate) type Make<C> = Arc<dyn Fn(&Session) -> Result<C, Problem> + Send + Sync>;

/// Makes the answer of what was committed. Runs on the writer: it moves, it does not compute.
pub(crate) type Finish<C, T> = fn(&Session, C, Committed) -> Result<T, Problem>;

struct Submission<C, T> {
    session: Session,
    command: C,
    make: Make<C>,
    finish: Finish<C, T>,
    background: bool,
    tries: u32,
    reply: Reply<T>,
    running: Option<Running>,
}

/// A request with an idempotency key that still runs; forgotten when it is dropped.
struct Running {
    inner: Arc<Inner>,
    scope: [u8; 32],
}

impl Running {
    fn begin(inner: &Arc<Inner>, scope: [u8; 32]) -> Result<Self, Problem> {
        if inner.running.lock().insert(scope) {
            return Ok(Self { inner: inner.clone(), scope });
        }
        Err(Problem::new(Code::IdempotencyRunning, "the first request with this idempotency key still runs"))
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.inner.running.lock().remove(&self.scope);
    }
}

impl Session {
    /// Prepares a command and queues it.
    pub(crate) fn submit<C: Command, T: Send + 'static>(&self, make: Make<C>, finish: Finish<C, T>, background: bool) -> Pending<T> {
        self.pending(|session| {
            let trace = session.trace.clone();
            let command = timed(trace.as_ref(), "prepare", || make(session))?;
            let running = command.retry_scope().map(|scope| Running::begin(&self.inner, scope)).transpose()?;
            let (reply, pending) = Pending::new();
            if let Some(trace) = &trace {
                trace.waits();
            }
            queue(Submission { session: session.clone(), command, make, finish, background, tries: 1, reply, running });
            Ok(pending)
        })
    }
}

fn queue<C: Command, T: Send + 'static>(submission: Submission<C, T>) {
    let inner: Arc<Inner> = submission.session.inner.clone();
    let (background, rows, bytes) = (submission.background, submission.command.rows(), submission.command.bytes());
    inner.store.submit(Job { work: Box::new(submission), background, rows, bytes });
}

impl<C: Command, T: Send + 'static> Submission<C, T> {
    /// Whether the asker is what it was when this was prepared: a change of somebody else is no reason to prepare again.
    fn is_still_who(&mut self, catalog: &Catalog) -> bool {
        let known = &self.session.asker;
        if known.stamp == catalog.people.stamp {
            return true;
        }
        match self.session.resolved(catalog) {
            Some(asker) if asker.roles == known.roles && asker.rights == known.rights && asker.exported == known.exported => {
                self.session.asker = asker;
                true
            }
            _ => false,
        }
    }

    /// Prepares again under what is known now.
    fn again(mut self) {
        if self.tries >= TRIES {
            let problem = Problem::new(Code::ModelMoved, "the model or the rights changed while this was prepared, three times");
            return self.reply.send(Err(Problem { retry_after: Some(1), ..problem }));
        }
        let prepared = self.session.renewed().and_then(|session| {
            self.session = session;
            ON_WRITER.set(true);
            let made = (self.make)(&self.session);
            ON_WRITER.set(false);
            made
        });
        match prepared {
            Ok(command) => queue(Self { command, tries: self.tries + 1, ..self }),
            Err(problem) => self.reply.send(Err(problem)),
        }
    }
}

impl<C: Command, T: Send + 'static> Work for Submission<C, T> {
    fn principal(&self) -> PrincipalId {
        self.session.asker.id
    }

    fn first_reads(&self) -> Reads {
        self.command.first_reads()
    }

    fn decide(&mut self, snapshot: &Snapshot, now: i64) -> Decision {
        let Some(trace) = self.session.trace.clone() else { return self.decided(snapshot, now) };
        trace.waited_once("queue", "decide");
        let decision = trace.time("decide", || self.decided(snapshot, now));
        // What it still has to know is read for it, or its batch is written.
        trace.waits();
        decision
    }

    fn done(self: Box<Self>, result: Result<Committed, WorkFault>) {
        // Let go of after everything else here: what comes first is dropped last.
        let _kept = Kept(Some(self.session.inner.clone()));
        let mut this = *self;
        if let Some(trace) = &this.session.trace {
            trace.waited("commit");
        }
        if !matches!(result, Err(WorkFault::Stale)) {
            drop(this.running.take());
        }
        match result {
            Ok(committed) => {
                let answer = (this.finish)(&this.session, this.command, committed);
                if let Some(trace) = &this.session.trace {
                    trace.waits();
                }
                this.reply.send(answer);
            }
            Err(WorkFault::Problem(problem)) => this.reply.send(Err(*problem)),
            Err(WorkFault::Stale) => this.again(),
        }
    }
}

impl<C: Command, T: Send + 'static> Submission<C, T> {
    fn decided(&mut self, snapshot: &Snapshot, now: i64) -> Decision {
        let inner = self.session.inner.clone();
        let catalog = inner.catalog.read();
        if !self.is_still_who(&catalog) || self.command.is_stale(&catalog) {
            return Decision::Stale;
        }
        self.command.decide(&catalog, snapshot, now)
    }
}
