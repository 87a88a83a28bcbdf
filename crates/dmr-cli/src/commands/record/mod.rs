//! `dmr record`: single records.

mod get;
mod create;
mod update;
mod replace;
mod delete;
mod restore;
mod revert;
pub mod history;

use crate::call::{Call, Model};
use crate::failure::Failure;
use crate::output::{Grid, beside};
use clap::{Args, Subcommand};
use dmr::Value;
use dmr_api::client::Request;

/// Single records.
#[derive(Debug, Subcommand)]
pub enum Record {
    /// Gets one, as it is or as it was
    Get(get::Get),
    /// Makes one, or several from a file
    Create(create::Create),
    /// Changes some fields
    Update(update::Update),
    /// Replaces the whole record
    Replace(replace::Replace),
    /// Deletes it; it can be restored unless --hard
    Delete(delete::Delete),
    /// Makes a deleted one live again
    Restore(restore::Restore),
    /// Takes it back to an earlier version
    Revert(revert::Revert),
    /// Shows what happened to it
    History(history::History),
}

/// A record that is there.
#[derive(Debug, Args)]
pub struct Named {
    /// The model: Product, shop.Product
    pub model: String,
    /// The record's id, or its key
    pub id: String,
}

/// Guards a write against others.
#[derive(Debug, Args)]
pub struct Guard {
    /// Only if the record still has this version
    #[arg(long, value_name = "VERSION")]
    pub if_version: Option<u64>,
}

impl Guard {
    fn on(&self, request: Request) -> Request {
        match self.if_version {
            Some(version) => request.header("if-match", format!("\"{version}.0\"")),
            None => request,
        }
    }
}

impl Record {
    /// Does it.
    pub async fn run(self, call: &Call<'_>) -> Result<(), Failure> {
        match self {
            Self::Get(it) => it.run(call).await,
            Self::Create(it) => it.run(call).await,
            Self::Update(it) => it.run(call).await,
            Self::Replace(it) => it.run(call).await,
            Self::Delete(it) => it.run(call).await,
            Self::Restore(it) => it.run(call).await,
            Self::Revert(it) => it.run(call).await,
            Self::History(it) => it.run(call).await,
        }
    }
}

/// Shows a record: its fields one below the other.
pub(super) fn show(call: &Call<'_>, record: &Value) -> Result<(), Failure> {
    let look = call.output.look(&call.settings.terminal);
    call.output.show(record, || {
        let mut grid = Grid::new(["field", "value"]);
        let mut record = record.clone();
        beside(&mut record);
        for (name, value) in record.as_object().into_iter().flatten() {
            grid.row(vec![name.clone(), look.member(name, Some(value))]);
        }
        grid.draw("an empty record")
    })
}

/// The id of a record in an answer.
fn id(record: &Value) -> &str {
    record.get("_id").and_then(Value::as_str).unwrap_or("ID")
}

/// Suggests to look at what happened to a record.
pub(super) fn suggest_history(call: &Call<'_>, model: &Model, record: &Value) {
    call.output.next(&format!("dmr record history {} {}", model.name, id(record)));
}
