//! Statistics: any history of what comes, changes and goes leaves what a recount finds (X1, X2).

use dmr_core::gate::NumberStyle;
use dmr_core::log::patch_of;
use dmr_core::model::Model;
use dmr_core::name::Version;
use dmr_core::permission::Permissions;
use dmr_core::record::RecordId;
use dmr_core::registration::{Defaults, Registration, Targets, build};
use dmr_core::statistics::{Bounds, Reading, Shape, State, Telling};
use dmr_core::{Object, Value, document, json};
use proptest::prelude::*;
use serde_json::json;
use std::collections::BTreeMap;
use std::sync::Arc;

const PLENTY: Bounds = Bounds { values: 10_000, bytes: 1 << 20 };
/// Everything with more than a few values is estimated.
const SPARE: Bounds = Bounds { values: 4, bytes: 1 << 20 };

fn model() -> Model {
    let schema = json!({
        "type": "object",
        "properties": {
            "word": { "type": ["string", "null"] }, "number": { "type": "number" }, "units": { "type": "integer" },
            "price": { "type": "string", "format": "decimal" }, "day": { "type": "string", "format": "date" },
            "place": { "type": "object", "properties": { "city": { "type": "string" } } }, "extra": {},
        },
    });
    let registration = Registration::read(json!({ "name": "Thing", "schema": schema })).unwrap();
    build(
        &registration,
        None,
        &Defaults { permissions: Permissions::default(), first_version: Version::FIRST, targets: Targets::default() },
    )
    .unwrap()
    .model
}

/// A record of few values, as it is stored.
fn record(model: &Model, seed: u64) -> Arc<[u8]> {
    let mut record = Object::new();
    let pick = |shift: u32, of: u64| seed.rotate_right(shift * 7) % of;
    let text = |text: String| json::parse(text.as_bytes()).unwrap();
    if pick(1, 8) > 0 {
        record.insert("word".into(), if pick(2, 6) == 0 { Value::Null } else { json!(format!("w{}", pick(3, 9))) });
    }
    let spelled = ["0", "-0.0", "1", "1.0", "1e0", "2.5", "-7.25", "1e30", "0.1"];
    record.insert("number".into(), text(spelled[usize::try_from(pick(4, 9)).unwrap()].to_owned()));
    record.insert("units".into(), json!(pick(5, 12)));
    record.insert("price".into(), json!(["1.50", "1.5", "20", "0.01", "12345678901234567890.5"][usize::try_from(pick(6, 5)).unwrap()]));
    record.insert("day".into(), json!(format!("2024-01-{:02}", 1 + pick(7, 20))));
    if pick(8, 3) > 0 {
        record.insert("place".into(), if pick(9, 2) == 0 { json!({}) } else { json!({ "city": format!("c{}", pick(10, 7)), "more": 1 }) });
    }
    record.insert(
        "extra".into(),
        [json!(3), json!("x".repeat(300 + usize::try_from(pick(11, 3)).unwrap())), json!([1])][usize::try_from(pick(12, 3)).unwrap()]
            .clone(),
    );
    if pick(13, 5) == 0 {
        record.insert("beside".into(), json!(true));
    }
    document::encode(model, &record).into()
}

#[derive(Debug, Clone, Copy)]
enum Step {
    Put(u8, u64),
    Delete(u8),
    Restore(u8),
    Purge(u8),
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let step = prop_oneof![
        5 => (any::<u8>(), any::<u64>()).prop_map(|(id, seed)| Step::Put(id % 40, seed)),
        2 => any::<u8>().prop_map(|id| Step::Delete(id % 40)),
        1 => any::<u8>().prop_map(|id| Step::Restore(id % 40)),
        1 => any::<u8>().prop_map(|id| Step::Purge(id % 40)),
    ];
    prop::collection::vec(step, 1..160)
}

/// What lives and what is deleted.
type Kept = BTreeMap<u8, (bool, Arc<[u8]>)>;

fn id(number: u8) -> RecordId {
    RecordId([number; 16])
}

/// Lives a history; every other change of a living record comes as the log would tell it.
fn live(model: &Model, reading: &mut Reading, steps: &[Step], bounds: Bounds) -> Kept {
    let mut kept = Kept::new();
    for (at, step) in steps.iter().enumerate() {
        let (number, now) = match *step {
            Step::Put(number, seed) => (number, Some((false, record(model, seed)))),
            Step::Delete(number) => (number, kept.get(&number).map(|(_, doc)| (true, doc.clone()))),
            Step::Restore(number) => (number, kept.get(&number).map(|(_, doc)| (false, doc.clone()))),
            Step::Purge(number) => (number, None),
        };
        let before = kept.get(&number).cloned();
        let told_by_log = at % 2 == 0 && !has_undeclared(before.as_ref()) && !has_undeclared(now.as_ref());
        match (&before, &now) {
            (Some((false, old)), Some((false, new))) if told_by_log => {
                let patch = patch_of(old, new);
                reading.patch(id(number), &patch.old, &patch.new, bounds);
            }
            _ => reading.change(id(number), before.as_ref().map(state), now.as_ref().map(state), bounds),
        }
        match now {
            Some(now) => drop(kept.insert(number, now)),
            None => drop(kept.remove(&number)),
        }
    }
    kept
}

fn has_undeclared(state: Option<&(bool, Arc<[u8]>)>) -> bool {
    state.is_some_and(|(_, doc)| json::raw::get(doc, b"*").is_some())
}

fn state((deleted, doc): &(bool, Arc<[u8]>)) -> State<'_> {
    State { deleted: *deleted, doc }
}

fn recount(shape: &Arc<Shape>, kept: &Kept, bounds: Bounds) -> Reading {
    let mut reading = Reading::new(shape.clone());
    kept.iter().for_each(|(number, now)| reading.change(id(*number), None, Some(state(now)), bounds));
    reading
}

fn told(reading: &Reading) -> Vec<Value> {
    let telling = Telling { top: 5, numbers: NumberStyle::Exact };
    (0..reading.shape().len()).map(|at| Value::Object(reading.tell(at, telling))).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, ..ProptestConfig::default() })]

    #[test]
    fn x2_what_is_exact_is_what_a_recount_finds(steps in steps()) {
        let model = model();
        let shape = Arc::new(Shape::of(&model));
        let mut reading = Reading::new(shape.clone());
        let kept = live(&model, &mut reading, &steps, PLENTY);
        let again = recount(&shape, &kept, PLENTY);
        prop_assert_eq!(told(&reading), told(&again));
        let figures = |reading: &Reading| (reading.rows(), reading.deleted(), reading.bytes(), reading.is_worn());
        prop_assert_eq!(figures(&reading), figures(&again));
        // What was saved is what it was.
        let saved = Reading::saved(shape, &reading.save()).unwrap();
        prop_assert_eq!(told(&saved), told(&reading));
    }

    #[test]
    fn x2_what_is_estimated_lies_within_what_it_tells(steps in steps()) {
        let model = model();
        let shape = Arc::new(Shape::of(&model));
        let mut reading = Reading::new(shape.clone());
        let kept = live(&model, &mut reading, &steps, SPARE);
        let saved = Reading::saved(shape.clone(), &reading.save()).unwrap();
        prop_assert_eq!(told(&saved), told(&reading));
        for (told, exact) in told(&reading).iter().zip(&told(&recount(&shape, &kept, PLENTY))) {
            for name in ["field", "type", "count", "nulls", "absent", "kinds", "inferred", "sum", "mean", "deviation", "unfit"] {
                prop_assert_eq!(&told[name], &exact[name], "{} of {}", name, told);
            }
            prop_assert_eq!(told.pointer("/size/average"), exact.pointer("/size/average"));
            if told["exact"] == json!(false) {
                // Among few values the ends are always known, and the sketch counts each.
                prop_assert_eq!([&told["min"], &told["max"]].map(plain), [&exact["min"], &exact["max"]].map(plain));
                let distinct = exact["distinct"].as_u64().unwrap();
                let [low, high] = ["low", "high"].map(|end| told["estimates"]["distinct"][end].as_u64().unwrap());
                prop_assert!((low..=high).contains(&distinct), "{} {}", told, exact);
            } else if told.get("exact").is_some() {
                prop_assert_eq!(told, exact);
            }
        }
    }
}

/// Of several spellings of one value it may be any that is there.
fn plain(value: &Value) -> Value {
    value.as_f64().map_or_else(|| value.clone(), |number| json!(number + 0.0))
}

#[test]
fn x2_another_shape_is_not_read() {
    let model = model();
    let reading = recount(&Arc::new(Shape::of(&model)), &Kept::new(), PLENTY);
    let schema = json!({ "type": "object", "properties": { "word": { "type": "string" } } });
    let other = Registration::read(json!({ "name": "Thing", "schema": schema })).unwrap();
    let defaults = Defaults { permissions: Permissions::default(), first_version: Version::FIRST, targets: Targets::default() };
    let other = Arc::new(Shape::of(&build(&other, None, &defaults).unwrap().model));
    assert!(Reading::saved(other, &reading.save()).is_none());
    assert!(Reading::saved(Arc::new(Shape::of(&model)), b"nothing of ours").is_none());
}
