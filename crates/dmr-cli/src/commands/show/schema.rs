//! `dmr show schema`.

use crate::call::Call;
use crate::failure::Failure;
use clap::Args;
use dmr_api::route;

/// Shows the JSON Schema of a model.
#[derive(Debug, Args)]
pub struct Schema {
    /// The model
    pub model: String,
    /// Of this version
    #[arg(long)]
    pub version: Option<String>,
}

impl Schema {
    /// Shows it: people get it indented.
    pub async fn run(self, call: &Call<'_>) -> Result<(), Failure> {
        let model = call.model(&self.model).await?;
        let query: Vec<_> = self.version.as_deref().map(|version| ("version", version)).into_iter().collect();
        let schema = call.get(&route::fill(route::SCHEMA, &[&model.name]), &query).await?;
        call.output.show(&schema, || serde_json::to_string_pretty(&schema).unwrap_or_else(|_| schema.to_string()) + "\n")
    }
}
