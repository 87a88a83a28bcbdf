//! A SQLite file: one writer thread that commits in groups, readers on whatever threads read.

mod options;
mod fault;
mod schema;
mod connection;
mod table;
mod structured;
mod batch;
mod append;
mod apply;
mod lay_out;
mod read;
mod hint;
mod walk;
mod scan;
mod sift;
mod search;
mod entries;
mod shared;
mod writer;
mod checkpoint;
mod tell;
mod backup;
mod examine;

pub use crate::queue::Bounds;
pub use examine::{Contents, examine};
pub use options::{Options, Synchronous, WalBounds};
pub use schema::FORMAT;

use crate::backup::BackUp;
use crate::queue::{Task, closed};
use crate::{Copied, Figure, Job, Progress, Reader, Store};
use connection::Place;
use dmr_core::{Code, Problem, Value};
use parking_lot::Mutex;
use read::{Reading, View};
use shared::Shared;
use std::cell::{Cell, RefCell};
use std::path::Path;
use std::sync::Arc;
use std::sync::mpsc::sync_channel;
use std::thread::{self, JoinHandle};
use std::time::Instant;
use writer::Writer;

/// A SQLite file.
pub struct SqliteStore {
    shared: Arc<Shared>,
    /// Protects the threads, until they have ended.
    threads: Mutex<Vec<JoinHandle<()>>>,
}

/// Opens a database file, or makes it.
///
/// # Errors
/// [`Code::DataNewer`] and [`Code::DataDamaged`] for a file that is not for this program, which is left as it is; [`Code::DataOwned`]
/// where another process holds it; [`Code::StoreFull`] and [`Code::StoreFailed`].
pub fn open(path: &Path, options: Options) -> Result<SqliteStore, Problem> {
    let place = Place { path: path.to_owned(), options };
    place.prepare()?;
    // Stays open as long as the store: the shared memory of the write-ahead log must outlive a writer that is opened again.
    let checkpointer = place.checkpointer()?;
    let layouts = lay_out::read_layouts(&checkpointer)?;
    let shared = Arc::new(Shared::new(place, layouts));
    let writer = Writer::open(shared.clone())?;
    let copied = shared.clone();
    let threads = vec![
        spawn("dmr-writer", move || writer.run())?,
        spawn("dmr-checkpoint", move || checkpoint::copy_when_asked(&copied, &checkpointer))?,
    ];
    Ok(SqliteStore { shared, threads: Mutex::new(threads) })
}

impl Store for SqliteStore {
    fn name(&self) -> &'static str {
        "sqlite"
    }

    fn submit(&self, job: Job) {
        self.shared.queue.push(Task::Job(job));
    }

    fn read(&self, consistent: bool, with: &mut dyn FnMut(&dyn Reader) -> Result<(), Problem>) -> Result<(), Problem> {
        let connection = self.shared.borrow_reader()?;
        let done = if consistent {
            let layouts = self.shared.begin(&connection)?;
            let view = View::Snapshot { shared: &self.shared, layouts: RefCell::new(layouts), began: Cell::new(Instant::now()) };
            let done = with(&Reading { connection: &connection, view });
            self.shared.end(&connection).and(done)
        } else {
            with(&Reading { connection: &connection, view: View::Loose(&self.shared) })
        };
        self.shared.return_reader(connection);
        done
    }

    fn set_note(&self, name: &str, value: Option<&Value>) -> Result<(), Problem> {
        let (told, tells) = sync_channel(1);
        self.shared.queue.push(Task::Note(name.to_owned(), value.cloned(), told));
        tells.recv().unwrap_or_else(|_| Err(closed()))
    }

    fn figures(&self) -> Vec<Figure> {
        tell::figures(&self.shared)
    }

    fn back_up(&self, to: &Path, progress: Arc<Progress>) -> Result<Copied, Problem> {
        let (told, tells) = sync_channel(1);
        self.shared.queue.push(Task::BackUp(BackUp { path: to.to_owned(), progress, told }));
        let copied = tells.recv().unwrap_or_else(|_| Err(closed()))?;
        backup::on_disk(to).map(|()| copied)
    }

    fn close(&self) {
        self.shared.queue.close();
        for thread in self.threads.lock().drain(..) {
            // What the writer runs may close the store: it cannot wait for itself.
            if thread.thread().id() != thread::current().id() {
                // A thread that panicked has ended too.
                let _ = thread.join();
            }
        }
    }
}

impl Drop for SqliteStore {
    fn drop(&mut self) {
        self.close();
    }
}

fn spawn(name: &str, run: impl FnOnce() + Send + 'static) -> Result<JoinHandle<()>, Problem> {
    thread::Builder::new()
        .name(name.to_owned())
        .spawn(run)
        .map_err(|error| Problem::new(Code::StoreFailed, format!("no thread for the store: {error}")))
}
