//! The log is the one record of what happened: after any history, replaying it from empty gives what is stored, and the same history in
//! memory gives the same answers (invariants 6 and 13, attack G).

mod checked;
mod commands;
mod life;

use super::random::Random;
use dmr::core::log::EntryKind;
use life::Life;
use std::collections::BTreeSet;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::Mutex;
use std::thread;

/// How many histories, and how many commands each has.
const HISTORIES: u64 = 16;
const COMMANDS: usize = 200;

/// What no command of this library makes: there is no command that does it.
const UNREACHABLE: [EntryKind; 2] = [EntryKind::QuarantineRemove, EntryKind::FactRefused];

/// Lives through a history; gives the kinds of its entries. A failure tells the seed and how far it came.
fn live(seed: u64) -> BTreeSet<EntryKind> {
    let mut random = Random::new(seed);
    let mut life = Life::new(seed);
    life.begins(&mut random);
    for step in 5..COMMANDS {
        let lived = catch_unwind(AssertUnwindSafe(|| life.command(&mut random)));
        lived.unwrap_or_else(|broken| {
            eprintln!("-- history {seed}, command {step}: {}", life.last);
            resume_unwind(broken)
        });
    }
    let checked = catch_unwind(AssertUnwindSafe(|| checked::check(life)));
    checked.unwrap_or_else(|broken| {
        eprintln!("-- history {seed}, at its end");
        resume_unwind(broken)
    })
}

#[test]
fn g_m7_r1_p1_replaying_the_log_of_any_history_gives_its_state() {
    let (seeds, kinds) = (Mutex::new(1..=HISTORIES), Mutex::new(BTreeSet::new()));
    thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                while let Some(seed) = { seeds.lock().unwrap().next() } {
                    let made = live(seed);
                    kinds.lock().unwrap().extend(made);
                }
            });
        }
    });
    let kinds = kinds.into_inner().unwrap();
    let never: Vec<_> = EntryKind::ALL.iter().filter(|kind| !kinds.contains(kind) && !UNREACHABLE.contains(kind)).collect();
    assert!(never.is_empty(), "no history had these: {never:?}");
}
