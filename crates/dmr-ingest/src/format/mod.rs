//! The formats, one file each: a format turns bytes into records and knows nothing of types.
//! A new one is a file here, a variant of [`Format`], a line in [`crate::sniff`], and an arm where records are opened.

pub(crate) mod csv;
pub(crate) mod delimiter;
pub(crate) mod element;
pub(crate) mod extent;
pub(crate) mod json;
pub(crate) mod ndjson;
pub(crate) mod posted;

use serde::{Deserialize, Serialize};

/// How the bytes of an input are to be read (D1).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Format {
    /// Cells with a delimiter between them, a header first (RFC 4180, any line ends).
    Csv {
        /// `,`, `;`, a tab or `|`.
        delimiter: char,
    },
    /// One JSON document, or several one after the other.
    Json,
    /// One JSON object a line.
    Ndjson,
    /// Records posted as JSON values.
    Records,
}

impl Format {
    /// What it is called where a person reads it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Csv { delimiter: '\t' } => "TSV",
            Self::Csv { .. } => "CSV",
            Self::Json => "JSON",
            Self::Ndjson => "NDJSON",
            Self::Records => "records",
        }
    }
}
