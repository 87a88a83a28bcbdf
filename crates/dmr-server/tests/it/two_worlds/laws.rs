//! What the same answers in both worlds would not show: a name that is told in both, a deed that is done in both.

use super::LAW;
use super::history::{GRANTED, HIDDEN, MODELS, OWN_ROWS};
use super::names::OPERATORS;
use super::worlds::{Answered, Asked, Worlds};
use dmr::core::Value;
use dmr::core::permission::Operation;
use serde_json::json;
use std::collections::{BTreeMap, BTreeSet};

/// Who asks.
pub const ASKERS: [&str; 3] = ["r1", "q1", "nobody"];

/// No description, history or entry of the audit trail holds the name of a hidden field (P6).
pub fn descriptions_hold_nothing_hidden(worlds: &Worlds) {
    for who in ASKERS {
        let everything = ["/openapi.json", "/api/registry/models", "/api/audit?limit=1000", "/api/me"].map(str::to_owned);
        for uri in everything {
            let hidden: Vec<&str> = HIDDEN.iter().flat_map(|(_, names)| *names).copied().collect();
            holds_nothing_of(worlds, who, &uri, &hidden);
        }
        for (model, names) in HIDDEN {
            let at = format!("/api/registry/models/{model}");
            let mut uris = vec![
                format!("/openapi/{model}.json"),
                at.clone(),
                format!("{at}/versions"),
                format!("{at}/permissions"),
                format!("{at}/ui-schema"),
                format!("{at}/diff"),
                format!("{at}/statistics"),
            ];
            uris.extend(["1.0.0", "2.0.0"].map(|version| format!("{at}/schema?version={version}")));
            uris.extend([format!("{at}/schema"), format!("{at}/diff?from=1.0.0&to=2.0.0"), format!("/api/records/{model}?limit=1000")]);
            uris.extend(["csv", "ndjson", "json"].map(|format| format!("/api/records/{model}/export?format={format}")));
            for id in ids(worlds, model) {
                uris.push(format!("/api/records/{model}/{id}"));
                uris.push(format!("/api/records/{model}/{id}/history"));
            }
            uris.iter().for_each(|uri| holds_nothing_of(worlds, who, uri, names));
            // A name that is nearly right is not put right.
            for name in names {
                let near = &name[..name.len() - 1];
                for uri in [format!("{near}=1"), format!("fields={near}"), format!("sort={near}"), format!("addr.{near}=1")] {
                    holds_nothing_of(worlds, who, &format!("/api/records/{model}?{uri}"), names);
                }
                for aggregate in [json!({ "group_by": [near] }), json!({ "measures": { "m": { "op": "max", "field": near } } })] {
                    let asked = Asked::with(who, "POST", format!("/api/records/{model}/aggregate"), &aggregate);
                    let answer = worlds.same(&asked, &|| "a near name".into());
                    assert!(names.iter().all(|name| !has_word(&answer.body, name)), "{LAW} a name was put right: {asked} {answer:?}");
                }
                holds_nothing_of(worlds, who, &format!("{at}/statistics?field={near}"), names);
                let body = json!({ near: 1 });
                let answer = worlds.same(&Asked::with(who, "POST", format!("/api/records/{model}"), &body), &|| "a near name".into());
                assert!(
                    names.iter().all(|name| !has_word(&answer.body, name)),
                    "{LAW} a name was put right: {who} {model} {near} {answer:?}"
                );
            }
        }
    }
}

fn holds_nothing_of(worlds: &Worlds, who: &'static str, uri: &str, hidden: &[&str]) {
    let answer = worlds.same(&Asked::get(who, uri), &|| "a description".into());
    for name in hidden {
        assert!(!has_word(&answer.body, name), "{LAW} {who} reads of `{name}` in {uri}: {}", answer.body);
    }
}

fn has_word(text: &str, word: &str) -> bool {
    text.split(|c: char| !c.is_alphanumeric() && c != '_').any(|part| part == word)
}

/// Every id there is in a model, of the first world.
fn ids(worlds: &Worlds, model: &str) -> Vec<String> {
    let all = worlds.send(0, &Asked::get("admin", format!("/api/records/{model}?deleted=include&limit=1000")));
    all.json()["items"].as_array().unwrap().iter().map(|item| item["_id"].as_str().unwrap().to_owned()).collect()
}

/// A search finds nothing that a list would not show (P2).
pub fn what_is_found_is_listed(worlds: &Worlds) {
    let ask = |uri: &str| worlds.same(&Asked::get("m1", format!("/api/records/Seen{uri}limit=1000")), &|| "found and listed".into());
    let listed = ask("?");
    for q in ["s*", "t*"] {
        let found = ask(&format!("/search?q={q}&"));
        assert_eq!((listed.status, found.status), (200, 200), "{found:?}");
        for item in found.json()["items"].as_array().unwrap() {
            let id = item["record"]["_id"].as_str().unwrap();
            assert!(listed.body.contains(id), "{LAW} what is not listed is found: {q} {found:?}");
        }
    }
}

/// What R names, expands and deletes tells nothing of what it does not see (M5, P6): every record there is of the models it refers to.
pub fn references_tell_of_what_is_seen(worlds: &Worlds) {
    let ask = |asked: &Asked| worlds.same(asked, &|| "a reference".into());
    for (name, model) in [("to", "Own"), ("many", "Seen"), ("far", "Secret"), ("code", "Own")] {
        for id in ids_of_both(worlds, model) {
            let value = if name == "many" { json!([id]) } else { json!(id) };
            let made = ask(&Asked::with("r1", "POST", "/api/records/Link", &json!({ name: value })));
            let read = ask(&Asked::get("r1", format!("/api/records/{model}/{id}")));
            assert!(
                (made.status == 201) == (read.status == 200 && name != "code"),
                "{LAW} named and not to be read, or to be read and not named: {made:?} {read:?}"
            );
        }
    }
    for expand in ["to", "many", "code", "far", "up", "to,many,code"] {
        let document = json!({ "expand": expand.split(',').collect::<Vec<_>>(), "limit": 1000 });
        let listed = ask(&Asked::get("r1", format!("/api/records/Link?limit=1000&expand={expand}")));
        let queried = ask(&Asked::with("r1", "POST", "/api/records/Link/query", &document));
        assert_eq!((listed.status, &listed.body), (200, &queried.body));
        for item in listed.json()["items"].as_array().unwrap() {
            let id = item["_id"].as_str().unwrap();
            let got = ask(&Asked::get("r1", format!("/api/records/Link/{id}?expand={expand}")));
            assert_eq!(got.json(), *item, "{LAW} a record is expanded in one way here and in another there");
            for target in
                item["_expand"].as_object().unwrap().values().flat_map(|target| target.as_array().cloned().unwrap_or(vec![target.clone()]))
            {
                let models = ["Own", "Seen", "Keyed", "Link"];
                let read = models.map(|model| ask(&Asked::get("r1", format!("/api/records/{model}/{}", target["_id"].as_str().unwrap()))));
                assert!(read.iter().any(|read| read.json() == target), "{LAW} what is expanded is not what can be read: {target}");
            }
        }
    }
    let hidden = |name: &str| {
        let uris = [
            format!("?expand={name}"),
            format!("?expand=to,{name}"),
            format!("?expand=far.{name}"),
            format!("?expand=up.{name}"),
            format!("?expand={name}.x"),
        ];
        uris.map(|uri| Asked::get("r1", format!("/api/records/Link{uri}"))).into_iter().collect::<Vec<_>>()
    };
    alike(worlds, hidden("hush"), hidden("zzzz"), ["hush", "zzzz"]);
    for id in ids_of_both(worlds, "Link").iter().take(6) {
        ask(&Asked { method: "DELETE".into(), ..Asked::get("r1", format!("/api/records/Link/{id}")) });
    }
}

/// Every id there is in a model, of both worlds.
fn ids_of_both(worlds: &Worlds, model: &str) -> BTreeSet<String> {
    let all = worlds.as_admin("GET", &format!("/api/records/{model}?deleted=include&limit=1000"), &|_| Value::Null);
    let ids = |answer: &Answered| -> Vec<String> {
        answer.json()["items"].as_array().unwrap().iter().map(|item| item["_id"].as_str().unwrap().to_owned()).collect()
    };
    all.iter().flat_map(ids).collect()
}

/// READ_ONLY fields are told and never taken (M4).
pub fn read_only_is_refused(worlds: &Worlds) {
    let body = json!({ "made": "there" });
    let at = format!("/api/records/Person/{}", ids(worlds, "Person")[0]);
    for (method, uri) in [("POST", "/api/records/Person"), ("PATCH", &at), ("PUT", &at)] {
        let answer = worlds.same(&Asked::with("r1", method, uri, &body), &|| "a READ_ONLY field".into());
        assert!(answer.body.contains("field.read_only"), "{LAW} a READ_ONLY field was taken: {method} {uri} {answer:?}");
    }
    let answer = worlds.same(&Asked::with("r1", "POST", "/api/records/Person/import", &json!([body])), &|| "a READ_ONLY field".into());
    assert!(answer.body.contains("field.read_only"), "{LAW} a READ_ONLY field was taken: {answer:?}");
}

/// What may not be known is answered like what is not there, byte for byte, for every use (P6).
pub fn hidden_is_as_unknown(worlds: &Worlds) {
    for (hidden, unknown) in
        [("hush", "zzzz"), ("addr.hush", "addr.zzzz"), ("addr.geo.lat", "addr.geo.zzz"), ("hush.x", "zzzz.x"), ("sku", "zzz")]
    {
        let ask = |name: &str| {
            let mut asked: Vec<Asked> = Vec::new();
            for operator in OPERATORS {
                let suffix = if operator == "eq" { String::new() } else { format!("__{operator}") };
                asked.push(Asked::get("r1", format!("/api/records/Person?{name}{suffix}=1")));
                asked.push(Asked::get("r1", format!("/api/records/Person/export?format=csv&{name}{suffix}=1")));
                let test = json!({ "field": name, "op": operator, "value": "s1" });
                for test in [test.clone(), json!({ "not": test }), json!({ "or": [{ "field": "num", "op": "gt", "value": 0 }, test] })] {
                    asked.push(Asked::with("r1", "POST", "/api/records/Person/query", &json!({ "where": test })));
                }
            }
            for aggregate in aggregates(name) {
                asked.push(Asked::with("r1", "POST", "/api/records/Person/aggregate", &aggregate));
            }
            for parameter in ["sort", "fields", "group_by", "deleted", "count", "cursor", "page", "model"] {
                asked.push(Asked::get("r1", format!("/api/records/Person?{parameter}={name}")));
                asked.push(Asked::get("r1", format!("/api/records/Person?{parameter}=-{name}")));
            }
            asked.push(Asked::get("r1", format!("/api/records/Person/{}?fields={name}", ids(worlds, "Person")[0])));
            asked.push(Asked::get("r1", format!("/api/registry/models/Person/statistics?field={name}")));
            for parameter in ["in", "fields"] {
                asked.push(Asked::get("r1", format!("/api/records/Person/search?q=s1&{parameter}={name}")));
            }
            let member = name.rsplit('.').fold(json!("s1"), |inner, part| json!({ part: inner }));
            for parameter in ["sort", "fields"] {
                asked.push(Asked::get("r1", format!("/api/records/Person/export?{parameter}={name}")));
            }
            asked.push(Asked::with("r1", "POST", "/api/records/Person/import", &json!([member])));
            asked.push(Asked::with("r1", "POST", "/api/records/Person/import?on_error=report", &json!([member])));
            asked.push(Asked {
                headers: vec![("content-type".into(), "text/csv".into())],
                body: format!("{name}\nx\n").into_bytes(),
                ..Asked::with("r1", "POST", "/api/records/Person/import", &Value::Null)
            });
            asked.push(Asked::with("r1", "POST", "/api/records/Person", &member));
            asked.push(Asked::with("r1", "PATCH", format!("/api/records/Person/{}", ids(worlds, "Person")[0]), &member));
            asked.push(Asked::with("r1", "PUT", format!("/api/records/Person/{}", ids(worlds, "Person")[0]), &member));
            asked
        };
        alike(worlds, ask(hidden), ask(unknown), [hidden, unknown]);
    }
    for who in ["r1", "q1"] {
        let ask = |name: &str| {
            let (records, model) = (format!("/api/records/{name}"), format!("/api/registry/models/{name}"));
            let id = &ids(worlds, "Secret")[0];
            let reads = [
                records.clone(),
                format!("{records}/search?q=s1"),
                format!("{records}/export"),
                format!("{records}/{id}"),
                format!("{records}/{id}/history"),
                model.clone(),
                format!("{model}/schema"),
                format!("{model}/versions"),
                format!("{model}/diff"),
                format!("{model}/permissions"),
                format!("{model}/statistics"),
                format!("/openapi/{name}.json"),
                format!("/api/audit?model={name}"),
                format!("/api/gatekeeper/log?model={name}"),
                format!("/api/gatekeeper/roles/{}/models/{name}", &who[..1]),
            ];
            let mut asked: Vec<Asked> = reads.into_iter().map(|uri| Asked::get(who, uri)).collect();
            let body = json!({ "hush": "x" });
            asked.push(Asked::with(who, "POST", &records, &body));
            asked.push(Asked::with(who, "POST", format!("{records}/import"), &json!([body])));
            asked.push(Asked::with(who, "POST", format!("{records}/query"), &json!({})));
            asked.push(Asked::with(who, "POST", format!("{records}/aggregate"), &json!({ "group_by": ["hush"] })));
            asked.push(Asked::with(who, "POST", format!("{records}/batch"), &json!({ "operations": [] })));
            asked.extend(["PUT", "PATCH", "DELETE"].map(|method| Asked::with(who, method, format!("{records}/{id}"), &body)));
            asked.extend(["PUT", "PATCH", "DELETE"].map(|method| Asked::with(who, method, &model, &body)));
            asked
        };
        alike(worlds, ask("Secret"), ask("Zzzzzz"), ["Secret", "Zzzzzz"]);
        // Its permissions let R in, the export list does not.
        alike(worlds, ask("Closed"), ask("Zzzzzz"), ["Closed", "Zzzzzz"]);
    }
}

/// Every place of an aggregate where a field is named.
fn aggregates(name: &str) -> Vec<Value> {
    let mut out = vec![json!({ "group_by": [name] }), json!({ "group_by": ["num", name], "measures": { "n": { "op": "count" } } })];
    for op in ["count", "count_distinct", "sum", "avg", "min", "max", "median"] {
        out.push(json!({ "measures": { "m": { "op": op, "field": name } } }));
    }
    out.push(json!({ "measures": { "m": { "op": "quantile", "field": name, "q": 0.5 } } }));
    let counted = json!({ "n": { "op": "count" } });
    out.push(json!({ "measures": counted, "where": { "field": name, "op": "eq", "value": "s1" } }));
    out.push(json!({ "measures": counted, "having": { "field": name, "op": "eq", "value": "s1" } }));
    out.push(json!({ "measures": counted, "sort": [name] }));
    out
}

/// What is counted, grouped and measured is what is seen: whole models, by every field R may name (P6).
pub fn aggregates_are_of_what_is_seen(worlds: &Worlds) {
    for model in MODELS {
        for field in [
            "num", "title", "note", "v", "size", "word", "box", "deep", "addr", "addr.geo", "name", "label", "a", "wide", "flat", "guess",
            "pw",
        ] {
            for who in ASKERS {
                let measures = json!({ "n": { "op": "count" }, "there": { "op": "count", "field": field }, "values": { "op": "count_distinct", "field": field } });
                for body in [json!({ "group_by": [field], "measures": measures }), json!({ "measures": measures })] {
                    let asked = Asked::with(who, "POST", format!("/api/records/{model}/aggregate"), &body);
                    let answer = worlds.same(&asked, &|| "an aggregate".into());
                    let asked = Asked { operation: "aggregate_records", model: model.to_owned(), ..asked };
                    only_what_one_may(worlds, &asked, &answer);
                }
            }
        }
    }
}

/// The same of statistics: of whole models, and of each field there is in any of them.
pub fn statistics_are_of_what_is_seen(worlds: &Worlds) {
    for model in MODELS {
        for who in ASKERS {
            let at = format!("/api/registry/models/{model}/statistics");
            let fields = super::names::FIELDS.iter().map(|field| format!("{at}?field={field}"));
            for uri in [at.clone(), format!("{at}?refresh=true&numbers=string")].into_iter().chain(fields) {
                let asked = Asked { operation: "model_statistics", model: model.to_owned(), ..Asked::get(who, uri) };
                let answer = worlds.same(&asked, &|| "statistics".into());
                only_what_one_may(worlds, &asked, &answer);
            }
        }
    }
}

fn alike(worlds: &Worlds, hidden: Vec<Asked>, unknown: Vec<Asked>, names: [&str; 2]) {
    let differ = names[0].split('.').zip(names[1].split('.')).find(|(one, other)| one != other).unwrap();
    for (one, other) in hidden.iter().zip(&unknown) {
        let answers = [(one, differ.0), (other, differ.1)].map(|(asked, name)| {
            let answer = worlds.same(asked, &|| "hidden or unknown".into());
            Answered { body: answer.body.replace(name, "?"), ..answer }
        });
        assert!(answers[0] == answers[1], "{LAW} hidden is not as unknown: {one}\n{:?}\n{:?}", answers[0], answers[1]);
    }
}

/// What was done was allowed: the rights of roles, read from the test's own table.
pub fn only_what_one_may(worlds: &Worlds, asked: &Asked, answer: &Answered) {
    if answer.status >= 300 {
        return;
    }
    let may = |operation: Operation| {
        GRANTED
            .iter()
            .any(|(who, model, operations)| *who == asked.who && *model == asked.model && operations.contains(&operation.as_str()))
    };
    let own = || asked.uri.contains(&worlds.id_of(asked.who));
    let allowed = match asked.operation {
        "list_records" | "query_records" | "search_records" | "aggregate_records" | "model_statistics" => may(Operation::List),
        "get_record" | "record_history" => may(Operation::Read),
        "export_records" => may(Operation::List) && may(Operation::Read),
        "import_records" => {
            let told = answer.body.lines().last().and_then(|line| serde_json::from_str(line).ok()).unwrap_or(Value::Null);
            let some = |what: &str| told[what].as_u64().is_some_and(|count| count > 0);
            let may_some = may(Operation::Create) || may(Operation::Update);
            may_some && (!some("created") || may(Operation::Create)) && (!some("updated") || may(Operation::Update))
        }
        "create_records" => may(Operation::Create),
        "update_record" | "replace_record" | "restore_record" | "revert_record" => may(Operation::Update),
        "delete_record" => may(Operation::Delete),
        "batch_records" => batched(asked, answer).iter().all(|op| match op.as_str() {
            "create" => may(Operation::Create),
            "upsert" => may(Operation::Create) || may(Operation::Update),
            "delete" => may(Operation::Delete),
            _ => may(Operation::Update),
        }),
        "list_audit" | "list_accesses" => asked.who == "r1",
        // Of one's own role.
        "list_role_models" | "check_access" => {
            let role = asked.uri.split('/').nth(4).unwrap_or_default();
            role == if asked.who == "nobody" { "anonymous" } else { &asked.who[..1] }
        }
        "home" | "health" | "ready" | "openapi" | "openapi_model" | "list_models" | "me" => true,
        "get_model" | "get_schema" | "get_ui_schema" | "list_versions" | "diff_versions" => {
            GRANTED.iter().any(|(who, model, _)| *who == asked.who && *model == asked.model)
        }
        "get_principal" | "create_key" | "delete_key" => asked.who != "nobody" && own(),
        "list_roles" | "get_role" => asked.who != "nobody",
        "get_ingest" | "list_quarantine" | "upload_file" | "process_records" => asked.who != "nobody",
        _ => false,
    };
    let deleted = asked
        .uri
        .split_once('?')
        .is_some_and(|(_, query)| query.contains("deleted=include") || query.contains("deleted=only") || query.contains("hard=true"));
    // Nobody who asks has the right to what the system keeps.
    let system = asked.uri.split_once('?').is_some_and(|(_, query)| query.contains("system=true"));
    assert!(!system, "{LAW} done without the right to what the system keeps: {asked}\n{answer:?}");
    assert!(allowed && !(deleted && asked.operation.contains("record")), "{LAW} done without a right to it: {asked}\n{answer:?}");
}

/// The operations of a batch that were done.
fn batched(asked: &Asked, answer: &Answered) -> Vec<String> {
    let (asked, answer): (Value, Value) = (serde_json::from_slice(&asked.body).unwrap(), answer.json());
    let results = answer["results"].as_array().unwrap().iter().enumerate();
    let done = results.filter(|(_, result)| result.get("errors").is_none());
    done.map(|(at, _)| asked["operations"][at]["op"].as_str().unwrap().to_owned()).collect()
}

/// The cells and rows that nobody who asks may change, as the administrator sees them.
pub struct Closed(Vec<BTreeMap<String, Value>>);

impl Closed {
    pub fn of(worlds: &Worlds) -> Self {
        Self([0, 1].map(|side| closed(worlds, side)).into())
    }

    /// They are as they were (attacks B: nothing foreign is touched).
    pub fn is_untouched(&self, worlds: &Worlds) {
        for (side, before) in self.0.iter().enumerate() {
            let after = closed(worlds, side);
            for (id, cells) in before {
                assert_eq!(Some(cells), after.get(id), "{LAW} what nobody may change has changed: {id}");
            }
        }
    }
}

fn closed(worlds: &Worlds, side: usize) -> BTreeMap<String, Value> {
    let mut out = BTreeMap::new();
    for (model, names) in HIDDEN {
        let all = worlds.send(side, &Asked::get("admin", format!("/api/records/{model}?deleted=include&limit=1000"))).json();
        for item in all["items"].as_array().unwrap() {
            let foreign = OWN_ROWS.contains(&model) && item["_owner"] != json!(worlds.id_of("r1"));
            // READ_ONLY in that model; in another it is a name like any.
            let names: Vec<&str> = names.iter().copied().chain((model == "Person").then_some("made")).collect();
            let cells = if foreign { item.clone() } else { cells(item, &names) };
            out.insert(format!("{model}/{}", item["_id"].as_str().unwrap()), cells);
        }
    }
    out
}

/// The members under these names, at any depth, that R may not write.
fn cells(value: &Value, names: &[&str]) -> Value {
    match value {
        Value::Object(members) => {
            let mut out = serde_json::Map::new();
            for (name, value) in members {
                if names.contains(&name.as_str()) {
                    out.insert(name.clone(), value.clone());
                } else if let inner @ Value::Object(_) = cells(value, names) {
                    out.insert(name.clone(), inner);
                }
            }
            if out.is_empty() { Value::Null } else { Value::Object(out) }
        }
        _ => Value::Null,
    }
}

/// list(R) = every x with get(R, x) = 200 (attacks B), now and at a time, with its history.
pub fn what_is_listed_is_what_can_be_got(worlds: &Worlds) {
    for model in MODELS {
        let operations: Vec<&str> = GRANTED
            .iter()
            .filter(|(who, of, _)| *who == "r1" && *of == model)
            .flat_map(|(_, _, operations)| *operations)
            .copied()
            .collect();
        if !(operations.contains(&"list") && operations.contains(&"read")) {
            continue;
        }
        let listed = worlds.same(&Asked::get("r1", format!("/api/records/{model}?limit=1000")), &|| "all".into()).json();
        let listed: BTreeSet<String> =
            listed["items"].as_array().unwrap().iter().map(|item| item["_id"].as_str().unwrap().to_owned()).collect();
        for how in ["", "?as_of=2030-01-01T00:00:00Z", "/history"] {
            let can = |id: &String| worlds.send(0, &Asked::get("r1", format!("/api/records/{model}/{id}{how}"))).status == 200;
            let got = ids(worlds, model).into_iter().filter(can).collect();
            assert_eq!(listed, got, "{LAW} what is listed is not what can be got: {model} {how}");
        }
    }
}
