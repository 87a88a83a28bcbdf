//! From the description of a model, as doors send it, to its head and version (M1, M4, M5, M7).

mod build;
mod members;
mod read;
mod reference;
mod rights;

pub use build::{Built, Defaults, build};
pub use read::{Registration, StorageAsked};
pub use reference::{ReferenceAsked, Targets};
pub use rights::{read_permissions, write_permissions};
