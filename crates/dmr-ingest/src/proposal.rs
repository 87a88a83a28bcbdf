//! A proposed model with its evidence: what was seen of each field and why its type was chosen (D2).

use crate::infer::shape::Member;
use crate::label::Label;
use dmr_core::{FieldType, Object, Value};
use serde::Serialize;
use serde_json::json;

/// The dialect that schemas are proposed in.
const DIALECT: &str = "https://json-schema.org/draft/2020-12/schema";

/// An inferred model.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Proposal {
    /// A name for it, after the file or source: `mlb_players.csv` gives `MlbPlayers`. It goes into the namespace `dynamic`.
    pub name: String,
    /// JSON Schema 2020-12; a field whose name differs from the source's has that as `title` and `x-dmr-alias`.
    pub schema: Value,
    /// What was seen of each field, in the order of the schema's properties.
    pub fields: Vec<Evidence>,
    /// What a person should know: names that changed, lines without content, members that hold no rows.
    pub notices: Vec<String>,
}

/// What was seen of one field.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Evidence {
    /// The field's name.
    pub name: String,
    /// The name in the source.
    pub source: String,
    /// Rows with a value that is not null.
    pub seen: u64,
    /// Rows with null.
    pub nulls: u64,
    /// Rows without it; in a CSV those with an empty cell.
    pub absent: u64,
    /// The chosen type.
    #[serde(rename = "type")]
    pub field_type: FieldType,
    /// Why, in words.
    pub reason: String,
    /// At most five distinct values, long ones cut at 100 characters.
    pub sample: Vec<String>,
}

/// A field of a proposal: its evidence and its part of the schema.
pub(crate) struct Proposed {
    pub(crate) evidence: Evidence,
    pub(crate) schema: Object,
}

impl Proposed {
    /// A column of cells.
    pub(crate) fn column(evidence: Evidence) -> Self {
        let schema = match evidence.field_type.schema() {
            Value::Object(schema) => schema,
            _ => Object::new(),
        };
        Self { evidence, schema }
    }

    /// A member of objects.
    pub(crate) fn member(member: &Member, name: &str, rows: u64) -> Self {
        let decision = member.shape.decision();
        let mut reason = decision.reason;
        for (number, what) in [(member.shape.nulls, "null"), (rows - member.present, "absent")] {
            if number > 0 {
                reason.push_str(&format!("; {} {what}", crate::words::grouped(number)));
            }
        }
        let evidence = Evidence {
            name: name.to_owned(),
            source: member.name.clone(),
            seen: member.shape.values(),
            nulls: member.shape.nulls,
            absent: rows - member.present,
            field_type: decision.field_type,
            reason,
            sample: member.shape.sample.shown(),
        };
        Self { evidence, schema: member.shape.schema() }
    }
}

impl Proposal {
    /// Puts a proposal together from its fields.
    pub(crate) fn new(name: String, fields: Vec<Proposed>, labels: &[Label], mut notices: Vec<String>) -> Self {
        let mut properties = Object::new();
        let mut required = Vec::new();
        let mut evidence = Vec::with_capacity(fields.len());
        for Proposed { evidence: field, mut schema } in fields {
            if field.name != field.source {
                name_source(&mut schema, &field, labels);
                notices.push(renamed(&field));
            }
            if field.absent == 0 {
                required.push(field.name.clone());
            }
            properties.insert(field.name.clone(), Value::Object(schema));
            evidence.push(field);
        }
        let mut schema = Object::new();
        schema.insert("$schema".into(), DIALECT.into());
        schema.insert("title".into(), name.clone().into());
        schema.insert("type".into(), "object".into());
        schema.insert("properties".into(), Value::Object(properties));
        if !required.is_empty() {
            schema.insert("required".into(), json!(required));
        }
        Self { name, schema: Value::Object(schema), fields: evidence, notices }
    }
}

/// Keeps the source's name. It is an alias only where it means this one field.
fn name_source(schema: &mut Object, field: &Evidence, labels: &[Label]) {
    if field.source.trim().is_empty() {
        return;
    }
    schema.insert("title".into(), field.source.trim().into());
    let means_another = labels.iter().any(|label| label.name != field.name && (label.source == field.source || label.name == field.source));
    if !means_another {
        schema.insert("x-dmr-alias".into(), field.source.clone().into());
    }
}

fn renamed(field: &Evidence) -> String {
    if field.source.is_empty() {
        return format!("a column without a name is the field '{}'", field.name);
    }
    format!("'{}' is the field '{}'", field.source, field.name)
}
