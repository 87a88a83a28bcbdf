//! The second pass of an ingest: rows go to the writer in slices, two at a time, each as large as the writer does in its time.

use super::super::Session;
use super::super::in_slices::{InSlices, OnTheirWay};
use super::super::pace::Pace;
use super::MOST_SET_ASIDE;
use super::running::Live;
use super::slice::{Landed, Slice};
use super::stretch::{Checked, Stretch};
use crate::pending::Pending;
use crate::submission::Make;
use dmr_core::Problem;
use dmr_core::model::Model;
use dmr_core::permission::Operation;
use dmr_core::record::RecordId;
use dmr_ingest::{Outcome, Rows};
use parking_lot::Mutex;
use std::sync::Arc;
use std::sync::atomic::Ordering;

/// Told how far an ingest is: bytes done of all bytes, each byte counted once for each time it is read.
pub type Told = Arc<dyn Fn(u64, u64) + Send + Sync>;

/// How far an ingest is, for whoever watches.
pub(super) struct Meter {
    pub live: Arc<Live>,
    pub told: Option<Told>,
    /// Bytes of earlier passes.
    pub before: u64,
    /// Bytes of all passes.
    pub total: u64,
}

impl Meter {
    /// So many bytes of this pass are done.
    pub fn tell(&self, bytes: u64) {
        if let Some(told) = &self.told {
            told((self.before + bytes).min(self.total), self.total);
        }
    }
}

/// The second pass.
pub(super) struct Load {
    pub session: Session,
    pub ingest: RecordId,
    /// The model as it was when the input was laid out.
    pub model: Arc<Model>,
    pub meter: Meter,
    pub most_set_aside: u64,
    pace: Pace,
    on_their_way: OnTheirWay<Stretch, Landed>,
}

impl Load {
    /// A pass into a model.
    pub fn new(session: Session, ingest: RecordId, model: Arc<Model>, meter: Meter) -> Self {
        Self { session, ingest, model, meter, most_set_aside: MOST_SET_ASIDE, pace: Pace::new(), on_their_way: OnTheirWay::new() }
    }

    /// Takes the rows in, from the one after `from` on; when it comes back nothing is on its way any more.
    ///
    /// # Errors
    /// Why it stopped before the end of the input.
    pub fn run(&mut self, first: Option<Outcome>, rows: &mut Rows, from: u64) -> Result<(), Problem> {
        let result = self.all(first, rows, from).and_then(|()| self.land_until(0));
        if result.is_ok() {
            // Where the last slice was full with the last row, nobody had looked beyond that row yet.
            self.meter.tell(rows.byte());
        }
        // What is on its way is waited for, also where an earlier one failed: the entry tells exactly what is there.
        for (_, pending) in self.on_their_way.drain(..) {
            let _ = pending.wait();
        }
        result
    }

    fn all(&mut self, mut first: Option<Outcome>, rows: &mut Rows, mut from: u64) -> Result<(), Problem> {
        loop {
            let mut checked = self.begin()?;
            while !checked.is_full(self.pace.size) {
                let outcome = match first.take() {
                    Some(outcome) => outcome,
                    None => match rows.next() {
                        Some(outcome) => outcome?,
                        None => break,
                    },
                };
                checked.add(&self.session, outcome)?;
            }
            let count = checked.rows() as u64;
            if count == 0 {
                return Ok(());
            }
            let (most, bytes) = (self.most_set_aside, rows.byte());
            let stretch = Stretch { ingest: self.ingest, from, bytes, most_set_aside: most, checked: Mutex::new(checked) };
            from += count;
            self.hand_in(Arc::new(stretch))?;
        }
    }

    /// An empty stretch under what the asker may do now.
    fn begin(&mut self) -> Result<Checked, Problem> {
        if self.session.asker.stamp != self.session.inner.catalog.read().people.stamp {
            self.session = self.session.renewed()?;
        }
        let seen = self.session.model_for(&self.model.head.name.to_string(), Operation::Create)?;
        let renames = renames(&self.model, &seen.model);
        Ok(Checked::new(self.ingest, seen, &self.session, renames))
    }
}

impl InSlices for Load {
    type Slice = Stretch;
    type Landed = Landed;

    fn on_their_way(&mut self) -> &mut OnTheirWay<Stretch, Landed> {
        &mut self.on_their_way
    }

    fn submit(&self, stretch: &Arc<Stretch>) -> Pending<Landed> {
        let (name, model, stretch) = (self.model.head.name.to_string(), self.model.id(), stretch.clone());
        let make: Make<Slice> = Arc::new(move |session: &Session| Slice::prepare(session, &name, model, &stretch));
        self.session.submit(make, Slice::landed, true)
    }

    fn landed(&mut self, stretch: &Stretch, landed: Landed) {
        self.meter.live.bytes.store(stretch.bytes, Ordering::Relaxed);
        self.meter.tell(stretch.bytes);
        self.pace.landed(landed.rows, landed.took);
    }
}

/// Fields that got another name since the input was laid out: ids are identity, names are labels (invariant 8).
fn renames(then: &Model, now: &Model) -> Vec<(String, String)> {
    if then.head.stamp == now.head.stamp {
        return Vec::new();
    }
    let renamed = then.fields.iter().filter_map(|old| Some((old, now.field_at(&[old.id])?)));
    renamed.filter(|(old, new)| old.name() != new.name()).map(|(old, new)| (old.name().to_owned(), new.name().to_owned())).collect()
}
