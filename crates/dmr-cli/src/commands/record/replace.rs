//! `dmr record replace`.

use super::{Guard, Named, show, suggest_history};
use crate::call::Call;
use crate::document;
use crate::failure::Failure;
use clap::Args;
use dmr_api::client::Request;
use dmr_api::{media, route};
use std::path::PathBuf;

/// Replaces a record: what is left out is gone, fields that you may not write stay.
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  dmr record replace Product 0012 --file product.json")]
pub struct Replace {
    /// Which.
    #[command(flatten)]
    pub named: Named,
    /// Against others.
    #[command(flatten)]
    pub guard: Guard,
    /// The record; - is standard input
    #[arg(long, value_name = "FILE", conflicts_with = "pairs")]
    pub file: Option<PathBuf>,
    /// Members: FIELD=VALUE, or FIELD:=JSON
    #[arg(value_name = "FIELD=VALUE", required_unless_present = "file")]
    pub pairs: Vec<String>,
}

impl Replace {
    /// Replaces it.
    pub async fn run(self, call: &Call<'_>) -> Result<(), Failure> {
        let model = call.model(&self.named.model).await?;
        let request = Request::put(route::fill(route::RECORD, &[&model.name, &self.named.id]));
        let request = match &self.file {
            Some(file) => request.bytes(media::JSON, document::bytes(file)?),
            None => request.json(&document::of_pairs(&self.pairs, model.types())?),
        };
        let record = call.send(self.guard.on(request)).await?.json()?;
        show(call, &record)?;
        suggest_history(call, &model, &record);
        Ok(())
    }
}
