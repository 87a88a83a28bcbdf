//! Which index serves a question. A plan never changes an answer: every row it gives is tested by the predicate.

use super::{Operand, Operator, Predicate, SortMember, Test};
use crate::gate::{Guard, RefAt};
use crate::key;
use crate::model::{Index, MemberAt, Model};
use crate::path::SystemField;
use crate::record::PrincipalId;

/// How to walk.
#[derive(Debug, Clone, PartialEq)]
pub struct Plan {
    /// Over what.
    pub by: PlanBy,
    /// From the end.
    pub reverse: bool,
    /// Whether the walk is in the order that was asked for, so that it can stop when a page is full.
    pub ordered: bool,
}

/// What to walk over.
#[derive(Debug, Clone, PartialEq)]
pub enum PlanBy {
    /// All records, by id.
    Id,
    /// A stretch of an index.
    Index {
        /// Its id.
        id: u32,
        /// What every key in the stretch begins with: equal values of the first members.
        prefix: Vec<u8>,
        /// How many members `prefix` fixes.
        fixed: usize,
        /// The smallest key, included.
        lower: Vec<u8>,
        /// The end, excluded.
        upper: Option<Vec<u8>>,
        /// Whether that is less than what begins with `prefix`.
        ranged: bool,
    },
}

impl PlanBy {
    /// Whether a predicate leaves less than everything to walk over.
    pub fn is_narrow(&self) -> bool {
        matches!(self, Self::Index { fixed, ranged, .. } if *fixed > 0 || *ranged)
    }
}

/// Chooses the walk for a predicate, a row scope and an order. Only fields that are there in every visible row can use an index:
/// a guarded one is absent where its guard does not hold, which no index knows.
pub fn plan(model: &Model, scope: Guard, asker: PrincipalId, predicate: &Predicate, sort: &[SortMember]) -> Plan {
    best(model, scope, asker, predicate, sort, false)
}

/// The same of those that are in the order that was asked for; by id where none is.
pub fn in_order(model: &Model, scope: Guard, asker: PrincipalId, predicate: &Predicate, sort: &[SortMember]) -> Plan {
    best(model, scope, asker, predicate, sort, true)
}

/// Every stretch of an index that holds all records of a predicate, in whatever order: which one is the best depends on how many records
/// each leaves.
pub fn stretches(model: &Model, scope: Guard, asker: PrincipalId, predicate: &Predicate, sort: &[SortMember]) -> Vec<Plan> {
    let tests = conjuncts(predicate);
    let candidates = model.indexes.iter().map(|index| Candidate { index, scope, asker, tests: &tests, sort }.plan());
    candidates.filter(|(_, fixed, ranged)| *fixed > 0 || *ranged).map(|(plan, ..)| plan).collect()
}

fn best(model: &Model, scope: Guard, asker: PrincipalId, predicate: &Predicate, sort: &[SortMember], in_order: bool) -> Plan {
    let tests = conjuncts(predicate);
    let by_id = sort.is_empty() || sort.first().is_some_and(|first| matches!(first.field.at, RefAt::System(SystemField::Id)));
    let mut best = Plan { by: PlanBy::Id, reverse: by_id && sort.first().is_some_and(|first| first.descending), ordered: by_id };
    let mut best_score = score(0, false, by_id);
    for index in &model.indexes {
        let candidate = Candidate { index, scope, asker, tests: &tests, sort };
        let (plan, fixed, ranged) = candidate.plan();
        let this = score(fixed, ranged, plan.ordered);
        let counts = if in_order { plan.ordered } else { fixed > 0 || ranged || plan.ordered };
        if counts && this > best_score {
            best = plan;
            best_score = this;
        }
    }
    best
}

/// Equal members count most, then an order that fits, then a range.
fn score(fixed: usize, ranged: bool, ordered: bool) -> usize {
    fixed * 4 + usize::from(ordered) * 3 + usize::from(ranged) * 2
}

fn conjuncts(predicate: &Predicate) -> Vec<&Test> {
    match predicate {
        Predicate::Test(test) => vec![test],
        Predicate::And(parts) => parts.iter().flat_map(conjuncts).collect(),
        Predicate::Or(parts) if parts.len() == 1 => conjuncts(&parts[0]),
        _ => Vec::new(),
    }
}

struct Candidate<'a> {
    index: &'a Index,
    scope: Guard,
    asker: PrincipalId,
    tests: &'a [&'a Test],
    sort: &'a [SortMember],
}

impl Candidate<'_> {
    fn plan(&self) -> (Plan, usize, bool) {
        let mut prefix = Vec::new();
        let mut fixed = 0;
        while let Some(member) = self.index.members.get(fixed) {
            let Some(mut equal) = self.equal(&member.at) else { break };
            if member.descending {
                key::invert(&mut equal, 0);
            }
            prefix.extend_from_slice(&equal);
            fixed += 1;
        }
        let (lower, upper, ranged) = self.bounds(&prefix, fixed);
        let (ordered, reverse) = self.order(fixed);
        (Plan { by: PlanBy::Index { id: self.index.id, prefix, fixed, lower, upper, ranged }, reverse, ordered }, fixed, ranged)
    }

    fn equal(&self, at: &MemberAt) -> Option<Vec<u8>> {
        if *at == MemberAt::System(SystemField::Owner) && self.scope == Guard::Own {
            let mut owner = Vec::new();
            key::bytes16(&self.asker.0, &mut owner);
            return Some(owner);
        }
        self.tests_of(at).find_map(|test| match (&test.operand, test.operator) {
            (Operand::Keys(keys), Operator::Eq | Operator::In) if keys.len() == 1 => {
                keys.first().filter(|key| !key::is_object(key)).cloned()
            }
            _ => None,
        })
    }

    /// Whether a field is there in every row that is walked: then its values are those of the index.
    fn is_there(&self, guard: Guard) -> bool {
        guard >= self.scope
    }

    fn tests_of(&self, at: &MemberAt) -> impl Iterator<Item = &Test> {
        self.tests.iter().copied().filter(move |test| self.is_there(test.field.guard) && same(&test.field.at, at))
    }

    /// The stretch of keys that a range on the next member leaves.
    fn bounds(&self, prefix: &[u8], fixed: usize) -> (Vec<u8>, Option<Vec<u8>>, bool) {
        let whole = (prefix.to_vec(), key::after(prefix), false);
        let Some(member) = self.index.members.get(fixed) else { return whole };
        let mut range = Range::default();
        self.tests_of(&member.at).for_each(|test| range.narrow(test));
        if range.low.is_none() && range.high.is_none() {
            return whole;
        }
        // Null is smallest and no comparison is true of it.
        let low = range.low.unwrap_or_else(|| {
            let mut null = Vec::new();
            key::null(&mut null);
            key::after(&null).unwrap_or_default()
        });
        let high = range.high;
        let with = |end: &[u8]| [prefix, end].concat();
        if member.descending {
            // Inverted, [low, high) becomes (inv(high), inv(low)]: each bound is moved over all keys that begin with it.
            let inverted = |bound: &[u8]| {
                let mut bound = bound.to_vec();
                key::invert(&mut bound, 0);
                bound
            };
            let lower = high.map_or_else(|| prefix.to_vec(), |high| with(&inverted(&high)));
            let upper = key::after(&with(&inverted(&low)));
            (lower, upper, true)
        } else {
            let upper = high.map_or_else(|| key::after(prefix), |high| Some(with(&high)));
            (with(&low), upper, true)
        }
    }

    /// Whether the members after the fixed ones are the order that was asked for, and in which direction.
    fn order(&self, fixed: usize) -> (bool, bool) {
        let mut wanted = self.sort.iter().peekable();
        let mut reverse = None;
        let mut position = fixed;
        for member in wanted.by_ref() {
            if self.is_fixed(member, fixed) {
                continue;
            }
            let Some(own) = self.index.members.get(position) else { return (false, false) };
            if !self.is_there(member.field.guard) || !same(&member.field.at, &own.at) {
                return (false, false);
            }
            let turned = own.descending != member.descending;
            if *reverse.get_or_insert(turned) != turned {
                return (false, false);
            }
            position += 1;
        }
        // The id comes last: nothing may stand between, and its direction must fit.
        if position != self.index.members.len() {
            return (false, false);
        }
        let wanted_id_descending = self.sort.last().is_some_and(|last| last.descending);
        let own_id_descending = self.index.members.last().is_some_and(|last| last.descending);
        let turned = wanted_id_descending != own_id_descending;
        let reverse = *reverse.get_or_insert(turned);
        (reverse == turned, reverse)
    }

    fn is_fixed(&self, member: &SortMember, fixed: usize) -> bool {
        self.is_there(member.field.guard) && self.index.members[..fixed].iter().any(|own| same(&member.field.at, &own.at))
    }
}

#[derive(Default)]
struct Range {
    /// Included.
    low: Option<Vec<u8>>,
    /// Excluded.
    high: Option<Vec<u8>>,
}

impl Range {
    fn narrow(&mut self, test: &Test) {
        let Operand::Keys(keys) = &test.operand else {
            if let (Operand::Text(start), Operator::Startswith, crate::types::FieldType::Text) =
                (&test.operand, test.operator, &test.field.kind)
            {
                let mut low = Vec::new();
                key::text_start(start, &mut low);
                let high = key::after(&low);
                self.at_least(low);
                high.into_iter().for_each(|high| self.below(high));
            }
            return;
        };
        // An index holds objects as they are stored, a question names them as they are seen.
        let Some(first) = keys.first().filter(|_| !keys.iter().any(|key| key::is_object(key))) else { return };
        match test.operator {
            Operator::Gte => self.at_least(first.clone()),
            Operator::Gt => key::after(first).into_iter().for_each(|low| self.at_least(low)),
            Operator::Lt => self.below(first.clone()),
            Operator::Lte => key::after(first).into_iter().for_each(|high| self.below(high)),
            Operator::Between => {
                self.at_least(first.clone());
                keys.get(1).and_then(|last| key::after(last)).into_iter().for_each(|high| self.below(high));
            }
            Operator::In => {
                self.at_least(first.clone());
                keys.last().and_then(|last| key::after(last)).into_iter().for_each(|high| self.below(high));
            }
            _ => {}
        }
    }

    fn at_least(&mut self, low: Vec<u8>) {
        if self.low.as_ref().is_none_or(|known| low > *known) {
            self.low = Some(low);
        }
    }

    fn below(&mut self, high: Vec<u8>) {
        if self.high.as_ref().is_none_or(|known| high < *known) {
            self.high = Some(high);
        }
    }
}

fn same(reference: &RefAt, member: &MemberAt) -> bool {
    match (reference, member) {
        (RefAt::System(one), MemberAt::System(other)) => one == other,
        (RefAt::Document { path, .. }, MemberAt::Field { path: own, .. }) => path == own,
        _ => false,
    }
}
