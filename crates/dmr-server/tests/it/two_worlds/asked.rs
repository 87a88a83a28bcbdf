//! What is asked: any route there is, with parameters, headers and bodies of every kind. A route whose address or body nobody here can make
//! fails the suite by its name.

use super::bodies::{body, cells, condition, expanded, field_of};
use super::history::{MODELS, form};
use super::names::{OPERATORS, encoded, field, model, value};
use super::random::Random;
use super::worlds::{Answered, Asked, Worlds};
use dmr::core::Value;
use dmr_server::Route;
use dmr_server::route::{At, Family, Kind, Parameter};
use std::collections::{BTreeMap, BTreeSet};

/// What is known so far, and what was asked.
pub struct Asking {
    /// Ids by model that exist in both worlds, of seen and unseen records; under no name: others, and such that do not exist.
    ids: BTreeMap<String, Vec<String>>,
    /// Addresses with a cursor that go on, and who was given them.
    cursors: Vec<(&'static str, String)>,
    /// Entity tags.
    tags: Vec<String>,
    /// How often each route answered what.
    answers: BTreeMap<&'static str, BTreeMap<u16, usize>>,
}

impl Asking {
    /// An administrator would know every id; others may guess them.
    pub fn new(worlds: &Worlds) -> Self {
        let mut ids: BTreeMap<String, Vec<String>> = BTreeMap::new();
        let others = ["k1", "k2", "k0", "nothing", "00000000-0000-0000-0000-000000000000"].map(str::to_owned);
        ids.insert(String::new(), others.into_iter().chain(["r1", "q1", "r2"].map(|name| worlds.id_of(name))).collect());
        for model in MODELS.iter().chain(&["Secret"]) {
            for answer in worlds.as_admin("GET", &format!("/api/records/{model}?deleted=include&limit=1000"), &|_| Value::Null) {
                for item in answer.json()["items"].as_array().unwrap() {
                    ids.entry((*model).to_owned()).or_default().push(item["_id"].as_str().unwrap().to_owned());
                }
            }
        }
        for known in ids.values_mut() {
            known.sort();
            known.dedup();
        }
        let mut made = Self { ids, cursors: Vec::new(), tags: vec!["\"1.0\"".to_owned(), "\"2\"".to_owned()], answers: BTreeMap::new() };
        for entry in
            worlds.as_admin("GET", "/api/audit?operation=ingest.change&limit=1000", &|_| Value::Null)[0].json()["items"].as_array().unwrap()
        {
            made.knows("ingest", entry["key"].as_str().unwrap());
        }
        made
    }

    fn knows(&mut self, of: &str, id: &str) {
        let known = self.ids.entry(of.to_owned()).or_default();
        if !known.iter().any(|known| known == id) {
            known.push(id.to_owned());
        }
    }

    /// The next request.
    pub fn next(&mut self, random: &mut Random) -> Asked {
        if random.chance(6) && !self.cursors.is_empty() {
            let (who, uri) = random.pick(&self.cursors).clone();
            let who = if random.chance(90) { who } else { "q1" };
            let place = uri.trim_start_matches("/api/records/").split('?').next().unwrap_or_default();
            let (model, operation) = match place.split_once('/') {
                Some((model, _)) => (model.to_owned(), "search_records"),
                None => (place.to_owned(), "list_records"),
            };
            return Asked { operation, model, ..Asked::get(who, uri) };
        }
        // Records are asked for more often than anything else, and the one route of the audit trail more often than others that are alone.
        let routes = dmr_server::routes();
        let of = |family: Family| routes.iter().copied().filter(|route| route.family == family).collect::<Vec<&Route>>();
        let route = match random.below(100) {
            0..65 => *random.pick(&of(Family::Records)),
            65..67 => *random.pick(&of(Family::Audit)),
            _ => *random.pick(routes),
        };
        let who = *random.pick(&["r1", "r1", "r1", "r1", "r1", "r1", "r1", "r1", "q1", "q1", "nobody"]);
        self.request(who, route, random)
    }

    fn request(&self, who: &'static str, route: &'static Route, random: &mut Random) -> Asked {
        let (model, spelled) = model(random);
        let mut headers = Vec::new();
        let mut query: Vec<String> = Vec::new();
        for parameter in
            route.parameters.iter().filter(|given| random.chance(if given.kind == Kind::Search { 95 } else { 15 })).collect::<Vec<_>>()
        {
            let text = self.parameter(&model, parameter, random);
            match parameter.at {
                At::Query => query.push(format!("{}={}", parameter.name, encoded(&text, random))),
                At::Header => headers.push((parameter.name.to_ascii_lowercase(), text)),
            }
        }
        if route.filters && random.chance(60) {
            query.extend((0..random.between(1, 2)).map(|_| filter(&model, random)));
        }
        if random.chance(4) {
            query.push(format!("{}={}", encoded(&field(random), random), encoded(&text_of(&value(random)), random)));
        }
        if random.chance(15) {
            headers.push(("accept".into(), (*random.pick(&["application/x-ndjson", "application/json", "text/csv", "*/*"])).to_owned()));
        }
        let body = self.body(route, &model, random, &mut headers);
        let mut uri = self.path(route, &model, &spelled, random);
        if !query.is_empty() {
            uri = format!("{uri}?{}", query.join("&"));
        }
        let method = if !route.writes() && random.chance(4) { "HEAD" } else { route.method.as_str() };
        Asked { who, operation: route.operation, model, method: method.to_owned(), uri, headers, body }
    }

    /// An id: mostly of the model in question.
    fn id(&self, of: &str, random: &mut Random) -> String {
        let known = self.ids.get(of).filter(|_| random.chance(85));
        match known {
            Some(known) => random.pick(known).clone(),
            None => {
                let all: Vec<&String> = self.ids.values().flatten().collect();
                (*random.pick(&all)).clone()
            }
        }
    }

    /// Puts ids in the places that name a record of some model: `@Own@7@`.
    fn with_ids(&self, text: String) -> String {
        if !text.contains('@') {
            return text;
        }
        let mut out = text.clone();
        for (model, known) in self.ids.iter().filter(|(model, _)| !model.is_empty()) {
            for at in 0..24 {
                out = out.replace(&format!("@{model}@{at}@"), &known[at % known.len()]);
            }
        }
        out
    }

    fn path(&self, route: &Route, model: &str, spelled: &str, random: &mut Random) -> String {
        let fill = |segment: &str, random: &mut Random| match segment {
            "{model}" if route.family == Family::Service => format!("{spelled}.json"),
            "{model}" | "{name}" => spelled.to_owned(),
            "{role}" => (*random.pick(&["r", "q", "admin", "user", "anonymous", "nobody"])).to_owned(),
            "{id}" if route.family == Family::Records => self.id(model, random),
            "{id}" if route.family == Family::Models => self.id("", random),
            "{id}" if route.family == Family::Ingestion => self.id("ingest", random),
            "{id}" if route.family == Family::Principals => self.id("", random),
            "{key_id}" => self.id("key", random),
            other if other.contains('{') => panic!("{route:?}: nobody here knows what stands at {other}"),
            other => other.to_owned(),
        };
        let segments: Vec<String> = route.template.split('/').map(|segment| fill(segment, random)).collect();
        segments.join("/")
    }

    fn parameter(&self, model: &str, parameter: &Parameter, random: &mut Random) -> String {
        if random.chance(5) {
            return text_of(&value(random));
        }
        match (parameter.name, parameter.kind) {
            ("sort", _) => format!("{}{}", if random.chance(40) { "-" } else { "" }, field_of(model, random)),
            (_, Kind::Search) => words(random),
            ("field", _) => field_of(model, random),
            ("fields" | "in", _) => (0..random.between(1, 3)).map(|_| field_of(model, random)).collect::<Vec<_>>().join(","),
            ("expand", _) => expanded(model, random),
            ("cursor", _) => "AAAA".to_owned(),
            ("model", _) => (*random.pick(&["Person", "Own", "Secret", "Closed", "Nothing"])).to_owned(),
            ("record" | "user", _) => self.id("Own", random),
            ("from" | "to" | "version", _) => (*random.pick(&["1.0.0", "2.0.0", "1.1.0", "9.9.9"])).to_owned(),
            (_, Kind::Key) => format!("key{}", random.below(6)),
            (_, Kind::Operation) => (*random.pick(&["create", "update", "delete", "model.version", "nothing"])).to_owned(),
            (_, Kind::Word(words)) => (*random.pick(words)).to_owned(),
            (_, Kind::Number) => random.between(1, 7).to_string(),
            (_, Kind::Time) => format!("2026-11-21T08:{:02}:00Z", 30 + random.below(4)),
            (_, Kind::Tag) => random.pick(&self.tags).clone(),
            (_, Kind::Condition) => {
                let depth = random.below(3);
                condition(model, random, depth).to_string()
            }
            // An ingest that runs beside the requests would take its ids when it comes to it: none is asked to.
            (_, Kind::Text) => (*random.pick(&["hush", "Person", "s1", "*", "app.*"])).to_owned(),
        }
    }

    fn body(&self, route: &Route, model: &str, random: &mut Random, headers: &mut Vec<(String, String)>) -> Vec<u8> {
        let Some(takes) = route.takes else { return Vec::new() };
        if takes.media.contains(&"multipart/form-data") {
            headers.push(("content-type".into(), "multipart/form-data; boundary=x".into()));
            let model = Some(model).filter(|model| !model.is_empty() && random.chance(80));
            return form("mine.csv", "name,num,label,pub\nA,1,l,p\nB,x,m,q\n", model);
        }
        let media = if random.chance(3) { "text/plain" } else { random.pick(takes.media) };
        headers.push(("content-type".into(), media.to_owned()));
        let ids: Vec<String> = (0..6).map(|_| self.id(model, random)).collect();
        let body = body(takes.shape, model, &ids, random);
        let text = match body {
            Value::Array(rows) if media.contains("ndjson") => rows.iter().map(|row| format!("{row}\n")).collect(),
            Value::Array(rows) if media.contains("csv") => cells(&rows),
            body => body.to_string(),
        };
        let text = self.with_ids(text);
        if random.chance(96) { text.into_bytes() } else { broken(text, random) }
    }

    /// New ids, cursors and tags are used in what comes.
    pub fn learn(&mut self, asked: &Asked, answer: &Answered) {
        *self.answers.entry(asked.operation).or_default().entry(answer.status).or_default() += 1;
        let told = answer.json();
        if let Some(id) = told["_id"].as_str().filter(|_| !asked.model.is_empty()) {
            self.knows(&asked.model, id);
        }
        if let (Some(id), "create_key") = (told["id"].as_str(), asked.operation) {
            self.knows("key", id);
        }
        if let Some(id) = told["ingest"].as_str() {
            self.knows("ingest", id);
        }
        if let Some(tag) = answer.headers.iter().find(|(name, _)| name == "etag") {
            self.tags.truncate(20);
            self.tags.insert(0, tag.1.clone());
        }
        if let (Some(next), "list_records" | "search_records") = (told["next"].as_str(), asked.operation) {
            let pairs = asked.uri.split_once('?').map_or("", |(_, query)| query);
            let kept = pairs.split('&').filter(|pair| !pair.starts_with("cursor=") && !pair.starts_with("page=") && !pair.is_empty());
            let cursor = format!("cursor={next}");
            let pairs: Vec<&str> = kept.chain([cursor.as_str()]).collect();
            self.cursors.truncate(20);
            let sub = if asked.operation == "search_records" { "/search" } else { "" };
            self.cursors.insert(0, (asked.who, format!("/api/records/{}{sub}?{}", asked.model, pairs.join("&"))));
        }
    }

    /// A route that is new is asked too; and the answers were no refusals only.
    pub fn covers_every_route(&self) {
        let mut done: BTreeMap<&str, usize> = BTreeMap::new();
        let mut never = BTreeSet::new();
        for route in dmr_server::routes() {
            let answers = self.answers.get(route.operation).unwrap_or_else(|| panic!("{route:?} was never asked"));
            let of_route: usize = answers.iter().filter(|(status, _)| **status < 300).map(|(_, count)| count).sum();
            *done.entry(route.family.as_str()).or_default() += of_route;
            if of_route == 0 && route.family == Family::Records {
                never.insert(format!("{route:?}: {answers:?}"));
            }
        }
        assert!(never.is_empty(), "never did anything: {never:?}");
        // Well below what chance gives, so that a route more, which moves all that is drawn, does not fail this.
        for (family, least) in
            [("Service", 20), ("Models", 25), ("Records", 250), ("Gatekeeper", 2), ("Audit", 5), ("Principals", 3), ("Ingestion", 3)]
        {
            let told = format!("{family}: {done:?}, {:?}", self.answers);
            assert!(done[family] >= least, "too few answers that are no refusals: {told}");
        }
    }
}

/// What R searches for: words of what it sees and of what it does not, beginnings of both, phrases, and what is none of these.
fn words(random: &mut Random) -> String {
    const WORDS: [&str; 20] = [
        "s*",
        "zz*",
        "s1",
        "s2",
        "s3",
        "t",
        "red",
        "ana",
        "p*",
        "paris",
        "\"s1\"",
        "\"red s1\"",
        "b*",
        "longish*",
        "z*",
        "l*",
        "a*",
        "x",
        "too long",
        "",
    ];
    let word = |random: &mut Random| if random.chance(90) { (*random.pick(&WORDS)).to_owned() } else { text_of(&value(random)) };
    let first = word(random);
    if random.chance(15) { format!("{first} {}", word(random)) } else { first }
}

/// A text that is not what it was meant to be.
fn broken(text: String, random: &mut Random) -> Vec<u8> {
    match random.below(5) {
        0 => text.as_bytes()[..text.len() / 2].to_vec(),
        1 => "[".repeat(5_000).into_bytes(),
        2 => br#"{"hush":1,"hush":2}"#.to_vec(),
        3 => [b"\xef\xbb\xbf", text.as_bytes()].concat(),
        _ => [text.as_bytes(), b"\xff\x00"].concat(),
    }
}

fn filter(model: &str, random: &mut Random) -> String {
    let operator = *random.pick(&OPERATORS);
    let value = value(random);
    let name = if operator == "eq" { field_of(model, random) } else { format!("{}__{operator}", field_of(model, random)) };
    format!("{}={}", encoded(&name, random), encoded(&text_of(&value), random))
}

fn text_of(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}
