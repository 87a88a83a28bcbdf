//! Fields that look as if they had been renamed. Told, never acted upon (nothing is guessed).

use crate::types::FieldType;

/// How alike two names must be, from 0 to 1.
const ALIKE: f64 = 0.6;

/// Pairs of a removed and an added field, by dotted name, that may be one field under a new name: they lie in the same object and have the
/// same type, and their names are alike or there is no other candidate on either side.
pub fn likely_renames(removed: &[(String, FieldType)], added: &[(String, FieldType)]) -> Vec<(String, String)> {
    let fits = |old: &(String, FieldType), new: &(String, FieldType)| old.1 == new.1 && parent(&old.0) == parent(&new.0);
    let mut scored: Vec<(f64, usize, usize)> = Vec::new();
    for (at, old) in removed.iter().enumerate() {
        for (to, new) in added.iter().enumerate().filter(|(_, new)| fits(old, new)) {
            let alone = added.iter().filter(|new| fits(old, new)).count() == 1 && removed.iter().filter(|old| fits(old, new)).count() == 1;
            let score = likeness(last(&old.0), last(&new.0));
            if alone || score >= ALIKE {
                scored.push((score, at, to));
            }
        }
    }
    scored.sort_by(|a, b| b.0.total_cmp(&a.0).then((a.1, a.2).cmp(&(b.1, b.2))));
    let mut pairs: Vec<(usize, usize)> = Vec::new();
    for (_, at, to) in scored {
        if pairs.iter().all(|(taken, given)| *taken != at && *given != to) {
            pairs.push((at, to));
        }
    }
    pairs.sort_unstable();
    pairs.into_iter().map(|(at, to)| (removed[at].0.clone(), added[to].0.clone())).collect()
}

/// Case and separators say nothing; one name inside the other says much.
fn likeness(old: &str, new: &str) -> f64 {
    let plain = |name: &str| name.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect::<String>();
    let (old, new) = (plain(old), plain(new));
    let inside = old.chars().count().min(new.chars().count()) >= 3 && (old.contains(&new) || new.contains(&old));
    strsim::normalized_damerau_levenshtein(&old, &new).max(if inside { 0.8 } else { 0.0 })
}

fn parent(name: &str) -> &str {
    name.rsplit_once('.').map_or("", |(parent, _)| parent)
}

fn last(name: &str) -> &str {
    name.rsplit_once('.').map_or(name, |(_, last)| last)
}
