//! What is told of a field, as JSON.

use super::class::Class;
use super::distinct;
use super::quantiles::SHARES;
use super::reading::Reading;
use super::sample::rank_error;
use super::shape::Watched;
use super::summary::{Rough, Summary};
use crate::gate::{NumberStyle, numbers_as_text};
use crate::json::raw;
use crate::number::text_of_f64;
use crate::{FieldType, Object, Value};
use serde_json::{Number, json};

/// How figures are told.
#[derive(Debug, Clone, Copy)]
pub struct Telling {
    /// Frequent values at most.
    pub top: usize,
    /// How numbers of records travel.
    pub numbers: NumberStyle,
}

/// What a field comes to, as it is told.
pub type FieldTold = Object;

impl Reading {
    /// How large the records are, on average and together.
    pub fn tell_size(&self) -> Value {
        json!({ "average": average(self.bytes, self.rows), "total": self.bytes })
    }

    /// What a field comes to, by its place in the shape.
    pub fn tell(&self, at: usize, telling: Telling) -> FieldTold {
        let (Some(field), Some(of)) = (self.fields.get(at), self.shape.fields.get(at)) else { return Object::new() };
        let mut told = Object::new();
        told.insert("field".into(), of.names.join(".").into());
        told.insert("type".into(), of.kind.to_string().into());
        told.insert("count".into(), field.count.into());
        told.insert("nulls".into(), field.nulls.into());
        told.insert("absent".into(), self.rows.saturating_sub(field.count + field.nulls).into());
        if of.above_fields {
            return told;
        }
        let sampled = || {
            let slot = self.numbers.iter().position(|number| *number == at);
            slot.map(|slot| self.sample.numbers(slot)).unwrap_or_default()
        };
        let summary = Summary::of(of, field, telling.top, sampled);
        told.insert("exact".into(), summary.rough.is_none().into());
        tell_kinds(of, &summary, &mut told);
        tell_distinct(&summary, field.count, &mut told);
        let teller = Teller { telling, as_text: telling.numbers == NumberStyle::Text || of.kind == FieldType::Decimal };
        teller.range(of, &summary, &mut told);
        teller.numbers(&summary, &mut told);
        told.insert("top".into(), teller.top(&summary));
        told.insert("size".into(), json!({ "average": average(field.bytes, field.count), "biggest": summary.biggest }));
        if let Some(rough) = &summary.rough {
            told.insert("estimates".into(), estimates(rough, summary.sums.count > 0));
        }
        told
    }
}

/// The mean of whole numbers; null of none.
fn average(sum: u64, count: u64) -> Value {
    #[expect(clippy::cast_precision_loss, reason = "a mean")]
    let mean = |count: u64| sum as f64 / count as f64;
    (count > 0).then(|| mean(count)).and_then(double).unwrap_or(Value::Null)
}

fn double(number: f64) -> Option<Value> {
    text_of_f64(number).map(|text| Value::Number(Number::from_string_unchecked(text)))
}

/// What the values are: one kind, numbers of both kinds, or a mixture.
fn tell_kinds(of: &Watched, summary: &Summary, told: &mut Object) {
    let only = |classes: &[Class]| summary.classes.iter().all(|(class, _)| classes.contains(class));
    let inferred = match summary.classes.as_slice() {
        [] => Value::Null,
        [(class, _)] => class.name(&of.kind).into(),
        _ if only(&[Class::Integer, Class::Number]) => Class::Number.name(&of.kind).into(),
        _ => "mixed".into(),
    };
    let kinds: Object = summary.classes.iter().map(|(class, count)| (class.name(&of.kind).to_owned(), (*count).into())).collect();
    told.insert("inferred".into(), inferred);
    told.insert("kinds".into(), kinds.into());
}

fn tell_distinct(summary: &Summary, count: u64, told: &mut Object) {
    #[expect(clippy::cast_precision_loss, reason = "a share")]
    let share = (count > 0).then(|| summary.distinct as f64 / count as f64);
    let class = share.map(|share| match share {
        share if share < 0.05 => "low",
        share if share <= 0.5 => "medium",
        _ => "high",
    });
    told.insert("distinct".into(), summary.distinct.into());
    told.insert("unique_share".into(), share.and_then(double).unwrap_or(Value::Null));
    told.insert("cardinality".into(), class.map_or(Value::Null, Value::from));
}

struct Teller {
    telling: Telling,
    /// Whether reckoned numbers are told as texts.
    as_text: bool,
}

impl Teller {
    fn value(&self, text: &[u8]) -> Value {
        let value = raw::value(text);
        if self.telling.numbers == NumberStyle::Text { numbers_as_text(value) } else { value }
    }

    fn number(&self, text: String) -> Value {
        if self.as_text { text.into() } else { Value::Number(Number::from_string_unchecked(text)) }
    }

    fn range(&self, of: &Watched, summary: &Summary, told: &mut Object) {
        if of.kind.ordered() {
            for (name, end) in [("min", &summary.least), ("max", &summary.greatest)] {
                told.insert(name.into(), end.as_deref().map_or(Value::Null, |text| self.value(text)));
            }
        }
    }

    fn numbers(&self, summary: &Summary, told: &mut Object) {
        let sums = &summary.sums;
        if sums.unfit > 0 {
            told.insert("unfit".into(), sums.unfit.into());
        }
        let Some(mean) = sums.mean() else { return };
        told.insert("sum".into(), self.number(sums.sum().decimal().text()));
        told.insert("mean".into(), self.number(mean.text()));
        let deviation = sums.deviation().and_then(text_of_f64);
        told.insert("deviation".into(), deviation.map_or(Value::Null, |text| self.number(text)));
        let quantiles = SHARES.iter().zip(&summary.quantiles).map(|((name, _), text)| ((*name).to_owned(), self.number(text.clone())));
        told.insert("quantiles".into(), Value::Object(quantiles.collect()));
        let shown = summary
            .histogram
            .as_ref()
            .map(|histogram| json!({ "from": self.double(histogram.from), "to": self.double(histogram.to), "counts": histogram.counts }));
        told.insert("histogram".into(), shown.unwrap_or(Value::Null));
    }

    fn double(&self, number: f64) -> Value {
        text_of_f64(number).map_or(Value::Null, |text| self.number(text))
    }

    fn top(&self, summary: &Summary) -> Value {
        let told = summary.top.iter().map(|frequent| {
            let mut told = Object::new();
            told.insert("value".into(), self.value(&frequent.value));
            told.insert("count".into(), frequent.count.into());
            if frequent.cut {
                told.insert("cut".into(), true.into());
            }
            Value::Object(told)
        });
        told.collect()
    }
}

/// How what is not exact came about, and how far off it can be.
fn estimates(rough: &Rough, has_numbers: bool) -> Value {
    let mut told = Object::new();
    let (low, high) = rough.distinct;
    told.insert("distinct".into(), json!({ "method": distinct::METHOD, "low": low, "high": high, "confidence": 0.997 }));
    told.insert("top".into(), json!({ "method": "Misra and Gries", "at_most_more": rough.lost }));
    if has_numbers {
        let error = double(rank_error(rough.sample)).unwrap_or(Value::Null);
        told.insert("quantiles".into(), json!({ "method": "sample", "sample": rough.sample, "rank_error": error, "confidence": 0.99 }));
    }
    if rough.taken > 0 {
        told.insert("taken".into(), rough.taken.into());
    }
    if rough.range_lost {
        told.insert("range_lost".into(), true.into());
    }
    told.into()
}
