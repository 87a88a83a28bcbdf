//! What was committed and not taken in yet: the writer puts in, the follower takes out.

use crate::settings;
use dmr_core::change::{Change, RecordChange, RegistryChange, RegistryKind};
use dmr_core::model::{Model, ModelId};
use dmr_core::record::{Record, RecordId};
use dmr_core::statistics::State;
use parking_lot::{Condvar, Mutex};
use std::collections::VecDeque;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

/// Changes that may wait; what comes then is read from the log later.
const MOST: usize = 200_000;
/// What waits is taken in after so long at the latest.
const PATIENCE: Duration = Duration::from_millis(250);
/// How long the follower rests between two slices: what gathers meanwhile is cheaper together.
const REST: Duration = Duration::from_millis(50);

/// A commit's change, as far as statistics need it.
pub(crate) enum Fed {
    /// A record that came, changed or went.
    Record(FedRecord),
    /// A model that changed.
    Model(Arc<Model>),
    /// A model that is gone.
    Gone(ModelId),
}

/// A record that came, changed or went.
pub(crate) struct FedRecord {
    pub position: u64,
    pub time: i64,
    pub model: Arc<Model>,
    pub id: RecordId,
    pub before: Option<FedState>,
    pub after: Option<FedState>,
}

/// A record as it was or is.
pub(crate) struct FedState {
    pub deleted: bool,
    pub doc: Arc<[u8]>,
}

impl FedState {
    pub fn borrowed(&self) -> State<'_> {
        State { deleted: self.deleted, doc: &self.doc }
    }
}

/// What the follower finds.
pub(crate) enum Taken {
    /// What was committed, up to a position and its time; also where that is nothing.
    Changes(VecDeque<Fed>, u64, i64),
    /// More than could wait: the log has it, up to this position at least.
    Lost(u64),
    /// Nothing, and nothing will come.
    Closed,
}

pub(crate) struct Feed {
    /// Changes after which it is time to take them in.
    interval: usize,
    /// Bytes of documents that may wait.
    most_bytes: usize,
    /// The position of the newest entry of the log.
    newest: AtomicU64,
    /// Protects what waits.
    waiting: Mutex<Waiting>,
    /// Told when something comes that the follower waits for.
    came: Condvar,
}

#[derive(Default)]
struct Waiting {
    fed: VecDeque<Fed>,
    bytes: usize,
    /// Where the newest commit here ended, and its time.
    newest: u64,
    time: i64,
    lost: bool,
    /// Somebody waits for what is here.
    urgent: bool,
    closed: bool,
}

impl Feed {
    /// What waits takes at most a quarter of the memory for statistics.
    pub fn new(settings: &settings::Statistics) -> Self {
        let most_bytes = usize::try_from(settings.memory / 4).unwrap_or(usize::MAX);
        Self { interval: settings.update_interval, most_bytes, newest: AtomicU64::new(0), waiting: Mutex::default(), came: Condvar::new() }
    }

    /// Where the log ended when the store was opened.
    pub fn begin_at(&self, position: u64, time: i64) {
        let mut waiting = self.waiting.lock();
        (waiting.newest, waiting.time) = (position, time);
        self.newest.store(position, Ordering::Release);
    }

    /// The position of the newest entry of the log.
    pub fn newest(&self) -> u64 {
        self.newest.load(Ordering::Acquire)
    }

    /// Changes that wait.
    pub fn waiting(&self) -> u64 {
        self.waiting.lock().fed.len() as u64
    }

    /// Puts a commit in: called on the writer.
    pub fn put(&self, changes: &[Change], position: u64, time: i64) {
        let mut waiting = self.waiting.lock();
        let before = waiting.fed.len();
        waiting.newest = position;
        waiting.time = time;
        if !waiting.lost {
            let first = (position + 1).saturating_sub(changes.len() as u64);
            for (change, position) in changes.iter().zip(first..) {
                waiting.put(change, position, time);
            }
        }
        if waiting.fed.len() > MOST || waiting.bytes > self.most_bytes {
            waiting.fed.clear();
            waiting.bytes = 0;
            waiting.lost = true;
        }
        let now = waiting.fed.len();
        let is_time = (before == 0 && now > 0) || (before < self.interval && now >= self.interval) || waiting.lost;
        drop(waiting);
        self.newest.store(position, Ordering::Release);
        if is_time {
            self.came.notify_one();
        }
    }

    /// Has what waits taken in without delay.
    pub fn hurry(&self) {
        self.waiting.lock().urgent = true;
        self.came.notify_one();
    }

    pub fn close(&self) {
        self.waiting.lock().closed = true;
        self.came.notify_all();
    }

    /// Takes what waits, when it is time.
    pub fn take(&self) -> Taken {
        let mut waiting = self.waiting.lock();
        while waiting.is_idle() {
            self.came.wait(&mut waiting);
        }
        while waiting.fed.len() < self.interval && !waiting.is_pressing() {
            if self.came.wait_for(&mut waiting, PATIENCE).timed_out() {
                break;
            }
        }
        waiting.urgent = false;
        waiting.bytes = 0;
        if std::mem::take(&mut waiting.lost) {
            return Taken::Lost(waiting.newest);
        }
        if waiting.closed && waiting.fed.is_empty() {
            return Taken::Closed;
        }
        Taken::Changes(std::mem::take(&mut waiting.fed), waiting.newest, waiting.time)
    }

    /// Rests, unless somebody is in a hurry.
    pub fn rest(&self) {
        let mut waiting = self.waiting.lock();
        let until = std::time::Instant::now() + REST;
        while !waiting.is_pressing() && !self.came.wait_until(&mut waiting, until).timed_out() {}
    }

    /// Whether it was closed: what takes long can be left.
    pub fn is_closed(&self) -> bool {
        self.waiting.lock().closed
    }
}

impl Waiting {
    fn is_idle(&self) -> bool {
        self.fed.is_empty() && !self.is_pressing()
    }

    fn is_pressing(&self) -> bool {
        self.urgent || self.closed || self.lost
    }

    fn put(&mut self, change: &Change, position: u64, time: i64) {
        match change {
            Change::Record(change) => {
                let fed = FedRecord::of(change, position, time);
                self.bytes += [&fed.before, &fed.after].into_iter().flatten().map(|state| state.doc.len()).sum::<usize>();
                self.fed.push_back(Fed::Record(fed));
            }
            Change::Registry(change) if change.what == RegistryKind::Model => self.fed.extend(model(change)),
            _ => {}
        }
    }
}

impl FedRecord {
    fn of(change: &RecordChange, position: u64, time: i64) -> Self {
        let state = |record: &Record| FedState { deleted: record.deleted_at.is_some(), doc: Arc::clone(&record.doc) };
        let (before, after) = (change.before.as_ref().map(state), change.after.as_ref().map(state));
        Self { position, time, model: Arc::clone(&change.model), id: change.id(), before, after }
    }
}

fn model(change: &RegistryChange) -> Option<Fed> {
    let new = change.new_model.as_ref().filter(|model| change.after.is_some() && !model.head.deleted);
    match (&change.old_model, new) {
        // Of a model that is new there is nothing yet.
        (None, Some(_)) => None,
        (_, Some(new)) => Some(Fed::Model(Arc::clone(new))),
        (old, None) => old.as_ref().or(change.new_model.as_ref()).map(|model| Fed::Gone(model.id())),
    }
}
