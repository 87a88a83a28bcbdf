//! A problem document back into a [`Problem`].

use dmr_core::problem::{Budget, Issue};
use dmr_core::{Code, Problem, Value};

/// Reads a problem document. A code this version does not know becomes [`Code::Internal`], with its text kept.
pub fn read(document: &Value) -> Option<Problem> {
    let code = document.get("code")?.as_str()?;
    let detail = document.get("detail").and_then(Value::as_str).unwrap_or_default();
    let mut problem = match Code::find(code) {
        Some(code) => Problem::new(code, detail),
        None => Problem::new(Code::Internal, format!("{detail} ({code})")),
    };
    problem.errors =
        document.get("errors").and_then(Value::as_array).map(|list| list.iter().filter_map(issue).collect()).unwrap_or_default();
    problem.more = number(document, "more").and_then(|more| usize::try_from(more).ok()).unwrap_or_default();
    problem.suggestions = document
        .get("suggestions")
        .and_then(Value::as_array)
        .map(|list| list.iter().filter_map(|text| text.as_str().map(str::to_owned)).collect())
        .unwrap_or_default();
    if let (Some(limit), Some(allowed)) = (document.get("limit").and_then(Value::as_str), number(document, "allowed")) {
        problem.budget = Some(Budget { limit: limit.to_owned(), allowed, given: number(document, "given") });
    }
    Some(problem)
}

fn issue(document: &Value) -> Option<Issue> {
    serde_json::from_value(document.clone()).ok()
}

fn number(document: &Value, name: &str) -> Option<u64> {
    document.get(name).and_then(Value::as_u64)
}
