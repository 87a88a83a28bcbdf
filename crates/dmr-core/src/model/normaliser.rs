//! How the texts of a field are written before they are checked and kept: only where the field asks for it (R4).

use crate::types::FieldType;
use crate::{Code, Issue, Value};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use unicode_normalization::UnicodeNormalization;

/// One way in which a text is written anew. They are carried out in this order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Normaliser {
    /// Unicode form C: letters and their accents in one.
    Nfc,
    /// Unicode form KC: as C, and letters that only look different are the same.
    Nfkc,
    /// Small letters.
    Lower,
    /// Capital letters.
    Upper,
    /// White space at both ends goes.
    Trim,
}

impl Normaliser {
    /// All of them.
    pub const ALL: [Self; 5] = [Self::Nfc, Self::Nfkc, Self::Lower, Self::Upper, Self::Trim];

    /// As it is spelled.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Nfc => "nfc",
            Self::Nfkc => "nfkc",
            Self::Lower => "lower",
            Self::Upper => "upper",
            Self::Trim => "trim",
        }
    }

    /// The one with this spelling.
    pub fn find(spelling: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|normaliser| normaliser.as_str() == spelling)
    }

    fn write(self, text: &str) -> String {
        match self {
            Self::Nfc => text.nfc().collect(),
            Self::Nfkc => text.nfkc().collect(),
            Self::Lower => text.to_lowercase(),
            Self::Upper => text.to_uppercase(),
            Self::Trim => text.trim().to_owned(),
        }
    }
}

/// A value as a field's normalisers write it; what is no text stays as it is.
pub(crate) fn normalise(normalisers: &BTreeSet<Normaliser>, kind: &FieldType, value: &mut Value) {
    if normalisers.is_empty() || *kind != FieldType::Text {
        return;
    }
    if let Value::String(text) = value {
        // Letters of another case can have another form: twice is enough for a text to stay as it is.
        for normaliser in normalisers.iter().chain(normalisers) {
            *text = normaliser.write(text);
        }
    }
}

/// Two Unicode forms, or two cases, exclude each other; what is no text has neither.
pub(crate) fn check(normalisers: &BTreeSet<Normaliser>, kind: Option<&FieldType>, at: &str) -> Option<Issue> {
    let both = |one, other| normalisers.contains(&one) && normalisers.contains(&other);
    if both(Normaliser::Nfc, Normaliser::Nfkc) || both(Normaliser::Lower, Normaliser::Upper) {
        let message = "a text has one Unicode form and one case: `nfc` or `nfkc`, `lower` or `upper`";
        return Some(Issue::body(at, Code::BehaviourContradiction, message));
    }
    let other = kind.filter(|kind| **kind != FieldType::Text && !normalisers.is_empty())?;
    Some(Issue::body(at, Code::DefinitionInvalid, format!("only texts are normalised; the field holds {}", other.name())))
}
