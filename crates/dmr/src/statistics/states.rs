//! The readings of all models, and who waits for them.

use crate::settings;
use dmr_core::model::{Model, ModelId};
use dmr_core::statistics::{Bounds, Reading, Shape};
use parking_lot::{Condvar, Mutex};
use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;
use std::time::Instant;

/// Bytes for the different values of a field, about.
const FIELD_BYTES: usize = 1 << 20;
/// What each field may keep where all of them together hold more than the setting says.
const TIGHT: Bounds = Bounds { values: 500, bytes: 64 << 10 };

/// The reading of one model.
pub(crate) struct Followed {
    pub reading: Reading,
    /// Entries of the log up to here are in it, and the time of the last one that changed it.
    pub position: u64,
    pub time: i64,
    /// Raised by every reading of all records.
    pub round: u64,
    /// Whether it changed since it was kept.
    pub changed: bool,
    /// When the records were last read, and how long that took.
    pub read_at: Option<(Instant, std::time::Duration)>,
    /// When it was last changed or asked for.
    pub used_at: Instant,
    /// The compiled model of which it is known that its shape is that of the reading.
    pub model: Option<Arc<Model>>,
}

/// What somebody waits for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Wanted {
    /// That there is a reading of this shape.
    Any,
    /// That all records are read again, whatever that costs.
    Fresh,
}

pub(crate) struct States {
    values: usize,
    memory: usize,
    /// Protects the list; never held while a reading is changed.
    models: Mutex<HashMap<ModelId, Arc<Mutex<Followed>>>>,
    /// Protects how far the follower is, and what it is asked.
    progress: Mutex<Progress>,
    /// Told when the follower has got somewhere.
    moved: Condvar,
}

#[derive(Default)]
struct Progress {
    position: u64,
    wanted: BTreeMap<ModelId, Wanted>,
    /// Bytes of all readings, about; as of the last look.
    held: usize,
    /// How often the records of a model were read.
    scans: u64,
    /// How many entries were read from the log.
    log_entries: u64,
    ended: bool,
}

impl States {
    pub fn new(settings: &settings::Statistics) -> Self {
        Self {
            values: settings.exact_values,
            memory: usize::try_from(settings.memory).unwrap_or(usize::MAX),
            models: Mutex::default(),
            progress: Mutex::default(),
            moved: Condvar::new(),
        }
    }

    /// What each field may keep.
    pub fn bounds(&self) -> Bounds {
        let usual = Bounds { values: self.values, bytes: FIELD_BYTES };
        let tight = self.progress.lock().held > self.memory;
        if tight { Bounds { values: usual.values.min(TIGHT.values), bytes: TIGHT.bytes } } else { usual }
    }

    pub fn get(&self, model: ModelId) -> Option<Arc<Mutex<Followed>>> {
        self.models.lock().get(&model).cloned()
    }

    pub fn put(&self, model: ModelId, followed: Followed) {
        self.models.lock().insert(model, Arc::new(Mutex::new(followed)));
    }

    pub fn remove(&self, model: ModelId) {
        self.models.lock().remove(&model);
    }

    pub fn all(&self) -> Vec<(ModelId, Arc<Mutex<Followed>>)> {
        self.models.lock().iter().map(|(id, followed)| (*id, followed.clone())).collect()
    }

    /// How many there are, and their bytes, about.
    pub fn size(&self) -> (u64, u64) {
        (self.models.lock().len() as u64, self.progress.lock().held as u64)
    }

    /// How often the records of a model were read.
    pub fn scans(&self) -> u64 {
        self.progress.lock().scans
    }

    /// How many entries were read from the log.
    pub fn log_entries(&self) -> u64 {
        self.progress.lock().log_entries
    }

    /// That entries were read from the log.
    pub fn read_log(&self, entries: usize) {
        self.progress.lock().log_entries += entries as u64;
    }

    /// That the records of a model are read.
    pub fn scanning(&self) {
        self.progress.lock().scans += 1;
    }

    /// How far the follower is.
    pub fn position(&self) -> u64 {
        self.progress.lock().position
    }

    /// That the follower is so far.
    pub fn reached(&self, position: u64) {
        let mut progress = self.progress.lock();
        progress.position = progress.position.max(position);
        drop(progress);
        self.moved.notify_all();
    }

    /// What the follower is asked for.
    pub fn wanted(&self) -> BTreeMap<ModelId, Wanted> {
        std::mem::take(&mut self.progress.lock().wanted)
    }

    /// Asks the follower for something.
    pub fn want(&self, model: ModelId, wanted: Wanted) {
        let mut progress = self.progress.lock();
        let asked = progress.wanted.entry(model).or_insert(wanted);
        *asked = (*asked).max(wanted);
    }

    /// Nobody waits any longer.
    pub fn end(&self) {
        self.progress.lock().ended = true;
        self.moved.notify_all();
    }

    /// Waits until something holds; looks again each time the follower has got somewhere. Says whether it holds.
    pub fn wait(&self, until: Instant, holds: impl Fn(&Self, u64) -> bool) -> bool {
        loop {
            let position = self.position();
            if holds(self, position) {
                return true;
            }
            let mut progress = self.progress.lock();
            if progress.ended {
                return false;
            }
            // What came between the look and the lock is seen by the position, or at the next beat.
            let beat = until.min(Instant::now() + std::time::Duration::from_millis(20));
            if progress.position == position && self.moved.wait_until(&mut progress, beat).timed_out() && Instant::now() >= until {
                return false;
            }
        }
    }

    /// Whether there is a reading of a shape.
    pub fn has(&self, model: ModelId, shape: &Shape) -> bool {
        self.get(model).is_some_and(|followed| **followed.lock().reading.shape() == *shape)
    }

    /// Adds up what all readings hold; where that is too much, those nobody used for long go.
    pub fn tidy(&self) {
        const LONG: std::time::Duration = std::time::Duration::from_secs(60);
        let mut all: Vec<(ModelId, usize, Instant)> = Vec::new();
        for (model, followed) in self.all() {
            let followed = followed.lock();
            all.push((model, followed.reading.held(), followed.used_at));
        }
        let mut held: usize = all.iter().map(|(_, held, _)| held).sum();
        all.sort_unstable_by_key(|(_, _, used)| *used);
        for (model, bytes, used) in all {
            if held <= self.memory || used.elapsed() < LONG {
                break;
            }
            self.remove(model);
            held -= bytes;
        }
        self.progress.lock().held = held;
    }
}
