//! `dmr serve`: a data directory, served.

use crate::arguments::Common;
use crate::call::{Call, items, number, text};
use crate::commands::register;
use crate::document;
use crate::failure::Failure;
use crate::output::{Format, Output};
use crate::paging::{Pages, Wanted};
use crate::serving::{Ears, Serving};
use crate::sources;
use clap::Args;
use dmr::core::words::count;
use dmr::settings::Settings;
use dmr::{Code, Problem, Value};
use dmr_api::client::Request;
use dmr_api::route;
use serde_json::json;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// The administrator, and the name of the key that the first start tells.
const ADMINISTRATOR: &str = "administrator";

/// Serves a data directory.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  dmr serve --data /var/lib/dmr --port 8000
  dmr serve --models schemas/            registers every schema in the folder, and what comes or changes in it

The first start tells the administrator's key, once. Other dmr commands on the same --data find the server by themselves.")]
pub struct Serve {
    /// Where it listens.
    #[command(flatten)]
    pub listen: Listen,
    /// A folder of models, JSON or TOML, that are registered at the start and when they change; names that begin with _ are left out
    /// [default: the setting gatekeeper.models_path]
    #[arg(long, value_name = "FOLDER")]
    pub models: Option<PathBuf>,
}

/// Where a server listens.
#[derive(Debug, Args)]
pub struct Listen {
    /// The port to listen on; 0: any free one [default: the setting server.port]
    #[arg(long, value_name = "N")]
    pub port: Option<u16>,
    /// The address to listen on [default: the setting server.host]
    #[arg(long, value_name = "HOST")]
    pub host: Option<String>,
}

impl Listen {
    /// The settings, with these over them.
    pub fn settings(&self, common: &Common) -> Result<Settings, Problem> {
        let mut flags = Vec::new();
        flags.extend(self.port.map(|port| ("server.port", port.to_string())));
        flags.extend(self.host.clone().map(|host| ("server.host", host)));
        sources::load(common, flags)
    }
}

impl Serve {
    /// Serves until it is stopped.
    pub async fn run(self, common: &Common, output: &Output) -> Result<(), Failure> {
        let settings = self.listen.settings(common)?;
        let mut ears = Ears::open()?;
        let serving = Serving::start(&settings, self.models.as_deref(), common.verbose).await?;
        let told = self.begin(&serving, settings, output).await;
        if let Err(failure) = told {
            serving.stop().await?;
            return Err(failure);
        }
        Ok(serving.until_stopped(&mut ears).await?)
    }

    async fn begin(&self, serving: &Serving, settings: Settings, output: &Output) -> Result<(), Failure> {
        let call = Call { client: serving.connection()?.client, settings, output };
        let key = if has_administrator(&call).await? {
            None
        } else {
            Some(tokio::task::block_in_place(|| serving.registry.administrator_key(ADMINISTRATOR))?)
        };
        for (file, problem) in &serving.registry.start_summary().failed {
            // One that fails is told and the rest go on (C7).
            let named = problem.detail.contains(&*file.to_string_lossy());
            let detail = if named { problem.detail.clone() } else { format!("{}: {}", file.display(), problem.detail) };
            output.failure(&Failure::from(Problem { detail, ..problem.clone() }));
        }
        let models: Vec<Value> = if output.format == Format::Table { Vec::new() } else { models(&call, serving).await? };
        let summary = serving.summary();
        let line = json!({ "address": serving.address, "key": key, "models": models, "summary": summary });
        tell(output, &line, || {
            let mut words = format!("dmr serves {} on {}\n", call.settings.data.display(), serving.address);
            if let Some(key) = &key {
                words.push_str(&format!("administrator's key (told this once): {key}\n"));
            }
            words.push_str(&closing(&summary));
            words.push_str("Ctrl-C stops it\n");
            words
        })
    }
}

/// What is there, in a line.
fn closing(summary: &Value) -> String {
    let counted = |name: &str, noun: &str| count(number(summary, name), noun);
    let mut words = format!(
        "{}, {}, {} set aside, {}, {}\n",
        counted("models", "model"),
        counted("records", "record"),
        number(summary, "quarantined"),
        counted("principals", "principal"),
        counted("keys", "key"),
    );
    let (registered, unchanged, failed) = (number(summary, "registered"), number(summary, "unchanged"), number(summary, "failed"));
    if registered + unchanged + failed > 0 {
        words.push_str(&format!("of the folder: {registered} registered, {unchanged} unchanged, {failed} failed\n"));
    }
    words
}

/// Tells how to reach a server: for people, or as one line of JSON.
pub fn tell(output: &Output, line: &Value, people: impl FnOnce() -> String) -> Result<(), Failure> {
    let words = match output.format {
        Format::Table | Format::Csv => people(),
        Format::Json | Format::Ndjson => format!("{line}\n"),
    };
    output.page(&words)
}

/// The models that are there, at most a page of them.
pub async fn models(call: &Call<'_>, serving: &Serving) -> Result<Vec<Value>, Problem> {
    let quarantined = serving.quarantined()?;
    let wanted = Wanted::Number(call.settings.records.max_page_size);
    let list = Pages::new(call, route::MODELS.to_owned(), Vec::new(), wanted, None).together().await?;
    Ok(items(&list).iter().map(|model| line_of(model, &quarantined)).collect())
}

/// What the line of JSON says of a model.
pub fn line_of(model: &Value, quarantined: &BTreeMap<String, u64>) -> Value {
    let name = text(model, "name");
    json!({ "name": name, "records": model.get("records"), "quarantined": quarantined.get(name).copied().unwrap_or_default() })
}

/// Registers the model a file describes, or its next version where the schema has changed.
pub async fn register_file(call: &Call<'_>, file: &Path) -> Result<register::Model, Problem> {
    let mut document = register::registration(document::read(file)?, file)?;
    match register::register(call, &Value::Object(document.clone())).await {
        Err(problem) if problem.code == Code::ModelExists => {
            let name = document.remove("name").unwrap_or_default();
            let namespace = document.remove("namespace");
            let name = match namespace.as_ref().and_then(Value::as_str) {
                Some(namespace) => format!("{namespace}.{}", name.as_str().unwrap_or_default()),
                None => name.as_str().unwrap_or_default().to_owned(),
            };
            let request = Request::put(route::fill(route::MODEL, &[&name])).json(&Value::Object(document));
            let document = call.send(request).await?.json()?;
            Ok(register::Model { name, document })
        }
        registered => registered.map(|(_, model)| model),
    }
}

/// Whether the administrator was told this key before.
async fn has_administrator(call: &Call<'_>) -> Result<bool, Problem> {
    match call.get(&route::fill(route::PRINCIPAL, &[ADMINISTRATOR]), &[]).await {
        Ok(principal) => {
            let keys = principal.get("keys").and_then(Value::as_array);
            Ok(keys.is_some_and(|keys| keys.iter().any(|key| text(key, "name") == ADMINISTRATOR)))
        }
        Err(problem) if problem.code == Code::PrincipalUnknown => Ok(false),
        Err(problem) => Err(problem),
    }
}
