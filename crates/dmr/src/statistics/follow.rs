//! The follower: the thread that takes in what was committed.

use super::feed::{Fed, FedRecord, FedState, Feed, Taken};
use super::kept::{Kept, Stand};
use super::states::{Followed, States, Wanted};
use super::{log, scan};
use dmr_core::catalog::Catalog;
use dmr_core::model::{Model, ModelId};
use dmr_core::statistics::{Bounds, Shape};
use dmr_store::Store;
use parking_lot::{Mutex, RwLock};
use std::collections::{HashSet, VecDeque};
use std::sync::Arc;
use std::time::{Duration, Instant};

/// How often readings are kept while there is something new in them.
const KEEP_EVERY: Duration = Duration::from_secs(30);
/// Reading records again because too much was taken away from estimates takes at most this share of the time.
const AT_MOST: u32 = 20;

pub(super) struct Follower {
    feed: Arc<Feed>,
    states: Arc<States>,
    store: Arc<dyn Store>,
    catalog: Arc<RwLock<Catalog>>,
    kept: Option<Kept>,
    /// Up to where everything was taken in.
    stand: Stand,
    /// Models of which there is no reading, or none that fits, and that were written to.
    lacking: HashSet<ModelId>,
    kept_at: Instant,
    tended_at: Instant,
    round: u64,
    /// Whether something was left out because everything is closing: what comes after it cannot be taken in.
    left: bool,
}

impl Follower {
    /// Begins where the log ended when the store was opened.
    pub fn new(
        feed: Arc<Feed>,
        states: Arc<States>,
        store: Arc<dyn Store>,
        catalog: Arc<RwLock<Catalog>>,
        kept: Option<Kept>,
        stand: Stand,
    ) -> Self {
        Self {
            feed,
            states,
            store,
            catalog,
            kept,
            stand,
            lacking: HashSet::new(),
            kept_at: Instant::now(),
            tended_at: Instant::now(),
            round: 0,
            left: false,
        }
    }

    /// Works until the feed is closed and empty.
    pub fn run(mut self) {
        give_way();
        let newest = self.stand;
        self.stand = self.load().unwrap_or(newest);
        self.catch_up(newest.position);
        loop {
            match self.feed.take() {
                Taken::Changes(fed, position, time) => self.take_in(fed, position, time),
                Taken::Lost(position) => self.catch_up(position),
                Taken::Closed => break,
            }
            self.read_again();
            self.tend();
            if self.kept_at.elapsed() > KEEP_EVERY {
                self.keep();
            }
            self.feed.rest();
        }
        // What they lack comes from the records after the next start.
        for model in std::mem::take(&mut self.lacking) {
            self.states.remove(model);
        }
        self.keep();
    }

    /// Loads what was kept of this log.
    fn load(&self) -> Option<Stand> {
        let kept = self.kept.as_ref()?;
        let is_there = |stand: &Stand| {
            let entry = log::at(&*self.store, stand.position).ok().flatten();
            entry.is_some_and(|entry| entry.time == stand.time)
        };
        let Some(stand) = kept.position().filter(is_there) else {
            kept.clear();
            return None;
        };
        for id in kept.models() {
            let loaded = self.model(id).and_then(|model| kept.load(id, Arc::new(Shape::of(&model))));
            match loaded.filter(|(stand, _)| is_there(stand)) {
                Some((stand, reading)) => self.states.put(
                    id,
                    Followed {
                        reading,
                        position: stand.position,
                        time: stand.time,
                        round: 0,
                        changed: false,
                        read_at: None,
                        used_at: Instant::now(),
                        model: None,
                    },
                ),
                None => kept.remove(id),
            }
        }
        Some(stand)
    }

    fn model(&self, id: ModelId) -> Option<Arc<Model>> {
        let entry = self.catalog.read().model_by_id(id).cloned()?;
        entry.model().ok().filter(|model| !model.head.deleted)
    }

    /// Takes in what the log has, up to a position.
    fn catch_up(&mut self, to: u64) {
        while self.stand.position < to && !self.feed.is_closed() {
            match log::slice(&*self.store, &self.states, self.stand.position, self.states.bounds()) {
                Ok(Some(stand)) => self.stand = stand,
                Ok(None) => self.stand.position = to,
                // What cannot be read now is read at the next start.
                Err(_) => return self.start_over(to),
            }
            self.states.reached(self.stand.position);
        }
        self.left |= self.stand.position < to;
        self.states.reached(self.stand.position);
    }

    /// Forgets every reading: they are made from the records when they are needed.
    fn start_over(&mut self, position: u64) {
        if self.feed.is_closed() {
            self.left = true;
            return;
        }
        self.states.all().into_iter().for_each(|(model, _)| self.states.remove(model));
        self.stand.position = position;
        self.states.reached(position);
    }

    fn take_in(&mut self, fed: VecDeque<Fed>, position: u64, time: i64) {
        if self.left {
            return;
        }
        let bounds = self.states.bounds();
        let mut current: Option<(ModelId, Option<Arc<Mutex<Followed>>>)> = None;
        for fed in fed {
            match fed {
                Fed::Record(record) => {
                    let id = record.model.id();
                    if current.as_ref().is_none_or(|(known, _)| *known != id) {
                        let followed = self.states.get(id);
                        followed.iter().for_each(|followed| followed.lock().used_at = Instant::now());
                        current = Some((id, followed));
                    }
                    let followed = current.as_ref().and_then(|(_, followed)| followed.as_ref());
                    if !followed.is_some_and(|followed| record.goes_into(&mut followed.lock(), bounds)) {
                        self.lacking.insert(id);
                    }
                }
                Fed::Model(model) => {
                    current = None;
                    let fits = self.states.get(model.id()).is_none_or(|followed| {
                        let followed = followed.lock();
                        **followed.reading.shape() == Shape::of(&model)
                    });
                    if !fits {
                        self.lacking.insert(model.id());
                    }
                }
                Fed::Gone(model) => {
                    current = None;
                    self.forget(model);
                }
            }
        }
        if position > self.stand.position {
            self.stand = Stand { position, time };
        }
        // Somebody who waits for this position waits for the models that are lacking too.
        if self.lacking.is_empty() {
            self.states.reached(self.stand.position);
        }
    }

    fn forget(&mut self, model: ModelId) {
        self.states.remove(model);
        self.lacking.remove(&model);
        if let Some(kept) = &self.kept {
            kept.remove(model);
        }
    }

    /// Reads records again: of models that lack a reading, and of those that are asked for.
    fn read_again(&mut self) {
        let wanted = self.states.wanted();
        for (model, wanted) in &wanted {
            let there = self.states.get(*model);
            let fits = |model: &Model| self.states.has(model.id(), &Shape::of(model));
            if *wanted == Wanted::Fresh || there.is_none() || !self.model(*model).is_some_and(|model| fits(&model)) {
                self.lacking.insert(*model);
            }
        }
        if self.feed.is_closed() {
            return;
        }
        for model in std::mem::take(&mut self.lacking) {
            self.read(model);
        }
        self.states.reached(self.stand.position);
    }

    /// Now and then: reads again what is worn, and looks at how much is held.
    fn tend(&mut self) {
        const EVERY: Duration = Duration::from_secs(1);
        if self.tended_at.elapsed() < EVERY || self.feed.is_closed() {
            return;
        }
        for (model, followed) in self.states.all() {
            let due = {
                let followed = followed.lock();
                let rested = followed.read_at.is_none_or(|(at, took)| at.elapsed() > took * AT_MOST);
                rested && followed.reading.is_worn()
            };
            if due {
                self.read(model);
            }
        }
        self.states.tidy();
        self.tended_at = Instant::now();
    }

    fn read(&mut self, id: ModelId) {
        let Some(model) = self.model(id) else { return self.forget(id) };
        let began = Instant::now();
        self.states.scanning();
        let read = scan::read(&*self.store, &model, self.states.bounds(), &|| !self.feed.is_closed());
        // What failed is tried again when it is next asked for.
        let Ok((reading, position, time)) = read else { return self.states.remove(id) };
        self.round += 1;
        let read_at = Some((Instant::now(), began.elapsed()));
        let followed =
            Followed { reading, position, time, round: self.round, changed: true, read_at, used_at: Instant::now(), model: Some(model) };
        self.states.put(id, followed);
        self.states.reached(self.stand.position);
    }

    /// Keeps what changed.
    fn keep(&mut self) {
        self.kept_at = Instant::now();
        let Some(kept) = &self.kept else { return };
        let all = self.states.all();
        // A file would be taken for complete up to the position that is kept last.
        let gone = |model: &ModelId| !all.iter().any(|(there, _)| there == model);
        let gone: Vec<ModelId> = kept.models().into_iter().filter(gone).collect();
        let mut changed = !gone.is_empty();
        gone.into_iter().for_each(|model| kept.remove(model));
        for (model, followed) in all {
            let (stand, body) = {
                let mut followed = followed.lock();
                if !std::mem::take(&mut followed.changed) {
                    continue;
                }
                (Stand { position: followed.position, time: followed.time }, followed.reading.save())
            };
            changed = true;
            kept.keep(model, stand, &body);
        }
        if changed && self.stand.position > 0 {
            kept.keep_position(self.stand);
        }
    }
}

impl FedRecord {
    /// Goes into a reading, unless it is in it; says whether the reading is one of its model as it is.
    fn goes_into(&self, followed: &mut Followed, bounds: Bounds) -> bool {
        if self.position <= followed.position {
            return true;
        }
        if !followed.model.as_ref().is_some_and(|known| Arc::ptr_eq(known, &self.model)) {
            if **followed.reading.shape() != Shape::of(&self.model) {
                return false;
            }
            followed.model = Some(self.model.clone());
        }
        let (before, after) = (self.before.as_ref().map(FedState::borrowed), self.after.as_ref().map(FedState::borrowed));
        followed.reading.change(self.id, before, after, bounds);
        (followed.position, followed.time, followed.changed) = (self.position, self.time, true);
        true
    }
}

/// Lets others go first where the system can do that for one thread.
fn give_way() {
    #[cfg(target_os = "linux")]
    let _ = rustix::process::setpriority_process(None, 5);
}
