//! `dmr import`: a file becomes records of a model that is there.

use super::export::{kind, told};
use crate::call::{Call, items, number, text};
use crate::failure::Failure;
use crate::output::Grid;
use clap::Args;
use dmr::core::words::count;
use dmr::{Code, FileFormat, Problem, Value};
use dmr_api::client::{Progress, Request};
use dmr_api::route;
use indicatif::{ProgressBar, ProgressStyle};
use serde_json::json;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

const AFTER: &str = "\
Examples:
  dmr import Product products.csv --dry-run       what would happen
  dmr import Product products.csv                 all rows or none, up to the setting records.max_bulk
  dmr import Product products.ndjson.gz --report  what fits is taken, the rest is told
  dmr export Product --system | dmr import Product - --as ndjson --system --url http://HOST:PORT

A row changes the record with the model's declared key, or makes one; a model without a key gets new records. A file whose model is not there
yet is for dmr ingest.";

/// Brings the rows of a file in as records.
#[derive(Debug, Args)]
#[command(after_help = AFTER)]
pub struct Import {
    /// The model: Product, shop.Product
    pub model: String,
    /// The file; its ending says the format, and .gz or .zst behind it that it is compressed; - is standard input
    #[arg(value_name = "FILE")]
    pub file: PathBuf,
    /// The format, where no ending says it: json, ndjson, csv, parquet
    #[arg(long = "as", value_name = "FORMAT")]
    pub written_as: Option<String>,
    /// Takes the rows that fit and tells of the rest, also where all of them could stand or fall together
    #[arg(long)]
    pub report: bool,
    /// Tells what would happen, and writes nothing
    #[arg(long)]
    pub dry_run: bool,
    /// With _id, times, users and owner as the file has them; a right of its own
    #[arg(long)]
    pub system: bool,
    /// An idempotency key: with the same one the same file is taken in once, and goes on where it broke off
    #[arg(long, value_name = "KEY")]
    pub once: Option<String>,
}

impl Import {
    /// Brings them in.
    pub async fn run(self, call: &Call<'_>) -> Result<(), Failure> {
        let piped = self.file.as_os_str() == "-";
        let (format, coding) = kind(Some(self.file.as_path()).filter(|_| !piped), self.written_as.as_deref())?;
        let format = format.ok_or_else(|| Problem::new(Code::ParameterValue, "standard input needs its format").suggest("--as ndjson"))?;
        let model = call.model(&self.model).await?.name;
        let spooled = if piped { Some(spooled()?) } else { None };
        let path = spooled.as_ref().map_or(self.file.as_path(), tempfile::NamedTempFile::path);
        let begin = Instant::now();
        let answer = self.send(call, &model, path, format, coding).await?;
        call.output.show(&answer, || draw(call, &answer, begin.elapsed()))?;
        let failed = number(&answer, "failed");
        if failed == 0 {
            call.output.next(&format!("dmr show sample {model}"));
            return Ok(());
        }
        let rows = number(&answer, "rows");
        Err(Problem::new(Code::IngestRow, format!("{failed} of {} did not fit", count(rows, "row"))).into())
    }

    async fn send(
        &self,
        call: &Call<'_>,
        model: &str,
        path: &Path,
        format: FileFormat,
        coding: Option<&'static str>,
    ) -> Result<Value, Problem> {
        let size = std::fs::metadata(path).map_err(|fault| unreadable(&self.file, &fault))?.len();
        let bar = if call.output.is_watched() { bar(&self.file, size) } else { ProgressBar::hidden() };
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
        let mut request = Request::post(route::fill(route::IMPORT, &[model])).file(format.media(), path, Some(progress)).await?;
        for (name, given) in [("system", self.system), ("dry_run", self.dry_run)] {
            if given {
                request = request.query(name, "true");
            }
        }
        if self.report {
            request = request.query("on_error", "report");
        }
        if let Some(coding) = coding {
            request = request.header("content-encoding", coding);
        }
        if let Some(key) = &self.once {
            request = request.header("idempotency-key", key);
        }
        let answer = call.send(request).await.and_then(|answer| answer.json());
        bar.finish_and_clear();
        answer.map_err(in_our_words)
    }
}

/// Suggestions as this command spells them.
fn in_our_words(mut problem: Problem) -> Problem {
    let ours = |text: &mut String| {
        for (parameter, argument) in [("on_error=report", "--report"), ("dry_run=true", "--dry-run"), ("system=true", "--system")] {
            *text = text.replace(parameter, argument);
        }
    };
    problem.suggestions.iter_mut().for_each(ours);
    problem.errors.iter_mut().flat_map(|issue| issue.suggestions.iter_mut()).for_each(ours);
    problem
}

fn spooled() -> Result<tempfile::NamedTempFile, Problem> {
    let copy = || {
        let mut file = tempfile::NamedTempFile::new()?;
        std::io::copy(&mut std::io::stdin().lock(), &mut file)?;
        file.flush()?;
        Ok(file)
    };
    copy().map_err(|fault: std::io::Error| unreadable(Path::new("-"), &fault))
}

fn bar(file: &Path, size: u64) -> ProgressBar {
    let bar = ProgressBar::new(size);
    if let Ok(style) = ProgressStyle::with_template("{spinner} {msg} [{bar:30}] {bytes}/{total_bytes} {elapsed}") {
        bar.set_style(style.progress_chars("=> "));
    }
    bar.set_message(file.file_name().unwrap_or_default().to_string_lossy().into_owned());
    bar
}

fn draw(call: &Call<'_>, answer: &Value, time: Duration) -> String {
    let look = call.output.look(&call.settings.terminal);
    let mut grid = Grid::new(["rows", "created", "updated", "unchanged", "failed", "seconds"]);
    let mut row: Vec<String> = ["rows", "created", "updated", "unchanged", "failed"].map(|member| told(answer, member)).into();
    row.push(look.figure(time.as_secs_f64()));
    grid.row(row);
    let mut out = grid.draw("");
    if answer["dry_run"] == true {
        out.push_str("nothing was written\n");
    }
    let failed = json!({ "items": answer["errors"] });
    if items(&failed).is_empty() {
        return out;
    }
    let mut grid = Grid::new(["row", "line", "at", "what is wrong"]);
    for row in items(&failed) {
        for error in row["errors"].as_array().into_iter().flatten() {
            let line = row.get("line").map(|_| told(row, "line")).unwrap_or_default();
            grid.row(vec![told(row, "row"), line, text(error, "pointer").to_owned(), text(error, "message").to_owned()]);
        }
    }
    out.push_str(&grid.draw(""));
    let more = number(answer, "more");
    if more > 0 {
        out.push_str(&format!("and {more} more\n"));
    }
    out
}

fn unreadable(file: &Path, fault: &std::io::Error) -> Problem {
    Problem::new(Code::FileUnreadable, format!("{} cannot be read: {fault}", file.display()))
}
