//! Schema documents: drafts 4, 6, 7, 2019-09 and 2020-12 in, kept as given; 2020-12 out (M1, M6).
//!
//! [`derive`] reads a document into the fields of a model, [`Validator`] holds records against it.

mod decimal;
mod defaults;
mod derive;
mod draft;
pub(crate) mod facts;
pub(crate) mod format;
mod guard;
mod json_types;
pub(crate) mod keyword;
pub(crate) mod message;
pub mod out;
pub(crate) mod reach;
pub(crate) mod resolve;
mod shape;
mod validator;

pub use derive::{Derived, derive, derive_kept};
pub use draft::Draft;
pub use validator::Validator;
