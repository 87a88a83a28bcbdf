//! Where a value is: in a stored document, whose members stand under field ids, or beside it.

use crate::json::raw;
use crate::key;
use crate::model::{Field, FieldId};
use crate::record::RecordRef;
use std::borrow::Cow;

/// The member of a stored document (and of any object in it whose members are fields) that holds undeclared properties.
pub const UNDECLARED: &str = "*";

/// What the key of a field inside an object begins with: so an object whose members are fields is told from one that is data. An object
/// of data that holds such a name itself is written as `{"*": {...}}`.
pub const INNER: char = '#';

/// The key of a field in a stored document.
pub fn stored_key(id: FieldId, top: bool) -> String {
    if top { id.to_string() } else { format!("{INNER}{id}") }
}

/// One step of a path. Keys are as JSON spells them between quotes.
#[derive(Debug, Clone)]
struct Step {
    key: Box<[u8]>,
    of: StepOf,
}

/// What a step leads to.
#[derive(Debug, Clone)]
enum StepOf {
    /// A field of the record, under its key; or under its name where it was not declared yet.
    Top(Box<[u8]>),
    /// A field inside another, under its key; or under its name where it was not declared yet, or the other was still data.
    Inner(Box<[u8]>),
    /// A field, under its key.
    Bare,
    /// Data in the value of a field: where that holds fields, under `*`.
    DataOfField,
    /// Data in data.
    Data,
}

/// A path into a stored document.
#[derive(Debug, Clone, Default)]
pub struct StoredPath(Vec<Step>);

/// Two paths are the same where their keys are: names are labels.
impl PartialEq for StoredPath {
    fn eq(&self, other: &Self) -> bool {
        self.0.len() == other.0.len() && self.0.iter().zip(&other.0).all(|(one, other)| one.key == other.key)
    }
}

impl Eq for StoredPath {}

impl StoredPath {
    /// The path of a declared field, from the top down.
    pub fn of_ids(ids: &[FieldId]) -> Self {
        let step = |(at, id): (usize, &FieldId)| Step { key: stored_key(*id, at == 0).into_bytes().into(), of: StepOf::Bare };
        Self(ids.iter().enumerate().map(step).collect())
    }

    /// The path of a declared field, from the top down, also found where an object above it was still data.
    pub fn of_fields<'a>(fields: impl IntoIterator<Item = &'a Field>) -> Self {
        let mut path = Self::default();
        fields.into_iter().for_each(|field| path.push_field(field));
        path
    }

    /// One field deeper.
    pub fn push_field(&mut self, field: &Field) {
        let name = quoted(field.name());
        let of = if self.0.is_empty() { StepOf::Top(name) } else { StepOf::Inner(name) };
        self.0.push(Step { key: field.key.as_bytes().into(), of });
    }

    /// One key of data deeper; the key is a name, not yet escaped.
    pub fn push(&mut self, key: &str) {
        let of = match self.0.last() {
            Some(Step { of: StepOf::Top(_) | StepOf::Inner(_), .. }) => StepOf::DataOfField,
            _ => StepOf::Data,
        };
        self.0.push(Step { key: quoted(key), of });
    }

    /// The one value here; none where it is absent or the path runs through a list.
    pub fn single<'a>(&self, doc: &'a [u8]) -> Option<&'a [u8]> {
        self.0.iter().try_fold(doc, |object, step| step.of(object, false))
    }

    /// The key of the member of a document that the path begins with, as JSON spells it between quotes.
    pub(crate) fn first_key(&self) -> &[u8] {
        self.0.first().map_or(&[], |step| &step.key)
    }

    /// The one value here, from the value of the member that the path begins with.
    pub(crate) fn single_within<'a>(&self, member: &'a [u8]) -> Option<&'a [u8]> {
        self.0.iter().skip(1).try_fold(member, |object, step| step.of(object, false))
    }

    /// The one value here, from a document's undeclared members: of a field that was written before it was declared.
    pub(crate) fn single_undeclared<'a>(&self, undeclared: &'a [u8]) -> Option<&'a [u8]> {
        match self.0.first() {
            Some(Step { of: StepOf::Top(name), .. }) => self.single_within(raw::get(undeclared, name)?),
            _ => None,
        }
    }

    /// Every value here: a path through a list goes into each of its elements. Stops where `each` says true.
    pub fn any(&self, doc: &[u8], each: &mut dyn FnMut(&[u8]) -> bool) -> bool {
        walk(&self.0, doc, false, each)
    }
}

impl Step {
    /// The member of an object; `listed`: of one in a list, which is data whatever its names look like.
    fn of<'a>(&self, object: &'a [u8], listed: bool) -> Option<&'a [u8]> {
        if object.first() != Some(&b'{') {
            return None;
        }
        match &self.of {
            StepOf::Top(name) => raw::get(object, &self.key).or_else(|| raw::get(raw::get(object, UNDECLARED.as_bytes())?, name)),
            StepOf::Inner(name) if listed => raw::get(object, name),
            StepOf::Inner(name) => raw::get(object, &self.key).or_else(|| undeclared(object, name)),
            StepOf::Bare => raw::get(object, &self.key),
            StepOf::DataOfField if !listed => undeclared(object, &self.key),
            StepOf::DataOfField | StepOf::Data => raw::get(object, &self.key),
        }
    }
}

/// What stands under a name in the value of a field: data is the value itself, or where that holds fields what is under `*`. A name that
/// looks like the key of a field is only ever found there.
fn undeclared<'a>(object: &'a [u8], name: &[u8]) -> Option<&'a [u8]> {
    match raw::get(object, UNDECLARED.as_bytes()) {
        Some(data) => raw::get(data, name),
        None if name.first() == Some(&(INNER as u8)) => None,
        None => raw::get(object, name),
    }
}

fn quoted(name: &str) -> Box<[u8]> {
    let mut quoted = Vec::new();
    crate::json::write_str(name, &mut quoted);
    quoted[1..quoted.len() - 1].into()
}

fn walk(steps: &[Step], value: &[u8], listed: bool, each: &mut dyn FnMut(&[u8]) -> bool) -> bool {
    let Some((first, rest)) = steps.split_first() else {
        return each(value);
    };
    match value.first() {
        Some(b'{') => first.of(value, listed).is_some_and(|inner| walk(rest, inner, listed, each)),
        Some(b'[') => raw::elements(value).any(|element| walk(steps, element, true, each)),
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

    /// Appends its value as JSON.
    pub fn write_json(self, record: &RecordRef<'_>, out: &mut Vec<u8>) {
        match self {
            Self::Id => write_id(&record.id.0, out),
            Self::CreatedBy => write_id(&record.created_by.0, out),
            Self::UpdatedBy => write_id(&record.updated_by.0, out),
            Self::Owner => write_id(&record.owner.0, out),
            Self::Version => out.extend_from_slice(itoa::Buffer::new().format(record.version).as_bytes()),
            Self::CreatedAt => write_time(record.created_at, out),
            Self::UpdatedAt => write_time(record.updated_at, out),
            Self::DeletedAt => match record.deleted_at {
                Some(at) => write_time(at, out),
                None => out.extend_from_slice(b"null"),
            },
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

fn write_id(id: &[u8; 16], out: &mut Vec<u8>) {
    let mut buffer = [0; 36];
    out.push(b'"');
    out.extend_from_slice(uuid::Uuid::from_bytes(*id).hyphenated().encode_lower(&mut buffer).as_bytes());
    out.push(b'"');
}

fn write_time(micros: i64, out: &mut Vec<u8>) {
    out.push(b'"');
    crate::time::write(micros, out);
    out.push(b'"');
}
