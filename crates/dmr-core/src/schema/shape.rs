//! From what is known of an object to the shapes of its fields.

use super::defaults::Given;
use super::facts::{Facts, Reader, Types, kind};
use super::resolve::Spot;
use crate::model::{FieldId, Shape};
use crate::types::FieldType;
use crate::{Code, Issue, Value, name};

/// How deep fields may lie inside one another; what is deeper is data.
const DEEPEST: usize = 32;
/// How many fields a schema may declare, all levels together.
const MOST_FIELDS: usize = 10_000;

/// The fields of an object at the top of a record, and the defaults they have.
pub(super) fn shapes<'a>(reader: &mut Reader<'a>, facts: &Facts<'a>, issues: &mut Vec<Issue>) -> (Vec<Shape>, Vec<Given<'a>>) {
    let mut walk = Walk { reader, issues, above: facts.made_of.clone(), depth: 0, fields: 0, defaults: Vec::new() };
    let shapes = walk.fields(facts);
    let Walk { fields, defaults, .. } = walk;
    if fields > MOST_FIELDS {
        let message = format!("a schema declares at most {MOST_FIELDS} fields");
        issues.push(Issue::body("", Code::SchemaUnsupported, message));
    }
    (shapes, defaults)
}

struct Walk<'w, 'a> {
    reader: &'w mut Reader<'a>,
    issues: &'w mut Vec<Issue>,
    /// The schemas that are being read, from the root down: one that comes again is recursion.
    above: Vec<*const Value>,
    depth: usize,
    fields: usize,
    /// Defaults on the way, each place once.
    defaults: Vec<Given<'a>>,
}

impl<'a> Walk<'_, 'a> {
    fn fields(&mut self, object: &Facts<'a>) -> Vec<Shape> {
        let mut shapes = Vec::new();
        for name in object.names() {
            self.fields += 1;
            if self.fields > MOST_FIELDS || self.reader.exhausted() {
                break;
            }
            let shape = match object.property(name) {
                Some(property) => self.declared(name, &property.spots),
                None => self.conditional(name, object),
            };
            if let Some(mut shape) = shape {
                shape.required = object.required.contains(name);
                shapes.push(shape);
            }
        }
        shapes
    }

    /// A property that holds whatever else does; none where the schema forbids it.
    fn declared(&mut self, name: &str, spots: &[Spot<'a>]) -> Option<Shape> {
        let facts = self.reader.facts(spots);
        if facts.types == Types::NONE {
            return None;
        }
        self.check_name(name, spots);
        let kind = self.kind(&facts, 0);
        let mut shape = Shape {
            name: name.to_owned(),
            kind,
            nullable: facts.types.has(Types::NULL),
            required: false,
            default: facts.default.as_ref().map(|default| default.value.clone()),
            title: facts.title.map(str::to_owned),
            description: facts.description.map(str::to_owned),
            read_only: facts.read_only,
            write_only: facts.write_only,
            given_id: self.given_id(spots),
            schema: together("allOf", spots),
            children: Vec::new(),
            open: true,
        };
        if let Some(default) = &facts.default {
            self.note_default(&shape, default, spots);
        }
        let recursive = facts.made_of.iter().any(|schema| self.above.contains(schema));
        if shape.kind == FieldType::Object && !recursive && self.depth < DEEPEST {
            let height = self.above.len();
            self.above.extend(&facts.made_of);
            self.depth += 1;
            shape.children = self.fields(&facts);
            self.depth -= 1;
            self.above.truncate(height);
            shape.open = facts.open();
        }
        Some(shape)
    }

    fn note_default(&mut self, shape: &Shape, default: &Spot<'a>, spots: &[Spot<'a>]) {
        if self.defaults.iter().all(|known| *known.pointer != *default.pointer) {
            self.defaults.push(Given {
                pointer: default.pointer.to_string(),
                schemas: spots.iter().map(|spot| spot.pointer.to_string()).collect(),
                field: shape.name.clone(),
                kind: shape.kind.clone(),
                value: default.value,
            });
        }
    }

    /// A property that only some branches of a choice declare.
    fn conditional(&mut self, name: &str, object: &Facts<'a>) -> Option<Shape> {
        let mut found = Alternatives::default();
        found.gather(object, name);
        let spots: Vec<Spot<'a>> = found.declared.iter().flatten().cloned().collect();
        self.check_name(name, &spots);
        let read: Vec<Facts<'a>> = found.declared.iter().map(|spots| self.reader.facts(spots)).collect();
        let mut kinds = read.iter().filter(|facts| facts.types != Types::NONE).map(|facts| self.kind(facts, 0));
        let first = kinds.next()?;
        let agreed = !found.elsewhere && kinds.all(|kind| kind == first);
        let first_facts = read.first()?;
        Some(Shape {
            name: name.to_owned(),
            kind: if agreed { first } else { FieldType::Any },
            nullable: found.elsewhere || read.iter().any(|facts| facts.types.has(Types::NULL)),
            required: false,
            default: None,
            title: first_facts.title.map(str::to_owned),
            description: first_facts.description.map(str::to_owned),
            read_only: read.iter().all(|facts| facts.read_only),
            write_only: read.iter().any(|facts| facts.write_only),
            given_id: self.given_id(&spots),
            schema: together("anyOf", &spots),
            children: Vec::new(),
            open: true,
        })
    }

    fn kind(&mut self, facts: &Facts<'a>, depth: usize) -> FieldType {
        kind(facts, &mut |list| {
            if list.tuple || list.items.is_empty() || depth >= DEEPEST {
                return FieldType::Any;
            }
            let element = self.reader.facts(&list.items);
            let again = element.made_of.iter().any(|schema| list.made_of.contains(schema) || self.above.contains(schema));
            let endless = again && element.types.without(Types::NULL) != Types::OBJECT;
            if endless || element.types.has(Types::NULL) { FieldType::Any } else { self.kind(&element, depth + 1) }
        })
    }

    fn check_name(&mut self, name: &str, spots: &[Spot<'a>]) {
        if let (Err(fault), Some(spot)) = (name::check_field(name, self.depth == 0), spots.first()) {
            self.issues.push(fault.at(&spot.pointer));
        }
    }

    fn given_id(&mut self, spots: &[Spot<'a>]) -> Option<FieldId> {
        let (spot, given) = spots.iter().find_map(|spot| Some((spot, spot.value.get("x-dmr-id")?)))?;
        let id = given.as_u64().and_then(|id| u32::try_from(id).ok()).map(FieldId);
        if id.is_none() {
            let pointer = format!("{}/x-dmr-id", spot.pointer);
            let issue = Issue::body(pointer, Code::SchemaInvalid, "'x-dmr-id' is the number a schema of this model came with");
            self.issues.push(issue.rule("x-dmr-id").value(given));
        }
        id
    }
}

/// Where the branches of choices declare a property.
#[derive(Default)]
struct Alternatives<'a> {
    /// For each branch that declares it, where.
    declared: Vec<Vec<Spot<'a>>>,
    /// Whether some branch admits it without declaring it: then it can hold anything.
    elsewhere: bool,
}

impl<'a> Alternatives<'a> {
    fn gather(&mut self, facts: &Facts<'a>, name: &str) {
        for branches in facts
            .choices
            .iter()
            .map(|choice| &choice.branches)
            .filter(|branches| branches.iter().any(|branch| branch.names().contains(&name)))
        {
            for branch in branches {
                match branch.property(name) {
                    Some(property) => self.declared.push(property.spots.clone()),
                    None if branch.names().contains(&name) => self.gather(branch, name),
                    None => self.elsewhere |= branch.open(),
                }
            }
        }
    }
}

/// The schemas at several places as one.
fn together(keyword: &str, spots: &[Spot<'_>]) -> Value {
    match spots {
        [only] => only.value.clone(),
        several => {
            let schemas = several.iter().map(|spot| spot.value.clone()).collect::<Vec<_>>();
            Value::Object([(keyword.to_owned(), Value::Array(schemas))].into_iter().collect())
        }
    }
}
