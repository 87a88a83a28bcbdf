//! Bounds of numbers, and of decimals.

use super::{Rules, Verdict};
use crate::Value;
use crate::number::Decimal;
use std::cmp::Ordering;

/// A bound: the number, and whether it is excluded.
type Bound = (Decimal, bool);

/// `minimum` and `exclusiveMinimum`, or `maximum` and `exclusiveMaximum`.
pub(super) fn compare(rules: &Rules<'_, '_, '_>, group: &str) -> Option<Verdict> {
    let lower = group == "minimum";
    let exclusive = if lower { "exclusiveMinimum" } else { "exclusiveMaximum" };
    let (old, new) = rules.said(group);
    let (old_exclusive, new_exclusive) = rules.said(exclusive);
    let (old, new) = (strictest(&old, &old_exclusive, lower), strictest(&new, &new_exclusive, lower));
    let reason = match (&old, &new) {
        (Some(old), Some(new)) => format!("was {}, is {}", told(old, lower), told(new, lower)),
        (Some(old), None) => format!("was {}, is gone", told(old, lower)),
        (None, Some(new)) => format!("is new: {}", told(new, lower)),
        (None, None) => return None,
    };
    match (&old, &new) {
        (Some(old), Some(new)) => match order(old, new, lower) {
            Ordering::Equal => None,
            Ordering::Less => Some(Verdict::tighter(reason)),
            Ordering::Greater => Some(Verdict::looser(reason)),
        },
        (Some(_), None) => Some(Verdict::looser(reason)),
        _ => Some(Verdict::tighter(reason)),
    }
}

/// The bound that admits least.
fn strictest(included: &[Value], excluded: &[Value], lower: bool) -> Option<Bound> {
    let bounds = |values: &[Value], excluded: bool| {
        values.iter().filter_map(|value| Decimal::parse(&value.to_string())).map(|number| (number, excluded)).collect::<Vec<_>>()
    };
    let all = bounds(included, false).into_iter().chain(bounds(excluded, true));
    all.max_by(|a, b| order(a, b, lower))
}

/// Which bound is stricter; the greater.
fn order(a: &Bound, b: &Bound, lower: bool) -> Ordering {
    let numbers = if lower { a.0.cmp(&b.0) } else { b.0.cmp(&a.0) };
    numbers.then(a.1.cmp(&b.1))
}

fn told((number, excluded): &Bound, lower: bool) -> String {
    let sign = match (lower, excluded) {
        (true, false) => "at least",
        (true, true) => "more than",
        (false, false) => "at most",
        (false, true) => "less than",
    };
    format!("{sign} {number}")
}

/// `multipleOf`.
pub(super) fn compare_steps(rules: &Rules<'_, '_, '_>) -> Option<Verdict> {
    let (old, new) = rules.said("multipleOf");
    if old == new {
        return None;
    }
    let schema = |steps: &[Value]| {
        let step = |step: &Value| Value::Object([("multipleOf".to_owned(), step.clone())].into_iter().collect());
        Value::Object([("allOf".to_owned(), steps.iter().map(step).collect())].into_iter().collect())
    };
    let list = |steps: &[Value]| steps.iter().map(Value::to_string).collect::<Vec<_>>().join(" and ");
    let reason = match (old.as_slice(), new.as_slice()) {
        ([], new) => return Some(Verdict::tighter(format!("is new: {}", list(new)))),
        (old, []) => return Some(Verdict::looser(format!("was {}, is gone", list(old)))),
        (old, new) => format!("was {}, is {}", list(old), list(new)),
    };
    Some(Verdict { compared: super::super::meaning::compare(&schema(&old), &schema(&new)), reason })
}
