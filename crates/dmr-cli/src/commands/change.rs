//! `dmr change`: a model changes in place: indexes, unique constraints, behaviours, tags, description, storage.

use crate::arguments::pair;
use crate::call::{Call, text};
use crate::failure::Failure;
use clap::Args;
use dmr::{Object, Problem, Value};
use dmr_api::client::{Request, Response};
use dmr_api::{problem, route};
use indicatif::{ProgressBar, ProgressStyle};
use serde_json::json;
use std::time::Duration;

const AFTER: &str = "\
Examples:
  dmr change shop.Product --index=-price,name --unique sku
  dmr change shop.Product --drop-index=-price,name --behaviours price=INDEXED --tag sold
  dmr change shop.Order --references customer=shop.Customer --on-delete customer=restrict
  dmr change shop.Product --storage structured";

/// How often a change that runs is asked after, at most.
const PATIENCE: Duration = Duration::from_millis(500);

/// Changes a model without a new version.
#[derive(Debug, Args)]
#[command(after_help = AFTER)]
pub struct Change {
    /// The model
    pub model: String,
    /// An index more: fields in order, - before one for descending
    #[arg(long, value_name = "FIELDS", allow_hyphen_values = true)]
    pub index: Vec<String>,
    /// An index less
    #[arg(long, value_name = "FIELDS", allow_hyphen_values = true)]
    pub drop_index: Vec<String>,
    /// Fields that are unique together from now on
    #[arg(long, value_name = "FIELDS")]
    pub unique: Vec<String>,
    /// Fields that are so no more
    #[arg(long, value_name = "FIELDS")]
    pub drop_unique: Vec<String>,
    /// What a field does from now on: READ_ONLY, WRITE_ONLY, READ_WRITE, INDEXED; nothing after = takes all back
    #[arg(long, value_name = "FIELD=BEHAVIOURS", value_parser = pair)]
    pub behaviours: Vec<(String, String)>,
    /// With what forms set a field from now on: price=slider; nothing after = takes the choice back
    #[arg(long, value_name = "FIELD=WIDGET", value_parser = pair)]
    pub widget: Vec<(String, String)>,
    /// Whose records a field names from now on: customer=shop.Customer; nothing after = takes the reference back
    #[arg(long, value_name = "FIELD=MODEL", value_parser = pair)]
    pub references: Vec<(String, String)>,
    /// What becomes of a reference when its record is to be deleted: customer=restrict keeps the record, customer=keep lets it go
    #[arg(long, value_name = "FIELD=CHOICE", value_parser = pair)]
    pub on_delete: Vec<(String, String)>,
    /// A tag more
    #[arg(long)]
    pub tag: Vec<String>,
    /// A tag less
    #[arg(long, value_name = "TAG")]
    pub drop_tag: Vec<String>,
    /// What the model is
    #[arg(long)]
    pub description: Option<String>,
    /// How its records are laid out from now on; nothing is lost, and writes go on meanwhile
    #[arg(long, value_parser = ["flexible", "structured"])]
    pub storage: Option<String>,
    /// Does not wait until many records were gone through, but tells the job
    #[arg(long)]
    pub no_wait: bool,
}

impl Change {
    /// Changes it.
    pub async fn run(self, call: &Call<'_>) -> Result<(), Failure> {
        let path = route::fill(route::MODEL, &[&call.model(&self.model).await?.name]);
        let now = call.send(Request::get(&path)).await?;
        let mut request = Request::patch(&path).json(&self.patch(&now.json()?));
        // Somebody else's change in between is not written over.
        if let Some(tag) = now.header("etag") {
            request = request.header("if-match", tag);
        }
        if self.no_wait {
            request = request.header("prefer", "respond-async");
        }
        let mut answer = call.send(request).await?;
        if answer.status == http::StatusCode::ACCEPTED {
            if self.no_wait {
                let job = answer.json()?;
                return call.output.show(&job, || format!("it runs: job {}\n", text(&job, "id")));
            }
            ended(call, &answer).await?;
            answer = call.send(Request::get(&path)).await?;
        }
        let model = answer.json()?;
        call.output.show(&model, || format!("changed: {}\n", text(&model, "name")))
    }

    /// The merge patch that makes of a model what is asked for.
    fn patch(&self, model: &Value) -> Value {
        let mut patch = Object::new();
        let lists: [(&str, Vec<Value>, Vec<Value>); 3] = [
            ("indexes", fields(&self.index), fields(&self.drop_index)),
            ("unique", fields(&self.unique), fields(&self.drop_unique)),
            ("tags", texts(&self.tag), texts(&self.drop_tag)),
        ];
        for (member, more, less) in lists {
            if more.is_empty() && less.is_empty() {
                continue;
            }
            let mut list: Vec<Value> = model.get(member).and_then(Value::as_array).cloned().unwrap_or_default();
            list.retain(|there| !less.contains(there));
            more.into_iter().for_each(|new| {
                if !list.contains(&new) {
                    list.push(new);
                }
            });
            patch.insert(member.to_owned(), list.into());
        }
        let fields = self.fields();
        if !fields.is_empty() {
            patch.insert("fields".to_owned(), fields.into());
        }
        for (member, value) in [("description", &self.description), ("storage", &self.storage)] {
            if let Some(value) = value {
                patch.insert(member.to_owned(), json!(value));
            }
        }
        Value::Object(patch)
    }

    /// What changes of fields.
    fn fields(&self) -> Object {
        let mut fields = Object::new();
        for (field, behaviours) in &self.behaviours {
            let behaviours: Vec<&str> = behaviours.split(',').map(str::trim).filter(|word| !word.is_empty()).collect();
            fields.insert(field.clone(), json!({ "behaviours": behaviours }));
        }
        for (member, choices) in [("widget", &self.widget), ("references", &self.references), ("on_delete", &self.on_delete)] {
            for (field, choice) in choices {
                let settings = fields.entry(field.as_str()).or_insert_with(|| json!({}));
                settings[member] = if choice.is_empty() { Value::Null } else { choice.as_str().into() };
            }
        }
        fields
    }
}

/// Waits until a job is done.
async fn ended(call: &Call<'_>, accepted: &Response) -> Result<(), Problem> {
    let job = route::fill(route::JOB, &[text(&accepted.json()?, "id")]);
    let mut pause = Duration::from_millis(10);
    let bar = if call.output.is_watched() { bar() } else { ProgressBar::hidden() };
    loop {
        let told = call.get(&job, &[]).await?;
        let number = |name| told.pointer(name).and_then(Value::as_u64);
        if let (Some(records), Some(all)) = (number("/progress/done"), number("/progress/of")) {
            bar.set_length(all);
            bar.set_position(records);
        }
        match text(&told, "state") {
            "running" => tokio::time::sleep(pause).await,
            "done" => {
                bar.finish_and_clear();
                return Ok(());
            }
            _ => {
                bar.finish_and_clear();
                let failed = told.get("problem").and_then(problem::read);
                return Err(failed.unwrap_or_else(|| Problem::new(dmr::Code::ServerAnswer, "the job failed and does not say why")));
            }
        }
        pause = (pause * 2).min(PATIENCE);
    }
}

fn bar() -> ProgressBar {
    let bar = ProgressBar::new(0);
    if let Ok(style) = ProgressStyle::with_template("{bar:30} {human_pos} of {human_len} records  {elapsed}") {
        bar.set_style(style);
    }
    bar.enable_steady_tick(PATIENCE);
    bar
}

fn fields(lists: &[String]) -> Vec<Value> {
    lists.iter().map(|list| json!(list.split(',').map(str::trim).collect::<Vec<_>>())).collect()
}

fn texts(list: &[String]) -> Vec<Value> {
    list.iter().map(|text| json!(text)).collect()
}
