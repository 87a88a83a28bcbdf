//! Rules that tighten, loosen or become others.

mod bound;
mod choice;
mod other;
mod size;

use super::FieldChange;
use super::diff::Pair;
use super::meaning::{Compared, Side};
use crate::schema::facts::Facts;
use crate::{FieldType, Value};

/// A rule that changed.
struct Verdict {
    compared: Compared,
    reason: String,
}

impl Verdict {
    fn tighter(reason: impl Into<String>) -> Self {
        Self { compared: Compared::Narrower, reason: reason.into() }
    }

    fn looser(reason: impl Into<String>) -> Self {
        Self { compared: Compared::Wider, reason: reason.into() }
    }

    fn other(reason: impl Into<String>) -> Self {
        Self { compared: Compared::Unknown, reason: reason.into() }
    }
}

/// What the rules of one value were and are, by keyword.
struct Rules<'r, 'o, 'n> {
    old: (&'r Side<'o>, &'r Facts<'o>),
    new: (&'r Side<'n>, &'r Facts<'n>),
}

impl Rules<'_, '_, '_> {
    /// What a keyword said and says, wherever it stands.
    fn said(&self, keyword: &str) -> (Vec<Value>, Vec<Value>) {
        (self.old.0.said(self.old.1, keyword), self.new.0.said(self.new.1, keyword))
    }

    /// Keywords that stand on either side, in order, each once.
    fn keywords(&self) -> Vec<&str> {
        let mut found: Vec<&str> = Vec::new();
        for keyword in self.old.1.rules.iter().map(|(keyword, _)| *keyword).chain(self.new.1.rules.iter().map(|(keyword, _)| *keyword)) {
            if !found.contains(&keyword) {
                found.push(keyword);
            }
        }
        found
    }

    fn verdicts(&self) -> Vec<(&str, Verdict)> {
        let mut verdicts = Vec::new();
        let mut told: Vec<&str> = Vec::new();
        for keyword in self.keywords() {
            let group = group(keyword);
            if told.contains(&group) {
                continue;
            }
            told.push(group);
            let verdict = match group {
                "minimum" | "maximum" => bound::compare(self, group),
                "multipleOf" => bound::compare_steps(self),
                "enum" => choice::compare(self),
                "pattern" | "format" => choice::compare_texts(self, group),
                "minLength" | "maxLength" | "minItems" | "maxItems" | "minProperties" | "maxProperties" => size::compare(self, group),
                "uniqueItems" => size::compare_unique(self),
                _ => other::compare(self, group),
            };
            verdicts.extend(verdict.map(|verdict| (group, verdict)));
        }
        verdicts.extend(self.no_longer_spared().map(|verdict| ("additionalProperties", verdict)));
        verdicts.extend(self.openness().map(|verdict| ("additionalProperties", verdict)));
        verdicts
    }

    /// A property that stays declared, but no longer beside an `additionalProperties`, which now applies to it too.
    fn no_longer_spared(&self) -> Option<Verdict> {
        let held = |facts: &Facts<'_>, name: &str| facts.spared.iter().any(|spared| !spared.contains(name));
        let (old, new) = (self.old.1, self.new.1);
        let known = old.names();
        let caught = new.names().into_iter().any(|name| known.contains(&name) && held(new, name) && !held(old, name));
        // Where the old version said nothing of undeclared properties at all, that it does now is told already.
        (caught && !old.spared.is_empty()).then(|| Verdict::tighter("it now applies to a property that was declared beside it"))
    }

    fn openness(&self) -> Option<Verdict> {
        match (self.old.1.open(), self.new.1.open()) {
            (true, false) => Some(Verdict::tighter("properties that are not declared are now refused")),
            (false, true) => Some(Verdict::looser("properties that are not declared are now admitted")),
            _ => None,
        }
    }
}

/// Keywords that are one rule.
fn group(keyword: &str) -> &str {
    match keyword {
        "exclusiveMinimum" => "minimum",
        "exclusiveMaximum" => "maximum",
        "const" => "enum",
        "minContains" | "maxContains" => "contains",
        other => other,
    }
}

/// The rules of a field.
pub(super) fn changes<'o, 'n>(
    pair: &Pair<'_>,
    old: (&mut Side<'o>, &Facts<'o>),
    new: (&mut Side<'n>, &Facts<'n>),
    out: &mut Vec<FieldChange>,
) {
    let same_type = pair.old.shape.kind == pair.new.shape.kind;
    let walked = pair.walked(old.1, new.1);
    let lists = matches!((&pair.old.shape.kind, &pair.new.shape.kind), (FieldType::List(_), FieldType::List(_)));
    let elements = if lists { old.0.elements(old.1).zip(new.0.elements(new.1)) } else { None };
    let plain = |facts: &Facts<'_>| facts.properties.is_empty() && facts.choices.is_empty() && facts.items.is_empty();
    let elements = elements.filter(|(old, new)| plain(old) && plain(new));
    let rules = Rules { old: (&*old.0, old.1), new: (&*new.0, new.1) };
    for (keyword, verdict) in rules.verdicts() {
        let told_elsewhere = (keyword == "format" && !same_type)
            || (keyword == "items" && (elements.is_some() || !same_type))
            || (walked && ["properties", "required"].contains(&keyword));
        if !told_elsewhere {
            out.extend(told(pair.name, keyword, verdict));
        }
    }
    if same_type && old.1.types != new.1.types && pair.old.shape.nullable == pair.new.shape.nullable {
        let wider = new.1.types.has(old.1.types);
        let (kind, reason) =
            if wider { ("type_widened", "more JSON types are admitted") } else { ("type_narrowed", "fewer JSON types are admitted") };
        out.push(FieldChange::new(kind, pair.name, !wider, reason));
    }
    if let Some((old_elements, new_elements)) = elements {
        of_elements(pair, (&*old.0, &old_elements), (&*new.0, &new_elements), out);
    }
}

/// The rules of a list's elements that are neither objects nor lists themselves.
fn of_elements<'o, 'n>(pair: &Pair<'_>, old: (&Side<'o>, &Facts<'o>), new: (&Side<'n>, &Facts<'n>), out: &mut Vec<FieldChange>) {
    let same_type = pair.old.shape.kind == pair.new.shape.kind;
    let rules = Rules { old, new };
    for (keyword, verdict) in rules.verdicts().into_iter().filter(|(keyword, _)| same_type || *keyword != "format") {
        let verdict = Verdict { reason: format!("elements: {}", verdict.reason), ..verdict };
        out.extend(told(pair.name, keyword, verdict));
    }
}

fn told(field: &str, keyword: &str, verdict: Verdict) -> Option<FieldChange> {
    let (kind, breaking) = match verdict.compared {
        Compared::Same => return None,
        Compared::Wider => ("constraint_loosened", false),
        Compared::Narrower => ("constraint_tightened", true),
        Compared::Unknown => ("constraint_changed", true),
    };
    Some(FieldChange::new(kind, field, breaking, format!("{keyword}: {}", verdict.reason)))
}

/// The rules of the record as a whole.
pub(super) fn of_record<'o, 'n>(old: &Side<'o>, old_facts: &Facts<'o>, new: &Side<'n>, new_facts: &Facts<'n>) -> Vec<FieldChange> {
    let rules = Rules { old: (old, old_facts), new: (new, new_facts) };
    let record = |(keyword, verdict): (&str, Verdict)| {
        let change = told("", keyword, verdict)?;
        let known = ["minProperties", "maxProperties", "additionalProperties"].contains(&keyword);
        Some(if known { change } else { FieldChange { kind: "schema_changed".to_owned(), ..change } })
    };
    let told_by_fields = |keyword: &str| ["properties", "required"].contains(&keyword);
    // A record is an object whatever the schema says; what refers to the record's schema need not be one.
    let mut changes = Vec::new();
    if (old.refers_to_root() || new.refers_to_root()) && !new_facts.types.has(old_facts.types) {
        changes.push(FieldChange::new("schema_changed", "", true, "type: fewer JSON types are admitted where the schema refers to itself"));
    }
    let told = rules.verdicts().into_iter().filter(|(keyword, _)| !told_by_fields(keyword)).filter_map(record);
    changes.extend(told);
    changes
}
