//! Holding records against a schema (R4): the engine decides, the words are ours.

use super::decimal::{self, Limits};
use super::draft::Draft;
use super::resolve::Document;
use super::{format, guard, message};
use crate::{Code, Issue, Problem, Value};
use jsonschema::PatternOptions;
use jsonschema::error::ValidationErrorKind;

/// How many steps a pattern may take back over one text before the value is refused with `value.pattern_budget`.
const PATTERN_STEPS: usize = 100_000;
/// The size a compiled pattern may have, in bytes.
const PATTERN_SIZE: usize = 1 << 20;

/// The compiled rules of a schema. Formats are asserted; on decimals the numeric keywords apply to the number the text stands for.
pub struct Validator {
    engine: jsonschema::Validator,
    document: Value,
}

impl std::fmt::Debug for Validator {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Validator").field("document", &self.document).finish_non_exhaustive()
    }
}

impl Validator {
    /// Compiles a schema of any draft. Nothing is fetched.
    ///
    /// # Errors
    /// Where it is not valid, nested too deep, or has a pattern or reference that cannot be used.
    pub fn compile(document: &Value) -> Result<Self, Problem> {
        guard::check(document)?;
        let draft = Draft::of(document).map_err(Problem::one)?;
        let (_, issues) = Document::read(document, draft);
        if let Some(first) = issues.first() {
            return Err(Problem::of(first.code, issues));
        }
        let engine = options(draft).build(&decimal::armed(document)).map_err(|error| refusal(&error))?;
        Ok(Self { engine, document: document.clone() })
    }

    /// Whether a record satisfies it: the fast way to know.
    pub fn accepts(&self, record: &Value) -> bool {
        self.engine.is_valid(record)
    }

    /// Everything that is wrong with a record, in the order of the schema; nothing where [`Validator::accepts`] says yes.
    pub fn check(&self, record: &Value) -> Vec<Issue> {
        message::issues(self.engine.iter_errors(record), &self.document)
    }
}

/// How the engine reads schemas of a draft here: nothing is fetched, formats are asserted, decimals have their limits.
pub(super) fn options<'r>(draft: Draft) -> jsonschema::ValidationOptions<'r> {
    let patterns = PatternOptions::fancy_regex().backtrack_limit(PATTERN_STEPS).size_limit(PATTERN_SIZE);
    let options = jsonschema::options().with_draft(draft.engine()).offline().with_pattern_options(patterns);
    format::asserted(options).with_keyword(decimal::KEYWORD, |_, limits, _| Ok(Box::new(Limits::read(limits)?)))
}

/// What the engine says against a schema, in our words.
fn refusal(error: &jsonschema::ValidationError<'_>) -> Problem {
    let pointer = error.instance_path().as_str();
    let issue = match error.kind() {
        ValidationErrorKind::Referencing(_) => {
            Issue::body(pointer, Code::SchemaReference, "a reference of the schema leads nowhere in the document, and nothing is fetched")
                .rule("$ref")
        }
        ValidationErrorKind::Format { format } if format == "regex" => {
            Issue::body(pointer, Code::SchemaInvalid, "the pattern is not a regular expression, or one that is too big")
                .rule("pattern")
                .value(error.instance())
        }
        ValidationErrorKind::Custom { message, .. } => Issue::body(pointer, Code::SchemaUnsupported, message.clone()),
        _ => {
            let mut told = message::of(error, &Value::Null);
            if told.is_empty() { Issue::body(pointer, Code::SchemaInvalid, "the schema is not valid") } else { told.swap_remove(0) }
        }
    };
    let code = if issue.code == Code::SchemaReference || issue.code == Code::SchemaUnsupported { issue.code } else { Code::SchemaInvalid };
    Problem::one(Issue { code, ..issue })
}
