//! The server itself.

pub mod backups;
pub mod health;
pub mod home;
pub mod metrics;
pub mod openapi;
pub mod ready;
pub mod settings;
pub mod stats;
