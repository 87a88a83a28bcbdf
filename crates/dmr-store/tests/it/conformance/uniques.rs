//! Unique keys: only live records hold them (M5).

use crate::world::{Draft, Emit, World, id, number, product};
use dmr_core::decide::{Decision, Read};
use dmr_core::model::Model;
use serde_json::json;
use std::sync::{Arc, mpsc};

fn named(world: &World) -> Arc<Model> {
    world.registered(Draft::new(1, product()).stored(world.storage).unique(1, &["name"]).unique(2, &["stock", "maker.city"]))
}

fn holder(world: &World, model: &Arc<Model>, constraint: u32, doc: serde_json::Value) -> Option<u128> {
    let doc = dmr_core::document::encode(model, doc.as_object().unwrap());
    let unique = model.uniques.iter().find(|unique| unique.id == constraint).unwrap();
    let key = unique.key(&doc).unwrap();
    world.read(|reader| reader.unique(model.id(), constraint, &key)).map(number)
}

#[test]
fn m5_a_live_record_holds_its_keys() {
    for (store, world) in World::all() {
        let model = named(&world);
        world.create(&model, 1, json!({"name": "chair", "stock": 1, "maker": {"city": "Ulm"}}));
        assert_eq!(holder(&world, &model, 1, json!({"name": "chair"})), Some(1), "{store}");
        assert_eq!(holder(&world, &model, 2, json!({"stock": 1, "maker": {"city": "Ulm"}})), Some(1), "{store}");
        assert_eq!(holder(&world, &model, 1, json!({"name": "table"})), None, "{store}");
    }
}

#[test]
fn m5_null_and_absent_hold_no_key() {
    for (store, world) in World::all() {
        let model = named(&world);
        world.create(&model, 1, json!({"name": null, "stock": 1}));
        world.create(&model, 2, json!({"stock": 1, "maker": {"city": null}}));
        assert_eq!(world.read(|reader| reader.uniques(model.id())), [], "{store}");
    }
}

#[test]
fn m5_an_update_moves_the_key() {
    for (store, world) in World::all() {
        let model = named(&world);
        world.create(&model, 1, json!({"name": "chair"}));
        world.update(&model, 1, json!({"name": "table"}));
        assert_eq!(holder(&world, &model, 1, json!({"name": "chair"})), None, "{store}");
        assert_eq!(holder(&world, &model, 1, json!({"name": "table"})), Some(1), "{store}");
    }
}

#[test]
fn m5_a_deleted_record_frees_its_key_and_another_may_take_it() {
    for (store, world) in World::all() {
        let model = named(&world);
        world.create(&model, 1, json!({"name": "chair"}));
        world.delete(&model, 1);
        assert_eq!(holder(&world, &model, 1, json!({"name": "chair"})), None, "{store}");
        world.create(&model, 2, json!({"name": "chair"}));
        assert_eq!(holder(&world, &model, 1, json!({"name": "chair"})), Some(2), "{store}");
    }
}

#[test]
fn m5_a_restored_record_holds_its_key_again() {
    for (store, world) in World::all() {
        let model = named(&world);
        world.create(&model, 1, json!({"name": "chair"}));
        world.delete(&model, 1);
        world.restore(&model, 1);
        assert_eq!(holder(&world, &model, 1, json!({"name": "chair"})), Some(1), "{store}");
    }
}

#[test]
fn m5_a_purged_record_holds_no_key() {
    for (store, world) in World::all() {
        let model = named(&world);
        world.create(&model, 1, json!({"name": "chair"}));
        world.purge(&model, 1);
        world.create(&model, 2, json!({"name": "table"}));
        world.delete(&model, 2);
        world.purge(&model, 2);
        assert_eq!(world.read(|reader| reader.uniques(model.id())), [], "{store}");
    }
}

#[test]
fn m5_a_command_reads_who_holds_a_key_in_its_own_batch() {
    for (store, world) in World::all() {
        let model = named(&world);
        let key = model.uniques[0].key(br#"{"1":"chair"}"#).unwrap();
        let (told, tells) = mpsc::channel();
        let (of, read) = (model.id(), key.clone());
        let made = world.start(crate::world::create(&model, 1, &json!({"name": "chair"})));
        let asked = world.start(Emit::new(vec![Read::Unique(of, 1, key)], move |snapshot, _| {
            told.send(snapshot.unique(&(of, 1, read.clone())).copied()).unwrap();
            Decision::Changes(Vec::new())
        }));
        made.recv().unwrap().unwrap();
        asked.recv().unwrap().unwrap();
        assert_eq!(tells.recv().unwrap(), Some(Some(id(1))), "{store}");
    }
}

#[test]
fn m5_a_key_that_is_taken_in_spite_of_core_is_refused_by_the_store() {
    for (store, world) in World::all() {
        if store == "memory" {
            // The reference trusts core here: there a key has no row of its own to collide with.
            continue;
        }
        let model = named(&world);
        world.create(&model, 1, json!({"name": "chair"}));
        let before = world.dump();
        assert!(world.run(crate::world::create(&model, 2, &json!({"name": "chair"}))).is_err(), "{store}");
        assert_eq!(world.dump(), before, "{store}");
    }
}
