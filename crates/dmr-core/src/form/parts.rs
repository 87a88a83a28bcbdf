//! Settling a plan: parts that stand in one place only are drawn there, and every control is told where its value stands.

use super::control::{Control, ControlShape, Form};
use crate::path::pointer;
use std::collections::{BTreeMap, HashMap};

/// How deep controls lie inside one another at most where parts are drawn in their place: whoever reads a plan need not read deeper.
const DEEPEST: usize = 20;

/// In how many places each part stands.
type Used = HashMap<String, usize, foldhash::fast::RandomState>;

/// Draws parts in their place where there is only one, and places every control.
pub(super) fn settle(form: &mut Form) {
    let mut used = Used::default();
    count(&form.record, &mut used);
    form.parts.values().for_each(|part| count(part, &mut used));
    let mut parts: BTreeMap<String, Option<Control>> =
        std::mem::take(&mut form.parts).into_iter().map(|(name, part)| (name, Some(part))).collect();
    draw(&mut form.record, &mut parts, &used, 0);
    let names: Vec<String> = parts.keys().cloned().collect();
    for name in names {
        // Taken out while parts are drawn into it: one that holds itself stands in two places.
        let Some(mut part) = parts.get_mut(&name).and_then(Option::take) else { continue };
        draw_inside(&mut part, &mut parts, &used, 0);
        parts.insert(name, Some(part));
    }
    form.parts = parts.into_iter().filter_map(|(name, part)| Some((name, part?))).collect();
    place(&mut form.record, "");
    form.parts.values_mut().for_each(|part| place(part, ""));
}

fn count(control: &Control, used: &mut Used) {
    if let Some(part) = &control.part {
        match used.get_mut(part) {
            Some(places) => *places += 1,
            None => _ = used.insert(part.clone(), 1),
        }
    }
    control.inside().for_each(|inner| count(inner, used));
}

fn draw(control: &mut Control, parts: &mut BTreeMap<String, Option<Control>>, used: &Used, depth: usize) {
    let alone = control.part.as_ref().is_some_and(|name| used.get(name) == Some(&1) && depth < DEEPEST);
    if alone
        && let Some(part) = control.part.take_if(|name| parts.get(name).is_some_and(Option::is_some))
        && let Some(Some(part)) = parts.get_mut(&part).map(Option::take)
    {
        become_part(control, part);
    }
    draw_inside(control, parts, used, depth);
}

fn draw_inside(control: &mut Control, parts: &mut BTreeMap<String, Option<Control>>, used: &Used, depth: usize) {
    let single = [&mut control.item, &mut control.key, &mut control.value].into_iter().filter_map(Option::as_deref_mut);
    let kinds = control.kinds.iter_mut().map(|kind| &mut kind.control);
    for inner in control.fields.iter_mut().chain(&mut control.places).chain(single).chain(kinds) {
        draw(inner, parts, used, depth + 1);
    }
}

/// What the part says of its inside, with what the place says of itself.
fn become_part(control: &mut Control, part: Control) {
    control.shape = part.shape;
    control.rules = part.rules;
    control.options = part.options;
    control.fields = part.fields;
    control.conditions = part.conditions;
    control.open = part.open;
    control.places = part.places;
    control.item = part.item;
    control.key = part.key;
    control.value = part.value;
    control.kinds = part.kinds;
    control.left_to_server.extend(part.left_to_server);
    control.holds = part.holds;
    control.metadata.kind = part.metadata.kind;
}

fn place(control: &mut Control, at: &str) {
    at.clone_into(&mut control.pointer);
    let inner = |segment: &str| if control.shape == ControlShape::Part { String::new() } else { format!("{at}/{segment}") };
    let any = inner("*");
    for field in &mut control.fields {
        place(field, &pointer(at, &field.name));
    }
    for (index, element) in control.places.iter_mut().enumerate() {
        place(element, &format!("{at}/{index}"));
    }
    for element in [&mut control.item, &mut control.value].into_iter().filter_map(Option::as_deref_mut) {
        place(element, &any);
    }
    if let Some(key) = &mut control.key {
        place(key, &any);
    }
    control.kinds.iter_mut().for_each(|kind| place(&mut kind.control, at));
}
