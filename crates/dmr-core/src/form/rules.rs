//! What a schema asks of a value, as data and in words.

use super::control::{Control, Rule};
use crate::Value;
use crate::schema::facts::{Facts, Types};
use crate::schema::resolve::Spot;
use crate::schema::{format, message};
use crate::words::count;

/// Keywords that are rules of values of these types.
const EXPRESSED: [(&str, Types); 14] = [
    ("minimum", Types::NUMBER),
    ("exclusiveMinimum", Types::NUMBER),
    ("maximum", Types::NUMBER),
    ("exclusiveMaximum", Types::NUMBER),
    ("multipleOf", Types::NUMBER),
    ("minLength", Types::STRING),
    ("maxLength", Types::STRING),
    ("pattern", Types::STRING),
    ("format", Types::STRING),
    ("minItems", Types::ARRAY),
    ("maxItems", Types::ARRAY),
    ("uniqueItems", Types::ARRAY),
    ("minProperties", Types::OBJECT),
    ("maxProperties", Types::OBJECT),
];

/// Keywords that no form expresses, with what is checked when the record is sent.
const LEFT: [(&str, Types, &str); 8] = [
    ("not", Types::ALL, "what the schema excludes is refused"),
    ("contains", Types::ARRAY, "some elements must be as the schema says"),
    ("unevaluatedItems", Types::ARRAY, "elements that the schema does not admit are refused"),
    ("unevaluatedProperties", Types::OBJECT, "members that the schema does not admit are refused"),
    ("dependentSchemas", Types::OBJECT, "what members must be can depend on whether others are there"),
    ("contentEncoding", Types::STRING, "the text must be encoded as the schema says"),
    ("contentMediaType", Types::STRING, "the text must hold what the schema says"),
    ("propertyNames", Types::OBJECT, "names of members must be as the schema says"),
];

/// Takes the rules of a value over into its control, each once.
pub(super) fn add(control: &mut Control, facts: &Facts<'_>) {
    for (keyword, spot) in &facts.rules {
        let Some(value) = spot.value.get(*keyword) else { continue };
        if let Some((_, of)) = EXPRESSED.iter().find(|(name, _)| name == keyword) {
            let decimal = *of == Types::NUMBER && facts.format == Some("decimal");
            if decimal || meets(facts.types, *of) {
                express(control, keyword, value, spot);
            }
        } else if let Some((_, of, message)) = LEFT.iter().find(|(name, ..)| name == keyword)
            && meets(facts.types, *of)
            && !(value.is_boolean() && keyword.starts_with("unevaluated"))
        {
            leave(control, keyword, message);
        }
    }
}

/// Says that something is left to the check of the record.
pub(super) fn leave(control: &mut Control, keyword: &str, message: &str) {
    let rule = Rule { rule: keyword.to_owned(), value: None, message: message.to_owned() };
    if !control.left_to_server.contains(&rule) {
        control.left_to_server.push(rule);
    }
}

/// What is said of a control that is beyond the bounds of a plan.
pub(super) fn too_large() -> Rule {
    Rule { rule: "$ref".to_owned(), value: None, message: "the schema is too large for all of it to be drawn".to_owned() }
}

fn meets(types: Types, of: Types) -> bool {
    types.and(of) != Types::NONE
}

fn express(control: &mut Control, keyword: &str, value: &Value, spot: &Spot<'_>) {
    // In draft 4 `exclusiveMinimum: true` stands beside the bound.
    let beside = |name: &str| spot.value.get(name) == Some(&Value::Bool(true));
    let (rule, value) = match keyword {
        "exclusiveMinimum" | "exclusiveMaximum" if value.is_boolean() => return,
        "minimum" if beside("exclusiveMinimum") => ("exclusiveMinimum", value),
        "maximum" if beside("exclusiveMaximum") => ("exclusiveMaximum", value),
        "uniqueItems" if value != &Value::Bool(true) => return,
        "minLength" | "minItems" | "minProperties" if value.as_u64() == Some(0) => return,
        other => (other, value),
    };
    let rule = Rule { rule: rule.to_owned(), message: told(rule, value), value: Some(value.clone()) };
    if !control.rules.contains(&rule) {
        control.rules.push(rule);
    }
}

/// A rule in the words in which its breach is told.
fn told(rule: &str, value: &Value) -> String {
    let number = value.as_u64().unwrap_or_default();
    let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    match rule {
        "minLength" => format!("must have at least {}", count(number, "character")),
        "maxLength" => format!("must have at most {}", count(number, "character")),
        "minItems" => format!("must have at least {}", count(number, "element")),
        "maxItems" => format!("must have at most {}", count(number, "element")),
        "minProperties" => format!("must have at least {}", count(number, "member")),
        "maxProperties" => format!("must have at most {}", count(number, "member")),
        "uniqueItems" => "must not have the same element twice".to_owned(),
        "pattern" => format!("must match the pattern {text}"),
        "format" => format::wanted(&text),
        bound => message::bound(bound, &text),
    }
}
