//! Aggregates that are made up, and what a plain loop over the records makes of them: every number a whole one of ten to the -400.

use super::ask::{self, Condition};
use super::judge::{Judge, Record, compare, text};
use super::values::Type;
use super::world::World;
use crate::laws::random::Random;
use dmr::{Aggregated, Code, NumberStyle, Problem};
use num_bigint::BigInt;
use serde_json::{Map, Value, json};
use std::cmp::Ordering;

const OPS: [&str; 8] = ["count", "count_distinct", "sum", "avg", "min", "max", "median", "quantile"];
/// Digits after the point of every number here.
const PLACES: usize = 400;

type Path = Vec<String>;

#[derive(Debug)]
pub struct Measure {
    op: &'static str,
    path: Option<Path>,
    /// In hundredths.
    share: u32,
}

#[derive(Debug)]
pub struct Aggregate {
    groups: Vec<Path>,
    measures: Vec<Measure>,
    filter: Option<Condition>,
    /// A measure, by its place, and a whole number it has to reach.
    having: Option<(usize, i64)>,
    /// A measure to order by, by its place.
    descending_by: Option<usize>,
    limit: Option<usize>,
}

impl Aggregate {
    fn document(&self) -> Value {
        let measure = |measure: &Measure| {
            let mut out = json!({ "op": measure.op });
            if let Some(path) = &measure.path {
                out["field"] = json!(path);
            }
            if measure.op == "quantile" {
                out["q"] = number(&format!("{}.{:02}", measure.share / 100, measure.share % 100));
            }
            out
        };
        let measures: Map<String, Value> = self.measures.iter().enumerate().map(|(at, one)| (format!("m{at}"), measure(one))).collect();
        let mut out = json!({ "group_by": self.groups, "measures": measures });
        if let Some(filter) = &self.filter {
            out["where"] = filter.document();
        }
        if let Some((at, least)) = self.having {
            out["having"] = json!({ "field": format!("m{at}"), "op": "gte", "value": least });
        }
        if let Some(at) = self.descending_by {
            out["sort"] = json!([format!("-m{at}")]);
        }
        if let Some(limit) = self.limit {
            out["limit"] = json!(limit);
        }
        out
    }
}

/// An aggregate for an asker: mostly of what it sees.
pub fn aggregate(world: &World, asker: usize, random: &mut Random) -> Aggregate {
    let judge = world.judge(asker);
    let known = |random: &mut Random, fits: &dyn Fn(Type) -> bool| {
        for _ in 0..40 {
            let path = ask::path(world, random);
            match judge.find(&path) {
                Some(found) if fits(found.kind) => return path,
                None if random.chance(2) => return path,
                _ => {}
            }
        }
        vec!["_version".to_owned()]
    };
    let mut groups: Vec<Path> = Vec::new();
    for _ in 0..*random.pick(&[0, 1, 1, 1, 2, 3]) {
        let path = known(random, &|_| true);
        if !groups.contains(&path) {
            groups.push(path);
        }
    }
    let measures: Vec<Measure> = (0..random.between(1, 4))
        .map(|_| {
            let op = *random.pick(&OPS);
            let path = match op {
                "count" if random.chance(50) => None,
                "count" | "count_distinct" => Some(known(random, &|_| true)),
                "min" | "max" => Some(known(random, &Type::is_ordered)),
                _ => Some(known(random, &is_numeric)),
            };
            Measure { op, path, share: *random.pick(&[0, 1, 25, 50, 90, 99, 100]) }
        })
        .collect();
    let counts: Vec<usize> = (0..measures.len()).filter(|at| !matches!(measures[*at].op, "min" | "max")).collect();
    let some_count = |random: &mut Random, percent| (!counts.is_empty() && random.chance(percent)).then(|| *random.pick(&counts));
    let depth = random.between(0, 3);
    Aggregate {
        filter: random.chance(40).then(|| ask::condition(world, &judge, random, depth)),
        having: some_count(random, 30).map(|at| (at, *random.pick(&[-1, 0, 1, 2, 5, 100]))),
        descending_by: some_count(random, 30),
        limit: random.chance(20).then(|| random.between(1, 6)),
        groups,
        measures,
    }
}

fn is_numeric(kind: Type) -> bool {
    matches!(kind, Type::Integer | Type::Number | Type::Decimal | Type::Any)
}

/// Asks everywhere, byte for byte the same, and holds the answer against the plain loop's.
pub fn check(world: &World, asker: usize, aggregate: &Aggregate) {
    let judge = world.judge(asker);
    let (askers, _) = &world.askers[asker];
    let document = aggregate.document();
    let context = || format!("seed {}, asker {asker}, {document}", world.seed);
    let answer: Result<Aggregated, Problem> =
        world.stores.same(askers, |_, session| session.aggregate("Thing", &document, NumberStyle::Exact).wait());
    if !may_ask(&judge, aggregate) {
        let problem = answer.expect_err(&context());
        assert!(problem.errors.iter().any(|issue| issue.code == Code::FilterField), "{problem:?} {}", context());
        return;
    }
    let answer = answer.unwrap_or_else(|problem| panic!("{problem:#?}\n{}", context()));
    let expected = expected(&judge, aggregate, &world.records);
    assert_eq!(answer.count, expected.len() as u64, "{}", context());
    assert_eq!(answer.items.len(), expected.len().min(aggregate.limit.unwrap_or(usize::MAX)), "{}", context());
    let items: Vec<Value> = answer.items.iter().map(|item| dmr::core::json::parse(item).unwrap()).collect();
    for (at, item) in items.iter().enumerate() {
        let of: Vec<&Expected> = expected.iter().filter(|group| group.is_shown_by(aggregate, item)).collect();
        assert_eq!(of.len(), 1, "{item}\nof {:#?}\n{}", expected.iter().map(|group| &group.shown).collect::<Vec<_>>(), context());
        for (measure, expected) in aggregate.measures.iter().zip(&of[0].measures).enumerate().map(|(at, pair)| ((at, pair.0), pair.1)) {
            let told = &item[format!("m{}", measure.0)];
            assert!(expected.is(told), "m{}: {told}, not {expected:?}, in {item}\n{}", measure.0, context());
        }
        if let Some(before) = at.checked_sub(1).map(|before| &items[before]) {
            in_order(&judge, aggregate, before, item, &context);
        }
    }
}

/// What the loop makes of a measure.
#[derive(Debug)]
enum Came {
    Nothing,
    Exactly(BigInt),
    /// A quotient: the sum, and of how many.
    Mean(BigInt, u64),
    Spelled(String),
}

impl Came {
    fn is(&self, told: &Value) -> bool {
        let digits = |told: &Value| match told {
            Value::Number(number) => Some(whole(number.as_str())),
            Value::String(text) => Some(whole(text)),
            _ => None,
        };
        match self {
            Self::Nothing => told.is_null(),
            Self::Exactly(number) => digits(told).as_ref() == Some(number),
            // At most one in the 33rd digit beside the true quotient, and never beside one that ends in these places.
            Self::Mean(sum, count) => digits(told).is_some_and(|told| {
                let wrong: BigInt = (told * BigInt::from(*count) - sum).magnitude().clone().into();
                let slack: BigInt = sum.magnitude().clone().into();
                wrong * BigInt::from(10).pow(33) <= slack + BigInt::from(*count) * BigInt::from(10).pow(33)
            }),
            Self::Spelled(spelled) => text(told) == *spelled,
        }
    }

    /// Whether it reaches a whole number.
    fn reaches(&self, least: i64) -> bool {
        let least = whole(&least.to_string());
        match self {
            Self::Exactly(number) => *number >= least,
            Self::Mean(sum, count) => *sum >= least * BigInt::from(*count),
            Self::Nothing | Self::Spelled(_) => false,
        }
    }
}

/// A group that the loop finds.
struct Expected {
    values: Vec<Value>,
    shown: Vec<String>,
    measures: Vec<Came>,
}

impl Expected {
    fn is_shown_by(&self, aggregate: &Aggregate, item: &Value) -> bool {
        aggregate.groups.iter().zip(&self.shown).all(|(path, shown)| text(&item[path.join(".")]) == *shown)
    }
}

fn expected(judge: &Judge<'_>, aggregate: &Aggregate, records: &[Record]) -> Vec<Expected> {
    let meant = |record: &&Record| {
        !record.deleted && judge.sees_row(record) && aggregate.filter.as_ref().is_none_or(|filter| judge.selects(filter, record))
    };
    let kinds: Vec<Type> = aggregate.groups.iter().map(|path| judge.find(path).unwrap().kind).collect();
    let mut groups: Vec<(Expected, Vec<&Record>)> = Vec::new();
    if kinds.is_empty() {
        groups.push((Expected { values: Vec::new(), shown: Vec::new(), measures: Vec::new() }, Vec::new()));
    }
    for record in records.iter().filter(meant) {
        let values: Vec<Value> = aggregate.groups.iter().map(|path| value(judge, path, record)).collect();
        let same = |group: &(Expected, Vec<&Record>)| {
            kinds.iter().zip(group.0.values.iter().zip(&values)).all(|(kind, (one, other))| equal(*kind, one, other))
        };
        match groups.iter_mut().find(|group| same(group)) {
            Some((group, members)) => {
                members.push(record);
                for (shown, value) in group.shown.iter_mut().zip(&values) {
                    *shown = plainest([shown.clone(), text(value)].into_iter());
                }
            }
            None => groups.push((Expected { shown: values.iter().map(text).collect(), values, measures: Vec::new() }, vec![record])),
        }
    }
    let mut out = Vec::new();
    for (mut group, members) in groups {
        group.measures = aggregate.measures.iter().map(|measure| came(judge, measure, &members)).collect();
        if aggregate.having.is_none_or(|(at, least)| group.measures[at].reaches(least)) {
            out.push(group);
        }
    }
    out
}

/// The one value at a path: nothing where it leads through a list.
fn value(judge: &Judge<'_>, path: &[String], record: &Record) -> Value {
    if let Some(value) = record.system.get(&path[0]) {
        return value.clone();
    }
    if !judge.holds(judge.find(path).unwrap().guard, record) {
        return Value::Null;
    }
    let seen = judge.seen_once(record);
    path.iter().try_fold(&*seen, |at, name| at.as_object()?.get(name)).cloned().unwrap_or(Value::Null)
}

fn equal(kind: Type, one: &Value, other: &Value) -> bool {
    match (one.is_null(), other.is_null()) {
        (false, false) => compare(kind, one, other) == Ordering::Equal,
        (one, other) => one && other,
    }
}

fn plainest(spelled: impl Iterator<Item = String>) -> String {
    spelled.min_by_key(|text| (text.len(), text.clone())).unwrap()
}

fn came(judge: &Judge<'_>, measure: &Measure, members: &[&Record]) -> Came {
    let Some(path) = &measure.path else { return Came::Exactly(whole(&members.len().to_string())) };
    let kind = judge.find(path).unwrap().kind;
    let values: Vec<Value> = members.iter().map(|record| value(judge, path, record)).filter(|value| !value.is_null()).collect();
    let counted = |count: usize| Came::Exactly(whole(&count.to_string()));
    match measure.op {
        "count" => return counted(values.len()),
        "count_distinct" => {
            let first = |(at, value): &(usize, &Value)| !values[..*at].iter().any(|other| equal(kind, value, other));
            return counted(values.iter().enumerate().filter(first).count());
        }
        "min" | "max" => {
            let wanted = if measure.op == "min" { Ordering::Less } else { Ordering::Greater };
            let best = values.iter().filter(|value| !values.iter().any(|other| compare(kind, other, value) == wanted));
            let best: Vec<String> = best.map(text).collect();
            return if best.is_empty() { Came::Nothing } else { Came::Spelled(plainest(best.into_iter())) };
        }
        _ => {}
    }
    let digits = |value: &Value| match value {
        Value::Number(number) => Some(whole(number.as_str())),
        Value::String(text) if kind == Type::Decimal => Some(whole(text)),
        _ => None,
    };
    let mut numbers: Vec<BigInt> = values.iter().filter_map(digits).collect();
    numbers.sort();
    let Some(last) = numbers.len().checked_sub(1) else { return Came::Nothing };
    let share = match measure.op {
        "sum" => return Came::Exactly(numbers.iter().sum()),
        "avg" => return Came::Mean(numbers.iter().sum(), numbers.len() as u64),
        "median" => 50,
        _ => measure.share as usize,
    };
    let (at, between) = (share * last / 100, share * last % 100);
    let next = numbers.get(at + 1).unwrap_or(&numbers[at]);
    Came::Exactly(&numbers[at] + (next - &numbers[at]) * BigInt::from(between) / BigInt::from(100))
}

/// A number's text as a whole number of the last place.
fn whole(text: &str) -> BigInt {
    let (mantissa, power) = text.split_once(['e', 'E']).unwrap_or((text, "0"));
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let places = PLACES as i64 + power.parse::<i64>().unwrap() - fraction.len() as i64;
    format!("{whole}{fraction}{}", "0".repeat(usize::try_from(places).unwrap())).parse().unwrap()
}

fn number(text: &str) -> Value {
    super::values::number(text)
}

fn in_order(judge: &Judge<'_>, aggregate: &Aggregate, before: &Value, item: &Value, context: &dyn Fn() -> String) {
    if let Some(at) = aggregate.descending_by {
        let digits = |item: &Value| match &item[format!("m{at}")] {
            Value::Number(number) => Some(whole(number.as_str())),
            Value::String(text) => Some(whole(text)),
            _ => None,
        };
        let (one, other) = (digits(before), digits(item));
        assert!(one >= other, "{before} before {item}\n{}", context());
        if one != other {
            return;
        }
    }
    for path in &aggregate.groups {
        let kind = judge.find(path).unwrap().kind;
        let (one, other) = (&before[path.join(".")], &item[path.join(".")]);
        if !kind.is_ordered() {
            return;
        }
        let order = match (one.is_null(), other.is_null()) {
            (true, true) => Ordering::Equal,
            (true, false) => Ordering::Less,
            (false, true) => Ordering::Greater,
            (false, false) => compare(kind, one, other),
        };
        assert_ne!(order, Ordering::Greater, "{before} before {item}\n{}", context());
        if order == Ordering::Less {
            return;
        }
    }
}

fn may_ask(judge: &Judge<'_>, aggregate: &Aggregate) -> bool {
    let mut paths: Vec<&Path> = aggregate.groups.iter().chain(aggregate.measures.iter().filter_map(|one| one.path.as_ref())).collect();
    aggregate.filter.iter().for_each(|filter| filter.paths(&mut paths));
    paths.into_iter().all(|path| judge.find(path).is_some())
}
