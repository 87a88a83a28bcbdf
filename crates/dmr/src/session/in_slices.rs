//! A long job goes to the writer in slices: one is written while the next is made, and what is not taken now is handed in again, in order.

use crate::pending::Pending;
use dmr_core::{Code, Problem};
use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;

/// Slices on their way at once.
const IN_FLIGHT: usize = 2;
/// How often a slice is handed in again while the model keeps moving.
const TRIES: u32 = 10;
/// How long to wait before that.
const REST: Duration = Duration::from_millis(20);

/// Slices on their way, the oldest first.
pub(super) type OnTheirWay<S, L> = VecDeque<(Arc<S>, Pending<L>)>;

/// A job in slices.
pub(super) trait InSlices {
    /// What is handed in.
    type Slice;
    /// What became of it.
    type Landed;

    /// Those on their way.
    fn on_their_way(&mut self) -> &mut OnTheirWay<Self::Slice, Self::Landed>;

    /// Queues one.
    fn submit(&self, slice: &Arc<Self::Slice>) -> Pending<Self::Landed>;

    /// One is written.
    fn landed(&mut self, slice: &Self::Slice, landed: Self::Landed);

    /// Hands one in, as soon as there is room for it.
    fn hand_in(&mut self, slice: Arc<Self::Slice>) -> Result<(), Problem> {
        self.land_until(IN_FLIGHT - 1)?;
        let pending = self.submit(&slice);
        self.on_their_way().push_back((slice, pending));
        Ok(())
    }

    /// Waits until at most so many are on their way.
    fn land_until(&mut self, most: usize) -> Result<(), Problem> {
        while self.on_their_way().len() > most {
            let Some((slice, pending)) = self.on_their_way().pop_front() else { break };
            match pending.wait() {
                Ok(landed) => self.landed(&slice, landed),
                Err(problem) if passes(&problem) => self.again(slice)?,
                Err(problem) => return Err(problem),
            }
        }
        Ok(())
    }

    /// What was not taken now is handed in again, one after the other: it and all that came after it.
    fn again(&mut self, slice: Arc<Self::Slice>) -> Result<(), Problem> {
        let mut open = vec![slice];
        for (slice, pending) in std::mem::take(self.on_their_way()) {
            match pending.wait() {
                Ok(landed) => self.landed(&slice, landed),
                Err(problem) if passes(&problem) => open.push(slice),
                Err(problem) => return Err(problem),
            }
        }
        for slice in open {
            let landed = self.insist(&slice)?;
            self.landed(&slice, landed);
        }
        Ok(())
    }

    /// Hands one in until it is taken.
    fn insist(&self, slice: &Arc<Self::Slice>) -> Result<Self::Landed, Problem> {
        let mut tries = 0;
        loop {
            std::thread::sleep(REST);
            match self.submit(slice).wait() {
                Err(problem) if problem.code == Code::QueueFull => {}
                Err(problem) if problem.code == Code::ModelMoved && tries < TRIES => tries += 1,
                answer => return answer,
            }
        }
    }
}

/// Whether another try makes sense.
fn passes(problem: &Problem) -> bool {
    matches!(problem.code, Code::QueueFull | Code::ModelMoved)
}
