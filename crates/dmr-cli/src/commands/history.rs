//! `dmr history`: what happened to a record, as `dmr record history` tells it.

use super::record::history::History as Told;
use crate::call::Call;
use crate::failure::Failure;
use clap::Args;

/// Shows what happened to a record: who, when, what changed.
#[derive(Debug, Args)]
#[group(skip)]
#[command(after_help = "Example:\n  dmr history Product 0012")]
pub struct History {
    /// Of which.
    #[command(flatten)]
    pub told: Told,
}

impl History {
    /// Shows it.
    pub async fn run(self, call: &Call<'_>) -> Result<(), Failure> {
        self.told.run(call).await
    }
}
