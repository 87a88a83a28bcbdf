//! The sum of numbers and of their squares, exact in decimal: what goes is subtracted, and mean and deviation follow.

use crate::FieldType;
use crate::aggregate::exact::{Exact, Reading};
use crate::aggregate::total::{Large, Total};
use crate::number::Decimal;
use crate::projection::Cell;

#[derive(Debug, Clone, Default)]
pub(super) struct Sums {
    sum: Total,
    squares: Squares,
    /// Of how many numbers.
    pub count: u64,
    /// Values that are none, or beyond ten to the ±10,000.
    pub unfit: u64,
}

/// Nearly everything goes into whole numbers of 128 bits at one scale, the rest into numbers of any size.
#[derive(Debug, Clone, Default)]
struct Squares {
    scale: u32,
    small: i128,
    large: Large,
}

impl Sums {
    /// Whether values of a type are numbers.
    pub fn fit(kind: &FieldType) -> bool {
        matches!(kind, FieldType::Integer | FieldType::Number | FieldType::Decimal | FieldType::Any)
    }

    /// Takes in a value, so many times; fewer than none takes it away.
    pub fn add(&mut self, kind: &FieldType, raw: &[u8], times: i64) {
        match Exact::read(kind, Cell::json(raw)) {
            Reading::Nothing => {}
            Reading::Unfit => self.unfit = self.unfit.saturating_add_signed(times),
            Reading::Number(number) => {
                self.count = self.count.saturating_add_signed(times);
                self.add_number(&number, times);
            }
        }
    }

    fn add_number(&mut self, number: &Exact, times: i64) {
        if let Exact::Small(mantissa, scale) = *number
            && let Some(product) = mantissa.checked_mul(times)
        {
            self.sum.add(&Exact::Small(product, scale));
            self.squares.add(mantissa, scale, times);
            return;
        }
        let number = Large::of(&number.decimal());
        let times = Large::whole(i128::from(times), 0);
        let product = number.times(&times).decimal();
        self.sum.add(&Exact::Large(Box::new(product)));
        self.squares.large = self.squares.large.plus(&number.times(&number).times(&times));
    }

    pub fn sum(&self) -> Large {
        self.sum.sum()
    }

    fn squares(&self) -> Large {
        self.squares.large.plus(&Large::whole(self.squares.small, 2 * self.squares.scale))
    }

    /// The mean; none of no number.
    pub fn mean(&self) -> Option<Decimal> {
        (self.count > 0).then(|| self.sum().over(self.count).decimal())
    }

    /// The standard deviation of a sample, with n - 1; none of fewer than two numbers.
    pub fn deviation(&self) -> Option<f64> {
        let less = self.count.checked_sub(1).filter(|less| *less > 0)?;
        let sum = self.sum();
        let count = Large::whole(i128::from(self.count), 0);
        // n times the sum of squares less the square of the sum, over n (n - 1): nothing is lost on the way.
        let spread = self.squares().times(&count).minus(&sum.times(&sum));
        let variance: f64 = spread.over(self.count).over(less).decimal().text().parse().ok()?;
        Some(variance.sqrt()).filter(|deviation| deviation.is_finite())
    }

    /// As texts, to be saved.
    pub fn save(&self) -> [String; 2] {
        [self.sum().decimal().text(), self.squares().decimal().text()]
    }

    pub fn saved(sum: &str, squares: &str, count: u64, unfit: u64) -> Option<Self> {
        let mut sums = Self { count, unfit, ..Self::default() };
        sums.sum.add(&Exact::Large(Box::new(Decimal::of_any_size(sum)?)));
        sums.squares.large = Large::of(&Decimal::of_any_size(squares)?);
        Some(sums)
    }
}

impl Squares {
    fn add(&mut self, mantissa: i64, scale: u32, times: i64) {
        let raised = |scale: u32, to: u32| 10_i128.checked_pow(to - scale);
        let added = if scale <= self.scale {
            raised(scale, self.scale).and_then(|power| i128::from(mantissa).checked_mul(power)).and_then(|value| value.checked_mul(value))
        } else {
            let power = raised(self.scale, scale).and_then(|power| power.checked_mul(power));
            if let Some(small) = power.and_then(|power| self.small.checked_mul(power)) {
                self.small = small;
            } else {
                self.spill();
            }
            self.scale = scale;
            Some(i128::from(mantissa) * i128::from(mantissa))
        };
        let product = added.and_then(|square| square.checked_mul(i128::from(times)));
        if let Some(small) = product.and_then(|product| self.small.checked_add(product)) {
            self.small = small;
            return;
        }
        let number = Large::whole(i128::from(mantissa), scale);
        self.spill();
        self.large = self.large.plus(&number.times(&number).times(&Large::whole(i128::from(times), 0)));
    }

    fn spill(&mut self) {
        self.large = self.large.plus(&Large::whole(self.small, 2 * self.scale));
        self.small = 0;
    }
}
