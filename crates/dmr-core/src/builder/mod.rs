//! Models described in code (M6): a builder that gives the document `POST /api/registry/models` takes, so that code and JSON are one way in.
//!
//! ```
//! use dmr_core::builder::{ModelBuilder, integer, text};
//!
//! let registration = ModelBuilder::new("Product")
//!     .field("sku", text().min_length(1).pattern("^[A-Z0-9-]+$").indexed())
//!     .field("stock", integer().ge(0).default(0))
//!     .unique(["sku"])
//!     .build()?;
//! assert_eq!(registration["schema"]["properties"]["stock"]["minimum"], 0);
//! # Ok::<(), dmr_core::Problem>(())
//! ```

mod field;
mod kinds;
mod limit;

pub use field::FieldBuilder;
pub use kinds::{any, boolean, date, date_time, decimal, email, integer, list, local_date_time, number, object, text, time, url, uuid};
pub use limit::Limit;

use crate::model::Mode;
use crate::registration::StorageAsked;
use crate::schema::Draft;
use crate::{Code, Issue, Object, Problem, Value};
use serde_json::json;

/// Describes a model field by field.
#[derive(Debug, Clone)]
pub struct ModelBuilder {
    name: String,
    fields: Vec<(String, FieldBuilder)>,
    open: bool,
    members: Object,
    indexes: Vec<Value>,
    unique: Vec<Value>,
    tags: Vec<Value>,
}

impl ModelBuilder {
    /// A model with this name and no fields. Properties that are not declared are refused until [`ModelBuilder::open`] is called.
    pub fn new(name: impl Into<String>) -> Self {
        let (fields, indexes, unique, tags) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
        Self { name: name.into(), fields, open: false, members: Object::new(), indexes, unique, tags }
    }

    /// Adds a field. It is required unless it is optional or has a default.
    #[must_use]
    pub fn field(mut self, name: impl Into<String>, field: FieldBuilder) -> Self {
        self.fields.push((name.into(), field));
        self
    }

    /// Keeps properties that are not declared.
    #[must_use]
    pub fn open(mut self) -> Self {
        self.open = true;
        self
    }

    /// Where the model lives; `app` without it.
    #[must_use]
    pub fn namespace(self, namespace: impl Into<String>) -> Self {
        self.member("namespace", namespace.into().into())
    }

    /// A sentence for a person.
    #[must_use]
    pub fn description(self, description: impl Into<String>) -> Self {
        self.member("description", description.into().into())
    }

    /// Adds a tag.
    #[must_use]
    pub fn tag(mut self, tag: impl Into<String>) -> Self {
        self.tags.push(tag.into().into());
        self
    }

    /// The field by whose value a record is addressed, beside its id.
    #[must_use]
    pub fn key(self, field: impl Into<String>) -> Self {
        self.member("key", json!([field.into()]))
    }

    /// Adds a unique constraint over one field or several together.
    #[must_use]
    pub fn unique<S: Into<String>>(mut self, fields: impl IntoIterator<Item = S>) -> Self {
        self.unique.push(names(fields));
        self
    }

    /// Adds an index over fields in this order; `-` before a name puts greater values first.
    #[must_use]
    pub fn index<S: Into<String>>(mut self, fields: impl IntoIterator<Item = S>) -> Self {
        self.indexes.push(names(fields));
        self
    }

    /// How the model runs.
    #[must_use]
    pub fn mode(self, mode: Mode) -> Self {
        let name = match mode {
            Mode::Crud => "crud",
            Mode::Cqrs => "cqrs",
            Mode::Hybrid => "hybrid",
        };
        self.member("mode", name.into())
    }

    /// How its records are laid out.
    #[must_use]
    pub fn storage(self, storage: StorageAsked) -> Self {
        let name = match storage {
            StorageAsked::Auto => "auto",
            StorageAsked::Flexible => "flexible",
            StorageAsked::Structured => "structured",
        };
        self.member("storage", name.into())
    }

    /// Who may do what: the document of `PUT .../permissions`.
    #[must_use]
    pub fn permissions(self, permissions: Value) -> Self {
        self.member("permissions", permissions)
    }

    /// The registration.
    ///
    /// # Errors
    /// `definition.invalid` for each rule that does not fit the type of its field, each limit that is no number, each name given twice.
    pub fn build(self) -> Result<Value, Problem> {
        let mut issues = Vec::new();
        let mut settings = Object::new();
        let mut schema = Object::new();
        schema.insert("$schema".to_owned(), Draft::Draft2020.uri().into());
        schema.insert("title".to_owned(), self.name.as_str().into());
        schema.extend(field::object_schema(&self.fields, self.open, "/schema", "", &mut settings, &mut issues));
        if !issues.is_empty() {
            return Err(Problem::of(Code::DefinitionInvalid, issues));
        }
        let mut out = Object::new();
        out.insert("name".to_owned(), self.name.into());
        out.extend(self.members);
        out.insert("schema".to_owned(), Value::Object(schema));
        let lists = [("indexes", self.indexes), ("unique", self.unique), ("tags", self.tags)];
        if !settings.is_empty() {
            out.insert("fields".to_owned(), Value::Object(settings));
        }
        out.extend(lists.into_iter().filter(|(_, list)| !list.is_empty()).map(|(name, list)| (name.to_owned(), Value::Array(list))));
        Ok(Value::Object(out))
    }

    fn member(mut self, name: &str, value: Value) -> Self {
        self.members.insert(name.to_owned(), value);
        self
    }
}

fn names<S: Into<String>>(fields: impl IntoIterator<Item = S>) -> Value {
    fields.into_iter().map(|name| Value::from(name.into())).collect()
}

fn misfit(pointer: &str, rule: &str, message: String) -> Issue {
    Issue::body(format!("{pointer}/{rule}"), Code::DefinitionInvalid, message).rule(rule)
}
