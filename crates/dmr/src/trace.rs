//! How long each step of what somebody asks takes (C2). Only who asks for it pays for it: a session without a trace looks once at a
//! pointer.

use parking_lot::Mutex;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// The steps of an operation, as they come: `authenticate`, `gate`, `prepare`, `queue`, `decide`, `commit`, `read`, `render`.
#[derive(Debug)]
pub struct Trace {
    began: Instant,
    /// Protects what was noted.
    noted: Mutex<Noted>,
}

#[derive(Debug, Default)]
struct Noted {
    steps: Vec<(&'static str, Duration)>,
    /// Since when a command waits: for the writer, or for its batch to be on disk.
    waits: Option<Instant>,
}

impl Trace {
    /// Begins now, or began then.
    pub fn since(began: Instant) -> Arc<Self> {
        Arc::new(Self { began, noted: Mutex::default() })
    }

    /// Notes how long a step took; one that comes again counts on.
    pub fn note(&self, step: &'static str, took: Duration) {
        let steps = &mut self.noted.lock().steps;
        match steps.iter_mut().find(|(known, _)| *known == step) {
            Some((_, time)) => *time += took,
            None => steps.push((step, took)),
        }
    }

    /// Notes how long it takes to run something.
    pub fn time<T>(&self, step: &'static str, run: impl FnOnce() -> T) -> T {
        let began = Instant::now();
        let done = run();
        self.note(step, began.elapsed());
        done
    }

    /// A command begins to wait.
    pub(crate) fn waits(&self) {
        self.noted.lock().waits = Some(Instant::now());
    }

    /// It waits no more, for what is called `step`.
    pub(crate) fn waited(&self, step: &'static str) {
        let since = self.noted.lock().waits.take();
        if let Some(since) = since {
            self.note(step, since.elapsed());
        }
    }

    /// The same; where it waited for that before, for what is called `later`.
    pub(crate) fn waited_once(&self, step: &'static str, later: &'static str) {
        let known = self.noted.lock().steps.iter().any(|(known, _)| *known == step);
        self.waited(if known { later } else { step });
    }

    /// The answer is rendered: notes how long that took since the registry gave it.
    pub fn rendered(&self) {
        self.waited("render");
    }

    /// The steps so far, in the order in which they first came, and the time since the beginning.
    pub fn steps(&self) -> (Vec<(&'static str, Duration)>, Duration) {
        (self.noted.lock().steps.clone(), self.began.elapsed())
    }
}

/// Notes how long something takes, where anybody wants to know.
pub(crate) fn timed<T>(trace: Option<&Arc<Trace>>, step: &'static str, run: impl FnOnce() -> T) -> T {
    match trace {
        None => run(),
        Some(trace) => trace.time(step, run),
    }
}
