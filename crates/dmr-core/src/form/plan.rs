//! Making the plan: from the schema as its asker sees it, field by field.

use super::control::{Control, Form, Picks};
use super::label::label;
use super::parts;
use crate::model::{Behaviour, Field, FieldId};
use crate::schema::Draft;
use crate::schema::facts::{Facts, Reader, Types};
use crate::schema::keyword::only_refers;
use crate::schema::reach::LONGEST;
use crate::schema::resolve::{Document, Spot, Target};
use crate::types::FieldType;
use crate::widget::{self, Live, Widget};
use crate::{Problem, Value};
use foldhash::fast::RandomState;
use std::collections::{BTreeMap, HashMap, VecDeque};
use std::rc::Rc;

/// How many schemas are looked at for one plan.
const MOST_STEPS: usize = 400_000;
/// How many controls a plan has; what is beyond is edited as JSON.
const MOST_CONTROLS: usize = 100_000;

/// How many lists are drawn one inside another before they are parts: a list of itself would never end.
const MOST_LISTS: usize = 3;

/// What a plan is made of.
pub struct Asked<'a> {
    /// The model's name, as it works in a route.
    pub model: &'a str,
    /// Its version.
    pub version: &'a str,
    /// The schema as the asker sees it.
    pub schema: &'a Value,
    /// The model's fields.
    pub fields: &'a [Field],
    /// The widget that somebody chose for a field.
    pub hint: &'a dyn Fn(FieldId) -> Option<String>,
    /// Whether the asker may set a field in some record.
    pub writes: &'a dyn Fn(FieldId) -> bool,
    /// Whether the asker may set what is not declared.
    pub writes_undeclared: bool,
    /// What living records hold.
    pub live: &'a BTreeMap<FieldId, LiveValues>,
}

/// What living records hold in a field.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct LiveValues {
    /// The values, the most frequent first.
    pub values: Vec<Value>,
    /// How many records hold one.
    pub records: usize,
}

/// The plan of a form (U1, U2).
///
/// # Errors
/// Where the schema is not one that was registered.
pub fn plan(asked: &Asked<'_>) -> Result<Form, Problem> {
    let draft = Draft::of(asked.schema).map_err(Problem::one)?;
    let reader = Reader::within(Document::known(asked.schema, draft), MOST_STEPS);
    let root = reader.document.root.clone();
    let mut planner = Planner {
        reader,
        asked,
        parts: BTreeMap::new(),
        names: HashMap::default(),
        taken: HashMap::default(),
        pending: VecDeque::new(),
        called: HashMap::default(),
        targets: HashMap::default(),
        read: HashMap::default(),
        controls: 0,
        lists: 0,
    };
    let facts = planner.facts(std::slice::from_ref(&root));
    let mut record = Control::named("", facts.title.map_or_else(|| label(asked.model), str::to_owned));
    record.help = facts.description.map(str::to_owned);
    record.required = true;
    planner.inside(&mut record, &facts, Scope { fields: asked.fields, declared: true, above: "" });
    planner.dress(&mut record, &facts, None);
    while let Some((name, facts)) = planner.pending.pop_front() {
        planner.lists = 0;
        let mut part = Control::named("", facts.title.map_or_else(|| label(&name), str::to_owned));
        planner.inside(&mut part, &facts, Scope::DATA);
        planner.dress(&mut part, &facts, None);
        planner.parts.insert(name, part);
    }
    let mut form = Form { model: asked.model.to_owned(), version: asked.version.to_owned(), may: Vec::new(), record, parts: planner.parts };
    parts::settle(&mut form);
    Ok(form)
}

/// What stands at the place of a member itself, beside a reference or instead of one. Of several places the first that says it.
#[derive(Default)]
struct Beside<'a> {
    title: Option<&'a str>,
    description: Option<&'a str>,
    default: Option<&'a Value>,
    examples: Option<&'a Vec<Value>>,
    read_only: bool,
}

impl<'a> Beside<'a> {
    /// In one pass: schemas are small, and looking for each member by its name costs more.
    fn of(spots: &[Spot<'a>]) -> Self {
        let mut beside = Self::default();
        let mut says_read_only = None;
        for (name, value) in spots.iter().filter_map(|spot| spot.value.as_object()).flatten() {
            match name.as_str() {
                "title" => beside.title = beside.title.or(value.as_str()),
                "description" => beside.description = beside.description.or(value.as_str()),
                "default" => beside.default = beside.default.or(Some(value)),
                "examples" => beside.examples = beside.examples.or(value.as_array()),
                "readOnly" => says_read_only = says_read_only.or(value.as_bool()),
                _ => {}
            }
        }
        beside.read_only = says_read_only == Some(true);
        beside
    }
}

/// The fields among which a control stands.
#[derive(Clone, Copy)]
pub(super) struct Scope<'s> {
    /// Fields of the model, by which names have ids.
    pub(super) fields: &'s [Field],
    /// Whether members here are fields; else they are data inside one.
    pub(super) declared: bool,
    /// The path of the object whose fields they are.
    pub(super) above: &'s str,
}

impl Scope<'_> {
    /// Inside a list, a map, a part.
    pub(super) const DATA: Scope<'static> = Scope { fields: &[], declared: false, above: "" };
}

/// A plan that is being made.
pub(super) struct Planner<'p, 'a> {
    pub(super) reader: Reader<'a>,
    pub(super) asked: &'p Asked<'a>,
    parts: BTreeMap<String, Control>,
    /// Names of parts, by the schemas they are made of.
    names: HashMap<Vec<*const Value>, String, RandomState>,
    /// Names that are taken, and how many wanted each.
    taken: HashMap<String, usize, RandomState>,
    pending: VecDeque<(String, Rc<Facts<'a>>)>,
    /// The names by which references call schemas.
    called: HashMap<*const Value, &'a str, RandomState>,
    /// Where references lead, where that is the same from every place.
    targets: HashMap<&'a str, Spot<'a>, RandomState>,
    /// What schemas say that references lead to: each is read once, wherever it is referred to from.
    read: HashMap<*const Value, Rc<Facts<'a>>, RandomState>,
    controls: usize,
    /// How many lists lie around what is drawn now.
    lists: usize,
}

impl<'a> Planner<'_, 'a> {
    /// What the schemas at some places say together. Of a place that only refers to another it is what that says, and what stands beside
    /// the reference is the place's own.
    pub(super) fn facts(&mut self, spots: &[Spot<'a>]) -> Rc<Facts<'a>> {
        let [spot] = spots else { return Rc::new(self.reader.facts(spots)) };
        let target = self.leads_to(spot);
        if let Some(known) = self.read.get(&target.identity()) {
            return known.clone();
        }
        let facts = Rc::new(self.reader.facts(std::slice::from_ref(&target)));
        self.read.insert(target.identity(), facts.clone());
        facts
    }

    /// The place behind references that stand alone.
    fn leads_to(&mut self, spot: &Spot<'a>) -> Spot<'a> {
        let reference = |spot: &Spot<'a>| spot.value.as_object().filter(|schema| only_refers(schema))?.get("$ref")?.as_str();
        let Some(first) = reference(spot) else { return spot.clone() };
        let same = self.reader.document.is_one_resource();
        if let Some(known) = self.targets.get(first).filter(|_| same) {
            return known.clone();
        }
        let mut spot = spot.clone();
        for _ in 0..LONGEST {
            let Some(reference) = reference(&spot) else { break };
            match self.reader.document.follow(&spot, "$ref", reference) {
                Ok(Target::Here(target)) => {
                    let name = referred(spot.value).unwrap_or_default();
                    spot = target;
                    self.called.insert(spot.identity(), name);
                }
                _ => break,
            }
        }
        if same {
            self.targets.insert(first, spot.clone());
        }
        spot
    }

    /// The control of a member, an element or a value.
    pub(super) fn control(&mut self, name: &str, spots: &[Spot<'a>], facts: &Rc<Facts<'a>>, scope: Scope<'_>) -> Control {
        self.controls += 1;
        // What a reference leads to can be about more than this member: only what stands beside it names it.
        let beside = Beside::of(spots);
        let mut control = Control::named(name, beside.title.map_or_else(|| label(name), str::to_owned));
        control.help = beside.description.or(facts.description).map(str::to_owned);
        control.nullable = facts.types.has(Types::NULL);
        control.default = beside.default.or(facts.default.as_ref().map(|default| default.value)).cloned();
        control.metadata.examples = beside.examples.cloned().unwrap_or_default();
        let field = scope.fields.iter().find(|field| scope.declared && field.name() == name);
        self.rights(&mut control, facts, field, beside.read_only);
        if let Some(field) = field {
            control.path = Some(if scope.above.is_empty() { name.to_owned() } else { format!("{}.{name}", scope.above) });
            let path = control.path.clone().unwrap_or_default();
            let inner = Scope { fields: &field.children, declared: !field.children.is_empty(), above: &path };
            self.inside_or_part(&mut control, facts, inner);
        } else {
            self.inside_or_part(&mut control, facts, Scope::DATA);
        }
        self.dress(&mut control, facts, field);
        control
    }

    fn rights(&self, control: &mut Control, facts: &Facts<'a>, field: Option<&Field>, read_only: bool) {
        (control.read_only, control.write_only) = match field {
            Some(field) => (field.is(Behaviour::ReadOnly) || !(self.asked.writes)(field.id), field.is(Behaviour::WriteOnly)),
            None => (read_only || facts.read_only, facts.write_only),
        };
    }

    /// What has parts and is no field of the model can stand in several places, or in itself.
    fn inside_or_part(&mut self, control: &mut Control, facts: &Rc<Facts<'a>>, scope: Scope<'_>) {
        let list = is_list(facts);
        if scope.declared || !self.has_parts(facts) || (list && self.lists < MOST_LISTS) {
            self.lists += usize::from(list);
            self.inside(control, facts, scope);
            self.lists -= usize::from(list);
            return;
        }
        if self.controls > MOST_CONTROLS || self.reader.exhausted() {
            control.left_to_server.push(super::rules::too_large());
            return;
        }
        self.refer(control, facts);
    }

    /// Makes a control one that refers to a part.
    pub(super) fn refer(&mut self, control: &mut Control, facts: &Rc<Facts<'a>>) {
        // Two references to one schema are the same part.
        let key = if facts.own.is_empty() { facts.made_of.clone() } else { facts.own.clone() };
        let name = match self.names.get(&key) {
            Some(name) => name.clone(),
            None => {
                let name = self.free_name(facts, &control.name);
                self.names.insert(key, name.clone());
                self.pending.push_back((name.clone(), facts.clone()));
                name
            }
        };
        control.part = Some(name);
        control.shape = super::ControlShape::Part;
        control.holds = crate::schema::facts::kind(facts, &mut |_| FieldType::Any);
    }

    fn free_name(&mut self, facts: &Facts<'a>, fallback: &str) -> String {
        let called = facts.at.and_then(|schema| self.called.get(&std::ptr::from_ref(schema)).copied());
        let reference = facts.at.and_then(referred).or(called);
        let base = reference.or(facts.title).filter(|name| !name.is_empty()).unwrap_or(fallback);
        let base = if base.is_empty() { "Part" } else { base };
        let mut name = base.to_owned();
        while self.taken.contains_key(&name) {
            // Counted at the plain name, so that many parts of one name do not each try all numbers before theirs.
            let count = self.taken.entry(base.to_owned()).or_insert(1);
            *count += 1;
            name = format!("{base} {count}");
        }
        self.taken.insert(name.clone(), 1);
        name
    }

    /// Chooses the widget, and what hangs on it.
    pub(super) fn dress(&mut self, control: &mut Control, facts: &Facts<'a>, field: Option<&Field>) {
        let live = field.and_then(|field| self.asked.live.get(&field.id)).filter(|_| control.options.is_empty());
        let number = |rules: [&str; 2]| {
            let limits = control.rules.iter().filter(|rule| rules.contains(&rule.rule.as_str())).filter_map(|rule| rule.value.as_ref());
            limits.filter_map(Value::as_number).map(crate::number::as_f64).collect::<Vec<f64>>()
        };
        let hint = field.and_then(|field| (self.asked.hint)(field.id)).or_else(|| schema_hint(facts).map(str::to_owned));
        let options = control.item.as_ref().map_or(&control.options, |item| &item.options).len();
        let chosen = Widget::choose(
            &widget::Asked {
                name: &control.name,
                kind: &control.holds,
                structured: structured(control),
                format: facts.format,
                options: (options > 0).then_some(options),
                least: number(["minimum", "exclusiveMinimum"]).into_iter().reduce(f64::max),
                greatest: number(["maximum", "exclusiveMaximum"]).into_iter().reduce(f64::min),
                longest: limit(control, "maxLength"),
                live: live.map(|live| Live { values: live.values.len(), records: live.records }),
            },
            hint.as_deref(),
        );
        if let (Widget::Select, Some(live)) = (chosen.widget, live) {
            control.options = live.values.iter().cloned().map(super::options::plain).collect();
            control.others = true;
        }
        control.widget = chosen.widget;
        control.metadata.chosen_by = chosen.by;
        control.metadata.reason = chosen.reason;
        control.metadata.kind = control.holds.to_string();
        control.metadata.format = facts.format.map(str::to_owned);
        control.metadata.picks = (chosen.widget == Widget::DatePicker).then(|| picks(&control.holds)).flatten();
        if control.metadata.examples.is_empty() {
            let examples = facts.at.and_then(|schema| schema.get("examples")).and_then(Value::as_array);
            control.metadata.examples = examples.cloned().unwrap_or_default();
        }
        let example = control.metadata.examples.iter().find_map(|example| match example {
            Value::String(text) => Some(text.clone()),
            Value::Number(number) => Some(number.to_string()),
            _ => None,
        });
        control.placeholder = example.or_else(|| chosen.widget.placeholder(&control.holds).map(str::to_owned));
        if control.required && !control.nullable && !control.others && control.options.len() == 1 {
            control.hidden = true;
            control.default = control.options.first().map(|option| option.value.clone());
        }
    }
}

/// What the schema of a property itself says of its widget, under the names that tools write.
fn schema_hint<'a>(facts: &Facts<'a>) -> Option<&'a str> {
    let names = ["x-widget", "ui:widget", "widget"];
    names.iter().find_map(|name| facts.at?.get(*name)?.as_str())
}

fn structured(control: &Control) -> bool {
    let plain =
        |item: &Control| item.shape == super::ControlShape::Value && item.holds != FieldType::Any && item.holds != FieldType::Object;
    match control.shape {
        super::ControlShape::Value => false,
        super::ControlShape::List => !control.places.is_empty() || control.item.as_deref().is_none_or(|item| !plain(item)),
        _ => true,
    }
}

fn limit(control: &Control, rule: &str) -> Option<u64> {
    control.rules.iter().filter(|own| own.rule == rule).filter_map(|own| own.value.as_ref()?.as_u64()).min()
}

fn picks(kind: &FieldType) -> Option<Picks> {
    match kind {
        FieldType::Date => Some(Picks::Date),
        FieldType::Time => Some(Picks::Time),
        FieldType::DateTime | FieldType::LocalDateTime => Some(Picks::DateTime),
        _ => None,
    }
}

fn is_list(facts: &Facts<'_>) -> bool {
    facts.types.without(Types::NULL) == Types::ARRAY && facts.choices.is_empty()
}

/// The last name of the reference that a schema is.
pub(super) fn referred(schema: &Value) -> Option<&str> {
    let reference = schema.get("$ref").or_else(|| schema.get("$dynamicRef"))?.as_str()?;
    reference.rsplit(['/', '#']).next().filter(|name| !name.is_empty())
}
