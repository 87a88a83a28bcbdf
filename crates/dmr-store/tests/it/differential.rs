//! The same random history gives the same answers in memory and on SQLite, and replaying the log gives the same state (invariant 13).

use crate::world::{ANN, BEN, Draft, Emit, World, change, found, id, new_record, outcome, quarantine, registration, scanned, setting};
use dmr_core::change::Change;
use dmr_core::decide::{Decision, Read, Reads, Snapshot};
use dmr_core::log::EntryKind;
use dmr_core::model::{Model, Storage};
use dmr_core::record::Record;
use dmr_core::{Code, Problem, Value};
use dmr_store::{LogRange, WalkBy, dump, replay_of};
use proptest::prelude::*;
use serde_json::json;
use std::sync::Arc;

/// What happens in a history. Models and records are few, so that things meet.
#[derive(Debug, Clone)]
enum Event {
    Make { model: usize, record: u8, values: Value },
    Change { model: usize, record: u8, values: Value },
    Delete { model: usize, record: u8 },
    Restore { model: usize, record: u8 },
    Purge { model: usize, record: u8 },
    Bulk { model: usize, from: u8, count: u8 },
    Reshape { model: usize, how: u8 },
    Set { name: u8, value: Option<u8> },
    SetAside { row: u8, added: bool },
    Keep { scope: u8, expires: bool },
}

fn values() -> impl Strategy<Value = Value> {
    let name = prop_oneof![Just(json!(null)), "[aAßİé]{0,2}".prop_map(Value::from), Just(json!(7))];
    let stock =
        prop_oneof![(-3_i64..4).prop_map(Value::from), Just(json!(9_007_199_254_740_993_i64)), Just(json!("many")), Just(json!(null))];
    let price = prop_oneof![
        prop::sample::select(vec!["1.0", "1", "-0.0", "0.30000000000000004", "1e308", "-1E400", "12345678901234567890123"])
            .prop_map(|text| dmr_core::json::raw::value(text.as_bytes())),
        any::<f64>().prop_filter("JSON has no such number", |real| real.is_finite()).prop_map(|real| json!(real)),
    ];
    let seen = prop::sample::select(vec!["2024-02-29T10:00:00Z", "2024-02-29T12:00:00+02:00", "0000-01-01T00:00:00Z", "never"]);
    let rest = prop_oneof![Just(json!([1, {"a": null}])), Just(json!({"city": "Ulm", "zip": [1.50]})), any::<bool>().prop_map(Value::from)];
    use prop::option::of;
    (of(name), of(stock), of(price), of(seen), of(rest)).prop_map(|(name, stock, price, seen, rest)| {
        let members =
            [("name", name), ("stock", stock), ("price", price), ("seen", seen.map(Value::from)), ("maker", rest.clone()), ("x", rest)];
        Value::Object(members.into_iter().filter_map(|(key, value)| Some((key.to_owned(), value?))).collect())
    })
}

fn event() -> impl Strategy<Value = Event> {
    let model = 0..3_usize;
    let record = 0..6_u8;
    prop_oneof![
        6 => (model.clone(), record.clone(), values()).prop_map(|(model, record, values)| Event::Make { model, record, values }),
        6 => (model.clone(), record.clone(), values()).prop_map(|(model, record, values)| Event::Change { model, record, values }),
        3 => (model.clone(), record.clone()).prop_map(|(model, record)| Event::Delete { model, record }),
        2 => (model.clone(), record.clone()).prop_map(|(model, record)| Event::Restore { model, record }),
        1 => (model.clone(), record).prop_map(|(model, record)| Event::Purge { model, record }),
        1 => (model.clone(), 10..20_u8, 1..5_u8).prop_map(|(model, from, count)| Event::Bulk { model, from, count }),
        2 => (model, any::<u8>()).prop_map(|(model, how)| Event::Reshape { model, how }),
        1 => (0..2_u8, prop::option::of(any::<u8>())).prop_map(|(name, value)| Event::Set { name, value }),
        1 => (0..3_u8, any::<bool>()).prop_map(|(row, added)| Event::SetAside { row, added }),
        1 => (0..3_u8, any::<bool>()).prop_map(|(scope, expires)| Event::Keep { scope, expires }),
    ]
}

/// A world and what it knows of its models.
struct Life {
    world: World,
    models: Vec<Arc<Model>>,
    settings: [Option<Value>; 2],
    aside: [bool; 3],
}

impl Life {
    fn new(world: World) -> Self {
        let models = (1..=3).map(|id| world.registered(draft(id))).collect();
        Self { world, models, settings: [None, None], aside: [false; 3] }
    }

    /// Lives through an event; says whether it was done.
    fn live(&mut self, event: &Event) -> bool {
        let work = match event.clone() {
            Event::Make { model, record, values } => self.revise(model, record, EntryKind::RecordCreate, values),
            Event::Change { model, record, values } => self.revise(model, record, EntryKind::RecordUpdate, values),
            Event::Delete { model, record } => self.revise(model, record, EntryKind::RecordDelete, Value::Null),
            Event::Restore { model, record } => self.revise(model, record, EntryKind::RecordRestore, Value::Null),
            Event::Purge { model, record } => self.revise(model, record, EntryKind::RecordPurge, Value::Null),
            Event::Bulk { model, from, count } => bulk(&self.models[model], from, count),
            Event::Reshape { model, how } => self.reshape(model, how),
            Event::Set { name, value } => {
                let value = value.map(Value::from);
                let before = std::mem::replace(&mut self.settings[usize::from(name)], value.clone());
                Emit::now(vec![setting(&format!("s{name}"), before, value)])
            }
            Event::SetAside { row, added } => {
                if std::mem::replace(&mut self.aside[usize::from(row)], added) == added {
                    return false;
                }
                Emit::now(vec![quarantine(row.into(), 1, added)])
            }
            Event::Keep { scope, expires } => {
                Emit::now(vec![Change::Outcome(Box::new(outcome(scope, if expires { 0 } else { i64::MAX })))])
            }
        };
        self.world.run(work).is_ok()
    }

    fn revise(&self, model: usize, record: u8, kind: EntryKind, values: Value) -> Emit {
        let model = self.models[model].clone();
        Emit::new(vec![Read::Record(model.clone(), id(record.into()))], move |snapshot, now| {
            let before = snapshot.record(&(model.id(), id(record.into()))).cloned().flatten();
            let fits = match (&before, kind) {
                (None, EntryKind::RecordCreate) => true,
                (None, _) | (Some(_), EntryKind::RecordCreate) => false,
                (Some(before), EntryKind::RecordRestore) => before.deleted_at.is_some(),
                (Some(_), EntryKind::RecordPurge) => true,
                (Some(before), _) => before.deleted_at.is_none(),
            };
            if !fits {
                return Decision::Refused(Box::new(Problem::new(Code::RecordUnknown, "not now")));
            }
            let after = after(&model, record, kind, before.as_ref(), &values, now);
            match after.as_ref().map_or(Ok(true), |after| is_free(snapshot, &model, after)) {
                Ok(true) => Decision::Changes(vec![change(kind, &model, before, after)]),
                Ok(false) => Decision::Refused(Box::new(Problem::new(Code::UniqueTaken, "taken"))),
                Err(read) => Decision::Need(Reads(vec![read])),
            }
        })
        .by(if record.is_multiple_of(2) { ANN } else { BEN })
    }

    fn reshape(&mut self, at: usize, how: u8) -> Emit {
        let old = self.models[at].clone();
        let draft = Draft::of(&old);
        let next = match how % 10 {
            0 => draft.stored(Storage::Structured),
            1 => draft.stored(Storage::Flexible),
            2 => draft.without_index(1),
            3 if old.field("price").is_some() => draft.without_index(1).index(1, &["-price", "name"]),
            3 => draft.without_index(1).index(1, &["-maker.city"]),
            4 => draft.without_index(2).index(2, &["seen"]),
            5 => draft.without_unique(5),
            8 => draft.searchable(&["name"]).not_searchable("maker.city"),
            9 => draft.not_searchable("name").searchable(&["maker.city"]),
            6 => draft.without_index(1).without_index(2).without_unique(5).schema(schema("string", how)),
            _ => draft.without_index(1).without_index(2).without_unique(5).schema(schema("integer", how)),
        };
        let next = next.compile();
        self.models[at] = next.clone();
        Emit::now(registration(EntryKind::ModelChange, Some(&old), &next))
    }
}

fn after(model: &Model, record: u8, kind: EntryKind, before: Option<&Record>, values: &Value, now: i64) -> Option<Record> {
    let who = if record.is_multiple_of(2) { ANN } else { BEN };
    let Some(before) = before else {
        let made = new_record(model, record.into(), values, now);
        return Some(Record { created_by: who, updated_by: who, owner: who, ..made });
    };
    let next = Record { version: before.version + 1, updated_at: now, updated_by: who, ..before.clone() };
    match kind {
        EntryKind::RecordPurge => None,
        EntryKind::RecordDelete => Some(Record { deleted_at: Some(now), ..next }),
        EntryKind::RecordRestore => Some(Record { deleted_at: None, stamp: model.head.stamp, ..next }),
        _ => Some(Record { doc: new_record(model, 0, values, now).doc, stamp: model.head.stamp, ..next }),
    }
}

/// Whether the keys a record is to hold are its own or nobody's; else what has to be read first.
fn is_free(snapshot: &Snapshot, model: &Model, record: &Record) -> Result<bool, Read> {
    if record.deleted_at.is_some() {
        return Ok(true);
    }
    for unique in &model.uniques {
        let Some(key) = unique.key(&record.doc) else { continue };
        match snapshot.unique(&(model.id(), unique.id, key.clone())) {
            None => return Err(Read::Unique(model.id(), unique.id, key)),
            Some(Some(holder)) if *holder != record.id => return Ok(false),
            Some(_) => {}
        }
    }
    Ok(true)
}

/// Several records at once; the last fails where one of them is there already.
fn bulk(model: &Arc<Model>, from: u8, count: u8) -> Emit {
    let model = model.clone();
    Emit::new(Vec::new(), move |_, now| {
        let made = |number: u8| new_record(&model, number.into(), &json!({"stock": number, "x": number}), now);
        Decision::Changes((from..from + count).map(|number| change(EntryKind::RecordCreate, &model, None, Some(made(number)))).collect())
    })
}

fn schema(kind: &str, how: u8) -> Value {
    let mut schema = json!({"type": "object", "properties": {
        "name": {"type": "string"},
        "stock": {"type": kind},
        "price": {"type": "number"},
        "seen": {"type": "string", "format": "date-time"},
        "maker": {"type": "object", "properties": {"city": {"type": "string"}}},
    }});
    if how.is_multiple_of(3) {
        schema["properties"].as_object_mut().unwrap().shift_remove("price");
    }
    schema
}

fn draft(id: u32) -> Draft {
    let draft = Draft::new(id, schema("integer", 1))
        .index(1, &["stock"])
        .index(2, &["-name", "_updated_at"])
        .unique(5, &["name"])
        .searchable(&["name"]);
    if id == 2 { draft.stored(Storage::Structured) } else { draft }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn i13_the_same_history_gives_the_same_state(events in prop::collection::vec(event(), 1..80)) {
        let mut lives = [Life::new(World::memory()), Life::new(World::sqlite(Storage::Flexible))];
        for event in &events {
            let [one, other] = lives.each_mut().map(|life| life.live(event));
            prop_assert_eq!(one, other, "{:?}", event);
        }
        let [memory, sqlite] = &lives;
        prop_assert_eq!(memory.world.dump(), sqlite.world.dump());
        prop_assert_eq!(memory.world.log(&LogRange::default()), sqlite.world.log(&LogRange::default()));
        for life in &lives {
            let replayed = life.world.read(replay_of);
            prop_assert_eq!(dump(&replayed).unwrap(), life.world.dump());
        }
        for (mine, theirs) in memory.models.iter().zip(&sqlite.models) {
            for question in ["a*", "ss", "i", "ulm", "e"] {
                let naive = scanned(&memory.world, mine, question);
                prop_assert_eq!(found(&memory.world, mine, question), naive.clone(), "memory: {}", question);
                prop_assert_eq!(found(&sqlite.world, theirs, question), naive, "sqlite: {}", question);
            }
            for index in &mine.indexes {
                for reverse in [false, true] {
                    let by = WalkBy::Index { index: index.id, lower: Vec::new(), upper: None };
                    prop_assert_eq!(memory.world.walk(mine, by.clone(), reverse), sqlite.world.walk(theirs, by, reverse));
                }
            }
        }
    }
}
