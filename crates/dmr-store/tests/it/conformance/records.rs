//! Records are made, changed, deleted, restored and purged; counts follow.

use crate::world::{ANN, BEGINNING, BEN, World, change, create, delete, id, new_record, product, update};
use dmr_core::Code;
use dmr_core::decide::WorkFault;
use dmr_core::log::EntryKind;
use dmr_core::record::Record;
use dmr_store::Counts;
use serde_json::json;

#[test]
fn r1_a_record_that_was_made_is_there() {
    for (store, world) in World::all() {
        let model = world.model(1, product());
        let made = world.create(&model, 1, json!({"name": "chair", "stock": 3, "x": [1]}));
        assert_eq!(world.record(&model, id(1)), Some(made), "{store}");
        assert_eq!(world.values(&model, id(1)), Some(json!({"name": "chair", "stock": 3, "x": [1]})), "{store}");
    }
}

#[test]
fn r1_a_record_that_was_not_made_is_not_there() {
    for (store, world) in World::all() {
        let model = world.model(1, product());
        let other = world.model(2, product());
        world.create(&model, 1, json!({}));
        assert_eq!(world.record(&model, id(2)), None, "{store}");
        assert_eq!(world.record(&other, id(1)), None, "{store}: ids are a model's own");
    }
}

#[test]
fn r5_system_fields_come_back_as_they_were_given() {
    for (store, world) in World::all() {
        let model = world.model(1, product());
        let record = Record {
            version: 7,
            updated_at: BEGINNING + 5,
            updated_by: BEN,
            owner: BEN,
            ..new_record(&model, 1, &json!({"name": "a"}), BEGINNING)
        };
        world.commit(vec![change(EntryKind::RecordCreate, &model, None, Some(record.clone()))]);
        assert_eq!(world.record(&model, id(1)), Some(record.clone()), "{store}");
        let same_as_made = Record { version: 8, updated_at: BEGINNING, updated_by: ANN, owner: ANN, ..record.clone() };
        world.commit(vec![change(EntryKind::RecordUpdate, &model, Some(record), Some(same_as_made.clone()))]);
        assert_eq!(world.record(&model, id(1)), Some(same_as_made), "{store}");
    }
}

#[test]
fn r1_an_update_changes_the_record_and_its_version() {
    for (store, world) in World::all() {
        let model = world.model(1, product());
        let made = world.create(&model, 1, json!({"name": "chair", "stock": 3}));
        let changed = world.update(&model, 1, json!({"name": "table", "price": 2.5}));
        assert_eq!(world.record(&model, id(1)), Some(changed.clone()), "{store}");
        assert_eq!((changed.version, changed.created_at), (2, made.created_at), "{store}");
        assert_eq!(world.values(&model, id(1)), Some(json!({"name": "table", "price": 2.5})), "{store}");
    }
}

#[test]
fn r1_a_deleted_record_stays_until_it_is_purged() {
    for (store, world) in World::all() {
        let model = world.model(1, product());
        world.create(&model, 1, json!({"name": "chair"}));
        let deleted = world.delete(&model, 1);
        assert!(deleted.deleted_at.is_some(), "{store}");
        assert_eq!(world.record(&model, id(1)), Some(deleted), "{store}");
        world.purge(&model, 1);
        assert_eq!(world.record(&model, id(1)), None, "{store}");
    }
}

#[test]
fn r1_a_restored_record_lives_again() {
    for (store, world) in World::all() {
        let model = world.model(1, product());
        world.create(&model, 1, json!({"name": "chair"}));
        world.delete(&model, 1);
        let restored = world.restore(&model, 1);
        assert_eq!((restored.version, restored.deleted_at), (3, None), "{store}");
        assert_eq!(world.record(&model, id(1)), Some(restored), "{store}");
    }
}

#[test]
fn r1_a_live_record_can_be_purged_and_its_id_used_again() {
    for (store, world) in World::all() {
        let model = world.model(1, product());
        world.create(&model, 1, json!({"name": "chair"}));
        world.purge(&model, 1);
        assert_eq!(world.record(&model, id(1)), None, "{store}");
        let again = world.create(&model, 1, json!({"name": "stool"}));
        assert_eq!(world.record(&model, id(1)), Some(again), "{store}");
        assert_eq!(world.counts(&model), Counts { live: 1, deleted: 0 }, "{store}");
    }
}

#[test]
fn r1_a_second_record_with_the_same_id_is_refused_and_changes_nothing() {
    for (store, world) in World::all() {
        let model = world.model(1, product());
        world.create(&model, 1, json!({"name": "chair"}));
        let before = world.dump();
        let told = world.run(create(&model, 1, &json!({"name": "thief"})));
        let Err(WorkFault::Problem(problem)) = told else { panic!("{store}: {told:?}") };
        assert_eq!(problem.code, Code::Internal, "{store}: core decides what is taken; what it did not see is a fault");
        assert_eq!(world.dump(), before, "{store}");
    }
}

#[test]
fn h_a_change_of_a_record_that_has_changed_since_is_refused() {
    for (store, world) in World::all() {
        let model = world.model(1, product());
        let first = world.create(&model, 1, json!({"name": "chair"}));
        world.update(&model, 1, json!({"name": "table"}));
        let before = world.dump();
        let lost = Record { version: 2, ..first.clone() };
        let told = world.run(crate::world::Emit::now(vec![change(EntryKind::RecordUpdate, &model, Some(first), Some(lost))]));
        assert!(told.is_err(), "{store}");
        assert_eq!(world.dump(), before, "{store}: no update is lost");
    }
}

#[test]
fn r1_what_is_not_there_is_refused_by_the_command_and_logged_nowhere() {
    for (store, world) in World::all() {
        let model = world.model(1, product());
        let told = world.run(update(&model, 9, &json!({})));
        let Err(WorkFault::Problem(problem)) = told else { panic!("{store}: {told:?}") };
        assert_eq!(problem.code, Code::RecordUnknown, "{store}");
        assert!(world.run(delete(&model, 9)).is_err(), "{store}");
        assert_eq!(world.log(&Default::default()).len(), 2, "{store}: only the registration");
    }
}

#[test]
fn r2_counts_follow_every_change() {
    for (store, world) in World::all() {
        let model = world.model(1, product());
        let mut seen = vec![world.counts(&model)];
        for number in 1..=3 {
            world.create(&model, number, json!({"stock": 1}));
        }
        seen.push(world.counts(&model));
        world.delete(&model, 1);
        world.update(&model, 2, json!({"stock": 2}));
        seen.push(world.counts(&model));
        world.restore(&model, 1);
        world.delete(&model, 3);
        world.purge(&model, 3);
        world.purge(&model, 2);
        seen.push(world.counts(&model));
        let of = |live, deleted| Counts { live, deleted };
        assert_eq!(seen, [of(0, 0), of(3, 0), of(2, 1), of(1, 0)], "{store}");
    }
}

#[test]
fn r1_a_record_is_lent_without_a_copy_and_its_absence_told() {
    for (store, world) in World::all() {
        let model = world.model(1, product());
        let made = world.create(&model, 1, json!({"name": "chair"}));
        let mut seen = Vec::new();
        world
            .store
            .read(false, &mut |reader| {
                reader.with_record(&model, id(1), &mut |record| seen.push(record.map(|record| record.to_owned())))?;
                reader.with_record(&model, id(2), &mut |record| seen.push(record.map(|record| record.to_owned())))
            })
            .unwrap();
        assert_eq!(seen, [Some(made), None], "{store}");
    }
}
