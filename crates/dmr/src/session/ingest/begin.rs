//! Taking a file or posted records in, from the first look to the answer (D1).

use super::super::Session;
use super::super::submitted::Registering;
use super::MOST_SET_ASIDE;
use super::destination::{Destination, Target};
use super::entry::{Entry, State};
use super::hash;
use super::load::{Load, Meter, Told};
use super::running::{Claim, Live};
use crate::pending::Pending;
use crate::submission::Make;
use dmr_core::catalog::Catalog;
use dmr_core::decide::{Decision, Reads, Snapshot};
use dmr_core::problem::nearest;
use dmr_core::record::RecordId;
use dmr_core::registration::StorageAsked;
use dmr_core::{Code, Issue, Problem, Value, time};
use dmr_ingest::{Input, Outcome, rows};
use serde_json::json;
use std::fs::Metadata;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// How a file is taken in.
#[derive(Clone, Default)]
pub struct Upload {
    /// The file's own name, after which a new model is called; an upload may be spooled under another.
    pub name: String,
    /// The model its records go into, which is registered where it is not there; none: the one called after the file, in the
    /// namespace `dynamic`.
    pub model: Option<String>,
    /// How a new model is stored.
    pub storage: StorageAsked,
    /// The file is to be in the model once: one that was taken in is not taken in again, one that was interrupted goes on where it
    /// stopped.
    pub if_changed: bool,
    /// How many rows may be set aside before the ingest stops; none, and the most there is: [`MOST_SET_ASIDE`].
    pub most_set_aside: Option<u64>,
    /// Told how far it is: bytes done of all, each byte counted once for each time it is read.
    pub progress: Option<Told>,
}

/// An ingest that began.
#[must_use = "an ingest is waited for or asked for by its id"]
pub struct Begun {
    /// Its id, for [`Session::ingest`]. With [`Upload::if_changed`] the answer may be of an earlier one.
    pub ingest: String,
    /// Its answer.
    pub done: Pending<Value>,
}

/// What an ingest works with.
struct Ingestion {
    session: Session,
    input: Input,
    from: From,
    options: Upload,
    live: Arc<Live>,
}

/// What the hash is made of.
enum From {
    File(PathBuf),
    Records(Arc<[Value]>),
}

type Decide = Box<dyn FnMut(&Catalog, &Snapshot, i64) -> Decision + Send>;

impl Session {
    /// Takes a file in: `{ingest, model, version, created, records, quarantined, storage: {method, reasons}, fields, notices}` (D1).
    /// `fields` tells of a new model what was seen of each field and why its type was chosen.
    pub fn upload(&self, file: &Path, options: Upload) -> Pending<Value> {
        self.begin_upload(file, options).map_or_else(Pending::refused, |begun| begun.done)
    }

    /// As [`Session::upload`], telling at once which ingest it is.
    ///
    /// # Errors
    /// Where the asker may not, or too many wait.
    pub fn begin_upload(&self, file: &Path, options: Upload) -> Result<Begun, Problem> {
        let name = match options.name.as_str() {
            "" => file.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default(),
            name => name.to_owned(),
        };
        self.begin(Input::spooled(name, file), From::File(file.to_owned()), options)
    }

    /// Takes posted records in: `{data_records, source_name, storage_method?}`; the answer is that of [`Session::upload`] (D1).
    pub fn process(&self, body: Value) -> Pending<Value> {
        self.begin_process(body).map_or_else(Pending::refused, |begun| begun.done)
    }

    /// As [`Session::process`], telling at once which ingest it is.
    ///
    /// # Errors
    /// Where the body is not of its shape, the asker may not, or too many wait.
    pub fn begin_process(&self, body: Value) -> Result<Begun, Problem> {
        let (records, name, storage) = posted(body)?;
        let records: Arc<[Value]> = records.into();
        self.begin(Input::records(name, records.clone()), From::Records(records), Upload { storage, ..Upload::default() })
    }

    fn begin(&self, input: Input, from: From, options: Upload) -> Result<Begun, Problem> {
        let session = self.current()?;
        // A model that is not there is made: one of another namespace is not meant.
        let session = session.into_owned().exact();
        Destination::find(&session, options.model.as_deref(), input.name())?;
        let (id, now) = (self.inner.ids.next(), self.inner.now());
        let live = Arc::new(Live::new(id, session.asker.id, input.name().to_owned(), now, input.size()));
        let ingestion = Ingestion { session, input, from, options, live: live.clone() };
        let (reply, done) = Pending::new();
        let (ingests, told) = (self.inner.ingests.clone(), live.clone());
        self.inner.ingests.run(&live, move || {
            // The ingestion is gone with its hold on the registry before anyone is told.
            let (answer, has_entry) = ingestion.run();
            if let Err(problem) = &answer {
                *told.problem.lock() = Some(problem.clone());
            }
            ingests.ended(&told, has_entry);
            drop(ingests);
            reply.send(answer);
        })?;
        Ok(Begun { ingest: id.to_string(), done })
    }
}

impl Ingestion {
    /// Takes it in; also tells whether the registry has an entry of it.
    fn run(self) -> (Result<Value, Problem>, bool) {
        match self.prepared() {
            Ok(Prepared::Unchanged(answer)) => (Ok(answer), true),
            Ok(Prepared::Ready(ready)) => (self.load(*ready), true),
            Err(problem) => (Err(problem), false),
        }
    }

    /// Everything before the first record.
    fn prepared(&self) -> Result<Prepared, Problem> {
        let (hash, metadata) = match &self.from {
            From::File(path) => hash::of_file(path).map(|(hash, metadata)| (hash, Some(metadata)))?,
            From::Records(records) => (hash::of_records(records), None),
        };
        let session = self.session.renewed()?;
        let destination = Destination::find(&session, self.options.model.as_deref(), self.input.name())?;
        let mut claim = None;
        let mut earlier = None;
        if self.options.if_changed {
            claim = Some(session.inner.ingests.claim(format!("{hash} {}", destination.name()))?);
            earlier = session.earlier(&hash, &destination)?;
        }
        if let (Some(entry), Destination::Existing(seen)) = (&earlier, &destination)
            && entry.state == State::Done
        {
            let mut answer = answer(entry, &seen.model.version.version.to_string());
            answer["unchanged"] = true.into();
            return Ok(Prepared::Unchanged(answer));
        }
        let size = self.input.size().unwrap_or(0);
        let mut meter = Meter { live: self.live.clone(), told: self.options.progress.clone(), before: 0, total: size };
        let target = destination.settle(&session, &self.input, self.options.storage, &mut meter)?;
        let mut rows = rows(&self.input, &target.layout)?;
        let from = earlier.as_ref().map_or(0, |entry| entry.rows);
        for _ in 0..from {
            rows.next().transpose()?;
        }
        let first = rows.next().transpose()?;
        if first.is_none() && from == 0 {
            return Err(Problem::new(Code::IngestEmpty, format!("there is no record in '{}'", self.input.name())));
        }
        let ingest = earlier.map_or(self.live.id, |entry| entry.id);
        let resumed = ingest != self.live.id;
        session.keep_ingest(self.first_entry(ingest, &target, hash)).wait()?;
        Ok(Prepared::Ready(Box::new(Ready { ingest, resumed, target, meter, metadata, first, rows, from, _claim: claim })))
    }

    fn first_entry(&self, id: RecordId, target: &Target, hash: String) -> Entry {
        Entry {
            id,
            model: target.seen.model.head.name.to_string(),
            model_id: target.seen.model.id(),
            name: self.input.name().to_owned(),
            hash,
            state: State::Running,
            rows: 0,
            records: 0,
            quarantined: 0,
            bytes: 0,
            total_bytes: self.input.size(),
            started_at: time::text(self.live.started_at),
            ended_at: None,
            by: self.session.asker.id,
            storage: target.storage.clone(),
            problem: None,
        }
    }

    /// Every record, and the answer.
    fn load(&self, mut ready: Ready) -> Result<Value, Problem> {
        let Target { seen, created, fields, notices, .. } = ready.target;
        let session = self.session.renewed()?;
        let mut load = Load::new(session, ready.ingest, seen.model.clone(), ready.meter);
        load.most_set_aside = self.options.most_set_aside.map_or(MOST_SET_ASIDE, |most| most.min(MOST_SET_ASIDE));
        let mut result = load.run(ready.first, &mut ready.rows, ready.from);
        if let (Ok(()), From::File(path), Some(metadata)) = (&result, &self.from, &ready.metadata)
            && hash::has_changed(path, metadata)
        {
            let detail = format!("'{}' changed while it was read: what was read is in the model", self.input.name());
            result = Err(Problem::new(Code::FileUnreadable, detail).suggest("ingest it again when nobody writes to it"));
        }
        let entry = self.session.end_ingest(ready.ingest, result.as_ref().err())?;
        result?;
        let mut answer = answer(&entry, &seen.model.version.version.to_string());
        answer["created"] = created.into();
        answer["fields"] = fields.into();
        answer["notices"] = json!(notices);
        if ready.resumed {
            answer["resumed"] = true.into();
        }
        Ok(answer)
    }
}

/// What is known before the first record.
enum Prepared {
    /// It is in already.
    Unchanged(Value),
    /// It goes in.
    Ready(Box<Ready>),
}

struct Ready {
    ingest: RecordId,
    resumed: bool,
    target: Target,
    meter: Meter,
    metadata: Option<Metadata>,
    first: Option<Outcome>,
    rows: dmr_ingest::Rows,
    from: u64,
    _claim: Option<Claim>,
}

impl Session {
    /// The last ingest of the same content into the same model: one that is done, else one that stopped and can go on.
    fn earlier(&self, hash: &str, destination: &Destination) -> Result<Option<Entry>, Problem> {
        let Destination::Existing(seen) = destination else { return Ok(None) };
        let same = |stored: &&Value| stored["hash"] == hash && stored["model_id"] == seen.model.id().0;
        let entries: Vec<Entry> = {
            let catalog = self.inner.catalog.read();
            catalog.ingests().rev().map(|(_, stored)| stored).filter(same).map(Entry::read).collect::<Result<_, _>>()?
        };
        let done = entries.iter().find(|entry| entry.state == State::Done).cloned();
        Ok(done.or_else(|| entries.into_iter().find(|entry| !self.inner.ingests.runs(entry.id))))
    }

    /// Writes the entry of an ingest that begins, or goes on.
    fn keep_ingest(&self, first: Entry) -> Pending<()> {
        let make: Make<Registering<Decide>> = Arc::new(move |_: &Session| {
            let first = first.clone();
            let decide: Decide = Box::new(move |catalog: &Catalog, _: &Snapshot, _| {
                let Some(stored) = catalog.ingest(&first.id.to_string()) else { return Decision::Changes(vec![first.change(None)]) };
                match Entry::read(stored) {
                    Ok(entry) => {
                        let entry = Entry { state: State::Running, ended_at: None, problem: None, ..entry };
                        Decision::Changes(vec![entry.change(Some(stored))])
                    }
                    Err(problem) => Decision::Refused(Box::new(problem)),
                }
            });
            Ok(Registering { on: None, reads: Reads::default(), decide })
        });
        self.submit(make, |_, _, _| Ok(()), false)
    }

    /// Writes that an ingest ended, as its asker, or as the system where that one is gone.
    fn end_ingest(&self, id: RecordId, problem: Option<&Problem>) -> Result<Entry, Problem> {
        let session = self.renewed().unwrap_or_else(|_| {
            let system = self.inner.catalog.read().people.system();
            Self { asker: Arc::new(system), ..self.clone() }
        });
        let (key, told) = (id.to_string(), problem.map(Problem::to_json));
        let make: Make<Registering<Decide>> = Arc::new(move |_: &Session| {
            let (key, told) = (key.clone(), told.clone());
            let decide: Decide = Box::new(move |catalog: &Catalog, _: &Snapshot, now| match ended(catalog, &key, told.clone(), now) {
                Ok(entry) => Decision::Changes(vec![entry.change(catalog.ingest(&key))]),
                Err(problem) => Decision::Refused(Box::new(problem)),
            });
            Ok(Registering { on: None, reads: Reads::default(), decide })
        });
        let written = session.submit(make, |_, _, _| Ok(()), false).wait();
        match (written, problem) {
            (Err(_), Some(problem)) => Err(problem.clone()),
            (Err(problem), None) => Err(problem),
            (Ok(()), _) => stored(&self.inner.catalog.read(), &id.to_string()),
        }
    }
}

fn stored(catalog: &Catalog, key: &str) -> Result<Entry, Problem> {
    catalog.ingest(key).ok_or_else(|| Problem::new(Code::IngestUnknown, "the ingest is gone")).and_then(Entry::read)
}

fn ended(catalog: &Catalog, key: &str, problem: Option<Value>, now: i64) -> Result<Entry, Problem> {
    let state = if problem.is_some() { State::Failed } else { State::Done };
    let entry = stored(catalog, key)?;
    let bytes = if state == State::Done { entry.total_bytes.unwrap_or(entry.bytes) } else { entry.bytes };
    Ok(Entry { state, bytes, ended_at: Some(time::text(now)), problem, ..entry })
}

fn answer(entry: &Entry, version: &str) -> Value {
    json!({
        "ingest": entry.id, "model": entry.model, "version": version, "created": false, "records": entry.records,
        "quarantined": entry.quarantined, "storage": entry.storage, "fields": [], "notices": [],
    })
}

/// Records, name of the source, and storage of a posted body.
fn posted(body: Value) -> Result<(Vec<Value>, String, StorageAsked), Problem> {
    const MEMBERS: [&str; 3] = ["data_records", "source_name", "storage_method"];
    let mut issues = Vec::new();
    let (mut records, mut name, mut storage) = (None, None, StorageAsked::Auto);
    let Value::Object(members) = body else {
        let issue = Issue::body("", Code::BodyShape, "the body is an object");
        return Err(Problem::one(issue.suggest(r#"{"data_records": [{...}], "source_name": "orders"}"#)));
    };
    for (member, value) in members {
        let at = dmr_core::path::pointer("", &member);
        let wrong = |message: &str| Issue::body(at.clone(), Code::BodyShape, message);
        match (member.as_str(), value) {
            ("data_records", Value::Array(list)) => records = Some(list),
            ("data_records", _) => issues.push(wrong("`data_records` is a list of objects")),
            ("source_name", Value::String(text)) if !text.trim().is_empty() => name = Some(text),
            ("source_name", _) => issues.push(wrong("`source_name` is a text").suggest("orders")),
            ("storage_method", value) => match value.as_str().and_then(StorageAsked::find) {
                Some(asked) => storage = asked,
                None => issues.push(wrong("`storage_method` is `flexible`, `structured` or `auto`").value(&value)),
            },
            (other, _) => issues.push(wrong(&format!("there is no member `{other}`")).suggest_all(nearest(other, MEMBERS))),
        }
    }
    let missing = |member: &str| Issue::body(format!("/{member}"), Code::BodyShape, format!("`{member}` is missing"));
    let told = |member: &str| issues.iter().any(|issue| issue.pointer.get(1..) == Some(member));
    let absent: Vec<Issue> = [("data_records", records.is_none()), ("source_name", name.is_none())]
        .into_iter()
        .filter(|(member, gone)| *gone && !told(member))
        .map(|(member, _)| missing(member))
        .collect();
    issues.extend(absent);
    match (records, name) {
        (Some(records), Some(name)) if issues.is_empty() => Ok((records, name, storage)),
        _ => Err(Problem::of(Code::BodyShape, issues)),
    }
}
