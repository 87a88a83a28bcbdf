//! The rows of the table, one a file.

mod aggregate;
mod bulk;
mod create;
mod forms;
mod list;
mod lookup;
mod moves;
mod read;
mod registering;
mod search;
mod start;
mod statistics;
mod tail;
mod update;

pub use bulk::bare_inserts;

use super::figure::Line;
use super::plan::Plan;
use crate::failure::Failure;

/// Measures the lines of one row.
pub type Measure = fn(&Plan) -> Result<Vec<Line>, Failure>;

/// Every row, in the order of the page.
pub const ALL: [(&str, Measure); 14] = [
    ("create", create::measure),
    ("update", update::measure),
    ("tail", tail::measure),
    ("read", read::measure),
    ("list", list::measure),
    ("aggregate", aggregate::measure),
    ("search", search::measure),
    ("forms", forms::measure),
    ("statistics", statistics::measure),
    ("bulk", bulk::measure),
    ("moves", moves::measure),
    ("registering", registering::measure),
    ("lookup", lookup::measure),
    ("start", start::measure),
];
