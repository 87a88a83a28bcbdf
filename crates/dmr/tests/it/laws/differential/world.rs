//! A model with records in three registries, four askers, and the judge beside them.

use super::ask::Question;
use super::judge::{Guard, Judge, Record, SYSTEM, Sight, text};
use super::made::{self, Columns, Field};
use super::values::Type;
use crate::laws::random::Random;
use crate::laws::stores::{Askers, Stores};
use dmr::{Code, Get, Page, Problem, Rows, Write, read_parameters};
use serde_json::{Map, Value, json};
use std::cell::RefCell;
use std::collections::{BTreeMap, HashMap};
use std::rc::Rc;

/// Records of a world.
const RECORDS: usize = 48;

pub struct World {
    pub seed: u64,
    pub fields: Vec<Field>,
    pub paths: Vec<(String, Type)>,
    pub records: Vec<Record>,
    /// The administrator first.
    pub askers: Vec<(Askers, Sight)>,
    pub stores: Stores,
    /// What each asker sees of each record; forgotten where that changes.
    kept: [RefCell<HashMap<String, Rc<Value>>>; 4],
}

impl World {
    pub fn new(seed: u64, random: &mut Random) -> Self {
        let stores = Stores::new(seed);
        let fields = made::fields(random);
        let columns = made::columns(&fields, random);
        let indexes = made::indexes(&fields, random);
        let admin = stores.admin();
        let registration = json!({
            "name": "Thing", "schema": { "type": "object", "properties": made::properties(&fields) }, "permissions": made::permissions(&columns),
        });
        stores
            .same(&admin, |kept, admin| {
                let mut registration = registration.clone();
                registration["storage"] = kept.storage.into();
                // Memory has no index: what an index finds must be what a scan finds.
                if kept.name != "memory" {
                    registration["indexes"] = json!(indexes);
                }
                admin.register(registration).wait().map(|registered| registered.name)
            })
            .unwrap();
        let paths = made::paths(&fields);
        let mut world = Self { seed, fields, paths, records: Vec::new(), askers: Vec::new(), stores, kept: Default::default() };
        world.askers.push((
            admin,
            Sight { asker: String::new(), rows: Guard::Always, fields: all(&world.paths), undeclared: Guard::Always, writes: true },
        ));
        for (name, roles) in [("carla", &["clerk"][..]), ("vera", &["viewer"]), ("both", &["clerk", "viewer"])] {
            let askers = world.stores.person(name, roles);
            let sight = sight(&askers, roles, &world.paths, &columns);
            world.askers.push((askers, sight));
        }
        world.fill(&columns, random);
        world.kept = Default::default();
        world
    }

    /// Records of several owners; some changed since, some deleted.
    fn fill(&mut self, columns: &Columns, random: &mut Random) {
        for at in 0..4 {
            let rows: Vec<Map<String, Value>> = (0..RECORDS / 4).map(|_| made::record(&self.fields, random)).collect();
            let asker = [0, 1, 3, 0][at];
            self.add(asker, rows.into_iter().map(|row| if asker == 0 { row } else { self.writable(asker, columns, row) }).collect());
        }
        for at in random.some(&(0..RECORDS).collect::<Vec<_>>(), 20) {
            let values = made::record(&self.fields, random);
            self.replace(at, values);
        }
        for at in random.some(&(0..RECORDS).collect::<Vec<_>>(), 15) {
            let id = self.id(at);
            let (admin, _) = &self.askers[0];
            self.stores.same(admin, |_, admin| admin.delete("Thing", &id, false, Write::default()).wait()).unwrap();
            self.records[at].deleted = true;
            self.read_system(at);
        }
    }

    /// A role sets what it may: here everything it may see, so what is hidden from it is left out.
    fn writable(&self, asker: usize, columns: &Columns, mut row: Map<String, Value>) -> Map<String, Value> {
        let judge = self.judge(asker);
        let own = |path: &str| {
            let names: Vec<String> = path.split('.').map(str::to_owned).collect();
            path == "*" && judge.sight.undeclared > Guard::Never || judge.find(&names).is_some()
        };
        for (path, _) in columns.iter().filter(|(path, _)| !own(path)) {
            match path.split_once('.') {
                None if path == "*" => {
                    row.retain(|name, _| self.fields.iter().any(|field| field.name == name));
                    strip_undeclared(&self.fields, &mut row);
                }
                None => drop(row.shift_remove(path)),
                Some((first, rest)) => strip(&mut row, first, rest),
            }
        }
        row
    }

    fn add(&mut self, asker: usize, rows: Vec<Map<String, Value>>) {
        let body = text(&Value::Array(rows.iter().cloned().map(Value::Object).collect()));
        let (askers, _) = &self.askers[asker];
        let made = self.stores.same(askers, |_, session| {
            session.bulk("Thing", Rows::Json(body.as_bytes()), Write::default()).wait().map(|answer| answer.to_value())
        });
        let made = made.unwrap_or_else(|problem| panic!("seed {}: {problem:?}\n{body}", self.seed));
        for (id, values) in made["ids"].as_array().unwrap().iter().zip(rows) {
            let system = BTreeMap::from([("_id".to_owned(), id.clone())]);
            self.records.push(Record { values: stored(&self.fields, &values), system, deleted: false });
            self.read_system(self.records.len() - 1);
        }
    }

    fn replace(&mut self, at: usize, values: Map<String, Value>) {
        let (id, body) = (self.id(at), text(&Value::Object(values.clone())));
        let (admin, _) = &self.askers[0];
        let done = self.stores.same(admin, |_, admin| {
            admin.replace("Thing", &id, body.as_bytes(), Write::default()).wait().map(|written| written.to_value())
        });
        done.unwrap_or_else(|problem| panic!("seed {}: {problem:?}\n{body}", self.seed));
        self.records[at].values = stored(&self.fields, &values);
        self.read_system(at);
    }

    fn id(&self, at: usize) -> String {
        self.records[at].system["_id"].as_str().unwrap().to_owned()
    }

    /// What the system keeps beside a record is known only from an answer.
    fn read_system(&mut self, at: usize) {
        let id = self.id(at);
        let (admin, _) = &self.askers[0];
        let get = Get { deleted: dmr::Deleted::Include, ..Get::default() };
        let answer = self.stores.same(admin, |_, admin| admin.get("Thing", &id, &get).map(|seen| seen.to_value())).unwrap();
        let record = &mut self.records[at];
        for name in SYSTEM.iter().map(|(name, _)| *name).chain(["_deleted_at"]) {
            if let Some(value) = answer.get(name) {
                record.system.insert(name.to_owned(), value.clone());
            }
        }
    }

    pub fn judge(&self, asker: usize) -> Judge<'_> {
        Judge { fields: &self.fields, sight: &self.askers[asker].1, kept: &self.kept[asker] }
    }

    /// Each record, read by id: the same everywhere, and as the judge says.
    pub fn records_are_the_same(&self) {
        for (at, (askers, _)) in self.askers.iter().enumerate() {
            let judge = self.judge(at);
            for record in &self.records {
                let id = record.system["_id"].as_str().unwrap();
                let answer = self.stores.same(askers, |_, session| {
                    session.get("Thing", id, &Get::default()).map(|seen| {
                        let mut out = Vec::new();
                        seen.write_json(&mut out);
                        String::from_utf8(out).unwrap()
                    })
                });
                let seen = !record.deleted && judge.sees_row(record);
                let expected = if seen { Ok(judge.shown(record, None)) } else { Err(Code::RecordUnknown) };
                assert_eq!(answer.map_err(|problem| problem.code), expected, "seed {}, asker {at}", self.seed);
            }
        }
    }

    /// Asks everywhere and holds the answers against the judge's.
    pub fn check(&self, asker: usize, question: &Question) {
        let judge = self.judge(asker);
        let (askers, _) = &self.askers[asker];
        let pairs = question.pairs();
        let context = || format!("seed {}, asker {asker}, {pairs:?}", self.seed);
        let first = self.ask(askers, &pairs, &context);
        if !judge.may_ask(question) {
            let problem = first.map(|page| page.to_value()).expect_err(&context());
            assert!(problem.errors.iter().any(|issue| issue.code == Code::FilterField), "{problem:?} {}", context());
            return;
        }
        let mut page = first.unwrap_or_else(|problem| panic!("{problem:#?}\n{}", context()));
        let rows = judge.answer(question, &self.records);
        let shown: Vec<String> = rows.iter().map(|record| judge.shown(record, question.fields.as_deref())).collect();
        assert_eq!(page.count, question.count.then_some(shown.len() as u64), "{}", context());
        let mut from = question.page.map_or(0, |page| (page - 1) * question.limit).min(shown.len());
        loop {
            let to = (from + question.limit).min(shown.len());
            let items: Vec<&str> = page.items.iter().map(|item| std::str::from_utf8(item).unwrap()).collect();
            told_the_same(&items, &shown[from..to], &context);
            assert_eq!(page.next.is_some(), to < shown.len(), "from {from}: {}", context());
            from = to;
            let Some(next) = page.next.filter(|_| question.walk) else { break };
            let mut pairs = pairs.clone();
            pairs.push(("cursor".to_owned(), next));
            page = self.ask(askers, &pairs, &context).unwrap_or_else(|problem| panic!("{problem:#?}\n{}", context()));
        }
    }

    fn ask(&self, askers: &Askers, pairs: &[(String, String)], context: &dyn Fn() -> String) -> Result<Page, Problem> {
        let mut answers = self.stores.all.iter().zip(&askers.0).map(|(kept, session)| {
            let asked = read_parameters(pairs).map_err(|issues| Problem::of(Code::ParameterValue, issues));
            (kept.name, asked.and_then(|parameters| session.list("Thing", parameters).wait()))
        });
        let (_, reference) = answers.next().unwrap();
        // Cursors know which index was walked; everything else is the same byte for byte.
        let told = |answer: &Result<Page, Problem>| match answer {
            Ok(page) => Ok((page.items.clone(), page.next.is_some(), page.count)),
            Err(problem) => Err(problem.clone()),
        };
        let mut last = None;
        for (name, answer) in answers {
            assert_eq!(told(&answer), told(&reference), "{name} differs from memory: {}", context());
            if let (Some(Ok(before)), Ok(page)) = (&last, &answer) {
                let before: &Page = before;
                assert_eq!(before.next, page.next, "{name}: {}", context());
            }
            last = Some(answer);
        }
        // A cursor of an index works where there is none, and the other way round.
        last.unwrap_or(reference)
    }
}

/// Ids first: a difference among forty records is told in a line.
fn told_the_same(items: &[&str], expected: &[String], context: &dyn Fn() -> String) {
    let id = |item: &str| item.get(40..44).unwrap_or_default().to_owned();
    let ids = |items: &mut dyn Iterator<Item = &str>| items.map(id).collect::<Vec<_>>();
    let (left, right) = (ids(&mut items.iter().copied()), ids(&mut expected.iter().map(String::as_str)));
    if left != right {
        let odd = expected
            .iter()
            .map(String::as_str)
            .chain(items.iter().copied())
            .find(|item| left.contains(&id(item)) != right.contains(&id(item)));
        panic!("answered {left:?}\nexpected {right:?}\nfor example {odd:?}\n{}", context());
    }
    for (item, expected) in items.iter().zip(expected) {
        assert_eq!(item, expected, "{}", context());
    }
}

fn all(paths: &[(String, Type)]) -> BTreeMap<String, Guard> {
    paths.iter().map(|(path, _)| (path.clone(), Guard::Always)).collect()
}

/// A guard is the widest row rule of the roles that may read it.
fn sight(askers: &Askers, roles: &[&str], paths: &[(String, Type)], columns: &Columns) -> Sight {
    let rows = |role: &str| if role == "clerk" { Guard::Own } else { Guard::Always };
    let guard = |path: &str| {
        let readers = columns.iter().find(|(known, _)| known == path).map(|(_, readers)| readers);
        let may = roles.iter().filter(|role| readers.is_none_or(|readers| readers.contains(role)));
        may.map(|role| rows(role)).max().unwrap_or(Guard::Never)
    };
    Sight {
        asker: askers.id(),
        rows: roles.iter().map(|role| rows(role)).max().unwrap(),
        fields: paths.iter().map(|(path, _)| (path.clone(), guard(path))).collect(),
        undeclared: guard("*"),
        writes: roles.contains(&"clerk"),
    }
}

/// As it is stored: fields in the schema's order, then the others; whole numbers without a point.
fn stored(fields: &[Field], values: &Map<String, Value>) -> Map<String, Value> {
    let mut out = Map::new();
    for field in fields {
        let Some(value) = values.get(field.name) else { continue };
        let value = match (field.kind, value) {
            (Type::Fields, Value::Object(inner)) => Value::Object(stored(&field.children, inner)),
            (Type::Integer, Value::Number(_)) => whole(value),
            (Type::Integers, Value::Array(items)) => items.iter().map(whole).collect(),
            _ => value.clone(),
        };
        out.insert(field.name.to_owned(), value);
    }
    out.extend(
        values
            .iter()
            .filter(|(name, _)| !fields.iter().any(|field| field.name == *name))
            .map(|(name, value)| (name.clone(), value.clone())),
    );
    out
}

fn whole(value: &Value) -> Value {
    let Value::Number(number) = value else { return value.clone() };
    match number.as_str() {
        "1.0" => json!(1),
        "4.2e1" => json!(42),
        "-0" => json!(0),
        _ => value.clone(),
    }
}

fn strip(row: &mut Map<String, Value>, first: &str, rest: &str) {
    if let Some(Value::Object(inner)) = row.get_mut(first) {
        match rest.split_once('.') {
            None => drop(inner.shift_remove(rest)),
            Some((first, rest)) => strip(inner, first, rest),
        }
    }
}

fn strip_undeclared(fields: &[Field], row: &mut Map<String, Value>) {
    for field in fields.iter().filter(|field| !field.children.is_empty()) {
        if let Some(Value::Object(inner)) = row.get_mut(field.name) {
            inner.retain(|name, _| field.children.iter().any(|child| child.name == name));
            strip_undeclared(&field.children, inner);
        }
    }
}
