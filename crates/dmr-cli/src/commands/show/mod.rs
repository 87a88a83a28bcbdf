//! `dmr show`: what is there (U4).

pub mod models;
mod model;
mod schema;
mod ui_schema;
mod versions;
pub mod diff;
mod sample;
mod statistics;
mod log;
mod ingest;
mod quarantine;
mod me;

pub use model::{fields as model_fields, words};

use crate::call::Call;
use crate::failure::Failure;
use clap::Subcommand;

/// What is there.
#[derive(Debug, Subcommand)]
pub enum Show {
    /// Lists models
    Models(models::Models),
    /// A model: fields, rights, records
    Model(model::Model),
    /// The JSON Schema of a model
    Schema(schema::Schema),
    /// The form of a model: each field with its widget and why
    UiSchema(ui_schema::UiSchema),
    /// The versions of a model
    Versions(versions::Versions),
    /// What changed between two versions of a model
    Diff(diff::Diff),
    /// Some records, one a column
    Sample(sample::Sample),
    /// What the fields of a model hold: values, extremes, means, spread
    Statistics(statistics::Statistics),
    /// Who changed what
    Log(log::Log),
    /// An ingest: its state and counts
    Ingest(ingest::Ingest),
    /// What an ingest set aside, with reason and place
    Quarantine(quarantine::Quarantine),
    /// Who asks, with which roles
    Me,
}

impl Show {
    /// Shows it.
    pub async fn run(self, call: &Call<'_>) -> Result<(), Failure> {
        match self {
            Self::Models(it) => it.run(call).await,
            Self::Model(it) => it.run(call).await,
            Self::Schema(it) => it.run(call).await,
            Self::UiSchema(it) => it.run(call).await,
            Self::Versions(it) => it.run(call).await,
            Self::Diff(it) => it.run(call).await,
            Self::Sample(it) => it.run(call).await,
            Self::Statistics(it) => it.run(call).await,
            Self::Log(it) => it.run(call).await,
            Self::Ingest(it) => it.run(call).await,
            Self::Quarantine(it) => it.run(call).await,
            Self::Me => me::run(call).await,
        }
    }
}
