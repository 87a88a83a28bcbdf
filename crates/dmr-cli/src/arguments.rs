//! What may be typed. Each command's own arguments stand beside what it does.

use crate::commands;
use crate::output::Format;
use clap::{Args, Parser, Subcommand};
use std::path::PathBuf;

const AFTER: &str = "\
Examples:
  dmr dev menu.csv                     infer a model from a file, store its records, serve them
  dmr query dynamic.Menu --where 'price >= 3 and vegan = true'
  dmr aggregate dynamic.Menu --by vegan count 'avg(price)'
  dmr register product.schema.json     a JSON Schema becomes a model
  dmr show log                         who changed what

Exit codes: 0 done, 1 failed, 2 usage, 3 bad input, 4 not found, 5 refused, 6 conflict.";

/// A dynamic model registry: describe data at run time, have it stored, validated, guarded, logged and served.
#[derive(Debug, Parser)]
#[command(name = "dmr", version, after_help = AFTER)]
pub struct Cli {
    /// What all commands take.
    #[command(flatten)]
    pub common: Common,
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// What all commands take.
#[derive(Debug, Args)]
pub struct Common {
    /// How answers are written
    #[arg(long, global = true, value_enum, default_value_t = Format::Table, help_heading = "Output")]
    pub format: Format,
    /// Tells on standard error what happens, each request too
    #[arg(short, long, global = true, help_heading = "Output")]
    pub verbose: bool,
    /// The data directory [default: ./dmr-data]
    #[arg(long, global = true, value_name = "DIR", help_heading = "Where")]
    pub data: Option<PathBuf>,
    /// A server to talk to instead: http://HOST:PORT [setting client.url, variable DMR_URL]
    #[arg(long, global = true, value_name = "URL", help_heading = "Where")]
    pub url: Option<String>,
    /// The API key to act with [setting client.key, variable DMR_KEY; default: in a data directory, its owner's]
    #[arg(long, global = true, value_name = "KEY", help_heading = "Where")]
    pub key: Option<String>,
    /// The settings file [default: dmr.toml in the working directory, if there is one]
    #[arg(long, global = true, value_name = "FILE", env = "DMR_CONFIG", help_heading = "Settings")]
    pub config: Option<PathBuf>,
    /// The profile of the settings file to use: its tables [profile.NAME]
    #[arg(long, global = true, value_name = "NAME", env = "DMR_PROFILE", help_heading = "Settings")]
    pub profile: Option<String>,
    /// The file of secrets, which nobody else may read [default: secrets.toml beside the settings file, if there is one]
    #[arg(long, global = true, value_name = "FILE", env = "DMR_SECRETS", help_heading = "Settings")]
    pub secrets: Option<PathBuf>,
    /// Sets a setting: server.max_body=1MiB
    #[arg(long = "set", global = true, value_name = "KEY=VALUE", value_parser = pair, help_heading = "Settings")]
    pub set: Vec<(String, String)>,
}

/// What to do.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Ingest files, serve them, tell what to try: the first five minutes
    Dev(commands::dev::Dev),
    /// Serve a data directory
    Serve(commands::serve::Serve),
    /// List models
    Models(commands::models::Models),
    /// Register a model, or its next version, from a JSON Schema
    Register(commands::register::Register),
    /// Change a model in place: indexes, unique constraints, behaviours, tags, storage
    Change(commands::change::Change),
    /// Tell what would make a model faster or plainer
    Advise(commands::advise::Advise),
    /// Turn files into models and records
    Ingest(commands::ingest::Ingest),
    /// Write records into a file: JSON, NDJSON, CSV, Parquet
    Export(commands::export::Export),
    /// Bring the rows of a file in as records of a model
    Import(commands::import::Import),
    /// Ask for records
    Query(commands::query::Query),
    /// Group records and measure the groups: count, sum, avg, min, max, median, quantile
    Aggregate(commands::aggregate::Aggregate),
    /// Search the texts of records
    Search(commands::search::Search),
    /// Fill in a form and make the record
    Form(commands::form::Form),
    /// Make, read and change single records
    #[command(subcommand)]
    Record(commands::record::Record),
    /// What happened to a record: who, when, what changed
    History(commands::history::History),
    /// What changed between two versions of a model, and what breaks
    Diff(commands::diff::Diff),
    /// Show what is there: models, samples, the log
    #[command(subcommand)]
    Show(commands::show::Show),
    /// Those who may ask
    #[command(subcommand)]
    Principal(commands::principal::Principal),
    /// What principals are, and what that lets them do
    #[command(subcommand)]
    Role(commands::role::Role),
    /// Who may do what with a model
    #[command(subcommand)]
    Permissions(commands::permissions::Permissions),
    /// Which models a role or an application may know of
    #[command(subcommand)]
    Gatekeeper(commands::gatekeeper::Gatekeeper),
    /// The API keys of principals
    #[command(subcommand)]
    Key(commands::key::Key),
    /// Copy a data directory while it is used
    Backup(commands::backup::Backup),
    /// Make a data directory of a backup
    Restore(commands::restore::Restore),
    /// Settings in force, and the references of settings and commands
    Config(commands::config::Config),
    /// Look over settings, data directory, disk, database and log
    Doctor(commands::doctor::Doctor),
    /// Print what a shell needs to complete commands
    Completions(commands::completions::Completions),
    /// Print the manual page, or write those of all commands
    Man(commands::man::Man),
}

/// Reads `KEY=VALUE`.
pub fn pair(text: &str) -> Result<(String, String), NotAPair> {
    match text.split_once('=') {
        Some((key, value)) if !key.is_empty() => Ok((key.to_owned(), value.to_owned())),
        _ => Err(NotAPair),
    }
}

/// What was given is not `KEY=VALUE`.
#[derive(Debug)]
pub struct NotAPair;

impl std::fmt::Display for NotAPair {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("this is written KEY=VALUE")
    }
}

impl std::error::Error for NotAPair {}
