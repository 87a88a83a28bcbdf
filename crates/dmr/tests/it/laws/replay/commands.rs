//! The commands of a history: everything that changes something, often in ways that are refused.

use super::life::{Came, Life, MODELS, PEOPLE};
use crate::laws::random::Random;
use dmr::core::json;
use dmr::{Import, Patch, PutAnswer, PutModel, Retry, Rows, Upload, Value, Write};
use serde_json::{Value as Json, json};

const WORDS: [&str; 5] = ["", "a", "ß", "Straße", "İstanbul"];
const NAMES: [&str; 3] = ["x", "y", "z"];
const ROLES: [&str; 3] = ["user", "clerk", "boss"];

impl Life {
    /// Carries out one command, whichever it is.
    pub fn command(&mut self, random: &mut Random) {
        match random.below(100) {
            0..8 => self.registers(random),
            8..17 => self.next_version(random),
            17..23 => self.changes_in_place(random),
            23..27 => self.permits(random),
            27..29 => self.deletes_model(random),
            29..45 => self.creates(random),
            45..58 => self.revises(random),
            58..66 => self.deletes_or_restores(random),
            66..71 => self.reverts(random),
            71..77 => self.many(random),
            77..85 => self.batches(random),
            85..94 => self.people(random),
            94..96 => self.takes_in(random),
            96 => self.imports(random),
            97 => self.sets(random),
            // Two days: outcomes are forgotten.
            _ => self.hand.pass(172_800_000_000),
        }
    }

    /// Registers each of the five, so that there is something to begin with.
    pub fn begins(&mut self, random: &mut Random) {
        for name in MODELS {
            let mut body = registration(random);
            body["name"] = json!(name);
            self.registers_as(random, body);
        }
    }

    fn registers(&mut self, random: &mut Random) {
        let body = registration(random);
        self.registers_as(random, body);
    }

    fn registers_as(&mut self, random: &mut Random, body: Json) {
        // The model and its first version.
        let _ = self.both(writer(random, 8), &format!("registers {body}"), |who| {
            Came::of(who.register(body.clone()).wait().map(|told| told.model), |_| None)
        });
    }

    fn next_version(&mut self, random: &mut Random) {
        let name = *random.pick(&MODELS);
        let mut body = json!({ "schema": schema(random) });
        if random.chance(50) {
            let (old, new) = (*random.pick(&NAMES), *random.pick(&NAMES));
            body["schema"]["properties"][new] = kind(random);
            if let Some(properties) = body["schema"]["properties"].as_object_mut().filter(|_| old != new) {
                properties.remove(old);
            }
            body["renames"] = json!({ old: new });
        }
        let dry_run = random.chance(15);
        let _ = self.both(writer(random, 8), &format!("next version of {name}, {body}"), |who| {
            let told = who.put_model(name, body.clone(), PutModel { dry_run, if_match: None }).wait();
            let told = told.map(|told| match told {
                PutAnswer::Plan(plan) => plan,
                PutAnswer::Model(model) => model.model,
            });
            Came::of(told, |_| dry_run.then_some(0))
        });
    }

    fn changes_in_place(&mut self, random: &mut Random) {
        let name = *random.pick(&MODELS);
        let field = *random.pick(&["n", "t", "x", "y"]);
        let patch = match random.below(7) {
            0 => json!({ "tags": [*random.pick(&WORDS)], "description": *random.pick(&WORDS) }),
            1 => json!({ "indexes": [[field], ["-n", "t"]] }),
            2 => json!({ "unique": [[field]] }),
            3 => json!({ "unique": [] }),
            4 => json!({ "storage": random.pick(&["flexible", "structured"]) }),
            5 => json!({ "fields": random.pick(&[
                json!({ "n": { "default_factory": "sequence" } }), json!({ "t": { "default_factory": "uuid" } }),
                json!({ "t": { "default_factory": "now" } }), json!({ "n": { "default_factory": null }, "t": { "default_factory": null } }),
            ]) }),
            _ => json!({ "fields": { field: { "behaviours": [random.pick(&["READ_ONLY", "WRITE_ONLY", "READ_WRITE", "INDEXED"])] } } }),
        };
        let _ = self.both(writer(random, 8), &format!("changes {name} in place, {patch}"), |who| {
            Came::of(who.change_model(name, patch.clone(), None).wait().map(|told| told.model), |_| None)
        });
    }

    fn permits(&mut self, random: &mut Random) {
        let (name, body) = (*random.pick(&MODELS), permissions(random));
        let _ = self.both(writer(random, 8), &format!("permits {name}, {body}"), |who| {
            Came::of(who.set_permissions(name, body.clone(), None).wait(), |_| None)
        });
    }

    fn deletes_model(&mut self, random: &mut Random) {
        let (name, with_records) = (*random.pick(&MODELS), random.chance(60));
        let _ = self.both(writer(random, 8), &format!("deletes {name} {with_records}"), |who| {
            Came::of(who.delete_model(name, with_records).wait().map(|()| Json::Null), |_| None)
        });
    }

    fn creates(&mut self, random: &mut Random) {
        let at = random.below(MODELS.len());
        let body = json::to_string(&record(random));
        let key = random.chance(25).then(|| random.below(6).to_string());
        let told = self.both(writer(random, 30), &format!("creates {} {body} {key:?}", MODELS[at]), |who| {
            let write = retry("POST", key.as_deref(), &body);
            let told = who.create(MODELS[at], body.as_bytes(), write).wait();
            let replayed = told.as_ref().is_ok_and(|told| told.replayed);
            Came::of(told.map(|told| told.to_value()), |_| Some(if replayed { 0 } else { 1 + usize::from(key.is_some()) }))
        });
        if let Ok(told) = told {
            self.made.push((at, told["_id"].as_str().unwrap().to_owned()));
        }
    }

    fn revises(&mut self, random: &mut Random) {
        let Some((at, id)) = self.some_record(random) else { return };
        let (how, mut new) = (random.below(3), record(random));
        if how == 0 && random.chance(50) {
            new = json!({ *random.pick(&["n", "t", "x", "o"]): Json::Null });
        }
        let patch = json!([{ "op": "add", "path": format!("/{}", random.pick(&["n", "t", "x"])), "value": value(random) }]);
        let body = json::to_string(if how == 1 { &patch } else { &new });
        let if_version = random.chance(20).then(|| random.between(1, 3) as u64);
        let _ = self.both(writer(random, 30), &format!("revises {} {id} {how} {body}", MODELS[at]), |who| {
            let write = Write { if_version, ..Write::default() };
            let told = match how {
                0 => who.update(MODELS[at], &id, Patch::Merge(body.as_bytes()), write),
                1 => who.update(MODELS[at], &id, Patch::Json(body.as_bytes()), write),
                _ => who.replace(MODELS[at], &id, body.as_bytes(), write),
            };
            // Nothing to do leaves nothing.
            Came::of(told.wait().map(|told| told.to_value()), |_| None)
        });
    }

    fn deletes_or_restores(&mut self, random: &mut Random) {
        let Some((at, id)) = self.some_record(random) else { return };
        let how = random.below(5);
        let _ = self.both(writer(random, 25), &format!("deletes or restores {} {id} {how}", MODELS[at]), |who| {
            let told = match how {
                0 | 1 => who.delete(MODELS[at], &id, false, Write::default()).wait().map(|()| Json::Null),
                2 => who.delete(MODELS[at], &id, true, Write::default()).wait().map(|()| Json::Null),
                _ => who.restore(MODELS[at], &id, Write::default()).wait().map(|told| told.to_value()),
            };
            Came::of(told, |_| if how > 2 { None } else { Some(1) })
        });
    }

    fn reverts(&mut self, random: &mut Random) {
        let Some((at, id)) = self.some_record(random) else { return };
        let to = random.between(1, 3) as u64;
        let _ = self.both(writer(random, 25), &format!("reverts {} {id} to {to}", MODELS[at]), |who| {
            Came::of(who.revert(MODELS[at], &id, to, Write::default()).wait().map(|told| told.to_value()), |_| None)
        });
    }

    fn many(&mut self, random: &mut Random) {
        let (at, report) = (random.below(MODELS.len()), random.chance(50));
        let rows: Vec<Json> = (0..random.between(1, 6)).map(|_| record(random)).collect();
        let body = json::to_string(&Json::from(rows.clone()));
        let told = self.both(writer(random, 20), &format!("bulk {} {body}", MODELS[at]), |who| {
            let told = who.bulk(MODELS[at], Rows::Json(body.as_bytes()), Write { report, ..Write::default() }).wait();
            Came::of(told.map(|told| told.to_value()), |told| Some(ids(told).len()))
        });
        self.made.extend(told.iter().flat_map(ids).map(|id| (at, id)));
    }

    fn batches(&mut self, random: &mut Random) {
        let (at, report) = (random.below(MODELS.len()), random.chance(60));
        let operations: Vec<Json> = (0..random.between(1, 6)).map(|_| self.operation(at, random)).collect();
        let body = json::to_string(&json!({ "operations": operations }));
        let key = random.chance(20).then(|| random.below(3).to_string());
        let told = self.both(writer(random, 20), &format!("batch {} {body}", MODELS[at]), |who| {
            let write = Write { report, ..retry("BATCH", key.as_deref(), &body) };
            Came::of(who.batch(MODELS[at], body.as_bytes(), write).wait().map(|told| told.to_value()), |_| None)
        });
        self.made.extend(told.iter().flat_map(ids).map(|id| (at, id)));
    }

    fn operation(&self, at: usize, random: &mut Random) -> Json {
        let op = *random.pick(&["create", "upsert", "update", "replace", "delete", "restore"]);
        let mut out = json!({ "op": op });
        if op != "create" {
            out["id"] = match self.made.iter().rev().find(|(model, _)| *model == at && random.chance(40)) {
                Some((_, id)) if random.chance(70) => json!(id),
                _ => json!(format!("k{}", random.below(4))),
            };
        }
        if !["delete", "restore"].contains(&op) {
            out["record"] = record(random);
        }
        out
    }

    fn people(&mut self, random: &mut Random) {
        let (who, role) = (*random.pick(&PEOPLE), *random.pick(&ROLES));
        match random.below(6) {
            0 => {
                let name = format!("p{}", random.below(4));
                let _ = self.both(writer(random, 10), "makes a principal", |admin| {
                    Came::of(admin.create_principal(json!({ "name": name, "roles": [role] })).wait(), |_| Some(1))
                });
            }
            1 => {
                let patch = json!({ "roles": random.some(&ROLES, 60), "attributes": { "of": *random.pick(&WORDS) } });
                let _ = self.both(writer(random, 10), &format!("changes {who} {patch}"), |admin| {
                    Came::of(admin.change_principal(who, patch.clone(), None).wait(), |_| None)
                });
            }
            2 => {
                let name = format!("p{}", random.below(4));
                let _ = self.both(writer(random, 10), "deletes a principal", |admin| {
                    Came::of(admin.delete_principal(&name).wait().map(|()| Json::Null), |_| None)
                });
            }
            3 => {
                let rights = random.some(&["register", "audit", "principals", "deleted", "operate"], 40);
                let inherits = if role == "boss" { random.some(&["clerk", "user"], 50) } else { Vec::new() };
                let body = json!({ "rights": rights, "inherits": inherits });
                let _ = self.both(writer(random, 10), &format!("sets {role} {body}"), |admin| {
                    Came::of(admin.set_role(role, body.clone()).wait(), |_| None)
                });
            }
            4 => {
                let told =
                    self.both(None, "makes a key", |admin| Came::of(admin.create_key(who, json!({ "name": role })).wait(), |_| Some(1)));
                self.keys.extend(told.map(|key| (who.to_owned(), key["id"].as_str().unwrap().to_owned())));
            }
            _ => {
                let Some((whose, key)) = self.keys.pop() else { return };
                let told = self
                    .both(None, "deletes a key", |admin| Came::of(admin.delete_key(&whose, &key).wait().map(|()| Json::Null), |_| Some(1)));
                assert_eq!(told, Ok(Json::Null), "the key that was told is there");
            }
        }
    }

    fn sets(&mut self, random: &mut Random) {
        let mut patch = json!({ "search.limit": random.pick(&[json!(7), json!("8"), Json::Null]) });
        patch["records.page_size"] = random.pick(&[json!(9), json!(5_000), Json::Null]).clone();
        let _ =
            self.both(writer(random, 20), &format!("sets {patch}"), |who| Came::of(who.change_settings(patch.clone()).wait(), |_| None));
    }

    fn takes_in(&mut self, random: &mut Random) {
        let name = *random.pick(&MODELS);
        let lines: Vec<String> = (0..random.between(1, 8)).map(|_| json::to_string(&record(random))).collect();
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("rows.jsonl");
        std::fs::write(&path, lines.join("\n") + "\n{\"n\": \"no number\"}\nnothing\n").unwrap();
        let _ = self.both(writer(random, 10), &format!("takes into {name} {lines:?}"), |who| {
            let options = Upload { model: Some(name.into()), ..Upload::default() };
            // Several commits: a model that was registered for rows of which none fits is taken back by another.
            Came { entries: None, ..Came::of(who.upload(&path, options).wait(), |_| None) }
        });
    }

    /// Rows of a file, some with ids, times and people of their own.
    fn imports(&mut self, random: &mut Random) {
        let at = random.below(MODELS.len());
        let system = random.chance(70);
        let rows: Vec<Json> = (0..random.between(1, 5))
            .map(|_| {
                let mut row = record(random);
                if system {
                    let id = match self.some_record(random).filter(|_| random.chance(30)) {
                        Some((_, id)) => id,
                        None => format!("01890a5d-ac96-7000-8000-{:012}", random.below(1000)),
                    };
                    row["_id"] = json!(id);
                }
                if system && random.chance(60) {
                    row["_owner"] = json!(format!("01890a5d-ac96-7000-8000-{:012}", random.below(5)));
                    row["_created_at"] = json!("2001-02-03T04:05:06.000007Z");
                }
                row
            })
            .collect();
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("rows.json");
        std::fs::write(&path, json::to_string(&Json::from(rows.clone()))).unwrap();
        let report = random.chance(70);
        let _ = self.both(writer(random, 10), &format!("imports into {} {rows:?}", MODELS[at]), |who| {
            let import = Import { system, report, ..Import::default() };
            let told = who.import(MODELS[at], &path, import).wait().map(|told| told.to_value());
            Came::of(told, |told| {
                told["created"].as_u64().zip(told["updated"].as_u64()).and_then(|(made, changed)| usize::try_from(made + changed).ok())
            })
        });
        let made = rows.iter().filter_map(|row| row["_id"].as_str());
        self.made.extend(made.map(|id| (at, id.to_owned())));
    }

    /// One of the newest records, or sometimes of any.
    fn some_record(&self, random: &mut Random) -> Option<(usize, String)> {
        let newest = self.made.len().saturating_sub(if random.chance(70) { 12 } else { usize::MAX });
        let among = &self.made[newest..];
        (!among.is_empty()).then(|| random.pick(among).clone())
    }
}

/// Mostly the administrator, sometimes one of the others.
fn writer(random: &mut Random, percent: usize) -> Option<usize> {
    random.chance(percent).then(|| random.below(PEOPLE.len()))
}

fn retry(method: &str, key: Option<&str>, body: &str) -> Write {
    Write { retry: key.map(|key| Retry::new(method, "/records", key, body.as_bytes())), ..Write::default() }
}

/// The ids of what an answer says was made.
fn ids(told: &Value) -> Vec<String> {
    let lists = [&told["ids"], &told["results"]];
    let items = lists.into_iter().filter_map(Json::as_array).flatten();
    items.filter_map(|item| item.as_str().or(item["id"].as_str()).map(str::to_owned)).collect()
}

fn registration(random: &mut Random) -> Json {
    let mut body =
        json!({ "name": random.pick(&MODELS), "schema": schema(random), "storage": random.pick(&["flexible", "structured", "auto"]) });
    if random.chance(50) {
        body["schema"]["properties"]["k"] = json!({ "type": "string" });
        body["key"] = json!(["k"]);
    }
    if random.chance(50) {
        body["unique"] = json!([["t", "n"]]);
    }
    if random.chance(50) {
        body["indexes"] = json!([["-n"], ["_owner", "t"]]);
    }
    if random.chance(70) {
        body["permissions"] = permissions(random);
    }
    body
}

/// A schema of a few members, each now so and now otherwise.
fn schema(random: &mut Random) -> Json {
    let mut properties = json!({
        "n": random.pick(&[json!({ "type": "integer" }), json!({ "type": ["integer", "null"], "maximum": 40 }), json!({ "type": "number" })]),
        "t": random.pick(&[json!({ "type": "string" }), json!({ "type": ["string", "null"], "maxLength": 5, "default": "a" })]),
        "o": { "type": "object", "properties": { "c": kind(random) } },
        "l": { "type": "array", "items": { "type": "integer" } },
    });
    for name in random.some(&NAMES, 40) {
        properties[name] = kind(random);
    }
    json!({
        "type": "object",
        "properties": properties,
        "required": random.some(&["n", "t", "x"], 15),
        "additionalProperties": random.chance(60),
    })
}

fn kind(random: &mut Random) -> Json {
    random
        .pick(&[
            json!({ "type": "string" }),
            json!({ "type": "integer", "minimum": -3 }),
            json!({ "anyOf": [{ "type": "number" }, { "type": "null" }] }),
            json!({ "type": "string", "format": "decimal" }),
            json!({ "type": "string", "format": "date-time" }),
            json!({ "type": "boolean", "default": true }),
        ])
        .clone()
}

fn permissions(random: &mut Random) -> Json {
    let operations = ["create", "read", "update", "delete", "list"];
    let mut body =
        json!({ "models": { "admin": operations, "user": random.some(&operations, 60), "clerk": random.some(&operations, 80) } });
    if random.chance(50) {
        body["rows"] = json!({ "clerk": { "read": "owner", "write": "owner" } });
    }
    if random.chance(40) {
        body["columns"] = json!({ *random.pick(&["n", "t", "o"]): { "read": ["admin", "user"], "write": ["admin"] } });
    }
    body
}

fn record(random: &mut Random) -> Json {
    let mut out = json!({});
    for name in random.some(&["n", "t", "k", "x", "y", "z", "o", "l", "more"], 40) {
        out[name] = match name {
            "n" => json!(random.below(50)),
            "t" => json!(random.pick(&WORDS)),
            "k" => json!(format!("k{}", random.below(4))),
            "o" => json!({ "c": value(random), "d": value(random) }),
            "l" => json!([random.below(3), random.below(3)]),
            _ => value(random),
        };
    }
    out
}

fn value(random: &mut Random) -> Json {
    match random.below(8) {
        0 => Json::Null,
        1 => json!(random.pick(&WORDS)),
        2 => json!(random.below(9)),
        3 => json!(random.chance(50)),
        4 => json!("2024-02-29T10:00:00+02:00"),
        5 => json!("12345678901234567890.1234567890"),
        6 => json::raw::value(b"1.50"),
        _ => json!([{ "a": null }]),
    }
}
