//! What a model is and every rule about it.
//!
//! The core knows no clock, file, SQL, HTTP or async runtime (invariant 1): time, ids and stored data come in as plain data.

pub mod code;
pub mod problem;
pub mod name;
pub mod words;
pub mod json;
pub mod number;
pub mod key;
pub mod fold;
pub mod time;
pub mod types;
pub mod model;
pub mod path;
pub mod record;
pub mod document;
pub mod schema;
pub mod widget;
pub mod form;
pub mod builder;
pub mod evolution;
pub mod permission;
pub mod principal;
pub mod gate;
pub mod log;
pub mod change;
pub mod registration;
pub mod catalog;
pub mod people;
pub mod query;
pub mod projection;
pub mod aggregate;
pub mod statistics;
pub mod search;
pub mod advice;
pub mod command;
pub mod decide;

pub use fold::fold;
pub use problem::{Code, Issue, Place, Problem};
/// A JSON value that keeps the digits of its numbers and the order of its members.
pub use serde_json::Value;
pub use types::{Fault, FieldType, Native};
/// A JSON object.
pub type Object = serde_json::Map<String, Value>;
