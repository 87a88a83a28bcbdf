//! A small world to test stores in: a store, a clock that ticks, models without a registry, and commands that do what they are told.

use dmr_core::change::{Change, Outcome, QuarantineChange, Quarantined, RecordChange, RegistryChange, RegistryKind};
use dmr_core::decide::{Committed, Decision, Read, Reads, Snapshot, Work, WorkFault};
use dmr_core::document;
use dmr_core::gate::Guard;
use dmr_core::log::{About, Entry, EntryKind};
use dmr_core::model::{
    Behaviour, FieldId, Head, IndexDefinition, MemberDefinition, Mode, Model, ModelId, Source, Storage, UniqueDefinition, VersionRow,
};
use dmr_core::name::{ModelName, Version};
use dmr_core::record::{PrincipalId, Record, RecordId, RecordRef};
use dmr_core::search::{Probe, Question, SearchField, Searched, hits};
use dmr_core::{Problem, Value};
use dmr_store::sqlite::{self, Options};
use dmr_store::{Clock, Counts, EachCommit, Job, LogRange, OnCommit, Reader, Search, Store, Walk, WalkBy, memory};
use parking_lot::Mutex;
use serde_json::json;
use std::collections::BTreeMap;
use std::ops::ControlFlow;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};

/// When the worlds begin: 2026-01-01.
pub const BEGINNING: i64 = 1_767_225_600_000_000;

/// Who does things in tests.
pub const ANN: PrincipalId = PrincipalId([0xA; 16]);
pub const BEN: PrincipalId = PrincipalId([0xB; 16]);

/// What a command came to.
pub type Told = Result<Committed, WorkFault>;

/// A store in a world.
pub struct World {
    pub store: Arc<dyn Store>,
    /// How models are laid out that do not say.
    pub storage: Storage,
    /// What `on_commit` was told, as kinds of entries.
    pub heard: Arc<Mutex<Vec<EntryKind>>>,
    /// What `each_commit` was told: kinds of entries, the position of the last and its time.
    pub handed: Handed,
    _folder: Option<tempfile::TempDir>,
}

/// A clock that is a microsecond later each time it is asked.
pub fn ticking() -> Clock {
    let now = AtomicI64::new(BEGINNING);
    Arc::new(move || now.fetch_add(1, Ordering::Relaxed))
}

/// Commits that were handed over.
pub type Handed = Arc<Mutex<Vec<(Vec<EntryKind>, u64, i64)>>>;

fn following() -> (Handed, EachCommit) {
    let handed = Handed::default();
    let hand = handed.clone();
    let each: EachCommit = Arc::new(move |changes, position, time| {
        hand.lock().push((changes.iter().map(|change| About::of(change).kind).collect(), position, time));
    });
    (handed, each)
}

fn listening() -> (Arc<Mutex<Vec<EntryKind>>>, OnCommit) {
    let heard = Arc::new(Mutex::new(Vec::new()));
    let ear = heard.clone();
    let on_commit: OnCommit = Arc::new(move |changes| {
        ear.lock().extend(changes.iter().filter_map(|change| match change {
            Change::Registry(change) => Some(change.kind),
            _ => None,
        }));
    });
    (heard, on_commit)
}

impl World {
    pub fn memory() -> Self {
        Self::memory_by(ticking())
    }

    pub fn memory_by(clock: Clock) -> Self {
        let (heard, on_commit) = listening();
        let (handed, each) = following();
        let store = memory::open(clock, on_commit).telling(each);
        Self { store: Arc::new(store), storage: Storage::Flexible, heard, handed, _folder: None }
    }

    pub fn sqlite(storage: Storage) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let mut world = Self::at(&folder.path().join("dmr.db"), |_| {});
        world.storage = storage;
        world._folder = Some(folder);
        world
    }

    /// A SQLite file at a place, opened with changed options.
    pub fn at(path: &Path, change: impl FnOnce(&mut Options)) -> Self {
        let (heard, on_commit) = listening();
        let (handed, each) = following();
        let mut options = Options::new(ticking(), on_commit);
        options.each_commit = Some(each);
        change(&mut options);
        let store = sqlite::open(path, options).unwrap();
        Self { store: Arc::new(store), storage: Storage::Flexible, heard, handed, _folder: None }
    }

    /// A database of its own on a PostgreSQL server.
    #[cfg(feature = "postgres")]
    pub fn postgres() -> Self {
        Self::on(&crate::server::Database::new().config(), |_| {})
    }

    /// A database on a server, opened with changed options.
    #[cfg(feature = "postgres")]
    pub fn on(config: &str, change: impl FnOnce(&mut dmr_store::postgres::Options)) -> Self {
        let (heard, on_commit) = listening();
        let (handed, each) = following();
        let mut options = dmr_store::postgres::Options::new(ticking(), on_commit);
        options.each_commit = Some(each);
        change(&mut options);
        let store = dmr_store::postgres::open(config, options).unwrap();
        Self { store: Arc::new(store), storage: Storage::Flexible, heard, handed, _folder: None }
    }

    /// Every store there is, to run a case on.
    pub fn all() -> Vec<(&'static str, Self)> {
        #[cfg_attr(not(feature = "postgres"), expect(unused_mut, reason = "a feature adds to it"))]
        let mut all = Self::of_every_layout();
        #[cfg(feature = "postgres")]
        all.push(("postgres", Self::postgres()));
        all
    }

    /// Every store that takes a model in any layout; the others refuse structured ones by name.
    pub fn of_every_layout() -> Vec<(&'static str, Self)> {
        vec![
            ("memory", Self::memory()),
            ("sqlite, flexible", Self::sqlite(Storage::Flexible)),
            ("sqlite, structured", Self::sqlite(Storage::Structured)),
        ]
    }

    /// Submits what decides and waits until it is told.
    pub fn run(&self, work: Emit) -> Told {
        self.start(work).recv().unwrap()
    }

    /// Submits and does not wait.
    pub fn start(&self, work: Emit) -> Receiver<Told> {
        let (work, told) = work.told();
        self.store.submit(Job { work: Box::new(work), background: false, rows: 1, bytes: 100 });
        told
    }

    /// Commits changes as they are.
    pub fn commit(&self, changes: Vec<Change>) -> Committed {
        self.run(Emit::now(changes)).unwrap()
    }

    /// Reads at one moment.
    pub fn read<T>(&self, with: impl FnOnce(&dyn Reader) -> Result<T, Problem>) -> T {
        let (mut with, mut out) = (Some(with), None);
        self.store
            .read(true, &mut |reader| {
                out = Some((with.take().unwrap())(reader)?);
                Ok(())
            })
            .unwrap();
        out.unwrap()
    }

    pub fn dump(&self) -> Vec<String> {
        self.read(dmr_store::dump)
    }

    pub fn log(&self, range: &LogRange) -> Vec<Entry> {
        self.read(|reader| {
            let mut all = Vec::new();
            reader.log(range, &mut |entry| {
                all.push(entry.clone());
                ControlFlow::Continue(())
            })?;
            Ok(all)
        })
    }

    pub fn record(&self, model: &Arc<Model>, id: RecordId) -> Option<Record> {
        self.read(|reader| reader.record(model, id))
    }

    /// A record as people write it.
    pub fn values(&self, model: &Arc<Model>, id: RecordId) -> Option<Value> {
        let record = self.record(model, id)?;
        Some(Value::Object(document::decode(model, &record.doc, &BTreeMap::new())))
    }

    pub fn counts(&self, model: &Model) -> Counts {
        self.read(|reader| reader.counts(model.id()))
    }

    /// The ids on a walk, and the keys.
    pub fn walk(&self, model: &Arc<Model>, by: WalkBy, reverse: bool) -> Vec<(Vec<u8>, RecordId)> {
        self.read(|reader| {
            let mut all = Vec::new();
            reader.walk(&Walk { model, by, reverse, hint: None }, &mut |key, record| {
                all.push((key.to_vec(), record.id));
                ControlFlow::Continue(())
            })?;
            Ok(all)
        })
    }

    /// The numbers of the records of an index, in order.
    pub fn ordered(&self, model: &Arc<Model>, index: u32) -> Vec<u128> {
        let by = WalkBy::Index { index, lower: Vec::new(), upper: None };
        self.walk(model, by, false).into_iter().map(|(_, id)| number(id)).collect()
    }

    /// Registers a model.
    pub fn model(&self, id: u32, schema: Value) -> Arc<Model> {
        self.registered(Draft::new(id, schema).stored(self.storage))
    }

    pub fn registered(&self, draft: Draft) -> Arc<Model> {
        let model = draft.compile();
        self.commit(registration(EntryKind::ModelRegister, None, &model));
        model
    }

    /// Changes a model to what a draft says.
    pub fn changed(&self, old: &Arc<Model>, draft: Draft) -> Arc<Model> {
        let model = draft.compile();
        self.commit(registration(EntryKind::ModelVersion, Some(old), &model));
        model
    }

    pub fn create(&self, model: &Arc<Model>, id: u128, values: Value) -> Record {
        made(self.run(create(model, id, &values)))
    }

    pub fn update(&self, model: &Arc<Model>, id: u128, values: Value) -> Record {
        made(self.run(update(model, id, &values)))
    }

    pub fn delete(&self, model: &Arc<Model>, id: u128) -> Record {
        made(self.run(delete(model, id)))
    }

    pub fn restore(&self, model: &Arc<Model>, id: u128) -> Record {
        made(self.run(restore(model, id)))
    }

    pub fn purge(&self, model: &Arc<Model>, id: u128) {
        self.run(purge(model, id)).unwrap();
    }
}

fn made(told: Told) -> Record {
    match told.unwrap().changes.into_iter().next() {
        Some(Change::Record(change)) => change.after.unwrap(),
        other => panic!("{other:?}"),
    }
}

/// The numbers of the records that answer a question, of those that the store hands out. Every one it hands out twice is told.
pub fn found(world: &World, model: &Arc<Model>, question: &str) -> Vec<u128> {
    world.read(|reader| Ok(found_by(reader, model, question)))
}

/// The same by any reader.
pub fn found_by(reader: &dyn Reader, model: &Arc<Model>, question: &str) -> Vec<u128> {
    let (question, fields) = (Question::read(question, "q").unwrap(), search_fields(model));
    let probe = Probe { fields: model.searched.iter().map(Searched::id).collect(), terms: question.terms.clone() };
    let mut all = Vec::new();
    let each = &mut |record: RecordRef<'_>| {
        assert!(record.deleted_at.is_none(), "{} is deleted", record.id);
        if hits(&question, &fields, &record, ANN, false).is_some() {
            all.push(number(record.id));
        }
        ControlFlow::Continue(())
    };
    reader.search(&Search { model, probe: &probe }, each).unwrap();
    all.sort_unstable();
    all
}

/// The numbers of the live records that answer a question, by looking at each.
pub fn scanned(world: &World, model: &Arc<Model>, question: &str) -> Vec<u128> {
    let (question, fields) = (Question::read(question, "q").unwrap(), search_fields(model));
    let answers = |record: &Record| hits(&question, &fields, &record.as_ref(), ANN, false).is_some();
    let ids = world.walk(model, WalkBy::Id { after: None }, false);
    let records = ids.into_iter().filter_map(|(_, id)| world.record(model, id)).filter(|record| record.deleted_at.is_none());
    records.filter(answers).map(|record| number(record.id)).collect()
}

fn search_fields(model: &Model) -> Vec<SearchField> {
    let field = |searched: &Searched| SearchField { name: model.names(&searched.ids), searched: searched.clone(), guard: Guard::Always };
    model.searched.iter().map(field).collect()
}

/// The id with a number.
pub fn id(number: u128) -> RecordId {
    RecordId(number.to_be_bytes())
}

/// The number of an id.
pub fn number(id: RecordId) -> u128 {
    u128::from_be_bytes(id.0)
}

/// Changes that register a model, or give it another head and, where it has another stamp, another version.
pub fn registration(kind: EntryKind, old: Option<&Arc<Model>>, new: &Arc<Model>) -> Vec<Change> {
    let to_json = |value: &dyn erased::Json| value.json();
    let mut changes = Vec::new();
    if old.is_none_or(|old| old.head.stamp != new.head.stamp) {
        changes.push(Change::Registry(Box::new(RegistryChange {
            kind: EntryKind::VersionAdd,
            what: RegistryKind::Version,
            key: format!("{}/{}", new.id().0, new.head.stamp),
            before: None,
            after: Some(to_json(&*new.version)),
            old_model: None,
            new_model: Some(new.clone()),
        })));
    }
    changes.push(Change::Registry(Box::new(RegistryChange {
        kind,
        what: RegistryKind::Model,
        key: new.id().0.to_string(),
        before: old.map(|old| to_json(&old.head)),
        after: Some(to_json(&new.head)),
        old_model: old.cloned(),
        new_model: Some(new.clone()),
    })));
    changes
}

mod erased {
    pub trait Json {
        fn json(&self) -> dmr_core::Value;
    }
    impl<T: serde::Serialize> Json for T {
        fn json(&self) -> dmr_core::Value {
            serde_json::to_value(self).unwrap()
        }
    }
}

/// A registered thing that is no model.
pub fn setting(name: &str, before: Option<Value>, after: Option<Value>) -> Change {
    Change::Registry(Box::new(RegistryChange {
        kind: EntryKind::SettingChange,
        what: RegistryKind::Setting,
        key: name.to_owned(),
        before,
        after,
        old_model: None,
        new_model: None,
    }))
}

pub fn quarantined(number: u128, ingest: u128) -> Quarantined {
    Quarantined {
        id: id(number),
        ingest: id(ingest),
        model: ModelId(1),
        line: 3,
        byte: 40,
        code: "value.type".to_owned(),
        message: "not \"a\" number".to_owned(),
        raw: vec![0, 255, 10],
    }
}

pub fn quarantine(number: u128, ingest: u128, added: bool) -> Change {
    Change::Quarantine(Box::new(QuarantineChange { added, row: quarantined(number, ingest) }))
}

pub fn outcome(scope: u8, expires_at: i64) -> Outcome {
    Outcome { scope: [scope; 32], request: [7; 32], expires_at, answer: json!({"status": 201, "id": "x"}) }
}

/// What a model is to be.
#[derive(Debug, Clone)]
pub struct Draft {
    head: Head,
    schema: Value,
    fields: BTreeMap<String, FieldId>,
}

impl Draft {
    /// A model whose fields get the ids 1, 2, 3 ... in the order of the schema (its top level, and one level of objects below).
    pub fn new(id: u32, schema: Value) -> Self {
        let mut fields = BTreeMap::new();
        let mut next = 1;
        name_fields(&schema, "", &mut next, &mut fields);
        let head = Head {
            id: ModelId(id),
            name: ModelName::new("shop", &format!("Model{id}")).unwrap(),
            revision: 1,
            stamp: 1,
            source: Source::Static,
            mode: Mode::Crud,
            storage: Storage::Flexible,
            key: Vec::new(),
            key_unique: None,
            settings: BTreeMap::new(),
            indexes: Vec::new(),
            unique: Vec::new(),
            next_index: 1,
            next_field: next,
            tags: Default::default(),
            description: None,
            permissions: Default::default(),
            created_at: BEGINNING,
            updated_at: BEGINNING,
            deleted: false,
        };
        Self { head, schema, fields }
    }

    /// What a model is, to be changed.
    pub fn of(model: &Model) -> Self {
        let mut head = model.head.clone();
        head.revision += 1;
        Self { head, schema: model.version.schema.clone(), fields: model.version.fields.clone() }
    }

    pub fn stored(mut self, storage: Storage) -> Self {
        self.head.storage = storage;
        self
    }

    pub fn deleted(mut self) -> Self {
        self.head.deleted = true;
        self
    }

    /// A next version with another schema. Fields keep the ids of their names; new ones get new ids.
    pub fn schema(mut self, schema: Value) -> Self {
        let mut next = self.head.next_field;
        let mut fields = self.fields.clone();
        name_fields(&schema, "", &mut next, &mut fields);
        self.head.next_field = next;
        self.head.stamp += 1;
        self.fields = fields;
        self.schema = schema;
        self
    }

    /// A next version in which a field at the top has another name.
    pub fn renamed(mut self, from: &str, to: &str) -> Self {
        let id = self.fields.remove(&format!("/{from}")).unwrap();
        self.fields.insert(format!("/{to}"), id);
        let properties = self.schema["properties"].as_object_mut().unwrap();
        let property = properties.shift_remove(from).unwrap();
        properties.insert(to.to_owned(), property);
        self.head.stamp += 1;
        self
    }

    /// An index over fields and system fields; a minus sign in front makes one descending.
    pub fn index(mut self, id: u32, members: &[&str]) -> Self {
        let members = members
            .iter()
            .map(|name| {
                let bare = name.trim_start_matches('-');
                let system = bare.starts_with('_');
                MemberDefinition {
                    field: if system { Vec::new() } else { self.ids(bare) },
                    system: system.then(|| bare.to_owned()),
                    descending: name.starts_with('-'),
                }
            })
            .collect();
        self.head.indexes.push(IndexDefinition { id, members, behaviour: false });
        self.head.next_index = self.head.next_index.max(id + 1);
        self
    }

    pub fn without_index(mut self, id: u32) -> Self {
        self.head.indexes.retain(|index| index.id != id);
        self
    }

    pub fn unique(mut self, id: u32, members: &[&str]) -> Self {
        let members = members.iter().map(|name| self.ids(name)).collect();
        self.head.unique.push(UniqueDefinition { id, members });
        self.head.next_index = self.head.next_index.max(id + 1);
        self
    }

    /// Fields become SEARCHABLE.
    pub fn searchable(mut self, names: &[&str]) -> Self {
        for name in names {
            let Some(id) = self.ids(name).pop() else { continue };
            self.head.settings.entry(id).or_default().behaviours.insert(Behaviour::Searchable);
        }
        self
    }

    pub fn not_searchable(mut self, name: &str) -> Self {
        if let Some(id) = self.ids(name).pop() {
            self.head.settings.remove(&id);
        }
        self
    }

    pub fn without_unique(mut self, id: u32) -> Self {
        self.head.unique.retain(|unique| unique.id != id);
        self
    }

    pub fn compile(self) -> Arc<Model> {
        let version = VersionRow {
            model: self.head.id,
            stamp: self.head.stamp,
            version: Version::FIRST,
            schema: self.schema,
            fields: self.fields,
            created_at: BEGINNING,
            changes: Vec::new(),
        };
        Arc::new(Model::compile(self.head, Arc::new(version)).unwrap())
    }

    fn ids(&self, path: &str) -> Vec<FieldId> {
        let mut pointer = String::new();
        path.split('.')
            .map(|name| {
                pointer = format!("{pointer}/{name}");
                self.fields[&pointer]
            })
            .collect()
    }
}

fn name_fields(schema: &Value, above: &str, next: &mut u32, fields: &mut BTreeMap<String, FieldId>) {
    for (name, property) in schema["properties"].as_object().into_iter().flatten() {
        let pointer = format!("{above}/{name}");
        fields.entry(pointer.clone()).or_insert_with(|| {
            *next += 1;
            FieldId(*next - 1)
        });
        name_fields(property, &pointer, next, fields);
    }
}

/// A schema of a few fields of every kind.
pub fn product() -> Value {
    json!({"type": "object", "properties": {
        "name": {"type": "string"},
        "stock": {"type": "integer"},
        "price": {"type": "number"},
        "cost": {"type": "string", "format": "decimal"},
        "open": {"type": "boolean"},
        "since": {"type": "string", "format": "date"},
        "seen": {"type": "string", "format": "date-time"},
        "code": {"type": "string", "format": "uuid"},
        "tags": {"type": "array", "items": {"type": "string"}},
        "maker": {"type": "object", "properties": {"city": {"type": "string"}}},
    }})
}

type Decide = Box<dyn FnMut(&Snapshot, i64) -> Decision + Send>;

/// A command that does what it is told.
pub struct Emit {
    principal: PrincipalId,
    first: Vec<Read>,
    decide: Decide,
    told: Option<Sender<Told>>,
}

impl Emit {
    pub fn new(first: Vec<Read>, decide: impl FnMut(&Snapshot, i64) -> Decision + Send + 'static) -> Self {
        Self { principal: ANN, first, decide: Box::new(decide), told: None }
    }

    /// Changes that need not know anything.
    pub fn now(changes: Vec<Change>) -> Self {
        Self::new(Vec::new(), move |_, _| Decision::Changes(changes.clone()))
    }

    pub fn by(mut self, principal: PrincipalId) -> Self {
        self.principal = principal;
        self
    }

    pub fn told(mut self) -> (Self, Receiver<Told>) {
        let (told, tells) = channel();
        self.told = Some(told);
        (self, tells)
    }
}

impl Work for Emit {
    fn principal(&self) -> PrincipalId {
        self.principal
    }

    fn first_reads(&self) -> Reads {
        Reads(self.first.clone())
    }

    fn decide(&mut self, snapshot: &Snapshot, now: i64) -> Decision {
        (self.decide)(snapshot, now)
    }

    fn done(self: Box<Self>, result: Told) {
        if let Some(told) = self.told {
            // The test may have stopped listening.
            let _ = told.send(result);
        }
    }
}

/// A record that Ann makes.
pub fn new_record(model: &Model, number: u128, values: &Value, now: i64) -> Record {
    Record {
        id: id(number),
        version: 1,
        stamp: model.head.stamp,
        created_at: now,
        updated_at: now,
        created_by: ANN,
        updated_by: ANN,
        owner: ANN,
        deleted_at: None,
        doc: document::encode(model, values.as_object().unwrap()).into(),
    }
}

pub fn create(model: &Arc<Model>, number: u128, values: &Value) -> Emit {
    let (model, values) = (model.clone(), values.clone());
    Emit::new(Vec::new(), move |_, now| {
        let after = new_record(&model, number, &values, now);
        Decision::Changes(vec![change(EntryKind::RecordCreate, &model, None, Some(after))])
    })
}

pub fn update(model: &Arc<Model>, number: u128, values: &Value) -> Emit {
    let values = values.clone();
    revise(model, number, EntryKind::RecordUpdate, move |model, before, now| {
        let doc = document::encode(model, values.as_object().unwrap()).into();
        Some(Record { doc, stamp: model.head.stamp, ..next(before, now) })
    })
}

pub fn delete(model: &Arc<Model>, number: u128) -> Emit {
    revise(model, number, EntryKind::RecordDelete, |_, before, now| Some(Record { deleted_at: Some(now), ..next(before, now) }))
}

pub fn restore(model: &Arc<Model>, number: u128) -> Emit {
    revise(model, number, EntryKind::RecordRestore, |model, before, now| {
        Some(Record { deleted_at: None, stamp: model.head.stamp, ..next(before, now) })
    })
}

pub fn purge(model: &Arc<Model>, number: u128) -> Emit {
    revise(model, number, EntryKind::RecordPurge, |_, _, _| None)
}

fn next(before: &Record, now: i64) -> Record {
    Record { version: before.version + 1, updated_at: now, updated_by: ANN, ..before.clone() }
}

fn revise(
    model: &Arc<Model>,
    number: u128,
    kind: EntryKind,
    after: impl Fn(&Model, &Record, i64) -> Option<Record> + Send + 'static,
) -> Emit {
    let model = model.clone();
    Emit::new(vec![Read::Record(model.clone(), id(number))], move |snapshot, now| match snapshot.record(&(model.id(), id(number))) {
        None => Decision::Need(Reads(vec![Read::Record(model.clone(), id(number))])),
        Some(None) => Decision::Refused(Box::new(Problem::new(dmr_core::Code::RecordUnknown, "there is no such record"))),
        Some(Some(before)) => {
            let after = after(&model, before, now);
            Decision::Changes(vec![change(kind, &model, Some(before.clone()), after)])
        }
    })
}

pub fn change(kind: EntryKind, model: &Arc<Model>, before: Option<Record>, after: Option<Record>) -> Change {
    Change::Record(Box::new(RecordChange { kind, model: model.clone(), before, after }))
}
