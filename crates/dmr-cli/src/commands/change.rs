//! `dmr change`: a model changes in place: indexes, unique constraints, behaviours, tags, description.

use crate::arguments::pair;
use crate::call::{Call, text};
use crate::failure::Failure;
use clap::Args;
use dmr::{Object, Problem, Value};
use dmr_api::client::{Request, Response};
use dmr_api::{problem, route};
use serde_json::json;
use std::time::Duration;

const AFTER: &str = "\
Examples:
  dmr change shop.Product --index=-price,name --unique sku
  dmr change shop.Product --drop-index=-price,name --behaviours price=INDEXED --tag sold";

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
    /// A tag more
    #[arg(long)]
    pub tag: Vec<String>,
    /// A tag less
    #[arg(long, value_name = "TAG")]
    pub drop_tag: Vec<String>,
    /// What the model is
    #[arg(long)]
    pub description: Option<String>,
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
        if let Some(description) = &self.description {
            patch.insert("description".to_owned(), json!(description));
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
        for (field, widget) in &self.widget {
            let settings = fields.entry(field.as_str()).or_insert_with(|| json!({}));
            settings["widget"] = if widget.is_empty() { Value::Null } else { widget.as_str().into() };
        }
        fields
    }
}

/// Waits until a job is done.
async fn ended(call: &Call<'_>, accepted: &Response) -> Result<(), Problem> {
    let job = route::fill(route::JOB, &[text(&accepted.json()?, "id")]);
    let mut pause = Duration::from_millis(10);
    loop {
        let told = call.get(&job, &[]).await?;
        match text(&told, "state") {
            "running" => tokio::time::sleep(pause).await,
            "done" => return Ok(()),
            _ => {
                let failed = told.get("problem").and_then(problem::read);
                return Err(failed.unwrap_or_else(|| Problem::new(dmr::Code::ServerAnswer, "the job failed and does not say why")));
            }
        }
        pause = (pause * 2).min(PATIENCE);
    }
}

fn fields(lists: &[String]) -> Vec<Value> {
    lists.iter().map(|list| json!(list.split(',').map(str::trim).collect::<Vec<_>>())).collect()
}

fn texts(list: &[String]) -> Vec<Value> {
    list.iter().map(|text| json!(text)).collect()
}
