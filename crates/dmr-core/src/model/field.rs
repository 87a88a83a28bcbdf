//! A field: an identity for ever, a label for now (invariant 8).

use super::normaliser::normalise;
use super::{Behaviour, Factory, Normaliser};
use crate::types::FieldType;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::BTreeSet;

/// The identity of a field within its model; never used again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct FieldId(pub u32);

impl std::fmt::Display for FieldId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.fmt(f)
    }
}

/// What a schema says of one field on a single, non-recursive path of object properties, before it has an id.
#[derive(Debug, Clone, PartialEq)]
pub struct Shape {
    /// The property's name.
    pub name: String,
    /// The type of its values other than null.
    pub kind: FieldType,
    /// Whether null is a value of it.
    pub nullable: bool,
    /// Whether its object must have it.
    pub required: bool,
    /// A constant the schema gives where the field is absent.
    pub default: Option<Value>,
    /// The schema's `title`.
    pub title: Option<String>,
    /// The schema's `description`.
    pub description: Option<String>,
    /// `readOnly` of the schema.
    pub read_only: bool,
    /// `writeOnly` of the schema.
    pub write_only: bool,
    /// `x-dmr-id` of the schema, with which a schema that went out comes back.
    pub given_id: Option<FieldId>,
    /// The subschema as it was given, references not followed.
    pub schema: Value,
    /// Declared properties of an object; empty for any other type.
    pub children: Vec<Shape>,
    /// Whether an object admits properties it does not declare.
    pub open: bool,
}

/// A field of a compiled model.
#[derive(Debug, Clone, PartialEq)]
pub struct Field {
    /// Its identity.
    pub id: FieldId,
    /// Its id as the key it has in a stored document.
    pub key: Box<str>,
    /// What the schema says of it.
    pub shape: Shape,
    /// What it does; from settings and the schema's `readOnly` and `writeOnly`.
    pub behaviours: BTreeSet<Behaviour>,
    /// How its texts are written before they are checked and kept.
    pub normalisers: BTreeSet<Normaliser>,
    /// What makes its value where a new record leaves it out.
    pub factory: Option<Factory>,
    /// The fields inside it, in the schema's order; `shape.children` is empty here.
    pub children: Vec<Field>,
}

impl Field {
    /// Its label.
    pub fn name(&self) -> &str {
        &self.shape.name
    }

    /// Whether it has a behaviour.
    pub fn is(&self, behaviour: Behaviour) -> bool {
        self.behaviours.contains(&behaviour)
    }

    /// A value of its type as it is kept: as the field's normalisers write it (R4).
    pub fn normal(&self, mut value: Value) -> Value {
        self.normalise(&mut value);
        value
    }

    /// The same, in place.
    pub fn normalise(&self, value: &mut Value) {
        if !self.normalisers.is_empty() {
            normalise(&self.normalisers, &self.shape.kind, value);
        }
    }

    /// The field inside it with this name.
    pub fn child(&self, name: &str) -> Option<&Field> {
        self.children.iter().find(|field| field.name() == name)
    }
}
