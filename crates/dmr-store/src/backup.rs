//! Copies of what is stored: how they are asked for, and what they are of.

use dmr_core::Problem;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::AtomicU64;
use std::sync::mpsc::SyncSender;

/// How far a copy is.
#[derive(Debug, Default)]
pub struct Progress {
    /// Pages that are copied.
    pub done: AtomicU64,
    /// Pages there are.
    pub of: AtomicU64,
}

/// What a copy is of: the moment at which it was complete.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Copied {
    /// The position of the last entry of the log.
    pub position: u64,
    /// The leaf of that entry, in hexadecimal; none where the log is empty.
    pub leaf: Option<String>,
    /// Records that live.
    pub live: u64,
    /// Records that are deleted and can be restored.
    pub deleted: u64,
}

/// A copy that is asked for.
pub(crate) struct BackUp {
    /// Where it is to be; nothing is there.
    pub path: PathBuf,
    pub progress: Arc<Progress>,
    pub told: SyncSender<Result<Copied, Problem>>,
}

impl BackUp {
    /// Tells what came of it. Whoever asked may have stopped waiting.
    pub fn tell(self, came: Result<Copied, Problem>) {
        drop(self.told.send(came));
    }
}
