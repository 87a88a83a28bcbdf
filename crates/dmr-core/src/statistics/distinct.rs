//! How many different values there are, where not all of them are kept: a HyperLogLog sketch of the Apache DataSketches library.
//!
//! Nothing can be taken out of it again. How many values were taken away since it was begun is counted and told, and the reading is made
//! anew from the records when they are too many.

use datasketches::common::NumStdDev;
use datasketches::hll::{HllSketch, HllType};

/// The sketch has two to this registers of a byte each: its standard error is 0.8 %.
const REGISTERS: u8 = 14;

/// What is told of it.
pub(super) const METHOD: &str = "HyperLogLog (datasketches)";

#[derive(Debug, Clone)]
pub(super) struct Distinct {
    sketch: HllSketch,
}

impl Default for Distinct {
    #[expect(clippy::expect_used, reason = "only a number of registers that is out of range is refused")]
    fn default() -> Self {
        Self { sketch: HllSketch::new(REGISTERS, HllType::Hll8).expect("4 to 21 are allowed") }
    }
}

impl Distinct {
    pub fn add(&mut self, value: &[u8]) {
        self.sketch.update(value);
    }

    /// The estimate, and the bounds between which it lies in 997 cases of 1000.
    pub fn estimate(&self) -> (u64, u64, u64) {
        let sketch = &self.sketch;
        [sketch.estimate(), sketch.lower_bound(NumStdDev::Three), sketch.upper_bound(NumStdDev::Three)].map(whole).into()
    }

    pub fn save(&self) -> Vec<u8> {
        self.sketch.serialize()
    }

    pub fn saved(bytes: &[u8]) -> Option<Self> {
        HllSketch::deserialize(bytes).ok().map(|sketch| Self { sketch })
    }
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "an estimate of a count")]
fn whole(number: f64) -> u64 {
    number.round() as u64
}
