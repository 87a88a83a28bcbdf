//! Possible values: `enum`, `const`, and alternatives that each name some.

use super::control::SelectOption;
use crate::Value;
use crate::schema::facts::{Choice, Facts};

/// The values that the schema names, null aside; none where it does not name all.
pub(super) fn options(facts: &Facts<'_>) -> Option<Vec<SelectOption>> {
    let mut named: Option<Vec<SelectOption>> = None;
    let lists = facts.rules.iter().filter_map(|(keyword, spot)| listed(keyword, spot.value));
    for list in lists {
        narrow(&mut named, list.into_iter().map(plain).collect());
    }
    for choice in facts.choices.iter().filter(|choice| is_union(choice)) {
        let each: Option<Vec<Vec<SelectOption>>> = choice.branches.iter().map(titled).collect();
        if let Some(each) = each {
            narrow(&mut named, each.into_iter().flatten().collect());
        }
    }
    let mut named = named?;
    named.retain(|option| !option.value.is_null());
    (!named.is_empty()).then_some(named)
}

/// Whether a choice is one that a person makes.
pub(super) fn is_union(choice: &Choice<'_>) -> bool {
    matches!(choice.keyword, "anyOf" | "oneOf")
}

/// A value under its own name.
pub(super) fn plain(value: Value) -> SelectOption {
    let label = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    SelectOption { value, label }
}

fn listed(keyword: &str, schema: &Value) -> Option<Vec<Value>> {
    match keyword {
        "enum" => schema.get("enum")?.as_array().cloned(),
        "const" => schema.get("const").map(|value| vec![value.clone()]),
        _ => None,
    }
}

/// Both lists hold.
fn narrow(named: &mut Option<Vec<SelectOption>>, list: Vec<SelectOption>) {
    match named {
        Some(own) => own.retain(|option| list.iter().any(|other| other.value == option.value)),
        None => {
            let mut once: Vec<SelectOption> = Vec::new();
            for option in list {
                if !once.iter().any(|known| known.value == option.value) {
                    once.push(option);
                }
            }
            *named = Some(once);
        }
    }
}

/// The values of an alternative; one value alone is called by the alternative's title.
fn titled(branch: &Facts<'_>) -> Option<Vec<SelectOption>> {
    let mut options = options(branch)?;
    if let ([only], Some(title)) = (options.as_mut_slice(), branch.title) {
        only.label = title.to_owned();
    }
    Some(options)
}
