//! Walks: by id and by index, both ways, between bounds.

use crate::world::{ANN, BEN, Draft, World, change, id, new_record, number, product};
use dmr_core::key;
use dmr_core::log::EntryKind;
use dmr_core::model::Model;
use dmr_core::record::Record;
use dmr_store::{Walk, WalkBy};
use serde_json::json;
use std::ops::ControlFlow;
use std::sync::Arc;

fn by_id(world: &World, model: &Arc<Model>, after: Option<u128>, reverse: bool) -> Vec<u128> {
    world.walk(model, WalkBy::Id { after: after.map(id) }, reverse).into_iter().map(|(_, id)| number(id)).collect()
}

/// The numbers between two stocks (the second excluded).
fn by_stock(world: &World, model: &Arc<Model>, from: Option<i64>, to: Option<i64>, reverse: bool) -> Vec<u128> {
    let of = |stock: i64| {
        let mut key = Vec::new();
        key::integer(stock, &mut key);
        key
    };
    let by = WalkBy::Index { index: 1, lower: from.map(of).unwrap_or_default(), upper: to.map(of) };
    world.walk(model, by, reverse).into_iter().map(|(_, id)| number(id)).collect()
}

fn stocked(world: &World) -> Arc<Model> {
    let model = world.registered(Draft::new(1, product()).stored(world.storage).index(1, &["stock"]).index(2, &["-name", "stock"]));
    let neighbour = world.registered(Draft::new(2, product()).stored(world.storage).index(1, &["stock"]));
    for (number, stock) in [(1, json!(30)), (2, json!(10)), (3, json!(20)), (4, json!(10)), (5, json!(null)), (6, json!(-5))] {
        world.create(&model, number, json!({"stock": stock, "name": format!("n{}", number % 2)}));
        world.create(&neighbour, number, json!({"stock": stock}));
    }
    model
}

#[test]
fn r2_a_walk_by_id_is_in_order_and_has_deleted_records_too() {
    for (store, world) in World::all() {
        let model = stocked(&world);
        world.delete(&model, 3);
        assert_eq!(by_id(&world, &model, None, false), [1, 2, 3, 4, 5, 6], "{store}");
        assert_eq!(by_id(&world, &model, None, true), [6, 5, 4, 3, 2, 1], "{store}");
    }
}

#[test]
fn r2_a_walk_by_id_begins_after_an_id_that_need_not_be_there() {
    for (store, world) in World::all() {
        let model = stocked(&world);
        assert_eq!(by_id(&world, &model, Some(4), false), [5, 6], "{store}");
        assert_eq!(by_id(&world, &model, Some(4), true), [3, 2, 1], "{store}");
        world.purge(&model, 4);
        assert_eq!(by_id(&world, &model, Some(4), false), [5, 6], "{store}");
        assert_eq!(by_id(&world, &model, Some(u128::MAX), true), [6, 5, 3, 2, 1], "{store}");
        assert_eq!(by_id(&world, &model, Some(6), false), [] as [u128; 0], "{store}");
    }
}

#[test]
fn r2_a_walk_by_index_is_in_order_of_keys_then_ids() {
    for (store, world) in World::all() {
        let model = stocked(&world);
        assert_eq!(by_stock(&world, &model, None, None, false), [5, 6, 2, 4, 3, 1], "{store}: null is smallest");
        assert_eq!(by_stock(&world, &model, None, None, true), [1, 3, 4, 2, 6, 5], "{store}");
    }
}

#[test]
fn r2_the_lower_bound_is_included_and_the_upper_is_not() {
    for (store, world) in World::all() {
        let model = stocked(&world);
        assert_eq!(by_stock(&world, &model, Some(10), Some(30), false), [2, 4, 3], "{store}");
        assert_eq!(by_stock(&world, &model, Some(10), Some(30), true), [3, 4, 2], "{store}");
        assert_eq!(by_stock(&world, &model, Some(11), None, false), [3, 1], "{store}");
        assert_eq!(by_stock(&world, &model, None, Some(0), true), [6, 5], "{store}");
        assert_eq!(by_stock(&world, &model, Some(20), Some(20), false), [] as [u128; 0], "{store}");
        assert_eq!(by_stock(&world, &model, Some(30), Some(10), false), [] as [u128; 0], "{store}");
        assert_eq!(by_stock(&world, &model, Some(30), Some(10), true), [] as [u128; 0], "{store}");
    }
}

#[test]
fn r2_the_keys_of_a_walk_are_those_of_the_index() {
    for (store, world) in World::all() {
        let model = stocked(&world);
        for index in &model.indexes {
            let by = WalkBy::Index { index: index.id, lower: Vec::new(), upper: None };
            let walked = world.walk(&model, by, false);
            let mut wanted: Vec<_> = (1..=6)
                .map(|number| {
                    let record = world.record(&model, id(number)).unwrap();
                    (index.key(&record.as_ref()), record.id)
                })
                .collect();
            wanted.sort();
            assert_eq!(walked, wanted, "{store}");
        }
    }
}

#[test]
fn m5_a_compound_descending_index_orders_by_its_members() {
    for (store, world) in World::all() {
        let model = stocked(&world);
        // -name, stock, id: n1 has 5 (null), 3 (20), 1 (30); n0 has 6 (-5), 2 (10), 4 (10).
        assert_eq!(world.ordered(&model, 2), [5, 3, 1, 6, 2, 4], "{store}");
    }
}

#[test]
fn r2_only_live_records_are_in_an_index() {
    for (store, world) in World::all() {
        let model = stocked(&world);
        world.delete(&model, 2);
        world.purge(&model, 3);
        assert_eq!(by_stock(&world, &model, None, None, false), [5, 6, 4, 1], "{store}");
        world.restore(&model, 2);
        assert_eq!(by_stock(&world, &model, None, None, false), [5, 6, 2, 4, 1], "{store}");
    }
}

#[test]
fn r2_an_update_moves_a_record_in_the_indexes_that_it_changes() {
    for (store, world) in World::all() {
        let model = stocked(&world);
        world.update(&model, 6, json!({"stock": 25, "name": "n0"}));
        assert_eq!(by_stock(&world, &model, None, None, false), [5, 2, 4, 3, 6, 1], "{store}");
        world.update(&model, 6, json!({"stock": 25, "name": "n1", "price": 1}));
        assert_eq!(world.ordered(&model, 2), [5, 3, 6, 1, 2, 4], "{store}");
    }
}

#[test]
fn p2_an_index_may_lead_with_the_owner() {
    for (store, world) in World::all() {
        let model = world.registered(Draft::new(1, product()).stored(world.storage).index(1, &["_owner", "-_updated_at"]));
        for (number, owner) in [(1, BEN), (2, ANN), (3, BEN)] {
            let record = Record { owner, updated_at: number, ..new_record(&model, u128::try_from(number).unwrap(), &json!({}), 0) };
            world.commit(vec![change(EntryKind::RecordCreate, &model, None, Some(record))]);
        }
        let mut own = Vec::new();
        key::bytes16(&BEN.0, &mut own);
        let by = WalkBy::Index { index: 1, upper: key::after(&own), lower: own };
        let walked: Vec<u128> = world.walk(&model, by, false).into_iter().map(|(_, id)| number_of(id)).collect();
        assert_eq!(walked, [3, 1], "{store}: the newest of one's own first");
    }
}

fn number_of(id: dmr_core::record::RecordId) -> u128 {
    number(id)
}

#[test]
fn r2_a_walk_stops_when_it_is_told_to() {
    for (store, world) in World::all() {
        let model = stocked(&world);
        for by in [WalkBy::Id { after: None }, WalkBy::Index { index: 1, lower: Vec::new(), upper: None }] {
            let mut seen = 0;
            let walk = Walk { model: &model, by, reverse: false, hint: None };
            world
                .store
                .read(false, &mut |reader| {
                    reader.walk(&walk, &mut |_, _| {
                        seen += 1;
                        if seen == 2 { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
                    })
                })
                .unwrap();
            assert_eq!(seen, 2, "{store}");
        }
    }
}

#[test]
fn r2_a_consistent_read_sees_one_moment() {
    for (store, world) in World::all() {
        let model = stocked(&world);
        world
            .store
            .read(true, &mut |reader| {
                let before = reader.counts(model.id())?;
                world.create(&model, 50, json!({"stock": 1}));
                assert_eq!(reader.counts(model.id())?, before, "{store}");
                assert_eq!(reader.record(&model, id(50))?, None, "{store}");
                Ok(())
            })
            .unwrap();
        assert!(world.record(&model, id(50)).is_some(), "{store}");
    }
}

#[test]
fn r2_a_read_may_be_made_in_the_middle_of_a_read() {
    for (store, world) in World::all() {
        let model = stocked(&world);
        let mut stocks = Vec::new();
        let walk = Walk { model: &model, by: WalkBy::Id { after: None }, reverse: false, hint: None };
        world
            .store
            .read(true, &mut |reader| {
                reader.walk(&walk, &mut |_, record| {
                    stocks.push(world.values(&model, record.id).unwrap()["stock"].clone());
                    ControlFlow::Continue(())
                })
            })
            .unwrap();
        assert_eq!(stocks, [json!(30), json!(10), json!(20), json!(10), json!(null), json!(-5)], "{store}");
    }
}

#[test]
fn r2_a_long_walk_misses_nothing_and_gives_nothing_twice() {
    for (store, world) in World::all() {
        let model = world.registered(Draft::new(1, product()).stored(world.storage).index(1, &["stock"]));
        let of = model.clone();
        let many = crate::world::Emit::new(Vec::new(), move |_, now| {
            let record = |number: u128| new_record(&of, number, &json!({"stock": number % 10}), now);
            dmr_core::decide::Decision::Changes(
                (0..3000).map(|number| change(EntryKind::RecordCreate, &of, None, Some(record(number)))).collect(),
            )
        });
        world.run(many).unwrap();
        for by in [WalkBy::Id { after: None }, WalkBy::Index { index: 1, lower: Vec::new(), upper: None }] {
            for reverse in [false, true] {
                let mut seen = Vec::new();
                let walk = Walk { model: &model, by: by.clone(), reverse, hint: None };
                world
                    .store
                    .read(false, &mut |reader| {
                        reader.walk(&walk, &mut |_, record| {
                            // Longer than a stretch, so that the walk has to go on in a later snapshot.
                            if seen.len() == 100 {
                                std::thread::sleep(std::time::Duration::from_millis(60));
                            }
                            seen.push(number(record.id));
                            ControlFlow::Continue(())
                        })
                    })
                    .unwrap();
                let key = |number: &u128| if matches!(by, WalkBy::Id { .. }) { (0, *number) } else { (number % 10, *number) };
                let mut wanted: Vec<u128> = (0..3000).collect();
                wanted.sort_by_key(key);
                if reverse {
                    wanted.reverse();
                }
                assert!(seen == wanted, "{store}: {} seen", seen.len());
            }
        }
    }
}
