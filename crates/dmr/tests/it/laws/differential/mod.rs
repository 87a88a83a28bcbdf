//! What a question means does not depend on the store, the index or the layout: three registries and an independent judge, over everything
//! a value can be (R2, and what a value is).

mod aggregates;
mod ask;
mod judge;
pub mod made;
mod values;
mod world;

use super::random::Random;
use world::World;

/// Questions of a test; there are four.
const QUESTIONS: usize = 25_000;
/// Questions of a world: worlds cost more than questions.
const OF_A_WORLD: usize = 2_500;

fn differential(seed: u64) {
    for at in 0..QUESTIONS / OF_A_WORLD {
        let seed = seed * 1000 + at as u64;
        let mut random = Random::new(seed);
        let world = World::new(seed, &mut random);
        world.records_are_the_same();
        for _ in 0..OF_A_WORLD {
            let asker = random.below(world.askers.len());
            let question = ask::question(&world, asker, &mut random);
            world.check(asker, &question);
        }
    }
}

#[test]
fn r2_questions_mean_the_same_everywhere_1() {
    differential(1);
}

#[test]
fn r2_questions_mean_the_same_everywhere_2() {
    differential(2);
}

#[test]
fn r2_questions_mean_the_same_everywhere_3() {
    differential(3);
}

#[test]
fn r2_questions_mean_the_same_everywhere_4() {
    differential(4);
}

#[test]
fn r1_aggregates_mean_the_same_everywhere() {
    const WORLDS: u64 = 10;
    for seed in 90_000..90_000 + WORLDS {
        let mut random = Random::new(seed);
        let world = World::new(seed, &mut random);
        for _ in 0..200 {
            let asker = random.below(world.askers.len());
            let aggregate = aggregates::aggregate(&world, asker, &mut random);
            aggregates::check(&world, asker, &aggregate);
        }
    }
}
