//! A model ready for work: fields by name and by id, the keys its indexes hold, its validator.

use super::{
    Behaviour, Factory, Field, FieldId, FieldSettings, Head, MemberDefinition, ModelId, Reference, Shape, Storage, VersionRow, reference,
};
use crate::path::{StoredPath, SystemField, stored_key};
use crate::record::RecordRef;
use crate::schema::{self, Validator};
use crate::search::Searched;
use crate::types::FieldType;
use crate::{Code, Problem, key};
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::{Arc, OnceLock};

/// One member of a compiled index.
#[derive(Debug, Clone, PartialEq)]
pub struct Member {
    /// Where its value is.
    pub at: MemberAt,
    /// Whether greater comes first.
    pub descending: bool,
}

/// Where a member's value is.
#[derive(Debug, Clone, PartialEq)]
pub enum MemberAt {
    /// In the document.
    Field {
        /// Ids from the top down.
        ids: Vec<FieldId>,
        /// Where that is in a stored document.
        path: StoredPath,
        /// What its values are.
        kind: FieldType,
    },
    /// Beside it.
    System(SystemField),
}

/// A compiled index.
#[derive(Debug, Clone, PartialEq)]
pub struct Index {
    /// Its id within the model.
    pub id: u32,
    /// What it is ordered by; the record's id follows, inverted where the last member is descending.
    pub members: Vec<Member>,
}

impl Index {
    /// The key a record has in it.
    pub fn key(&self, record: &RecordRef<'_>) -> Vec<u8> {
        let mut out = Vec::with_capacity(64);
        for member in &self.members {
            let from = out.len();
            member.write_key(record, &mut out);
            if member.descending {
                key::invert(&mut out, from);
            }
        }
        let from = out.len();
        out.extend_from_slice(&record.id.0);
        if self.members.last().is_some_and(|member| member.descending) {
            key::invert(&mut out, from);
        }
        out
    }
}

impl Member {
    /// Appends the key of its value in a record, ascending.
    pub fn write_key(&self, record: &RecordRef<'_>, out: &mut Vec<u8>) {
        match &self.at {
            MemberAt::Field { path, kind, .. } => match path.single(record.doc) {
                Some(raw) => kind.key_raw(raw, out),
                None => key::null(out),
            },
            MemberAt::System(field) => field.write_key(record, out),
        }
    }
}

/// A compiled unique constraint.
#[derive(Debug, Clone, PartialEq)]
pub struct Unique {
    /// Its id within the model.
    pub id: u32,
    /// The fields, by ids from the top down, where they are, and what they hold.
    pub members: Vec<(Vec<FieldId>, StoredPath, FieldType)>,
}

impl Unique {
    /// The key a document holds in it; none where a member is null or absent.
    pub fn key(&self, doc: &[u8]) -> Option<Vec<u8>> {
        let mut out = Vec::with_capacity(32);
        for (_, path, kind) in &self.members {
            let raw = path.single(doc).filter(|raw| *raw != b"null")?;
            kind.key_raw(raw, &mut out);
        }
        Some(out)
    }
}

/// A model as it is now.
#[derive(Debug)]
pub struct Model {
    /// What changes in place.
    pub head: Head,
    /// The version that rules now.
    pub version: Arc<VersionRow>,
    /// Declared fields in the schema's order.
    pub fields: Vec<Field>,
    /// Whether properties that are not declared are kept, as the pseudo-field `*`.
    pub open: bool,
    /// The schema's own title and description.
    pub title: Option<String>,
    /// Indexes that are complete or being filled.
    pub indexes: Vec<Index>,
    /// Unique constraints.
    pub uniques: Vec<Unique>,
    /// Fields whose values name records of a model.
    pub references: Vec<Reference>,
    /// SEARCHABLE fields, in order of id.
    pub searched: Vec<Searched>,
    /// Positions in `fields`, in order of id: the order of a stored document.
    pub stored_order: Vec<usize>,
    by_name: HashMap<Box<str>, usize, foldhash::fast::RandomState>,
    validator: OnceLock<Result<Validator, Problem>>,
}

impl Model {
    /// The fields whose values are made where a new record leaves them out.
    pub fn made(&self) -> impl Iterator<Item = (&Field, Factory)> {
        self.fields.iter().filter_map(|field| Some((field, field.factory?)))
    }

    /// Compiles a head and its version.
    ///
    /// # Errors
    /// Where the schema is not one a model can be made of, or an index names a field that is not there.
    pub fn compile(head: Head, version: Arc<VersionRow>) -> Result<Self, Problem> {
        let derived = schema::derive_kept(&version.schema)?;
        let fields = attach(&derived.fields, &version.fields, &head.settings, "")?;
        let mut stored_order: Vec<usize> = (0..fields.len()).collect();
        stored_order.sort_by_key(|at| fields[*at].id);
        let by_name = fields.iter().enumerate().map(|(at, field)| (field.name().into(), at)).collect();
        let mut model = Self {
            searched: Searched::of(&fields),
            references: reference::compile(&fields, &head.settings),
            fields,
            open: derived.open,
            title: derived.title,
            indexes: Vec::new(),
            uniques: Vec::new(),
            stored_order,
            by_name,
            validator: OnceLock::new(),
            head,
            version,
        };
        model.indexes = model.compile_indexes()?;
        model.uniques = model.compile_uniques()?;
        Ok(model)
    }

    /// Its identity.
    pub fn id(&self) -> ModelId {
        self.head.id
    }

    /// How its records are laid out.
    pub fn storage(&self) -> Storage {
        self.head.storage
    }

    /// The top field with this name.
    pub fn field(&self, name: &str) -> Option<&Field> {
        self.by_name.get(name).map(|at| &self.fields[*at])
    }

    /// The position of the top field with this name.
    pub fn position(&self, name: &str) -> Option<usize> {
        self.by_name.get(name).copied()
    }

    /// The field on a path of ids.
    pub fn field_at(&self, ids: &[FieldId]) -> Option<&Field> {
        self.fields_at(ids)?.pop()
    }

    /// The fields on a path of ids, from the top down; none where one is gone.
    pub fn fields_at(&self, ids: &[FieldId]) -> Option<Vec<&Field>> {
        let mut level = &self.fields;
        let mut fields = Vec::with_capacity(ids.len());
        for id in ids {
            let field = level.iter().find(|field| field.id == *id)?;
            fields.push(field);
            level = &field.children;
        }
        Some(fields)
    }

    /// The validator of its schema, compiled on first use.
    ///
    /// # Errors
    /// Where the schema does not compile; found when the model is registered.
    pub fn validator(&self) -> Result<&Validator, Problem> {
        self.validator.get_or_init(|| Validator::compile(&self.version.schema)).as_ref().map_err(Clone::clone)
    }

    /// The index with this id.
    pub fn index(&self, id: u32) -> Option<&Index> {
        self.indexes.iter().find(|index| index.id == id)
    }

    /// The names on a path of ids, joined by dots; ids of fields that are gone are left out.
    pub fn names(&self, ids: &[FieldId]) -> String {
        let mut names = Vec::new();
        let mut level = &self.fields;
        for id in ids {
            let Some(field) = level.iter().find(|field| field.id == *id) else { break };
            names.push(field.name());
            level = &field.children;
        }
        names.join(".")
    }

    fn compile_indexes(&self) -> Result<Vec<Index>, Problem> {
        self.head
            .indexes
            .iter()
            .map(|index| {
                let members = index.members.iter().map(|member| self.compile_member(member)).collect::<Result<_, _>>()?;
                Ok(Index { id: index.id, members })
            })
            .collect()
    }

    fn compile_member(&self, member: &MemberDefinition) -> Result<Member, Problem> {
        let at = match &member.system {
            Some(name) => MemberAt::System(SystemField::find(name).ok_or_else(|| unknown_member(name))?),
            None => {
                let fields = self.fields_at(&member.field).ok_or_else(|| unknown_member("a field that is gone"))?;
                let kind = fields.last().map_or(FieldType::Any, |field| field.shape.kind.clone());
                MemberAt::Field { path: StoredPath::of_fields(fields), ids: member.field.clone(), kind }
            }
        };
        Ok(Member { at, descending: member.descending })
    }

    fn compile_uniques(&self) -> Result<Vec<Unique>, Problem> {
        self.head
            .unique
            .iter()
            .map(|unique| {
                let members = unique
                    .members
                    .iter()
                    .map(|ids| {
                        let fields = self.fields_at(ids).ok_or_else(|| unknown_member("a field that is gone"))?;
                        let kind = fields.last().map_or(FieldType::Any, |field| field.shape.kind.clone());
                        Ok((ids.clone(), StoredPath::of_fields(fields), kind))
                    })
                    .collect::<Result<_, Problem>>()?;
                Ok(Unique { id: unique.id, members })
            })
            .collect()
    }
}

fn unknown_member(name: &str) -> Problem {
    Problem::new(Code::DefinitionInvalid, format!("an index or unique constraint names {name}"))
}

/// Gives each shape its id and behaviours.
fn attach(
    shapes: &[Shape],
    ids: &BTreeMap<String, FieldId>,
    settings: &BTreeMap<FieldId, FieldSettings>,
    above: &str,
) -> Result<Vec<Field>, Problem> {
    shapes
        .iter()
        .map(|shape| {
            let pointer = crate::path::pointer(above, &shape.name);
            let id = *ids
                .get(&pointer)
                .ok_or_else(|| Problem::new(Code::DataDamaged, format!("the field {pointer} has no id in its version")))?;
            let mut behaviours: BTreeSet<Behaviour> = settings.get(&id).map(|set| set.behaviours.clone()).unwrap_or_default();
            if shape.read_only && !behaviours.contains(&Behaviour::ReadWrite) {
                behaviours.insert(Behaviour::ReadOnly);
            }
            if shape.write_only && !behaviours.contains(&Behaviour::ReadWrite) {
                behaviours.insert(Behaviour::WriteOnly);
            }
            let children = attach(&shape.children, ids, settings, &pointer)?;
            let key = stored_key(id, above.is_empty()).into();
            let normalisers = settings.get(&id).map(|set| set.normalise.clone()).unwrap_or_default();
            let factory = settings.get(&id).and_then(|set| set.default_factory);
            Ok(Field { id, key, shape: Shape { children: Vec::new(), ..shape.clone() }, behaviours, normalisers, factory, children })
        })
        .collect()
}
