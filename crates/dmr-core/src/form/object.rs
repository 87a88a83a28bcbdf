//! Objects and maps: fields in the schema's order, members of any name, what is required when.

use super::condition;
use super::control::{Control, ControlShape};
use super::plan::{Planner, Scope};
use super::rules;
use crate::Value;
use crate::schema::facts::{Facts, Types};
use crate::schema::keyword::escape;
use crate::schema::resolve::Spot;
use crate::types::FieldType;
use std::rc::Rc;

impl<'a> Planner<'_, 'a> {
    pub(super) fn object(&mut self, control: &mut Control, facts: &Facts<'a>, scope: Scope<'_>) {
        control.holds = FieldType::Object;
        for name in facts.names() {
            if let Some(field) = self.member(name, facts, scope) {
                control.fields.push(field);
            }
        }
        let top = scope.declared && scope.above.is_empty();
        control.open = facts.open() && (!top || self.asked.writes_undeclared);
        if control.open || control.fields.is_empty() {
            self.others(control, facts);
        }
        let map = control.fields.is_empty() && control.value.is_some();
        control.drawn(if map { ControlShape::Map } else { ControlShape::Object });
        condition::add(control, facts);
    }

    /// A declared member; none where the schema forbids it.
    fn member(&mut self, name: &str, facts: &Facts<'a>, scope: Scope<'_>) -> Option<Control> {
        let (spots, inner) = match facts.property(name) {
            Some(property) => (property.spots.clone(), self.facts(&property.spots)),
            None => {
                let spots = facts.places(name);
                let inner = self.either(&spots);
                (spots, inner)
            }
        };
        if inner.types == Types::NONE {
            return None;
        }
        let mut field = self.control(name, &spots, &inner, scope);
        field.required = facts.required.contains(name);
        if field.required && !field.nullable && !field.others && field.options.len() == 1 {
            field.hidden = true;
            field.default = field.options.first().map(|option| option.value.clone());
        }
        Some(field)
    }

    /// What only branches declare: each of them can hold.
    fn either(&mut self, spots: &[Spot<'a>]) -> Rc<Facts<'a>> {
        let mut once: Vec<&Spot<'a>> = Vec::new();
        for spot in spots {
            if !once.iter().any(|known| known.value == spot.value) {
                once.push(spot);
            }
        }
        if let [only] = once.as_slice() {
            return self.facts(std::slice::from_ref(*only));
        }
        let read: Vec<Facts<'a>> = once.into_iter().map(|spot| self.reader.facts(std::slice::from_ref(spot))).collect();
        let mut facts = Facts::of(Types::ALL);
        facts.choose("anyOf", read);
        Rc::new(facts)
    }

    /// Members that are not declared: what the schema says of them, and of their names.
    fn others(&mut self, control: &mut Control, facts: &Facts<'a>) {
        let mut spots = self.held(facts, &["additionalProperties", "unevaluatedProperties"]);
        let patterns = self.patterns(facts);
        let mut pattern = None;
        match patterns.as_slice() {
            [] => {}
            [(name, spot)] if spots.is_empty() => {
                pattern = Some(name.clone());
                spots = vec![spot.clone()];
            }
            _ => rules::leave(control, "patternProperties", "what members must be depends on their names"),
        }
        if spots.is_empty() && !(control.fields.is_empty() && facts.open()) {
            return;
        }
        let value = self.facts(&spots);
        let mut value = self.control("", &spots, &value, Scope::DATA);
        value.required = true;
        control.value = Some(Box::new(value));
        let names = self.held(facts, &["propertyNames"]);
        control.left_to_server.retain(|rule| rule.rule != "propertyNames");
        let mut of_names = self.reader.facts(&names);
        of_names.types = Types::STRING;
        let mut key = self.control("", &names, &Rc::new(of_names), Scope::DATA);
        key.required = true;
        if let Some(pattern) = pattern {
            let message = format!("must match the pattern {pattern}");
            key.rules.push(super::Rule { rule: "pattern".to_owned(), value: Some(Value::String(pattern)), message });
        }
        control.key = Some(Box::new(key));
    }

    /// The schemas under some keywords.
    fn held(&self, facts: &Facts<'a>, keywords: &[&str]) -> Vec<Spot<'a>> {
        let held = facts.rules.iter().filter(|(keyword, _)| keywords.contains(keyword));
        let held = held.filter_map(|(keyword, spot)| {
            let schema = spot.value.get(*keyword).filter(|schema| schema.is_object())?;
            Some(self.reader.document.enter(spot, &format!("/{keyword}"), schema))
        });
        held.collect()
    }

    fn patterns(&self, facts: &Facts<'a>) -> Vec<(String, Spot<'a>)> {
        let mut found = Vec::new();
        for (keyword, spot) in facts.rules.iter().filter(|(keyword, _)| *keyword == "patternProperties") {
            for (name, schema) in spot.value.get(*keyword).and_then(Value::as_object).into_iter().flatten() {
                found.push((name.clone(), self.reader.document.enter(spot, &format!("/{keyword}/{}", escape(name)), schema)));
            }
        }
        found
    }
}
