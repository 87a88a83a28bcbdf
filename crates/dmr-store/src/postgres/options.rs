//! How a database on a server is opened.

use crate::{Bounds, Clock, EachCommit, OnCommit};
use std::time::Duration;

/// How a database on a server is opened.
#[derive(Clone)]
pub struct Options {
    /// Tells the time.
    pub clock: Clock,
    /// Told of each commit that changed the registry.
    pub on_commit: OnCommit,
    /// Told of every commit.
    pub each_commit: Option<EachCommit>,
    /// The most connections that read at the same time.
    pub readers: usize,
    /// How long a read waits for a connection, and how long a commit whose answer was lost is looked for.
    pub patience: Duration,
    /// What may wait in each of the two queues.
    pub queue: Bounds,
    /// What goes into one commit; a command that is larger alone goes alone.
    pub batch: Bounds,
}

impl Options {
    /// The usual ones.
    pub fn new(clock: Clock, on_commit: OnCommit) -> Self {
        Self {
            clock,
            on_commit,
            each_commit: None,
            readers: 8,
            patience: Duration::from_secs(10),
            queue: Bounds { commands: 10_000, rows: 200_000, bytes: 256 << 20 },
            batch: Bounds { commands: 64, rows: 20_000, bytes: 32 << 20 },
        }
    }
}
