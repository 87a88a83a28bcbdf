//! Copies that cannot be made leave the store as it is (C7).

use crate::world::World;
use dmr_core::Code;
use dmr_core::model::Storage;
use std::sync::Arc;

#[test]
fn c7_a_copy_that_finds_no_room_fails_and_the_store_goes_on() {
    let folder = tempfile::tempdir().unwrap();
    let world = World::sqlite(Storage::Flexible);
    let full = folder.path().join("full.db");
    // Whatever is written there finds no room.
    std::os::unix::fs::symlink("/dev/full", &full).unwrap();
    let problem = world.store.back_up(&full, Arc::default()).unwrap_err();
    assert_eq!(problem.code, Code::StoreFull, "{problem}");
    assert!(problem.detail.contains("full.db"), "{problem}");
    world.store.set_note("n", Some(&serde_json::json!(1))).unwrap();
    let problem = world.store.back_up(&folder.path().join("no/such/directory"), Arc::default()).unwrap_err();
    assert_eq!(problem.code, Code::StoreFailed, "{problem}");
    let whole = folder.path().join("whole.db");
    let copied = world.store.back_up(&whole, Arc::default()).unwrap();
    let found = dmr_store::sqlite::examine(&whole).unwrap();
    assert_eq!((found.position, found.leaf, found.live), (copied.position, copied.leaf, copied.live));
}

#[test]
fn c7_a_store_in_memory_says_that_it_has_no_copies() {
    let problem = World::memory().store.back_up("x".as_ref(), Arc::default()).unwrap_err();
    assert_eq!(problem.code, Code::BehaviourUnavailable);
}
