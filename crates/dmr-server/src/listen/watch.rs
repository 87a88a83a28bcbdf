//! What a connection is doing and since when, so that the slow and the idle can be told from the busy without a timer each.

use parking_lot::Mutex;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};
use tokio::task::AbortHandle;

/// How long the head of a request may take, in seconds.
const HEAD: u32 = 10;

/// How long a connection may be kept without a request, in seconds.
const IDLE: u32 = 75;

/// How long an answer may wait for its reader, in seconds.
const UNREAD: u32 = 60;

/// What a connection is doing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Phase {
    /// Between requests.
    Idle,
    /// The head of a request is arriving.
    Head,
    /// A request runs; its body has its own bounds.
    Busy,
    /// An answer is going out.
    Answer,
}

/// Seconds since the server began, advanced by one task: reading it costs nothing.
#[derive(Default)]
pub struct Seconds(AtomicU32);

impl Seconds {
    pub fn now(&self) -> u32 {
        self.0.load(Ordering::Relaxed)
    }

    pub fn pass(&self) {
        self.0.fetch_add(1, Ordering::Relaxed);
    }
}

/// One connection. The phase and the second it began stand in one number.
pub struct Watch {
    seconds: Arc<Seconds>,
    state: AtomicU64,
}

impl Watch {
    pub fn enter(&self, phase: Phase) {
        self.state.store(u64::from(self.seconds.now()) << 8 | phase as u64, Ordering::Relaxed);
    }

    pub fn phase(&self) -> Phase {
        Self::read(self.state.load(Ordering::Relaxed)).0
    }

    fn read(state: u64) -> (Phase, u32) {
        let phase = match state & 0xFF {
            0 => Phase::Idle,
            1 => Phase::Head,
            2 => Phase::Busy,
            _ => Phase::Answer,
        };
        (phase, u32::try_from(state >> 8).unwrap_or(u32::MAX))
    }

    fn since(&self) -> (Phase, u32) {
        let (phase, began) = Self::read(self.state.load(Ordering::Relaxed));
        (phase, self.seconds.now().saturating_sub(began))
    }

    fn is_over(&self) -> bool {
        let (phase, since) = self.since();
        match phase {
            Phase::Idle => since > IDLE,
            Phase::Head => since > HEAD,
            Phase::Busy => false,
            Phase::Answer => since > UNREAD,
        }
    }
}

/// All connections of a server.
pub struct Connections {
    pub seconds: Arc<Seconds>,
    /// Guards the list only; what a connection does is in its own number.
    all: Mutex<Vec<(Arc<Watch>, AbortHandle)>>,
}

impl Connections {
    pub fn new() -> Self {
        Self { seconds: Arc::default(), all: Mutex::default() }
    }

    pub fn watch(&self) -> Arc<Watch> {
        let watch = Watch { seconds: self.seconds.clone(), state: AtomicU64::new(0) };
        watch.enter(Phase::Head);
        Arc::new(watch)
    }

    pub fn add(&self, watch: Arc<Watch>, handle: AbortHandle) {
        self.all.lock().push((watch, handle));
    }

    pub fn len(&self) -> usize {
        self.all.lock().len()
    }

    /// Ends what took too long, and forgets what has ended.
    pub fn sweep(&self) {
        self.all.lock().retain(|(watch, handle)| {
            if watch.is_over() {
                handle.abort();
            }
            !handle.is_finished()
        });
    }

    /// Ends the connections that have been idle or half-open longest.
    pub fn evict(&self, number: usize) {
        let mut all = self.all.lock();
        all.retain(|(_, handle)| !handle.is_finished());
        let mut waiting: Vec<(u32, usize)> = all
            .iter()
            .enumerate()
            .filter(|(_, (watch, _))| matches!(watch.phase(), Phase::Idle | Phase::Head))
            .map(|(at, (watch, _))| (watch.since().1, at))
            .collect();
        waiting.sort_unstable_by(|one, other| other.cmp(one));
        for (_, at) in waiting.into_iter().take(number) {
            all[at].1.abort();
        }
    }

    /// Ends every connection in which no request runs; says whether any is left.
    pub fn end_idle(&self) -> bool {
        let mut all = self.all.lock();
        all.retain(|(watch, handle)| {
            if matches!(watch.phase(), Phase::Idle | Phase::Head) {
                handle.abort();
            }
            !handle.is_finished()
        });
        !all.is_empty()
    }

    /// Ends every connection.
    pub fn end_all(&self) {
        for (_, handle) in self.all.lock().drain(..) {
            handle.abort();
        }
    }
}
