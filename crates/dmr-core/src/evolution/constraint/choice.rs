//! Values that are listed, and texts that must match.

use super::{Rules, Verdict};
use crate::Value;

/// `enum` and `const`: the values that all of them admit.
pub(super) fn compare(rules: &Rules<'_, '_, '_>) -> Option<Verdict> {
    let (old_lists, new_lists) = rules.said("enum");
    let (old_ones, new_ones) = rules.said("const");
    let (old, new) = (admitted(old_lists, old_ones), admitted(new_lists, new_ones));
    let (old, new) = match (old, new) {
        (Some(old), Some(new)) => (old, new),
        (Some(_), None) => return Some(Verdict::looser("the values are no longer listed")),
        (None, Some(new)) => return Some(Verdict::tighter(format!("only listed values: {}", listed(&new)))),
        (None, None) => return None,
    };
    let missing = |of: &[Value], from: &[Value]| -> Vec<Value> {
        of.iter().filter(|value| !from.iter().any(|other| same(value, other))).cloned().collect()
    };
    let (gone, come) = (missing(&old, &new), missing(&new, &old));
    match (gone.is_empty(), come.is_empty()) {
        (true, true) => None,
        (true, false) => Some(Verdict::looser(format!("also {}", listed(&come)))),
        (false, true) => Some(Verdict::tighter(format!("no longer {}", listed(&gone)))),
        (false, false) => Some(Verdict::other(format!("no longer {}, also {}", listed(&gone), listed(&come)))),
    }
}

fn admitted(lists: Vec<Value>, ones: Vec<Value>) -> Option<Vec<Value>> {
    let lists = lists.into_iter().filter_map(|list| match list {
        Value::Array(values) => Some(values),
        _ => None,
    });
    let ones = ones.into_iter().map(|one| vec![one]);
    lists.chain(ones).reduce(|all, list| all.into_iter().filter(|value| list.iter().any(|other| same(value, other))).collect())
}

/// 1.0 equals 1.
fn same(a: &Value, b: &Value) -> bool {
    let key = |value: &Value| {
        let mut key = Vec::new();
        crate::key::any(value, &mut key);
        key
    };
    a == b || (a.is_null() == b.is_null() && key(a) == key(b))
}

fn listed(values: &[Value]) -> String {
    let shown: Vec<String> = values.iter().take(10).map(Value::to_string).collect();
    let more = values.len() - shown.len();
    if more == 0 { shown.join(", ") } else { format!("{} and {more} more", shown.join(", ")) }
}

/// `pattern` and `format`: every one that stands must be satisfied.
pub(super) fn compare_texts(rules: &Rules<'_, '_, '_>, keyword: &str) -> Option<Verdict> {
    let (old, new) = rules.said(keyword);
    let (gone, come): (Vec<_>, Vec<_>) =
        (old.iter().filter(|text| !new.contains(text)).collect(), new.iter().filter(|text| !old.contains(text)).collect());
    let list = |texts: &[&Value]| texts.iter().map(|text| text.as_str().unwrap_or_default()).collect::<Vec<_>>().join(" and ");
    match (gone.is_empty(), come.is_empty()) {
        (true, true) => None,
        (true, false) => Some(Verdict::tighter(format!("is new: {}", list(&come)))),
        (false, true) => Some(Verdict::looser(format!("was {}, is gone", list(&gone)))),
        (false, false) => Some(Verdict::other(format!("was {}, is {}", list(&gone), list(&come)))),
    }
}
