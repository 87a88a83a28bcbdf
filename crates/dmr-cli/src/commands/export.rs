//! `dmr export`: records become a file.

use crate::call::Call;
use crate::failure::Failure;
use crate::selection::Selection;
use clap::Args;
use dmr::core::words::count;
use dmr::{Code, FileFormat, Problem, Value};
use dmr_api::client::{Download, Request};
use dmr_api::route;
use indicatif::{ProgressBar, ProgressStyle};
use serde_json::json;
use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};

const AFTER: &str = "\
Examples:
  dmr export Product products.csv
  dmr export Product products.ndjson.gz --where 'price >= 10' --sort name
  dmr export Product --as csv --fields name,price | less

What a file does not hold: fields that may not be read, WRITE_ONLY ones, and without --system what the system keeps (_id, times, users).";

/// Writes records into a file.
#[derive(Debug, Args)]
#[command(after_help = AFTER)]
pub struct Export {
    /// The model: Product, shop.Product
    pub model: String,
    /// The file; its ending says the format, and .gz or .zst behind it that it is compressed; - or none is standard output
    #[arg(value_name = "FILE")]
    pub file: Option<PathBuf>,
    /// The format, where no ending says it: json, ndjson, csv, parquet [default for standard output: ndjson]
    #[arg(long = "as", value_name = "FORMAT")]
    pub written_as: Option<String>,
    /// Which of them
    #[command(flatten)]
    pub selection: Selection,
    /// With _id, times, users, owner and version; a right of its own
    #[arg(long)]
    pub system: bool,
}

impl Export {
    /// Writes the file.
    pub async fn run(self, call: &Call<'_>) -> Result<(), Failure> {
        let file = self.file.clone().filter(|file| file.as_os_str() != "-");
        let (format, coding) = kind(file.as_deref(), self.written_as.as_deref())?;
        let format = format.unwrap_or(FileFormat::Ndjson);
        let model = call.model(&self.model).await?;
        let mut query = vec![("format".to_owned(), format.as_str().to_owned())];
        for (name, value) in self.selection.parameters(&model)? {
            // A field of this name is no parameter.
            let name = if matches!(name.as_str(), "format" | "system") { format!("{name}__eq") } else { name };
            query.push((name, value));
        }
        query.extend(self.selection.limit.map(|limit| ("limit".to_owned(), limit.to_string())));
        if self.system {
            query.push(("system".to_owned(), "true".to_owned()));
        }
        let path = route::fill(route::EXPORT, &[&model.name]);
        let mut request = Request::get(path).query_all(query.iter().map(|(name, value)| (name.as_str(), value.as_str())));
        if let Some(coding) = coding {
            request = request.header("accept-encoding", coding);
        }
        // A refusal comes before anything is written: it leaves no half file.
        let download = call.client.download(request).await?;
        if let Some(coding) = coding.filter(|coding| download.header("content-encoding") != Some(*coding)) {
            return Err(Problem::new(Code::ServerAnswer, format!("the server does not compress with {coding}")).into());
        }
        let Some(file) = file else {
            write(call, download, std::io::stdout().lock()).await?;
            return Ok(());
        };
        let bytes = keep(call, download, &file).await?;
        let told = json!({ "file": file.display().to_string(), "format": format.as_str(), "bytes": bytes });
        call.output.show(&told, || format!("exported: {}, {}\n", file.display(), count(bytes, "byte")))?;
        call.output.next(&format!("dmr import MODEL {}", file.display()));
        Ok(())
    }
}

/// The format of a file and how it is compressed, by its ending or as it was said.
pub fn kind(file: Option<&Path>, said: Option<&str>) -> Result<(Option<FileFormat>, Option<&'static str>), Problem> {
    let name = file.and_then(Path::file_name).map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let (name, coding) = match name.rsplit_once('.') {
        Some((inner, "gz")) => (inner.to_owned(), Some("gzip")),
        Some((inner, "zst")) => (inner.to_owned(), Some("zstd")),
        _ => (name, None),
    };
    let names = FileFormat::ALL.map(FileFormat::as_str).join(", ");
    match said {
        Some(said) => match FileFormat::find(said) {
            Some(format) => Ok((Some(format), coding)),
            None => Err(Problem::new(Code::ParameterValue, format!("`{said}` is no format of files: {names}"))),
        },
        None => match FileFormat::of_file(&name) {
            None if file.is_some() => {
                let detail = format!("the ending of '{name}' says no format of files: {names}");
                Err(Problem::new(Code::ParameterValue, detail).suggest("--as csv"))
            }
            format => Ok((format, coding)),
        },
    }
}

/// Writes into a file that has its name only when it is whole.
async fn keep(call: &Call<'_>, download: Download, file: &Path) -> Result<u64, Failure> {
    let mut name = file.file_name().unwrap_or_default().to_owned();
    name.push(".part");
    let part = file.with_file_name(name);
    let failed = |fault: std::io::Error| Problem::new(Code::FileUnreadable, format!("{} cannot be written: {fault}", file.display()));
    let out = File::create(&part).map_err(failed)?;
    let written = write(call, download, BufWriter::new(out)).await;
    if written.is_err() {
        // What cannot be removed either is called .part.
        let _left = std::fs::remove_file(&part);
    }
    let bytes = written?;
    std::fs::rename(&part, file).map_err(failed)?;
    Ok(bytes)
}

async fn write(call: &Call<'_>, mut download: Download, mut out: impl Write) -> Result<u64, Failure> {
    let bar = if call.output.is_watched() { ProgressBar::new_spinner() } else { ProgressBar::hidden() };
    if let Ok(style) = ProgressStyle::with_template("{spinner} {bytes} {bytes_per_sec} {elapsed}") {
        bar.set_style(style);
    }
    let mut bytes = 0;
    while let Some(piece) = download.next().await? {
        out.write_all(&piece)?;
        bytes += piece.len() as u64;
        bar.set_position(bytes);
    }
    out.flush()?;
    bar.finish_and_clear();
    Ok(bytes)
}

/// What an answer of the API says, where it is a number.
pub fn told(answer: &Value, member: &str) -> String {
    answer.get(member).and_then(Value::as_u64).unwrap_or_default().to_string()
}
