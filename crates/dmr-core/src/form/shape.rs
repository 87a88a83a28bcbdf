//! How a value is drawn: alone, as an object, a list, a map, a union.

use super::control::{Control, ControlShape};
use super::options::{is_union, options};
use super::plan::{Planner, Scope};
use super::rules;
use crate::Value;
use crate::schema::facts::{Facts, Types, kind};
use crate::types::FieldType;

/// The types among which a person picks where a schema admits several.
pub(super) const FAMILIES: [(Types, &str); 5] =
    [(Types::STRING, "text"), (Types::NUMBER, "number"), (Types::BOOLEAN, "yes or no"), (Types::ARRAY, "list"), (Types::OBJECT, "object")];

impl<'a> Planner<'_, 'a> {
    /// Draws what a control holds.
    pub(super) fn inside(&mut self, control: &mut Control, facts: &Facts<'a>, scope: Scope<'_>) {
        rules::add(control, facts);
        let types = facts.types.without(Types::NULL);
        control.holds = kind(facts, &mut |_| FieldType::Any);
        if types == Types::NONE {
            control.options = vec![super::options::plain(Value::Null)];
            return;
        }
        if let Some(options) = options(facts) {
            control.options = options;
            return;
        }
        if facts.choices.iter().any(is_union) {
            self.union(control, facts, scope);
            return;
        }
        match families(types) {
            1 if types == Types::OBJECT => self.object(control, facts, scope),
            1 if types == Types::ARRAY => self.list(control, facts),
            2..=4 => self.union_of_types(control, facts),
            // Anything: as JSON. An object that is declared for some of it is drawn as the object it mostly is.
            5 if !facts.properties.is_empty() => self.object(control, facts, scope),
            _ => {}
        }
    }

    /// Whether it is drawn as more than one control.
    pub(super) fn has_parts(&mut self, facts: &Facts<'a>) -> bool {
        let types = facts.types.without(Types::NULL);
        if types == Types::NONE || options(facts).is_some() {
            return false;
        }
        if facts.choices.iter().any(is_union) {
            return true;
        }
        match families(types) {
            1 if types == Types::OBJECT => true,
            1 if types == Types::ARRAY => {
                let plain = |element: &Facts<'a>| {
                    let types = element.types.without(Types::NULL);
                    element.choices.is_empty() && families(types) == 1 && types.and(Types::ARRAY.or(Types::OBJECT)) == Types::NONE
                };
                let element = (!facts.tuple && !facts.items.is_empty()).then(|| self.facts(&facts.items));
                !element.is_some_and(|element| plain(&element))
            }
            1 => false,
            5 => !facts.properties.is_empty(),
            _ => true,
        }
    }
}

/// How many of the types among which a person picks are possible.
fn families(types: Types) -> usize {
    FAMILIES.iter().filter(|(family, _)| types.and(*family) != Types::NONE).count()
}

impl Control {
    /// Says how it is drawn.
    pub(super) fn drawn(&mut self, shape: ControlShape) {
        self.shape = shape;
    }
}
