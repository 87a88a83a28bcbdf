//! Reader threads: lists and scans run here, never on the writer and never on the threads of whoever asks.

use crossbeam_channel::{Sender, bounded};
use dmr_core::{Code, Problem};
use parking_lot::Mutex;

type Task = Box<dyn FnOnce() + Send>;

/// A bounded queue before a few threads.
pub(crate) struct Pool {
    /// Protects the way in, which is gone once it is closed.
    tasks: Mutex<Option<Sender<Task>>>,
    /// Protects the threads, until they have ended.
    threads: Mutex<Vec<std::thread::JoinHandle<()>>>,
}

impl Pool {
    /// Starts threads.
    pub fn new(threads: usize, queue: usize) -> Result<Self, Problem> {
        let (tasks, queue) = bounded::<Task>(queue);
        let start = |at: usize| {
            let queue = queue.clone();
            std::thread::Builder::new().name(format!("dmr-reader-{at}")).spawn(move || queue.iter().for_each(|task| task()))
        };
        let threads = (0..threads)
            .map(start)
            .collect::<Result<_, _>>()
            .map_err(|error| Problem::new(Code::Internal, format!("a reader thread could not be started: {error}")))?;
        Ok(Self { tasks: Mutex::new(Some(tasks)), threads: Mutex::new(threads) })
    }

    /// Queues a task.
    ///
    /// # Errors
    /// [`Code::QueueFull`] where too many wait, [`Code::StoreClosed`].
    pub fn run(&self, task: impl FnOnce() + Send + 'static) -> Result<(), Problem> {
        let full = || Problem { retry_after: Some(1), ..Problem::new(Code::QueueFull, "too many readers are waiting") };
        self.tasks.lock().as_ref().ok_or_else(crate::registry::closed)?.try_send(Box::new(task)).map_err(|_| full())
    }

    /// Ends when what waits is done.
    pub fn close(&self) {
        drop(self.tasks.lock().take());
        for thread in self.threads.lock().drain(..) {
            // What runs here may close the registry: a thread cannot wait for itself.
            if thread.thread().id() != std::thread::current().id() {
                let _ = thread.join();
            }
        }
    }
}

impl Drop for Pool {
    fn drop(&mut self) {
        self.close();
    }
}
