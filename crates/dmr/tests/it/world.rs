//! A world that reads like speech: a registry on each store, people in it, and what they are told.

use dmr::core::json;
use dmr::{AuditFilter, BatchAnswer, Get, ModelFilter, Page, Parameters, Patch, Pending, Problem, PutAnswer, PutModel};
use dmr::{Registered, Registry, Rows, Session, Settings, Value, Write, Written, read_parameters};
use std::ops::Deref;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

/// What somebody was told.
pub type Told = Result<Value, Problem>;

/// A registry with people in it. Its clock stands still unless it is put forward.
pub struct World {
    pub registry: Registry,
    _store: Store,
    now: Arc<AtomicI64>,
    directory: Option<tempfile::TempDir>,
    settings: Settings,
}

/// Somebody with a session.
pub struct Person(pub Session);

/// Tells a story in a world on each store.
pub fn on_both(story: impl Fn(World)) {
    with_settings(&Settings::default(), story);
}

/// The same, under other settings.
pub fn with_settings(settings: &Settings, story: impl Fn(World)) {
    insta::allow_duplicates! {
        for directory in [None, Some(tempfile::tempdir().unwrap())] {
            story(World::open(directory, settings.clone(), Arc::new(AtomicI64::new(1_767_225_600_000_000)), 1));
        }
    }
}

impl World {
    fn open(directory: Option<tempfile::TempDir>, settings: Settings, now: Arc<AtomicI64>, seed: u64) -> Self {
        let clock = now.clone();
        let builder = Registry::builder().settings(settings.clone()).ids(seed).clock(move || clock.load(Ordering::SeqCst));
        let builder = match &directory {
            Some(directory) => builder.data(directory.path()),
            None => builder.memory(),
        };
        let store = Store(if directory.is_some() { "sqlite" } else { "memory" });
        Self { registry: builder.open().unwrap(), _store: store, now, directory, settings }
    }

    /// The same world after its process ended and began anew; in memory it just goes on.
    pub fn reopened(self) -> Self {
        if self.directory.is_none() {
            return self;
        }
        let Self { registry, now, directory, settings, .. } = self;
        registry.close();
        drop(registry);
        Self::open(directory, settings, now, 2)
    }

    pub fn is_in_memory(&self) -> bool {
        self.directory.is_none()
    }

    pub fn seconds_pass(&self, seconds: i64) {
        self.now.fetch_add(seconds * 1_000_000, Ordering::SeqCst);
    }

    /// An administrator, by a key.
    pub fn admin(&self) -> Person {
        let key = self.registry.administrator_key("tests").unwrap();
        self.with_key(&key)
    }

    /// Somebody with these roles, by a key.
    pub fn person(&self, name: &str, roles: &[&str]) -> Person {
        let local = self.registry.session(self.registry.local().unwrap());
        local.create_principal(serde_json::json!({ "name": name, "roles": roles })).wait().unwrap();
        let key = local.create_key(name, serde_json::json!({})).wait().unwrap();
        self.with_key(key["key"].as_str().unwrap())
    }

    /// Whoever comes with this key.
    pub fn with_key(&self, key: &str) -> Person {
        Person(self.registry.session(self.registry.authenticate(Some(key)).unwrap()))
    }

    /// Whoever comes without one.
    pub fn anybody(&self) -> Person {
        Person(self.registry.session(self.registry.authenticate(None).unwrap()))
    }
}

/// Tells which store it was when a story goes wrong.
struct Store(&'static str);

impl Drop for Store {
    fn drop(&mut self) {
        if std::thread::panicking() {
            eprintln!("-- this was on the {} store", self.0);
        }
    }
}

impl Deref for Person {
    type Target = Session;

    fn deref(&self) -> &Session {
        &self.0
    }
}

impl Person {
    pub fn id(&self) -> String {
        self.0.asker().id.to_string()
    }

    pub fn registers(&self, body: Value) -> Told {
        self.0.register(body).wait().map(|registered| registered.model)
    }

    pub fn puts(&self, name: &str, body: Value) -> Told {
        self.0.put_model(name, body, PutModel::default()).wait().map(model_of)
    }

    pub fn plans(&self, name: &str, body: Value) -> Told {
        self.0.put_model(name, body, PutModel { dry_run: true, if_match: None }).wait().map(model_of)
    }

    pub fn changes_model(&self, name: &str, patch: Value) -> Told {
        self.0.change_model(name, patch, None).wait().map(|registered: Registered| registered.model)
    }

    pub fn permits(&self, name: &str, permissions: Value) -> Told {
        self.0.set_permissions(name, permissions, None).wait()
    }

    /// The models it finds: their names.
    pub fn finds(&self, filter: ModelFilter) -> Vec<String> {
        let found = self.0.models(&filter).unwrap();
        found["items"].as_array().unwrap().iter().map(|model| model["path"].as_str().unwrap().to_owned()).collect()
    }

    pub fn creates(&self, model: &str, record: Value) -> Told {
        self.0.create_value(model, record, Write::default()).wait().map(seen)
    }

    /// The same, from a text, for what no value can say.
    pub fn creates_text(&self, model: &str, record: &str) -> Told {
        self.0.create(model, record.as_bytes(), Write::default()).wait().map(seen)
    }

    pub fn gets(&self, model: &str, id: &str) -> Told {
        self.0.get(model, id, &Get::default()).map(|seen| seen.to_value())
    }

    pub fn gets_with(&self, model: &str, id: &str, get: &Get) -> Told {
        self.0.get(model, id, get).map(|seen| seen.to_value())
    }

    pub fn updates(&self, model: &str, id: &str, patch: Value) -> Told {
        self.updates_with(model, id, patch, Write::default())
    }

    pub fn updates_with(&self, model: &str, id: &str, patch: Value, write: Write) -> Told {
        self.0.update(model, id, Patch::Merge(json::to_string(&patch).as_bytes()), write).wait().map(seen)
    }

    pub fn replaces(&self, model: &str, id: &str, record: Value) -> Told {
        self.0.replace(model, id, json::to_string(&record).as_bytes(), Write::default()).wait().map(seen)
    }

    pub fn deletes(&self, model: &str, id: &str) -> Told {
        self.0.delete(model, id, false, Write::default()).wait().map(|()| Value::Null)
    }

    pub fn purges(&self, model: &str, id: &str) -> Told {
        self.0.delete(model, id, true, Write::default()).wait().map(|()| Value::Null)
    }

    pub fn restores(&self, model: &str, id: &str) -> Told {
        self.0.restore(model, id, Write::default()).wait().map(seen)
    }

    pub fn reverts(&self, model: &str, id: &str, to: u64) -> Told {
        self.0.revert(model, id, to, Write::default()).wait().map(seen)
    }

    pub fn creates_all(&self, model: &str, records: &Value) -> Told {
        self.creates_all_with(model, records, Write::default())
    }

    pub fn creates_all_with(&self, model: &str, records: &Value, write: Write) -> Told {
        self.0.bulk(model, Rows::Json(json::to_string(records).as_bytes()), write).wait().map(|answer| answer.to_value())
    }

    pub fn batch(&self, model: &str, operations: &Value, write: Write) -> Told {
        let body = json::to_string(&serde_json::json!({ "operations": operations }));
        self.0.batch(model, body.as_bytes(), write).wait().map(|answer: BatchAnswer| answer.to_value())
    }

    /// A list by the parameters of an address: `price__gte=10&sort=-price`.
    pub fn lists(&self, model: &str, parameters: &str) -> Told {
        self.0.list(model, parameters_of(parameters)?).wait().map(|page| page.to_value())
    }

    /// The values of a field on a page, in order.
    pub fn column(&self, model: &str, parameters: &str, field: &str) -> Vec<Value> {
        let page = self.lists(model, parameters).done();
        page["items"].as_array().unwrap().iter().map(|record| record[field].clone()).collect()
    }

    pub fn asks(&self, model: &str, document: Value) -> Told {
        self.0.query(model, &document, dmr::NumberStyle::Exact).wait().map(|page| page.to_value())
    }

    pub fn aggregates(&self, model: &str, document: Value) -> Told {
        self.0.aggregate(model, &document, dmr::NumberStyle::Exact).wait().map(|answer| answer.to_value())
    }

    pub fn history_of(&self, model: &str, id: &str) -> Told {
        self.0.history(model, id, None, None).wait().map(|page| page.to_value())
    }

    pub fn audits(&self, filter: AuditFilter) -> Told {
        self.0.audit(filter).wait().map(|page: Page| page.to_value())
    }

    /// The operations of an audit trail with what they changed, newest first.
    pub fn trail(&self, filter: AuditFilter) -> Vec<String> {
        let page = self.audits(filter).done();
        let told = |item: &Value| {
            let changed: Vec<&str> = item["changed"].as_array().unwrap().iter().map(|name| name.as_str().unwrap()).collect();
            let about = item["model"].as_str().or(item["what"].as_str()).unwrap_or_default();
            format!("{} {about} [{}]", item["operation"].as_str().unwrap(), changed.join(", "))
        };
        page["items"].as_array().unwrap().iter().map(told).collect()
    }
}

fn seen(written: Written) -> Value {
    written.to_value()
}

fn model_of(answer: PutAnswer) -> Value {
    match answer {
        PutAnswer::Plan(plan) => plan,
        PutAnswer::Model(model) => model.model,
    }
}

pub fn parameters_of(text: &str) -> Result<Parameters, Problem> {
    let pairs: Vec<(String, String)> = text
        .split('&')
        .filter(|pair| !pair.is_empty())
        .map(|pair| pair.split_once('=').unwrap_or((pair, "")))
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .collect();
    read_parameters(&pairs).map_err(|issues| Problem::of(issues[0].code, issues))
}

/// What was told is used as a test says it is: done, or refused.
pub trait Outcome<T> {
    #[track_caller]
    fn done(self) -> T;
    #[track_caller]
    fn refused(self) -> Value;
}

impl<T> Outcome<T> for Result<T, Problem> {
    fn done(self) -> T {
        self.unwrap_or_else(|problem| panic!("refused: {}", text(&problem.to_json())))
    }

    fn refused(self) -> Value {
        match self {
            Ok(_) => panic!("this was not refused"),
            Err(problem) => {
                let mut told = problem.to_json();
                let members = told.as_object_mut().unwrap();
                members.shift_remove("type");
                members.shift_remove("title");
                told
            }
        }
    }
}

impl<T: Send + 'static> Outcome<T> for Pending<T> {
    fn done(self) -> T {
        self.wait().done()
    }

    fn refused(self) -> Value {
        self.wait().refused()
    }
}

/// The id of a record that was told.
pub fn id(record: &Value) -> String {
    record["_id"].as_str().or(record["id"].as_str()).unwrap().to_owned()
}

/// A value for a snapshot: what fits stands on one line; ids are numbered in order of appearance, cursors and tags of keys are named.
pub fn text(value: &Value) -> String {
    let mut out = String::new();
    write(value, 0, &mut out);
    number_ids(&out)
}

fn write(value: &Value, depth: usize, out: &mut String) {
    let compact = json::to_string(value);
    let indent = "  ".repeat(depth + 1);
    match value {
        Value::Object(members) if compact.len() > 128 => {
            out.push_str("{\n");
            for (at, (name, inner)) in members.iter().enumerate() {
                out.push_str(&format!("{indent}{}: ", Value::from(name.as_str())));
                write(inner, depth + 1, out);
                out.push_str(if at + 1 < members.len() { ",\n" } else { "\n" });
            }
            out.push_str(&format!("{}}}", "  ".repeat(depth)));
        }
        Value::Array(items) if compact.len() > 128 => {
            out.push_str("[\n");
            for (at, inner) in items.iter().enumerate() {
                out.push_str(&indent);
                write(inner, depth + 1, out);
                out.push_str(if at + 1 < items.len() { ",\n" } else { "\n" });
            }
            out.push_str(&format!("{}]", "  ".repeat(depth)));
        }
        Value::String(text) if text.starts_with("dmr_") => out.push_str("<key>"),
        _ => out.push_str(&compact),
    }
}

fn number_ids(text: &str) -> String {
    let (mut out, mut known, mut rest) = (String::new(), Vec::<String>::new(), text);
    while !rest.is_empty() {
        let end = rest.char_indices().nth(36).map_or(rest.len(), |(at, _)| at);
        let candidate = &rest[..end];
        if end == 36 && uuid::Uuid::try_parse(candidate).is_ok() {
            let number = known.iter().position(|id| id == candidate).unwrap_or_else(|| {
                known.push(candidate.to_owned());
                known.len() - 1
            });
            out.push_str(&format!("<id {}>", number + 1));
            rest = &rest[36..];
        } else {
            let first = rest.chars().next().unwrap();
            out.push(first);
            rest = &rest[first.len_utf8()..];
        }
    }
    out
}

/// Holds a whole answer against what is written here.
macro_rules! told {
    ($value:expr, @$expected:literal) => {
        insta::assert_snapshot!(crate::world::text(&$value), @$expected)
    };
}
pub(crate) use told;
