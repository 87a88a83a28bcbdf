//! Quantiles: of n values in order, counted from 0, the quantile q is the value at q * (n - 1), and between two neighbours in proportion,
//! as the aggregates have it.

use crate::aggregate::total::Large;
use crate::number::Decimal;

/// The shares that are told, in hundredths.
pub(super) const SHARES: [(&str, i128); 5] = [("p05", 5), ("p25", 25), ("p50", 50), ("p75", 75), ("p95", 95)];

/// Of values in order with their numbers; exact.
pub(super) fn exact(values: &[(Decimal, u64)]) -> Vec<Decimal> {
    let count: u64 = values.iter().map(|(_, number)| number).sum();
    let Some(last) = count.checked_sub(1) else { return Vec::new() };
    SHARES.iter().filter_map(|(_, share)| quantile(values, last, &Large::whole(*share, 2))).collect()
}

fn quantile(values: &[(Decimal, u64)], last: u64, share: &Large) -> Option<Decimal> {
    let (at, between) = share.times(&Large::whole(i128::from(last), 0)).parts();
    let at = (at as u64).min(last);
    let low = Large::of(at_place(values, at)?);
    let high = Large::of(at_place(values, (at + 1).min(last))?);
    Some(low.plus(&high.minus(&low).times(&between)).decimal())
}

fn at_place(values: &[(Decimal, u64)], place: u64) -> Option<&Decimal> {
    let mut passed = 0;
    let found = values.iter().find(|(_, number)| {
        passed += number;
        passed > place
    });
    found.map(|(value, _)| value)
}

/// Of a sample in order.
#[expect(clippy::cast_precision_loss, clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "places in a sample")]
pub(super) fn rough(values: &[f64]) -> Vec<f64> {
    let Some(last) = values.len().checked_sub(1) else { return Vec::new() };
    let quantile = |share: i128| {
        let place = share as f64 / 100.0 * last as f64;
        let (at, between) = (place.floor() as usize, place.fract());
        let low = values.get(at)?;
        let high = values.get(at + 1).unwrap_or(low);
        Some(low + (high - low) * between)
    };
    SHARES.iter().filter_map(|(_, share)| quantile(*share)).collect()
}
