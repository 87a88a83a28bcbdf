//! The library people add: a registry is core, a store and ingestion behind one face.

pub mod settings;

pub use dmr_core as core;
pub use dmr_core::{Code, Issue, Object, Place, Problem, Value};
pub use settings::Settings;
