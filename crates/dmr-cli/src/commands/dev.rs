//! `dmr dev`: the first five minutes. Files become models with records, served, with three things to try.

mod attempts;

use super::ingest::{self, Taken};
use super::register::describes_a_model;
use super::serve::{Listen, line_of, models, register_file, tell};
use crate::arguments::Common;
use crate::call::{Call, Model, number, text};
use crate::document;
use crate::failure::Failure;
use crate::output::{Grid, Output, plain};
use crate::serving::{Ears, Serving};
use clap::Args;
use dmr::core::words::count;
use dmr::settings::{Origin, Settings};
use dmr::{Code, Problem, Value};
use serde_json::json;
use std::path::{Path, PathBuf};

/// Whose key each start replaces.
const DEVELOPER: &str = "dev";
/// A larger JSON file holds records: nobody writes such a schema.
const LARGEST_SCHEMA: u64 = 4 << 20;

/// Ingests files, serves them, tells what to try.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  dmr dev menu.csv
  dmr dev orders.ndjson product.schema.json --data /tmp/try --port 0
  dmr dev menu.csv --format json         one line: {\"address\", \"key\", \"models\"}

A file that has not changed is not ingested twice. Each start makes a key that replaces its last one.")]
pub struct Dev {
    /// CSV, JSON or NDJSON with records, or a JSON Schema
    #[arg(value_name = "FILE")]
    pub files: Vec<PathBuf>,
    /// Where it listens.
    #[command(flatten)]
    pub listen: Listen,
    /// How records are kept: flexible, structured, auto
    #[arg(long, default_value = "auto")]
    pub storage: String,
}

/// What became of a file.
struct Told {
    file: String,
    model: Model,
    taken: Option<Taken>,
    evidence: Vec<Value>,
}

/// Where nothing else is set, what goes well is told by the command itself.
fn quiet(settings: &Settings) -> Settings {
    let mut settings = settings.clone();
    let given = settings.effective().iter().any(|one| one.setting.key == "logging.level" && one.origin != Origin::Default);
    if !given {
        settings.logging.level = "warn".to_owned();
    }
    settings
}

impl Dev {
    /// Serves until it is stopped.
    pub async fn run(self, common: &Common, output: &Output) -> Result<(), Failure> {
        for file in &self.files {
            // Before anything is opened: a name that was mistyped leaves nothing behind.
            if let Err(fault) = std::fs::File::open(file) {
                return Err(Problem::new(Code::FileUnreadable, format!("{} cannot be read: {fault}", file.display())).into());
            }
        }
        let settings = self.listen.settings(common)?;
        let mut ears = Ears::open()?;
        let serving = Serving::start(&quiet(&settings), None, common.verbose).await?;
        let begun = tokio::select! {
            begun = self.begin(&serving, settings, output) => begun.map(|()| true),
            () = ears.asked_to_stop() => Ok(false),
        };
        match begun {
            Ok(true) => Ok(serving.until_stopped(&mut ears).await?),
            Ok(false) => Ok(serving.stop().await?),
            Err(failure) => {
                serving.stop().await?;
                Err(failure)
            }
        }
    }

    async fn begin(&self, serving: &Serving, settings: Settings, output: &Output) -> Result<(), Failure> {
        let key = tokio::task::block_in_place(|| serving.registry.administrator_key(DEVELOPER))?;
        let call = Call { client: serving.connection()?.client, settings, output };
        let mut told = Vec::new();
        for file in &self.files {
            told.push(self.take(&call, file).await?);
        }
        let models = if told.is_empty() { models(&call, serving).await? } else { lines(&told, serving)? };
        let line = json!({ "address": serving.address, "key": key, "models": models });
        let attempts = attempts::of(&call, &serving.address, &key, told.first().map(|told| &told.model)).await?;
        tell(output, &line, || draw(&call, serving, &key, &told, &attempts))
    }

    async fn take(&self, call: &Call<'_>, file: &Path) -> Result<Told, Problem> {
        let name = file.file_name().unwrap_or_default().to_string_lossy().into_owned();
        if is_schema(file)? {
            let model = register_file(call, file).await?;
            return Ok(Told { file: name, model, taken: None, evidence: Vec::new() });
        }
        let taken = ingest::take(call, file, None, &self.storage, true).await?;
        let model = call.model(text(&taken.answer, "model")).await?;
        let evidence = taken.answer.get("fields").and_then(Value::as_array).cloned().unwrap_or_default();
        Ok(Told { file: name, model, taken: Some(taken), evidence })
    }
}

fn is_schema(file: &Path) -> Result<bool, Problem> {
    let small = std::fs::metadata(file).is_ok_and(|about| about.len() <= LARGEST_SCHEMA);
    if !small || file.extension().is_none_or(|ending| ending != "json") {
        return Ok(false);
    }
    // What is not one JSON text is ingestion's to judge.
    Ok(dmr::core::json::parse(&document::bytes(file)?).is_ok_and(|document| describes_a_model(&document)))
}

/// Each model once, however many files went into it.
fn lines(told: &[Told], serving: &Serving) -> Result<Vec<Value>, Problem> {
    let quarantined = serving.quarantined()?;
    let mut models: Vec<&Model> = Vec::new();
    for Told { model, .. } in told {
        // The last one was read last.
        models.retain(|other| other.name != model.name);
        models.push(model);
    }
    Ok(models.into_iter().map(|model| line_of(&model.document, &quarantined)).collect())
}

fn draw(call: &Call<'_>, serving: &Serving, key: &str, told: &[Told], attempts: &[String]) -> String {
    let mut out = String::new();
    for one in told {
        out.push_str(&one.draw(call));
    }
    out.push_str(&format!("address              {}\n", serving.address));
    out.push_str(&format!("administrator's key  {key}\n"));
    out.push_str(&format!("data                 {}\n", call.settings.data.display()));
    if !attempts.is_empty() {
        out.push_str("\nThree things to try:\n\n");
        attempts.iter().for_each(|attempt| out.push_str(&format!("  {attempt}\n\n")));
    }
    out.push_str("Ctrl-C stops it; the next start tells another key.\n");
    out
}

impl Told {
    fn draw(&self, call: &Call<'_>) -> String {
        let name = &self.model.name;
        let Some(taken) = &self.taken else {
            return format!("{}: model {name}, version {}\n", self.file, text(&self.model.document, "version"));
        };
        let answer = &taken.answer;
        let (records, aside) = (number(answer, "records"), number(answer, "quarantined"));
        let mut out = format!("{}: model {name}, {}, {aside} set aside", self.file, count(records, "record"));
        if answer.get("unchanged") == Some(&Value::Bool(true)) {
            out = format!("{}: model {name}, unchanged since it was ingested, {}", self.file, count(self.model.records(), "record"));
        }
        let method = answer.pointer("/storage/method").and_then(Value::as_str).unwrap_or_default();
        out.push_str(&format!(", {method} storage\n"));
        for reason in answer.pointer("/storage/reasons").and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str) {
            out.push_str(&format!("  {reason}\n"));
        }
        let look = call.output.look(&call.settings.terminal);
        let mut grid = Grid::new(["field", "type", "why"]);
        for field in &self.evidence {
            let (name, source) = (text(field, "name"), text(field, "source"));
            let name = if name == source { name.to_owned() } else { format!("{name} (in the file: {})", plain(source)) };
            grid.row(vec![name, look.value(field.get("type")), plain(text(field, "why"))]);
        }
        if self.evidence.is_empty() {
            out.push_str(&super::show::model_fields(&self.model.document, look).draw("no field"));
        } else {
            out.push_str(&grid.draw("no field"));
        }
        for notice in answer.get("notices").and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str) {
            out.push_str(&format!("{}\n", plain(notice)));
        }
        if aside > 0 {
            out.push_str(&format!("what was set aside: dmr show quarantine {}\n", text(answer, "ingest")));
        }
        out.push('\n');
        out
    }
}
