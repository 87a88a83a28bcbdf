//! Form plans: what a browser or a terminal draws for a model without understanding JSON Schema (U1, U2).
//!
//! A plan is made of the schema as its asker sees it: references are followed, `allOf` is merged, "T or null" is one control that can be set to
//! null, a union has a picker of kinds, lists have a plan of their elements, maps of their keys and values. What recurs is a named part.
//! What a form cannot express is left to the check of the record, and said so.

mod control;
mod plan;
mod shape;
mod object;
mod list;
mod union;
mod options;
mod rules;
mod condition;
mod label;
mod parts;
mod check;

pub use check::check;
pub use condition::{Condition, Test};
pub use control::{Control, ControlShape, Form, Kind, Metadata, Picks, Rule, SelectOption};
pub use label::label;
pub use plan::{Asked, LiveValues, plan};
