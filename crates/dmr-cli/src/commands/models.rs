//! `dmr models`: the models, as `dmr show models` lists them, and how many there are of each source.

use super::show::models::Models as Listed;
use crate::call::Call;
use crate::failure::Failure;
use clap::Args;

/// Lists models.
#[derive(Debug, Args)]
#[group(skip)]
#[command(after_help = "Examples:
  dmr models --tag sold
  dmr models --source dynamic --namespace 'ns.models.shop.*'
  dmr models --format csv > models.csv")]
pub struct Models {
    /// Which.
    #[command(flatten)]
    pub listed: Listed,
}

impl Models {
    /// Lists them.
    pub async fn run(self, call: &Call<'_>) -> Result<(), Failure> {
        self.listed.run(call).await
    }
}
