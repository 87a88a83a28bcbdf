//! The gatekeeper: who may know of which models.

pub mod check;
pub mod log;
pub mod models;
pub mod show;
