//! What is wrong with a value, told for a person: names the limit, never the value (R4).

use super::format;
use super::keyword::escape;
use crate::words::count;
use crate::{Code, Issue, Value, problem::nearest};
use jsonschema::ValidationError;
use jsonschema::error::{TypeKind, ValidationErrorKind as Kind};

/// How many issues of one value are gathered.
const MOST: usize = 10_000;
/// How many values of an `enum` a sentence lists.
const LISTED: usize = 10;

/// Every error of the engine as issues, each once, in the engine's order.
pub(crate) fn issues<'e>(errors: impl Iterator<Item = ValidationError<'e>>, schema: &Value) -> Vec<Issue> {
    let mut issues: Vec<Issue> = Vec::new();
    let mut seen = std::collections::HashSet::new();
    for error in errors {
        for issue in of(&error, schema) {
            if seen.insert((issue.pointer.clone(), issue.rule.clone(), issue.message.clone())) {
                issues.push(issue);
            }
        }
        if issues.len() >= MOST {
            break;
        }
    }
    issues
}

/// One error of the engine as issues. `schema` is the document, for what the caller may have meant.
pub(crate) fn of(error: &ValidationError<'_>, schema: &Value) -> Vec<Issue> {
    match error.kind() {
        Kind::AnyOf { context } | Kind::OneOfNotValid { context } => branches(error, context, schema),
        Kind::AdditionalProperties { unexpected } | Kind::UnevaluatedProperties { unexpected } => undeclared(error, unexpected, schema),
        Kind::Required { property } => vec![required(error, property)],
        Kind::PropertyNames { error: inner } => {
            let told = of(inner, schema).into_iter().map(|issue| issue.message).collect::<Vec<_>>().join(", ");
            vec![at(error, Code::ValueRule, format!("the name of a member {told}"))]
        }
        Kind::Custom { message, .. } => {
            let (rule, sentence) = message.split_once('\n').unwrap_or(("", message));
            vec![at(error, Code::ValueRule, sentence).rule(rule)]
        }
        _ => vec![simple(error)],
    }
}

fn simple(error: &ValidationError<'_>) -> Issue {
    let rule = |message: String| at(error, Code::ValueRule, message);
    match error.kind() {
        Kind::Type { kind } => at(error, Code::ValueType, format!("must be {}", type_names(&kinds(kind)))),
        Kind::Minimum { limit } => rule(bound("minimum", &limit.to_string())),
        Kind::ExclusiveMinimum { limit } => rule(bound("exclusiveMinimum", &limit.to_string())),
        Kind::Maximum { limit } => rule(bound("maximum", &limit.to_string())),
        Kind::ExclusiveMaximum { limit } => rule(bound("exclusiveMaximum", &limit.to_string())),
        Kind::MultipleOf { multiple_of } => rule(bound("multipleOf", &multiple_of.to_string())),
        Kind::MinLength { limit } => rule(format!("must have at least {}", count(*limit, "character"))),
        Kind::MaxLength { limit } => rule(format!("must have at most {}", count(*limit, "character"))),
        Kind::MinItems { limit } => rule(format!("must have at least {}", count(*limit, "element"))),
        Kind::MaxItems { limit } => rule(format!("must have at most {}", count(*limit, "element"))),
        Kind::MinProperties { limit } => rule(format!("must have at least {}", count(*limit, "member"))),
        Kind::MaxProperties { limit } => rule(format!("must have at most {}", count(*limit, "member"))),
        Kind::AdditionalItems { limit } => rule(format!("must have at most {}", count(*limit as u64, "element"))),
        Kind::UnevaluatedItems { .. } => rule("has elements that the schema does not admit".to_owned()),
        Kind::UniqueItems => rule("must not have the same element twice".to_owned()),
        Kind::Contains => rule("does not have the elements it must contain".to_owned()),
        Kind::Pattern { pattern } => rule(format!("must match the pattern {pattern}")),
        Kind::Format { format } => rule(format::wanted(format)),
        Kind::Constant { expected_value } => rule(format!("must be {expected_value}")),
        Kind::Enum { options } => one_of(error, options.as_array().map(Vec::as_slice).unwrap_or_default()),
        Kind::Not { .. } => rule("is what the schema excludes".to_owned()),
        Kind::FalseSchema => rule("is not admitted here".to_owned()),
        Kind::OneOfMultipleValid { .. } => rule("must satisfy exactly one of the schema's alternatives, and satisfies several".to_owned()),
        Kind::ContentEncoding { content_encoding } => rule(format!("must be encoded as {content_encoding}")),
        Kind::ContentMediaType { content_media_type } => rule(format!("must hold {content_media_type}")),
        Kind::BacktrackLimitExceeded { .. } | Kind::RegexEngineFailure { .. } => {
            at(error, Code::PatternBudget, "the pattern of the schema needs more steps for this value than allowed")
        }
        _ => rule("does not satisfy the schema".to_owned()),
    }
}

/// A sentence for a numeric limit.
pub(crate) fn bound(rule: &str, limit: &str) -> String {
    match rule {
        "minimum" => format!("must be at least {limit}"),
        "exclusiveMinimum" => format!("must be greater than {limit}"),
        "maximum" => format!("must be at most {limit}"),
        "exclusiveMaximum" => format!("must be less than {limit}"),
        _ => format!("must be a multiple of {limit}"),
    }
}

fn at(error: &ValidationError<'_>, code: Code, message: impl Into<String>) -> Issue {
    Issue::body(error.instance_path().as_str(), code, message).rule(error.kind().keyword()).value(error.instance())
}

fn required(error: &ValidationError<'_>, property: &Value) -> Issue {
    let name = property.as_str().unwrap_or_default();
    let pointer = format!("{}/{}", error.instance_path().as_str(), escape(name));
    Issue::body(pointer, Code::FieldRequired, "is required").rule("required")
}

fn undeclared(error: &ValidationError<'_>, unexpected: &[String], schema: &Value) -> Vec<Issue> {
    let declared = declared_beside(error, schema);
    let rule = error.kind().keyword();
    let issue = |name: &String| {
        let pointer = format!("{}/{}", error.instance_path().as_str(), escape(name));
        let near = nearest(name, declared.iter().copied().filter(|known| !unexpected.iter().any(|name| name == known)));
        Issue::body(pointer, Code::FieldUnknown, "there is no such field").rule(rule).suggest_all(near)
    };
    unexpected.iter().map(issue).collect()
}

/// The properties declared in the schema in which the broken rule stands.
fn declared_beside<'s>(error: &ValidationError<'_>, schema: &'s Value) -> Vec<&'s str> {
    let rule = error.schema_path().as_str();
    let parent = rule.rsplit_once('/').map_or("", |(parent, _)| parent);
    let properties = schema.pointer(parent).and_then(|schema| schema.get("properties")).and_then(Value::as_object);
    properties.into_iter().flatten().map(|(name, _)| name.as_str()).collect()
}

/// Alternatives that each list values, as one list; none where an alternative that fits says something else.
fn listed_apart(error: &ValidationError<'_>, context: &[Vec<ValidationError<'static>>]) -> Option<Issue> {
    let here = error.instance_path().as_str();
    let mut options = Vec::new();
    let mut lists = 0;
    for errors in context {
        for inner in errors {
            match inner.kind() {
                Kind::Enum { options: more } if inner.instance_path().as_str() == here => options.extend(more.as_array().cloned()?),
                Kind::Constant { expected_value } if inner.instance_path().as_str() == here => options.push(Value::clone(expected_value)),
                Kind::Type { .. } if inner.instance_path().as_str() == here => continue,
                _ => return None,
            }
            lists += 1;
        }
    }
    (lists > 1).then(|| one_of(error, &options).rule("enum"))
}

fn one_of(error: &ValidationError<'_>, options: &[Value]) -> Issue {
    let listed: Vec<String> = options.iter().take(LISTED).map(Value::to_string).collect();
    let message = match options.len() {
        1 => format!("must be {}", listed.join("")),
        few if few <= LISTED => format!("must be one of {}", listed.join(", ")),
        many => format!("must be one of {many} values, among them {}", listed.join(", ")),
    };
    let issue = at(error, Code::ValueRule, message);
    match error.instance().as_ref() {
        Value::String(given) => issue.suggest_all(nearest(given, options.iter().filter_map(Value::as_str))),
        _ => issue,
    }
}

/// Of several alternatives of which none holds, the one the value comes nearest to.
fn branches(error: &ValidationError<'_>, context: &[Vec<ValidationError<'static>>], schema: &Value) -> Vec<Issue> {
    let here = error.instance_path().as_str();
    let mismatch = |error: &ValidationError<'_>| matches!(error.kind(), Kind::Type { .. }) && error.instance_path().as_str() == here;
    let fitting = context.iter().filter(|errors| !errors.iter().any(&mismatch));
    let distance = |errors: &&Vec<ValidationError<'static>>| {
        let other_kind = errors.iter().any(|error| matches!(error.kind(), Kind::Constant { .. }) && error.instance_path().as_str() != here);
        (other_kind, errors.len())
    };
    if let Some(listed) = listed_apart(error, context) {
        return vec![listed];
    }
    if let Some(best) = fitting.min_by_key(distance) {
        return best.iter().flat_map(|error| of(error, schema)).collect();
    }
    let wanted: Vec<&'static str> = context
        .iter()
        .flatten()
        .filter(|error| mismatch(error))
        .flat_map(|error| match error.kind() {
            Kind::Type { kind } => kinds(kind),
            _ => Vec::new(),
        })
        .collect();
    vec![at(error, Code::ValueType, format!("must be {}", type_names(&wanted)))]
}

fn kinds(kind: &TypeKind) -> Vec<&'static str> {
    let names = |kind: jsonschema::JsonType| match kind {
        jsonschema::JsonType::Null => "null",
        jsonschema::JsonType::Boolean => "true or false",
        jsonschema::JsonType::Integer => "an integer",
        jsonschema::JsonType::Number => "a number",
        jsonschema::JsonType::String => "a text",
        jsonschema::JsonType::Array => "a list",
        jsonschema::JsonType::Object => "an object",
    };
    match kind {
        TypeKind::Single(kind) => vec![names(*kind)],
        TypeKind::Multiple(kinds) => kinds.iter().map(names).collect(),
    }
}

fn type_names(names: &[&'static str]) -> String {
    let mut once: Vec<&str> = Vec::new();
    for name in names {
        if !once.contains(name) {
            once.push(name);
        }
    }
    once.join(" or ")
}
