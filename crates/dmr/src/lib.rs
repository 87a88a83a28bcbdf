//! The library people add: a registry is core, a store and ingestion behind one face.

mod accesses;
mod administrator;
mod backup;
mod builder;
mod cursor;
mod survey;
mod folder;
#[doc(hidden)]
pub mod linked;
mod ids;
mod owner;
mod page;
mod pending;
mod pool;
mod registry;
mod seen;
mod sequences;
mod session;
pub mod settings;
mod statistics;
mod submission;
mod trace;
mod telling;

pub use accesses::Reason;
pub use backup::{BackupTo, Manifest};
pub use builder::Builder;
pub use dmr_core as core;
pub use dmr_core::aggregate::Aggregated;
pub use dmr_core::query::{Deleted, Parameters, read_parameters};
pub use dmr_core::{Code, Issue, Object, Place, Problem, Value, gate::NumberStyle, principal::Asker, record::RecordId};
pub use dmr_store::{Counting, Figure, Measure, Spread, Unit};
pub use folder::{FileState, ModelFile, ModelsFolder, StartSummary};
pub use linked::LinkedModel;
pub use page::Page;
pub use pending::Pending;
pub use registry::Registry;
pub use seen::{Seen, SeenModel, Written};
pub use session::{
    AccessFilter, AccessibleFilter, AuditFilter, BatchAnswer, Begun, BulkAnswer, Checked, Export, Exported, FailedRow, FileFormat, Get,
    Import, Imported, MOST_SET_ASIDE, ModelChange, ModelFilter, Patch, PutAnswer, PutModel, Registered, Retry, Rows, SearchFor, Session,
    StatisticsFor, StructOptions, Upload, Write,
};
pub use settings::Settings;
pub use survey::{Surveyed, is_owned, survey};
pub use trace::Trace;

/// The example of the README is compiled with the tests.
#[cfg(doctest)]
#[doc = include_str!("../../../README.md")]
struct Readme;
