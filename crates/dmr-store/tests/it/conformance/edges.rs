//! Values at the edges of their types: given back as they came, ordered as core orders them (invariant 10).

use crate::world::{Draft, World, id, number, product};
use dmr_core::json::raw;
use dmr_core::{Value, key};
use dmr_store::WalkBy;
use proptest::prelude::*;

/// For each field, texts of values in core's order.
const EDGES: &[(&str, &[&str])] = &[
    (
        "name",
        &[
            "null",
            r#""""#,
            r#"" ""#,
            r#""A\"\\\n\u0001""#,
            r#""I""#,
            r#""e\u0301""#,
            r#""i""#,
            r#""ß""#,
            r#""é""#,
            r#""İ""#,
            r#""ı""#,
            r#""😀""#,
        ],
    ),
    ("stock", &["null", "-9223372036854775808", "-1", "0", "1", "9007199254740993", "9223372036854775807"]),
    (
        "price",
        &["null", "-1e400", "-1e308", "-0.1", "0", "5e-324", "0.30000000000000004", "1", "1.5", "9007199254740993", "1e308", "1e400"],
    ),
    (
        "cost",
        &[
            "null",
            r#""-1e9""#,
            r#""-0.50""#,
            r#""0""#,
            r#""0.1""#,
            r#""1.0000000000000000000000000000000000000001""#,
            r#""12.50""#,
            r#""1e40""#,
        ],
    ),
    ("open", &["null", "false", "true"]),
    ("since", &["null", r#""0000-01-01""#, r#""1969-12-31""#, r#""2024-02-29""#, r#""9999-12-31""#]),
    (
        "seen",
        &[
            "null",
            r#""0000-01-01T00:00:00Z""#,
            r#""2024-02-29T10:00:00+02:00""#,
            r#""2024-02-29T08:00:00.000001Z""#,
            r#""9999-12-31T23:59:59.999999Z""#,
        ],
    ),
    (
        "code",
        &[
            "null",
            r#""00000000-0000-0000-0000-000000000000""#,
            r#""0197C0DE-0000-7000-8000-000000000000""#,
            r#""ffffffff-ffff-ffff-ffff-ffffffffffff""#,
        ],
    ),
    ("tags", &["[]", r#"["a",null,{"b":[1.0]}]"#]),
    ("maker", &["{}", r#"{"city":"Ulm","x":[[]]}"#, r#"{"city":null}"#]),
];

#[test]
fn i10_every_value_comes_back_as_it_was_given() {
    for (store, world) in World::all() {
        let model = world.model(1, product());
        let mut number = 0;
        for (field, texts) in EDGES {
            for text in *texts {
                number += 1;
                let given = raw::value(format!("{{\"{field}\":{text}}}").as_bytes());
                let made = world.create(&model, number, given.clone());
                assert_eq!(world.record(&model, id(number)), Some(made), "{store}: {field} {text}");
                assert_eq!(world.values(&model, id(number)), Some(given), "{store}: {field} {text}");
            }
        }
    }
}

#[test]
fn i10_digits_and_spellings_are_kept() {
    for (store, world) in World::all() {
        let model = world.model(1, product());
        for (number, text) in [
            r#"{"price":1.0,"cost":"1.50","seen":"2024-02-29T10:15:00.5000+02:00"}"#,
            r#"{"price":12345678901234567890123,"code":"0197C0DE-0000-7000-8000-00000000000A"}"#,
            r#"{"price":-0.0,"cost":"-0","stock":-0}"#,
            r#"{"price":1E5,"stock":10,"since":"2024-02-29"}"#,
            r#"{"price":"a text","stock":"another","open":1,"name":7,"tags":"t","maker":[]}"#,
            r#"{"price":0.1,"cost":"1234567890123456789012345678901234567890","a":{"z":1,"b":[1.50]},"c":null}"#,
        ]
        .into_iter()
        .enumerate()
        {
            let number = number as u128;
            let made = world.create(&model, number, raw::value(text.as_bytes()));
            assert_eq!(world.record(&model, id(number)), Some(made.clone()), "{store}: {text}");
            let back = world.values(&model, id(number)).unwrap();
            assert_eq!(back, raw::value(text.as_bytes()), "{store}");
            assert_eq!(world.record(&model, id(number)).unwrap().doc, made.doc, "{store}: byte by byte");
        }
    }
}

#[test]
fn i10_an_index_orders_values_as_core_does() {
    for (store, world) in World::all() {
        for (at, (field, texts)) in EDGES.iter().enumerate() {
            let model = world.registered(
                Draft::new(1 + at as u32, product()).stored(world.storage).index(1, &[field]).index(2, &[&format!("-{field}")]),
            );
            let kind = model.field(field).unwrap().shape.kind.clone();
            if !kind.ordered() {
                continue;
            }
            // From the last to the first, so that order does not come from the order of insertion.
            for (number, text) in texts.iter().enumerate().rev() {
                world.create(&model, number as u128, raw::value(format!("{{\"{field}\":{text}}}").as_bytes()));
            }
            let mut wanted: Vec<(Vec<u8>, u128)> = texts
                .iter()
                .enumerate()
                .map(|(number, text)| {
                    let mut key = Vec::new();
                    kind.key_raw(text.as_bytes(), &mut key);
                    (key, number as u128)
                })
                .collect();
            wanted.sort();
            let wanted: Vec<u128> = wanted.into_iter().map(|(_, number)| number).collect();
            assert_eq!(world.ordered(&model, 1), wanted, "{store}: {field}");
            let turned: Vec<u128> = wanted.into_iter().rev().collect();
            assert_eq!(world.ordered(&model, 2), turned, "{store}: {field}, descending");
        }
    }
}

#[test]
fn h_large_texts_and_many_undeclared_properties_are_kept() {
    for (store, world) in World::all() {
        let model = world.model(1, product());
        let long = "ä".repeat(500_000);
        let many: dmr_core::Object = (0..2000).map(|at| (format!("property {at}"), Value::from(at))).collect();
        world.create(&model, 1, serde_json::json!({"name": long}));
        world.create(&model, 2, Value::Object(many.clone()));
        assert_eq!(world.values(&model, id(1)).unwrap()["name"], Value::from(long), "{store}");
        assert_eq!(world.values(&model, id(2)), Some(Value::Object(many)), "{store}");
    }
}

#[test]
fn r5_ids_at_their_edges_are_ids() {
    const MOST: u32 = u32::MAX - 1;
    for (store, world) in World::all() {
        let model = world.registered(Draft::new(u32::MAX, product()).stored(world.storage).index(MOST, &["-_id"]));
        for edge in [0, 1, u128::MAX / 2, u128::MAX - 1, u128::MAX] {
            world.create(&model, edge, serde_json::json!({}));
        }
        let walked: Vec<u128> = world.walk(&model, WalkBy::Id { after: None }, true).into_iter().map(|(_, id)| number(id)).collect();
        assert_eq!(walked, [u128::MAX, u128::MAX - 1, u128::MAX / 2, 1, 0], "{store}");
        assert_eq!(world.ordered(&model, MOST), walked, "{store}");
        let mut key = Vec::new();
        key::null(&mut key);
        let nothing = world.walk(&model, WalkBy::Index { index: MOST, lower: Vec::new(), upper: Some(key) }, false);
        assert_eq!(nothing, [], "{store}");
    }
}

/// Any JSON value, as texts that a stock parser would spoil too.
fn any_value() -> impl Strategy<Value = String> {
    let leaf = prop_oneof![
        Just("null".to_owned()),
        any::<bool>().prop_map(|truth| truth.to_string()),
        any::<i64>().prop_map(|integer| integer.to_string()),
        any::<f64>().prop_filter("JSON has no such number", |real| real.is_finite()).prop_map(|real| format!("{real:?}")),
        "-?(0|[1-9][0-9]{0,40})(\\.[0-9]{1,20})?([eE][+-]?[0-9]{1,3})?",
        "[^\u{0}]{0,12}".prop_map(|text| dmr_core::json::to_string(&Value::from(text))),
        "[0-9]{4}-0[1-9]-[12][0-9](T1[0-9]:00:00(\\.[0-9]{1,6})?(Z|[+-]0[0-9]:30))?".prop_map(|text| format!("{text:?}")),
    ];
    leaf.prop_recursive(3, 12, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(|list| format!("[{}]", list.join(","))),
            prop::collection::btree_map("[a-z]{1,3}", inner, 0..4).prop_map(|map| {
                let members: Vec<String> = map.into_iter().map(|(key, value)| format!("{key:?}:{value}")).collect();
                format!("{{{}}}", members.join(","))
            }),
        ]
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

    /// A structured row gives back its document byte by byte, whatever stands in it.
    #[test]
    fn i10_any_document_comes_back_byte_by_byte(values in prop::collection::vec(any_value(), 40)) {
        let world = World::sqlite(dmr_core::model::Storage::Structured);
        let model = world.model(1, product());
        let fields = ["name", "stock", "price", "cost", "open", "since", "seen", "code", "tags", "other"];
        for (number, chunk) in values.chunks(fields.len()).enumerate() {
            let members: Vec<String> = fields.iter().zip(chunk).map(|(name, value)| format!("\"{name}\":{value}")).collect();
            let made = world.create(&model, number as u128, raw::value(format!("{{{}}}", members.join(",")).as_bytes()));
            prop_assert_eq!(world.record(&model, id(number as u128)).unwrap().doc, made.doc);
        }
    }
}
