//! Limits of decimals: on `{type: string, format: decimal}` the numeric keywords `minimum`, `maximum`, `exclusiveMinimum`, `exclusiveMaximum`
//! and `multipleOf` apply to the number the text stands for, exactly. JSON Schema itself ignores them on strings.

use super::keyword::{Holds, holds};
use crate::number::Decimal;
use crate::{Object, Value};
use jsonschema::{Keyword, ValidationError};

/// The member that carries the limits to the engine; never in a document that goes out.
pub(crate) const KEYWORD: &str = "x-dmr-decimal";
const LIMITS: [&str; 5] = ["minimum", "exclusiveMinimum", "maximum", "exclusiveMaximum", "multipleOf"];
/// The most digits of a `multipleOf` that the remainder is computed for.
const MOST_DIGITS: usize = 37;

/// A document in which the limits of decimals are said to the engine; the same where there are none.
pub(crate) fn armed(document: &Value) -> std::borrow::Cow<'_, Value> {
    if !mentions_decimal(document) {
        return std::borrow::Cow::Borrowed(document);
    }
    let mut armed = document.clone();
    arm(&mut armed);
    std::borrow::Cow::Owned(armed)
}

/// Recursion is bounded: the depth of a document is checked before.
fn mentions_decimal(value: &Value) -> bool {
    match value {
        Value::Object(members) => {
            members.get("format").and_then(Value::as_str) == Some("decimal") || members.values().any(mentions_decimal)
        }
        Value::Array(items) => items.iter().any(mentions_decimal),
        _ => false,
    }
}

fn arm(schema: &mut Value) {
    let Some(schema) = schema.as_object_mut() else { return };
    schema.remove(KEYWORD);
    if schema.get("format").and_then(Value::as_str) == Some("decimal") {
        let limits: Object =
            schema.iter().filter(|(name, _)| LIMITS.contains(&name.as_str())).map(|(name, limit)| (name.clone(), limit.clone())).collect();
        if !limits.is_empty() {
            schema.insert(KEYWORD.to_owned(), Value::Object(limits));
        }
    }
    for (keyword, value) in schema.iter_mut() {
        match (holds(keyword), value) {
            (Some(Holds::One | Holds::OneOrList), value @ Value::Object(_)) => arm(value),
            (Some(Holds::List | Holds::OneOrList), Value::Array(items)) => items.iter_mut().for_each(arm),
            (Some(Holds::Named | Holds::NamedOrNames), Value::Object(named)) => named.values_mut().for_each(arm),
            _ => {}
        }
    }
}

/// The limits of one decimal.
pub(crate) struct Limits {
    rules: Vec<(&'static str, Decimal)>,
}

impl Limits {
    /// Reads the member that [`armed`] wrote.
    ///
    /// # Errors
    /// Where a `multipleOf` has too many digits.
    pub(crate) fn read(limits: &Value) -> Result<Self, ValidationError<'static>> {
        let number = |name: &str| limits.get(name).filter(|limit| limit.is_number()).and_then(|limit| Decimal::parse(&limit.to_string()));
        let excluded = |name: &str| limits.get(name) == Some(&Value::Bool(true));
        let mut rules = Vec::new();
        for name in LIMITS {
            // Draft 4: a bound with a flag beside it.
            let spelled = match name {
                "minimum" if excluded("exclusiveMinimum") => "exclusiveMinimum",
                "maximum" if excluded("exclusiveMaximum") => "exclusiveMaximum",
                name => name,
            };
            if let Some(limit) = number(name) {
                if name == "multipleOf" && limit.digits.len() > MOST_DIGITS {
                    return Err(ValidationError::custom(format!("'multipleOf' of a decimal has at most {MOST_DIGITS} digits")));
                }
                rules.push((spelled, limit));
            }
        }
        Ok(Self { rules })
    }

    fn broken(&self, value: &Value) -> impl Iterator<Item = &(&'static str, Decimal)> {
        let number = value.as_str().and_then(Decimal::parse);
        self.rules.iter().filter(move |(rule, limit)| number.as_ref().is_some_and(|number| !holds_for(rule, limit, number)))
    }
}

fn holds_for(rule: &str, limit: &Decimal, number: &Decimal) -> bool {
    match rule {
        "minimum" => number >= limit,
        "exclusiveMinimum" => number > limit,
        "maximum" => number <= limit,
        "exclusiveMaximum" => number < limit,
        _ => is_multiple(number, limit),
    }
}

/// Whether a number is a whole multiple of another, exactly: long division, one digit at a time.
fn is_multiple(number: &Decimal, of: &Decimal) -> bool {
    if number.is_zero() || of.is_zero() {
        return number.is_zero();
    }
    let last_place = |decimal: &Decimal| i64::from(decimal.exponent) - i64::try_from(decimal.digits.len()).unwrap_or(i64::MAX);
    // The last digit of a number is not zero, so a number that goes further right is no multiple.
    let Ok(zeros) = usize::try_from(last_place(number) - last_place(of)) else { return false };
    let divisor = of.digits.iter().fold(0_u128, |sum, digit| sum * 10 + u128::from(*digit));
    let digits = number.digits.iter().chain(std::iter::repeat_n(&0, zeros));
    digits.fold(0_u128, |rest, digit| (rest * 10 + u128::from(*digit)) % divisor) == 0
}

impl<'i> Keyword<'i> for Limits {
    fn validate(&self, instance: &'i Value) -> Result<(), ValidationError<'i>> {
        match self.broken(instance).next() {
            Some(broken) => Err(told(broken)),
            None => Ok(()),
        }
    }

    fn is_valid(&self, instance: &'i Value) -> bool {
        self.broken(instance).next().is_none()
    }

    fn iter_errors(&self, instance: &'i Value) -> Box<dyn Iterator<Item = ValidationError<'i>> + 'i> {
        let errors: Vec<_> = self.broken(instance).map(told).collect();
        Box::new(errors.into_iter())
    }
}

/// The rule and the sentence travel through the engine in one text, a line each.
fn told((rule, limit): &(&'static str, Decimal)) -> ValidationError<'static> {
    ValidationError::custom(format!("{rule}\n{}", super::message::bound(rule, &limit.text())))
}
