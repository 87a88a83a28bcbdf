//! Describing a field: type, rules, default, behaviours (M4, M6).

use super::{Limit, misfit};
use crate::model::{Behaviour, OnDelete};
use crate::path::pointer;
use crate::{Code, FieldType, Issue, Object, Value};
use std::collections::BTreeSet;

/// Describes a field. Made by the functions of the module above: `text`, `number`, `list` ...
#[derive(Debug, Clone)]
pub struct FieldBuilder {
    kind: FieldType,
    format: Option<&'static str>,
    rules: Vec<Rule>,
    nullable: bool,
    optional: bool,
    open: bool,
    default: Option<Value>,
    words: Vec<(&'static str, String)>,
    behaviours: BTreeSet<Behaviour>,
    settings: Object,
    children: Vec<(String, FieldBuilder)>,
    element: Option<Box<FieldBuilder>>,
}

#[derive(Debug, Clone)]
struct Rule {
    keyword: &'static str,
    /// None: what was given is no number.
    value: Option<Value>,
}

impl FieldBuilder {
    pub(super) fn of(kind: FieldType) -> Self {
        Self {
            kind,
            format: None,
            rules: Vec::new(),
            nullable: false,
            optional: false,
            open: false,
            default: None,
            words: Vec::new(),
            behaviours: BTreeSet::new(),
            settings: Object::new(),
            children: Vec::new(),
            element: None,
        }
    }

    pub(super) fn with_format(self, format: &'static str) -> Self {
        Self { format: Some(format), ..self }
    }

    pub(super) fn with_element(self, element: FieldBuilder) -> Self {
        Self { element: Some(Box::new(element)), ..self }
    }

    /// Greater than this.
    #[must_use]
    pub fn gt(self, limit: impl Into<Limit>) -> Self {
        self.rule("exclusiveMinimum", limit.into().to_json())
    }

    /// This or greater.
    #[must_use]
    pub fn ge(self, limit: impl Into<Limit>) -> Self {
        self.rule("minimum", limit.into().to_json())
    }

    /// Less than this.
    #[must_use]
    pub fn lt(self, limit: impl Into<Limit>) -> Self {
        self.rule("exclusiveMaximum", limit.into().to_json())
    }

    /// This or less.
    #[must_use]
    pub fn le(self, limit: impl Into<Limit>) -> Self {
        self.rule("maximum", limit.into().to_json())
    }

    /// A whole multiple of this.
    #[must_use]
    pub fn multiple_of(self, step: impl Into<Limit>) -> Self {
        self.rule("multipleOf", step.into().to_json())
    }

    /// At most so many decimal places.
    #[must_use]
    pub fn decimal_places(self, places: u32) -> Self {
        self.rule("multipleOf", Limit::place(places).to_json())
    }

    /// At least so many characters.
    #[must_use]
    pub fn min_length(self, characters: u32) -> Self {
        self.rule("minLength", Some(characters.into()))
    }

    /// At most so many characters.
    #[must_use]
    pub fn max_length(self, characters: u32) -> Self {
        self.rule("maxLength", Some(characters.into()))
    }

    /// Matches a regular expression; not anchored unless it says so.
    #[must_use]
    pub fn pattern(self, pattern: impl Into<String>) -> Self {
        self.rule("pattern", Some(pattern.into().into()))
    }

    /// One of these values (`enum`).
    #[must_use]
    pub fn one_of<V: Into<Value>>(self, values: impl IntoIterator<Item = V>) -> Self {
        self.rule("enum", Some(values.into_iter().map(Into::into).collect()))
    }

    /// At least so many elements.
    #[must_use]
    pub fn min_items(self, elements: u32) -> Self {
        self.rule("minItems", Some(elements.into()))
    }

    /// At most so many elements.
    #[must_use]
    pub fn max_items(self, elements: u32) -> Self {
        self.rule("maxItems", Some(elements.into()))
    }

    /// No element twice.
    #[must_use]
    pub fn unique_items(self) -> Self {
        self.rule("uniqueItems", Some(true.into()))
    }

    /// Null is a value of it.
    #[must_use]
    pub fn nullable(mut self) -> Self {
        self.nullable = true;
        self
    }

    /// It may be absent.
    #[must_use]
    pub fn optional(mut self) -> Self {
        self.optional = true;
        self
    }

    /// What it holds where a record is made without it.
    #[must_use]
    pub fn default(mut self, value: impl Into<Value>) -> Self {
        self.default = Some(value.into());
        self
    }

    /// A short name for a person.
    #[must_use]
    pub fn title(mut self, title: impl Into<String>) -> Self {
        self.words.push(("title", title.into()));
        self
    }

    /// A sentence for a person.
    #[must_use]
    pub fn description(mut self, description: impl Into<String>) -> Self {
        self.words.push(("description", description.into()));
        self
    }

    /// Adds a field inside an object.
    #[must_use]
    pub fn field(mut self, name: impl Into<String>, field: FieldBuilder) -> Self {
        self.children.push((name.into(), field));
        self
    }

    /// Keeps properties of an object that are not declared.
    #[must_use]
    pub fn open(mut self) -> Self {
        self.open = true;
        self
    }

    /// Never accepted from a client.
    #[must_use]
    pub fn read_only(self) -> Self {
        self.behaviour(Behaviour::ReadOnly)
    }

    /// Never returned by any door.
    #[must_use]
    pub fn write_only(self) -> Self {
        self.behaviour(Behaviour::WriteOnly)
    }

    /// Both read and written, whatever the schema says.
    #[must_use]
    pub fn read_write(self) -> Self {
        self.behaviour(Behaviour::ReadWrite)
    }

    /// Calculated from an expression.
    #[must_use]
    pub fn computed(mut self, expression: impl Into<String>) -> Self {
        self.settings.insert("computed".to_owned(), expression.into().into());
        self.behaviour(Behaviour::Computed)
    }

    /// Has an index of its own.
    #[must_use]
    pub fn indexed(self) -> Self {
        self.behaviour(Behaviour::Indexed)
    }

    /// Found by full-text search.
    #[must_use]
    pub fn searchable(self) -> Self {
        self.behaviour(Behaviour::Searchable)
    }

    /// Its reads are logged too.
    #[must_use]
    pub fn audited(self) -> Self {
        self.behaviour(Behaviour::Audited)
    }

    /// Unreadable at rest.
    #[must_use]
    pub fn encrypted(self) -> Self {
        self.behaviour(Behaviour::Encrypted)
    }

    /// Shown masked to some roles.
    #[must_use]
    pub fn masked(self) -> Self {
        self.behaviour(Behaviour::Masked)
    }

    /// The widget that shows it.
    #[must_use]
    pub fn widget(mut self, widget: impl Into<String>) -> Self {
        self.settings.insert("widget".to_owned(), widget.into().into());
        self
    }

    /// Its values name records of this model, by `_id` or by its declared key.
    #[must_use]
    pub fn references(mut self, model: impl Into<String>) -> Self {
        self.settings.insert("references".to_owned(), model.into().into());
        self
    }

    /// A record that it names stays while it does.
    #[must_use]
    pub fn restrict(mut self) -> Self {
        self.settings.insert("on_delete".to_owned(), OnDelete::Restrict.as_str().into());
        self
    }

    fn behaviour(mut self, behaviour: Behaviour) -> Self {
        self.behaviours.insert(behaviour);
        self
    }

    fn rule(mut self, keyword: &'static str, value: Option<Value>) -> Self {
        self.rules.push(Rule { keyword, value });
        self
    }

    fn required(&self) -> bool {
        !self.optional && self.default.is_none()
    }

    /// The schema; gathers behaviours under the dotted name and what does not fit.
    fn schema(&self, place: &str, name: &str, settings: &mut Object, issues: &mut Vec<Issue>) -> Object {
        let mut schema = Object::new();
        schema.extend(self.words.iter().map(|(keyword, text)| ((*keyword).to_owned(), text.as_str().into())));
        schema.extend(self.kind_schema(place, name, settings, issues));
        for rule in &self.rules {
            self.write_rule(rule, place, &mut schema, issues);
        }
        if self.nullable {
            admit_null(&mut schema);
        }
        if let Some(default) = &self.default {
            schema.insert("default".to_owned(), default.clone());
        }
        self.write_settings(name, settings);
        schema
    }

    fn kind_schema(&self, place: &str, name: &str, settings: &mut Object, issues: &mut Vec<Issue>) -> Object {
        if self.kind == FieldType::Object {
            return object_schema(&self.children, self.open, place, &format!("{name}."), settings, issues);
        }
        if !self.children.is_empty() {
            issues.push(misfit(place, "properties", format!("a field of type {} has no fields inside", self.kind)));
        }
        let mut schema = self.kind.schema().as_object().cloned().unwrap_or_default();
        if let Some(format) = self.format {
            schema.insert("format".to_owned(), format.into());
        }
        if let Some(element) = &self.element {
            // An element is no field: it has no behaviours of its own.
            let inside = element.schema(&format!("{place}/items"), name, &mut Object::new(), issues);
            if !element.behaviours.is_empty() {
                issues.push(misfit(place, "items", "an element of a list has no behaviours; give them to the list".to_owned()));
            }
            schema.insert("items".to_owned(), Value::Object(inside));
        }
        schema
    }

    fn write_rule(&self, rule: &Rule, place: &str, schema: &mut Object, issues: &mut Vec<Issue>) {
        let keyword = rule.keyword;
        if !self.takes(keyword) {
            issues.push(misfit(place, keyword, format!("a field of type {} does not take '{keyword}'", self.kind)));
            return;
        }
        match &rule.value {
            None => issues.push(misfit(place, keyword, format!("'{keyword}' takes a number"))),
            Some(value) if schema.contains_key(keyword) => {
                let more = Value::Object([(keyword.to_owned(), value.clone())].into_iter().collect());
                if let Some(all) = schema.entry("allOf").or_insert_with(|| Value::Array(Vec::new())).as_array_mut() {
                    all.push(more);
                }
            }
            Some(value) => {
                schema.insert(keyword.to_owned(), value.clone());
            }
        }
    }

    fn takes(&self, keyword: &str) -> bool {
        match keyword {
            "minimum" | "maximum" | "exclusiveMinimum" | "exclusiveMaximum" | "multipleOf" => {
                matches!(self.kind, FieldType::Integer | FieldType::Number | FieldType::Decimal)
            }
            "minLength" | "maxLength" | "pattern" => self.kind == FieldType::Text,
            "minItems" | "maxItems" | "uniqueItems" => matches!(self.kind, FieldType::List(_)),
            _ => true,
        }
    }

    fn write_settings(&self, name: &str, settings: &mut Object) {
        let mut own = Object::new();
        if !self.behaviours.is_empty() {
            let names = self.behaviours.iter().map(|behaviour| Value::from(behaviour.as_str())).collect();
            own.insert("behaviours".to_owned(), Value::Array(names));
        }
        own.extend(self.settings.clone());
        if !own.is_empty() {
            settings.insert(name.to_owned(), Value::Object(own));
        }
    }
}

/// The schema of an object with these fields.
pub(super) fn object_schema(
    fields: &[(String, FieldBuilder)],
    open: bool,
    place: &str,
    above: &str,
    settings: &mut Object,
    issues: &mut Vec<Issue>,
) -> Object {
    let (mut properties, mut required) = (Object::new(), Vec::new());
    for (name, field) in fields {
        let here = pointer(&format!("{place}/properties"), name);
        let schema = field.schema(&here, &format!("{above}{name}"), settings, issues);
        if field.required() {
            required.push(Value::from(name.as_str()));
        }
        if properties.insert(name.clone(), Value::Object(schema)).is_some() {
            issues.push(Issue::body(here, Code::DefinitionInvalid, "the field is given twice"));
        }
    }
    let mut schema = Object::new();
    schema.insert("type".to_owned(), "object".into());
    schema.insert("properties".to_owned(), Value::Object(properties));
    if !required.is_empty() {
        schema.insert("required".to_owned(), Value::Array(required));
    }
    if !open {
        schema.insert("additionalProperties".to_owned(), false.into());
    }
    schema
}

/// `type: T` becomes `type: [T, "null"]`, and a listed value may be null too.
fn admit_null(schema: &mut Object) {
    if let Some(kind) = schema.get_mut("type") {
        *kind = Value::Array(vec![kind.take(), "null".into()]);
    }
    let listed = schema.get_mut("enum").and_then(Value::as_array_mut);
    if let Some(values) = listed.filter(|values| !values.contains(&Value::Null)) {
        values.push(Value::Null);
    }
}
