//! The wire: what both ends of the HTTP API must agree on, and nothing of how anything is done.
//!
//! - [`media`]: media types and header names,
//! - [`route`]: every route's template, and how a client fills one,
//! - [`problem`]: a problem document back into a [`Problem`](dmr_core::Problem),
//! - [`owner`]: the document by which the owner of a data directory is found,
//! - `client` (feature `client`): a client over HTTP or in process.

#[cfg(feature = "client")]
pub mod client;
pub mod media;
pub mod owner;
pub mod problem;
pub mod route;

pub use owner::Owner;
