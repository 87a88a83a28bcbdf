//! Import: a file becomes records of a model that is there (R7).

use super::super::Session;
use super::super::in_slices::{InSlices, OnTheirWay};
use super::super::ingest::{Live, Told};
use super::super::pace::Pace;
use super::super::write::Retry;
use super::format::FileFormat;
use super::incoming::{Incoming, Row};
use super::slice::{Landed, Rules, Slice, Stretch, may_import};
use crate::pending::Pending;
use crate::submission::Make;
use dmr_core::words::count;
use dmr_core::{Code, Issue, Problem, Value};
use dmr_ingest::Input;
use serde_json::json;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::AtomicU64;

/// Rows of a slice under an idempotency key: the same rows are in the same slice when they come again.
const FIXED: usize = 1000;
/// The most bytes of a slice; a row that is larger goes alone.
const MOST_BYTES: u64 = 4 * 1024 * 1024;
/// The most failed rows an answer tells; how many more there were is told with them.
const MOST_TOLD: usize = 100;

/// Told of each row that failed, as it is known.
pub type Failed = Arc<dyn Fn(&FailedRow) + Send + Sync>;

/// How a file is brought in.
#[derive(Clone, Default)]
pub struct Import {
    /// Its format; none: what its name ends with.
    pub format: Option<FileFormat>,
    /// The file's own name, where it lies under another.
    pub name: String,
    /// With what the system keeps: `_id`, times, users and owner are taken from the file, for records that are not there yet. A right of
    /// its own.
    pub system: bool,
    /// Tells what would happen, and writes nothing.
    pub dry_run: bool,
    /// Each row is taken or told for itself, also where all of them could stand or fall together.
    pub report: bool,
    /// The idempotency key.
    pub retry: Option<Retry>,
    /// Told how far it is: bytes done of all.
    pub progress: Option<Told>,
    /// Told of each row that failed.
    pub failed: Option<Failed>,
}

/// A row that was not taken.
#[derive(Debug, Clone, PartialEq)]
pub struct FailedRow {
    /// Which record of the file, from 1.
    pub row: u64,
    /// The line it begins on, where the format has lines.
    pub line: Option<u64>,
    /// What is wrong with it.
    pub errors: Vec<Issue>,
}

impl FailedRow {
    /// As it travels: `{row, line?, errors}`.
    pub fn to_value(&self) -> Value {
        match self.line {
            Some(line) => json!({ "row": self.row, "line": line, "errors": self.errors }),
            None => json!({ "row": self.row, "errors": self.errors }),
        }
    }

    pub(super) fn from_value(value: &Value) -> Option<Self> {
        let errors = serde_json::from_value(value.get("errors")?.clone()).ok()?;
        Some(Self { row: value.get("row")?.as_u64()?, line: value.get("line").and_then(Value::as_u64), errors })
    }
}

/// What an import came to.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Imported {
    /// Rows of the file.
    pub rows: u64,
    /// Records that were made.
    pub created: u64,
    /// Records that were changed.
    pub updated: u64,
    /// Records that were as the file has them.
    pub unchanged: u64,
    /// Rows that were not taken.
    pub failed: u64,
    /// The first of them.
    pub errors: Vec<FailedRow>,
    /// Whether nothing was written, as it was asked.
    pub dry_run: bool,
    /// Whether all of it had been done before under the same idempotency key.
    pub replayed: bool,
}

impl Imported {
    /// As it travels: `{rows, created, updated, unchanged, failed, errors: [{row, line?, errors}], more?, dry_run?}`.
    pub fn to_value(&self) -> Value {
        let mut out = json!({
            "rows": self.rows, "created": self.created, "updated": self.updated, "unchanged": self.unchanged, "failed": self.failed,
            "errors": self.errors.iter().map(FailedRow::to_value).collect::<Vec<_>>(),
        });
        let more = self.failed - self.errors.len() as u64;
        if more > 0 {
            out["more"] = more.into();
        }
        if self.dry_run {
            out["dry_run"] = true.into();
        }
        out
    }
}

impl Session {
    /// Brings the rows of a file in as records (R7): each changes the record with its declared key, or makes one; with `system` the record
    /// with its `_id`. It takes the right to create or to update. As many rows as `records.max_bulk` allows are taken all or none; of more
    /// each is taken or told for itself.
    pub fn import(&self, model: &str, file: &Path, import: Import) -> Pending<Imported> {
        self.pending(|session| {
            let seen = may_import(session, model, import.system)?;
            let name = match import.name.as_str() {
                "" => file.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default(),
                name => name.to_owned(),
            };
            let format = import.format.or_else(|| FileFormat::of_file(&name)).ok_or_else(|| unknown_format(&name))?;
            let rules = Rules {
                model: (seen.model.head.name.to_string(), seen.model.id()),
                system: import.system,
                dry_run: import.dry_run,
                retry: import.retry.as_ref().map(|retry| retry.of(session)),
                decided: AtomicU64::new(0),
            };
            let live = Arc::new(Live::new(self.inner.ids.next(), session.asker.id, name.clone(), self.inner.now(), None));
            let file: PathBuf = file.to_owned();
            let running = Running {
                session: session.clone().exact(),
                rules: Arc::new(rules),
                import,
                pace: Pace::new(),
                on_their_way: OnTheirWay::new(),
                told: Imported::default(),
                all_replayed: true,
                total: file.metadata().map(|metadata| metadata.len()).unwrap_or_default(),
            };
            let (reply, pending) = Pending::new();
            let (ingests, told) = (self.inner.ingests.clone(), live.clone());
            self.inner.ingests.run(&live, move || {
                let answer = running.run(&file, &Input::spooled(name, &file), format);
                ingests.ended(&told, true);
                drop(ingests);
                reply.send(answer);
            })?;
            Ok(pending)
        })
    }
}

fn unknown_format(name: &str) -> Problem {
    let names = FileFormat::ALL.map(FileFormat::as_str).join(", ");
    Problem::new(Code::IngestFormat, format!("the name '{name}' does not tell a format that is imported: {names}"))
        .suggest(format!("say which it is: {names}"))
}

struct Running {
    session: Session,
    rules: Arc<Rules>,
    import: Import,
    pace: Pace,
    on_their_way: OnTheirWay<Stretch, Landed>,
    told: Imported,
    all_replayed: bool,
    total: u64,
}

impl Running {
    fn run(mut self, path: &Path, input: &Input, format: FileFormat) -> Result<Imported, Problem> {
        self.told.dry_run = self.import.dry_run;
        let result = self.all(path, input, format).and_then(|()| self.land_until(0));
        // What is on its way is waited for, also where an earlier one failed.
        for (_, pending) in std::mem::take(&mut self.on_their_way) {
            if let Ok(landed) = pending.wait() {
                self.count(landed);
            }
        }
        match result {
            Ok(()) => {
                self.told.replayed = self.all_replayed && self.rules.retry.is_some();
                Ok(self.told)
            }
            Err(problem) => Err(self.stopped(problem)),
        }
    }

    /// Why it stopped before the end, and what is there all the same.
    fn stopped(&self, problem: Problem) -> Problem {
        let done = self.told.created + self.told.updated;
        if done == 0 || self.import.dry_run {
            return problem;
        }
        let detail = format!("{}; {} of the rows before are taken in", problem.detail, count(done, "record"));
        Problem { detail, ..problem }.suggest("send the file again: what is there already stays as it is where the model has a key")
    }

    fn all(&mut self, path: &Path, input: &Input, format: FileFormat) -> Result<(), Problem> {
        let seen = may_import(&self.session, &self.rules.model.0, self.rules.system)?;
        let mut rows = Incoming::open(input, path, format, &seen, self.rules.system)?;
        let settings = self.session.inner.settings();
        let (together, most) = (if self.import.report { 0 } else { settings.records.max_bulk }, settings.server.max_body);
        let mut first = Vec::new();
        let mut more = None;
        while let Some(row) = rows.next()? {
            if first.len() == together || rows.byte() > most {
                more = Some(row);
                break;
            }
            first.push(row);
        }
        if more.is_none() {
            return self.together(first, rows.byte());
        }
        let mut early = first.into_iter().chain(more);
        let mut from = 0;
        loop {
            let size = if self.rules.retry.is_some() { FIXED } else { self.pace.size };
            let (mut slice, begin) = (Vec::with_capacity(size), rows.byte());
            while slice.len() < size && rows.byte() - begin < MOST_BYTES {
                let Some(row) = early.next().map_or_else(|| rows.next(), |row| Ok(Some(row)))? else { break };
                slice.push(row);
            }
            if slice.is_empty() {
                return Ok(());
            }
            let count = slice.len() as u64;
            let (size, byte) = (size_of(&slice, rows.byte() - begin), rows.byte());
            let rules = self.rules.clone();
            self.hand_in(Arc::new(Stretch { rules, rows: slice, from, whole: false, size, byte }))?;
            from += count;
        }
    }

    /// Few enough to stand or fall together.
    fn together(&mut self, rows: Vec<Row>, byte: u64) -> Result<(), Problem> {
        if rows.is_empty() && self.rules.retry.is_none() {
            return Ok(());
        }
        let size = size_of(&rows, byte);
        self.hand_in(Arc::new(Stretch { rules: self.rules.clone(), rows, from: 0, whole: true, size, byte }))
    }

    fn count(&mut self, landed: Landed) {
        let told = &mut self.told;
        told.created += landed.created;
        told.updated += landed.updated;
        told.unchanged += landed.unchanged;
        told.failed += landed.failed;
        self.all_replayed &= landed.replayed;
        for failure in landed.failures {
            if let Some(tell) = &self.import.failed {
                tell(&failure);
            }
            if told.errors.len() < MOST_TOLD {
                told.errors.push(failure);
            }
        }
    }
}

impl InSlices for Running {
    type Slice = Stretch;
    type Landed = Landed;

    fn on_their_way(&mut self) -> &mut OnTheirWay<Stretch, Landed> {
        &mut self.on_their_way
    }

    fn submit(&self, stretch: &Arc<Stretch>) -> Pending<Landed> {
        let stretch = stretch.clone();
        let make: Make<Slice> = Arc::new(move |session: &Session| Slice::prepare(session, &stretch));
        self.session.submit(make, Slice::landed, true)
    }

    fn landed(&mut self, stretch: &Stretch, landed: Landed) {
        self.pace.landed(stretch.rows.len(), landed.took);
        if let Some(told) = &self.import.progress {
            told(stretch.byte.min(self.total), self.total);
        }
        self.told.rows += stretch.rows.len() as u64;
        self.count(landed);
    }
}

/// About how many bytes rows hold.
fn size_of(rows: &[Row], read: u64) -> usize {
    usize::try_from(read).unwrap_or(usize::MAX / 2) + rows.len() * 64
}
