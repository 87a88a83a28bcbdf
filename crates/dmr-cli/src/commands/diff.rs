//! `dmr diff`: what changed between two versions of a model, what breaks and why.

use super::show::diff::Diff as Asked;
use crate::call::Call;
use crate::failure::Failure;
use clap::Args;

/// Shows what changed between two versions of a model.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  dmr diff Product               the newest version against the one before
  dmr diff Product 1.0.0         what followed on 1.0.0 until now
  dmr diff Product 1.0.0 2.0.0")]
pub struct Diff {
    /// The model
    pub model: String,
    /// The older version [default: the one before]
    pub from: Option<String>,
    /// The newer version [default: the newest]
    pub to: Option<String>,
}

impl Diff {
    /// Shows it.
    pub async fn run(self, call: &Call<'_>) -> Result<(), Failure> {
        let Self { model, from, to } = self;
        Asked { model, from, to }.run(call).await
    }
}
