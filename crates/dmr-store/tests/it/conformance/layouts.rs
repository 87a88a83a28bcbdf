//! A model changes while it has records: indexes, constraints, types, and the layout itself. Nothing is lost.

use crate::world::{Draft, World, product};
use dmr_core::model::Storage;
use serde_json::{Value, json};

fn filled(world: &World, draft: Draft) -> std::sync::Arc<dmr_core::model::Model> {
    let model = world.registered(draft.stored(world.storage));
    for number in 1..=5_u32 {
        let values = json!({"name": format!("n{number}"), "stock": 10 - number, "price": 1.50, "tags": ["a"], "maker": {"city": "Ulm"}});
        world.create(&model, u128::from(number), values);
    }
    world.delete(&model, 5);
    model
}

/// The dump without what a change of the model's head changes.
fn records(world: &World) -> Vec<String> {
    world.dump().into_iter().filter(|line| line.starts_with("record") || line.starts_with("count")).collect()
}

#[test]
fn m5_an_index_that_is_added_holds_the_records_that_live() {
    for (store, world) in World::all() {
        let model = filled(&world, Draft::new(1, product()));
        let model = world.changed(&model, Draft::of(&model).index(1, &["stock"]).index(2, &["-name"]));
        assert_eq!(world.ordered(&model, 1), [4, 3, 2, 1], "{store}");
        assert_eq!(world.ordered(&model, 2), [4, 3, 2, 1], "{store}");
        world.restore(&model, 5);
        assert_eq!(world.ordered(&model, 1), [5, 4, 3, 2, 1], "{store}");
    }
}

#[test]
fn m5_an_index_that_is_removed_is_gone_and_may_come_back_otherwise() {
    for (store, world) in World::all() {
        let model = filled(&world, Draft::new(1, product()).index(1, &["stock"]).index(2, &["name"]));
        let without = world.changed(&model, Draft::of(&model).without_index(1));
        assert_eq!(world.ordered(&without, 1), [] as [u128; 0], "{store}");
        assert_eq!(world.ordered(&without, 2), [1, 2, 3, 4], "{store}");
        world.update(&without, 1, json!({"name": "z"}));
        let again = world.changed(&without, Draft::of(&without).index(1, &["name"]));
        assert_eq!(world.ordered(&again, 1), [2, 3, 4, 1], "{store}");
    }
}

#[test]
fn m5_an_index_follows_the_type_of_its_members() {
    for (store, world) in World::all() {
        let schema = |kind: &str| json!({"type": "object", "properties": {"size": {"type": kind}}});
        let model = world.registered(Draft::new(1, schema("string")).stored(world.storage).index(1, &["size"]));
        for (number, size) in [(1, json!("9")), (2, json!("10")), (3, json!("1"))] {
            world.create(&model, number, json!({"size": size}));
        }
        assert_eq!(world.ordered(&model, 1), [3, 2, 1], "{store}");
        let mut draft = Draft::of(&model).without_index(1).schema(schema("integer"));
        draft = draft.index(1, &["size"]);
        let retyped = world.changed(&model, draft);
        world.update(&retyped, 1, json!({"size": 9}));
        world.update(&retyped, 2, json!({"size": 10}));
        world.create(&retyped, 4, json!({"size": -1}));
        assert_eq!(world.ordered(&retyped, 1), [4, 1, 2, 3], "{store}: what is of another type stands where its own kind does");
        assert_eq!(world.values(&retyped, crate::world::id(3)), Some(json!({"size": "1"})), "{store}");
    }
}

#[test]
fn m5_a_constraint_that_is_added_takes_keys_and_one_that_is_removed_frees_them() {
    for (store, world) in World::all() {
        let model = filled(&world, Draft::new(1, product()));
        let unique = world.changed(&model, Draft::of(&model).unique(1, &["name"]));
        assert_eq!(world.read(|reader| reader.uniques(unique.id())).len(), 4, "{store}");
        let free = world.changed(&unique, Draft::of(&unique).without_unique(1));
        assert_eq!(world.read(|reader| reader.uniques(free.id())), [], "{store}");
    }
}

#[test]
fn m7_records_of_an_older_version_keep_everything() {
    for (store, world) in World::all() {
        let model = filled(&world, Draft::new(1, product()));
        let before = records(&world);
        let mut schema = product();
        let properties = schema["properties"].as_object_mut().unwrap();
        properties.remove("name");
        properties.insert("stock".to_owned(), json!({"type": "string"}));
        properties.insert("tags".to_owned(), json!({"type": "integer"}));
        properties.insert("price".to_owned(), json!({"type": "array"}));
        properties.insert("added".to_owned(), json!({"type": "integer"}));
        let next = world.changed(&model, Draft::of(&model).schema(schema));
        assert_eq!(records(&world), before, "{store}");
        world.create(&next, 9, json!({"stock": "many", "tags": 3, "price": [1], "added": 1}));
        assert_eq!(
            world.values(&next, crate::world::id(9)),
            Some(json!({"stock": "many", "price": [1], "tags": 3, "added": 1})),
            "{store}"
        );
        let third = world.changed(&next, Draft::of(&next).schema(product()));
        world.update(&third, 1, json!({"name": "n", "stock": 1}));
        assert_eq!(
            records(&world)[3..],
            before[3..].iter().cloned().chain([records(&world).pop().unwrap()]).collect::<Vec<_>>(),
            "{store}"
        );
    }
}

#[test]
fn d4_a_live_model_changes_its_layout_and_nothing_is_lost() {
    for (store, world) in World::of_every_layout() {
        let model = filled(&world, Draft::new(1, product()).index(1, &["stock"]).unique(2, &["name"]));
        let neighbour = filled(&world, Draft::new(2, product()).index(1, &["stock"]));
        let strip = |lines: Vec<String>| lines.into_iter().filter(|line| !line.starts_with("model")).collect::<Vec<_>>();
        let before = strip(world.dump());
        let mut now = model;
        for storage in [Storage::Structured, Storage::Flexible, Storage::Structured] {
            now = world.changed(&now, Draft::of(&now).stored(storage));
            assert_eq!(strip(world.dump()), before, "{store}, {storage:?}");
        }
        world.create(&now, 7, json!({"name": "seven", "stock": 7}));
        world.update(&now, 1, json!({"name": "one", "stock": 100}));
        world.delete(&now, 2);
        world.create(&neighbour, 7, json!({"stock": 0}));
        assert_eq!(world.ordered(&now, 1), [4, 3, 7, 1], "{store}");
        let replayed = world.read(dmr_store::replay_of);
        assert_eq!(dmr_store::dump(&replayed).unwrap(), world.dump(), "{store}");
    }
}

#[test]
fn d4_a_model_changes_and_gets_records_in_one_command() {
    for (store, world) in World::all() {
        let model = world.model(1, product());
        let next = Draft::of(&model).index(1, &["stock"]).compile();
        let mut changes = crate::world::registration(dmr_core::log::EntryKind::ModelVersion, Some(&model), &next);
        let record = crate::world::new_record(&next, 1, &json!({"stock": 5}), 1);
        changes.push(crate::world::change(dmr_core::log::EntryKind::RecordCreate, &next, None, Some(record)));
        world.commit(changes);
        assert_eq!(world.ordered(&next, 1), [1], "{store}");
    }
}

#[test]
fn d4_a_reader_in_the_middle_of_a_change_of_layout_sees_what_was() {
    for (store, world) in World::of_every_layout() {
        let model = filled(&world, Draft::new(1, product()).index(1, &["stock"]));
        world
            .store
            .read(true, &mut |reader| {
                let before = dmr_store::dump(reader)?;
                let next = world.changed(&model, Draft::of(&model).stored(Storage::Structured));
                world.changed(&next, Draft::of(&next).stored(Storage::Flexible));
                assert_eq!(dmr_store::dump(reader)?, before, "{store}");
                Ok(())
            })
            .unwrap();
    }
}

#[test]
fn m6_a_wide_model_is_kept_whole() {
    for (store, world) in World::all() {
        let properties: dmr_core::Object = (0..1200).map(|at| (format!("f{at}"), json!({"type": "integer"}))).collect();
        let model = world.model(1, json!({"type": "object", "properties": properties}));
        let values: dmr_core::Object = (0..1200).map(|at| (format!("f{at}"), Value::from(at))).collect();
        world.create(&model, 1, Value::Object(values.clone()));
        assert_eq!(world.values(&model, crate::world::id(1)), Some(Value::Object(values)), "{store}");
    }
}

#[test]
fn m7_an_index_follows_the_name_of_a_field_that_older_records_hold_undeclared() {
    for (store, world) in World::all() {
        let schema = |names: &[&str]| {
            let properties: dmr_core::Object = names.iter().map(|name| ((*name).to_owned(), json!({"type": "integer"}))).collect();
            json!({"type": "object", "properties": properties})
        };
        let model = world.registered(Draft::new(1, schema(&["a"])).stored(world.storage));
        world.create(&model, 1, json!({"size": 5, "width": 1}));
        world.create(&model, 2, json!({"size": 3, "width": 2}));
        let model = world.changed(&model, Draft::of(&model).schema(schema(&["a", "size"])).index(1, &["size"]).unique(2, &["size"]));
        assert_eq!(world.ordered(&model, 1), [2, 1], "{store}");
        let model = world.changed(&model, Draft::of(&model).renamed("size", "width"));
        assert_eq!(world.ordered(&model, 1), [1, 2], "{store}");
        world.update(&model, 1, json!({"width": 9}));
        world.delete(&model, 2);
        assert_eq!(world.ordered(&model, 1), [1], "{store}: no entry is left behind");
        assert_eq!(world.read(|reader| reader.uniques(model.id())).len(), 1, "{store}");
        let replayed = world.read(dmr_store::replay_of);
        assert_eq!(dmr_store::dump(&replayed).unwrap(), world.dump(), "{store}");
    }
}
