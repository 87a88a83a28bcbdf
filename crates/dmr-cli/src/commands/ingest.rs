//! `dmr ingest`: files become models and records.

use crate::call::{Call, number, text};
use crate::failure::Failure;
use crate::output::{Format, Grid};
use clap::Args;
use dmr::{Code, Problem, Value};
use dmr_api::client::{Form, Progress, Request};
use dmr_api::route;
use indicatif::{ProgressBar, ProgressStyle};
use serde_json::json;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

const AFTER: &str = "\
Examples:
  dmr ingest mlb_players.csv                       becomes the model dynamic.MlbPlayers
  dmr ingest more_players.csv --model dynamic.MlbPlayers
  curl -s https://example.org/rows.json | dmr ingest - --name rows.json

What does not fit is set aside with its reason and place: dmr show quarantine INGEST.";

/// Turns files into models and records.
#[derive(Debug, Args)]
#[command(after_help = AFTER)]
pub struct Ingest {
    /// CSV, JSON or NDJSON; - is standard input
    #[arg(required = true, value_name = "FILE")]
    pub files: Vec<PathBuf>,
    /// The model that takes the records [default: one that is inferred]
    #[arg(long)]
    pub model: Option<String>,
    /// flexible, structured, auto
    #[arg(long, default_value = "auto")]
    pub storage: String,
    /// Takes a file in again that was taken in before and has not changed since
    #[arg(long)]
    pub again: bool,
    /// A name for standard input; it names the model
    #[arg(long, value_name = "NAME", default_value = "stdin")]
    pub name: String,
}

/// A file that was taken in.
pub struct Taken {
    /// The API's answer.
    pub answer: Value,
    /// How long it took.
    pub time: Duration,
}

impl Ingest {
    /// Takes the files in, one after the other.
    pub async fn run(self, call: &Call<'_>) -> Result<(), Failure> {
        let model = match &self.model {
            Some(name) => Some(call.model(name).await?.name),
            None => None,
        };
        let mut taken = Vec::new();
        for file in &self.files {
            taken.push(self.take(call, file, model.as_deref()).await?);
        }
        let answer = match taken.as_slice() {
            [only] => only.answer.clone(),
            several => json!({ "items": several.iter().map(|one| &one.answer).collect::<Vec<_>>(), "next": null }),
        };
        call.output.show(&answer, || draw(call, &taken))?;
        let told = call.output.format == Format::Table;
        for (file, _) in self.files.iter().zip(&taken).filter(|(_, one)| told && one.answer["unchanged"] == true) {
            call.output.aside(&format!("{} was taken in before and has not changed since; --again takes it in again", file.display()));
        }
        if let Some(first) = taken.iter().find(|one| number(&one.answer, "quarantined") > 0) {
            call.output.next(&format!("dmr show quarantine {}", text(&first.answer, "ingest")));
        } else if let Some(last) = taken.last() {
            call.output.next(&format!("dmr show sample {}", text(&last.answer, "model")));
        }
        Ok(())
    }

    async fn take(&self, call: &Call<'_>, file: &Path, model: Option<&str>) -> Result<Taken, Problem> {
        if file.as_os_str() != "-" {
            return take(call, file, model, &self.storage, !self.again).await;
        }
        let folder = tempfile::tempdir().map_err(|fault| unreadable(file, &fault))?;
        let name = Path::new(&self.name).file_name().unwrap_or("stdin".as_ref());
        let copy = folder.path().join(name);
        let spooled = std::fs::File::create(&copy).and_then(|mut to| {
            std::io::copy(&mut std::io::stdin().lock(), &mut to)?;
            to.flush()
        });
        spooled.map_err(|fault| unreadable(file, &fault))?;
        take(call, &copy, model, &self.storage, !self.again).await
    }
}

/// Sends a file, with a bar where a person watches. With `if_changed` one that the model has already is not taken in again.
pub async fn take(call: &Call<'_>, file: &Path, model: Option<&str>, storage: &str, if_changed: bool) -> Result<Taken, Problem> {
    let begin = Instant::now();
    let size = std::fs::metadata(file).and_then(readable).map_err(|fault| unreadable(file, &fault))?;
    let bar = if call.output.is_watched() { bar(file, size) } else { ProgressBar::hidden() };
    let progress: Progress = Arc::new({
        let bar = bar.clone();
        move |sent| {
            bar.set_position(sent);
            if sent >= size {
                bar.set_message("taking it in");
                bar.enable_steady_tick(Duration::from_millis(100));
            }
        }
    });
    let mut form = Form::new().field("storage_method", storage);
    if if_changed {
        form = form.field("if_changed", "true");
    }
    if let Some(model) = model {
        form = form.field("model", model);
    }
    let request = Request::post(route::UPLOAD).form(form, file, Some(progress)).await?;
    let answer = call.send(request).await.and_then(|answer| answer.json());
    bar.finish_and_clear();
    Ok(Taken { answer: answer?, time: begin.elapsed() })
}

/// How large a file is; a folder is none.
fn readable(found: std::fs::Metadata) -> std::io::Result<u64> {
    if found.is_dir() { Err(std::io::ErrorKind::IsADirectory.into()) } else { Ok(found.len()) }
}

fn bar(file: &Path, size: u64) -> ProgressBar {
    let bar = ProgressBar::new(size);
    if let Ok(style) = ProgressStyle::with_template("{spinner} {msg} [{bar:30}] {bytes}/{total_bytes} {elapsed}") {
        bar.set_style(style.progress_chars("=> "));
    }
    bar.set_message(file.file_name().unwrap_or_default().to_string_lossy().into_owned());
    bar
}

fn draw(call: &Call<'_>, taken: &[Taken]) -> String {
    let look = call.output.look(&call.settings.terminal);
    let mut grid = Grid::new(["model", "version", "records", "set aside", "storage", "seconds", "ingest"]);
    for Taken { answer, time } in taken {
        let storage = answer.pointer("/storage/method").and_then(Value::as_str).unwrap_or_default();
        grid.row(vec![
            text(answer, "model").to_owned(),
            text(answer, "version").to_owned(),
            number(answer, "records").to_string(),
            number(answer, "quarantined").to_string(),
            storage.to_owned(),
            look.figure(time.as_secs_f64()),
            text(answer, "ingest").to_owned(),
        ]);
    }
    grid.draw("no file")
}

fn unreadable(file: &Path, fault: &std::io::Error) -> Problem {
    Problem::new(Code::FileUnreadable, format!("{} cannot be read: {fault}", file.display()))
}
