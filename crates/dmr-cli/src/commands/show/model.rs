//! `dmr show model`.

use crate::call::Call;
use crate::failure::Failure;
use crate::output::{Grid, Look};
use clap::Args;
use dmr::Value;

/// Shows a model.
#[derive(Debug, Args)]
pub struct Model {
    /// Its name
    pub model: String,
}

impl Model {
    /// Shows it.
    pub async fn run(self, call: &Call<'_>) -> Result<(), Failure> {
        let model = call.model(&self.model).await?;
        let look = call.output.look(&call.settings.terminal);
        call.output.show(&model.document, || draw(&model.document, look))?;
        call.output.next(&format!("dmr show sample {0}, dmr show versions {0}, dmr permissions show {0}", model.name));
        Ok(())
    }
}

fn draw(model: &Value, look: Look<'_>) -> String {
    let mut about = Grid::new(["", "model"]);
    for member in ["name", "path", "version", "source", "mode", "storage", "records", "description"] {
        if let Some(value) = model.get(member).filter(|value| !value.is_null()) {
            about.row(vec![member.to_owned(), look.value(Some(value))]);
        }
    }
    for member in ["key", "tags", "indexes", "unique"] {
        let words = words(model.get(member));
        if !words.is_empty() {
            about.row(vec![member.to_owned(), words]);
        }
    }
    about.draw("nothing is known of it") + &fields(model, look).draw("no declared field")
}

/// The fields of a model with what the schema says of each.
pub fn fields(model: &Value, look: Look<'_>) -> Grid {
    let schema = model.get("schema").unwrap_or(&Value::Null);
    let required: Vec<&str> = schema.get("required").and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str).collect();
    let mut grid = Grid::new(["field", "type", "required", "rules", "behaviours"]);
    for (name, field) in schema.get("properties").and_then(Value::as_object).into_iter().flatten() {
        let is_required = if required.contains(&name.as_str()) { "yes" } else { "" };
        let behaviours = behaviours(model, name);
        grid.row(vec![name.clone(), kind(field), is_required.to_owned(), look.value(Some(&Value::String(rules(field)))), behaviours]);
    }
    grid
}

/// What a field's schema says of its type, in a word or two.
pub fn kind(field: &Value) -> String {
    let name = match field.get("type") {
        Some(Value::String(name)) => name.clone(),
        Some(Value::Array(names)) => names.iter().filter_map(Value::as_str).collect::<Vec<_>>().join(" or "),
        _ if field.get("enum").is_some() => "one of a list".to_owned(),
        _ if field.get("$ref").is_some() => {
            field.get("$ref").and_then(Value::as_str).and_then(|target| target.rsplit('/').next()).unwrap_or_default().to_owned()
        }
        _ => match field.get("anyOf").or_else(|| field.get("oneOf")).and_then(Value::as_array) {
            Some(parts) => parts.iter().map(kind).collect::<Vec<_>>().join(" or "),
            None => "any".to_owned(),
        },
    };
    match (field.get("format").and_then(Value::as_str), field.get("items")) {
        (Some(format), _) => format!("{name} ({format})"),
        (None, Some(items)) => format!("{name} of {}", kind(items)),
        (None, None) => name,
    }
}

fn rules(field: &Value) -> String {
    const TOLD: [&str; 9] = ["type", "format", "items", "title", "description", "$ref", "anyOf", "oneOf", "properties"];
    let members = field.as_object().into_iter().flatten().filter(|(name, _)| !TOLD.contains(&name.as_str()) && !name.starts_with("x-"));
    members.map(|(name, value)| format!("{name} {value}")).collect::<Vec<_>>().join(", ")
}

/// What a field does beside holding a value: its behaviours, and to what it refers.
fn behaviours(model: &Value, name: &str) -> String {
    let Some(field) = model.get("fields").and_then(|fields| fields.get(name)) else { return String::new() };
    let mut told = words(field.get("behaviours"));
    if let Some(references) = field.get("references") {
        let target = references.as_str().map_or_else(|| "a model".to_owned(), crate::output::plain);
        let restricts = if field.get("on_delete").is_some_and(|choice| choice == "restrict") { ", restricts" } else { "" };
        if !told.is_empty() {
            told.push_str(", ");
        }
        told.push_str(&format!("refers to {target}{restricts}"));
    }
    told
}

/// Words of a list, and of lists in it: `price, name; sku`.
pub fn words(list: Option<&Value>) -> String {
    let items = list.and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    let nested = items.iter().any(Value::is_array);
    let shown = items.iter().map(|item| match item {
        Value::String(text) => crate::output::plain(text),
        Value::Array(_) => words(Some(item)),
        other => other.to_string(),
    });
    shown.collect::<Vec<_>>().join(if nested { "; " } else { ", " })
}
