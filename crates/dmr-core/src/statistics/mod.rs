//! Statistics of a model's records (X1, X2): a pure computation over what comes and what goes.
//!
//! A [`Reading`] takes in records, takes them away again and is asked at any time what the fields hold. As long as a field has few
//! different values, all of them are kept with their numbers: everything told of it is exact, and stays exact whatever is taken away. A
//! field with more values than the budget keeps sums, extremes and the most frequent values, a sketch of how many different values there
//! are, and shares in a sample of records; each answer says which, and how far off it can be.
//!
//! Values are told apart by their stored text, which costs one look into a table for each; what they mean is worked out when somebody
//! asks. One file a measure.

mod shape;
mod class;
mod table;
mod distinct;
mod extremes;
mod sums;
mod sample;
mod beyond;
mod field;
mod reading;
mod spelled;
mod quantiles;
mod histogram;
mod summary;
mod told;
mod saved;

pub use reading::{Reading, State};
pub use shape::Shape;
pub use table::Bounds;
pub use told::{FieldTold, Telling};
