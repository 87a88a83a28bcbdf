//! Two worlds that differ only in the cells and rows one may not see answer it alike, byte for byte: every route that exists, random requests
//! (attacks A, B; P1, P2, P3, P6). What the same answers would not show has a law of its own beside it. And the twin: with any one check of
//! rights switched off, a law is broken.

mod asked;
mod bodies;
mod history;
mod laws;
mod names;
#[path = "../../../../dmr/tests/it/laws/random.rs"]
mod random;
mod twin;
mod worlds;

use random::Random;
use worlds::Worlds;

/// Requests of one run, each asked of both worlds.
const REQUESTS: usize = 2500;

/// How the message of a broken law begins.
const LAW: &str = "a law is broken:";

fn alike(seed: u64, storage: &'static str) {
    let mut random = Random::new(seed);
    let worlds = Worlds::new(seed, storage);
    history::live(&worlds, storage);
    laws::descriptions_hold_nothing_hidden(&worlds);
    laws::hidden_is_as_unknown(&worlds);
    laws::read_only_is_refused(&worlds);
    laws::aggregates_are_of_what_is_seen(&worlds);
    laws::statistics_are_of_what_is_seen(&worlds);
    laws::what_is_found_is_listed(&worlds);
    laws::references_tell_of_what_is_seen(&worlds);
    let before = laws::Closed::of(&worlds);
    let mut asking = asked::Asking::new(&worlds);
    for at in 0..REQUESTS {
        let request = asking.next(&mut random);
        let answer = worlds.same(&request, &|| format!("seed {seed}, request {at}"));
        laws::only_what_one_may(&worlds, &request, &answer);
        asking.learn(&request, &answer);
    }
    before.is_untouched(&worlds);
    laws::what_is_listed_is_what_can_be_got(&worlds);
    if std::env::var(twin::SWITCHED_OFF).is_err() {
        asking.covers_every_route();
    }
}

#[test]
fn p3_what_is_hidden_changes_no_answer_in_memory() {
    alike(1, "memory");
}

#[test]
fn p3_what_is_hidden_changes_no_answer_in_documents() {
    alike(2, "flexible");
}

#[test]
fn p3_what_is_hidden_changes_no_answer_in_tables() {
    alike(3, "structured");
}
