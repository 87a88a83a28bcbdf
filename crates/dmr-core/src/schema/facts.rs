//! What a schema says of one value once references are followed and combinators merged.

pub(crate) use super::json_types::Types;
use super::keyword::{escape, since};
use super::resolve::{Document, Spot, Target};
use crate::types::FieldType;
use serde_json::Value;
use std::collections::{BTreeSet, HashSet};

/// How many schemas may be merged while a document is read: more only where references fan out.
const MOST_STEPS: usize = 50_000;

/// Keywords that say what a value must be, beside those whose meaning [`Facts`] tells.
const RULES: [&str; 34] = [
    "enum",
    "const",
    "format",
    "minimum",
    "exclusiveMinimum",
    "maximum",
    "exclusiveMaximum",
    "multipleOf",
    "minLength",
    "maxLength",
    "pattern",
    "minItems",
    "maxItems",
    "uniqueItems",
    "items",
    "prefixItems",
    "additionalItems",
    "unevaluatedItems",
    "contains",
    "minContains",
    "maxContains",
    "minProperties",
    "maxProperties",
    "patternProperties",
    "additionalProperties",
    "unevaluatedProperties",
    "propertyNames",
    "dependentRequired",
    "dependentSchemas",
    "dependencies",
    "not",
    "if",
    "properties",
    "required",
];

/// A property as some schema declares it.
#[derive(Debug, Clone)]
pub(crate) struct Property<'a> {
    pub(crate) name: String,
    /// Every place that declares it; a value satisfies all of them.
    pub(crate) spots: Vec<Spot<'a>>,
}

/// What is known of a value.
#[derive(Debug, Clone)]
pub(crate) struct Facts<'a> {
    pub(crate) types: Types,
    pub(crate) format: Option<&'a str>,
    pub(crate) properties: Vec<Property<'a>>,
    pub(crate) required: BTreeSet<&'a str>,
    /// Properties that are not declared are refused.
    pub(crate) closed: bool,
    pub(crate) patterned: bool,
    /// For each `additionalProperties` that refuses or asks something: the names it leaves alone, because they are declared beside it.
    pub(crate) spared: Vec<BTreeSet<&'a str>>,
    pub(crate) items: Vec<Spot<'a>>,
    pub(crate) tuple: bool,
    /// The default, and where it stands.
    pub(crate) default: Option<Spot<'a>>,
    pub(crate) title: Option<&'a str>,
    pub(crate) description: Option<&'a str>,
    pub(crate) read_only: bool,
    pub(crate) write_only: bool,
    /// Choices that hold beside the rest: of each, one or more apply.
    pub(crate) choices: Vec<Choice<'a>>,
    /// Every rule that is not told by the rest: the keyword, and the schema it stands in.
    pub(crate) rules: Vec<(&'a str, Spot<'a>)>,
    /// The schemas this was made of, to see recursion.
    pub(crate) made_of: Vec<*const Value>,
    /// Those of them that say something beside where they lead.
    pub(crate) own: Vec<*const Value>,
    /// The schema that was read first.
    pub(crate) at: Option<&'a Value>,
}

/// Alternatives, as some keyword gives them.
#[derive(Debug, Clone)]
pub(crate) struct Choice<'a> {
    /// `anyOf`, `oneOf`, `if`, `dependentSchemas` or `dependencies`.
    pub(crate) keyword: &'a str,
    /// What each alternative says, null left aside.
    pub(crate) branches: Vec<Facts<'a>>,
}

impl<'a> Facts<'a> {
    pub(crate) fn of(types: Types) -> Self {
        Self {
            types,
            format: None,
            properties: Vec::new(),
            required: BTreeSet::new(),
            closed: false,
            patterned: false,
            spared: Vec::new(),
            items: Vec::new(),
            tuple: false,
            default: None,
            title: None,
            description: None,
            read_only: false,
            write_only: false,
            choices: Vec::new(),
            rules: Vec::new(),
            made_of: Vec::new(),
            own: Vec::new(),
            at: None,
        }
    }

    /// Both hold.
    pub(crate) fn absorb(&mut self, other: Self) {
        self.types = self.types.and(other.types);
        self.format = self.format.or(other.format);
        for property in other.properties {
            match self.properties.iter_mut().find(|own| own.name == property.name) {
                Some(own) => own.spots.extend(property.spots),
                None => self.properties.push(property),
            }
        }
        self.required.extend(other.required);
        self.closed |= other.closed;
        self.patterned |= other.patterned;
        self.spared.extend(other.spared);
        self.items.extend(other.items);
        self.tuple |= other.tuple;
        self.default = self.default.take().or(other.default);
        self.title = self.title.or(other.title);
        self.description = self.description.or(other.description);
        self.read_only |= other.read_only;
        self.write_only |= other.write_only;
        self.choices.extend(other.choices);
        self.rules.extend(other.rules);
        self.made_of.extend(other.made_of);
        self.own.extend(other.own);
        self.at = self.at.or(other.at);
    }

    /// One of these holds, or several. Says whether a choice remains.
    pub(crate) fn choose(&mut self, keyword: &'a str, branches: Vec<Self>) -> bool {
        let all = branches.iter().fold(Types::NONE, |types, branch| types.or(branch.types));
        let (nulls, mut rest): (Vec<_>, Vec<_>) = branches.into_iter().partition(|branch| branch.types == Types::NULL);
        if rest.len() == 1 {
            let Some(mut only) = rest.pop() else { return false };
            only.types = if nulls.is_empty() { only.types } else { only.types.or(Types::NULL) };
            self.absorb(only);
            return false;
        }
        self.types = self.types.and(all);
        let format = rest.first().and_then(|first| first.format);
        if rest.iter().all(|branch| branch.format == format) {
            self.format = self.format.or(format);
        }
        let remains = !rest.is_empty();
        if remains {
            self.choices.push(Choice { keyword, branches: rest });
        }
        remains
    }

    /// Whether objects may have properties that are not declared.
    pub(crate) fn open(&self) -> bool {
        self.patterned || !(self.closed || self.choices.iter().any(|choice| choice.branches.iter().all(|branch| !branch.open())))
    }

    /// Every property declared here or in a choice, in order, each name once.
    pub(crate) fn names(&self) -> Vec<&str> {
        let inside = self.branches().flat_map(Facts::names);
        let own = self.properties.iter().map(|property| property.name.as_str());
        let mut seen: HashSet<&str, foldhash::fast::RandomState> = HashSet::default();
        own.chain(inside).filter(|name| seen.insert(name)).collect()
    }

    /// Every place that declares a property, in choices too.
    pub(crate) fn places(&self, name: &str) -> Vec<Spot<'a>> {
        let own = self.property(name).map(|property| property.spots.clone()).unwrap_or_default();
        own.into_iter().chain(self.branches().flat_map(|branch| branch.places(name))).collect()
    }

    fn branches(&self) -> impl Iterator<Item = &Self> {
        self.choices.iter().flat_map(|choice| &choice.branches)
    }

    /// The declaration of a property outside choices.
    pub(crate) fn property(&self, name: &str) -> Option<&Property<'a>> {
        self.properties.iter().find(|property| property.name == name)
    }
}

/// Reads schemas into facts, within a budget.
pub(crate) struct Reader<'a> {
    pub(crate) document: Document<'a>,
    steps: usize,
    most: usize,
}

impl<'a> Reader<'a> {
    pub(crate) fn new(document: Document<'a>) -> Self {
        Self::within(document, MOST_STEPS)
    }

    /// With a budget of its own.
    pub(crate) fn within(document: Document<'a>, most: usize) -> Self {
        Self { document, steps: 0, most }
    }

    /// Whether the budget was passed: what was read since is not to be relied on.
    pub(crate) fn exhausted(&self) -> bool {
        self.steps > self.most
    }

    /// What the schemas at these places say together.
    pub(crate) fn facts(&mut self, spots: &[Spot<'a>]) -> Facts<'a> {
        if let [only] = spots {
            return self.read(only, &mut Vec::new());
        }
        let mut facts = Facts::of(Types::ALL);
        for spot in spots {
            facts.absorb(self.read(spot, &mut Vec::new()));
        }
        facts
    }

    fn read(&mut self, spot: &Spot<'a>, trail: &mut Vec<*const Value>) -> Facts<'a> {
        self.steps += 1;
        if self.exhausted() || trail.contains(&spot.identity()) {
            return Facts::of(Types::ALL);
        }
        let Some(schema) = spot.value.as_object() else {
            return Facts::of(if spot.value == &Value::Bool(false) { Types::NONE } else { Types::ALL });
        };
        trail.push(spot.identity());
        let mut facts = annotations(spot);
        facts.made_of.push(spot.identity());
        facts.at = Some(spot.value);
        let alone = self.document.draft.reference_alone() && schema.contains_key("$ref");
        for (keyword, value) in schema {
            if (!alone || keyword == "$ref") && since(keyword) <= self.document.draft {
                self.member(spot, keyword, value, &mut facts, trail);
            }
        }
        trail.pop();
        if !facts.choices.is_empty() || says_something(schema) {
            facts.own.push(spot.identity());
        }
        facts
    }

    fn member(&mut self, spot: &Spot<'a>, keyword: &'a str, value: &'a Value, facts: &mut Facts<'a>, trail: &mut Vec<*const Value>) {
        let told_by_closed = value.is_boolean() && keyword == "additionalProperties";
        if RULES.contains(&keyword) && !told_by_closed {
            facts.rules.push((keyword, spot.clone()));
        }
        if keyword == "additionalProperties" && value != &Value::Bool(true) {
            let beside = spot.value.get("properties").and_then(Value::as_object);
            facts.spared.push(beside.into_iter().flatten().map(|(name, _)| name.as_str()).collect());
        }
        match keyword {
            "type" => facts.types = facts.types.and(Types::stated(value)),
            "enum" => {
                let types = value.as_array().into_iter().flatten().map(Types::of).fold(Types::NONE, Types::or);
                facts.types = facts.types.and(types);
            }
            "const" => facts.types = facts.types.and(Types::of(value)),
            "format" => facts.format = facts.format.or(value.as_str()),
            "required" => facts.required.extend(value.as_array().into_iter().flatten().filter_map(Value::as_str)),
            "properties" => self.properties(spot, value, facts),
            "additionalProperties" | "unevaluatedProperties" => facts.closed |= value == &Value::Bool(false),
            "patternProperties" => facts.patterned |= value.as_object().is_some_and(|patterns| !patterns.is_empty()),
            "prefixItems" => facts.tuple = true,
            "items" if value.is_array() => facts.tuple = true,
            "items" => facts.items.push(self.document.enter(spot, "/items", value)),
            "$ref" | "$dynamicRef" | "$recursiveRef" => {
                let target = value.as_str().and_then(|reference| self.document.follow(spot, keyword, reference).ok());
                if let Some(Target::Here(target)) = target {
                    let read = self.read(&target, trail);
                    facts.absorb(read);
                }
            }
            "allOf" => {
                for branch in self.branches(spot, keyword, value, trail) {
                    facts.absorb(branch);
                }
            }
            "anyOf" | "oneOf" => {
                let branches = self.branches(spot, keyword, value, trail);
                if facts.choose(keyword, branches) {
                    facts.rules.push((keyword, spot.clone()));
                }
            }
            "if" => self.conditional(spot, facts, trail),
            "dependentSchemas" | "dependencies" => {
                for (name, schema) in value.as_object().into_iter().flatten().filter(|(_, schema)| !schema.is_array()) {
                    let inside = self.document.enter(spot, &format!("/{keyword}/{}", escape(name)), schema);
                    let branch = self.read(&inside, trail);
                    let _ = facts.choose(keyword, vec![branch, Facts::of(Types::ALL)]);
                }
            }
            _ => {}
        }
    }

    fn properties(&self, spot: &Spot<'a>, value: &'a Value, facts: &mut Facts<'a>) {
        for (name, schema) in value.as_object().into_iter().flatten() {
            let inside = self.document.enter(spot, &format!("/properties/{}", escape(name)), schema);
            match facts.properties.iter_mut().find(|own| own.name == *name) {
                Some(own) => own.spots.push(inside),
                None => facts.properties.push(Property { name: name.clone(), spots: vec![inside] }),
            }
        }
    }

    fn branches(&mut self, spot: &Spot<'a>, keyword: &str, value: &'a Value, trail: &mut Vec<*const Value>) -> Vec<Facts<'a>> {
        let mut read = Vec::new();
        for (at, schema) in value.as_array().into_iter().flatten().enumerate() {
            let inside = self.document.enter(spot, &format!("/{keyword}/{at}"), schema);
            read.push(self.read(&inside, trail));
        }
        read
    }

    /// `if` says which of `then` and `else` holds: one of them does.
    fn conditional(&mut self, spot: &Spot<'a>, facts: &mut Facts<'a>, trail: &mut Vec<*const Value>) {
        let mut branches = Vec::new();
        for keyword in ["then", "else"] {
            branches.push(match spot.value.get(keyword) {
                Some(schema) => {
                    let inside = self.document.enter(spot, &format!("/{keyword}"), schema);
                    self.read(&inside, trail)
                }
                None => Facts::of(Types::ALL),
            });
        }
        facts.choose("if", branches);
    }
}

/// Whether a schema says anything beside where it leads and how it is called.
fn says_something(schema: &crate::Object) -> bool {
    const LEADING: [&str; 13] = [
        "$ref",
        "$dynamicRef",
        "$recursiveRef",
        "allOf",
        "anyOf",
        "oneOf",
        "title",
        "description",
        "default",
        "examples",
        "$comment",
        "deprecated",
        "readOnly",
    ];
    schema.keys().any(|name| !LEADING.contains(&name.as_str()) && !name.starts_with("x-"))
}

/// What a schema says without constraining anything.
fn annotations<'a>(spot: &Spot<'a>) -> Facts<'a> {
    let mut facts = Facts::of(Types::ALL);
    for (keyword, value) in spot.value.as_object().into_iter().flatten() {
        match keyword.as_str() {
            "default" => facts.default = Some(spot.below("/default", value)),
            "title" => facts.title = value.as_str(),
            "description" => facts.description = value.as_str(),
            "readOnly" => facts.read_only = value == &Value::Bool(true),
            "writeOnly" => facts.write_only = value == &Value::Bool(true),
            _ => {}
        }
    }
    facts
}

/// The field type of a value of these types, null left aside; `item` is asked for the type of a list's elements.
pub(crate) fn kind<'a>(facts: &Facts<'a>, item: &mut dyn FnMut(&Facts<'a>) -> FieldType) -> FieldType {
    match facts.types.without(Types::NULL) {
        Types::BOOLEAN => FieldType::Boolean,
        Types::INTEGER => FieldType::Integer,
        types if Types::NUMBER.has(types) && types != Types::NONE => FieldType::Number,
        Types::STRING => facts.format.and_then(|format| FieldType::from_schema("string", Some(format))).unwrap_or(FieldType::Text),
        Types::ARRAY => FieldType::List(Box::new(item(facts))),
        Types::OBJECT => FieldType::Object,
        _ => FieldType::Any,
    }
}
