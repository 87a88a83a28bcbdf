//! The independent judge: what a question means, by the book, over plain values. It shares no code with what it judges.

use super::ask::{Condition, Operator, Question};
use super::made::Field;
use super::values::Type;
use serde_json::{Map, Value};
use std::cell::RefCell;
use std::cmp::Ordering;
use std::collections::{BTreeMap, HashMap};
use std::rc::Rc;

/// In which rows something is there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Guard {
    Never,
    Own,
    Always,
}

/// What an asker sees.
#[derive(Debug, Clone)]
pub struct Sight {
    pub asker: String,
    pub rows: Guard,
    /// By dotted path of a declared field, without regard to what it lies in.
    pub fields: BTreeMap<String, Guard>,
    pub undeclared: Guard,
    /// Whether it may set every field, and so knows of each.
    pub writes: bool,
}

/// A record, and what the system keeps beside it (as texts of an answer).
#[derive(Debug, Clone)]
pub struct Record {
    pub values: Map<String, Value>,
    pub system: BTreeMap<String, Value>,
    pub deleted: bool,
}

pub const SYSTEM: [(&str, Type); 7] = [
    ("_id", Type::Uuid),
    ("_version", Type::Integer),
    ("_created_at", Type::Instant),
    ("_updated_at", Type::Instant),
    ("_created_by", Type::Uuid),
    ("_updated_by", Type::Uuid),
    ("_owner", Type::Uuid),
];

/// A path that leads somewhere.
#[derive(Debug, Clone)]
pub struct Found {
    pub kind: Type,
    pub guard: Guard,
    /// How many of its names are declared.
    pub declared: usize,
}

pub struct Judge<'a> {
    pub fields: &'a [Field],
    pub sight: &'a Sight,
    /// What is seen of each record, by id.
    pub kept: &'a RefCell<HashMap<String, Rc<Value>>>,
}

impl Judge<'_> {
    /// What a path leads to for this asker; none where there is nothing, or nothing for it.
    pub fn find(&self, path: &[String]) -> Option<Found> {
        let first = path.first()?;
        if let Some((_, kind)) = SYSTEM.iter().find(|(name, _)| name == first) {
            return (path.len() == 1).then_some(Found { kind: *kind, guard: Guard::Always, declared: 1 });
        }
        let (mut level, mut guard) = (self.fields, Guard::Always);
        let mut kind = None;
        for (at, name) in path.iter().enumerate() {
            let known = |field: &&Field| {
                field.name == name && (self.sight.writes || guard.min(self.sight.fields[&path[..=at].join(".")]) > Guard::Never)
            };
            match (level.iter().find(known), kind) {
                (Some(field), _) => {
                    guard = guard.min(self.sight.fields[&path[..=at].join(".")]);
                    kind = Some(field.kind);
                    level = &field.children;
                }
                (None, None | Some(Type::Fields)) => {
                    guard = guard.min(self.sight.undeclared);
                    return (guard > Guard::Never && !name.starts_with('_')).then_some(Found { kind: Type::Any, guard, declared: at });
                }
                (None, Some(Type::Any | Type::Data)) => {
                    return (guard > Guard::Never).then_some(Found { kind: Type::Any, guard, declared: at });
                }
                (None, Some(_)) => return None,
            }
        }
        (guard > Guard::Never).then_some(Found { kind: kind?, guard, declared: path.len() })
    }

    pub fn holds(&self, guard: Guard, record: &Record) -> bool {
        match guard {
            Guard::Never => false,
            Guard::Own => record.system["_owner"] == Value::String(self.sight.asker.clone()),
            Guard::Always => true,
        }
    }

    pub fn sees_row(&self, record: &Record) -> bool {
        self.holds(self.sight.rows, record)
    }

    pub fn selects(&self, condition: &Condition, record: &Record) -> bool {
        self.truth(condition, record) == Some(true)
    }

    /// Kleene's logic.
    fn truth(&self, condition: &Condition, record: &Record) -> Option<bool> {
        match condition {
            Condition::And(parts) => {
                let truths: Vec<Option<bool>> = parts.iter().map(|part| self.truth(part, record)).collect();
                if truths.contains(&Some(false)) { Some(false) } else { (!truths.contains(&None)).then_some(true) }
            }
            Condition::Or(parts) => {
                let truths: Vec<Option<bool>> = parts.iter().map(|part| self.truth(part, record)).collect();
                if truths.contains(&Some(true)) { Some(true) } else { (!truths.contains(&None)).then_some(false) }
            }
            Condition::Not(inner) => self.truth(inner, record).map(|truth| !truth),
            Condition::Test { path, operator, value, .. } => self.test(path, *operator, value, record),
        }
    }

    fn test(&self, path: &[String], operator: Operator, wanted: &Value, record: &Record) -> Option<bool> {
        let found = self.find(path)?;
        let values = self.values(path, &found, record);
        if operator == Operator::Isnull {
            let null = values.is_empty() || values.contains(&Value::Null);
            let there = values.iter().any(|value| !value.is_null());
            return Some(if wanted == &Value::Bool(true) { null } else { there });
        }
        let truths: Vec<Option<bool>> = values.iter().map(|value| one(found.kind, operator, wanted, value)).collect();
        if truths.contains(&Some(true)) {
            Some(true)
        } else if truths.is_empty() || truths.contains(&None) {
            None
        } else {
            Some(false)
        }
    }

    /// What stands at a path, as this asker sees it: several where the path runs through lists.
    fn values(&self, path: &[String], found: &Found, record: &Record) -> Vec<Value> {
        if let Some(value) = record.system.get(&path[0]) {
            return vec![value.clone()];
        }
        if !self.holds(found.guard, record) {
            return Vec::new();
        }
        let mut out = Vec::new();
        let seen = self.seen_once(record);
        walk(&seen, path, &mut out);
        out
    }

    /// What is seen of a record, made once.
    pub fn seen_once(&self, record: &Record) -> Rc<Value> {
        let make = || Rc::new(Value::Object(self.seen(self.fields, &record.values, "", record)));
        self.kept.borrow_mut().entry(record.system["_id"].to_string()).or_insert_with(make).clone()
    }

    /// What is seen of an object of fields.
    fn seen(&self, fields: &[Field], values: &Map<String, Value>, above: &str, record: &Record) -> Map<String, Value> {
        let mut out = Map::new();
        for field in fields {
            let path = format!("{above}{}", field.name);
            let Some(value) = values.get(field.name).filter(|_| self.holds(self.sight.fields[&path], record)) else { continue };
            let value = match value {
                Value::Object(inner) if !field.children.is_empty() => {
                    Value::Object(self.seen(&field.children, inner, &format!("{path}."), record))
                }
                other => other.clone(),
            };
            out.insert(field.name.to_owned(), value);
        }
        if self.holds(self.sight.undeclared, record) {
            let declared = |name: &str| fields.iter().any(|field| field.name == name);
            out.extend(values.iter().filter(|(name, _)| !declared(name)).map(|(name, value)| (name.clone(), value.clone())));
        }
        out
    }

    /// The order that was asked for.
    pub fn order(&self, sort: &[(Vec<String>, bool)], one: &Record, other: &Record) -> Ordering {
        for (path, descending) in sort {
            let Some(found) = self.find(path) else { continue };
            let value = |record: &Record| self.values(path, &found, record).into_iter().next().filter(|value| !value.is_null());
            let order = match (value(one), value(other)) {
                (None, None) => Ordering::Equal,
                (None, Some(_)) => Ordering::Less,
                (Some(_), None) => Ordering::Greater,
                (Some(one), Some(other)) => compare(found.kind, &one, &other),
            };
            if order != Ordering::Equal {
                return if *descending { order.reverse() } else { order };
            }
        }
        let order = one.system["_id"].as_str().cmp(&other.system["_id"].as_str());
        if sort.last().is_some_and(|(_, descending)| *descending) { order.reverse() } else { order }
    }

    /// A record as an answer shows it.
    pub fn shown(&self, record: &Record, fields: Option<&[Vec<String>]>) -> String {
        let seen = self.seen(self.fields, &record.values, "", record);
        let mut out = Map::new();
        out.insert("_id".to_owned(), record.system["_id"].clone());
        match fields {
            None => out.extend(seen),
            Some(fields) => {
                let whole: Vec<Vec<String>> = fields.iter().map(|path| self.shown_at(path)).collect();
                out.extend(chosen(&seen, &whole, self.fields));
            }
        }
        let asked = |name: &str| fields.is_none_or(|fields| fields.iter().any(|path| path[0] == name));
        for (name, _) in SYSTEM.iter().skip(1).filter(|(name, _)| asked(name)) {
            out.insert((*name).to_owned(), record.system[*name].clone());
        }
        if let Some(at) = record.system.get("_deleted_at").filter(|_| fields.is_none()) {
            out.insert("_deleted_at".to_owned(), at.clone());
        }
        text(&Value::Object(out))
    }

    /// The least part that is shown where a path is asked for: data is shown whole.
    fn shown_at(&self, path: &[String]) -> Vec<String> {
        let declared = self.find(path).map_or(0, |found| found.declared);
        path[..declared.max(1)].to_vec()
    }

    pub fn answer<'r>(&self, question: &Question, records: &'r [Record]) -> Vec<&'r Record> {
        let mut rows: Vec<&Record> = records
            .iter()
            .filter(|record| question.deleted.admits(record.deleted) && self.sees_row(record))
            .filter(|record| question.filter.as_ref().is_none_or(|filter| self.selects(filter, record)))
            .collect();
        rows.sort_by(|one, other| self.order(&question.sort, one, other));
        rows
    }

    /// Whether everything it names is there for this asker.
    pub fn may_ask(&self, question: &Question) -> bool {
        let mut paths: Vec<&Vec<String>> = question.sort.iter().map(|(path, _)| path).collect();
        paths.extend(question.fields.iter().flatten());
        question.filter.iter().for_each(|filter| filter.paths(&mut paths));
        paths.into_iter().all(|path| self.find(path).is_some())
    }
}

/// The chosen parts of an object, in its order.
fn chosen(object: &Map<String, Value>, wanted: &[Vec<String>], fields: &[Field]) -> Map<String, Value> {
    let mut out = Map::new();
    for (name, value) in object {
        let inside: Vec<Vec<String>> = wanted.iter().filter(|path| path[0] == *name).map(|path| path[1..].to_vec()).collect();
        if inside.is_empty() {
            continue;
        }
        let field = fields.iter().find(|field| field.name == name);
        let value = match (value, field) {
            (Value::Object(inner), Some(field)) if inside.iter().all(|path| !path.is_empty()) => {
                Value::Object(chosen(inner, &inside, &field.children))
            }
            _ => value.clone(),
        };
        out.insert(name.clone(), value);
    }
    out
}

fn walk(value: &Value, path: &[String], out: &mut Vec<Value>) {
    let Some((first, rest)) = path.split_first() else {
        return out.push(value.clone());
    };
    match value {
        Value::Object(members) => members.get(first).into_iter().for_each(|inner| walk(inner, rest, out)),
        Value::Array(items) => items.iter().for_each(|item| walk(item, path, out)),
        _ => {}
    }
}

/// A test of one value; none for null.
fn one(kind: Type, operator: Operator, wanted: &Value, value: &Value) -> Option<bool> {
    if value.is_null() {
        return None;
    }
    let several = || wanted.as_array().cloned().unwrap_or_default();
    let equal = |wanted: &Value| compare(kind, value, wanted) == Ordering::Equal;
    Some(match operator {
        Operator::Eq => equal(wanted),
        Operator::Ne => !equal(wanted),
        Operator::Gt => compare(kind, value, wanted) == Ordering::Greater,
        Operator::Gte => compare(kind, value, wanted) != Ordering::Less,
        Operator::Lt => compare(kind, value, wanted) == Ordering::Less,
        Operator::Lte => compare(kind, value, wanted) != Ordering::Greater,
        Operator::In => several().iter().any(equal),
        Operator::Nin => !several().iter().any(equal),
        Operator::Between => {
            let (low, high) = (&wanted[0], &wanted[1]);
            compare(kind, value, low) != Ordering::Less && compare(kind, value, high) != Ordering::Greater
        }
        Operator::Contains => match value {
            Value::Array(items) => items.iter().any(|item| canonical(item) == canonical(wanted)),
            _ => looks_into(value, &|text| wanted.as_str().is_some_and(|wanted| text.contains(wanted))),
        },
        Operator::Icontains => looks_into(value, &|text| folded(text).contains(&folded(wanted.as_str().unwrap()))),
        Operator::Startswith => looks_into(value, &|text| text.starts_with(wanted.as_str().unwrap())),
        Operator::Endswith => looks_into(value, &|text| text.ends_with(wanted.as_str().unwrap())),
        Operator::Regex => {
            let pattern = regex::Regex::new(wanted.as_str().unwrap()).unwrap();
            looks_into(value, &|text| pattern.is_match(text))
        }
        Operator::Isnull => false,
    })
}

/// A text, or any text of a list.
fn looks_into(value: &Value, test: &dyn Fn(&str) -> bool) -> bool {
    match value {
        Value::String(text) => test(text),
        Value::Array(items) => items.iter().any(|item| looks_into(item, test)),
        _ => false,
    }
}

pub fn compare(kind: Type, one: &Value, other: &Value) -> Ordering {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let digits = |value: &Value| if let Value::Number(number) = value { number.as_str().to_owned() } else { String::new() };
    match kind {
        Type::Text => text(one).chars().cmp(text(other).chars()),
        Type::Integer => exact(&digits(one)).cmp(&exact(&digits(other))),
        Type::Number => double(&digits(one)).partial_cmp(&double(&digits(other))).unwrap(),
        Type::Decimal => exact(&text(one)).cmp(&exact(&text(other))),
        Type::Boolean => one.as_bool().cmp(&other.as_bool()),
        Type::Date | Type::Time | Type::Instant | Type::Local => moment(kind, &text(one)).cmp(&moment(kind, &text(other))),
        Type::Uuid => text(one).to_ascii_lowercase().cmp(&text(other).to_ascii_lowercase()),
        Type::Texts | Type::Integers | Type::Data | Type::Any | Type::Fields => canonical(one).cmp(&canonical(other)),
    }
}

fn double(digits: &str) -> f64 {
    digits.parse().unwrap()
}

/// A number without loss, in an order: its sign, the place of its first digit, its digits.
fn exact(text: &str) -> (i32, i64, String) {
    let (negative, unsigned) = text.strip_prefix('-').map_or((false, text), |rest| (true, rest));
    let (mantissa, power) = unsigned.split_once(['e', 'E']).unwrap_or((unsigned, "0"));
    let power: i64 = power.parse().unwrap();
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let digits = format!("{whole}{fraction}");
    let first = digits.len() - digits.trim_start_matches('0').len();
    let place = power + i64::try_from(whole.len()).unwrap() - i64::try_from(first).unwrap();
    let digits = digits.trim_matches('0');
    match (digits.is_empty(), negative) {
        (true, _) => (0, 0, String::new()),
        (false, false) => (1, place, digits.to_owned()),
        // Below zero what is greater is smaller, digit by digit; and a longer one too.
        (false, true) => (-1, -place, digits.bytes().map(|digit| char::from(b'0' + b'9' - digit)).chain(['~']).collect()),
    }
}

/// Microseconds since the year 0.
fn moment(kind: Type, text: &str) -> i128 {
    let text = text.to_ascii_uppercase();
    let (day, clock) = match kind {
        Type::Date => return days(&text),
        Type::Time => ("0000-01-01", text.as_str()),
        _ => text.split_once('T').unwrap(),
    };
    let zone = clock.rfind(['Z', '+', '-']);
    let (clock, offset) = zone.map_or((clock, "Z"), |at| clock.split_at(at));
    let minutes = |text: &str| text[0..2].parse::<i128>().unwrap() * 60 + text[3..5].parse::<i128>().unwrap();
    let offset = match offset.split_at(1) {
        ("+", rest) => minutes(rest),
        ("-", rest) => -minutes(rest),
        _ => 0,
    };
    let fraction = clock.get(9..).unwrap_or("");
    let micros: i128 = format!("{fraction:0<6}")[..6].parse().unwrap();
    let second: i128 = clock[6..8].parse().unwrap();
    let (second, micros) = if second == 60 { (59, 999_999) } else { (second, micros) };
    (days(day) * 1440 + minutes(clock) - offset) * 60_000_000 + second * 1_000_000 + micros
}

/// Days since the first of the year 0.
fn days(day: &str) -> i128 {
    let (year, month, date): (i128, usize, i128) = (day[0..4].parse().unwrap(), day[5..7].parse().unwrap(), day[8..10].parse().unwrap());
    let leaps = if year == 0 { 0 } else { 1 + (year - 1) / 4 - (year - 1) / 100 + (year - 1) / 400 };
    let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let months = [31, if leap { 29 } else { 28 }, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
    year * 365 + leaps + months[..month - 1].iter().sum::<i128>() + date - 1
}

/// One text for equal values: numbers by what they are, members in order of name.
fn canonical(value: &Value) -> String {
    match value {
        Value::Number(number) => format!("{:?}", exact(number.as_str())),
        Value::Array(items) => format!("[{}]", items.iter().map(canonical).collect::<Vec<_>>().join(",")),
        Value::Object(members) => {
            let sorted: BTreeMap<&String, String> = members.iter().map(|(name, value)| (name, canonical(value))).collect();
            format!("{sorted:?}")
        }
        other => other.to_string(),
    }
}

/// Full case folding, of the letters that are used here.
fn folded(text: &str) -> String {
    let fold = |letter: char| match letter {
        'É' => "é".to_owned(),
        'İ' => "i\u{307}".to_owned(),
        'ß' | 'ẞ' => "ss".to_owned(),
        'ﬁ' => "fi".to_owned(),
        'Σ' | 'ς' => "σ".to_owned(),
        'A'..='Z' => letter.to_ascii_lowercase().to_string(),
        other => other.to_string(),
    };
    text.chars().map(fold).collect()
}

/// JSON as an answer spells it.
pub fn text(value: &Value) -> String {
    match value {
        Value::Object(members) => {
            let members: Vec<String> =
                members.iter().map(|(name, value)| format!("{}:{}", Value::from(name.as_str()), text(value))).collect();
            format!("{{{}}}", members.join(","))
        }
        Value::Array(items) => format!("[{}]", items.iter().map(text).collect::<Vec<_>>().join(",")),
        Value::Number(number) => number.as_str().to_owned(),
        other => other.to_string(),
    }
}
