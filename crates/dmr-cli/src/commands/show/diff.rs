//! `dmr show diff`.

use crate::call::Call;
use crate::commands::register::draw_changes;
use crate::failure::Failure;
use clap::Args;
use dmr_api::route;

/// Shows what changed between two versions of a model.
#[derive(Debug, Args)]
pub struct Diff {
    /// The model
    pub model: String,
    /// The older [default: the one before]
    #[arg(long, value_name = "VERSION")]
    pub from: Option<String>,
    /// The newer [default: the newest]
    #[arg(long, value_name = "VERSION")]
    pub to: Option<String>,
}

impl Diff {
    /// Shows it.
    pub async fn run(self, call: &Call<'_>) -> Result<(), Failure> {
        let model = call.model(&self.model).await?;
        let mut query = Vec::new();
        query.extend(self.from.as_deref().map(|version| ("from", version)));
        query.extend(self.to.as_deref().map(|version| ("to", version)));
        let diff = call.get(&route::fill(route::DIFF, &[&model.name]), &query).await?;
        call.output.show(&diff, || draw_changes(&diff))
    }
}
