//! A Rust struct becomes a model through `schemars`' derive (M1).

use super::Session;
use super::register::Registered;
use crate::pending::Pending;
use dmr_core::model::{Behaviour, OnDelete, Source};
use dmr_core::registration::Registration;
use dmr_core::{Code, Object, Problem, Value};
use schemars::JsonSchema;
use schemars::generate::SchemaSettings;

/// What the model of a struct has beside the struct's schema; the members of a registration. What is not said is as it was, or default.
#[derive(Debug, Clone, Default)]
#[must_use = "options are given to `register_struct`"]
pub struct StructOptions {
    members: Object,
}

impl StructOptions {
    /// Nothing but the schema.
    pub fn new() -> Self {
        Self::default()
    }

    /// A name other than the type's.
    pub fn name(self, name: impl Into<String>) -> Self {
        self.with("name", Value::String(name.into()))
    }

    /// A namespace other than the type's module.
    pub fn namespace(self, namespace: impl Into<String>) -> Self {
        self.with("namespace", Value::String(namespace.into()))
    }

    /// The field that names a record in addresses.
    pub fn key(self, field: impl Into<String>) -> Self {
        self.with("key", Value::Array(vec![Value::String(field.into())]))
    }

    /// What a field does beyond holding a value (M4).
    pub fn behaviours(self, field: impl Into<String>, behaviours: impl IntoIterator<Item = Behaviour>) -> Self {
        let names: Vec<Value> = behaviours.into_iter().map(|behaviour| behaviour.as_str().into()).collect();
        self.setting(field, "behaviours", names.into())
    }

    /// A field whose values name records of a model, by `_id` or by its declared key (M5).
    pub fn references(self, field: impl Into<String>, model: impl Into<String>, on_delete: OnDelete) -> Self {
        let field = field.into();
        self.setting(field.clone(), "references", Value::String(model.into())).setting(field, "on_delete", on_delete.as_str().into())
    }

    /// An index over fields, `-` before one for descending (M5).
    pub fn index<S: Into<String>>(self, fields: impl IntoIterator<Item = S>) -> Self {
        self.also("indexes", fields)
    }

    /// Fields that together occur once (M5).
    pub fn unique<S: Into<String>>(self, fields: impl IntoIterator<Item = S>) -> Self {
        self.also("unique", fields)
    }

    /// Who may do what (P1, P2, P3).
    pub fn permissions(self, permissions: Value) -> Self {
        self.with("permissions", permissions)
    }

    /// A field that had another name. It may stay here when that was carried out.
    pub fn renamed(mut self, old: impl Into<String>, new: impl Into<String>) -> Self {
        let renames = self.members.entry("renames").or_insert_with(|| Value::Object(Object::new()));
        if let Value::Object(renames) = renames {
            renames.insert(old.into(), Value::String(new.into()));
        }
        self
    }

    fn setting(mut self, field: impl Into<String>, name: &str, value: Value) -> Self {
        let fields = self.members.entry("fields").or_insert_with(|| Value::Object(Object::new()));
        if let Value::Object(fields) = fields {
            let settings = fields.entry(field).or_insert_with(|| Value::Object(Object::new()));
            if let Value::Object(settings) = settings {
                settings.insert(name.to_owned(), value);
            }
        }
        self
    }

    fn with(mut self, member: &str, value: Value) -> Self {
        self.members.insert(member.to_owned(), value);
        self
    }

    fn also<S: Into<String>>(mut self, member: &str, fields: impl IntoIterator<Item = S>) -> Self {
        let lists = self.members.entry(member).or_insert_with(|| Value::Array(Vec::new()));
        if let Value::Array(lists) = lists {
            lists.push(fields.into_iter().map(|field| Value::String(field.into())).collect());
        }
        self
    }
}

impl Session {
    /// Registers the model a struct describes (M1), in the namespace of the module that declares it, or its next version where the struct
    /// has changed; the same again changes nothing. Its source is `static` (M2).
    ///
    /// ```
    /// use dmr::{StructOptions, Write};
    ///
    /// /// What is sold.
    /// #[derive(serde::Serialize, schemars::JsonSchema)]
    /// struct Product {
    ///     #[schemars(length(min = 1))]
    ///     sku: String,
    ///     #[schemars(range(min = 0))]
    ///     stock: u32,
    /// }
    ///
    /// let registry = dmr::Registry::memory()?;
    /// let me = registry.session(registry.local()?);
    /// let product = me.register_struct::<Product>(StructOptions::new().namespace("shop").key("sku").index(["-stock"])).wait()?;
    /// assert_eq!(product.name, "shop.Product");
    ///
    /// let pen = Product { sku: "PEN-1".into(), stock: 7 };
    /// let record = serde_json::to_vec(&pen).unwrap();
    /// me.create("shop.Product", &record, Write::default()).wait()?;
    /// assert_eq!(me.get("shop.Product", "PEN-1", &dmr::Get::default())?.to_value()["stock"], 7);
    /// # Ok::<(), dmr::Problem>(())
    /// ```
    pub fn register_struct<T: JsonSchema>(&self, options: StructOptions) -> Pending<Registered> {
        match registration_of::<T>(options) {
            Ok(registration) => self.declare(registration),
            Err(problem) => Pending::refused(problem),
        }
    }
}

/// The registration of a struct's model.
#[doc(hidden)]
pub fn registration_of<T: JsonSchema>(options: StructOptions) -> Result<Registration, Problem> {
    let schema = SchemaSettings::draft2020_12().into_generator().into_root_schema_for::<T>();
    let schema = serde_json::to_value(schema)
        .map_err(|error| Problem::new(Code::SchemaInvalid, format!("the struct's schema cannot be written: {error}")))?;
    let (module, name) = (module_of(&T::schema_id()), T::schema_name().into_owned());
    let mut body = Object::new();
    body.insert("name".into(), name.into());
    if let Some(module) = module {
        body.insert("namespace".into(), module.into());
    }
    body.extend(options.members);
    body.insert("schema".into(), schema);
    let registration = Registration::read(Value::Object(body))?;
    Ok(Registration { source: Source::Static, ..registration })
}

/// The module a type is declared in, as a namespace: `my_shop::models::Product` is in `my_shop.models`.
fn module_of(id: &str) -> Option<String> {
    let path = id.split('<').next()?;
    let (module, _) = path.rsplit_once("::")?;
    Some(module.replace("::", "."))
}
