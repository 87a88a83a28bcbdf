//! Three lines that work as they are pasted into a shell, with names and values of what was ingested.

use crate::call::{Call, Model, items};
use dmr::{Object, Problem, Value};
use dmr_api::route;

/// The lines; none where there is no model to try them on.
pub async fn of(call: &Call<'_>, address: &str, key: &str, model: Option<&Model>) -> Result<Vec<String>, Problem> {
    let Some(model) = model else {
        return Ok(Vec::new());
    };
    let records = format!("{address}{}", route::fill(route::RECORDS, &[&model.name]));
    let page = call.get(&route::fill(route::RECORDS, &[&model.name]), &[("limit", "20")]).await?;
    let curl = format!("curl -s -H 'Authorization: Bearer {key}'");
    let mut attempts = vec![format!("{curl} {}", quote(&format!("{records}?limit=3")))];
    if let Some(filter) = filter(items(&page)) {
        attempts.push(format!("{curl} {}", quote(&format!("{records}?{filter}"))));
    }
    match items(&page).first().and_then(copy).filter(|_| is_open(model)) {
        Some(record) => {
            let json = "-H 'Content-Type: application/json'";
            attempts.push(format!("{curl} {json} -d {} {}", quote(&record.to_string()), quote(&records)));
        }
        None => attempts.push(format!("{curl} {}", quote(&format!("{address}/openapi/{}.json", model.name)))),
    }
    if attempts.len() < 3 {
        attempts.push(format!("{curl} {}", quote(&format!("{address}{}?limit=5", route::AUDIT))));
    }
    Ok(attempts)
}

/// A filter that some of the records pass: by a number, else by a text.
fn filter(records: &[Value]) -> Option<String> {
    let first = records.first()?.as_object()?;
    let fields = || first.iter().filter(|(name, _)| !name.starts_with('_') && !name.contains("__") && !name.contains('.'));
    let number = fields().find(|(_, value)| value.is_number()).map(|(name, _)| name);
    if let Some(name) = number {
        let mut values: Vec<&Value> = records.iter().filter_map(|record| record.get(name)).filter(|value| value.is_number()).collect();
        values.sort_by(|one, other| one.as_f64().unwrap_or_default().total_cmp(&other.as_f64().unwrap_or_default()));
        let middle = values.get(values.len() / 2)?.to_string();
        let (test, sort) = (format!("{name}__gte"), format!("-{name}"));
        return Some(route::query_string([(test.as_str(), middle.as_str()), ("sort", sort.as_str()), ("limit", "3")]));
    }
    let (name, value) = fields().find_map(|(name, value)| Some((name, value.as_str().filter(|text| !text.is_empty())?)))?;
    Some(route::query_string([(name.as_str(), value), ("limit", "3")]))
}

/// A record with the fields of another.
fn copy(record: &Value) -> Option<Value> {
    let fields: Object = record
        .as_object()?
        .iter()
        .filter(|(name, value)| !name.starts_with('_') && !value.is_null())
        .map(|(name, value)| (name.clone(), value.clone()))
        .collect();
    (!fields.is_empty() && fields.values().all(|value| !value.is_object() && !value.is_array())).then_some(Value::Object(fields))
}

/// Whether a record may stand twice in the model.
fn is_open(model: &Model) -> bool {
    ["key", "unique"].iter().all(|member| model.document.get(*member).and_then(Value::as_array).is_none_or(Vec::is_empty))
}

/// A word as a shell takes it.
fn quote(word: &str) -> String {
    format!("'{}'", word.replace('\'', "'\\''"))
}
