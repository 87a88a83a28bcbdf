//! A record as it is stored: system fields beside a document in canonical JSON under field ids.

use serde::{Deserialize, Serialize};
use std::fmt;
use std::sync::Arc;

macro_rules! id16 {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
        pub struct $name(pub [u8; 16]);

        impl $name {
            /// From its 36 characters.
            pub fn parse(text: &str) -> Option<Self> {
                if text.len() != 36 {
                    return None;
                }
                uuid::Uuid::try_parse(text).ok().map(|id| Self(id.into_bytes()))
            }

            /// From stored bytes.
            pub fn from_slice(bytes: &[u8]) -> Option<Self> {
                bytes.try_into().ok().map(Self)
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                let mut buffer = [0; 36];
                f.write_str(uuid::Uuid::from_bytes(self.0).hyphenated().encode_lower(&mut buffer))
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Display::fmt(self, f)
            }
        }

        impl Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = std::borrow::Cow::<str>::deserialize(deserializer)?;
                Self::parse(&text).ok_or_else(|| serde::de::Error::custom("an id is a UUID"))
            }
        }
    };
}

id16! {
    /// The identity of a record: a UUIDv7 (R5).
    RecordId
}
id16! {
    /// The identity of a principal: a UUIDv7, or one of the two that always are.
    PrincipalId
}

impl PrincipalId {
    /// The system itself: first roles, repairs. Explicit and logged (invariant 3).
    pub const SYSTEM: Self = Self([0; 16]);
    /// Who comes without a credential.
    pub const ANONYMOUS: Self = Self([0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1]);
}

/// A record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Record {
    /// Identity.
    pub id: RecordId,
    /// 1, 2, 3 ...: raised by every change.
    pub version: u64,
    /// The version of the model it was last written under.
    pub stamp: u32,
    /// Microseconds since 1970 UTC.
    pub created_at: i64,
    /// Microseconds since 1970 UTC.
    pub updated_at: i64,
    /// Who made it.
    pub created_by: PrincipalId,
    /// Who changed it last.
    pub updated_by: PrincipalId,
    /// Whose it is.
    pub owner: PrincipalId,
    /// When it was deleted, in microseconds since 1970 UTC; none while it lives.
    pub deleted_at: Option<i64>,
    /// Canonical JSON under field ids.
    pub doc: Arc<[u8]>,
}

/// A record that is borrowed from a store's page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RecordRef<'a> {
    /// Identity.
    pub id: RecordId,
    /// 1, 2, 3 ...
    pub version: u64,
    /// The version of the model it was last written under.
    pub stamp: u32,
    /// Microseconds since 1970 UTC.
    pub created_at: i64,
    /// Microseconds since 1970 UTC.
    pub updated_at: i64,
    /// Who made it.
    pub created_by: PrincipalId,
    /// Who changed it last.
    pub updated_by: PrincipalId,
    /// Whose it is.
    pub owner: PrincipalId,
    /// When it was deleted.
    pub deleted_at: Option<i64>,
    /// Canonical JSON under field ids.
    pub doc: &'a [u8],
}

impl Record {
    /// The same, borrowed.
    pub fn as_ref(&self) -> RecordRef<'_> {
        RecordRef {
            id: self.id,
            version: self.version,
            stamp: self.stamp,
            created_at: self.created_at,
            updated_at: self.updated_at,
            created_by: self.created_by,
            updated_by: self.updated_by,
            owner: self.owner,
            deleted_at: self.deleted_at,
            doc: &self.doc,
        }
    }
}

impl RecordRef<'_> {
    /// The same, owned.
    pub fn to_owned(&self) -> Record {
        Record {
            id: self.id,
            version: self.version,
            stamp: self.stamp,
            created_at: self.created_at,
            updated_at: self.updated_at,
            created_by: self.created_by,
            updated_by: self.updated_by,
            owner: self.owner,
            deleted_at: self.deleted_at,
            doc: self.doc.into(),
        }
    }
}
