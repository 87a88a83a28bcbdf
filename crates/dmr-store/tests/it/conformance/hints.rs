//! A walk with a hint may leave rows out for which the predicate is not true, and no other (R2).

use crate::world::{ANN, BEN, Draft, Emit, World, change, id, new_record, number};
use dmr_core::decide::Decision;
use dmr_core::gate::{FieldRef, Guard, RefAt};
use dmr_core::json::raw;
use dmr_core::log::EntryKind;
use dmr_core::model::Model;
use dmr_core::query::{Operand, Operator, Predicate, Test};
use dmr_core::record::Record;
use dmr_core::{Value, key};
use dmr_store::{Walk, WalkBy};
use serde_json::json;
use std::ops::ControlFlow;
use std::sync::Arc;

/// More than one stretch, so that each way of walking is taken.
const ROWS: u128 = 5_600;

fn schema() -> Value {
    json!({"type": "object", "properties": {
        "name": {"type": "string"}, "stock": {"type": "integer"}, "price": {"type": "number"},
        "cost": {"type": "string", "format": "decimal"}, "open": {"type": "boolean"},
        "seen": {"type": "string", "format": "date-time"}, "maker": {"type": "object", "properties": {"city": {"type": "string"}}},
    }})
}

/// Texts of values that are likely to be met by a test, for each field; the last of each is not of its type.
pub(super) const VALUES: &[(&str, &[&str])] = &[
    ("name", &["null", r#""""#, r#""ann""#, r#""anna""#, r#""Ann""#, r#""a\"n""#, r#""ß""#, r#""😀""#, "7"]),
    ("stock", &["null", "-5", "0", "1", "9007199254740993", r#""many""#]),
    ("price", &["null", "-1e400", "-0.0", "0", "0.1", "0.10", "1", "1.0", "1e308", "12345678901234567890123", r#""x""#]),
    ("cost", &["null", r#""1.5""#, r#""1.50""#, r#""-2""#, r#""1234567890123456789012345678901234567890""#, "3"]),
    ("open", &["null", "true", "false", "1"]),
    ("seen", &["null", r#""2024-02-29T10:00:00Z""#, r#""2024-02-29T12:00:00+02:00""#, r#""0000-01-01T00:00:00Z""#, r#""never""#]),
];

/// Rows in which each combination comes up; rare ones too.
pub(super) fn filled(world: &World) -> Arc<Model> {
    let model = world.registered(Draft::new(1, schema()).stored(world.storage));
    let of = model.clone();
    let fill = Emit::new(Vec::new(), move |_, now| {
        let made = (0..ROWS).map(|row| {
            let members: Vec<String> = VALUES
                .iter()
                .zip([7, 5, 3, 11, 2, 13])
                .filter_map(|((name, texts), step)| {
                    let at = (row / step) as usize % (texts.len() + 1);
                    Some(format!("\"{name}\":{}", texts.get(at)?))
                })
                .chain((row % 499 == 0).then(|| r#""maker":{"city":"Ulm"},"stock":77"#.to_owned()))
                .collect();
            let values = raw::value(format!("{{{}}}", dedup(members).join(",")).as_bytes());
            let owner = if row % 3 == 0 { BEN } else { ANN };
            // Ids do not lie in the order of rows.
            let record = Record { owner, ..new_record(&of, row * 7919 % ROWS, &values, now) };
            change(EntryKind::RecordCreate, &of, None, Some(record))
        });
        Decision::Changes(made.collect())
    });
    world.run(fill).unwrap();
    world.delete(&model, 5);
    model
}

/// A rare `stock` replaces the usual one.
fn dedup(mut members: Vec<String>) -> Vec<String> {
    if members.last().is_some_and(|last| last.ends_with("77")) {
        members.retain(|member| !member.starts_with("\"stock\""));
    }
    members
}

pub(super) fn reference(model: &Model, name: &str, guard: Guard) -> FieldRef {
    let field = model.field(name).unwrap();
    let ids = vec![field.id];
    FieldRef {
        name: name.to_owned(),
        at: RefAt::Document { path: dmr_core::path::StoredPath::of_ids(&ids), ids },
        kind: field.shape.kind.clone(),
        guard,
        inside: None,
    }
}

/// Every test there is of a field with its values, some with a guard.
pub(super) fn tests(model: &Model) -> Vec<Predicate> {
    use Operator::{Between, Contains, Eq, Gt, Gte, In, Isnull, Lt, Lte, Ne, Nin, Startswith};
    let mut tests = Vec::new();
    let mut add = |name: &str, guard: Guard, operator, operand| {
        tests.push(Predicate::Test(Test { field: reference(model, name, guard), operator, operand }));
    };
    for (at, (name, texts)) in VALUES.iter().enumerate() {
        let guard = if at % 3 == 0 { Guard::Own } else { Guard::Always };
        let kind = &model.field(name).unwrap().shape.kind;
        let mut keys: Vec<Vec<u8>> = texts[1..texts.len() - 1]
            .iter()
            .map(|text| {
                let mut key = Vec::new();
                kind.key_raw(text.as_bytes(), &mut key);
                key
            })
            .collect();
        for truth in [true, false] {
            add(name, Guard::Always, Isnull, Operand::Truth(truth));
            add(name, Guard::Own, Isnull, Operand::Truth(truth));
        }
        for key in &keys {
            for operator in [Eq, Ne, Gt, Gte, Lt, Lte] {
                add(name, guard, operator, Operand::Keys(vec![key.clone()]));
            }
        }
        keys.sort();
        add(name, guard, In, Operand::Keys(keys.clone()));
        add(name, Guard::Always, Nin, Operand::Keys(keys[..1].to_vec()));
        add(name, guard, Between, Operand::Keys(vec![keys[0].clone(), keys[keys.len() - 1].clone()]));
    }
    for text in ["", "a", "ann", "A", "ß", "\u{D7FF}", "\u{10FFFF}", "\"", "%"] {
        add("name", Guard::Always, Startswith, Operand::Text(text.to_owned()));
        add("name", Guard::Always, Contains, Operand::Text(text.to_owned()));
    }
    let mut rare = Vec::new();
    key::integer(77, &mut rare);
    add("stock", Guard::Always, Eq, Operand::Keys(vec![rare.clone()]));
    let several = vec![tests[0].clone(), Predicate::Not(Box::new(tests[5].clone())), tests[tests.len() - 1].clone()];
    let rare = tests[tests.len() - 1].clone();
    tests.extend([
        Predicate::everything(),
        Predicate::Or(Vec::new()),
        Predicate::And(vec![rare.clone(), Predicate::Not(Box::new(tests[1].clone()))]),
        Predicate::Or(vec![rare.clone(), Predicate::And(vec![tests[4].clone(), tests[30].clone()])]),
        Predicate::Or(several.clone()),
        Predicate::And(several),
        Predicate::Not(Box::new(rare)),
    ]);
    tests
}

#[test]
fn r2_a_hint_leaves_out_no_row_that_is_meant() {
    for (store, world) in World::all() {
        let model = filled(&world);
        let mut rows = Vec::new();
        let walked = |after: Option<u128>, reverse, hint: Option<&Predicate>, each: &mut dyn FnMut(&Record)| {
            let walk = Walk { model: &model, by: WalkBy::Id { after: after.map(id) }, reverse, hint };
            world
                .store
                .read(reverse, &mut |reader| {
                    reader.walk(&walk, &mut |_, record| {
                        each(&record.to_owned());
                        ControlFlow::Continue(())
                    })
                })
                .unwrap();
        };
        walked(None, false, None, &mut |record| rows.push(record.clone()));
        assert_eq!(rows.len() as u128, ROWS, "{store}");
        // Others make no use of hints yet.
        let every = if store == "sqlite, structured" { 1 } else { 9 };
        for (at, predicate) in tests(&model).iter().enumerate().step_by(every) {
            let (after, reverse) = ([None, Some(ROWS / 3)][at % 2], at % 4 > 1);
            let mut wanted: Vec<u128> = rows
                .iter()
                .filter(|record| predicate.selects(&record.as_ref(), BEN))
                .map(|record| number(record.id))
                .filter(|number| after.is_none_or(|after| if reverse { *number < after } else { *number > after }))
                .collect();
            if reverse {
                wanted.reverse();
            }
            let mut seen = Vec::new();
            walked(after, reverse, Some(predicate), &mut |record| {
                if predicate.selects(&record.as_ref(), BEN) {
                    seen.push(number(record.id));
                }
            });
            assert!(seen == wanted, "{store}: {} of {} rows by {predicate:?}", seen.len(), wanted.len());
        }
    }
}
