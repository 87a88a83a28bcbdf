//! JSON Patch (RFC 6902): a list of operations on a document, carried out one after the other, all or none (R1).

use crate::json::Limits;
use crate::number::Decimal;
use crate::problem::nearest;
use crate::{Code, Issue, Object, Problem, Value};

/// The most operations a patch may have.
pub const MOST_OPERATIONS: usize = 1_000;
/// What its operations may cost together: bytes that are copied, and members of lists and objects that move up or down. Else twenty
/// copies could make a million values of one, and a thousand insertions move a list of a million elements a thousand times.
const MOST_WORK: usize = 4 << 20;

const OPERATIONS: [&str; 6] = ["add", "remove", "replace", "move", "copy", "test"];

/// A patch that was read.
#[derive(Debug, Clone)]
pub struct JsonPatch(Vec<Operation>);

/// The names and places on the way to a value; of none is the document itself.
type Path = Vec<String>;

#[derive(Debug, Clone)]
enum Operation {
    Add(Path, Value),
    Remove(Path),
    Replace(Path, Value),
    Move { from: Path, to: Path },
    Copy { from: Path, to: Path },
    Test(Path, Value),
}

/// What an operation is about to do: whoever owns the document says whether it may.
#[derive(Debug, Clone, Copy)]
pub enum Touch<'a> {
    /// It reads what is there.
    Read(&'a [String]),
    /// It sets this value.
    Set(&'a [String], &'a Value),
    /// It takes away what is there.
    Take(&'a [String]),
}

impl JsonPatch {
    /// Reads a patch.
    ///
    /// # Errors
    /// Everything that is no operation of RFC 6902, each with its place; too many of them.
    pub fn read(patch: Value) -> Result<Self, Problem> {
        let Value::Array(operations) = patch else {
            let issue = Issue::body("", Code::BodyShape, "a JSON Patch is a list of operations");
            return Err(Problem::one(issue.suggest(r#"[{"op": "replace", "path": "/price", "value": 3}]"#)));
        };
        if operations.len() > MOST_OPERATIONS {
            let problem = Problem::new(Code::BulkTooMany, format!("a JSON Patch has at most {MOST_OPERATIONS} operations"));
            return Err(problem.budget("patch.operations", MOST_OPERATIONS as u64, Some(operations.len() as u64)));
        }
        let mut issues = Vec::new();
        let read = operations.into_iter().enumerate().filter_map(|(at, operation)| match Operation::read(operation) {
            Ok(operation) => Some(operation),
            Err(wrong) => {
                issues.extend(wrong.into_iter().map(|issue| under(at, issue)));
                None
            }
        });
        let read = read.collect();
        if issues.is_empty() { Ok(Self(read)) } else { Err(Problem::of(Code::BodyShape, issues)) }
    }

    /// Carries it out on a document. `allows` is asked before each step and gives what is against it, with a pointer into the operation.
    ///
    /// # Errors
    /// What is against it: every test that fails and every step that is not allowed; the first place that is not there ends it. The document
    /// is then half changed.
    pub fn apply(&self, document: &mut Value, allows: &mut dyn FnMut(&Value, &str, Touch<'_>) -> Vec<Issue>) -> Result<(), Vec<Issue>> {
        let mut issues = Vec::new();
        let mut work = 0;
        for (at, operation) in self.0.iter().enumerate() {
            let refused = operation.refused(document, allows);
            let mut result = if refused.is_empty() { operation.apply(document, &mut work, allows) } else { Err(refused) };
            let Err(wrong) = &mut result else { continue };
            let goes_on = wrong.iter().all(|issue| issue.code == Code::PatchTest);
            issues.extend(wrong.drain(..).map(|issue| under(at, issue)));
            if !goes_on {
                // What follows rests on what this would have made: only what it asks for can still be judged.
                let rest = self.0.iter().enumerate().skip(at + 1);
                issues.extend(rest.flat_map(|(at, next)| {
                    let refused = next.refused(document, allows);
                    refused.into_iter().map(move |issue| under(at, issue)).collect::<Vec<_>>()
                }));
                break;
            }
        }
        if issues.is_empty() { Ok(()) } else { Err(issues) }
    }
}

fn under(at: usize, issue: Issue) -> Issue {
    Issue { pointer: format!("/{at}{}", issue.pointer), ..issue }
}

impl Operation {
    fn read(operation: Value) -> Result<Self, Vec<Issue>> {
        let Value::Object(mut members) = operation else {
            return Err(vec![Issue::body("", Code::BodyShape, "an operation is an object: {op, path, value or from}")]);
        };
        let op = members.get("op").and_then(Value::as_str).unwrap_or_default().to_owned();
        if !OPERATIONS.contains(&op.as_str()) {
            let issue = Issue::body("/op", Code::BodyShape, "`op` is add, remove, replace, move, copy or test");
            return Err(vec![issue.suggest_all(nearest(&op, OPERATIONS))]);
        }
        let mut issues = Vec::new();
        let to = path(&members, "path", &mut issues);
        let from = if matches!(op.as_str(), "move" | "copy") { path(&members, "from", &mut issues) } else { Path::new() };
        let value = members.shift_remove("value");
        if value.is_none() && matches!(op.as_str(), "add" | "replace" | "test") {
            issues.push(Issue::body("/value", Code::BodyShape, format!("`{op}` needs a `value`")));
        }
        if !issues.is_empty() {
            return Err(issues);
        }
        let value = value.unwrap_or_default();
        Ok(match op.as_str() {
            "add" => Self::Add(to, value),
            "remove" => Self::Remove(to),
            "replace" => Self::Replace(to, value),
            "move" => Self::Move { from, to },
            "copy" => Self::Copy { from, to },
            _ => Self::Test(to, value),
        })
    }

    /// What is against it before anything is looked up.
    fn refused(&self, document: &Value, allows: &mut dyn FnMut(&Value, &str, Touch<'_>) -> Vec<Issue>) -> Vec<Issue> {
        match self {
            Self::Add(path, value) | Self::Replace(path, value) => allows(document, "/path", Touch::Set(path, value)),
            Self::Remove(path) => allows(document, "/path", Touch::Take(path)),
            Self::Test(path, _) => allows(document, "/path", Touch::Read(path)),
            Self::Copy { from, .. } => allows(document, "/from", Touch::Read(from)),
            Self::Move { from, to } if to.len() > from.len() && to.starts_with(from) => {
                vec![Issue::body("/path", Code::PatchPath, "nothing can be moved into itself")]
            }
            Self::Move { from, .. } => {
                let mut refused = allows(document, "/from", Touch::Read(from));
                if refused.is_empty() {
                    refused = allows(document, "/from", Touch::Take(from));
                }
                refused
            }
        }
    }

    fn apply(
        &self,
        document: &mut Value,
        work: &mut usize,
        allows: &mut dyn FnMut(&Value, &str, Touch<'_>) -> Vec<Issue>,
    ) -> Result<(), Vec<Issue>> {
        let one = |issue: Issue| vec![issue];
        match self {
            Self::Add(path, value) => add(document, path, value.clone(), work).map_err(one),
            Self::Remove(path) => take(document, path, "/path", work).map(drop).map_err(one),
            Self::Replace(path, value) => {
                *find_mut(document, path).ok_or_else(|| one(nowhere("/path", path)))? = value.clone();
                Ok(())
            }
            Self::Test(path, value) => match find(document, path) {
                Some(found) if same(found, value) => Ok(()),
                Some(_) => Err(one(failed(path, "is not the value that was expected"))),
                None => Err(one(failed(path, "is not there"))),
            },
            Self::Copy { from, to } => {
                let value = find(document, from).ok_or_else(|| one(nowhere("/from", from)))?.clone();
                spend(work, weight(&value)).map_err(one)?;
                Self::put(document, to, value, work, allows)
            }
            Self::Move { from, to } if from == to => find(document, from).map(|_| ()).ok_or_else(|| one(nowhere("/from", from))),
            Self::Move { from, to } => {
                let value = take(document, from, "/from", work).map_err(one)?;
                Self::put(document, to, value, work, allows)
            }
        }
    }

    /// What was found elsewhere is set only where it may stand.
    fn put(
        document: &mut Value,
        to: &[String],
        value: Value,
        work: &mut usize,
        allows: &mut dyn FnMut(&Value, &str, Touch<'_>) -> Vec<Issue>,
    ) -> Result<(), Vec<Issue>> {
        let refused = allows(document, "/path", Touch::Set(to, &value));
        if refused.is_empty() {
            return add(document, to, value, work).map_err(|issue| vec![issue]);
        }
        // There is no `value` in such an operation to point into.
        Err(refused.into_iter().map(|issue| Issue { pointer: "/path".to_owned(), ..issue }).collect())
    }
}

/// Reads a JSON pointer.
fn path(members: &Object, member: &str, issues: &mut Vec<Issue>) -> Path {
    let mut wrong = |message: String| issues.push(Issue::body(format!("/{member}"), Code::BodyShape, message));
    let Some(text) = members.get(member).and_then(Value::as_str) else {
        wrong(format!("`{member}` is a JSON pointer: \"/price\""));
        return Path::new();
    };
    if text.is_empty() {
        return Path::new();
    }
    let mut steps = text.split('/');
    let broken = |step: &str| step.split('~').skip(1).any(|rest| !rest.starts_with(['0', '1']));
    if steps.next() != Some("") || text.split('/').any(broken) {
        wrong(format!("`{member}` is a JSON pointer: it begins with `/`, and `~` stands only in `~0` and `~1`"));
        return Path::new();
    }
    steps.map(|step| step.replace("~1", "/").replace("~0", "~")).collect()
}

/// The place in a list that a step names.
fn place(step: &str) -> Option<usize> {
    let plain = step == "0" || !step.starts_with('0') && step.bytes().all(|byte| byte.is_ascii_digit());
    if plain { step.parse().ok() } else { None }
}

fn find<'v>(document: &'v Value, path: &[String]) -> Option<&'v Value> {
    path.iter().try_fold(document, |value, step| match value {
        Value::Object(members) => members.get(step),
        Value::Array(items) => items.get(place(step)?),
        _ => None,
    })
}

fn find_mut<'v>(document: &'v mut Value, path: &[String]) -> Option<&'v mut Value> {
    path.iter().try_fold(document, |value, step| match value {
        Value::Object(members) => members.get_mut(step),
        Value::Array(items) => items.get_mut(place(step)?),
        _ => None,
    })
}

fn add(document: &mut Value, path: &[String], value: Value, work: &mut usize) -> Result<(), Issue> {
    let deepest = Limits::default().depth;
    if path.len() + depth(&value) > deepest {
        return Err(Issue::body("/path", Code::JsonDepth, format!("a record is nested at most {deepest} deep")));
    }
    let Some((last, above)) = path.split_last() else {
        *document = value;
        return Ok(());
    };
    match find_mut(document, above) {
        Some(Value::Object(members)) => {
            members.insert(last.clone(), value);
            Ok(())
        }
        Some(Value::Array(items)) => {
            let at = if last == "-" { Some(items.len()) } else { place(last).filter(|at| *at <= items.len()) };
            let at = at.ok_or_else(|| nowhere("/path", path))?;
            spend(work, items.len() - at)?;
            items.insert(at, value);
            Ok(())
        }
        _ => Err(nowhere("/path", path)),
    }
}

fn take(document: &mut Value, path: &[String], member: &str, work: &mut usize) -> Result<Value, Issue> {
    let Some((last, above)) = path.split_last() else { return Ok(std::mem::take(document)) };
    let taken = match find_mut(document, above) {
        Some(Value::Object(members)) => {
            spend(work, members.len())?;
            members.shift_remove(last)
        }
        Some(Value::Array(items)) => {
            let at = place(last).filter(|at| *at < items.len());
            spend(work, at.map_or(0, |at| items.len() - at))?;
            at.map(|at| items.remove(at))
        }
        _ => None,
    };
    taken.ok_or_else(|| nowhere(member, path))
}

fn spend(work: &mut usize, more: usize) -> Result<(), Issue> {
    *work += more;
    if *work <= MOST_WORK {
        return Ok(());
    }
    Err(Issue::body("", Code::BodyTooLarge, "the operations of this JSON Patch copy and move more than allowed")
        .suggest("replace the whole value"))
}

fn nowhere(member: &str, path: &[String]) -> Issue {
    Issue::body(member, Code::PatchPath, format!("there is nothing at `{}` in the record", told(path)))
}

fn failed(path: &[String], what: &str) -> Issue {
    Issue::body("/value", Code::PatchTest, format!("`{}` {what}", told(path))).rule("test")
}

fn told(path: &[String]) -> String {
    path.iter().fold(String::new(), |above, name| crate::path::pointer(&above, name))
}

/// Whether two values are equal as RFC 6902 says: numbers as numbers, members in any order.
fn same(one: &Value, other: &Value) -> bool {
    match (one, other) {
        (Value::Number(one), Value::Number(other)) => {
            let (one, other) = (one.to_string(), other.to_string());
            one == other || matches!((Decimal::of_any_size(&one), Decimal::of_any_size(&other)), (Some(one), Some(other)) if one == other)
        }
        (Value::Array(one), Value::Array(other)) => one.len() == other.len() && one.iter().zip(other).all(|(one, other)| same(one, other)),
        (Value::Object(one), Value::Object(other)) => {
            one.len() == other.len() && one.iter().all(|(name, value)| other.get(name).is_some_and(|other| same(value, other)))
        }
        _ => one == other,
    }
}

fn depth(value: &Value) -> usize {
    match value {
        Value::Array(items) => 1 + items.iter().map(depth).max().unwrap_or_default(),
        Value::Object(members) => 1 + members.values().map(depth).max().unwrap_or_default(),
        _ => 0,
    }
}

/// About how many bytes a value takes.
fn weight(value: &Value) -> usize {
    match value {
        Value::Array(items) => 8 + items.iter().map(weight).sum::<usize>(),
        Value::Object(members) => 8 + members.iter().map(|(name, value)| 8 + name.len() + weight(value)).sum::<usize>(),
        Value::String(text) => 8 + text.len(),
        _ => 8,
    }
}
