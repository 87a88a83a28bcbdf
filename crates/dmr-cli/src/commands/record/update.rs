//! `dmr record update`.

use super::{Guard, Named, show, suggest_history};
use crate::call::Call;
use crate::document;
use crate::failure::Failure;
use clap::Args;
use dmr_api::client::Request;
use dmr_api::route;
use std::path::PathBuf;

/// Changes some fields of a record.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  dmr record update Product 0012 price=3.40 note:=null --if-version 3
  echo '{\"price\": 3.40}' | dmr record update Product 0012 --file -")]
pub struct Update {
    /// Which.
    #[command(flatten)]
    pub named: Named,
    /// Against others.
    #[command(flatten)]
    pub guard: Guard,
    /// A merge patch; - is standard input
    #[arg(long, value_name = "FILE", conflicts_with = "pairs")]
    pub file: Option<PathBuf>,
    /// Members: FIELD=VALUE, or FIELD:=JSON
    #[arg(value_name = "FIELD=VALUE", required_unless_present = "file")]
    pub pairs: Vec<String>,
}

impl Update {
    /// Changes it.
    pub async fn run(self, call: &Call<'_>) -> Result<(), Failure> {
        let model = call.model(&self.named.model).await?;
        let patch = match &self.file {
            Some(file) => document::read(file)?,
            None => document::of_pairs(&self.pairs, model.types())?,
        };
        let request = Request::patch(route::fill(route::RECORD, &[&model.name, &self.named.id])).json(&patch);
        let record = call.send(self.guard.on(request)).await?.json()?;
        show(call, &record)?;
        suggest_history(call, &model, &record);
        Ok(())
    }
}
