//! Full-text search (R3), and what nobody learns by it (P2, P3, P6).

use crate::laws::random::Random;
use crate::world::{Outcome, Person, Told, World, id, on_both, told, with_settings};
use dmr::core::search::words;
use dmr::{SearchFor, Settings, Value};
use serde_json::json;
use std::collections::BTreeMap;

impl Person {
    pub fn searches(&self, model: &str, q: &str) -> Told {
        self.searches_for(model, &SearchFor::new(q))
    }

    pub fn searches_for(&self, model: &str, search: &SearchFor) -> Told {
        self.0.search(model, search).wait().map(|page| page.to_value())
    }

    /// The values of a field of what is found, best first.
    fn hits(&self, model: &str, q: &str, field: &str) -> Vec<Value> {
        let limit = Some(100);
        column(&self.searches_for(model, &SearchFor { limit, ..SearchFor::new(q) }).done(), field)
    }
}

fn column(page: &Value, field: &str) -> Vec<Value> {
    page["items"].as_array().unwrap().iter().map(|item| item["record"][field].clone()).collect()
}

fn paths(names: &[&str]) -> Option<Vec<Vec<String>>> {
    Some(names.iter().map(|name| name.split('.').map(str::to_owned).collect()).collect())
}

fn tea(world: &World) -> Person {
    let admin = world.admin();
    let text = json!({ "type": "string" });
    let registration = json!({
        "name": "Tea",
        "schema": { "type": "object", "properties": {
            "name": text, "notes": text, "tags": { "type": "array", "items": text }, "price": { "type": "number" },
            "maker": { "type": "object", "properties": { "city": text } }, "plain": text,
        } },
        "fields": {
            "name": { "behaviours": ["SEARCHABLE", "INDEXED"] }, "notes": { "behaviours": ["SEARCHABLE"] },
            "tags": { "behaviours": ["SEARCHABLE"] }, "maker.city": { "behaviours": ["SEARCHABLE"] },
        },
    });
    admin.registers(registration).done();
    for record in [
        json!({ "name": "Green tea", "notes": "Steamed, then rolled; a green cup", "tags": ["loose", "green"], "price": 4.5 }),
        json!({ "name": "Greenhouse blend", "notes": "From a house of glass" }),
        json!({ "name": "Thé vert", "notes": "green", "maker": { "city": "Zürich" } }),
        json!({ "name": "AB-1234", "notes": "a box of tea, 250 g", "plain": "unfindable" }),
    ] {
        admin.creates("Tea", record).done();
    }
    admin
}

#[test]
fn r3_a_search_tells_records_scores_and_places() {
    on_both(|world| {
        let admin = tea(&world);
        let found = admin.searches_for("Tea", &SearchFor { fields: paths(&["name"]), ..SearchFor::new("green te*") }).done();
        told!(found, @r#"
        {
          "items": [
            {
              "record": {"_id":"<id 1>","name":"Green tea"},
              "score": 1.416666,
              "highlights": {"name":[[0,5],[6,9]],"notes":[[24,29]],"tags.1":[[0,5]]}
            }
          ],
          "next": null
        }
        "#);
        let found = admin.searches_for("Tea", &SearchFor { fields: paths(&["name"]), ..SearchFor::new("zurich") }).done();
        told!(found, @r#"
        {
          "items": [{"record":{"_id":"<id 1>","name":"Thé vert"},"score":1.25,"highlights":{"maker.city":[[0,6]]}}],
          "next": null
        }
        "#);
        assert_eq!(admin.hits("Tea", "\"box of tea\"", "name"), ["AB-1234"]);
        assert_eq!(admin.hits("Tea", "ab-12*", "name"), ["AB-1234"]);
        assert_eq!(admin.hits("Tea", "the", "name"), ["Thé vert"]);
        assert_eq!(admin.hits("Tea", "unfindable", "name"), [] as [Value; 0]);
        assert_eq!(admin.hits("Tea", "Tea", "name"), ["Green tea", "AB-1234"]);
    });
}

#[test]
fn r3_whole_words_come_before_beginnings_then_the_denser_field_then_the_older_record() {
    on_both(|world| {
        let admin = tea(&world);
        assert_eq!(admin.hits("Tea", "green*", "name"), ["Green tea", "Thé vert", "Greenhouse blend"]);
        admin.creates("Tea", json!({ "name": "green" })).done();
        admin.creates("Tea", json!({ "name": "one green of four" })).done();
        admin.creates("Tea", json!({ "name": "again green of four" })).done();
        let names = ["Green tea", "Thé vert", "green", "one green of four", "again green of four", "Greenhouse blend"];
        assert_eq!(admin.hits("Tea", "green*", "name"), names);
    });
}

#[test]
fn r3_pages_go_on_where_they_stopped() {
    let mut settings = Settings::default();
    settings.search.limit = 3;
    with_settings(&settings, |world| {
        let admin = tea(&world);
        for number in 0..10 {
            let filler = "leaf ".repeat(number % 4);
            admin.creates("Tea", json!({ "name": format!("oolong {filler}"), "price": number })).done();
        }
        let all = admin.hits("Tea", "oolong", "price");
        assert_eq!(all.len(), 10);
        let (mut pages, mut cursor) = (Vec::new(), None);
        loop {
            let page = admin.searches_for("Tea", &SearchFor { cursor, ..SearchFor::new("OOLONG") }).done();
            assert!(page["items"].as_array().unwrap().len() <= 3, "the setting `search.limit`");
            pages.extend(column(&page, "price"));
            cursor = page["next"].as_str().map(str::to_owned);
            if cursor.is_none() {
                break;
            }
        }
        assert_eq!(pages, all);
        let first = admin.searches("Tea", "oolong").done();
        let cursor = first["next"].as_str().map(str::to_owned);
        let refused = admin.searches_for("Tea", &SearchFor { cursor, ..SearchFor::new("green") }).refused();
        assert_eq!(refused["code"], "cursor.invalid", "a cursor is one question's");
    });
}

#[test]
fn r3_a_search_can_be_of_some_fields() {
    on_both(|world| {
        let admin = tea(&world);
        let within = |fields: &[&str]| SearchFor { within: paths(fields), ..SearchFor::new("green") };
        assert_eq!(column(&admin.searches_for("Tea", &within(&["tags"])).done(), "name"), ["Green tea"]);
        assert_eq!(column(&admin.searches_for("Tea", &within(&["notes", "tags"])).done(), "name"), ["Thé vert", "Green tea"]);
        told!(admin.searches_for("Tea", &within(&["naem", "plain", "maker.city", "tgas"])).refused(), @r#"
        {
          "status": 400,
          "detail": "3 problems; the first: `naem` is not searched",
          "code": "search.field",
          "errors": [
            {"in":"query","pointer":"in","code":"search.field","message":"`naem` is not searched","suggestions":["name"]},
            {"in":"query","pointer":"in","code":"search.field","message":"`plain` is not searched","suggestions":["name","notes","tags"]},
            {"in":"query","pointer":"in","code":"search.field","message":"`tgas` is not searched","suggestions":["tags"]}
          ]
        }
        "#);
    });
}

#[test]
fn r3_bad_searches_are_told_with_place_and_suggestion() {
    on_both(|world| {
        let admin = tea(&world);
        told!(admin.searches("Tea", "\"green tea").refused(), @r#"
        {
          "status": 400,
          "detail": "a quote is not closed",
          "code": "search.question",
          "errors": [
            {
              "in": "query",
              "pointer": "q",
              "code": "search.question",
              "message": "a quote is not closed",
              "suggestions": ["\"green tea\"","green tea"]
            }
          ]
        }
        "#);
        told!(admin.searches("Tea", " - ").refused(), @r#"
        {
          "status": 400,
          "detail": "there is no word to search for",
          "code": "search.question",
          "errors": [
            {
              "in": "query",
              "pointer": "q",
              "code": "search.question",
              "message": "there is no word to search for",
              "suggestions": ["tea","\"green tea\"","gree*"]
            }
          ]
        }
        "#);
        admin.registers(json!({ "name": "Dumb", "schema": { "type": "object", "properties": { "name": { "type": "string" } } } })).done();
        told!(admin.searches("Dumb", "green").refused(), @r#"
        {
          "status": 400,
          "detail": "no field of this model is searched",
          "code": "search.field",
          "errors": [
            {
              "in": "query",
              "pointer": "q",
              "code": "search.field",
              "message": "no field of this model is searched",
              "suggestions": ["change the model: {\"fields\": {\"<field>\": {\"behaviours\": [\"SEARCHABLE\"]}}}"]
            }
          ]
        }
        "#);
        assert_eq!(admin.searches("Nothing", "green").refused()["code"], "model.unknown");
        // What looks like the language of an index is words.
        for q in ["name : tea", "tea OR 1=1", "NEAR(tea)", "{a b}: tea", "^tea", "-tea", "tea\\", "'; DROP TABLE word; --", "tea)"] {
            assert!(admin.searches("Tea", q).is_ok(), "{q}");
        }
    });
}

#[test]
fn m4_searchable_is_declared_in_every_way_a_behaviour_is() {
    #[derive(schemars::JsonSchema)]
    #[expect(dead_code, reason = "only its shape matters")]
    struct Book {
        title: String,
        pages: u32,
    }
    on_both(|world| {
        let admin = world.admin();
        let searchable = [dmr::core::model::Behaviour::Searchable];
        let options = dmr::StructOptions::new().namespace("app").behaviours("title", searchable);
        admin.register_struct::<Book>(options).wait().done();
        admin.creates("Book", json!({ "title": "The Leopard", "pages": 7 })).done();
        assert_eq!(admin.hits("Book", "leopard", "pages"), [7]);
        // In place, and back.
        admin.changes_model("Book", json!({ "fields": { "title": null } })).done();
        assert_eq!(admin.searches("Book", "leopard").refused()["code"], "search.field");
        let model = admin.changes_model("Book", json!({ "fields": { "title": { "behaviours": ["SEARCHABLE"] } } })).done();
        assert_eq!(model["fields"]["title"]["behaviours"], json!(["SEARCHABLE"]));
        assert_eq!(model["version"], "1.0.0");
        assert_eq!(admin.hits("Book", "leopard", "pages"), [7]);
        // A rename and other rights leave it as it is.
        let schema = json!({ "type": "object", "properties": { "name": { "type": "string" }, "pages": { "type": "integer" } } });
        admin.puts("Book", json!({ "schema": schema, "renames": { "title": "name" } })).done();
        admin.permits("Book", json!({ "models": { "user": ["list"] } })).done();
        assert_eq!(world.person("reader", &["user"]).hits("Book", "leopard", "name"), ["The Leopard"]);
        // What cannot be.
        let refused = |fields: Value| {
            let schema = json!({ "type": "object", "properties": { "n": { "type": "integer" }, "o": { "type": "object" }, "w": { "type": "string", "writeOnly": true } } });
            admin.registers(json!({ "name": "X", "schema": schema, "fields": fields })).refused()["errors"][0].clone()
        };
        told!(refused(json!({ "n": { "behaviours": ["SEARCHABLE"] } })), @r#"
        {
          "in": "body",
          "pointer": "/fields/n/behaviours",
          "code": "definition.invalid",
          "message": "`n` holds integer; only texts and lists of texts are searched",
          "suggestions": ["INDEXED"]
        }
        "#);
        told!(refused(json!({ "w": { "behaviours": ["SEARCHABLE"] } })), @r#"
        {
          "in": "body",
          "pointer": "/fields/w/behaviours",
          "code": "behaviour.contradiction",
          "message": "the schema says that `w` is never shown (`writeOnly`): it cannot be SEARCHABLE"
        }
        "#);
        told!(refused(json!({ "w": { "behaviours": ["SEARCHABLE", "WRITE_ONLY"] } })), @r#"
        {
          "in": "body",
          "pointer": "/fields/w",
          "code": "behaviour.contradiction",
          "message": "a field that is WRITE_ONLY is seen by nobody: it cannot be SEARCHABLE"
        }
        "#);
        assert_eq!(refused(json!({ "o": { "behaviours": ["SEARCHABLE"] } }))["code"], "definition.invalid");
    });
}

#[test]
fn r3_what_was_stored_is_found_after_a_new_start() {
    on_both(|world| {
        tea(&world);
        let world = world.reopened();
        assert_eq!(world.admin().hits("Tea", "rolled", "name"), ["Green tea"]);
    });
}

#[test]
fn p3_p6_hidden_fields_and_records_change_nothing_of_an_answer() {
    on_both(|world| {
        let admin = world.admin();
        let text = json!({ "type": "string" });
        let registration = json!({
            "name": "Note",
            "schema": { "type": "object", "properties": { "pub": text, "sec": text } },
            "fields": { "pub": { "behaviours": ["SEARCHABLE"] }, "sec": { "behaviours": ["SEARCHABLE"] } },
            "permissions": {
                "models": { "admin": ["create", "read", "list", "update", "delete"], "user": ["list", "read"], "clerk": ["create", "list", "read"] },
                "rows": { "clerk": { "read": "owner", "write": "owner" } },
                "columns": { "sec": { "read": ["admin", "clerk"], "write": ["admin", "clerk"] } },
            },
        });
        admin.registers(registration).done();
        let (user, clerk) = (world.person("u", &["user"]), world.person("c", &["clerk"]));
        let both = world.person("b", &["user", "clerk"]);
        admin.creates("Note", json!({ "pub": "tea", "sec": "poison" })).done();
        admin.creates("Note", json!({ "pub": "poison tea", "sec": "plain" })).done();
        let before = user.searches("Note", "poison").done();
        assert_eq!(column(&before, "pub"), ["poison tea"], "a word that is only in `sec` is not found");
        assert_eq!(user.searches("Note", "plain").done()["items"], json!([]));
        for number in 0..5 {
            admin.creates("Note", json!({ "pub": format!("cup {number}"), "sec": "poison poison tea" })).done();
        }
        assert_eq!(user.searches("Note", "poison").done(), before, "nor do scores depend on it");
        // A field that may not be read does not exist.
        let named = user.searches_for("Note", &SearchFor { within: paths(&["sec"]), ..SearchFor::new("x") }).refused();
        let absent = user.searches_for("Note", &SearchFor { within: paths(&["sex"]), ..SearchFor::new("x") }).refused();
        assert_eq!(named.to_string().replace("sec", "sex"), absent.to_string());
        // Rows of others do not exist; where one's own shows more, more is searched.
        assert_eq!(clerk.searches("Note", "poison").done()["items"], json!([]));
        clerk.creates("Note", json!({ "pub": "mine", "sec": "poison" })).done();
        both.creates("Note", json!({ "pub": "ours", "sec": "poison" })).done();
        assert_eq!(clerk.hits("Note", "poison", "pub"), ["mine"]);
        assert_eq!(both.hits("Note", "poison", "pub"), ["ours", "poison tea"], "its own `sec`, and everybody's `pub`");
        assert_eq!(world.person("n", &["nobody"]).searches("Note", "poison").refused()["code"], "model.unknown");
        assert_eq!(world.anybody().searches("Note", "poison").refused()["code"], "credential.missing");
    });
}

#[test]
fn p3_where_every_searched_field_is_hidden_none_is_there() {
    on_both(|world| {
        let admin = world.admin();
        let registration = |name: &str, searchable: bool| {
            let fields = if searchable { json!({ "sec": { "behaviours": ["SEARCHABLE"] } }) } else { json!({}) };
            json!({
                "name": name, "fields": fields,
                "schema": { "type": "object", "properties": { "pub": { "type": "string" }, "sec": { "type": "string" } } },
                "permissions": { "models": { "admin": ["create"], "user": ["list"] }, "columns": { "sec": { "read": ["admin"], "write": ["admin"] } } },
            })
        };
        admin.registers(registration("One", true)).done();
        admin.registers(registration("Two", false)).done();
        let user = world.person("u", &["user"]);
        assert_eq!(user.searches("One", "tea").refused(), user.searches("Two", "tea").refused());
    });
}

const VOCABULARY: [&str; 12] = ["tea", "Tea", "té", "teapot", "pot", "AB-1", "AB-12", "1", "12", "1.2", "東京", "ß"];

/// What the words of a text are, by core's tokenizer; everything else about an answer is told again here.
fn folded(text: &str) -> Vec<String> {
    let mut all = Vec::new();
    words(text, &mut |word| all.push(word.folded().into_owned()));
    all
}

/// Where a term stands in a text, and whether as it was asked for.
fn stands(text: &[String], term: &[String], prefix: bool) -> Vec<(usize, bool)> {
    let fits = |from: usize| {
        let piece = text.get(from..from + term.len())?;
        let (last, first) = (term.len() - 1, &piece[..term.len() - 1]);
        let exact = piece[last] == term[last];
        (first == &term[..last] && (exact || prefix && piece[last].starts_with(&term[last]))).then_some((from, exact))
    };
    (0..text.len()).filter_map(fits).collect()
}

/// What a search has to answer, by looking at each record.
fn naive(records: &BTreeMap<String, Value>, fields: &[&str], question: &[(Vec<String>, bool)]) -> Vec<String> {
    let mut found = Vec::new();
    for (id, record) in records {
        let texts = |field: &str| -> Vec<Vec<String>> {
            match &record[field] {
                Value::String(text) => vec![folded(text)],
                Value::Array(items) => items.iter().map(|item| folded(item.as_str().unwrap())).collect(),
                _ => Vec::new(),
            }
        };
        let (mut exact, mut there, mut density) = (vec![false; question.len()], vec![false; question.len()], 0);
        for field in fields {
            let (mut hits, mut length) = (0, 0);
            for text in texts(field) {
                let mut marked = vec![false; text.len()];
                for (at, (term, prefix)) in question.iter().enumerate() {
                    for (from, whole) in stands(&text, term, *prefix) {
                        there[at] = true;
                        exact[at] |= whole;
                        marked[from..from + term.len()].fill(true);
                    }
                }
                length += marked.len();
                hits += marked.iter().filter(|mark| **mark).count();
            }
            if hits > 0 {
                density += hits * 1_000_000 / length;
            }
        }
        if there.iter().all(|there| *there) {
            let density = (density / fields.len()).clamp(1, 1_000_000);
            found.push((exact.iter().filter(|exact| **exact).count() * 1_000_000 + density, id.clone()));
        }
    }
    found.sort_by(|one, other| other.0.cmp(&one.0).then(one.1.cmp(&other.1)));
    found.into_iter().map(|(_, id)| id).collect()
}

#[test]
fn r3_a_search_answers_what_looking_at_each_record_answers() {
    on_both(|world| {
        let admin = tea(&world);
        for listed in admin.column("Tea", "", "_id") {
            admin.purges("Tea", listed.as_str().unwrap()).done();
        }
        let mut random = Random::new(11);
        let text = |random: &mut Random| {
            let words: Vec<&str> = (0..random.below(6)).map(|_| *random.pick(&VOCABULARY)).collect();
            words.join(" ")
        };
        let (mut records, mut deleted) = (BTreeMap::new(), BTreeMap::new());
        for step in 0..400 {
            let record =
                json!({ "name": text(&mut random), "tags": [text(&mut random), text(&mut random)], "plain": "tea", "price": step });
            let known: Vec<String> = records.keys().cloned().collect();
            match random.below(10) {
                0 | 1 if !known.is_empty() => {
                    let id = random.pick(&known).clone();
                    admin.replaces("Tea", &id, record.clone()).done();
                    records.insert(id, record);
                }
                2 if !known.is_empty() => {
                    let id = random.pick(&known).clone();
                    admin.deletes("Tea", &id).done();
                    deleted.insert(id.clone(), records.remove(&id).unwrap());
                }
                3 if !deleted.is_empty() => {
                    let (id, record) = deleted.pop_first().unwrap();
                    admin.restores("Tea", &id).done();
                    records.insert(id, record);
                }
                4 if !known.is_empty() => {
                    let id = random.pick(&known).clone();
                    admin.reverts("Tea", &id, 1).done();
                    let mut now = admin.gets("Tea", &id).done();
                    now.as_object_mut().unwrap().retain(|name, _| !name.starts_with('_'));
                    records.insert(id, now);
                }
                5 if !known.is_empty() => {
                    let id = random.pick(&known).clone();
                    admin.purges("Tea", &id).done();
                    records.remove(&id);
                }
                _ => {
                    let made = admin.creates_all("Tea", &json!([record])).done();
                    records.insert(made["ids"][0].as_str().unwrap().to_owned(), record);
                }
            }
            let asked: Vec<(String, bool, bool)> = (0..random.between(1, 3))
                .map(|_| (text(&mut random), random.chance(30), random.chance(30)))
                .filter(|(text, ..)| !folded(text).is_empty())
                .collect();
            let mut question: Vec<(Vec<String>, bool)> = Vec::new();
            let mut q = String::new();
            for (text, quoted, prefix) in &asked {
                let pieces: Vec<&str> = if *quoted { vec![text] } else { text.split(' ').collect() };
                for piece in pieces {
                    let prefix = *prefix && !quoted;
                    let term = (folded(piece), prefix);
                    q.push_str(&if *quoted { format!("\"{piece}\" ") } else { format!("{piece}{} ", if prefix { "*" } else { "" }) });
                    if !term.0.is_empty() && !question.contains(&term) {
                        question.push(term);
                    }
                }
            }
            if question.is_empty() {
                continue;
            }
            let found = admin.searches_for("Tea", &SearchFor { limit: Some(1000), ..SearchFor::new(&q) }).done();
            let found: Vec<String> = found["items"].as_array().unwrap().iter().map(|item| id(&item["record"])).collect();
            assert_eq!(found, naive(&records, &["name", "notes", "tags", "maker.city"], &question), "step {step}: {q}");
        }
    });
}
