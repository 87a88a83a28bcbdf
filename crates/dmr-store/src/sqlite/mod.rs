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
mod filling;
mod sweep;
mod read;
mod hint;
mod walk;
mod scan;
mod together;
mod sift;
mod search;
mod entries;
mod shared;
mod writer;
mod checkpoint;
mod tell;
mod backup;
mod examine;
mod survey;

pub use crate::queue::Bounds;
pub use examine::{Contents, examine};
pub use options::{Options, Synchronous, WalBounds};
pub use schema::FORMAT;
pub use survey::{Surveyed, survey};

use crate::aside::{Aside, Filled};
use crate::backup::BackUp;
use crate::queue::{Task, closed};
use crate::{Copied, EachPart, Figure, Job, Progress, Reader, Scan, Store};
use connection::Place;
use dmr_core::model::{Model, ModelId, Storage};
use dmr_core::{Code, Problem, Value};
use parking_lot::Mutex;
use read::{Reading, View};
use shared::Shared;
use std::cell::{Cell, RefCell};
use std::path::Path;
use std::sync::Arc;
use std::sync::mpsc::sync_channel;
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};
use writer::Writer;

/// How long what goes on beside commands waits for room in the queue.
const ROOM: Duration = Duration::from_millis(5);

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

    fn scan(&self, scan: &Scan<'_>, parts: &mut [EachPart<'_>]) -> Result<(), Problem> {
        match parts {
            [first, second, ..] => together::scan(&self.shared, scan, first, second),
            [first] => self.read(true, &mut |reader| reader.scan(scan, &mut **first)),
            [] => Ok(()),
        }
    }

    fn set_note(&self, name: &str, value: Option<&Value>) -> Result<(), Problem> {
        let (told, tells) = sync_channel(1);
        self.shared.queue.push(Task::Note(name.to_owned(), value.cloned(), told));
        tells.recv().unwrap_or_else(|_| Err(closed()))
    }

    fn prepare(&self, old: &Arc<Model>, new: &Arc<Model>, goes_on: &dyn Fn(u64) -> bool) -> Result<(), Problem> {
        if new.storage() == Storage::Flexible && self.is_numbered_twice(new.id())? {
            return Ok(());
        }
        let run = || {
            let mut progress = self.aside(Aside::Begin(old.clone(), new.clone()))?;
            while let Filled::More(records) = progress {
                if !goes_on(records) {
                    return Err(Problem::new(Code::StoreClosed, "it was broken off"));
                }
                progress = self.aside(Aside::Slice(new.id()))?;
            }
            Ok(())
        };
        run().inspect_err(|_| self.forget(new.id()))
    }

    fn forget(&self, model: ModelId) {
        self.shared.queue.push(Task::Aside(Aside::Forget(model), None));
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

impl SqliteStore {
    /// Has the writer do something beside commands. Where the queue is full it waits for room.
    fn aside(&self, what: Aside) -> Result<Filled, Problem> {
        loop {
            let (told, tells) = sync_channel(1);
            self.shared.queue.push(Task::Aside(what.clone(), Some(told)));
            match tells.recv().unwrap_or_else(|_| Err(closed())) {
                Err(problem) if problem.code == Code::QueueFull => thread::sleep(ROOM),
                answer => return answer,
            }
        }
    }

    /// Whether a row of a model's own table has the number of a row in the shared one: files of before such numbers were given once.
    fn is_numbered_twice(&self, model: ModelId) -> Result<bool, Problem> {
        let (layouts, _) = self.shared.layouts();
        let Some(own) = layouts.0.get(&model) else { return Ok(false) };
        let connection = self.shared.borrow_reader()?;
        let sql = format!("SELECT EXISTS(SELECT 1 FROM {} AS own JOIN record AS r ON r.row = own.row AND r.model <> ?1)", own.name);
        let twice = connection.query_row(&sql, [model.0], |row| row.get(0)).map_err(fault::failed);
        self.shared.return_reader(connection);
        twice
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
