//! Laws that hold the whole together: the same history gives the same answers everywhere, the log gives the state, and nobody learns of what
//! it may not see.

pub mod differential;
pub mod random;
mod replay;
pub mod stores;
