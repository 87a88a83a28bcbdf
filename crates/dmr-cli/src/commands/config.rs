//! `dmr config`: settings in force, changed while a registry runs, and the references that are generated.

use crate::arguments::Common;
use crate::call::{Call, items, text};
use crate::connection::{Absent, Connection};
use crate::failure::Failure;
use crate::output::{Grid, Output};
use crate::{call, reference, sources};
use clap::{Args, Subcommand};
use dmr::settings::Settings;
use dmr::{Object, Problem, Value};
use dmr_api::client::Request;
use dmr_api::route;
use serde_json::json;

/// Prints the settings in force and where each came from.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  dmr config
  dmr config --profile production
  dmr config set records.page_size 20    at once, and over restarts; logged
  dmr config unset records.page_size     what dmr.toml, the environment and flags say holds again

Secrets are never printed.")]
pub struct Config {
    /// What else may be done.
    #[command(subcommand)]
    pub what: Option<What>,
}

/// What else may be done.
#[derive(Debug, Subcommand)]
pub enum What {
    /// Changes a setting of a data directory or of the server that runs
    Set(Set),
    /// Takes such a change back
    Unset(Unset),
    /// The reference of all settings, in Markdown
    Reference,
    /// The reference of all commands, in Markdown
    Commands,
}

/// Changes a setting.
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  dmr config set records.scan_budget.time '20 s'")]
pub struct Set {
    /// The setting, by its key
    #[arg(value_name = "KEY")]
    pub setting: String,
    /// What it is to be
    pub value: String,
}

/// Takes a change back.
#[derive(Debug, Args)]
pub struct Unset {
    /// The setting, by its key
    #[arg(value_name = "KEY")]
    pub setting: String,
}

impl Config {
    /// Does it.
    pub async fn run(self, common: &Common, output: &Output) -> Result<(), Failure> {
        match self.what {
            Some(What::Reference) => output.page(&dmr::settings::reference()),
            Some(What::Commands) => output.page(&reference::commands()),
            Some(What::Set(Set { setting, value })) => {
                call::with(common, output, Absent::Make, async |call| change(call, &setting, Some(value)).await).await
            }
            Some(What::Unset(Unset { setting })) => {
                call::with(common, output, Absent::Refuse, async |call| change(call, &setting, None).await).await
            }
            None => print(common, output).await,
        }
    }
}

async fn change(call: &Call<'_>, key: &str, value: Option<String>) -> Result<(), Failure> {
    let mut patch = Object::new();
    patch.insert(key.to_owned(), value.map_or(Value::Null, Value::String));
    let told = call.send(Request::patch(route::SETTINGS).json(&Value::Object(patch))).await?.json()?;
    // An alias may have been named: then every change is shown.
    let named = items(&told).iter().filter(|item| text(item, "key") == key);
    let shown: Vec<Value> = match named.cloned().collect::<Vec<_>>() {
        none if none.is_empty() => items(&told).iter().filter(|item| item.get("changed").is_some()).cloned().collect(),
        named => named,
    };
    call.output.show(&json!({ "items": shown, "next": null }), || {
        shown.iter().map(|item| format!("{} = {}\n", text(item, "key"), text(item, "value"))).collect()
    })
}

async fn print(common: &Common, output: &Output) -> Result<(), Failure> {
    let settings = sources::load(common, Vec::new())?;
    let changed = match changed(&settings, output).await {
        Ok(changed) => changed,
        Err(problem) => {
            output.aside(&format!("what was changed at run time is not known: {}", problem.detail));
            Vec::new()
        }
    };
    let mut told: Vec<Value> = Vec::new();
    for one in settings.effective() {
        let change = changed.iter().find(|item| text(item, "key") == one.setting.key);
        told.push(match change {
            Some(item) => json!({
                "key": one.setting.key, "value": item["value"], "origin": item["origin"], "changed": item["changed"],
            }),
            None => json!({ "key": one.setting.key, "value": one.written(), "origin": one.origin.to_string() }),
        });
    }
    output.show(&json!({ "items": told, "next": null }), || {
        let mut grid = Grid::new(["setting", "value", "from"]);
        told.iter().for_each(|item| grid.row(["key", "value", "origin"].map(|member| text(item, member).to_owned()).to_vec()));
        grid.draw("no settings")
    })
}

/// The settings that were changed at run time, in the data directory or on the server these settings name; with the names of those who did.
async fn changed(settings: &Settings, output: &Output) -> Result<Vec<Value>, Problem> {
    if settings.client.url.is_none() && !settings.data.join("dmr.db").is_file() {
        return Ok(Vec::new());
    }
    let connection = Connection::open(settings, Absent::Refuse).await?;
    let call = Call { client: connection.client.clone(), settings: settings.clone(), output };
    let told = named(&call).await;
    drop(call);
    connection.close();
    told
}

async fn named(call: &Call<'_>) -> Result<Vec<Value>, Problem> {
    let told = call.get(route::SETTINGS, &[]).await?;
    let mut changed: Vec<Value> = items(&told).iter().filter(|item| item.get("changed").is_some()).cloned().collect();
    for item in &mut changed {
        let by = item.pointer("/changed/by").and_then(Value::as_str).unwrap_or_default().to_owned();
        let principal = call.get(&route::fill(route::PRINCIPAL, &[&by]), &[]).await.ok();
        if let Some(name) = principal.as_ref().map(|principal| text(principal, "name")) {
            item["origin"] = text(item, "origin").replace(&by, name).into();
        }
    }
    Ok(changed)
}
