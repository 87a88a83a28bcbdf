//! Serves a listener: accepts, watches connections, stops in order.

mod accept;
mod connection;
mod watch;

pub use accept::serve;
