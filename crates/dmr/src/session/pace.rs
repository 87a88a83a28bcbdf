//! How large a slice of a long job is: as large as the writer does in its time, so that what waits behind it waits no longer.

use std::time::Duration;

/// Rows of the first slice.
const FIRST: usize = 500;
/// Rows of the smallest and the largest.
const BOUNDS: (usize, usize) = (50, 20_000);
/// How long the writer is to have one.
const TIME: Duration = Duration::from_millis(18);

/// The size of the next slice.
#[derive(Debug, Clone, Copy)]
pub(super) struct Pace {
    /// In rows.
    pub size: usize,
}

impl Pace {
    /// Where nothing is known yet.
    pub const fn new() -> Self {
        Self { size: FIRST }
    }

    /// So many rows took the writer so long.
    pub fn landed(&mut self, rows: usize, took: Duration) {
        if rows >= self.size || took > TIME {
            let fits = rows as f64 * TIME.as_secs_f64() / took.as_secs_f64().max(1e-6);
            let fits = (fits as usize).clamp(self.size / 2, self.size * 2);
            self.size = fits.clamp(BOUNDS.0, BOUNDS.1);
        }
    }
}
