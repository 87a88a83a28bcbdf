//! Principals, their keys, roles, and who asks (P7).

pub mod me;
pub mod list;
pub mod create;
pub mod get;
pub mod change;
pub mod delete;
pub mod keys;
pub mod roles;
