//! Jobs: what takes long runs on a thread of its own, and whoever asked for it is told where to look instead of being kept waiting. A change of a
//! model for which many records must be gone through (M4, M5), a backup (C7).

use super::Session;
use super::in_place::in_place;
use super::register::{Registered, registered};
use crate::pending::Pending;
use dmr_core::log::EntryKind;
use dmr_core::principal::Right;
use dmr_core::record::{PrincipalId, RecordId};
use dmr_core::registration::{Registration, build};
use dmr_core::{Code, Problem, Value, time};
use parking_lot::Mutex;
use serde_json::json;
use std::collections::VecDeque;
use std::sync::{Arc, OnceLock};

/// From so many records on a change that goes through them all runs as a job.
const MANY_RECORDS: u64 = 10_000;
/// How many jobs may run or wait at once.
const MOST_RUNNING: usize = 16;
/// How many jobs that ended are remembered.
const MOST_ENDED: usize = 256;

/// A change of a model in place.
pub enum ModelChange {
    /// It is done at once.
    Now(Pending<Registered>),
    /// It runs: `{id, state, kind, model, started_at, by}`, as [`Session::job`] tells it.
    Job(Value),
}

/// The jobs of this process, oldest first.
#[derive(Default)]
pub(crate) struct Jobs {
    /// Protects the list; never held while a job works.
    known: Mutex<VecDeque<Arc<Job>>>,
}

/// What a job does.
pub(crate) struct JobWork {
    /// What sort of thing: `change`, `backup`.
    pub kind: &'static str,
    /// What it is about, told with it: an object.
    pub about: Value,
    /// How much is done, and of how much.
    pub progress: Option<Box<dyn Fn() -> (u64, u64) + Send + Sync>>,
    /// The work; gives an object that is told with the job.
    pub work: Box<dyn FnOnce() -> Result<Value, Problem> + Send>,
}

struct Job {
    id: RecordId,
    by: PrincipalId,
    kind: &'static str,
    about: Value,
    progress: Option<Box<dyn Fn() -> (u64, u64) + Send + Sync>>,
    started_at: i64,
    end: OnceLock<End>,
}

struct End {
    at: i64,
    came: Result<Value, Problem>,
}

impl Job {
    fn to_value(&self) -> Value {
        let end = self.end.get();
        let state = match end {
            None => "running",
            Some(End { came: Ok(_), .. }) => "done",
            Some(_) => "failed",
        };
        let mut out = json!({
            "id": self.id, "state": state, "kind": self.kind, "started_at": time::text(self.started_at), "by": self.by,
        });
        add(&mut out, &self.about);
        if let Some((done, of)) = self.progress.as_ref().map(|progress| progress()).filter(|_| end.is_none()) {
            out["progress"] = json!({ "done": done, "of": of });
        }
        if let Some(end) = end {
            out["ended_at"] = time::text(end.at).into();
            match &end.came {
                Ok(told) => add(&mut out, told),
                Err(problem) => out["problem"] = problem.to_json(),
            }
        }
        out
    }
}

fn add(out: &mut Value, members: &Value) {
    if let (Some(out), Some(members)) = (out.as_object_mut(), members.as_object()) {
        out.extend(members.iter().map(|(name, value)| (name.clone(), value.clone())));
    }
}

impl Jobs {
    fn add(&self, job: &Arc<Job>) -> Result<(), Problem> {
        let mut known = self.known.lock();
        if known.iter().filter(|job| job.end.get().is_none()).count() >= MOST_RUNNING {
            return Err(Problem { retry_after: Some(5), ..Problem::new(Code::QueueFull, "too many jobs are running") });
        }
        while known.len() >= MOST_ENDED + MOST_RUNNING {
            let Some(at) = known.iter().position(|job| job.end.get().is_some()) else { break };
            known.remove(at);
        }
        known.push_back(job.clone());
        Ok(())
    }

    /// How many run.
    pub fn running(&self) -> u64 {
        self.known.lock().iter().filter(|job| job.end.get().is_none()).count() as u64
    }

    fn find(&self, id: RecordId) -> Option<Arc<Job>> {
        self.known.lock().iter().find(|job| job.id == id).cloned()
    }

    fn forget(&self, id: RecordId) {
        self.known.lock().retain(|job| job.id != id);
    }
}

impl Session {
    /// Changes a model in place, as [`Session::change_model`] does; as a job where its records must be gone through for an index or a unique
    /// constraint and there are many of them, or where the caller would rather not wait (`rather_job`). What a job does is done whole or
    /// not at all, also when the process ends first.
    ///
    /// # Errors
    /// Those of [`Session::change_model`] that are known at once; [`Code::QueueFull`] where too many jobs run.
    pub fn begin_change(&self, name: &str, patch: Value, if_match: Option<String>, rather_job: bool) -> Result<ModelChange, Problem> {
        let session = self.current()?;
        let seen = session.changeable(name, if_match.as_deref())?;
        let registration = in_place(&seen, patch)?;
        // How many records there are decides only for whoever may know how many there are.
        let long = session.goes_through_records(&seen.model, &registration)
            && (rather_job || session.count_records(&seen)?.is_some_and(|records| records >= MANY_RECORDS));
        let pending = session.change(name, if_match, registration, EntryKind::ModelChange, registered, long);
        if !long {
            return Ok(ModelChange::Now(pending));
        }
        match pending.answered() {
            Ok(answer) => Ok(ModelChange::Now(Pending::ready(answer))),
            Err(pending) => session.run(seen.model.head.name.to_string(), pending).map(ModelChange::Job),
        }
    }

    /// A job, for whoever started it and those who operate. Jobs that ended are told for a while, and no more after a restart.
    ///
    /// # Errors
    /// [`Code::JobUnknown`].
    pub fn job(&self, id: &str) -> Result<Value, Problem> {
        let session = self.current()?;
        let asker = &session.asker;
        let job = RecordId::parse(id).and_then(|id| session.inner.jobs.find(id));
        let job = job.filter(|job| job.by == asker.id || asker.may(Right::Operate));
        job.map(|job| job.to_value()).ok_or_else(|| Problem::new(Code::JobUnknown, "there is no such job"))
    }

    /// Whether a registration brings an index, a unique constraint or a SEARCHABLE field that the model does not have.
    fn goes_through_records(&self, model: &dmr_core::model::Model, registration: &Registration) -> bool {
        let Ok(built) = build(registration, Some(model), &self.defaults()) else { return false };
        built.head.indexes.iter().any(|index| !model.head.indexes.contains(index))
            || built.head.unique.iter().any(|unique| !model.head.unique.contains(unique))
            || built.model.searched.iter().any(|searched| !model.searched.contains(searched))
    }

    /// Waits for it on a thread of its own.
    fn run(&self, model: String, pending: Pending<Registered>) -> Result<Value, Problem> {
        let work = Box::new(move || pending.wait().map(|_| json!({})));
        self.start_job(JobWork { kind: "change", about: json!({ "model": model }), progress: None, work })
    }

    /// Begins a job on a thread of its own.
    ///
    /// # Errors
    /// [`Code::QueueFull`] where too many run.
    pub(crate) fn start_job(&self, job: JobWork) -> Result<Value, Problem> {
        let inner = self.inner.clone();
        let JobWork { kind, about, progress, work } = job;
        let (id, by, started_at) = (inner.ids.next(), self.asker.id, inner.now());
        let job = Arc::new(Job { id, by, kind, about, progress, started_at, end: OnceLock::new() });
        inner.jobs.add(&job)?;
        let told = job.to_value();
        tracing::info!(target: "dmr::jobs", job = %id, kind, principal = %by, "a job begins");
        let work = move || {
            let came = work();
            let failed = came.as_ref().err().map(|problem| problem.code.as_str());
            tracing::info!(target: "dmr::jobs", job = %id, kind, failed, "a job ended");
            let _first = job.end.set(End { at: inner.now(), came });
        };
        std::thread::Builder::new().name("dmr-job".into()).spawn(work).map_err(|error| {
            self.inner.jobs.forget(id);
            Problem::new(Code::Internal, format!("a thread for the job could not be started: {error}"))
        })?;
        Ok(told)
    }
}
