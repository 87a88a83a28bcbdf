//! Numbers of a sample of the records, for what needs values in order: quantiles and histograms of fields with too many values to keep.
//!
//! A record belongs to the sample where the hash of its id begins with enough zeros: whether it does is known without looking, so what is
//! taken away leaves the sample like everything else, and every record has the same chance. When the sample is full one more zero is asked.

use crate::record::RecordId;
use std::collections::HashMap;

/// Records at most.
const MOST: usize = 8192;

#[derive(Debug, Clone, Default)]
pub(super) struct Sample {
    /// Zeros that are asked.
    pub zeros: u32,
    /// Of each record, the numbers of the fields that hold such; not a number where there is none.
    pub records: HashMap<RecordId, Box<[f64]>, foldhash::fast::RandomState>,
}

impl Sample {
    pub fn wants(&self, id: RecordId) -> bool {
        self.zeros == 0 || hash(id).leading_zeros() >= self.zeros
    }

    /// Puts a record in whose id is wanted.
    pub fn put(&mut self, id: RecordId, numbers: Box<[f64]>) {
        self.records.insert(id, numbers);
        while self.records.len() > MOST {
            self.zeros += 1;
            let zeros = self.zeros;
            self.records.retain(|id, _| hash(*id).leading_zeros() >= zeros);
        }
    }

    pub fn take(&mut self, id: RecordId) {
        self.records.remove(&id);
    }

    pub fn get_mut(&mut self, id: RecordId) -> Option<&mut Box<[f64]>> {
        self.records.get_mut(&id)
    }

    /// The numbers of a field, in order.
    pub fn numbers(&self, at: usize) -> Vec<f64> {
        let numbers = self.records.values().filter_map(|record| record.get(at).copied());
        let mut numbers: Vec<f64> = numbers.filter(|number| !number.is_nan()).collect();
        numbers.sort_unstable_by(f64::total_cmp);
        numbers
    }

    /// Whether so many records were taken away that the rest is too small a sample of those that are left.
    pub fn is_poor(&self) -> bool {
        self.zeros > 0 && self.records.len() < MOST / 8
    }

    pub fn held(&self) -> usize {
        self.records.values().next().map_or(0, |numbers| (numbers.len() * 8 + 48) * self.records.len())
    }
}

/// By how much the share of values below an estimated quantile can differ from the share asked for, in 99 cases of 100: the inequality of
/// Dvoretzky, Kiefer and Wolfowitz.
pub(super) fn rank_error(numbers: usize) -> f64 {
    if numbers == 0 {
        return 1.0;
    }
    #[expect(clippy::cast_precision_loss, reason = "a bound")]
    let numbers = numbers as f64;
    (200_f64.ln() / (2.0 * numbers)).sqrt().min(1.0)
}

/// Stirs an id: those of one moment begin alike.
fn hash(id: RecordId) -> u64 {
    let (one, other) = id.0.split_at(8);
    let half = |bytes: &[u8]| bytes.first_chunk::<8>().map_or(0, |bytes| u64::from_le_bytes(*bytes));
    let mut stirred = half(one).wrapping_mul(0x9E37_79B9_7F4A_7C15) ^ half(other);
    stirred = (stirred ^ (stirred >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    stirred = (stirred ^ (stirred >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    stirred ^ (stirred >> 31)
}
