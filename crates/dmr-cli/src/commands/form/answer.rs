//! From a typed line to the value it stands for.

use super::console::read_yes_or_no;
use dmr::Value;
use dmr::core::FieldType;
use dmr::core::form::{Control, check};
use dmr::core::json;

/// A line that is no value.
#[derive(Debug, Clone, PartialEq)]
pub enum Line {
    /// An empty one.
    Empty,
    /// `:null`.
    Null,
    /// `:?`.
    Help,
    /// `:quit`.
    Quit,
    /// Anything else: a text.
    Text(String),
}

impl Line {
    /// Reads a line; a text that begins with `:` is written with two.
    pub fn read(line: &str) -> Self {
        match line.trim() {
            "" => Self::Empty,
            ":null" => Self::Null,
            ":?" | ":help" => Self::Help,
            ":quit" | ":q" => Self::Quit,
            _ => Self::Text(line.strip_prefix("::").map_or_else(|| line.to_owned(), |rest| format!(":{rest}"))),
        }
    }
}

/// The value of a text in a control, checked by its rules.
///
/// # Errors
/// What is wrong with it, for whoever typed it.
pub fn value(control: &Control, text: &str) -> Result<Value, Vec<String>> {
    let read = if control.options.is_empty() { plain(control, text) } else { option(control, text) }?;
    let issues = check(control, &read);
    if issues.is_empty() { Ok(read) } else { Err(issues.into_iter().map(|issue| issue.message).collect()) }
}

/// One of the options, by its value, its name or its number.
fn option(control: &Control, text: &str) -> Result<Value, Vec<String>> {
    let wanted = text.trim();
    let spelled = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    let options = &control.options;
    let by_value = options.iter().find(|option| spelled(&option.value) == wanted);
    let by_name = || options.iter().find(|option| option.label.eq_ignore_ascii_case(wanted));
    let by_number = || wanted.parse::<usize>().ok().and_then(|number| options.get(number.checked_sub(1)?));
    match by_value.or_else(by_name).or_else(by_number) {
        Some(option) => Ok(option.value.clone()),
        None if control.others => plain(control, text),
        None => Err(vec![format!("a number from 1 to {}, or one of the values", options.len())]),
    }
}

fn plain(control: &Control, text: &str) -> Result<Value, Vec<String>> {
    match control.scalar() {
        Some(FieldType::Boolean) => read_yes_or_no(text).map(Value::Bool).ok_or_else(|| vec!["y or n".to_owned()]),
        Some(FieldType::Text) => Ok(text.into()),
        Some(kind @ (FieldType::Integer | FieldType::Number)) => kind.read_text(text.trim()).map_err(|fault| vec![fault.message]),
        Some(_) => Ok(text.trim().into()),
        None => json::parse(text.as_bytes()).map_err(|fault| vec![format!("this is JSON: {}", fault.message)]),
    }
}
