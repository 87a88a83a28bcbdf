//! What is told where a question passes the budget of a scan: the index that would serve it.

use crate::settings::ScanBudget;
use dmr_core::gate::{Guard, RefAt};
use dmr_core::query::{Predicate, SortMember};
use dmr_core::{Code, Problem, Value};

/// The refusal of a question that has read so many rows.
pub(super) fn over(budget: &ScanBudget, rows: u64, scope: Guard, predicate: &Predicate, sort: &[SortMember]) -> Problem {
    let problem = Problem::new(Code::ScanBudget, "no index serves this question, and reading every record passes the budget").budget(
        "records.scan_budget",
        budget.rows,
        Some(rows),
    );
    match helpful_index(scope, predicate, sort) {
        Some(index) => problem.suggest(format!("declare an index: \"indexes\": [{index}]")),
        None => problem,
    }
}

/// The index that would serve a question: fields compared for equality, then those it is sorted by.
fn helpful_index(scope: Guard, predicate: &Predicate, sort: &[SortMember]) -> Option<String> {
    let mut members: Vec<String> = Vec::new();
    if scope == Guard::Own {
        members.push("_owner".into());
    }
    equal_fields(predicate, &mut members);
    for member in sort {
        let name = if member.descending { format!("-{}", member.field.name) } else { member.field.name.clone() };
        if !members.contains(&member.field.name) {
            members.push(name);
        }
    }
    (!members.is_empty()).then(|| dmr_core::json::to_string(&Value::from(members)))
}

fn equal_fields(predicate: &Predicate, members: &mut Vec<String>) {
    match predicate {
        Predicate::And(parts) => parts.iter().for_each(|part| equal_fields(part, members)),
        Predicate::Test(test) if matches!(test.field.at, RefAt::Document { .. }) && !members.contains(&test.field.name) => {
            members.push(test.field.name.clone());
        }
        _ => {}
    }
}
