//! Histograms: how many numbers lie in each of ten to twenty stretches of one width, from the smallest to the greatest. The last one holds
//! its end too. Reckoned with doubles: a number beside the border of two stretches is counted to one of them.

/// A histogram.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Histogram {
    pub from: f64,
    pub to: f64,
    pub counts: Vec<u64>,
}

/// Of numbers, with how many there are of each; none of no numbers, and of such as are too far apart for a double.
pub(super) fn histogram(from: f64, to: f64, count: u64, numbers: impl Iterator<Item = (f64, u64)>) -> Option<Histogram> {
    let width = to - from;
    if count == 0 || !width.is_finite() {
        return None;
    }
    let bins = if width > 0.0 { bins(count) } else { 1 };
    let mut counts = vec![0; bins];
    for (number, times) in numbers {
        let at = if width > 0.0 { place((number - from) / width, bins) } else { 0 };
        if let Some(bin) = counts.get_mut(at) {
            *bin += times;
        }
    }
    Some(Histogram { from, to, counts })
}

/// As many as Sturges says, from ten to twenty.
fn bins(count: u64) -> usize {
    let digits = u64::BITS - count.saturating_sub(1).leading_zeros();
    usize::try_from(digits + 1).unwrap_or(0).clamp(10, 20)
}

#[expect(clippy::cast_precision_loss, clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a place among at most twenty")]
fn place(share: f64, bins: usize) -> usize {
    ((share * bins as f64) as usize).min(bins - 1)
}
