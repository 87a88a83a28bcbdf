//! What a command has at hand: the client, the settings, the output; and the few questions many commands ask.

use crate::arguments::Common;
use crate::connection::{Absent, Connection};
use crate::failure::Failure;
use crate::logging::Logging;
use crate::output::{Format, Output};
use crate::types::Types;
use dmr::settings::Settings;
use dmr::{Code, Problem, Value};
use dmr_api::client::{Client, Request, Response};
use dmr_api::route;
use std::collections::BTreeMap;

/// A command at work.
pub struct Call<'a> {
    /// Sends requests.
    pub client: Client,
    /// In force.
    pub settings: Settings,
    /// Where answers go.
    pub output: &'a Output,
}

/// A model as the asker sees it.
pub struct Model {
    /// Its name as routes take it: `Product`, `shop.Product`.
    pub name: String,
    /// The API's document.
    pub document: Value,
}

impl Model {
    /// What its fields take.
    pub fn types(&self) -> Types<'_> {
        Types::of(self.document.get("schema").unwrap_or(&Value::Null))
    }

    /// Its fields, in the schema's order.
    pub fn fields(&self) -> Vec<String> {
        let properties = self.document.pointer("/schema/properties").and_then(Value::as_object);
        properties.map(|properties| properties.keys().cloned().collect()).unwrap_or_default()
    }

    /// Its number of records, where that is told.
    pub fn records(&self) -> u64 {
        self.document.get("records").and_then(Value::as_u64).unwrap_or_default()
    }
}

/// Connects, runs a command, closes.
pub async fn with<F>(common: &Common, output: &Output, absent: Absent, command: F) -> Result<(), Failure>
where
    F: AsyncFnOnce(&Call<'_>) -> Result<(), Failure>,
{
    let settings = crate::sources::load(common, Vec::new())?;
    if common.verbose {
        Logging::begin(&settings, true);
    }
    let connection = Connection::open(&settings, absent).await?;
    let call = Call { client: connection.client.clone(), settings, output };
    let done = command(&call).await;
    drop(call);
    connection.close();
    done
}

impl Call<'_> {
    /// Sends a request and takes the answer if it is a success.
    pub async fn send(&self, request: Request) -> Result<Response, Problem> {
        self.client.send(request).await?.accepted()
    }

    /// Gets a document.
    pub async fn get(&self, path: &str, query: &[(&str, &str)]) -> Result<Value, Problem> {
        self.send(Request::get(path).query_all(query.iter().copied())).await?.json()
    }

    /// The model of a name, a path, or a short name that only one model has (M8).
    pub async fn model(&self, name: &str) -> Result<Model, Problem> {
        let name = name.strip_prefix("ns.models.").unwrap_or(name);
        match self.get(&route::fill(route::MODEL, &[name]), &[]).await {
            Ok(document) => Ok(Model::of(document, name)),
            Err(problem) if problem.code == Code::ModelUnknown && !name.contains('.') => self.short_named(name, problem).await,
            Err(problem) => Err(problem),
        }
    }

    /// Puts names in the place of the principals' ids under `by`, for people. Whoever may not know a principal sees its id.
    pub async fn name_people(&self, entries: &mut Value) {
        if self.output.format != Format::Table {
            return;
        }
        let mut names: BTreeMap<String, Option<String>> = BTreeMap::new();
        for entry in entries.get_mut("items").and_then(Value::as_array_mut).into_iter().flatten() {
            let Some(by) = entry.get_mut("by") else { continue };
            let id = by.as_str().unwrap_or_default().to_owned();
            if !names.contains_key(&id) {
                let principal = self.get(&route::fill(route::PRINCIPAL, &[&id]), &[]).await.ok();
                names.insert(id.clone(), principal.map(|principal| text(&principal, "name").to_owned()));
            }
            if let Some(Some(name)) = names.get(&id) {
                *by = Value::String(name.clone());
            }
        }
    }

    async fn short_named(&self, name: &str, unknown: Problem) -> Result<Model, Problem> {
        let pattern = format!("ns.models.*.{name}");
        let list = self.get(route::MODELS, &[("namespace", &pattern)]).await?;
        let found: Vec<&Value> = items(&list).iter().filter(|model| text(model, "name").rsplit('.').next() == Some(name)).collect();
        match found.as_slice() {
            [] => Err(unknown),
            [only] => {
                let full = text(only, "name").to_owned();
                Ok(Model::of(self.get(&route::fill(route::MODEL, &[&full]), &[]).await?, &full))
            }
            several => Err(dmr::core::name::ambiguous(name, several.iter().map(|model| text(model, "name").to_owned()).collect())),
        }
    }
}

impl Model {
    fn of(document: Value, asked: &str) -> Self {
        let name = document.get("name").and_then(Value::as_str).unwrap_or(asked).to_owned();
        Self { name, document }
    }
}

/// The items of a list answer.
pub fn items(list: &Value) -> &[Value] {
    list.get("items").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default()
}

/// A member that is a text, else an empty one.
pub fn text<'v>(value: &'v Value, member: &str) -> &'v str {
    value.get(member).and_then(Value::as_str).unwrap_or_default()
}

/// A member that is a number, else none.
pub fn number(value: &Value, member: &str) -> u64 {
    value.get(member).and_then(Value::as_u64).unwrap_or_default()
}
