//! Questions that are made up: every operator on every type, nested logic, orders, pages, selections; some of what is not there.

use super::judge::{Judge, SYSTEM};
use super::values::{self, TEXTS, Type};
use super::world::World;
use crate::laws::random::Random;
use serde_json::{Map, Value, json};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Operator {
    Eq,
    Ne,
    Gt,
    Gte,
    Lt,
    Lte,
    In,
    Nin,
    Contains,
    Icontains,
    Startswith,
    Endswith,
    Between,
    Isnull,
    Regex,
}

use self::Operator::{Between, Contains, Endswith, Gt, Gte, Icontains, In, Isnull, Lt, Lte, Ne, Nin, Regex, Startswith};

impl Operator {
    fn spelled(self) -> String {
        format!("{self:?}").to_lowercase()
    }

    fn takes_several(self) -> bool {
        matches!(self, In | Nin | Between)
    }
}

#[derive(Debug, Clone)]
pub enum Condition {
    And(Vec<Condition>),
    Or(Vec<Condition>),
    Not(Box<Condition>),
    Test { path: Vec<String>, kind: Type, operator: Operator, value: Value },
}

impl Condition {
    pub fn paths<'a>(&'a self, out: &mut Vec<&'a Vec<String>>) {
        match self {
            Self::And(parts) | Self::Or(parts) => parts.iter().for_each(|part| part.paths(out)),
            Self::Not(inner) => inner.paths(out),
            Self::Test { path, .. } => out.push(path),
        }
    }

    pub fn document(&self) -> Value {
        match self {
            Self::And(parts) => json!({ "and": parts.iter().map(Self::document).collect::<Vec<_>>() }),
            Self::Or(parts) => json!({ "or": parts.iter().map(Self::document).collect::<Vec<_>>() }),
            Self::Not(inner) => json!({ "not": inner.document() }),
            Self::Test { path, operator, value, .. } => json!({ "field": path, "op": operator.spelled(), "value": value }),
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Deleted {
    Exclude,
    Include,
    Only,
}

impl Deleted {
    pub fn admits(self, deleted: bool) -> bool {
        match self {
            Self::Exclude => !deleted,
            Self::Include => true,
            Self::Only => deleted,
        }
    }
}

#[derive(Debug, Clone)]
pub struct Question {
    pub filter: Option<Condition>,
    pub sort: Vec<(Vec<String>, bool)>,
    pub fields: Option<Vec<Vec<String>>>,
    pub limit: usize,
    pub page: Option<usize>,
    pub count: bool,
    pub deleted: Deleted,
    /// Whether every page is fetched.
    pub walk: bool,
    /// Whether the filter is a list of `name__op=value` rather than a document.
    pub plain: bool,
}

impl Question {
    /// As parameters of a list.
    pub fn pairs(&self) -> Vec<(String, String)> {
        let pair = |name: &str, value: String| (name.to_owned(), value);
        let mut pairs = vec![pair("limit", self.limit.to_string())];
        match &self.filter {
            Some(Condition::And(tests)) if self.plain => tests.iter().for_each(|test| plain(test, &mut pairs)),
            Some(filter) => pairs.push(pair("where", filter.document().to_string())),
            None => {}
        }
        if !self.sort.is_empty() {
            let members: Vec<String> =
                self.sort.iter().map(|(path, descending)| format!("{}{}", if *descending { "-" } else { "" }, path.join("."))).collect();
            pairs.push(pair("sort", members.join(",")));
        }
        if let Some(fields) = &self.fields {
            pairs.push(pair("fields", json!(fields).to_string()));
        }
        if let Some(page) = self.page {
            pairs.push(pair("page", page.to_string()));
        }
        if self.count {
            pairs.push(pair("count", "exact".to_owned()));
        }
        if self.deleted != Deleted::Exclude {
            pairs.push(pair("deleted", format!("{:?}", self.deleted).to_lowercase()));
        }
        pairs
    }
}

fn plain(test: &Condition, pairs: &mut Vec<(String, String)>) {
    let Condition::Test { path, kind, operator, value } = test else { return };
    let name = if *operator == Operator::Eq { path.join(".") } else { format!("{}__{}", path.join("."), operator.spelled()) };
    // What can be anything is JSON where it can be read so: a text that looks like JSON stands in quotes.
    let quoted = *kind == Type::Any && matches!(operator, Operator::Eq | Ne | In | Nin | Contains);
    let text = |value: &Value| match value.as_str() {
        Some(text) if !quoted || serde_json::from_str::<Value>(text).is_err() => text.to_owned(),
        _ => value.to_string(),
    };
    match value {
        Value::Array(values) if operator.takes_several() => pairs.extend(values.iter().map(|value| (name.clone(), text(value)))),
        value => pairs.push((name, text(value))),
    }
}

/// A question for an asker: mostly of what it sees.
pub fn question(world: &World, asker: usize, random: &mut Random) -> Question {
    let judge = world.judge(asker);
    let plain = random.chance(25);
    let filter = match random.below(10) {
        0 => None,
        _ if plain => {
            // One parameter stands for one test of one field.
            let mut tests: Vec<Condition> = Vec::new();
            for _ in 0..random.between(1, 3) {
                let test = test(world, &judge, random, true);
                let name = |test: &Condition| match test {
                    Condition::Test { path, operator, .. } => (path.clone(), *operator),
                    _ => (Vec::new(), Operator::Eq),
                };
                if !tests.iter().any(|known| name(known) == name(&test)) {
                    tests.push(test);
                }
            }
            Some(Condition::And(tests))
        }
        _ => {
            let depth = random.between(0, 6);
            Some(condition(world, &judge, random, depth))
        }
    };
    let sort: Vec<(Vec<String>, bool)> = (0..*random.pick(&[0, 0, 1, 1, 2, 3]))
        .filter_map(|_| {
            let path = path(world, random);
            let ordered = judge.find(&path).is_none_or(|found| found.kind.is_ordered());
            ordered.then(|| (path, random.chance(40)))
        })
        .collect();
    let fields = random.chance(30).then(|| (0..random.between(1, 4)).map(|_| path(world, random)).collect());
    let walk = random.chance(12);
    let deleted =
        if asker == 0 { *random.pick(&[Deleted::Exclude, Deleted::Exclude, Deleted::Include, Deleted::Only]) } else { Deleted::Exclude };
    Question {
        filter,
        sort,
        fields,
        limit: random.between(1, 20),
        page: (!walk && random.chance(15)).then(|| random.between(1, 4)),
        count: random.chance(20),
        deleted,
        walk,
        plain,
    }
}

pub fn condition(world: &World, judge: &Judge<'_>, random: &mut Random, depth: usize) -> Condition {
    if depth == 0 {
        return test(world, judge, random, false);
    }
    let several = |random: &mut Random| (0..random.below(4)).map(|_| condition(world, judge, random, depth - 1)).collect();
    match random.below(5) {
        0 | 1 => Condition::And(several(random)),
        2 | 3 => Condition::Or(several(random)),
        _ => Condition::Not(Box::new(condition(world, judge, random, depth - 1))),
    }
}

/// A path: declared, into data, undeclared, the system's; now and then one that leads nowhere.
pub fn path(world: &World, random: &mut Random) -> Vec<String> {
    const DATA: [&str; 19] = [
        "x1",
        "x2",
        "x1.k",
        "x2.m",
        "x1.k.m",
        "x1.7",
        "x2.*",
        "meta.k",
        "meta.m.k",
        "meta.#7",
        "some.k",
        "some.*.k",
        "addr.zzz",
        "addr.zzz.k",
        "meta.*",
        "addr.#9",
        "some.#7.k",
        "nothing",
        "text.inside",
    ];
    let split = |path: &str| path.split('.').map(str::to_owned).collect::<Vec<_>>();
    match random.below(12) {
        0 => split(random.pick(&SYSTEM).0),
        1 | 2 => {
            let path = split(random.pick::<&str>(&DATA));
            // What leads nowhere refuses the whole question: seldom.
            if matches!(path[0].as_str(), "nothing" | "text") && !random.chance(15) { vec!["int".to_owned()] } else { path }
        }
        _ => split(&random.pick(&world.paths).0),
    }
}

fn test(world: &World, judge: &Judge<'_>, random: &mut Random, plain: bool) -> Condition {
    let mut at = path(world, random);
    // Most questions name only what is there.
    for _ in 0..6 {
        if judge.find(&at).is_some() || random.chance(4) {
            break;
        }
        at = path(world, random);
    }
    let kind = judge.find(&at).map_or(Type::Text, |found| found.kind);
    let operator = operator(kind, at[0].starts_with('_'), random);
    let value = operand(world, &at, kind, operator, random, plain);
    Condition::Test { path: at, kind, operator, value }
}

fn operator(kind: Type, system: bool, random: &mut Random) -> Operator {
    let mut operators = vec![Operator::Eq, Ne, In, Nin, Isnull];
    if kind.is_ordered() {
        operators.extend([Gt, Gte, Lt, Lte, Between]);
    }
    if matches!(kind, Type::Texts | Type::Integers | Type::Any) {
        operators.push(Contains);
    }
    // What the system keeps is no text.
    if kind.is_textual() && !system {
        operators.extend([Contains, Icontains, Startswith, Endswith, Regex]);
    }
    *random.pick(&operators)
}

fn operand(world: &World, path: &[String], kind: Type, operator: Operator, random: &mut Random, plain: bool) -> Value {
    match operator {
        Isnull => Value::Bool(random.chance(50)),
        In | Nin => (0..random.between(1, 4)).map(|_| value(world, path, kind, random)).collect(),
        Between => json!([value(world, path, kind, random), value(world, path, kind, random)]),
        Contains => match kind {
            Type::Texts => json!(random.pick(&TEXTS)),
            Type::Integers => values::value(Type::Integer, random),
            Type::Any if !plain => values::any(random, 1),
            _ => piece(kind, random),
        },
        Icontains | Startswith | Endswith => piece(kind, random),
        Regex => json!(random.pick(&["^a", "s+$", "^$", "(?i)É", "\\d", ".", "[A-Z]", "σ|ς", "-0\\d", "\\.5", "^(a|b)*$"])),
        _ => value(world, path, kind, random),
    }
}

/// Part of a text of a type.
fn piece(kind: Type, random: &mut Random) -> Value {
    let kind = if matches!(kind, Type::Texts | Type::Any) { Type::Text } else { kind };
    let whole = values::value(kind, random);
    let letters: Vec<char> = whole.as_str().unwrap_or_default().chars().collect();
    let from = random.below(letters.len() + 1);
    let to = random.between(from, letters.len());
    Value::String(letters[from..to].iter().collect())
}

/// A value to compare with: of the type, often one that stands in a record.
fn value(world: &World, path: &[String], kind: Type, random: &mut Random) -> Value {
    let record = random.pick(&world.records);
    if let Some(value) = record.system.get(&path[0]) {
        return value.clone();
    }
    let stands = path.iter().try_fold(None, |at: Option<&Value>, name| match at {
        None => record.values.get(name).map(Some),
        Some(value) => value.get(name).map(Some),
    });
    match stands.flatten() {
        Some(value) if !value.is_null() && random.chance(60) => value.clone(),
        _ if kind == Type::Fields => Value::Object(Map::new()),
        _ => values::value(kind, random),
    }
}
