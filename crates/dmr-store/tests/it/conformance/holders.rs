//! Who has a value: what a reference that restricts asks before a record goes (M5).

use crate::world::{Draft, Emit, World, create, delete, number, product, update};
use dmr_core::FieldType;
use dmr_core::decide::{Decision, Read};
use dmr_core::model::Model;
use serde_json::json;
use std::sync::{Arc, mpsc};

/// The numbers of the live records with a name, at most so many, as a command is told them after others in its batch.
fn holders(world: &World, model: &Arc<Model>, name: &str, most: usize, before: Vec<Emit>) -> Vec<u128> {
    let mut key = Vec::new();
    FieldType::Text.key(&json!(name), &mut key);
    let (told, tells) = mpsc::channel();
    let (of, read) = (model.id(), key.clone());
    let before: Vec<_> = before.into_iter().map(|work| world.start(work)).collect();
    let asked = world.start(Emit::new(vec![Read::Holders(model.clone(), 7, key, most)], move |snapshot, _| {
        told.send(snapshot.holders(&(of, 7, read.clone())).cloned()).unwrap();
        Decision::Changes(Vec::new())
    }));
    before.into_iter().for_each(|told| drop(told.recv().unwrap().unwrap()));
    asked.recv().unwrap().unwrap();
    let mut found: Vec<u128> = tells.try_iter().last().flatten().unwrap().into_iter().map(number).collect();
    found.sort_unstable();
    found
}

#[test]
fn m5_a_command_reads_which_live_records_have_a_value_in_its_own_batch() {
    for (store, world) in World::all() {
        let model = world.registered(Draft::new(1, product()).stored(world.storage).index(7, &["name", "-stock"]));
        for (at, name) in ["chair", "chairs", "chair", "table"].into_iter().enumerate() {
            world.create(&model, at as u128 + 1, json!({"name": name, "stock": at}));
        }
        assert_eq!(holders(&world, &model, "chair", 10, Vec::new()), [1, 3], "{store}");
        assert_eq!(holders(&world, &model, "chair", 1, Vec::new()).len(), 1, "{store}");
        assert_eq!(holders(&world, &model, "chai", 10, Vec::new()), [], "{store}");
        let others = vec![
            create(&model, 5, &json!({"name": "chair", "stock": 1})),
            delete(&model, 1),
            update(&model, 3, &json!({"name": "table"})),
            create(&model, 6, &json!({"name": null})),
        ];
        assert_eq!(holders(&world, &model, "chair", 10, others), [5], "{store}");
        assert_eq!(holders(&world, &model, "table", 10, vec![delete(&model, 4)]), [3], "{store}");
    }
}
