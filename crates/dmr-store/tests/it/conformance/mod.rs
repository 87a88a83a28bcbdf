//! What every store promises: each case runs on every store there is.

mod records;
