//! Unions: a picker of kinds, and for each what it is.

use super::control::{Control, ControlShape, Kind};
use super::label::label;
use super::options::is_union;
use super::plan::{Planner, Scope, referred};
use super::rules;
use super::shape::FAMILIES;
use crate::schema::facts::{Choice, Facts, Types};
use crate::types::FieldType;
use crate::{Object, Value};
use std::rc::Rc;

impl<'a> Planner<'_, 'a> {
    /// The first choice of a schema becomes the picker; of others only the members are drawn.
    pub(super) fn union(&mut self, control: &mut Control, facts: &Facts<'a>, scope: Scope<'_>) {
        let mut base = facts.clone();
        let Some(at) = base.choices.iter().position(is_union) else { return };
        let Choice { keyword, branches } = base.choices.remove(at);
        if let Some(own) = base.rules.iter().position(|(rule, _)| *rule == keyword) {
            base.rules.remove(own);
        }
        for other in base.choices.iter_mut().filter(|other| is_union(other)) {
            rules::leave(control, other.keyword, "of several alternatives of the schema some must hold");
            other.keyword = "if";
        }
        control.drawn(ControlShape::Union);
        control.rules.clear();
        for branch in branches {
            let (own_name, at, help) = (names_itself(&branch, &base), branch.at, branch.description);
            let mut kind = if says_nothing(&base) { Facts::of(base.types) } else { base.clone() };
            kind.default = None;
            kind.absorb(branch);
            kind.at = at;
            kind.types = kind.types.without(Types::NULL);
            if kind.types != Types::NONE {
                let drawn = self.kind(own_name, help, &Rc::new(kind), scope);
                control.kinds.push(drawn);
            }
        }
        control.holds = one_type(&control.kinds);
        tell_apart(&mut control.kinds);
    }

    /// Where a schema admits values of several types and says no more of it.
    pub(super) fn union_of_types(&mut self, control: &mut Control, facts: &Facts<'a>) {
        control.drawn(ControlShape::Union);
        control.rules.clear();
        for (family, name) in FAMILIES {
            let mut kind = facts.clone();
            kind.types = facts.types.and(family);
            kind.default = None;
            if kind.types != Types::NONE {
                // The schemas are those of the union: as a part it would be taken for that.
                kind.own.clear();
                kind.made_of.clear();
                let mut of_kind = Control::named("", label(name));
                self.inside(&mut of_kind, &kind, Scope::DATA);
                of_kind.required = true;
                self.dress(&mut of_kind, &kind, None);
                control.kinds.push(Kind { label: label(name), when: Object::new(), control: of_kind });
            }
        }
        control.holds = FieldType::Any;
    }

    fn kind(&mut self, name: Option<String>, help: Option<&str>, facts: &Rc<Facts<'a>>, scope: Scope<'_>) -> Kind {
        let mut of_kind = Control::named("", String::new());
        of_kind.required = true;
        of_kind.help = help.map(str::to_owned);
        if scope.declared || !self.has_parts(facts) {
            self.inside(&mut of_kind, facts, scope);
        } else {
            of_kind.name = name.clone().unwrap_or_default();
            self.refer(&mut of_kind, facts);
            of_kind.name.clear();
        }
        self.dress(&mut of_kind, facts, None);
        let label = name.unwrap_or_else(|| label(&of_kind.holds.to_string()));
        of_kind.label.clone_from(&label);
        Kind { label, when: constants(facts), control: of_kind }
    }
}

/// Members that a kind must have with one value each.
fn constants(facts: &Facts<'_>) -> Object {
    let mut found = Object::new();
    for property in facts.properties.iter().filter(|property| facts.required.contains(property.name.as_str())) {
        let constant = property.spots.iter().find_map(|spot| match (spot.value.get("const"), spot.value.get("enum")) {
            (Some(value), _) => Some(value.clone()),
            (None, Some(Value::Array(values))) if values.len() == 1 => values.first().cloned(),
            _ => None,
        });
        if let Some(value) = constant {
            found.insert(property.name.clone(), value);
        }
    }
    found
}

/// Whether what stands beside a choice says nothing.
fn says_nothing(base: &Facts<'_>) -> bool {
    base.rules.is_empty() && base.properties.is_empty() && base.required.is_empty() && base.choices.is_empty() && !base.closed
}

/// How an alternative is called: by its title, what it refers to, a constant in it, the one member that it asks for.
fn names_itself(branch: &Facts<'_>, base: &Facts<'_>) -> Option<String> {
    if let Some(title) = branch.title {
        return Some(title.to_owned());
    }
    if let Some(name) = branch.at.and_then(referred) {
        return Some(name.to_owned());
    }
    let constant = branch
        .properties
        .iter()
        .filter(|property| branch.required.contains(property.name.as_str()))
        .find_map(|property| property.spots.iter().find_map(|spot| spot.value.get("const")?.as_str()));
    if let Some(constant) = constant {
        return Some(label(constant));
    }
    let own: Vec<&str> = branch.required.iter().copied().filter(|name| !base.required.contains(name)).collect();
    match own.as_slice() {
        [] => None,
        few => Some(few.iter().map(|name| label(name)).collect::<Vec<_>>().join(" and ")),
    }
}

/// The type all kinds have, if they have one.
fn one_type(kinds: &[Kind]) -> FieldType {
    match kinds {
        [first, rest @ ..] if rest.iter().all(|kind| kind.control.holds == first.control.holds) => first.control.holds.clone(),
        _ => FieldType::Any,
    }
}

/// No two kinds are called alike, and what `when` says of one it says of no other.
fn tell_apart(kinds: &mut [Kind]) {
    for at in 1..kinds.len() {
        let (before, rest) = kinds.split_at_mut(at);
        let Some(kind) = rest.first_mut() else { return };
        let plain = kind.label.clone();
        let mut count = 1;
        while before.iter().any(|other| other.label == kind.label) {
            count += 1;
            kind.label = format!("{plain} {count}");
        }
        kind.control.label.clone_from(&kind.label);
    }
    let telling: Vec<String> = kinds.first().map(|kind| kind.when.keys().cloned().collect()).unwrap_or_default();
    let differs = |name: &String| {
        let values: Vec<Option<&Value>> = kinds.iter().map(|kind| kind.when.get(name)).collect();
        values.iter().enumerate().all(|(at, value)| value.is_some() && !values[..at].contains(value))
    };
    let telling: Vec<String> = telling.into_iter().filter(differs).collect();
    kinds.iter_mut().for_each(|kind| kind.when.retain(|name, _| telling.contains(name)));
}
