//! Measures as people write them: `count`, `mean=avg(price)`, `p95=quantile(price, 0.95)`.

use dmr::core::aggregate::Op;
use dmr::core::json;
use dmr::core::problem::nearest;
use dmr::{Object, Value};

/// A measure by its name, as the API takes it.
#[derive(Debug, Clone)]
pub struct Measure {
    /// Its name in the answer.
    pub name: String,
    /// `{op, field, q}`.
    pub document: Value,
}

/// Reads `[NAME=]OP[(FIELD[, Q])]`. Without a name it has one of what it measures: `sum_price`.
pub fn read(text: &str) -> Result<Measure, NoMeasure> {
    let (name, measure) = match text.split_once('=') {
        Some((name, measure)) => (Some(name.trim()), measure.trim()),
        None => (None, text.trim()),
    };
    let (op, inside) = match measure.split_once('(') {
        Some((op, inside)) => (op.trim(), inside.trim_end().strip_suffix(')').ok_or(NoMeasure::Shape)?.trim()),
        None => (measure, ""),
    };
    let op = Op::find(op).ok_or_else(|| NoMeasure::Op(nearest(op, Op::ALL.map(Op::as_str))))?;
    let (field, share) = match inside.rsplit_once(',') {
        Some((field, share)) if op == Op::Quantile => (field.trim(), Some(share.trim())),
        _ => (inside, None),
    };
    let mut document = Object::new();
    document.insert("op".into(), op.as_str().into());
    // `count(*)` counts records, as in SQL.
    if !(field.is_empty() || op == Op::Count && field == "*") {
        document.insert("field".into(), field.into());
    }
    if let Some(share) = share {
        document.insert("q".into(), json::parse(share.as_bytes()).map_err(|_| NoMeasure::Share)?);
    }
    Ok(Measure { name: name.map_or_else(|| made(op, field, share), str::to_owned), document: Value::Object(document) })
}

/// A name from what is measured: letters, digits and `_`.
fn made(op: Op, field: &str, share: Option<&str>) -> String {
    let parts = [op.as_str(), field, share.unwrap_or_default()].join("_");
    let kept: String = parts.chars().map(|char| if char.is_ascii_alphanumeric() { char } else { '_' }).collect();
    kept.trim_end_matches('_').to_owned()
}

/// Why a text is no measure.
#[derive(Debug)]
pub enum NoMeasure {
    /// It is not written like one.
    Shape,
    /// There is no such measure; perhaps one of these was meant.
    Op(Vec<String>),
    /// The share of a quantile is no number.
    Share,
}

impl std::fmt::Display for NoMeasure {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Shape => f.write_str("a measure is written OP, OP(FIELD) or NAME=OP(FIELD): mean=avg(price)"),
            Self::Op(near) => {
                write!(f, "there are {}", Op::ALL.map(Op::as_str).join(", "))?;
                near.first().map_or(Ok(()), |near| write!(f, "; did you mean `{near}`?"))
            }
            Self::Share => f.write_str("a quantile is written quantile(FIELD, Q) with Q from 0 to 1"),
        }
    }
}

impl std::error::Error for NoMeasure {}
