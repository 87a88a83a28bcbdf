//! The drafts of JSON Schema that are understood (M1).

use crate::{Code, Issue, problem::nearest};
use serde_json::Value;

/// A draft of JSON Schema.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Draft {
    /// Draft 4.
    Draft4,
    /// Draft 6.
    Draft6,
    /// Draft 7.
    Draft7,
    /// 2019-09.
    Draft2019,
    /// 2020-12: what a document is that names none.
    Draft2020,
}

impl Draft {
    /// All of them, oldest first.
    pub const ALL: [Self; 5] = [Self::Draft4, Self::Draft6, Self::Draft7, Self::Draft2019, Self::Draft2020];

    /// What `$schema` says.
    pub const fn uri(self) -> &'static str {
        match self {
            Self::Draft4 => "http://json-schema.org/draft-04/schema#",
            Self::Draft6 => "http://json-schema.org/draft-06/schema#",
            Self::Draft7 => "http://json-schema.org/draft-07/schema#",
            Self::Draft2019 => "https://json-schema.org/draft/2019-09/schema",
            Self::Draft2020 => "https://json-schema.org/draft/2020-12/schema",
        }
    }

    /// The draft a document names.
    ///
    /// # Errors
    /// Where `$schema` is no text or names no draft that is understood.
    pub fn of(document: &Value) -> Result<Self, Issue> {
        let Some(given) = document.get("$schema") else { return Ok(Self::Draft2020) };
        let fault = |message: &str| Issue::body("/$schema", Code::SchemaUnsupported, message).rule("$schema").value(given);
        let Some(text) = given.as_str() else {
            return Err(fault("'$schema' is the address of a draft of JSON Schema").suggest(Self::Draft2020.uri()));
        };
        Self::find(text).ok_or_else(|| {
            let near = nearest(text, Self::ALL.map(Self::uri));
            let near = if near.is_empty() { vec![Self::Draft2020.uri().to_owned()] } else { near };
            fault("this draft of JSON Schema is not understood").suggest_all(near)
        })
    }

    /// The draft with this address; http or https, with or without a closing `#`.
    pub fn find(uri: &str) -> Option<Self> {
        let plain = |uri: &str| {
            let uri = uri.trim_end_matches('#').trim_end_matches('/');
            uri.trim_start_matches("http://").trim_start_matches("https://").to_owned()
        };
        Self::ALL.into_iter().find(|draft| plain(draft.uri()) == plain(uri))
    }

    /// Whether members beside `$ref` are without effect.
    pub(crate) const fn reference_alone(self) -> bool {
        matches!(self, Self::Draft4 | Self::Draft6 | Self::Draft7)
    }

    /// The member that names a resource.
    pub(crate) const fn id_member(self) -> &'static str {
        if matches!(self, Self::Draft4) { "id" } else { "$id" }
    }

    pub(crate) const fn engine(self) -> jsonschema::Draft {
        match self {
            Self::Draft4 => jsonschema::Draft::Draft4,
            Self::Draft6 => jsonschema::Draft::Draft6,
            Self::Draft7 => jsonschema::Draft::Draft7,
            Self::Draft2019 => jsonschema::Draft::Draft201909,
            Self::Draft2020 => jsonschema::Draft::Draft202012,
        }
    }
}
