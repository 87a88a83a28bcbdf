//! What types are proposed, and why: from texts (cells) and from JSON values. Nothing is proposed that would not give
//! every value back as it came (invariant 10).

pub(crate) mod column;
pub(crate) mod kind;
mod numeric;
pub(crate) mod sample;
pub(crate) mod shape;
pub(crate) mod shape_schema;
pub(crate) mod tally;
mod temporal;
