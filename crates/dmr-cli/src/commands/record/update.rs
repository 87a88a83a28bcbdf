//! `dmr record update`.

use super::{Guard, Named, show, suggest_history};
use crate::call::Call;
use crate::document;
use crate::failure::Failure;
use clap::Args;
use dmr_api::client::Request;
use dmr_api::{media, route};
use std::path::PathBuf;

/// Changes some fields of a record.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  dmr record update Product 0012 price=3.40 note:=null --if-version 3
  echo '{\"price\": 3.40}' | dmr record update Product 0012 --file -
  dmr record update Product 0012 --patch operations.json")]
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
    /// A JSON Patch (RFC 6902), a list of operations; - is standard input
    #[arg(long, value_name = "FILE", conflicts_with_all = ["file", "pairs"])]
    pub patch: Option<PathBuf>,
    /// Members: FIELD=VALUE, or FIELD:=JSON
    #[arg(value_name = "FIELD=VALUE", required_unless_present_any = ["file", "patch"])]
    pub pairs: Vec<String>,
}

impl Update {
    /// Changes it.
    pub async fn run(self, call: &Call<'_>) -> Result<(), Failure> {
        let model = call.model(&self.named.model).await?;
        let request = Request::patch(route::fill(route::RECORD, &[&model.name, &self.named.id]));
        let request = match (&self.patch, &self.file) {
            (Some(file), _) => request.bytes(media::JSON_PATCH, dmr::core::json::to_string(&document::read(file)?)),
            (None, Some(file)) => request.json(&document::read(file)?),
            (None, None) => request.json(&document::of_pairs(&self.pairs, model.types())?),
        };
        let record = call.send(self.guard.on(request)).await?.json()?;
        show(call, &record)?;
        suggest_history(call, &model, &record);
        Ok(())
    }
}
