//! Jobs: what takes long runs on a thread of its own, and whoever asked for it is told where to look instead of being kept waiting. A change of a
//! model for which many records must be gone through (M4, M5), a backup (C7).

use super::Session;
use super::in_place::in_place;
use super::register::{Registered, registered};
use crate::pending::Pending;
use crate::registry::Inner;
use crate::seen::SeenModel;
use crate::submission::{Command, Finish, Make};
use dmr_core::log::EntryKind;
use dmr_core::model::{Field, Model, Storage};
use dmr_core::principal::Right;
use dmr_core::record::{PrincipalId, RecordId};
use dmr_core::registration::{Registration, build};
use dmr_core::{Code, Problem, Value, time};
use parking_lot::Mutex;
use serde_json::json;
use std::collections::VecDeque;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
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

/// A model and what it will be, where many records must be gone through for that.
pub(super) struct Ahead {
    old: Arc<Model>,
    new: Arc<Model>,
}

/// The jobs of this process, oldest first.
#[derive(Default)]
pub(crate) struct Jobs {
    /// Protects the list; never held while a job works.
    known: Mutex<VecDeque<Arc<Job>>>,
    /// Places that are held for jobs that are not in the list yet. Changed under the list's lock.
    held: AtomicUsize,
}

/// Room for one more job. What a job is to wait for begins only with a place: else it would go on though the job was refused.
pub(crate) struct Place(Arc<Inner>);

impl Place {
    fn hold(inner: &Arc<Inner>) -> Result<Self, Problem> {
        let jobs = &inner.jobs;
        let known = jobs.known.lock();
        let running = known.iter().filter(|job| job.end.get().is_none()).count();
        if running + jobs.held.load(Ordering::Relaxed) >= MOST_RUNNING {
            return Err(Problem { retry_after: Some(5), ..Problem::new(Code::QueueFull, "too many jobs are running") });
        }
        jobs.held.fetch_add(1, Ordering::Relaxed);
        Ok(Self(inner.clone()))
    }

    /// The job takes it.
    fn take(self, job: &Arc<Job>) {
        let mut known = self.0.jobs.known.lock();
        while known.len() >= MOST_ENDED + MOST_RUNNING {
            let Some(at) = known.iter().position(|job| job.end.get().is_some()) else { break };
            known.remove(at);
        }
        known.push_back(job.clone());
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.0.jobs.held.fetch_sub(1, Ordering::Relaxed);
    }
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
        let registration = in_place(self, &seen, patch)?;
        // How many records there are decides only for whoever may know how many there are.
        let records = session.count_records(&seen)?;
        let long =
            session.next_of(&seen.model, &registration).is_some() && (rather_job || records.is_some_and(|records| records >= MANY_RECORDS));
        let place = long.then(|| Place::hold(&session.inner)).transpose()?;
        let done = Arc::new(AtomicU64::new(0));
        let pending = session.change(name, if_match, registration, EntryKind::ModelChange, registered, long.then(|| done.clone()));
        let Some(place) = place else { return Ok(ModelChange::Now(pending)) };
        match pending.answered() {
            Ok(answer) => Ok(ModelChange::Now(Pending::ready(answer))),
            Err(pending) => {
                // How many records there are is told to whoever may know it.
                let progress = records.map(|all| {
                    let told: Box<dyn Fn() -> (u64, u64) + Send + Sync> = Box::new(move || (done.load(Ordering::Relaxed).min(all), all));
                    told
                });
                let about = json!({ "model": seen.model.head.name.to_string() });
                let work = Box::new(move || pending.wait().map(|_| json!({})));
                session.start_job_at(place, JobWork { kind: "change", about, progress, work }).map(ModelChange::Job)
            }
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

    /// What a model will be, where a change of it must go through its records: for an index, a unique constraint or a SEARCHABLE field that
    /// it does not have, for another storage or a column of another type.
    fn next_of(&self, model: &Model, registration: &Registration) -> Option<Arc<Model>> {
        let built = build(registration, Some(model), &self.defaults(registration, Some(model))).ok()?;
        let mut next = built.model;
        next.head = built.head;
        let retyped = |field: &Field| {
            let before = model.fields.iter().find(|before| before.id == field.id);
            before.is_some_and(|before| before.shape.kind != field.shape.kind)
        };
        let long = next.head.indexes.iter().any(|index| !model.head.indexes.contains(index))
            || next.head.unique.iter().any(|unique| !model.head.unique.contains(unique))
            || next.searched.iter().any(|searched| !model.searched.contains(searched))
            || next.storage() != model.storage()
            || next.storage() == Storage::Structured && next.fields.iter().any(retyped);
        long.then(|| Arc::new(next))
    }

    /// What a model is and what it will be, where so many records must be gone through for it that this is done beside other writes.
    pub(super) fn ahead(&self, seen: &SeenModel, registration: &Registration) -> Result<Option<Ahead>, Problem> {
        let Some(next) = self.next_of(&seen.model, registration) else { return Ok(None) };
        let mut records = 0;
        self.inner.store.read(false, &mut |reader| {
            let counts = reader.counts(seen.model.id())?;
            records = counts.live + counts.deleted;
            Ok(())
        })?;
        Ok((records >= MANY_RECORDS).then(|| Ahead { old: seen.model.clone(), new: next }))
    }

    /// Makes ready what a change needs of the records, on a thread of its own, and submits it then.
    pub(super) fn submit_prepared<C: Command, T: Send + 'static>(
        &self,
        Ahead { old, new }: Ahead,
        done: Arc<AtomicU64>,
        make: Make<C>,
        finish: Finish<C, T>,
    ) -> Pending<T> {
        let (reply, pending) = Pending::new();
        let session = self.clone();
        let work = move || {
            let inner = &session.inner;
            let goes_on = |records| {
                done.store(records, Ordering::Relaxed);
                inner.open_still().is_ok()
            };
            let ready = inner.store.prepare(&old, &new, &goes_on);
            let answer = ready.and_then(|()| session.submit(make, finish, true).wait());
            inner.store.forget(new.id());
            reply.send(answer);
        };
        let spawned = std::thread::Builder::new().name("dmr-change".into()).spawn(work);
        spawned.map_or_else(|error| Pending::refused(no_thread(&error)), |_| pending)
    }

    /// Begins a job on a thread of its own.
    ///
    /// # Errors
    /// [`Code::QueueFull`] where too many run.
    pub(crate) fn start_job(&self, job: JobWork) -> Result<Value, Problem> {
        self.start_job_at(Place::hold(&self.inner)?, job)
    }

    /// Begins a job whose place is held.
    fn start_job_at(&self, place: Place, job: JobWork) -> Result<Value, Problem> {
        let inner = self.inner.clone();
        let JobWork { kind, about, progress, work } = job;
        let (id, by, started_at) = (inner.ids.next(), self.asker.id, inner.now());
        let job = Arc::new(Job { id, by, kind, about, progress, started_at, end: OnceLock::new() });
        place.take(&job);
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
            no_thread(&error)
        })?;
        Ok(told)
    }
}

fn no_thread(error: &std::io::Error) -> Problem {
    Problem::new(Code::Internal, format!("a thread for the job could not be started: {error}"))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test ends where something is not as it should be")]

    use super::*;
    use crate::{Registry, Write};
    use std::sync::mpsc;

    /// M5: a change that finds no room for its job has not begun.
    #[test]
    fn m5_what_is_refused_for_want_of_room_is_not_done_either() {
        let registry = Registry::memory().unwrap();
        let session = registry.session(registry.local().unwrap());
        session.register(json!({"name": "Cup", "schema": {"properties": {"size": {"type": "integer"}}}})).wait().unwrap();
        session.create("Cup", br#"{"size": 1}"#, Write::default()).wait().unwrap();
        let held: Vec<_> = (0..MOST_RUNNING)
            .map(|_| {
                let (release, wait) = mpsc::channel::<()>();
                let work = Box::new(move || Ok(json!({ "released": wait.recv().is_err() })));
                (release, session.start_job(JobWork { kind: "backup", about: json!({}), progress: None, work }).unwrap())
            })
            .collect();
        let patch = || json!({"indexes": [["size"]]});
        let indexes = || session.model("Cup").unwrap().0["indexes"].clone();
        let Err(refused) = session.begin_change("Cup", patch(), None, true) else { unreachable!("there is room") };
        assert_eq!((refused.code, refused.retry_after), (Code::QueueFull, Some(5)));
        // What was queued before this is through once this is.
        session.create("Cup", br#"{"size": 2}"#, Write::default()).wait().unwrap();
        assert_eq!(indexes(), json!([]));
        let ids: Vec<Value> = held.into_iter().map(|(_, told)| told["id"].clone()).collect();
        for id in ids {
            while session.job(id.as_str().unwrap()).unwrap()["state"] == "running" {
                std::thread::yield_now();
            }
        }
        match session.begin_change("Cup", patch(), None, true).unwrap() {
            ModelChange::Now(pending) => _ = pending.wait().unwrap(),
            ModelChange::Job(told) => {
                while session.job(told["id"].as_str().unwrap()).unwrap()["state"] == "running" {
                    std::thread::yield_now();
                }
            }
        }
        assert_eq!(indexes(), json!([["size"]]));
    }
}
