//! Lists: a plan of their elements, or of each of the first ones.

use super::control::{Control, ControlShape};
use super::plan::{Planner, Scope};
use crate::Value;
use crate::schema::facts::{Facts, Types};
use crate::schema::resolve::Spot;
use crate::types::FieldType;
use std::rc::Rc;

impl<'a> Planner<'_, 'a> {
    pub(super) fn list(&mut self, control: &mut Control, facts: &Facts<'a>) {
        control.drawn(ControlShape::List);
        let places = self.tuple(facts);
        control.places = places.iter().map(|spot| self.element(std::slice::from_ref(spot))).collect();
        let rest = self.rest(facts);
        if !rest.is_empty() {
            let item = self.element(&rest);
            control.item = Some(Box::new(item));
        } else if !facts.tuple {
            let anything = Rc::new(Facts::of(Types::ALL));
            control.item = Some(Box::new(self.control("", &[], &anything, Scope::DATA)));
        }
        let element = control.item.as_ref().filter(|_| control.places.is_empty()).map_or(FieldType::Any, |item| item.holds.clone());
        control.holds = FieldType::List(Box::new(element));
    }

    fn element(&mut self, spots: &[Spot<'a>]) -> Control {
        let facts = self.facts(spots);
        let mut element = self.control("", spots, &facts, Scope::DATA);
        element.required = true;
        element
    }

    /// The schemas of the first elements, of the first keyword that tells them.
    fn tuple(&self, facts: &Facts<'a>) -> Vec<Spot<'a>> {
        for (keyword, spot) in &facts.rules {
            let Some(Value::Array(places)) = spot.value.get(*keyword).filter(|_| matches!(*keyword, "prefixItems" | "items")) else {
                continue;
            };
            let enter = |(at, place)| self.reader.document.enter(spot, &format!("/{keyword}/{at}"), place);
            return places.iter().enumerate().map(enter).collect();
        }
        Vec::new()
    }

    /// The schemas of all other elements.
    fn rest(&self, facts: &Facts<'a>) -> Vec<Spot<'a>> {
        let older = facts.rules.iter().filter(|(keyword, _)| *keyword == "additionalItems" && facts.tuple);
        let older = older.filter_map(|(keyword, spot)| {
            let schema = spot.value.get(*keyword).filter(|schema| schema.is_object())?;
            Some(self.reader.document.enter(spot, "/additionalItems", schema))
        });
        let closed = |spot: &Spot<'a>| spot.value != &Value::Bool(false);
        facts.items.iter().filter(|spot| closed(spot)).cloned().chain(older).collect()
    }
}
