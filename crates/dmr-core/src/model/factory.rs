//! Default factories: what makes the value of a field that is left out when a record is made (R6).

use crate::time;
use crate::types::FieldType;
use crate::{Code, Issue, Value};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

/// What makes a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Factory {
    /// The time at which the record is made, in UTC: a date-time, a date or a time, as the field's type is.
    Now,
    /// A random UUID (version 4).
    Uuid,
    /// The next whole number of the field: 1, 2, 3 ... No number is given twice; one can be left out where a record was refused or the
    /// process ended without closing.
    Sequence,
}

impl Factory {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Now, Self::Uuid, Self::Sequence];

    /// As it is spelled.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Now => "now",
            Self::Uuid => "uuid",
            Self::Sequence => "sequence",
        }
    }

    /// The one with this spelling.
    pub fn find(spelling: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|factory| factory.as_str() == spelling)
    }

    /// Why it makes nothing for values of a type.
    pub(crate) fn misfit(self, kind: &FieldType, at: &str) -> Option<Issue> {
        let (fits, wanted) = match self {
            Self::Now => (
                matches!(kind, FieldType::DateTime | FieldType::Date | FieldType::Time | FieldType::Text),
                "a date-time, a date, a time or a text",
            ),
            Self::Uuid => (matches!(kind, FieldType::Uuid | FieldType::Text), "a UUID or a text"),
            Self::Sequence => (matches!(kind, FieldType::Integer), "an integer"),
        };
        let message = format!("`{}` makes values of a field that holds {wanted}; this one holds {}", self.as_str(), kind.name());
        (!fits).then(|| Issue::body(at, Code::DefinitionInvalid, message))
    }
}

/// What factories make the values of one record from: they know neither clock nor chance.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Fresh {
    /// Microseconds since 1970 UTC.
    pub now: i64,
    /// Bytes nobody can guess.
    pub seed: [u8; 32],
    /// The next number of each sequence, by the id of its field.
    pub numbers: Vec<(super::FieldId, i64)>,
}

impl Fresh {
    /// The value of a field that was left out; none where nothing makes one.
    pub(crate) fn value(&self, field: &super::Field) -> Option<Value> {
        match field.factory? {
            Factory::Now => {
                let text = time::text(self.now);
                let (date, clock) = text.split_once('T')?;
                Some(Value::from(match field.shape.kind {
                    FieldType::Date => date,
                    FieldType::Time => clock,
                    _ => text.as_str(),
                }))
            }
            Factory::Uuid => {
                let mut bytes = [0; 16];
                let hash = Sha256::new().chain_update(self.seed).chain_update(field.id.0.to_be_bytes()).finalize();
                bytes.copy_from_slice(hash.get(..16)?);
                Some(uuid::Builder::from_random_bytes(bytes).into_uuid().to_string().into())
            }
            Factory::Sequence => {
                let (_, number) = self.numbers.iter().find(|(id, _)| *id == field.id)?;
                Some((*number).into())
            }
        }
    }
}
