//! Lengths of texts, lists and objects.

use super::{Rules, Verdict};
use crate::Value;

/// `minLength`, `maxItems` and their kin.
pub(super) fn compare(rules: &Rules<'_, '_, '_>, keyword: &str) -> Option<Verdict> {
    let lower = keyword.starts_with("min");
    let (old, new) = rules.said(keyword);
    let strictest = |sizes: &[Value]| {
        let sizes = sizes.iter().filter_map(Value::as_f64);
        if lower { sizes.reduce(f64::max) } else { sizes.reduce(f64::min) }
    };
    let admits_all = |size: &f64| lower && *size <= 0.0;
    let (old, new) = (strictest(&old).filter(|size| !admits_all(size)), strictest(&new).filter(|size| !admits_all(size)));
    match (old, new) {
        (Some(old), Some(new)) => {
            let reason = format!("was {old}, is {new}");
            match old.total_cmp(&new) {
                std::cmp::Ordering::Equal => None,
                std::cmp::Ordering::Less if lower => Some(Verdict::tighter(reason)),
                std::cmp::Ordering::Greater if !lower => Some(Verdict::tighter(reason)),
                _ => Some(Verdict::looser(reason)),
            }
        }
        (Some(old), None) => Some(Verdict::looser(format!("was {old}, is gone"))),
        (None, Some(new)) => Some(Verdict::tighter(format!("is new: {new}"))),
        (None, None) => None,
    }
}

/// `uniqueItems`.
pub(super) fn compare_unique(rules: &Rules<'_, '_, '_>) -> Option<Verdict> {
    let (old, new) = rules.said("uniqueItems");
    let holds = |said: &[Value]| said.contains(&Value::Bool(true));
    match (holds(&old), holds(&new)) {
        (false, true) => Some(Verdict::tighter("no element may now be there twice")),
        (true, false) => Some(Verdict::looser("an element may now be there twice")),
        _ => None,
    }
}
