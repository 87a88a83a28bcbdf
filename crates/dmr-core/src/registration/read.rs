//! Reading a registration: `{name, namespace?, schema, ...}`, or a bare JSON Schema with a title.

use super::reference::{self, ReferenceAsked};
use crate::model::{Behaviour, Factory, FieldSettings, Mode, Normaliser, Source};
use crate::name::{DEFAULT_NAMESPACE, ModelName, Version};
use crate::path::pointer;
use crate::problem::nearest;
use crate::query::{Sort, sort_of};
use crate::widget::{self, Widget};
use crate::{Code, Issue, Object, Problem, Value};
use std::collections::{BTreeMap, BTreeSet};

/// Which storage is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum StorageAsked {
    /// The registry chooses and says why.
    #[default]
    Auto,
    /// One document a record.
    Flexible,
    /// A table of its own.
    Structured,
}

impl StorageAsked {
    /// From its spelling.
    pub fn find(text: &str) -> Option<Self> {
        match text {
            "auto" => Some(Self::Auto),
            "flexible" => Some(Self::Flexible),
            "structured" => Some(Self::Structured),
            _ => None,
        }
    }
}

/// What a registration asks for; what it leaves out stays as it is, or takes its default.
#[derive(Debug, Clone)]
pub struct Registration {
    /// What it is to be called.
    pub name: ModelName,
    /// The schema, as given.
    pub schema: Option<Value>,
    /// Where the schema stands in what was sent: `/schema`, or empty where the schema is all that was sent.
    pub schema_at: &'static str,
    /// The declared key: a path of names.
    pub key: Option<Vec<Vec<String>>>,
    /// How it runs.
    pub mode: Option<Mode>,
    /// How records are laid out.
    pub storage: Option<StorageAsked>,
    /// Settings of fields by their names; none: that field's settings are taken back.
    pub fields: BTreeMap<String, Option<FieldSettings>>,
    /// Models that fields refer to, by the names of the fields; each of them has settings too.
    pub references: BTreeMap<String, ReferenceAsked>,
    /// Declared indexes.
    pub indexes: Option<Vec<Vec<Sort>>>,
    /// Declared unique constraints.
    pub unique: Option<Vec<Vec<Vec<String>>>>,
    /// Permissions, as given.
    pub permissions: Option<Value>,
    /// Tags.
    pub tags: Option<BTreeSet<String>>,
    /// For a person; inner none takes it back.
    pub description: Option<Option<String>>,
    /// Fields that got another name: old to new.
    pub renames: BTreeMap<String, String>,
    /// The version it is to have; none: computed.
    pub version: Option<Version>,
    /// Where it comes from.
    pub source: Source,
}

const MEMBERS: [&str; 15] = [
    "name",
    "namespace",
    "schema",
    "key",
    "mode",
    "storage",
    "fields",
    "indexes",
    "unique",
    "permissions",
    "tags",
    "description",
    "renames",
    "version",
    "source",
];

impl Registration {
    /// An empty one under a name.
    pub fn new(name: ModelName, source: Source) -> Self {
        Self {
            name,
            schema: None,
            schema_at: "/schema",
            key: None,
            mode: None,
            storage: None,
            fields: BTreeMap::new(),
            references: BTreeMap::new(),
            indexes: None,
            unique: None,
            permissions: None,
            tags: None,
            description: None,
            renames: BTreeMap::new(),
            version: None,
            source,
        }
    }

    /// Reads a registration of a new model.
    ///
    /// # Errors
    /// Everything that is wrong with its shape; what is not built is refused by name.
    pub fn read(body: Value) -> Result<Self, Problem> {
        let Value::Object(members) = body else {
            return Err(Problem::one(Issue::body(
                "",
                Code::BodyShape,
                "a registration is an object: {name, schema} or a JSON Schema with a title",
            )));
        };
        let bare = !members.contains_key("schema")
            && (members.contains_key("properties") || members.contains_key("$schema") || members.contains_key("$ref"));
        if bare {
            return Self::read_bare(members);
        }
        let mut issues = Vec::new();
        let name = read_name(&members, &mut issues);
        let mut out = Self::new(name, Source::External);
        out.read_members(members, &mut issues);
        if out.schema.is_none() {
            issues.push(
                Issue::body("/schema", Code::BodyShape, "a registration needs a `schema`")
                    .suggest(r#"{"type": "object", "properties": {...}}"#),
            );
        }
        if issues.is_empty() { Ok(out) } else { Err(problem(issues)) }
    }

    /// Reads a registration of the next version of a model, or of a change in place; its name is that of the route.
    ///
    /// # Errors
    /// As [`Registration::read`].
    pub fn read_next(name: ModelName, source: Source, body: Value) -> Result<Self, Problem> {
        let Value::Object(members) = body else {
            return Err(Problem::one(Issue::body("", Code::BodyShape, "this is an object")));
        };
        let mut issues = Vec::new();
        let mut out = Self::new(name.clone(), source);
        if members.contains_key("properties") && !members.contains_key("schema") {
            out.schema = Some(Value::Object(members));
            out.schema_at = "";
            return Ok(out);
        }
        let named = |member: &str, is: &str| members.get(member).is_some_and(|given| given.as_str() != Some(is));
        if named("name", &name.name) && named("name", &name.to_string()) || named("namespace", &name.namespace) {
            issues.push(
                Issue::body("/name", Code::DefinitionInvalid, "a version keeps the model's name and namespace").suggest(name.to_string()),
            );
        }
        out.read_members(members, &mut issues);
        if issues.is_empty() { Ok(out) } else { Err(problem(issues)) }
    }

    /// Whether its model is called so, as names are spelled in routes.
    pub fn is_called(&self, name: &str) -> bool {
        ModelName::parse(name.strip_prefix("ns.models.").unwrap_or(name)).is_ok_and(|name| name == self.name)
    }

    fn read_bare(members: Object) -> Result<Self, Problem> {
        let title = members.get("title").and_then(Value::as_str).map(str::to_owned);
        let Some(title) = title else {
            return Err(Problem::one(
                Issue::body("/title", Code::BodyShape, "a bare schema needs a `title`: it becomes the model's name")
                    .suggest(r#"{"name": "...", "schema": {...}}"#),
            ));
        };
        let name = ModelName::parse(&title).map_err(|fault| Problem::one(fault.at("/title")))?;
        Ok(Self { schema: Some(Value::Object(members)), schema_at: "", ..Self::new(name, Source::External) })
    }

    fn read_members(&mut self, members: Object, issues: &mut Vec<Issue>) {
        for (member, value) in members {
            let at = pointer("", &member);
            let wrong = |message: &str| Issue::body(at.clone(), Code::BodyShape, message);
            match member.as_str() {
                "name" | "namespace" => {}
                "schema" => self.schema = Some(value),
                "key" => match paths(&value) {
                    Some(key) => self.key = Some(key),
                    None => issues.push(wrong("`key` is a list of fields")),
                },
                "mode" => self.read_mode(&value, &at, issues),
                "storage" => match value.as_str().and_then(StorageAsked::find) {
                    Some(storage) => self.storage = Some(storage),
                    None => issues.push(wrong("`storage` is `flexible`, `structured` or `auto`").value(&value)),
                },
                "fields" => self.read_fields(value, issues),
                "indexes" => match sorts(&value) {
                    Some(indexes) => self.indexes = Some(indexes),
                    None => issues.push(
                        wrong("`indexes` is a list of lists of fields, `-` before one for descending").suggest(r#"[["-price", "name"]]"#),
                    ),
                },
                "unique" => match value.as_array().and_then(|lists| lists.iter().map(paths).collect::<Option<Vec<_>>>()) {
                    Some(unique) => self.unique = Some(unique),
                    None => issues.push(wrong("`unique` is a list of lists of fields").suggest(r#"[["sku"]]"#)),
                },
                "permissions" => self.permissions = Some(value),
                "tags" => match texts(&value) {
                    Some(tags) => self.tags = Some(tags.into_iter().collect()),
                    None => issues.push(wrong("`tags` is a list of texts")),
                },
                "description" => match value {
                    Value::Null => self.description = Some(None),
                    Value::String(text) => self.description = Some(Some(text)),
                    _ => issues.push(wrong("`description` is a text")),
                },
                "renames" => match renames(&value) {
                    Some(renames) => self.renames = renames,
                    None => issues.push(wrong("`renames` is an object of old names to new names").suggest(r#"{"cost": "price"}"#)),
                },
                "version" => match value.as_str().and_then(Version::parse) {
                    Some(version) => self.version = Some(version),
                    None => issues.push(wrong("`version` is three numbers: \"1.0.0\"").value(&value)),
                },
                "source" => match value.as_str() {
                    Some("external") => self.source = Source::External,
                    Some("static") => self.source = Source::Static,
                    Some("dynamic") => self.source = Source::Dynamic,
                    _ => issues.push(wrong("`source` is `static`, `dynamic` or `external`").value(&value)),
                },
                other => issues.push(
                    Issue::body(at.clone(), Code::DefinitionInvalid, format!("a registration has no member `{other}`"))
                        .suggest_all(nearest(other, MEMBERS)),
                ),
            }
        }
    }

    fn read_mode(&mut self, value: &Value, at: &str, issues: &mut Vec<Issue>) {
        match value.as_str() {
            Some("crud") => self.mode = Some(Mode::Crud),
            Some("hybrid") => self.mode = Some(Mode::Hybrid),
            Some("cqrs") => issues.push(unavailable(at, "the mode `cqrs`").suggest("hybrid")),
            _ => issues.push(Issue::body(at, Code::BodyShape, "`mode` is `crud` or `hybrid`").value(value)),
        }
    }

    fn read_fields(&mut self, value: Value, issues: &mut Vec<Issue>) {
        let Value::Object(fields) = value else {
            issues.push(Issue::body("/fields", Code::BodyShape, "`fields` is an object of field names to settings"));
            return;
        };
        for (name, settings) in fields {
            let at = pointer("/fields", &name);
            match settings {
                Value::Null => drop(self.fields.insert(name, None)),
                Value::Object(mut settings) => {
                    if let Some(asked) = reference::read(&mut settings, &at, issues) {
                        self.references.insert(name.clone(), asked);
                    }
                    let read = read_settings(settings, &at, issues);
                    self.fields.insert(name, Some(read));
                }
                _ => issues.push(Issue::body(at, Code::BodyShape, "the settings of a field are an object")),
            }
        }
    }
}

fn read_name(members: &Object, issues: &mut Vec<Issue>) -> ModelName {
    let fallback = || ModelName { namespace: DEFAULT_NAMESPACE.into(), name: String::new() };
    let Some(name) = members.get("name").and_then(Value::as_str) else {
        issues.push(Issue::body("/name", Code::BodyShape, "a registration needs a `name`"));
        return fallback();
    };
    let read = match members.get("namespace") {
        None | Some(Value::Null) => ModelName::parse(name).map_err(|fault| fault.at("/name")),
        Some(Value::String(namespace)) => ModelName::new(namespace, name).map_err(|fault| fault.at("/name")),
        Some(_) => Err(Issue::body("/namespace", Code::BodyShape, "a namespace is a text")),
    };
    read.unwrap_or_else(|issue| {
        issues.push(issue);
        fallback()
    })
}

fn read_settings(settings: Object, at: &str, issues: &mut Vec<Issue>) -> FieldSettings {
    let mut out = FieldSettings::default();
    for (member, value) in settings {
        let here = pointer(at, &member);
        match member.as_str() {
            "behaviours" => read_behaviours(&value, &here, &mut out, issues),
            "widget" => match value {
                Value::Null => {}
                Value::String(spelling) => match Widget::find(&spelling) {
                    Some(widget) => out.widget = Some(widget.name().to_owned()),
                    None => issues.push(widget::unknown(&spelling, &here)),
                },
                _ => issues.push(Issue::body(here, Code::BodyShape, "a widget is a text")),
            },
            "normalise" => read_normalisers(&value, &here, &mut out, issues),
            "default_factory" => read_factory(&value, here, &mut out, issues),
            "computed" => issues.push(unavailable(&here, "COMPUTED")),
            "mask" | "masks" => issues.push(unavailable(&here, "MASKED")),
            other => issues.push(
                Issue::body(here, Code::DefinitionInvalid, format!("a field has no setting `{other}`"))
                    .suggest_all(nearest(other, ["behaviours", "widget", "normalise", "default_factory", "references", "on_delete"])),
            ),
        }
    }
    if out.behaviours.contains(&Behaviour::ReadOnly) && out.behaviours.contains(&Behaviour::WriteOnly) {
        issues.push(
            Issue::body(at, Code::BehaviourContradiction, "a field that is READ_ONLY and WRITE_ONLY could neither be set nor seen")
                .suggest("READ_WRITE"),
        );
    }
    if out.behaviours.contains(&Behaviour::Searchable) && out.behaviours.contains(&Behaviour::WriteOnly) {
        issues.push(Issue::body(at, Code::BehaviourContradiction, "a field that is WRITE_ONLY is seen by nobody: it cannot be SEARCHABLE"));
    }
    if out.behaviours.contains(&Behaviour::ReadWrite)
        && (out.behaviours.contains(&Behaviour::ReadOnly) || out.behaviours.contains(&Behaviour::WriteOnly))
    {
        issues.push(Issue::body(at, Code::BehaviourContradiction, "READ_WRITE excludes READ_ONLY and WRITE_ONLY"));
    }
    out
}

fn read_behaviours(value: &Value, at: &str, out: &mut FieldSettings, issues: &mut Vec<Issue>) {
    let Some(names) = texts(value) else {
        issues.push(Issue::body(at, Code::BodyShape, "`behaviours` is a list of texts").suggest(r#"["INDEXED"]"#));
        return;
    };
    for name in names {
        match Behaviour::find(&name) {
            Some(behaviour) if behaviour.available() => drop(out.behaviours.insert(behaviour)),
            Some(behaviour) => issues.push(unavailable(at, behaviour.as_str())),
            None => issues.push(
                Issue::body(at, Code::DefinitionInvalid, format!("there is no behaviour `{name}`"))
                    .suggest_all(nearest(&name, Behaviour::ALL.map(Behaviour::as_str))),
            ),
        }
    }
}

fn read_normalisers(value: &Value, at: &str, out: &mut FieldSettings, issues: &mut Vec<Issue>) {
    let Some(names) = texts(value) else {
        issues.push(Issue::body(at, Code::BodyShape, "`normalise` is a list of texts").suggest(r#"["trim", "nfc", "lower"]"#));
        return;
    };
    for name in names {
        match Normaliser::find(&name) {
            Some(normaliser) => drop(out.normalise.insert(normaliser)),
            None => issues.push(
                Issue::body(at, Code::DefinitionInvalid, format!("there is no normaliser `{name}`"))
                    .suggest_all(nearest(&name, Normaliser::ALL.map(Normaliser::as_str))),
            ),
        }
    }
}

fn read_factory(value: &Value, at: String, out: &mut FieldSettings, issues: &mut Vec<Issue>) {
    let spelling = match value {
        Value::Null => return,
        Value::String(spelling) => spelling,
        _ => return issues.push(Issue::body(at, Code::BodyShape, "a `default_factory` is a text").suggest("now")),
    };
    out.default_factory = Factory::find(spelling);
    if out.default_factory.is_none() {
        issues.push(
            Issue::body(at, Code::DefinitionInvalid, format!("there is no default factory `{spelling}`"))
                .suggest_all(Factory::ALL.map(|factory| factory.as_str().to_owned())),
        );
    }
}

/// The refusal of what is not built (invariant 14).
pub(super) fn unavailable(at: &str, what: &str) -> Issue {
    Issue::body(at, Code::BehaviourUnavailable, format!("{what} is not built yet"))
}

/// A problem of issues: under their own code where they agree.
pub(super) fn problem(issues: Vec<Issue>) -> Problem {
    let code = match issues.first() {
        Some(first) if issues.iter().all(|issue| issue.code == first.code) => first.code,
        _ => Code::DefinitionInvalid,
    };
    Problem::of(code, issues)
}

fn texts(value: &Value) -> Option<Vec<String>> {
    value.as_array()?.iter().map(|item| item.as_str().map(str::to_owned)).collect()
}

fn paths(value: &Value) -> Option<Vec<Vec<String>>> {
    value.as_array()?.iter().map(crate::query::read_path).collect::<Option<Vec<_>>>().filter(|paths| !paths.is_empty())
}

fn sorts(value: &Value) -> Option<Vec<Vec<Sort>>> {
    let list = |(at, members): (usize, &Value)| {
        let members: Option<Vec<Sort>> =
            members.as_array()?.iter().map(|member| Some(sort_of(member.as_str()?, &format!("/indexes/{at}")))).collect();
        members.filter(|members| !members.is_empty())
    };
    value.as_array()?.iter().enumerate().map(list).collect()
}

fn renames(value: &Value) -> Option<BTreeMap<String, String>> {
    value.as_object()?.iter().map(|(old, new)| Some((old.clone(), new.as_str()?.to_owned()))).collect()
}
