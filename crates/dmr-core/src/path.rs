//! Where a value is: in a stored document, whose members stand under field ids, or beside it.

use crate::json::raw;
use crate::key;
use crate::model::FieldId;
use crate::record::RecordRef;
use std::borrow::Cow;

/// The member of a stored document (and of any object in it whose members are fields) that holds undeclared properties.
pub const UNDECLARED: &str = "*";

/// A path into a stored document: the keys on it, as JSON spells them between quotes.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct StoredPath(Vec<Box<[u8]>>);

impl StoredPath {
    /// The path of a declared field.
    pub fn of_ids(ids: &[FieldId]) -> Self {
        Self(ids.iter().map(|id| id.to_string().into_bytes().into()).collect())
    }

    /// One key deeper; the key is a name, not yet escaped.
    pub fn push(&mut self, key: &str) {
        let mut quoted = Vec::new();
        crate::json::write_str(key, &mut quoted);
        self.0.push(quoted[1..quoted.len() - 1].into());
    }

    /// The one value here; none where it is absent or the path runs through a list.
    pub fn single<'a>(&self, doc: &'a [u8]) -> Option<&'a [u8]> {
        self.0.iter().try_fold(doc, |object, key| if object.first() == Some(&b'{') { raw::get(object, key) } else { None })
    }

    /// Every value here: a path through a list goes into each of its elements. Stops where `each` says true.
    pub fn any(&self, doc: &[u8], each: &mut dyn FnMut(&[u8]) -> bool) -> bool {
        walk(&self.0, doc, each)
    }
}

fn walk(keys: &[Box<[u8]>], value: &[u8], each: &mut dyn FnMut(&[u8]) -> bool) -> bool {
    let Some((first, rest)) = keys.split_first() else {
        return each(value);
    };
    match value.first() {
        Some(b'{') => raw::get(value, first).is_some_and(|inner| walk(rest, inner, each)),
        Some(b'[') => raw::elements(value).any(|element| walk(keys, element, each)),
        _ => false,
    }
}

/// A JSON pointer one name deeper.
pub fn pointer(above: &str, name: &str) -> String {
    let name: Cow<'_, str> = if name.contains(['~', '/']) { name.replace('~', "~0").replace('/', "~1").into() } else { name.into() };
    format!("{above}/{name}")
}

/// What the system keeps beside each document (R5).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum SystemField {
    /// `_id`
    Id,
    /// `_version`
    Version,
    /// `_created_at`
    CreatedAt,
    /// `_updated_at`
    UpdatedAt,
    /// `_created_by`
    CreatedBy,
    /// `_updated_by`
    UpdatedBy,
    /// `_owner`
    Owner,
    /// `_deleted_at`
    DeletedAt,
}

impl SystemField {
    /// All of them, in the order of an answer.
    pub const ALL: [Self; 8] =
        [Self::Id, Self::Version, Self::CreatedAt, Self::UpdatedAt, Self::CreatedBy, Self::UpdatedBy, Self::Owner, Self::DeletedAt];

    /// As it is spelled.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Id => "_id",
            Self::Version => "_version",
            Self::CreatedAt => "_created_at",
            Self::UpdatedAt => "_updated_at",
            Self::CreatedBy => "_created_by",
            Self::UpdatedBy => "_updated_by",
            Self::Owner => "_owner",
            Self::DeletedAt => "_deleted_at",
        }
    }

    /// The system field with this name.
    pub fn find(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|field| field.as_str() == name)
    }

    /// The type its values have in filters and answers.
    pub const fn kind(self) -> crate::types::FieldType {
        use crate::types::FieldType;
        match self {
            Self::Id | Self::CreatedBy | Self::UpdatedBy | Self::Owner => FieldType::Uuid,
            Self::Version => FieldType::Integer,
            Self::CreatedAt | Self::UpdatedAt | Self::DeletedAt => FieldType::DateTime,
        }
    }

    /// Appends the key of its value.
    pub fn write_key(self, record: &RecordRef<'_>, out: &mut Vec<u8>) {
        match self {
            Self::Id => key::bytes16(&record.id.0, out),
            Self::Version => key::integer(i64::try_from(record.version).unwrap_or(i64::MAX), out),
            Self::CreatedAt => key::instant(record.created_at, out),
            Self::UpdatedAt => key::instant(record.updated_at, out),
            Self::CreatedBy => key::bytes16(&record.created_by.0, out),
            Self::UpdatedBy => key::bytes16(&record.updated_by.0, out),
            Self::Owner => key::bytes16(&record.owner.0, out),
            Self::DeletedAt => match record.deleted_at {
                Some(at) => key::instant(at, out),
                None => key::null(out),
            },
        }
    }
}
