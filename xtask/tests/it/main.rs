//! The tasks, called as a person calls them.
#![allow(clippy::unwrap_used, reason = "a test ends at the first surprise")]

mod tidy;
mod usage;
