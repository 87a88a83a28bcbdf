//! What columns and members are called as fields: the source's names as far as a field may have them (D2).

use dmr_core::name::{LONGEST_FIELD, check_field};
use std::collections::HashSet;

/// The name a source gives and the name the field gets.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Label {
    pub(crate) source: String,
    pub(crate) name: String,
}

/// Names for the columns of a source, in order; no two are equal. A name that can stay stays: only then the others are found.
pub(crate) fn labels<'a>(sources: impl Iterator<Item = &'a str> + Clone) -> Vec<Label> {
    let mut taken: HashSet<String> = HashSet::new();
    let kept: Vec<bool> =
        sources.clone().map(|source| check_field(source, true).is_ok() && trimmed(source) && taken.insert(source.to_owned())).collect();
    sources
        .zip(kept)
        .enumerate()
        .map(|(at, (source, kept))| {
            let name = if kept { source.to_owned() } else { free(wanted(source, at), |name| taken.contains(name)) };
            taken.insert(name.clone());
            Label { source: source.to_owned(), name }
        })
        .collect()
}

/// A field's name for a member that was not there when the labels were made.
pub(crate) fn label(source: &str, taken: impl Fn(&str) -> bool) -> String {
    free(wanted(source, 0), taken)
}

fn trimmed(source: &str) -> bool {
    source.trim().len() == source.len()
}

/// The nearest name that a field may have.
fn wanted(source: &str, at: usize) -> String {
    let clean: String = source.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    let clean = clean.trim();
    let plain = clean.trim_start_matches('_');
    let name = if plain.len() < clean.len() && !plain.is_empty() { format!("{plain}_") } else { plain.to_owned() };
    let name: String = name.chars().take(LONGEST_FIELD - 8).collect();
    if name.trim().is_empty() { format!("column_{}", at + 1) } else { name.trim().to_owned() }
}

/// A name that is not taken: the wanted one, or with the next free number.
fn free(wanted: String, taken: impl Fn(&str) -> bool) -> String {
    if !taken(&wanted) {
        return wanted;
    }
    (2_u64..).map(|number| format!("{wanted}_{number}")).find(|name| !taken(name)).unwrap_or(wanted)
}

/// Endings of file names that say a format and are no part of a model's name.
const ENDINGS: [&str; 9] = ["csv", "tsv", "tab", "psv", "txt", "json", "jsonl", "ndjson", "geojson"];

/// The name of a model, after its file or source: `mlb_players.csv` gives `MlbPlayers` (D1).
pub fn model_name(source: &str) -> String {
    let stem = match source.rsplit_once('.') {
        Some((stem, ending)) if ENDINGS.contains(&ending.to_lowercase().as_str()) => stem,
        _ => source,
    };
    let mut name = String::new();
    for word in stem.split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| !word.is_empty()) {
        let digits_meet = name.ends_with(|c: char| c.is_ascii_digit()) && word.starts_with(|c: char| c.is_ascii_digit());
        if digits_meet {
            name.push('_');
        }
        let (first, rest) = word.split_at(1);
        name.push_str(&first.to_ascii_uppercase());
        name.push_str(rest);
    }
    if !name.starts_with(|c: char| c.is_ascii_alphabetic()) {
        name.insert_str(0, "File");
    }
    name.truncate(dmr_core::name::LONGEST_NAME);
    name
}
