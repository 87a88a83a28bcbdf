//! The thread that looks at the folder of models, as long as the registry is open.

use super::look::Folder;
use super::{ModelsFolder, StartSummary};
use crate::registry::{Inner, Registry};
use crossbeam_channel::{Receiver, RecvTimeoutError, Sender, bounded};
use dmr_core::{Code, Problem, Value};
use parking_lot::{Mutex, RwLock};
use std::sync::{Arc, OnceLock, Weak};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

/// The time between two looks.
const PAUSE: Duration = Duration::from_millis(250);
/// So many times as long as a look took is the pause at least: looking at a large folder takes a fiftieth of a processor at most.
const SHARE: u32 = 50;
/// The longest pause.
const LONGEST: Duration = Duration::from_secs(5);

/// The folder of models of a registry, where there is one.
#[derive(Default)]
pub(crate) struct Watched {
    start: OnceLock<StartSummary>,
    /// Protects the pointer to the last look; whoever reads takes a copy of it.
    last: Arc<RwLock<Option<Arc<ModelsFolder>>>>,
    /// Protects the thread, until it has ended.
    thread: Mutex<Option<(Sender<()>, JoinHandle<()>)>>,
}

impl Watched {
    /// What the start came to.
    pub fn start(&self) -> Option<&StartSummary> {
        self.start.get()
    }

    /// The last look.
    pub fn last(&self) -> Option<Arc<ModelsFolder>> {
        self.last.read().clone()
    }

    /// The last look as it is told; null where there is no folder.
    pub fn told(&self) -> Value {
        self.last().map_or(Value::Null, |folder| folder.told())
    }

    /// Keeps what the start came to, and begins to watch where that is wanted.
    ///
    /// # Errors
    /// That there is no thread.
    pub fn begin(&self, inner: &Arc<Inner>, folder: Folder) -> Result<(), Problem> {
        let told = folder.told();
        // It is set once: whoever opens a registry does so before anybody else has it.
        let _ = self.start.set(told.summary());
        *self.last.write() = Some(Arc::new(told));
        if !folder.watched {
            return Ok(());
        }
        let (stop, stopped) = bounded(1);
        let (registry, last) = (Arc::downgrade(inner), self.last.clone());
        let thread = std::thread::Builder::new().name("dmr-folder".to_owned()).spawn(move || run(&registry, folder, &last, &stopped));
        let thread = thread.map_err(|error| Problem::new(Code::Internal, format!("no thread for the folder of models: {error}")))?;
        *self.thread.lock() = Some((stop, thread));
        Ok(())
    }

    /// Ends the watching.
    pub fn end(&self) {
        let Some((stop, thread)) = self.thread.lock().take() else { return };
        drop(stop);
        if thread.thread().id() != std::thread::current().id() {
            // A thread that panicked has ended too.
            let _ = thread.join();
        }
    }
}

/// Looks until the registry is closed. It holds the registry only while it registers something, so that it keeps none open.
fn run(registry: &Weak<Inner>, mut folder: Folder, last: &RwLock<Option<Arc<ModelsFolder>>>, stopped: &Receiver<()>) {
    let mut pause = PAUSE;
    while stopped.recv_timeout(pause) == Err(RecvTimeoutError::Timeout) {
        let began = Instant::now();
        let (due, changed) = folder.look();
        pause = (began.elapsed() * SHARE).clamp(PAUSE, LONGEST);
        if !due.is_empty() {
            let Some(inner) = registry.upgrade() else { return };
            folder.take(due, &Registry::from(inner).system());
        } else if !changed {
            continue;
        }
        *last.write() = Some(Arc::new(folder.told()));
    }
}
