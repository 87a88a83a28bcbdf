//! Figures for operators: numbers with a name and what they mean. Ids and numbers, never a name or a value of anything stored (C2).

use std::sync::atomic::{AtomicU64, Ordering};

/// A figure.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Figure {
    /// Its name, without its unit: `queue_commands`.
    pub name: &'static str,
    /// A sentence for a person.
    pub about: &'static str,
    /// What is counted.
    pub unit: Unit,
    /// How it stands.
    pub measure: Measure,
}

/// What a figure counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unit {
    /// Things: what they are is in the name.
    Things,
    /// Bytes.
    Bytes,
    /// Microseconds.
    Micros,
}

/// How a figure stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Measure {
    /// A number that goes up and down.
    Gauge(u64),
    /// A number that only goes up, from 0 when the process began.
    Counter(u64),
    /// How often a number was how large.
    Spread(Spread),
}

/// How often a number was how large, since the process began.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Spread {
    /// The upper ends of the classes, included; the last class has none.
    pub bounds: &'static [u64],
    /// How many fell into each class; one more than there are bounds.
    pub counts: Vec<u64>,
    /// All of them together.
    pub sum: u64,
}

impl Figure {
    /// A number that goes up and down.
    pub const fn gauge(name: &'static str, unit: Unit, value: u64, about: &'static str) -> Self {
        Self { name, about, unit, measure: Measure::Gauge(value) }
    }

    /// A number that only goes up.
    pub const fn counter(name: &'static str, unit: Unit, value: u64, about: &'static str) -> Self {
        Self { name, about, unit, measure: Measure::Counter(value) }
    }

    /// How often a number was how large.
    pub const fn spread(name: &'static str, unit: Unit, value: Spread, about: &'static str) -> Self {
        Self { name, about, unit, measure: Measure::Spread(value) }
    }
}

/// Counts numbers by their size. Counting takes three additions and no lock.
#[derive(Debug)]
pub struct Counting {
    bounds: &'static [u64],
    counts: Box<[AtomicU64]>,
    sum: AtomicU64,
}

impl Counting {
    /// Nothing counted yet; `bounds` rise.
    pub fn new(bounds: &'static [u64]) -> Self {
        Self { bounds, counts: (0..=bounds.len()).map(|_| AtomicU64::new(0)).collect(), sum: AtomicU64::new(0) }
    }

    /// Counts a number.
    pub fn count(&self, number: u64) {
        let at = self.bounds.partition_point(|bound| *bound < number);
        if let Some(class) = self.counts.get(at) {
            class.fetch_add(1, Ordering::Relaxed);
        }
        self.sum.fetch_add(number, Ordering::Relaxed);
    }

    /// What was counted. While others count, the sum may be a number ahead.
    pub fn read(&self) -> Spread {
        let counts = self.counts.iter().map(|count| count.load(Ordering::Relaxed)).collect();
        Spread { bounds: self.bounds, counts, sum: self.sum.load(Ordering::Relaxed) }
    }
}
