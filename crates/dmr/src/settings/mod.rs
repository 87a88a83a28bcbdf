//! Settings: one table ([`TABLE`]) from which come defaults, ranges, spellings, parsing and the reference (C1, C6).
//!
//! Sources in rising order: defaults, the file `dmr.toml`, one of its profiles, the file of secrets, `.env`, environment variables, flags, and
//! for some what somebody changed while a registry was open. An unknown key is an error with a suggestion; a key of the source documents
//! whose feature is not built is refused by name.

mod given;
mod table;
mod unbuilt;
mod spelling;
mod file;
mod dotenv;
mod load;
mod builder;
mod secret;
mod run_time;
mod reference;

pub use builder::Builder;
pub use dotenv::Dotenv;
pub use given::{Given, Kind};
pub use load::{Effective, Origin, Sources};
pub use reference::reference;
pub(crate) use run_time::{Changed, InForce, change_of};
pub use secret::Secret;
pub use table::{Setting, TABLE};

use dmr_core::gate::{self, Exports};
use dmr_core::permission::Operations;
use dmr_core::{Problem, name::Version};
use std::path::PathBuf;
use std::time::Duration;

/// Every setting of what exists. Made by [`Settings::default`], [`Settings::load`] or [`Settings::builder`]; the fields may be set freely.
#[derive(Debug, Clone, PartialEq)]
pub struct Settings {
    /// The data directory.
    pub data: PathBuf,
    /// Commands that talk to a server.
    pub client: Client,
    /// The HTTP server.
    pub server: Server,
    /// Records: pages and bounds.
    pub records: Records,
    /// Full-text search.
    pub search: Search,
    /// What a model gets that says nothing of permissions.
    pub permissions: Permissions,
    /// Models.
    pub models: Models,
    /// How records are kept.
    pub storage: Storage,
    /// Statistics of models.
    pub statistics: Statistics,
    /// Who may know of which models, and the folder models come from (M9, M10).
    pub gatekeeper: Gatekeeper,
    /// Backups (C7).
    pub backup: Backup,
    /// What a server tells of itself (C2).
    pub logging: Logging,
    /// Whether how long each step of each request takes is told (C2).
    pub debug: bool,
    /// Output for people at a terminal (U4).
    pub terminal: Terminal,
    origins: Vec<Origin>,
}

/// Commands that talk to a server.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Client {
    /// Its address, where it is not that of the data directory.
    pub url: Option<String>,
    /// The API key to act with.
    pub key: Option<Secret>,
}

/// The HTTP server.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Server {
    /// Address to listen on.
    pub host: String,
    /// Port to listen on; 0: any free one.
    pub port: u16,
    /// Largest body of a request, in bytes after decompression.
    pub max_body: u64,
    /// Largest uploaded file, in bytes after decompression.
    pub max_upload: u64,
}

/// Records: pages and bounds.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Records {
    /// Records on a page when nothing is asked.
    pub page_size: usize,
    /// Most records on a page.
    pub max_page_size: usize,
    /// Most records of one bulk write or batch.
    pub max_bulk: usize,
    /// What a scan without an index may cost.
    pub scan_budget: ScanBudget,
    /// What an aggregate may hold.
    pub aggregate: AggregateBounds,
}

/// Full-text search (R3).
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Search {
    /// Records of an answer when nothing is asked.
    pub limit: usize,
}

/// What a scan without an index may cost.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct ScanBudget {
    /// Rows that passed the row rule.
    pub rows: u64,
    /// Time.
    pub time: Duration,
}

/// What an aggregate may hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct AggregateBounds {
    /// Groups.
    pub groups: usize,
    /// Memory, in bytes: of the groups and of the values that are kept.
    pub memory: u64,
}

/// What a model gets that says nothing of permissions (P1).
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Permissions {
    /// For the role `user`.
    pub default_user: Operations,
    /// For the role `admin`.
    pub default_admin: Operations,
}

/// Models.
#[derive(Debug, Clone, PartialEq)]
pub struct Models {
    /// The version a new model gets.
    pub first_version: Version,
    /// The namespace of a name without one.
    pub default_namespace: String,
}

/// How records are kept.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Storage {
    /// Most structured models in one database.
    pub max_structured: usize,
}

/// Statistics of models (X1, X2).
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Statistics {
    /// Whether they are kept up beside the writing; else they are worked out from the records when somebody asks.
    pub enabled: bool,
    /// Frequent values that are told of a field.
    pub sample_size: usize,
    /// Changes after which they are brought up to date.
    pub update_interval: usize,
    /// Different values of a field up to which everything told of it is exact.
    pub exact_values: usize,
    /// Memory for the statistics of all models, in bytes.
    pub memory: u64,
}

/// Who may know of which models, and the folder models come from (M9, M10).
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Gatekeeper {
    /// The folder of models.
    pub models_path: Option<PathBuf>,
    /// Whether its files are registered at the start.
    pub discover_on_startup: bool,
    /// Whether it is watched.
    pub watch: bool,
    /// The export list.
    pub exports: Exports,
    /// Whether what it does not name is hidden.
    pub strict: bool,
    /// Whether what was discovered need not stand on it.
    pub auto_export: bool,
    /// Most entries of the access log.
    pub log_entries: usize,
}

impl Gatekeeper {
    /// How the export list is held to.
    pub(crate) fn rule(&self) -> gate::Gatekeeper {
        gate::Gatekeeper { exports: self.exports.clone(), strict: self.strict, auto_export: self.auto_export }
    }
}

/// Backups (C7).
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Backup {
    /// Where those are made that are asked for by name.
    pub directory: Option<PathBuf>,
}

/// What a server tells of itself (C2). The log of changes is another thing: what is set of that begins with `log.`.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Logging {
    /// `off`, `error`, `warn`, `info` or `debug`.
    pub level: String,
    /// `text` or `json`.
    pub format: String,
}

/// Output for people at a terminal (U4).
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Terminal {
    /// Widest column, in characters.
    pub max_column_width: usize,
    /// How times are shown, in `strftime` letters.
    pub date_format: String,
    /// Digits after the point of a number that is not whole.
    pub number_precision: usize,
    /// Records in `dmr show sample`.
    pub sample_rows: usize,
    /// Entries in `dmr show log`.
    pub log_rows: usize,
}

impl Settings {
    /// Reads the sources, in rising order: defaults, file, profile, secrets, `.env`, environment, flags.
    ///
    /// # Errors
    /// All that is wrong, at once: `setting.unknown`, `setting.value`, `setting.conflict`, `behaviour.unavailable`, `file.unreadable`,
    /// `secrets.readable`; each issue names the source and, for a file, the line.
    pub fn load<E: IntoIterator<Item = (String, String)>>(sources: Sources<E>) -> Result<Self, Problem> {
        load::load(sources)
    }

    /// Sets them one by one, checked at the end.
    pub fn builder() -> Builder {
        Builder::new()
    }

    /// Every setting with its value and where that came from, in the order of the reference.
    pub fn effective(&self) -> Vec<Effective> {
        TABLE
            .iter()
            .zip(&self.origins)
            .map(|(setting, origin)| Effective { setting, value: (setting.get)(self), origin: origin.clone() })
            .collect()
    }
}

impl Default for Settings {
    fn default() -> Self {
        let mut settings = Self {
            data: PathBuf::new(),
            client: Client::default(),
            server: Server::default(),
            records: Records::default(),
            search: Search::default(),
            permissions: Permissions::default(),
            models: Models { first_version: Version { major: 0, minor: 0, patch: 0 }, default_namespace: String::new() },
            storage: Storage::default(),
            statistics: Statistics::default(),
            gatekeeper: Gatekeeper::default(),
            backup: Backup::default(),
            logging: Logging::default(),
            debug: false,
            terminal: Terminal::default(),
            origins: vec![Origin::Default; TABLE.len()],
        };
        for setting in TABLE {
            // A test holds that every default can be read.
            if let Ok(given) = setting.kind.read(setting.default) {
                (setting.set)(&mut settings, given);
            }
        }
        settings
    }
}
