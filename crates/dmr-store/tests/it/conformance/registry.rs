//! Registered things: rows by kind and key, and who is told of them.

use crate::world::{Draft, World, product, registration, setting};
use dmr_core::change::RegistryKind;
use dmr_core::json::raw;
use dmr_core::log::EntryKind;
use serde_json::{Value, json};

fn rows(world: &World) -> Vec<(RegistryKind, String, Value)> {
    let rows = world.read(|reader| reader.registry());
    rows.into_iter().map(|row| (row.what, row.key, raw::value(&row.body))).collect()
}

#[test]
fn m1_a_registered_thing_is_there_under_its_kind_and_key() {
    for (store, world) in World::all() {
        // Digits and the order of members are kept.
        let body = raw::value(br#"{"z":1,"a":[1.50]}"#);
        world.commit(vec![setting("b", None, Some(body.clone())), setting("a", None, Some(json!("x")))]);
        let wanted = [("a", json!("x")), ("b", body)].map(|(key, body)| (RegistryKind::Setting, key.to_owned(), body));
        assert_eq!(rows(&world), wanted, "{store}");
    }
}

#[test]
fn m1_a_registered_thing_changes_and_goes() {
    for (store, world) in World::all() {
        world.commit(vec![setting("a", None, Some(json!(1)))]);
        world.commit(vec![setting("a", Some(json!(1)), Some(json!(2)))]);
        assert_eq!(rows(&world), [(RegistryKind::Setting, "a".to_owned(), json!(2))], "{store}");
        world.commit(vec![setting("a", Some(json!(2)), None)]);
        assert_eq!(rows(&world), [], "{store}");
    }
}

#[test]
fn m7_a_model_is_a_head_and_versions() {
    for (store, world) in World::all() {
        let first = world.model(12, product());
        world.changed(&first, Draft::of(&first).schema(json!({"type": "object", "properties": {"name": {"type": "string"}}})));
        let keys: Vec<(RegistryKind, String)> = rows(&world).into_iter().map(|(what, key, _)| (what, key)).collect();
        let wanted = [(RegistryKind::Model, "12"), (RegistryKind::Version, "12/1"), (RegistryKind::Version, "12/2")];
        assert_eq!(keys, wanted.map(|(what, key)| (what, key.to_owned())), "{store}");
        let models = world.read(dmr_store::models);
        assert_eq!(models.iter().map(|model| (model.id().0, model.head.stamp)).collect::<Vec<_>>(), [(12, 2)], "{store}");
    }
}

#[test]
fn m1_whoever_opened_the_store_hears_of_every_registration_in_order() {
    for (store, world) in World::all() {
        let model = world.model(1, product());
        world.create(&model, 1, json!({}));
        world.commit(vec![setting("a", None, Some(json!(1)))]);
        world.commit(registration(EntryKind::ModelChange, Some(&model), &Draft::of(&model).compile()));
        let heard = world.heard.lock().clone();
        use EntryKind::{ModelChange, ModelRegister, SettingChange, VersionAdd};
        assert_eq!(heard, [VersionAdd, ModelRegister, SettingChange, ModelChange], "{store}");
    }
}

#[test]
fn m8_a_deleted_model_keeps_its_row_and_loses_its_records() {
    for (store, world) in World::all() {
        let model = world.registered(Draft::new(1, product()).stored(world.storage).index(1, &["stock"]).unique(2, &["name"]));
        let other = world.model(2, product());
        world.create(&model, 1, json!({"name": "chair", "stock": 1}));
        world.create(&other, 1, json!({"name": "chair"}));
        world.delete(&model, 1);
        let gone = Draft::of(&model).deleted().compile();
        world.commit(registration(EntryKind::ModelDelete, Some(&model), &gone));
        assert_eq!(world.record(&model, crate::world::id(1)), None, "{store}");
        assert_eq!(world.counts(&model), Default::default(), "{store}");
        assert_eq!(world.ordered(&model, 1), [], "{store}");
        assert_eq!(world.counts(&other).live, 1, "{store}");
        assert_eq!(rows(&world).len(), 4, "{store}: two heads, two versions");
        assert_eq!(world.log(&Default::default()).len(), 8, "{store}: the log forgets nothing");
    }
}
