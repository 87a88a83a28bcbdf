//! How a registry is opened.

use crate::ids::Ids;
use crate::registry::{Inner, Registry};
use crate::settings::Settings;
use dmr_core::Problem;
use dmr_store::Clock;
use std::path::PathBuf;
use std::sync::Arc;

/// How a registry is opened.
#[must_use = "a registry is opened with `open`"]
pub struct Builder {
    pub(crate) data: Option<PathBuf>,
    pub(crate) settings: Settings,
    pub(crate) clock: Clock,
    pub(crate) ids: Ids,
    pub(crate) secret: Option<[u8; 32]>,
    pub(crate) models: Option<PathBuf>,
    linked: bool,
}

impl Builder {
    pub(crate) fn new() -> Self {
        let clock: Clock = Arc::new(|| jiff::Timestamp::now().as_microsecond());
        Self { data: None, settings: Settings::default(), clock, ids: Ids::Clock, secret: None, models: None, linked: false }
    }

    /// Keeps everything in a directory, which is made if it is not there.
    pub fn data(mut self, directory: impl Into<PathBuf>) -> Self {
        self.data = Some(directory.into());
        self
    }

    /// Keeps everything in memory; what is not in a directory is gone with the process.
    pub fn memory(mut self) -> Self {
        self.data = None;
        self
    }

    /// Uses these settings.
    pub fn settings(mut self, settings: Settings) -> Self {
        self.settings = settings;
        self
    }

    /// Registers the models that the files of a folder describe (M1): every `*.json` and `*.toml` whose name does not begin with `_`, in order of
    /// name, each a registration or a JSON Schema; a file that says no name gives its own, and one in a folder of its own is in the namespace that spells. What is wrong with a file is told by
    /// [`Registry::start_summary`] and keeps nobody from starting. The folder is watched (M10): a file that comes or changes later registers its
    /// model or its next version, and one that was wrong is taken when it is right again; [`Registry::models_folder`] tells what became of each.
    /// Without this the setting `gatekeeper.models_path` names the folder.
    pub fn models_path(mut self, folder: impl Into<PathBuf>) -> Self {
        self.models = Some(folder.into());
        self
    }

    /// Registers the model of every struct that stands under [`model!`](crate::model), anywhere in this program and the crates it uses (M10), by
    /// the system's own principal, or its next version where the struct has changed. One that cannot be used keeps nobody from starting:
    /// [`Registry::linked_models`] tells what became of each.
    pub fn linked_models(mut self) -> Self {
        self.linked = true;
        self
    }

    /// Tells the time by this, in microseconds since 1970 UTC; for tests.
    pub fn clock(mut self, clock: impl Fn() -> i64 + Send + Sync + 'static) -> Self {
        self.clock = Arc::new(clock);
        self
    }

    /// Makes ids, and keys, from a seed, so that two registries make the same ones; for tests.
    pub fn ids(mut self, seed: u64) -> Self {
        self.ids = Ids::seeded(seed);
        let mut secret = [7; 32];
        secret[..8].copy_from_slice(&seed.to_be_bytes());
        self.secret = Some(secret);
        self
    }

    /// Opens it.
    ///
    /// # Errors
    /// `data.owned`, `data.newer`, `data.damaged`, `store.failed`, `file.unreadable`.
    pub fn open(mut self) -> Result<Registry, Problem> {
        let folder = self.models.take().or_else(|| self.settings.gatekeeper.models_path.clone());
        let linked = self.linked;
        let registry = Inner::open(self).map(Registry::from)?;
        if linked {
            registry.register_linked();
        }
        if let Some(folder) = folder {
            registry.follow_folder(folder)?;
        }
        Ok(registry)
    }
}
