//! Principals, their keys, roles, and who asks (P7).

pub mod me;
