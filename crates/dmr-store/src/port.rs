//! The port: what the registry asks of a store, in core's plain data.

use crate::{Copied, Figure, Progress};
use dmr_core::change::{Change, Outcome, Quarantined};
use dmr_core::decide::Work;
use dmr_core::log::Entry;
use dmr_core::model::{Model, ModelId};
use dmr_core::projection::{Documented, Places, Projection, Scanned};
use dmr_core::query::Predicate;
use dmr_core::record::{Record, RecordId, RecordRef};
use dmr_core::search::Probe;
use dmr_core::{Problem, Value};
use std::ops::ControlFlow;
use std::path::Path;
use std::sync::Arc;

/// Tells the time in microseconds since 1970 UTC.
pub type Clock = Arc<dyn Fn() -> i64 + Send + Sync>;

/// Called on the writer after a commit that changed the registry, before anyone is told of it and before the next decision.
pub type OnCommit = Arc<dyn Fn(&[Change]) + Send + Sync>;

/// Called on the writer for each command that changed anything, after its commit, before anyone is told of it and in the order of the log:
/// with the changes, the position of the last one's entry and the time they carry. What it takes the writer waits for.
pub type EachCommit = Arc<dyn Fn(&[Change], u64, i64) + Send + Sync>;

/// A command on its way to the writer.
pub struct Job {
    /// What decides, and is told.
    pub work: Box<dyn Work>,
    /// Whether it waits behind interactive commands (ingestion, backfill).
    pub background: bool,
    /// How many rows it may change; a batch and the queue are bounded by their sum.
    pub rows: usize,
    /// How many bytes it holds; a batch and the queue are bounded by their sum.
    pub bytes: usize,
}

/// A row of the registry.
#[derive(Debug, Clone, PartialEq)]
pub struct RegistryRow {
    /// What sort of thing.
    pub what: dmr_core::change::RegistryKind,
    /// Its key.
    pub key: String,
    /// What it is, as JSON text.
    pub body: Vec<u8>,
}

/// Where the records of a model are, in one process or on a server.
///
/// Jobs are decided in the order in which they were submitted, interactive ones first, each seeing what those before it did. A job is
/// told that it was committed when it is on disk; after a failed write nobody in the batch is told so.
pub trait Store: Send + Sync {
    /// Which store it is, for people: `sqlite`, `memory`, `postgres`.
    fn name(&self) -> &'static str;

    /// Queues a job. A full queue answers the job with [`dmr_core::Code::QueueFull`].
    fn submit(&self, job: Job);

    /// Reads, all at one moment where `consistent` (a transaction of at most 250 ms; longer reads go on from where they stopped).
    ///
    /// # Errors
    /// What `with` says, or that the store failed.
    fn read(&self, consistent: bool, with: &mut dyn FnMut(&dyn Reader) -> Result<(), Problem>) -> Result<(), Problem>;

    /// Scans living records, all at one moment, as [`Reader::scan`] does in a consistent read. Where that is worth it, stretches of them go
    /// to further receivers too, each on a thread of its own; each record goes to one.
    ///
    /// # Errors
    /// That the store failed.
    fn scan(&self, scan: &Scan<'_>, parts: &mut [EachPart<'_>]) -> Result<(), Problem> {
        let Some(first) = parts.first_mut() else { return Ok(()) };
        self.read(true, &mut |reader| reader.scan(scan, &mut **first))
    }

    /// Keeps a small value beside the state, or forgets it (without one); on disk when this returns. Not to be called by what runs on the
    /// writer ([`OnCommit`], a decision, `done`).
    ///
    /// # Errors
    /// That the store failed or is closed.
    fn set_note(&self, name: &str, value: Option<&Value>) -> Result<(), Problem>;

    /// Makes ready, in slices beside other writes, what a change of a model from `old` to `new` needs of its records, so that the change
    /// itself is short when it is submitted. It may be left out, it may be for nothing: the change does what is not done yet. `goes_on` is
    /// told how many records are done and says whether to go on.
    ///
    /// # Errors
    /// That the store failed or is closed, that it holds too many tables. Nothing of what was made ready is left then.
    fn prepare(&self, _old: &Arc<Model>, _new: &Arc<Model>, _goes_on: &dyn Fn(u64) -> bool) -> Result<(), Problem> {
        Ok(())
    }

    /// Forgets what was made ready for a change of a model that will not come; after one that came there is nothing to forget.
    fn forget(&self, _model: ModelId) {}

    /// How full the queue is, how large the write-ahead log, how much is stored: figures for operators.
    fn figures(&self) -> Vec<Figure>;

    /// Copies everything that is stored to a file, where nothing is yet, as it is at the moment at which the copy is complete; it is on disk when
    /// this returns. Commands are decided and committed meanwhile, and reads go on.
    ///
    /// # Errors
    /// [`dmr_core::Code::BehaviourUnavailable`] where the store keeps no file; that it failed, or that there is no room.
    fn back_up(&self, to: &Path, progress: Arc<Progress>) -> Result<Copied, Problem>;

    /// Finishes what is queued and closes. Jobs that come later are answered with [`dmr_core::Code::StoreClosed`].
    fn close(&self);
}

/// How many records a model has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Counts {
    /// That live.
    pub live: u64,
    /// That are deleted and can be restored.
    pub deleted: u64,
}

/// In which order records are walked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum WalkBy {
    /// By id.
    Id {
        /// Only ids after this (before it, in reverse).
        after: Option<RecordId>,
    },
    /// By the keys of an index; only live records are in one.
    Index {
        /// The index's id.
        index: u32,
        /// The smallest key, included.
        lower: Vec<u8>,
        /// The end, excluded; none: to the last key of the index.
        upper: Option<Vec<u8>>,
    },
}

/// A walk over the records of a model.
pub struct Walk<'a> {
    /// The model as it is now.
    pub model: &'a Arc<Model>,
    /// The order, and where it begins and ends.
    pub by: WalkBy,
    /// From the end.
    pub reverse: bool,
    /// Rows for which it is certainly not true may be left out. Core tests every row itself.
    pub hint: Option<&'a Predicate>,
}

/// A scan over the living records of a model, in whatever order is the fastest; in a consistent read all at one moment. A store need not
/// put records together for it.
pub struct Scan<'a> {
    /// The model as it is now.
    pub model: &'a Arc<Model>,
    /// Only a stretch of an index; only live records are in one.
    pub stretch: Option<Stretch<'a>>,
    /// Rows for which it is certainly not true may be left out. Core tests every row itself.
    pub hint: Option<&'a Predicate>,
    /// What is read of each record.
    pub projection: &'a Projection,
    /// Asked now and then where many rows are left out one after the other: whether to go on.
    pub goes_on: &'a (dyn Fn() -> bool + Sync),
}

/// A stretch of an index; only live records are in one.
#[derive(Debug, Clone, Copy)]
pub struct Stretch<'a> {
    /// The index's id.
    pub index: u32,
    /// The smallest key, included.
    pub lower: &'a [u8],
    /// The end, excluded; none: to the last key of the index.
    pub upper: Option<&'a [u8]>,
}

impl Scan<'_> {
    /// The same as a walk.
    pub fn walk(&self) -> Walk<'_> {
        let by = match self.stretch {
            Some(Stretch { index, lower, upper }) => WalkBy::Index { index, lower: lower.to_vec(), upper: upper.map(<[u8]>::to_vec) },
            None => WalkBy::Id { after: None },
        };
        Walk { model: self.model, by, reverse: false, hint: self.hint }
    }

    /// Hands on a record that is there whole, where it lives.
    pub fn hand(&self, record: RecordRef<'_>, places: &mut Places, each: EachScanned<'_>) -> ControlFlow<()> {
        if record.deleted_at.is_some() {
            return ControlFlow::Continue(());
        }
        self.projection.find(record.doc, places);
        each(&Documented { record, places })
    }
}

/// What a scan hands its records to, until that says stop.
pub type EachScanned<'a> = &'a mut dyn FnMut(&dyn Scanned) -> ControlFlow<()>;

/// The same for one of several threads.
pub type EachPart<'a> = Box<dyn FnMut(&dyn Scanned) -> ControlFlow<()> + Send + 'a>;

/// A search among the live records of a model.
pub struct Search<'a> {
    /// The model as it is now.
    pub model: &'a Arc<Model>,
    /// What has to be there.
    pub probe: &'a Probe,
}

/// A stretch of the log.
#[derive(Debug, Clone, Default)]
pub struct LogRange {
    /// Only entries of this model.
    pub model: Option<ModelId>,
    /// Only entries of this record (with `model`).
    pub record: Option<RecordId>,
    /// Only entries after this position.
    pub after: Option<u64>,
    /// Only entries before this position.
    pub before: Option<u64>,
    /// Only entries of at least this time (microseconds since 1970 UTC).
    pub since: Option<i64>,
    /// Only entries of at most this time.
    pub until: Option<i64>,
    /// Only entries of at least this version of the record.
    pub from_version: Option<u64>,
    /// Only entries of at most this version of the record.
    pub to_version: Option<u64>,
    /// Newest first.
    pub reverse: bool,
}

impl LogRange {
    /// Whether an entry lies in it.
    pub fn holds(&self, entry: &Entry) -> bool {
        self.model.is_none_or(|model| entry.model == model)
            && self.record.is_none_or(|record| entry.record == record)
            && self.after.is_none_or(|after| entry.position > after)
            && self.before.is_none_or(|before| entry.position < before)
            && self.since.is_none_or(|since| entry.time >= since)
            && self.until.is_none_or(|until| entry.time <= until)
            && self.from_version.is_none_or(|from| entry.version >= from)
            && self.to_version.is_none_or(|to| entry.version <= to)
    }
}

/// Stored state, at one moment where the read is consistent.
pub trait Reader {
    /// Every row of the registry, by kind and key.
    ///
    /// # Errors
    /// That the store failed; so everywhere here.
    fn registry(&self) -> Result<Vec<RegistryRow>, Problem>;

    /// A record, deleted ones too.
    fn record(&self, model: &Arc<Model>, id: RecordId) -> Result<Option<Record>, Problem>;

    /// Hands a record to `with` as it lies in the store, without copying it.
    fn with_record(&self, model: &Arc<Model>, id: RecordId, with: &mut dyn FnMut(Option<RecordRef<'_>>)) -> Result<(), Problem>;

    /// The live record that holds a unique key.
    fn unique(&self, model: ModelId, constraint: u32, key: &[u8]) -> Result<Option<RecordId>, Problem>;

    /// Every unique key of a model: constraint, key, record.
    fn uniques(&self, model: ModelId) -> Result<Vec<(u32, Vec<u8>, RecordId)>, Problem>;

    /// Walks records in order until `each` says stop. `each` gets the key in the index (empty for a walk by id) and the record.
    fn walk(&self, walk: &Walk<'_>, each: &mut dyn FnMut(&[u8], RecordRef<'_>) -> ControlFlow<()>) -> Result<(), Problem>;

    /// Scans living records until `each` says stop. It holds one snapshot for as long as it takes: whoever scans keeps a budget of time.
    fn scan(&self, scan: &Scan<'_>, each: EachScanned<'_>) -> Result<(), Problem> {
        let mut places = Places::default();
        self.walk(&scan.walk(), &mut |_, record| scan.hand(record, &mut places, each))
    }

    /// Hands out live records among which are all that hold what is looked for, each once, in no order that means anything, until `each`
    /// says stop. Core looks at each of them itself, so that a store without an index of words may hand out every record.
    fn search(&self, search: &Search<'_>, each: &mut dyn FnMut(RecordRef<'_>) -> ControlFlow<()>) -> Result<(), Problem> {
        let walk = Walk { model: search.model, by: WalkBy::Id { after: None }, reverse: false, hint: None };
        self.walk(&walk, &mut |_, record| if record.deleted_at.is_none() { each(record) } else { ControlFlow::Continue(()) })
    }

    /// How many keys there are in a stretch of an index, counted up to so many.
    fn keys(&self, model: ModelId, stretch: &Stretch<'_>, most: u64) -> Result<u64, Problem>;

    /// How many records a model has: exact, kept in each commit.
    fn counts(&self, model: ModelId) -> Result<Counts, Problem>;

    /// Walks entries of the log (bucket 0) in order of position until `each` says stop.
    fn log(&self, range: &LogRange, each: &mut dyn FnMut(&Entry) -> ControlFlow<()>) -> Result<(), Problem>;

    /// Quarantined rows of an ingest (of all, without one), in order of id, after one.
    fn quarantine(&self, ingest: Option<RecordId>, after: Option<RecordId>, limit: usize) -> Result<Vec<Quarantined>, Problem>;

    /// A quarantined row.
    fn quarantined(&self, ingest: RecordId, id: RecordId) -> Result<Option<Quarantined>, Problem>;

    /// What a request with an idempotency key came to.
    fn outcome(&self, scope: &[u8; 32]) -> Result<Option<Outcome>, Problem>;

    /// Everything kept for idempotency keys, in order of scope. What has expired goes when the next is kept.
    fn outcomes(&self) -> Result<Vec<Outcome>, Problem>;

    /// A small value the store keeps beside the state (secrets of this data directory, positions of readings); not logged, not state.
    fn note(&self, name: &str) -> Result<Option<Value>, Problem>;
}
