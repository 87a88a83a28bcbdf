//! What a field comes to, worked out when somebody asks.

use super::class::Class;
use super::field::Field;
use super::histogram::{Histogram, histogram};
use super::quantiles;
use super::shape::Watched;
use super::spelled::{double, is_its_text, told_entry};
use super::sums::Sums;
use super::table::Table;
use crate::FieldType;
use crate::aggregate::exact::{Exact, Reading};
use crate::number::{Decimal, text_of_f64};
use crate::projection::Cell;
use std::borrow::Cow;

/// What a field comes to.
#[derive(Debug, Default)]
pub(super) struct Summary {
    pub classes: Vec<(Class, u64)>,
    pub distinct: u64,
    pub least: Option<Vec<u8>>,
    pub greatest: Option<Vec<u8>>,
    pub sums: Sums,
    /// As [`quantiles::SHARES`]; texts of numbers.
    pub quantiles: Vec<String>,
    pub histogram: Option<Histogram>,
    pub top: Vec<Frequent>,
    pub biggest: usize,
    pub rough: Option<Rough>,
}

/// A value and how often it occurs.
#[derive(Debug)]
pub(super) struct Frequent {
    pub value: Vec<u8>,
    pub cut: bool,
    pub count: u64,
}

/// How far what is not exact can be off.
#[derive(Debug)]
pub(super) struct Rough {
    /// Bounds of the number of different values.
    pub distinct: (u64, u64),
    /// Numbers in the sample.
    pub sample: usize,
    /// By how much the number of a frequent value can be greater.
    pub lost: u64,
    /// Values taken away.
    pub taken: u64,
    /// Whether the extremes are not known any more.
    pub range_lost: bool,
}

/// One value, with everything that means the same.
struct Entry<'t> {
    key: Vec<u8>,
    raw: Cow<'t, [u8]>,
    cut: bool,
    count: u64,
}

impl Summary {
    /// Of a field; `most`: frequent values that are told; `sampled`: numbers of a sample, in order.
    pub fn of(of: &Watched, field: &Field, most: usize, sampled: impl FnOnce() -> Vec<f64>) -> Self {
        match &field.beyond {
            None => exactly(&of.kind, &field.table, most),
            Some(_) => roughly(&of.kind, field, most, sampled()),
        }
    }
}

fn exactly(kind: &FieldType, table: &Table, most: usize) -> Summary {
    let mut summary = Summary::default();
    let mut numbers: Vec<(Decimal, u64)> = Vec::new();
    let mut doubles: Vec<(f64, u64)> = Vec::new();
    let mut classes = [0; Class::ALL.len()];
    for (entry, count) in table.iter() {
        let (raw, length, _) = told_entry(entry);
        summary.biggest = summary.biggest.max(length);
        classes[Class::of(kind, &raw) as usize] += count;
        if Sums::fit(kind) {
            summary.sums.add(kind, &raw, i64::try_from(count).unwrap_or(i64::MAX));
            if let Reading::Number(number) = Exact::read(kind, Cell::json(&raw)) {
                numbers.push((number.decimal(), count));
                doubles.extend(double(&raw).map(|number| (number, count)));
            }
        }
    }
    summary.classes = told_classes(&classes);
    let mut entries = entries(kind, table);
    summary.distinct = entries.len() as u64;
    if kind.ordered() {
        summary.least = entries.first().map(|entry| entry.raw.to_vec());
        summary.greatest = entries.last().map(|entry| entry.raw.to_vec());
    }
    numbers.sort_unstable_by(|(one, _), (other, _)| one.cmp(other));
    summary.quantiles = quantiles::exact(&numbers).iter().map(Decimal::text).collect();
    let ends = doubles.iter().fold((f64::INFINITY, f64::NEG_INFINITY), |(from, to), (number, _)| (from.min(*number), to.max(*number)));
    let count = doubles.iter().map(|(_, count)| count).sum();
    summary.histogram = histogram(ends.0, ends.1, count, doubles.into_iter());
    // Of equally frequent values the smaller come first: their order is there already.
    entries.sort_by_key(|entry| std::cmp::Reverse(entry.count));
    entries.truncate(most);
    summary.top = entries.into_iter().map(Entry::frequent).collect();
    summary
}

fn roughly(kind: &FieldType, field: &Field, most: usize, sampled: Vec<f64>) -> Summary {
    let Some(beyond) = field.beyond.as_deref() else { return Summary::default() };
    let (estimate, low, high) = beyond.distinct.estimate();
    let extremes = &beyond.extremes;
    let least = extremes.least.kept.first_key_value().map(|(_, (_, raw))| raw.to_vec());
    let greatest = extremes.greatest.kept.last_key_value().map(|(_, (_, raw))| raw.to_vec());
    let mut top: Vec<Entry<'_>> = entries(kind, &field.table);
    // Any other value may occur as often as was taken from each.
    top.retain(|entry| entry.count > field.table.lost());
    top.sort_by_key(|entry| std::cmp::Reverse(entry.count));
    top.truncate(most);
    let ends = [least.as_deref(), greatest.as_deref()].map(|end| end.and_then(double));
    let (from, to) = match ends {
        [Some(from), Some(to)] => (from, to),
        _ => (sampled.first().copied().unwrap_or_default(), sampled.last().copied().unwrap_or_default()),
    };
    let shown = histogram(from, to, sampled.len() as u64, sampled.iter().map(|number| (*number, 1)));
    let count = beyond.sums.count;
    Summary {
        classes: told_classes(&beyond.classes),
        distinct: estimate.min(field.count),
        least,
        greatest,
        sums: beyond.sums.clone(),
        quantiles: quantiles::rough(&sampled).into_iter().filter_map(text_of_f64).collect(),
        histogram: shown.map(|histogram| scaled(histogram, count, sampled.len() as u64)),
        top: top.into_iter().map(Entry::frequent).collect(),
        biggest: beyond.biggest,
        rough: Some(Rough {
            distinct: (low.saturating_sub(beyond.taken), high.min(field.count)),
            sample: sampled.len(),
            lost: field.table.lost(),
            taken: beyond.taken,
            range_lost: extremes.are_lost(),
        }),
    }
}

/// From a sample to all.
fn scaled(histogram: Histogram, all: u64, sample: u64) -> Histogram {
    let whole = |count: u64| u128::from(count) * u128::from(all) / u128::from(sample.max(1));
    Histogram { counts: histogram.counts.iter().map(|count| u64::try_from(whole(*count)).unwrap_or(u64::MAX)).collect(), ..histogram }
}

fn told_classes(counts: &[u64; Class::ALL.len()]) -> Vec<(Class, u64)> {
    Class::ALL.into_iter().zip(counts).filter(|(_, count)| **count > 0).map(|(class, count)| (class, *count)).collect()
}

/// The values in order, each once: spellings of one value are together, under the plainest.
fn entries<'t>(kind: &FieldType, table: &'t Table) -> Vec<Entry<'t>> {
    let mut entries: Vec<Entry<'t>> = table.iter().map(|(entry, count)| read(kind, entry, count)).collect();
    let plainness = |entry: &Entry<'_>| (entry.raw.len(), entry.raw.to_vec());
    if is_its_text(kind) {
        entries.sort_unstable_by(|one, other| one.key.cmp(&other.key));
    } else {
        entries.sort_by(|one, other| one.key.cmp(&other.key).then_with(|| plainness(one).cmp(&plainness(other))));
    }
    entries.dedup_by(|one, first| {
        let same = one.key == first.key;
        if same {
            first.count += one.count;
        }
        same
    });
    entries
}

fn read<'t>(kind: &FieldType, entry: &'t [u8], count: u64) -> Entry<'t> {
    let (raw, _, cut) = told_entry(entry);
    let mut key = Vec::with_capacity(raw.len() + 2);
    kind.key_raw(&raw, &mut key);
    if cut {
        // Long values with the same beginning are told apart by their hashes.
        key.extend_from_slice(entry);
    }
    Entry { key, raw, cut, count }
}

impl Entry<'_> {
    fn frequent(self) -> Frequent {
        Frequent { value: self.raw.into_owned(), cut: self.cut, count: self.count }
    }
}
