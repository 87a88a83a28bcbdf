//! Measures: one file each, or each family.

mod count;
mod distinct;
mod extreme;
mod quantile;
mod sum;

use super::exact::{Exact, Reading};
use super::total::Large;
use crate::FieldType;
use crate::number::Decimal;
use crate::projection::Cell;
use std::any::Any;

/// What is measured.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Op {
    /// How many records; with a field, in how many it is neither null nor absent.
    Count,
    /// How many different values.
    CountDistinct,
    /// The sum.
    Sum,
    /// The mean.
    Avg,
    /// The smallest value.
    Min,
    /// The greatest value.
    Max,
    /// The middle value; between the two middle ones where there are two.
    Median,
    /// The value that a share of the values lie below, between two neighbours in proportion.
    Quantile,
}

/// What a measure asks of a field's type.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Needs {
    /// Nothing; not even a field.
    Nothing,
    /// Equality, which every type has.
    Equality,
    /// An order.
    Order,
    /// Numbers.
    Numbers,
}

impl Op {
    /// All of them.
    pub const ALL: [Self; 8] = [Self::Count, Self::CountDistinct, Self::Sum, Self::Avg, Self::Min, Self::Max, Self::Median, Self::Quantile];

    /// As it is spelled.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Count => "count",
            Self::CountDistinct => "count_distinct",
            Self::Sum => "sum",
            Self::Avg => "avg",
            Self::Min => "min",
            Self::Max => "max",
            Self::Median => "median",
            Self::Quantile => "quantile",
        }
    }

    /// The one with this spelling.
    pub fn find(spelling: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|op| op.as_str() == spelling)
    }

    pub(super) const fn needs(self) -> Needs {
        match self {
            Self::Count => Needs::Nothing,
            Self::CountDistinct => Needs::Equality,
            Self::Min | Self::Max => Needs::Order,
            Self::Sum | Self::Avg | Self::Median | Self::Quantile => Needs::Numbers,
        }
    }

    /// Whether it can be taken of values of a type. What can be anything may be numbers.
    pub(super) fn fits(self, kind: &FieldType) -> bool {
        match self.needs() {
            Needs::Nothing | Needs::Equality => true,
            Needs::Order => kind.ordered(),
            Needs::Numbers => matches!(kind, FieldType::Integer | FieldType::Number | FieldType::Decimal | FieldType::Any),
        }
    }

    /// What its answer is, of values of a type. Decimals are compared exactly, so sums and means are.
    pub(super) fn gives(self, kind: &FieldType) -> FieldType {
        match self {
            Self::Count | Self::CountDistinct => FieldType::Integer,
            Self::Min | Self::Max => kind.clone(),
            Self::Sum | Self::Avg | Self::Median | Self::Quantile => FieldType::Decimal,
        }
    }
}

/// A measure over every group.
pub(super) trait Measure: Any + Send {
    /// Makes room for one more group; gives the bytes that takes.
    fn grow(&mut self) -> usize;

    /// Takes in the value of a record of a group; gives the bytes more that are held.
    ///
    /// # Errors
    /// That the value is not one the measure can take in.
    fn add(&mut self, group: usize, cell: Cell<'_>) -> Result<usize, Unfit>;

    /// Takes in what the same measure came to over other records: its groups have these numbers here.
    fn merge(&mut self, other: Box<dyn Any>, groups: &[usize]);

    /// Appends what a group came to: JSON text, where numbers reckoned from decimals stand as texts.
    fn write(&mut self, group: usize, out: &mut Vec<u8>);
}

/// A value that is no number, or too large to reckon with.
#[derive(Debug)]
pub(super) struct Unfit;

/// A measure that is made.
pub(super) fn measure(op: Op, kind: Option<&FieldType>, share: Option<&Decimal>) -> Box<dyn Measure> {
    let of = kind.cloned().unwrap_or(FieldType::Any);
    match op {
        Op::Count => Box::new(count::Count::new(kind.is_some())),
        Op::CountDistinct => Box::new(distinct::Distinct::new(of)),
        Op::Sum => Box::new(sum::Sum::new(of, false)),
        Op::Avg => Box::new(sum::Sum::new(of, true)),
        Op::Min => Box::new(extreme::Extreme::new(of, false)),
        Op::Max => Box::new(extreme::Extreme::new(of, true)),
        Op::Median => Box::new(quantile::Quantile::new(of, Large::whole(5, 1))),
        Op::Quantile => Box::new(quantile::Quantile::new(of, share.map(Large::of).unwrap_or_default())),
    }
}

/// The other half of a measure that was taken in two; both are of one kind.
fn other_half<M: Measure>(other: Box<dyn Any>) -> Option<M> {
    other.downcast().ok().map(|other| *other)
}

/// The number of a cell; none for null.
fn number(kind: &FieldType, cell: Cell<'_>) -> Result<Option<Exact>, Unfit> {
    match Exact::read(kind, cell) {
        Reading::Nothing => Ok(None),
        Reading::Number(exact) => Ok(Some(exact)),
        Reading::Unfit => Err(Unfit),
    }
}

/// Appends a reckoned number: as a text, see [`Measure::write`].
fn write_number(number: &Decimal, out: &mut Vec<u8>) {
    out.push(b'"');
    out.extend_from_slice(number.text().as_bytes());
    out.push(b'"');
}
