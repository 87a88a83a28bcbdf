//! How a database file is opened.

use crate::{Bounds, Clock, EachCommit, OnCommit};
use std::time::Duration;

/// When a commit counts as on disk.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Synchronous {
    /// When the disk says so (invariant 7).
    Full,
    /// When the system has it: acknowledged commands can be lost in a power cut. Exists so that the power-cut suite can show that it
    /// finds such losses.
    Normal,
}

/// How long the write-ahead log may become, in pages of 4 KiB.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WalBounds {
    /// So many new pages are copied into the file, beside the writer.
    pub copy_every: u64,
    /// From here on the writer tries to start the log again from its beginning, at most each `copy_every` pages.
    pub restart_from: u64,
    /// From here on it waits for readers to let go of what they read.
    pub wait_from: u64,
}

/// How a database file is opened.
#[derive(Clone)]
pub struct Options {
    /// Tells the time.
    pub clock: Clock,
    /// Told of each commit that changed the registry.
    pub on_commit: OnCommit,
    /// Told of every commit.
    pub each_commit: Option<EachCommit>,
    /// When a commit counts as on disk.
    pub synchronous: Synchronous,
    /// SQLite's name of the file system to use; none: the system's own.
    pub vfs: Option<String>,
    /// Bytes of pages the writer keeps.
    pub writer_cache: u64,
    /// Bytes of pages each reader keeps.
    pub reader_cache: u64,
    /// Bytes of the file that readers see through memory without copying.
    pub mapped: u64,
    /// How long the write-ahead log may become.
    pub wal: WalBounds,
    /// What may wait in each of the two queues.
    pub queue: Bounds,
    /// What goes into one commit; a command that is larger alone goes alone.
    pub batch: Bounds,
    /// The most structured models of a file: with very many tables each change of a layout costs every connection.
    pub most_structured: usize,
    /// How long the writer works at a time on what is made ready beside other writes.
    pub slice: Duration,
    /// How many rows a thread takes at once of a scan that several share; what has fewer than four times as many is scanned by one.
    pub stretch: u32,
}

impl Options {
    /// The usual ones.
    pub fn new(clock: Clock, on_commit: OnCommit) -> Self {
        const MEGABYTE: u64 = 1 << 20;
        Self {
            clock,
            on_commit,
            each_commit: None,
            synchronous: Synchronous::Full,
            vfs: None,
            writer_cache: 64 * MEGABYTE,
            reader_cache: 8 * MEGABYTE,
            mapped: 1024 * MEGABYTE,
            wal: WalBounds { copy_every: 1000, restart_from: 4000, wait_from: 6000 },
            queue: Bounds { commands: 10_000, rows: 200_000, bytes: 256 << 20 },
            batch: Bounds { commands: 512, rows: 20_000, bytes: 32 << 20 },
            most_structured: 500,
            slice: Duration::from_millis(8),
            stretch: 50_000,
        }
    }
}
