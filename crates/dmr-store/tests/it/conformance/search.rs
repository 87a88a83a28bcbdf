//! The words of SEARCHABLE fields: what a store hands out holds all that answers, whatever happened to the records and the model.

use crate::world::{Draft, World, found, id, new_record, product, scanned};
use dmr_core::log::EntryKind;
use dmr_core::model::{Model, Storage};
use serde_json::json;
use std::sync::Arc;

fn searchable(world: &World) -> Arc<Model> {
    world.registered(Draft::new(1, product()).stored(world.storage).searchable(&["name", "tags", "maker.city"]))
}

/// Five records in which words meet.
fn filled(world: &World) -> Arc<Model> {
    let model = searchable(world);
    world.create(&model, 1, json!({"name": "Green tea", "stock": 1}));
    world.create(&model, 2, json!({"name": "green pot", "tags": ["tea", "AB-1234"]}));
    world.create(&model, 3, json!({"name": "Gr\u{fc}ne Teekanne", "maker": {"city": "Green Bay"}}));
    world.create(&model, 4, json!({"name": "3.14 or 3,14 or 3 14", "tags": ["tea green"]}));
    world.create(&model, 5, json!({"name": null, "tags": [], "stock": 5}));
    model
}

#[test]
fn r3_records_are_found_by_the_words_of_their_fields() {
    for (store, world) in World::all() {
        let model = filled(&world);
        let cases: &[(&str, &[u128])] = &[
            ("tea", &[1, 2, 4]),
            ("GREEN tea", &[1, 2, 4]),
            ("\"green tea\"", &[1]),
            ("te*", &[1, 2, 3, 4]),
            ("\"green\" bay", &[3]),
            ("\"green bay\"", &[3]),
            ("grune", &[3]),
            ("ab-1234", &[2]),
            ("ab-12*", &[2]),
            ("ab-12", &[]),
            ("3.14", &[4]),
            ("3,14", &[4]),
            ("\"3 14\"", &[4]),
            ("5", &[]),
            ("coffee", &[]),
            ("NEAR OR AND", &[]),
        ];
        for (question, numbers) in cases {
            assert_eq!(found(&world, &model, question), *numbers, "{store}: {question}");
            assert_eq!(scanned(&world, &model, question), *numbers, "{store}: {question}, by looking at each");
        }
    }
}

#[test]
fn r3_words_follow_their_records() {
    for (store, world) in World::all() {
        let model = filled(&world);
        world.update(&model, 1, json!({"name": "black tea", "stock": 1}));
        assert_eq!((found(&world, &model, "black"), found(&world, &model, "green")), (vec![1], vec![2, 3, 4]), "{store}");
        world.update(&model, 1, json!({"name": "black tea", "stock": 2}));
        world.delete(&model, 1);
        world.delete(&model, 2);
        assert_eq!(found(&world, &model, "tea"), [4], "{store}");
        world.restore(&model, 1);
        assert_eq!(found(&world, &model, "tea"), [1, 4], "{store}");
        world.purge(&model, 1);
        world.purge(&model, 2);
        world.purge(&model, 4);
        assert_eq!(found(&world, &model, "tea"), [0_u128; 0], "{store}");
        world.create(&model, 1, json!({"name": "tea again"}));
        assert_eq!(found(&world, &model, "tea"), [1], "{store}");
        let replayed = world.read(dmr_store::replay_of);
        assert_eq!(crate::world::found_by(&replayed, &model, "tea"), [1], "{store}: replayed");
    }
}

#[test]
fn m4_searchable_is_given_and_taken_with_records_there() {
    for (store, world) in World::all() {
        let plain = world.registered(Draft::new(1, product()).stored(world.storage));
        world.create(&plain, 1, json!({"name": "green tea", "tags": ["pot"]}));
        world.create(&plain, 2, json!({"name": "black tea"}));
        world.delete(&plain, 2);
        let one = world.changed(&plain, Draft::of(&plain).searchable(&["name"]));
        assert_eq!((found(&world, &one, "tea"), found(&world, &one, "pot")), (vec![1], vec![]), "{store}");
        let two = world.changed(&one, Draft::of(&one).searchable(&["tags"]));
        assert_eq!((found(&world, &two, "tea"), found(&world, &two, "pot")), (vec![1], vec![1]), "{store}");
        let other = world.changed(&two, Draft::of(&two).not_searchable("name"));
        assert_eq!((found(&world, &other, "tea"), found(&world, &other, "pot")), (vec![], vec![1]), "{store}");
        let none = world.changed(&other, Draft::of(&other).not_searchable("tags"));
        assert_eq!(found(&world, &none, "pot"), [0_u128; 0], "{store}");
        world.update(&none, 1, json!({"name": "new"}));
        let again = world.changed(&none, Draft::of(&none).searchable(&["name"]));
        assert_eq!((found(&world, &again, "tea"), found(&world, &again, "new")), (vec![], vec![1]), "{store}");
    }
}

#[test]
fn m7_words_follow_the_names_and_types_of_their_fields() {
    for (store, world) in World::all() {
        let schema = |kind: &str| json!({"type": "object", "properties": {"name": {"type": kind}}});
        let model = world.registered(Draft::new(1, schema("string")).stored(world.storage).searchable(&["name"]));
        world.create(&model, 1, json!({"name": "tea", "label": "pot"}));
        world.create(&model, 2, json!({"label": "kettle"}));
        let renamed = world.changed(&model, Draft::of(&model).renamed("name", "label"));
        assert_eq!((found(&world, &renamed, "tea"), found(&world, &renamed, "kettle")), (vec![1], vec![2]), "{store}");
        let back = world.changed(&renamed, Draft::of(&renamed).renamed("label", "name"));
        assert_eq!(found(&world, &back, "kettle"), [0_u128; 0], "{store}");
        let retyped = world.changed(&back, Draft::of(&back).schema(schema("integer")));
        assert_eq!(found(&world, &retyped, "tea"), [0_u128; 0], "{store}: what is no text is not searched");
        let text = world.changed(&retyped, Draft::of(&retyped).schema(schema("string")));
        assert_eq!(found(&world, &text, "tea"), [1], "{store}");
    }
}

#[test]
fn r3_words_of_two_models_never_meet() {
    for (store, world) in World::all() {
        let one = filled(&world);
        let other = world.registered(Draft::new(2, product()).stored(world.storage).searchable(&["name"]));
        let third = world.registered(Draft::new(17, product()).searchable(&["name"]));
        world.create(&other, 1, json!({"name": "tea for one"}));
        world.create(&third, 9, json!({"name": "tea for none"}));
        assert_eq!((found(&world, &one, "tea"), found(&world, &other, "tea")), (vec![1, 2, 4], vec![1]), "{store}");
        world.changed(&one, Draft::of(&one).deleted());
        assert_eq!((found(&world, &other, "tea"), found(&world, &third, "tea")), (vec![1], vec![9]), "{store}");
    }
}

#[test]
fn d4_words_stay_with_records_that_move() {
    for (store, world) in World::of_every_layout() {
        let mut model = filled(&world);
        let neighbour = world.registered(Draft::new(2, product()).searchable(&["name"]));
        for storage in [Storage::Structured, Storage::Flexible, Storage::Structured, Storage::Flexible] {
            model = world.changed(&model, Draft::of(&model).stored(storage));
            assert_eq!(found(&world, &model, "tea"), [1, 2, 4], "{store}, {storage:?}");
            let number = if storage == Storage::Structured { 6 } else { 7 };
            world.create(&neighbour, number + world.counts(&neighbour).live as u128 * 10, json!({"name": "tea"}));
            world.create(&model, number, json!({"name": "pot"}));
            assert_eq!(found(&world, &model, "pot"), [2, number], "{store}, {storage:?}");
            world.purge(&model, number);
        }
    }
}

#[test]
fn r3_a_command_that_fails_leaves_no_word_behind() {
    for (store, world) in World::all() {
        let model = filled(&world);
        let twice =
            || crate::world::change(EntryKind::RecordCreate, &model, None, Some(new_record(&model, 8, &json!({"name": "twice"}), 1)));
        let told = world.run(crate::world::Emit::now(vec![twice(), twice()]));
        assert!(told.is_err(), "{store}");
        assert_eq!(found(&world, &model, "twice"), [0_u128; 0], "{store}");
        assert_eq!(found(&world, &model, "tea"), [1, 2, 4], "{store}");
        assert_eq!(world.record(&model, id(8)), None, "{store}");
    }
}
