//! The commands, one file each.

pub mod dev;
pub mod serve;
pub mod models;
pub mod register;
pub mod change;
pub mod advise;
pub mod ingest;
pub mod export;
pub mod import;
pub mod query;
pub mod aggregate;
pub mod search;
pub mod form;
pub mod record;
pub mod history;
pub mod diff;
pub mod show;
pub mod principal;
pub mod role;
pub mod permissions;
pub mod gatekeeper;
pub mod key;
pub mod config;
pub mod backup;
pub mod restore;
pub mod doctor;
pub mod completions;
pub mod man;

use crate::arguments::{Cli, Command};
use crate::call;
use crate::connection::Absent;
use crate::failure::Failure;
use crate::output::Output;

/// Runs what was typed.
pub async fn run(cli: Cli, output: &Output) -> Result<(), Failure> {
    let common = cli.common;
    match cli.command {
        Command::Dev(dev) => dev.run(&common, output).await,
        Command::Serve(serve) => serve.run(&common, output).await,
        Command::Config(config) => config.run(&common, output).await,
        Command::Backup(backup) => backup.run(&common, output).await,
        Command::Restore(restore) => restore.run(&common, output),
        Command::Doctor(doctor) => doctor.run(&common, output).await,
        Command::Completions(completions) => completions.run(output),
        Command::Man(man) => man.run(output),
        Command::Models(models) => call::with(&common, output, Absent::Refuse, async |call| models.run(call).await).await,
        Command::History(history) => call::with(&common, output, Absent::Refuse, async |call| history.run(call).await).await,
        Command::Diff(diff) => call::with(&common, output, Absent::Refuse, async |call| diff.run(call).await).await,
        Command::Register(register) => call::with(&common, output, Absent::Make, async |call| register.run(call).await).await,
        Command::Change(change) => call::with(&common, output, Absent::Refuse, async |call| change.run(call).await).await,
        Command::Advise(advise) => call::with(&common, output, Absent::Refuse, async |call| advise.run(call).await).await,
        Command::Ingest(ingest) => call::with(&common, output, Absent::Make, async |call| ingest.run(call).await).await,
        Command::Export(export) => call::with(&common, output, Absent::Refuse, async |call| export.run(call).await).await,
        Command::Import(import) => call::with(&common, output, Absent::Refuse, async |call| import.run(call).await).await,
        Command::Query(query) => call::with(&common, output, Absent::Refuse, async |call| query.run(call).await).await,
        Command::Aggregate(aggregate) => call::with(&common, output, Absent::Refuse, async |call| aggregate.run(call).await).await,
        Command::Search(search) => call::with(&common, output, Absent::Refuse, async |call| search.run(call).await).await,
        Command::Form(form) => call::with(&common, output, Absent::Refuse, async |call| form.run(call).await).await,
        Command::Record(record) => call::with(&common, output, Absent::Refuse, async |call| record.run(call).await).await,
        Command::Show(show) => call::with(&common, output, Absent::Refuse, async |call| show.run(call).await).await,
        Command::Principal(principal) => call::with(&common, output, Absent::Make, async |call| principal.run(call).await).await,
        Command::Role(role) => call::with(&common, output, Absent::Make, async |call| role.run(call).await).await,
        Command::Permissions(permissions) => call::with(&common, output, Absent::Refuse, async |call| permissions.run(call).await).await,
        Command::Gatekeeper(gatekeeper) => call::with(&common, output, Absent::Refuse, async |call| gatekeeper.run(call).await).await,
        Command::Key(key) => call::with(&common, output, Absent::Refuse, async |call| key.run(call).await).await,
    }
}
