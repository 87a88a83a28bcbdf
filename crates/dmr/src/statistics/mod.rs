//! Statistics kept up beside the writing (X1, X2): a reading of the log, with its own position.
//!
//! The writer leaves what it committed in a bounded queue ([`feed`]); a thread of low priority takes it in, in slices ([`follow`]). Where the
//! queue was too short, and after a start, the thread reads what it lacks from the log ([`log`]), and what the log does not tell from the
//! records themselves ([`scan`]). States are kept in files beside the database now and then, each with its position ([`kept`]): layout, not
//! state; whatever does not fit is thrown away and read anew.

mod feed;
mod follow;
mod kept;
mod log;
mod scan;
mod states;

pub(crate) use feed::Feed;
pub(crate) use scan::projection;
pub(crate) use states::{Followed, States, Wanted};

use crate::settings;
use dmr_core::catalog::Catalog;
use dmr_core::{Code, Problem};
use dmr_store::{Figure, Store, Unit};
use follow::Follower;
use parking_lot::{Mutex, RwLock};
use std::path::Path;
use std::sync::Arc;
use std::thread::JoinHandle;

/// The reading, while it runs.
pub(crate) struct Statistics {
    pub feed: Arc<Feed>,
    pub states: Arc<States>,
    /// Protects the thread, until it has ended.
    thread: Mutex<Option<JoinHandle<()>>>,
}

impl Statistics {
    /// Starts the thread; before anything is written.
    ///
    /// # Errors
    /// That the store failed, or that there is no thread.
    pub fn start(
        feed: Arc<Feed>,
        store: Arc<dyn Store>,
        catalog: Arc<RwLock<Catalog>>,
        directory: Option<&Path>,
        settings: &settings::Statistics,
    ) -> Result<Self, Problem> {
        let stand = log::newest(&*store)?;
        feed.begin_at(stand.position, stand.time);
        let states = Arc::new(States::new(settings));
        let kept = directory.map(|directory| kept::Kept::new(directory.join("statistics")));
        let follower = Follower::new(feed.clone(), states.clone(), store, catalog, kept, stand);
        let thread = std::thread::Builder::new().name("dmr-statistics".to_owned()).spawn(move || follower.run());
        let thread = thread.map_err(|error| Problem::new(Code::Internal, format!("no thread for statistics: {error}")))?;
        Ok(Self { feed, states, thread: Mutex::new(Some(thread)) })
    }

    /// Takes in what was committed, keeps the states and ends. The store has to be closed before, so that nothing more comes.
    pub fn close(&self) {
        self.feed.close();
        if let Some(thread) = self.thread.lock().take()
            && thread.thread().id() != std::thread::current().id()
        {
            // A thread that panicked has ended too.
            let _ = thread.join();
        }
        self.states.end();
    }

    /// Figures for operators.
    pub fn figures(&self) -> [Figure; 6] {
        let (models, bytes) = self.states.size();
        let behind = self.feed.newest().saturating_sub(self.states.position());
        [
            Figure::gauge("statistics_behind", Unit::Things, behind, "Entries of the log that statistics have not read yet."),
            Figure::gauge("statistics_waiting", Unit::Things, self.feed.waiting(), "Commits that wait to be read by them."),
            Figure::gauge("statistics_models", Unit::Things, models, "Models whose statistics are in memory."),
            Figure::counter(
                "statistics_log_entries",
                Unit::Things,
                self.states.log_entries(),
                "Entries that statistics read from the log.",
            ),
            Figure::counter("statistics_scans", Unit::Things, self.states.scans(), "How often statistics were made anew from the records."),
            Figure::gauge("statistics", Unit::Bytes, bytes, "Memory of statistics."),
        ]
    }
}

impl Drop for Statistics {
    fn drop(&mut self) {
        self.close();
    }
}
