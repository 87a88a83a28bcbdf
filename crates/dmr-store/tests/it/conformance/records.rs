//! Records are made, changed, deleted, restored and purged.

use crate::world::{World, id, product};
use serde_json::json;

#[test]
fn r1_a_record_that_was_made_is_there() {
    for (store, world) in World::all() {
        let model = world.model(1, product());
        let made = world.create(&model, 1, json!({"name": "chair", "stock": 3, "x": [1]}));
        assert_eq!(world.record(&model, id(1)), Some(made), "{store}");
        assert_eq!(world.values(&model, id(1)), Some(json!({"name": "chair", "stock": 3, "x": [1]})), "{store}");
        assert_eq!(world.record(&model, id(2)), None, "{store}");
    }
}
