//! The document that the owner of a data directory leaves there, so that other commands talk to it instead of opening the file.

use serde::{Deserialize, Serialize};

/// The name of the document in the data directory. Its mode is 0600: who reads it is the owner.
pub const OWNER_FILE: &str = "owner.json";

/// Who holds a data directory. It is true only while that process holds the directory's lock.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Owner {
    /// Where it listens: `http://127.0.0.1:8000`.
    pub address: String,
    /// A credential that ends with the process.
    pub credential: String,
    /// The process.
    pub pid: u32,
}
