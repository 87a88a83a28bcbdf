//! `dmr register`: a JSON Schema becomes a model, or the next version of one.

use crate::arguments::pair;
pub use crate::call::Model;
use crate::call::{Call, text};
use crate::document;
use crate::failure::Failure;
use crate::output::{Grid, plain};
use clap::Args;
use dmr::core::words::count;
use dmr::{Code, Object, Problem, Value};
use dmr_api::client::Request;
use dmr_api::route;
use serde_json::json;
use std::path::{Path, PathBuf};

const AFTER: &str = "\
Examples:
  dmr register product.schema.json --namespace shop --key-field sku --index=-price,name --unique sku
  dmr register order.json                                    a registration document: {\"name\": ..., \"schema\": {...}, ...}
  dmr register --next shop.Product product.schema.json --rename colour=color --dry-run";

/// Registers a model, or its next version.
#[derive(Debug, Args)]
#[command(after_help = AFTER)]
pub struct Register {
    /// A JSON Schema or a registration document; - is standard input
    pub file: PathBuf,
    /// Its name [default: the document's, the schema's title, the file's name]
    #[arg(long, conflicts_with = "next")]
    pub name: Option<String>,
    /// Its namespace
    #[arg(long, conflicts_with = "next")]
    pub namespace: Option<String>,
    /// The field that is a record's key from outside; repeated where there are several
    #[arg(long, value_name = "FIELD")]
    pub key_field: Vec<String>,
    /// crud, hybrid
    #[arg(long)]
    pub mode: Option<String>,
    /// flexible, structured, auto
    #[arg(long)]
    pub storage: Option<String>,
    /// An index: fields in order, - before one for descending
    #[arg(long, value_name = "FIELDS", allow_hyphen_values = true)]
    pub index: Vec<String>,
    /// Fields that are unique together
    #[arg(long, value_name = "FIELDS")]
    pub unique: Vec<String>,
    /// A tag
    #[arg(long)]
    pub tag: Vec<String>,
    /// What the model is
    #[arg(long)]
    pub description: Option<String>,
    /// Registers the next version of this model
    #[arg(long, value_name = "MODEL")]
    pub next: Option<String>,
    /// A field that got another name: OLD=NEW
    #[arg(long, value_name = "OLD=NEW", value_parser = pair, requires = "next")]
    pub rename: Vec<(String, String)>,
    /// Only tells what would change, what breaks, and how many records it concerns
    #[arg(long, requires = "next")]
    pub dry_run: bool,
}

impl Register {
    /// Registers.
    pub async fn run(self, call: &Call<'_>) -> Result<(), Failure> {
        let document = self.document()?;
        match &self.next {
            Some(name) => self.next_version(call, &call.model(name).await?, document).await,
            None => {
                let (created, model) = register(call, &Value::Object(document)).await?;
                let word = if created { "registered" } else { "unchanged" };
                call.output.show(&model.document, || format!("{word}: {}, version {}\n", model.name, text(&model.document, "version")))?;
                call.output.next(&format!("dmr record create {} FIELD=VALUE..., dmr show model {}", model.name, model.name));
                Ok(())
            }
        }
    }

    /// The registration document, with what the flags say laid over it.
    fn document(&self) -> Result<Object, Problem> {
        let mut document = registration(document::read(&self.file)?, &self.file)?;
        if self.next.is_some() {
            document.remove("name");
            document.remove("namespace");
        }
        let texts = [
            ("name", &self.name),
            ("namespace", &self.namespace),
            ("mode", &self.mode),
            ("storage", &self.storage),
            ("description", &self.description),
        ];
        for (member, value) in texts {
            if let Some(value) = value {
                document.insert(member.to_owned(), json!(value));
            }
        }
        let lists =
            [("key", json!(self.key_field)), ("tags", json!(self.tag)), ("indexes", fields(&self.index)), ("unique", fields(&self.unique))];
        for (member, value) in lists {
            if value.as_array().is_some_and(|list| !list.is_empty()) {
                document.insert(member.to_owned(), value);
            }
        }
        if !self.rename.is_empty() {
            let renames: Object = self.rename.iter().map(|(old, new)| (old.clone(), json!(new))).collect();
            document.insert("renames".to_owned(), Value::Object(renames));
        }
        Ok(document)
    }

    async fn next_version(&self, call: &Call<'_>, model: &Model, document: Object) -> Result<(), Failure> {
        let path = route::fill(route::MODEL, &[&model.name]);
        let mut request = Request::put(&path).json(&Value::Object(document));
        if self.dry_run {
            request = request.query("dry_run", "true");
        }
        let answer = call.send(request).await?.json()?;
        if self.dry_run {
            call.output.show(&answer, || draw_changes(&answer))?;
            call.output.next("the same without --dry-run");
            return Ok(());
        }
        let (before, after) = (text(&model.document, "version"), text(&answer, "version"));
        call.output.show(&answer, || {
            if before == after {
                format!("unchanged: {}, version {after}\n", model.name)
            } else {
                format!("{}: {before} -> {after}\n", model.name)
            }
        })?;
        call.output.next(&format!("dmr show diff {} --from {before} --to {after}", model.name));
        Ok(())
    }
}

/// Registers a document: whether it was new, and the model.
pub async fn register(call: &Call<'_>, document: &Value) -> Result<(bool, Model), Problem> {
    let answer = call.send(Request::post(route::MODELS).json(document)).await?;
    let created = answer.status == http::StatusCode::CREATED;
    let document = answer.json()?;
    let name = text(&document, "name").to_owned();
    Ok((created, Model { name, document }))
}

/// A registration document from what a file holds: that, or a bare schema.
pub fn registration(document: Value, path: &Path) -> Result<Object, Problem> {
    let Value::Object(document) = document else {
        return Err(Problem::new(Code::BodyShape, format!("{} is neither a JSON Schema nor a registration document", path.display())));
    };
    let mut out = if is_registration(&document) { document } else { Object::from_iter([("schema".to_owned(), Value::Object(document))]) };
    if !out.contains_key("name") {
        let title = out.get("schema").and_then(|schema| schema.get("title")).and_then(Value::as_str);
        let name = title.and_then(name_of).or_else(|| name_of(path.file_name()?.to_str()?.split('.').next()?));
        out.extend(name.map(|name| ("name".to_owned(), Value::String(name))));
    }
    Ok(out)
}

/// Whether a JSON document describes a model rather than holding records.
pub fn describes_a_model(document: &Value) -> bool {
    let Value::Object(members) = document else {
        return false;
    };
    let schema = members.get("$schema").and_then(Value::as_str).is_some_and(|uri| uri.contains("json-schema.org"));
    let object = members.get("type").is_some_and(|kind| kind == "object") && members.get("properties").is_some_and(Value::is_object);
    schema || object || is_registration(members)
}

fn is_registration(members: &Object) -> bool {
    members.get("schema").is_some_and(Value::is_object) && !members.contains_key("$schema") && !members.contains_key("properties")
}

/// `coffee shop` and `coffee-shop` become `CoffeeShop`.
fn name_of(text: &str) -> Option<String> {
    let words = text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
    let name: String = words.flat_map(|word| word.chars().take(1).flat_map(char::to_uppercase).chain(word.chars().skip(1))).collect();
    name.starts_with(|c: char| c.is_alphabetic()).then_some(name)
}

/// Lists of lists of fields.
fn fields(lists: &[String]) -> Value {
    lists
        .iter()
        .map(|list| list.split(',').map(str::trim).collect::<Vec<_>>())
        .collect::<Vec<_>>()
        .into_iter()
        .map(|list| json!(list))
        .collect()
}

/// A diff or plan, as a table.
pub fn draw_changes(plan: &Value) -> String {
    let mut grid = Grid::new(["change", "field", "breaking", "because"]);
    for change in plan.get("changes").and_then(Value::as_array).into_iter().flatten() {
        let breaking = if change.get("breaking") == Some(&Value::Bool(true)) { "yes" } else { "no" };
        let cells = vec![text(change, "kind").to_owned(), plain(text(change, "field")), breaking.to_owned(), plain(text(change, "reason"))];
        if breaking == "yes" { grid.alarm(cells) } else { grid.row(cells) }
    }
    let mut out = grid.draw("no change");
    out.push_str(&format!("{} -> {}", text(plan, "from"), text(plan, "to")));
    if let Some(records) = plan.get("records").and_then(Value::as_u64) {
        out.push_str(&format!(", {} concerned", count(records, "record")));
    }
    out.push('\n');
    for (from, to) in plan.get("likely_renames").and_then(Value::as_object).into_iter().flatten() {
        out.push_str(&format!("likely a rename: --rename {}={}\n", plain(from), plain(to.as_str().unwrap_or_default())));
    }
    out
}
