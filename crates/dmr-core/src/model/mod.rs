//! A model: what is registered (its head and versions), and what it compiles to.

mod behaviour;
mod definition;
mod factory;
mod field;
mod normaliser;
mod reference;
mod compiled;

pub use behaviour::Behaviour;
pub use compiled::{Index, Member, MemberAt, Model, Unique};
pub use definition::{
    FieldSettings, Head, IndexDefinition, MemberDefinition, Mode, ModelId, Source, Storage, UniqueDefinition, VersionRow,
};
pub use factory::{Factory, Fresh};
pub use field::{Field, FieldId, Shape};
pub use normaliser::Normaliser;
pub(crate) use normaliser::check as check_normalisers;
pub use reference::{NamedBy, OnDelete, Reference, ReferenceDefinition};
