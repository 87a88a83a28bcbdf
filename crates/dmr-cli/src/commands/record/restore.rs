//! `dmr record restore`.

use super::{Guard, Named, show, suggest_history};
use crate::call::Call;
use crate::failure::Failure;
use clap::Args;
use dmr_api::client::Request;
use dmr_api::route;

/// Makes a deleted record live again.
#[derive(Debug, Args)]
pub struct Restore {
    /// Which.
    #[command(flatten)]
    pub named: Named,
    /// Against others.
    #[command(flatten)]
    pub guard: Guard,
}

impl Restore {
    /// Restores it.
    pub async fn run(self, call: &Call<'_>) -> Result<(), Failure> {
        let model = call.model(&self.named.model).await?;
        let request = Request::post(route::fill(route::RESTORE, &[&model.name, &self.named.id]));
        let record = call.send(self.guard.on(request)).await?.json()?;
        show(call, &record)?;
        suggest_history(call, &model, &record);
        Ok(())
    }
}
