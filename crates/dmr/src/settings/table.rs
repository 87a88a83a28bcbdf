//! The table of settings: one row each, from which everything else about a setting follows.

use super::given::{Given, Kind};
use super::{Secret, Settings};
use dmr_core::gate::Exports;
use dmr_core::name::Version;
use dmr_core::permission::Operations;
use std::path::PathBuf;
use std::time::Duration;

/// A setting.
#[derive(Debug)]
pub struct Setting {
    /// Its key in the file; with `__` for each dot, in upper case and after `DMR_`, its name in the environment.
    pub key: &'static str,
    /// What it takes.
    pub kind: Kind,
    /// The default, as it would be written.
    pub default: &'static str,
    /// Other spellings: with a dot or in lower case for the file (and `DMR_` for the environment), in upper case for both as they stand.
    pub aliases: &'static [&'static str],
    /// What it does, in a sentence.
    pub about: &'static str,
    /// Whether it may be changed while a registry is open (`PATCH /api/settings`).
    pub live: bool,
    pub(crate) get: fn(&Settings) -> Given,
    pub(super) set: fn(&mut Settings, Given),
}

impl Setting {
    /// Whether its value is never shown.
    pub fn is_secret(&self) -> bool {
        self.kind == Kind::Secret
    }

    /// Its name in the environment: `DMR_SERVER__PORT`.
    pub fn variable(&self) -> String {
        variable(self.key)
    }
}

/// The name in the environment of a key.
pub(super) fn variable(key: &str) -> String {
    format!("DMR_{}", key.to_ascii_uppercase().replace('.', "__"))
}

macro_rules! is_live {
    () => {
        false
    };
    (live) => {
        true
    };
}

macro_rules! table {
    ($($key:literal => $($place:ident).+, $kind:expr, $default:literal, [$($alias:literal),*], $about:literal $($live:ident)?;)*) => {
        /// Every setting, in the order of the reference.
        pub static TABLE: &[Setting] = &[$(Setting {
            key: $key,
            kind: $kind,
            default: $default,
            aliases: &[$($alias),*],
            about: $about,
            live: is_live!($($live)?),
            get: |settings| settings.$($place).+.give(),
            set: |settings, given| Member::take(&mut settings.$($place).+, given),
        }),*];
    };
}

const TERA: u64 = 1 << 40;

/// From the quietest to the loudest.
const LEVELS: &[&str] = &["off", "error", "warn", "info", "debug"];

table! {
    "data" => data, Kind::Directory, "./dmr-data", [],
        "The data directory: database, log, uploads, the owner's address. Relative to the working directory.";
    "client.url" => client.url, Kind::Url, "none", ["DMR_URL"],
        "The server that commands talk to, where it is not that of the data directory.";
    "client.key" => client.key, Kind::Secret, "none", ["DMR_KEY"],
        "The API key that commands act with; without it they act as the owner of the data directory. Its place is the file of secrets.";
    "server.host" => server.host, Kind::Host, "127.0.0.1", ["REGISTRY_SERVER_HOST"],
        "Address to listen on. Keys are needed on every address; another than loopback is reachable by others.";
    "server.port" => server.port, Kind::Count(0, 65535), "8000", ["REGISTRY_SERVER_PORT"],
        "Port to listen on; 0 takes any free one.";
    "server.max_body" => server.max_body, Kind::Bytes(1024, TERA), "64 MiB", [],
        "Largest body of a request, counted after decompression; a larger one is answered with 413." live;
    "server.max_upload" => server.max_upload, Kind::Bytes(1024, TERA), "4 GiB", [],
        "Largest uploaded file, counted after decompression; a larger one is answered with 413." live;
    "records.page_size" => records.page_size, Kind::Count(1, 100_000), "50", ["models.default_page_size"],
        "Records on a page when the request says nothing." live;
    "records.max_page_size" => records.max_page_size, Kind::Count(1, 100_000), "1000", [],
        "Most records on a page." live;
    "records.max_bulk" => records.max_bulk, Kind::Count(1, 1_000_000), "10000", [],
        "Most records of one bulk write or batch." live;
    "records.scan_budget.rows" => records.scan_budget.rows, Kind::Count(1, u64::MAX), "5000000", [],
        "Rows that a query may read past its row rule where no index serves it; beyond, it is refused and the index that would help is named." live;
    "records.scan_budget.time" => records.scan_budget.time, Kind::Time(1, 3_600_000), "10 s", [],
        "Time that such a query may take." live;
    "records.aggregate.groups" => records.aggregate.groups, Kind::Count(1, 100_000_000), "100000", [],
        "Groups that an aggregate may have; beyond, it is refused." live;
    "records.aggregate.memory" => records.aggregate.memory, Kind::Bytes(1 << 20, TERA), "256 MiB", [],
        "Memory that an aggregate may take for its groups and for the values that medians, quantiles and distinct counts keep." live;
    "search.limit" => search.limit, Kind::Count(1, 100_000), "10", [],
        "Records that a search answers with when the request says nothing." live;
    "permissions.default_user" => permissions.default_user, Kind::Operations, "read, list", ["models.permissions.default_user_permissions", "registry.models.default_permissions"],
        "What the role `user` may do with a model that says nothing of permissions.";
    "permissions.default_admin" => permissions.default_admin, Kind::Operations, "all", ["models.permissions.default_admin_permissions"],
        "What the role `admin` may do with a model that says nothing of permissions.";
    "models.first_version" => models.first_version, Kind::Version, "1.0.0", [],
        "The version a new model gets that names none.";
    "models.default_namespace" => models.default_namespace, Kind::Namespace, "app", ["MODEL_REGISTRY_DEFAULT_NAMESPACE"],
        "The namespace of a model that is registered without one.";
    "storage.max_structured" => storage.max_structured, Kind::Count(0, 10_000), "500", [],
        "Most models with a table of their own; each costs every connection time when a table is made.";
    "statistics.enabled" => statistics.enabled, Kind::Switch, "on", [],
        "Whether the statistics of models are kept up beside the writing; without, they are worked out from the records when somebody asks.";
    "statistics.sample_size" => statistics.sample_size, Kind::Count(1, 1000), "10", [],
        "Most frequent values that statistics tell of a field." live;
    "statistics.update_interval" => statistics.update_interval, Kind::Count(1, 1_000_000), "100", ["STATISTICS_UPDATE_INTERVAL"],
        "Changes after which statistics are brought up to date; a quarter of a second after a change at the latest, and whenever somebody asks.";
    "statistics.exact_values" => statistics.exact_values, Kind::Count(1, 10_000_000), "10000", [],
        "Different values of a field up to which everything told of it is exact; beyond, some of it is estimated.";
    "statistics.memory" => statistics.memory, Kind::Bytes(1 << 20, TERA), "256 MiB", [],
        "Memory for the statistics of all models, about; where it is short, fewer values are kept and more is estimated.";
    "gatekeeper.models_path" => gatekeeper.models_path, Kind::Folder, "none", ["registry.import_control.models_path"],
        "Folder with files of models, JSON or TOML, that are registered at the start; names that begin with `_` are left out.";
    "gatekeeper.discover_on_startup" => gatekeeper.discover_on_startup, Kind::Switch, "on", ["registry.import_control.auto_discover_on_startup"],
        "Whether its files are registered at the start; else only what changes in it later.";
    "gatekeeper.watch" => gatekeeper.watch, Kind::Switch, "on", [],
        "Whether that folder is watched: a file that comes or changes registers its model, or its next version, while everything runs.";
    "gatekeeper.exports" => gatekeeper.exports, Kind::Exports, "none", [],
        "The export list: which models a role, every authenticated role (`*`) or an application (`@PRINCIPAL`) may know of. Without one permissions alone decide." live;
    "gatekeeper.strict" => gatekeeper.strict, Kind::Switch, "on", ["registry.import_control.strict_mode"],
        "Whether what the export list does not name is hidden; off: it is only noted in the access log. Without a list it does nothing." live;
    "gatekeeper.auto_export" => gatekeeper.auto_export, Kind::Switch, "off", [],
        "Whether models that were discovered (source `dynamic`) are exported without standing on the list." live;
    "gatekeeper.log_entries" => gatekeeper.log_entries, Kind::Count(0, 1_000_000), "10000", [],
        "Most entries of the access log, which is kept in memory; the oldest go." live;
    "backup.directory" => backup.directory, Kind::Folder, "none", [],
        "Where backups that are asked for over HTTP are made, each under its name; without it only whoever owns the data directory makes any.";
    "logging.level" => logging.level, Kind::Word(LEVELS), "info", [],
        "What a server tells on standard error: at `info` its start and end, ingests and jobs; at `debug` each request." live;
    "logging.format" => logging.format, Kind::Word(&["text", "json"]), "text", [],
        "How a line of that is written.";
    "debug" => debug, Kind::Switch, "off", [],
        "Whether how long each step of each request takes is told on standard error too, at the level `info`." live;
    "terminal.max_column_width" => terminal.max_column_width, Kind::Count(4, 10_000), "50", [],
        "Widest column of a table, in characters.";
    "terminal.date_format" => terminal.date_format, Kind::TimeFormat, "%Y-%m-%d %H:%M", [],
        "How times are shown in tables; JSON and CSV keep them as they are.";
    "terminal.number_precision" => terminal.number_precision, Kind::Count(0, 17), "2", [],
        "Digits after the point that tables show of statistics and rates; the numbers of records are shown as they are stored.";
    "terminal.sample_rows" => terminal.sample_rows, Kind::Count(1, 100), "5", ["MAX_SAMPLE_ROWS"],
        "Records that `dmr show sample` shows.";
    "terminal.log_rows" => terminal.log_rows, Kind::Count(1, 1000), "20", [],
        "Entries that `dmr show log` shows.";
}

/// A field of [`Settings`]: to and from what was given. A value of the wrong kind cannot come here: the row's kind made it.
trait Member {
    fn give(&self) -> Given;
    fn take(&mut self, given: Given);
}

macro_rules! member {
    ($($type:ty: $variant:ident($kept:ident) give $give:expr, take $take:expr;)*) => {$(
        impl Member for $type {
            fn give(&self) -> Given {
                let $kept = self;
                Given::$variant($give)
            }
            fn take(&mut self, given: Given) {
                if let Given::$variant($kept) = given {
                    *self = $take;
                }
            }
        }
    )*};
}

member! {
    u16: Count(it) give u64::from(*it), take u16::try_from(it).unwrap_or(u16::MAX);
    bool: Switch(it) give *it, take it;
    u64: Count(it) give *it, take it;
    usize: Count(it) give *it as u64, take usize::try_from(it).unwrap_or(usize::MAX);
    Duration: Time(it) give *it, take it;
    Operations: Operations(it) give *it, take it;
    Version: Version(it) give *it, take it;
    String: Text(it) give it.clone(), take it;
    PathBuf: Path(it) give it.clone(), take it;
    Option<String>: Perhaps(it) give it.clone(), take it;
    Option<PathBuf>: Perhaps(it) give it.as_ref().map(|path| path.display().to_string()), take it.map(PathBuf::from);
    Exports: Exports(it) give it.clone(), take it;
    Option<Secret>: Secret(it) give it.clone(), take it;
}
