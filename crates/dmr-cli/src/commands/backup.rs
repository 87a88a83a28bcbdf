//! `dmr backup`: a copy of a data directory, made while it is used.

use crate::arguments::Common;
use crate::call::{self, Call, text};
use crate::connection::Absent;
use crate::failure::Failure;
use crate::output::Output;
use clap::{Args, Subcommand};
use dmr::core::words::count;
use dmr::{Code, Problem, Registry, Value};
use dmr_api::client::Request;
use dmr_api::route;
use serde_json::json;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// How long is waited between two questions whether a backup is done.
const ASK_EVERY: Duration = Duration::from_millis(50);

/// Makes a backup.
#[derive(Debug, Args)]
#[command(args_conflicts_with_subcommands = true)]
#[command(after_help = "Examples:
  dmr backup /mnt/backups/monday         while a server runs or not; nobody who writes waits for it
  dmr backup verify /mnt/backups/monday
  dmr backup list                        those in the directory that backup.directory names
  dmr restore /mnt/backups/monday --data ./again

A backup is not encrypted: whoever may read it may read everything that is in it.")]
pub struct Backup {
    /// The directory to make: empty, or not there; of a server that --url names, the name it is to have there
    #[arg(value_name = "DIR")]
    pub directory: Option<PathBuf>,
    /// What else may be done.
    #[command(subcommand)]
    pub what: Option<What>,
}

/// What else may be done with backups.
#[derive(Debug, Subcommand)]
pub enum What {
    /// Looks whether a backup is whole
    Verify(Verify),
    /// Lists the backups in the directory that backup.directory names
    List,
}

/// Looks whether a backup is whole.
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  dmr backup verify /mnt/backups/monday")]
pub struct Verify {
    /// The backup
    #[arg(value_name = "DIR")]
    pub directory: PathBuf,
}

impl Backup {
    /// Does it.
    pub async fn run(self, common: &Common, output: &Output) -> Result<(), Failure> {
        match self.what {
            Some(What::Verify(Verify { directory })) => {
                let manifest = tokio::task::block_in_place(|| Registry::verify_backup(&directory))?;
                show(output, "whole", &directory, &manifest.to_value())?;
                output.next(&format!("dmr restore {} --data DIR", directory.display()));
                Ok(())
            }
            Some(What::List) => call::with(common, output, Absent::Refuse, async |call| list(call).await).await,
            None => call::with(common, output, Absent::Refuse, async |call| make(call, self.directory).await).await,
        }
    }
}

async fn make(call: &Call<'_>, directory: Option<PathBuf>) -> Result<(), Failure> {
    let asked = match (&directory, &call.settings.client.url) {
        (None, _) => json!({}),
        (Some(name), Some(_)) => json!({ "name": name.to_string_lossy() }),
        (Some(directory), None) => {
            let absolute = std::path::absolute(directory)
                .map_err(|fault| Problem::new(Code::FileUnreadable, format!("{}: {fault}", directory.display())))?;
            json!({ "directory": absolute.to_string_lossy() })
        }
    };
    let begun = call.send(Request::post(route::BACKUPS).json(&asked)).await?.json()?;
    let job = ended(call, &begun).await?;
    let name = text(&job, "name").to_owned();
    let shown = directory.unwrap_or_else(|| PathBuf::from(&name));
    show(call.output, "backed up", &shown, job.get("backup").unwrap_or(&Value::Null))?;
    call.output.next(&format!("dmr backup verify {}", shown.display()));
    Ok(())
}

/// Asks until the job has ended.
async fn ended(call: &Call<'_>, begun: &Value) -> Result<Value, Problem> {
    let at = route::fill(route::JOB, &[text(begun, "id")]);
    loop {
        let job = call.get(&at, &[]).await?;
        match (text(&job, "state"), job.get("problem")) {
            ("running", _) => tokio::time::sleep(ASK_EVERY).await,
            (_, Some(problem)) => {
                let read = dmr_api::problem::read(problem);
                return Err(read.unwrap_or_else(|| Problem::new(Code::ServerAnswer, "the backup failed, and the server does not say why")));
            }
            _ => return Ok(job),
        }
    }
}

async fn list(call: &Call<'_>) -> Result<(), Failure> {
    let list = call.get(route::BACKUPS, &[]).await?;
    let look = call.output.look(&call.settings.terminal);
    call.output.show(&list, || {
        let mut grid = crate::output::Grid::new(["name", "made at", "position", "records", "bytes"]);
        for item in call::items(&list) {
            let backup = item.get("backup").unwrap_or(&Value::Null);
            let member = |name: &str| look.value(backup.get(name));
            let made = look.time(backup.get("made_at"));
            grid.row(vec![text(item, "name").to_owned(), made, member("position"), member("records"), member("bytes")]);
        }
        grid.draw("no backup")
    })
}

/// Tells of a backup.
pub fn show(output: &Output, what: &str, directory: &Path, manifest: &Value) -> Result<(), Failure> {
    let mut answer = manifest.clone();
    answer["directory"] = directory.to_string_lossy().into();
    output.show(&answer, || {
        let number = |name: &str| call::number(manifest, name);
        let counted = |name: &str, noun: &str| count(number(name), noun);
        format!(
            "{what}: {}\n{} of {}, {} deleted, {} set aside; {}, {}; the log up to {}; {}\n",
            directory.display(),
            counted("records", "record"),
            counted("models", "model"),
            number("deleted"),
            number("quarantined"),
            counted("principals", "principal"),
            counted("keys", "key"),
            number("position"),
            counted("bytes", "byte"),
        )
    })
}
