//! `dmr record revert`.

use super::{Guard, Named, show, suggest_history};
use crate::call::Call;
use crate::failure::Failure;
use clap::Args;
use dmr_api::client::Request;
use dmr_api::route;
use serde_json::json;

/// Takes a record back to an earlier version; that is a change like any other.
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  dmr record revert Product 0012 --to 2")]
pub struct Revert {
    /// Which.
    #[command(flatten)]
    pub named: Named,
    /// Against others.
    #[command(flatten)]
    pub guard: Guard,
    /// The version, as the history has it
    #[arg(long, value_name = "VERSION")]
    pub to: u64,
}

impl Revert {
    /// Reverts it.
    pub async fn run(self, call: &Call<'_>) -> Result<(), Failure> {
        let model = call.model(&self.named.model).await?;
        let request = Request::post(route::fill(route::REVERT, &[&model.name, &self.named.id])).json(&json!({ "to": self.to }));
        let record = call.send(self.guard.on(request)).await?.json()?;
        show(call, &record)?;
        suggest_history(call, &model, &record);
        Ok(())
    }
}
