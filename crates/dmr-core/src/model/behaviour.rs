//! What a field does beyond holding a value (M4).

use serde::{Deserialize, Serialize};

/// A behaviour of a field, as S0 names them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Behaviour {
    /// Never accepted from a client.
    ReadOnly,
    /// Never returned by any door.
    WriteOnly,
    /// Both; what a field is without saying so.
    ReadWrite,
    /// Calculated from an expression.
    Computed,
    /// Has an index of its own.
    Indexed,
    /// Found by full-text search.
    Searchable,
    /// Its reads are logged too.
    Audited,
    /// Unreadable at rest.
    Encrypted,
    /// Shown masked to some roles.
    Masked,
}

impl Behaviour {
    /// All of them, in S0's order.
    pub const ALL: [Self; 9] = [
        Self::ReadOnly,
        Self::WriteOnly,
        Self::ReadWrite,
        Self::Computed,
        Self::Indexed,
        Self::Searchable,
        Self::Audited,
        Self::Encrypted,
        Self::Masked,
    ];

    /// As it is spelled: `READ_ONLY`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::ReadOnly => "READ_ONLY",
            Self::WriteOnly => "WRITE_ONLY",
            Self::ReadWrite => "READ_WRITE",
            Self::Computed => "COMPUTED",
            Self::Indexed => "INDEXED",
            Self::Searchable => "SEARCHABLE",
            Self::Audited => "AUDITED",
            Self::Encrypted => "ENCRYPTED",
            Self::Masked => "MASKED",
        }
    }

    /// Whether it is built; what is not is refused by name, never accepted without effect (invariant 14).
    pub const fn available(self) -> bool {
        matches!(self, Self::ReadOnly | Self::WriteOnly | Self::ReadWrite | Self::Indexed | Self::Searchable)
    }

    /// The behaviour with this spelling, whatever the case.
    pub fn find(spelling: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|behaviour| behaviour.as_str().eq_ignore_ascii_case(spelling))
    }
}
