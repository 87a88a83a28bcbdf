//! The registry: core, a store and ingestion behind one face.

use crate::accesses::Accesses;
use crate::builder::Builder;
use crate::cursor::Seal;
use crate::folder::Watched;
use crate::ids::Ids;
use crate::linked::LinkedModel;
use crate::owner::Lock;
use crate::pool::Pool;
use crate::sequences::Sequences;
use crate::session::{Ingests, Jobs, Session, Workloads};
use crate::settings::{InForce, Settings};
use crate::statistics::{Feed, Statistics};
use crate::telling::Found;
use dmr_core::catalog::Catalog;
use dmr_core::change::{Change, RegistryKind};
use dmr_core::principal::Asker;
use dmr_core::{Code, Problem, Value, log};
use dmr_store::{Clock, EachCommit, Figure, OnCommit, Store};
use parking_lot::{Mutex, RwLock};
use sha2::{Digest, Sha256};
use std::collections::HashSet;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, OnceLock};

/// How many threads read lists; more would only take the processor from the writer.
const READERS: usize = 2;
/// How many lists may wait.
const WAITING_READS: usize = 10_000;

/// A dynamic model registry. Cheap to clone; closed by [`Registry::close`], else when the last clone and the last session are gone.
#[derive(Clone)]
pub struct Registry {
    pub(crate) inner: Arc<Inner>,
}

/// What clones of a registry share.
pub(crate) struct Inner {
    /// Everything registered. Written by the store's writer alone, after a commit.
    pub catalog: Arc<RwLock<Catalog>>,
    pub store: Arc<dyn Store>,
    /// What it was opened with, and what was changed since.
    pub in_force: Arc<InForce>,
    pub clock: Clock,
    pub ids: Ids,
    pub seal: Seal,
    pub pool: Pool,
    pub directory: Option<PathBuf>,
    /// Requests with an idempotency key that still run.
    pub running: Mutex<HashSet<[u8; 32]>>,
    /// SHA-256 of the credential that dies with this process.
    pub owner: Mutex<Option<[u8; 32]>>,
    /// Keeps the making of the local principal and of administrators to one at a time.
    pub people: Mutex<()>,
    /// How often a view was there already.
    pub views: Found,
    /// The ingests of this process.
    pub ingests: Arc<Ingests>,
    /// The statistics that are kept up; none where the settings say so.
    pub statistics: Option<Statistics>,
    /// The changes of models that run as jobs.
    pub jobs: Jobs,
    /// Numbers that are given once.
    pub sequences: Sequences,
    /// What was asked of the models' records.
    pub workloads: Workloads,
    pub is_new: bool,
    /// The folder of models: what its files came to, at the start and since.
    pub folder: Watched,
    /// What the structs of this program came to.
    pub linked: OnceLock<Vec<LinkedModel>>,
    /// Who came to which model, or was kept from it.
    pub accesses: Accesses,
    /// Protects the lock of the data directory, which is given back by closing; held while that is done.
    lock: Mutex<Option<Lock>>,
    closed: AtomicBool,
}

impl From<Arc<Inner>> for Registry {
    fn from(inner: Arc<Inner>) -> Self {
        Self { inner }
    }
}

impl Inner {
    pub(crate) fn open(builder: Builder) -> Result<Arc<Self>, Problem> {
        let catalog = Arc::new(RwLock::new(Catalog::default()));
        let in_force = Arc::new(InForce::new(builder.settings));
        let on_commit = on_commit(catalog.clone(), in_force.clone());
        let settings = &in_force.start.statistics;
        let feed = settings.enabled.then(|| Arc::new(Feed::new(settings)));
        let (store, lock): (Arc<dyn Store>, Option<Lock>) = match &builder.data {
            None => {
                let store = dmr_store::memory::open(builder.clock.clone(), on_commit);
                let store = match &feed {
                    Some(feed) => store.telling(each_commit(feed)),
                    None => store,
                };
                (Arc::new(store), None)
            }
            Some(directory) => {
                make_directory(directory)?;
                let lock = Lock::take(directory)?;
                let mut options = dmr_store::sqlite::Options::new(builder.clock.clone(), on_commit);
                options.most_structured = in_force.start.storage.max_structured;
                options.each_commit = feed.as_ref().map(each_commit);
                (Arc::new(dmr_store::sqlite::open(&directory.join(crate::backup::DATABASE), options)?), Some(lock))
            }
        };
        let is_new = load(&*store, &catalog)?;
        in_force.renew(&catalog.read());
        hold_to(&catalog, &in_force);
        let start = |feed| Statistics::start(feed, store.clone(), catalog.clone(), builder.data.as_deref(), settings);
        let statistics = feed.map(start).transpose()?;
        let secret = secret_of(&*store, builder.secret)?;
        Ok(Arc::new(Self {
            catalog,
            store,
            in_force,
            clock: builder.clock,
            ids: builder.ids,
            seal: Seal::new(&secret),
            pool: Pool::new(READERS, WAITING_READS)?,
            directory: builder.data,
            running: Mutex::default(),
            owner: Mutex::default(),
            people: Mutex::default(),
            views: Found::default(),
            ingests: Arc::default(),
            statistics,
            jobs: Jobs::default(),
            sequences: Sequences::default(),
            workloads: Workloads::default(),
            is_new,
            folder: Watched::default(),
            linked: OnceLock::new(),
            accesses: Accesses::default(),
            lock: Mutex::new(lock),
            closed: AtomicBool::new(false),
        }))
    }

    /// The time now, in microseconds since 1970 UTC.
    pub fn now(&self) -> i64 {
        (self.clock)()
    }

    /// The settings that hold now.
    pub fn settings(&self) -> Arc<Settings> {
        self.in_force.now()
    }

    /// That it was not closed yet.
    ///
    /// # Errors
    /// [`Code::StoreClosed`].
    pub fn open_still(&self) -> Result<(), Problem> {
        if self.closed.load(Ordering::Acquire) { Err(closed()) } else { Ok(()) }
    }

    /// Finishes what is queued and lets go of threads, files and, last, the lock.
    fn close(&self) {
        let mut lock = self.lock.lock();
        self.closed.store(true, Ordering::Release);
        self.folder.end();
        self.store.close();
        if let Some(statistics) = &self.statistics {
            statistics.close();
        }
        self.pool.close();
        *self.owner.lock() = None;
        *lock = None;
    }
}

/// What comes after closing is told.
pub(crate) fn closed() -> Problem {
    Problem::new(Code::StoreClosed, "the registry is closed")
}

impl Drop for Inner {
    fn drop(&mut self) {
        self.close();
    }
}

/// One that is made is its user's alone: what is in it is for those whom the registry lets in.
fn make_directory(directory: &Path) -> Result<(), Problem> {
    let mut maker = std::fs::DirBuilder::new();
    maker.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut maker, 0o700);
    maker.create(directory).map_err(|error| Problem::new(Code::FileUnreadable, format!("{} cannot be made: {error}", directory.display())))
}

fn on_commit(catalog: Arc<RwLock<Catalog>>, in_force: Arc<InForce>) -> OnCommit {
    Arc::new(move |changes: &[Change]| {
        // What was just decided from this catalog fits it; a fault here would have been one of the decision.
        let _ = catalog.write().apply(changes);
        if changes.iter().any(|change| matches!(change, Change::Registry(change) if change.what == RegistryKind::Setting)) {
            in_force.renew(&catalog.read());
            hold_to(&catalog, &in_force);
            tracing::info!(target: "dmr::settings", "settings were changed");
        }
    })
}

/// Has the catalog hold to the export list that is in force.
fn hold_to(catalog: &RwLock<Catalog>, in_force: &InForce) {
    let rule = in_force.now().gatekeeper.rule();
    catalog.write().people.set_gatekeeper(rule);
}

fn each_commit(feed: &Arc<Feed>) -> EachCommit {
    let feed = feed.clone();
    Arc::new(move |changes: &[Change], position, time| feed.put(changes, position, time))
}

/// Loads the registry's rows, versions before heads; tells whether there were none.
fn load(store: &dyn Store, catalog: &RwLock<Catalog>) -> Result<bool, Problem> {
    let mut is_new = true;
    store.read(true, &mut |reader| {
        let mut rows = reader.registry()?;
        is_new = rows.is_empty();
        rows.sort_by_key(|row| row.what == RegistryKind::Model);
        let mut catalog = catalog.write();
        rows.into_iter().try_for_each(|row| catalog.load(row.what, &row.key, row.body))
    })?;
    Ok(is_new)
}

/// The secret of this data directory, made at its first start; `given` by tests that need the same one twice.
fn secret_of(store: &dyn Store, given: Option<[u8; 32]>) -> Result<[u8; 32], Problem> {
    const NOTE: &str = "secret";
    let mut kept = None;
    store.read(false, &mut |reader| {
        kept = reader.note(NOTE)?;
        Ok(())
    })?;
    let known = kept.as_ref().and_then(Value::as_str).and_then(log::unhex).and_then(|bytes| bytes.try_into().ok());
    if let Some(secret) = known {
        return Ok(secret);
    }
    let secret = given.map_or_else(random, Ok)?;
    store.set_note(NOTE, Some(&Value::String(log::hex(&secret))))?;
    Ok(secret)
}

/// Bytes nobody can guess.
pub(crate) fn random() -> Result<[u8; 32], Problem> {
    let mut bytes = [0; 32];
    getrandom::fill(&mut bytes).map_err(|error| Problem::new(Code::Internal, format!("the system gives no random bytes: {error}")))?;
    Ok(bytes)
}

impl Registry {
    /// How a registry is opened.
    pub fn builder() -> Builder {
        Builder::new()
    }

    /// Opens the registry in a directory, which is made if it is not there.
    ///
    /// # Errors
    /// As [`Builder::open`].
    pub fn open(directory: impl AsRef<Path>) -> Result<Self, Problem> {
        Self::builder().data(directory.as_ref()).open()
    }

    /// A registry in memory.
    ///
    /// # Errors
    /// As [`Builder::open`].
    pub fn memory() -> Result<Self, Problem> {
        Self::builder().open()
    }

    /// The settings that hold now: what it was opened with, and what was changed since.
    pub fn settings(&self) -> Arc<Settings> {
        self.inner.settings()
    }

    /// Tells somebody the settings that hold, now and after each change. It is told on the thread that writes: it has to be quick, and to ask
    /// nothing of the registry.
    pub fn watch_settings(&self, tell: impl Fn(&Settings) + Send + 'static) {
        self.inner.in_force.watch(Box::new(tell));
    }

    /// The data directory; none for a registry in memory.
    pub fn directory(&self) -> Option<&Path> {
        self.inner.directory.as_deref()
    }

    /// Whether nothing was there when it was opened.
    pub fn is_new(&self) -> bool {
        self.inner.is_new
    }

    /// Who a bearer credential stands for; without one, whoever comes without one (P7).
    ///
    /// # Errors
    /// [`Code::CredentialInvalid`]: a bad credential is never anonymous; [`Code::StoreClosed`].
    pub fn authenticate(&self, bearer: Option<&str>) -> Result<Arc<Asker>, Problem> {
        self.inner.open_still()?;
        let catalog = self.inner.catalog.read();
        let Some(bearer) = bearer else { return Ok(Arc::new(catalog.people.anonymous())) };
        let hash: [u8; 32] = Sha256::digest(bearer.as_bytes()).into();
        if let Some(asker) = catalog.people.asker_of(&hash, self.inner.now()) {
            return Ok(asker);
        }
        drop(catalog);
        if *self.inner.owner.lock() == Some(hash) {
            return self.local_made();
        }
        Err(Problem::new(Code::CredentialInvalid, "the credential is not valid"))
    }

    /// What an asker may do.
    pub fn session(&self, asker: Arc<Asker>) -> Session {
        Session { inner: self.inner.clone(), asker, exact: false, trace: None }
    }

    /// Figures for operators: ids and numbers, no names and no values (C2).
    pub fn figures(&self) -> Vec<Figure> {
        crate::telling::figures(&self.inner)
    }

    /// Finishes what is queued and closes: every thread has ended, every file is let go of and the data directory can be opened again, by
    /// this process too. Whatever is asked later, of any clone or session, is refused with [`Code::StoreClosed`]. Waits, so not to be
    /// called on a thread of an async runtime.
    pub fn close(&self) {
        if self.inner.open_still().is_ok() {
            self.inner.sequences.give_back(&self.inner);
        }
        self.inner.close();
    }
}
