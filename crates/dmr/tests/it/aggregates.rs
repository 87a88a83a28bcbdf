//! Aggregates: groups, measures, having, order, and what is refused (R1, P6).

use crate::world::{Outcome, Person, Told, on_both, text, with_settings};
use dmr::{Settings, Value};
use serde_json::json;
use std::time::Duration;

/// What was told, each group on a line.
fn shown(told: &Told) -> String {
    match told {
        Ok(answer) => {
            let line = |item: &Value| dmr::core::json::to_string(item) + "\n";
            let rest = answer.as_object().unwrap().iter().filter(|(name, _)| *name != "items");
            let rest: Vec<String> = rest.map(|(name, value)| format!("{name}: {value}")).collect();
            answer["items"].as_array().unwrap().iter().map(line).collect::<String>() + &rest.join(", ")
        }
        Err(problem) => text(&problem.to_json()),
    }
}

/// Sales with everything that makes a sum hard: many digits, doubles that are no decimals, null, absent, equal values spelled differently.
fn sales(admin: &Person) {
    admin
        .registers(json!({
            "name": "Sale",
            "schema": {
                "type": "object",
                "properties": {
                    "shop": { "type": ["string", "null"] }, "units": { "type": ["integer", "null"] }, "rate": { "type": "number" },
                    "price": { "type": "string", "format": "decimal" }, "day": { "type": "string", "format": "date" },
                    "address": { "type": "object", "properties": { "city": { "type": "string" } } }, "paid": { "type": "boolean" },
                    "tags": { "type": "array", "items": { "type": "string" } }, "extra": {},
                },
                "additionalProperties": false,
            },
        }))
        .done();
    admin
        .creates_all(
            "Sale",
            &json!([
                { "shop": "north", "units": 3, "rate": 0.1, "price": "10.50", "day": "2024-02-29", "address": { "city": "Ulm" }, "paid": true, "extra": 7 },
                { "shop": "north", "units": 1, "rate": 0.2, "price": "0.1", "day": "2024-03-01", "address": { "city": "Rom" }, "tags": ["a", "b"], "extra": "seven" },
                { "shop": "south", "units": null, "rate": -0.0, "price": "1234567890123456789012345678901234567890.25", "address": { "city": "Ulm" } },
                { "shop": "south", "units": 9_007_199_254_740_993_i64, "price": "0.75", "paid": false, "tags": ["a", "b"], "extra": 0.5 },
                { "shop": null, "units": 2 },
                { "price": "10.5", "rate": 0 },
            ]),
        )
        .done();
}

#[test]
fn r1_groups_are_measured() {
    on_both(|world| {
        let admin = world.admin();
        sales(&admin);
        let shown = shown(&admin.aggregates(
            "Sale",
            json!({
                "group_by": ["shop"],
                "measures": {
                    "sales": { "op": "count" }, "known": { "op": "count", "field": "units" }, "units": { "op": "sum", "field": "units" },
                    "turnover": { "op": "sum", "field": "price" }, "mean": { "op": "avg", "field": "price" },
                    "first": { "op": "min", "field": "day" }, "last": { "op": "max", "field": "day" },
                    "rates": { "op": "count_distinct", "field": "rate" }, "middle": { "op": "median", "field": "rate" },
                },
            }),
        ));
        insta::assert_snapshot!(shown, @r#"
        {"shop":null,"sales":2,"known":1,"units":2,"turnover":"10.5","mean":"10.5","first":null,"last":null,"rates":1,"middle":0}
        {"shop":"north","sales":2,"known":2,"units":4,"turnover":"10.6","mean":"5.3","first":"2024-02-29","last":"2024-03-01","rates":2,"middle":0.15}
        {"shop":"south","sales":2,"known":1,"units":9007199254740993,"turnover":"1234567890123456789012345678901234567891","mean":"617283945061728394506172839450617283945.5","first":null,"last":null,"rates":1,"middle":0}
        count: 3
        "#);
    });
}

#[test]
fn r1_everything_is_one_group_also_nothing() {
    on_both(|world| {
        let admin = world.admin();
        sales(&admin);
        let measures = json!({ "n": { "op": "count" }, "sum": { "op": "sum", "field": "rate" }, "least": { "op": "min", "field": "rate" },
            "p": { "op": "quantile", "field": "rate", "q": 0.9 } });
        insta::assert_snapshot!(shown(&admin.aggregates("Sale", json!({ "measures": measures }))), @r#"
        {"n":6,"sum":0.3,"least":0,"p":0.17}
        count: 1
        "#);
        let none = json!({ "field": "shop", "value": "west" });
        insta::assert_snapshot!(shown(&admin.aggregates("Sale", json!({ "measures": measures, "where": none }))), @r#"
        {"n":0,"sum":null,"least":null,"p":null}
        count: 1
        "#);
        insta::assert_snapshot!(shown(&admin.aggregates("Sale", json!({ "group_by": "shop", "measures": measures, "where": none }))), @r#"count: 0"#);
    });
}

#[test]
fn r1_groups_are_of_several_fields_nested_ones_too() {
    on_both(|world| {
        let admin = world.admin();
        sales(&admin);
        let asked = json!({ "group_by": ["address.city", "paid"], "measures": { "n": { "op": "count" } } });
        insta::assert_snapshot!(shown(&admin.aggregates("Sale", asked)), @r#"
        {"address.city":null,"paid":null,"n":2}
        {"address.city":null,"paid":false,"n":1}
        {"address.city":"Rom","paid":null,"n":1}
        {"address.city":"Ulm","paid":null,"n":1}
        {"address.city":"Ulm","paid":true,"n":1}
        count: 5
        "#);
        // Equal values are one group, under their plainest spelling.
        insta::assert_snapshot!(shown(&admin.aggregates("Sale", json!({ "group_by": ["price"], "measures": { "n": { "op": "count" } } }))), @r#"
        {"price":null,"n":1}
        {"price":"0.1","n":1}
        {"price":"0.75","n":1}
        {"price":"10.5","n":2}
        {"price":"1234567890123456789012345678901234567890.25","n":1}
        count: 5
        "#);
        insta::assert_snapshot!(shown(&admin.aggregates("Sale", json!({ "group_by": ["rate"] }))), @r#"
        {"rate":null}
        {"rate":0}
        {"rate":0.1}
        {"rate":0.2}
        count: 4
        "#);
        insta::assert_snapshot!(shown(&admin.aggregates("Sale", json!({ "group_by": ["tags"], "measures": { "n": { "op": "count" } } }))), @r#"
        {"tags":null,"n":4}
        {"tags":["a","b"],"n":2}
        count: 2
        "#);
    });
}

#[test]
fn r1_having_sort_and_limit_speak_of_the_answer() {
    on_both(|world| {
        let admin = world.admin();
        sales(&admin);
        let measures = json!({ "n": { "op": "count" }, "turnover": { "op": "sum", "field": "price" } });
        let ask = |having: Value, sort: Value, limit: usize| {
            let asked = json!({ "group_by": ["shop"], "measures": measures, "having": having, "sort": sort, "limit": limit });
            shown(&admin.aggregates("Sale", asked))
        };
        // A sum of decimals is compared exactly, with a number and with a text.
        for least in [json!("1234567890123456789012345678901234567890.9"), json!(11)] {
            let having = json!({ "and": [{ "field": "turnover", "op": "gte", "value": least }, { "field": "shop", "op": "startswith", "value": "s" }] });
            insta::assert_snapshot!(ask(having, json!(["-turnover"]), 5), @r#"
            {"shop":"south","n":2,"turnover":"1234567890123456789012345678901234567891"}
            count: 1
            "#);
        }
        insta::assert_snapshot!(ask(json!({ "field": "n", "op": "gt", "value": 0 }), json!(["-n", "-shop"]), 2), @r#"
        {"shop":"south","n":2,"turnover":"1234567890123456789012345678901234567891"}
        {"shop":"north","n":2,"turnover":"10.6"}
        count: 3
        "#);
        insta::assert_snapshot!(ask(json!({ "not": { "field": "shop", "op": "isnull", "value": true } }), json!("turnover"), 9), @r#"
        {"shop":"north","n":2,"turnover":"10.6"}
        {"shop":"south","n":2,"turnover":"1234567890123456789012345678901234567891"}
        count: 2
        "#);
    });
}

#[test]
fn r1_what_is_no_number_is_told_and_counts_for_nothing() {
    on_both(|world| {
        let admin = world.admin();
        sales(&admin);
        let asked = json!({ "measures": { "sum": { "op": "sum", "field": "extra" }, "n": { "op": "count", "field": "extra" } } });
        insta::assert_snapshot!(shown(&admin.aggregates("Sale", asked)), @r#"
        {"sum":7.5,"n":3}
        count: 1, unfit: {"sum":1}
        "#);
    });
}

#[test]
fn r1_bad_aggregates_are_refused_with_their_place() {
    on_both(|world| {
        let admin = world.admin();
        sales(&admin);
        let of = |op: &str, field: &str| json!({ "measures": { "m": { "op": op, "field": field } } });
        let mut deep = json!({ "field": "m", "value": 1 });
        (0..40).for_each(|_| deep = json!({ "not": deep }));
        let bad = [
            json!([]),
            json!({}),
            json!({ "groupby": ["shop"] }),
            json!({ "group_by": 7 }),
            json!({ "group_by": ["shpo"] }),
            json!({ "group_by": ["shop", "shop"] }),
            json!({ "group_by": ["shop"], "measures": { "shop": { "op": "count" } } }),
            json!({ "measures": { "a b": { "op": "count" }, "c": 1 } }),
            json!({ "measures": { "m": { "op": "summ", "field": "units" } } }),
            json!({ "measures": { "m": { "op": "sum" } } }),
            json!({ "measures": { "m": { "op": "sum", "field": "units", "of": 1 } } }),
            of("sum", "shop"),
            of("max", "tags"),
            of("avg", "unit"),
            json!({ "measures": { "m": { "op": "quantile", "field": "units" } } }),
            json!({ "measures": { "m": { "op": "quantile", "field": "units", "q": 1.5 } } }),
            json!({ "measures": { "m": { "op": "sum", "field": "units", "q": 0.5 } } }),
            json!({ "group_by": ["shop"], "measures": { "n": { "op": "count" } }, "having": { "field": "units", "op": "gt", "value": 1 } }),
            json!({ "measures": { "n": { "op": "count" } }, "having": { "field": "n", "op": "gt", "value": "many" } }),
            json!({ "measures": { "n": { "op": "count" } }, "having": { "n": 1 } }),
            json!({ "measures": { "m": { "op": "count" } }, "having": deep }),
            json!({ "measures": { "n": { "op": "count" } }, "sort": ["-m"], "limit": 0 }),
            json!({ "measures": { "n": { "op": "count" } }, "where": { "field": "secret", "value": 1 } }),
        ];
        let refused: Vec<String> = bad
            .into_iter()
            .map(|asked| {
                let problem = admin.aggregates("Sale", asked.clone()).refused();
                let errors = problem["errors"].as_array().unwrap().iter();
                let told: Vec<String> = errors
                    .map(|issue| {
                        let hints = issue["suggestions"]
                            .as_array()
                            .map(|hints| hints.iter().map(|hint| hint.as_str().unwrap()).collect::<Vec<_>>().join(" | "));
                        format!(
                            "{} {} {}: {}; {}",
                            issue["in"].as_str().unwrap(),
                            issue["pointer"],
                            issue["code"],
                            issue["message"],
                            hints.unwrap_or_default()
                        )
                    })
                    .collect();
                told.join("\n  ")
            })
            .collect();
        insta::assert_snapshot!(refused.join("\n"), @r#"
        body "" "body.shape": "an aggregate is an object"; {"group_by": ["country"], "measures": {"people": {"op": "count"}, "mean": {"op": "avg", "field": "balance"}}}
        body "" "body.shape": "an aggregate groups by something, measures something, or both"; {"group_by": ["country"], "measures": {"people": {"op": "count"}, "mean": {"op": "avg", "field": "balance"}}}
        body "/groupby" "parameter.unknown": "an aggregate has no member `groupby`"; group_by
        body "/group_by" "body.shape": "`group_by` is a list of fields"; ["country"]
        body "/group_by/0" "field.unknown": "there is no field `shpo`"; shop
        body "/group_by/1" "parameter.value": "`shop` stands twice in what is grouped by"; 
        body "/measures/shop" "parameter.value": "`shop` is what is grouped by: the measure needs another name"; count_shop
        body "/measures/a b" "parameter.value": "the name of a measure is of letters, digits and `_`, begins with a letter and has at most 100 characters"; 
          body "/measures/c" "body.shape": "a measure is {op, field, q}"; {"op": "sum", "field": "price"}
        body "/measures/m/op" "filter.operator": "there is no measure `summ`: there are count, count_distinct, sum, avg, min, max, median, quantile"; sum
        body "/measures/m/field" "body.shape": "`sum` is of a field"; 
        body "/measures/m/of" "parameter.unknown": "a measure has no member `of`"; op
        body "/measures/m/op" "filter.operator": "`sum` cannot be taken of `shop`: it holds text, which is no number"; count | count_distinct | min | max
        body "/measures/m/op" "filter.operator": "`max` cannot be taken of `tags`: it holds list, which has no order"; count | count_distinct
        body "/measures/m/field" "field.unknown": "there is no field `unit`"; units
        body "/measures/m/q" "parameter.value": "a quantile has a `q`: the share of the values below it"; "q": 0.95
        body "/measures/m/q" "parameter.value": "`q` is a number from 0 to 1"; "q": 0.95
        body "/measures/m/q" "parameter.value": "only a quantile has a `q`"; "q": 0.95
        body "/having/field" "field.unknown": "the answer has no `units`: it has what is grouped by, and the measures"; shop | n
        body "/having" "filter.value": "not an integer: a string was given"; Write the number without quotes
        body "/having" "body.shape": "a condition is {and: [...]}, {or: [...]}, {not: ...} or {field, op, value}"; {"field": "price", "op": "gte", "value": 10}
        body "/having/not/not/not/not/not/not/not/not/not/not/not/not/not/not/not/not/not/not/not/not/not/not/not/not/not/not/not/not/not/not/not/not/not" "filter.depth": "a condition nests at most 32 deep and has at most 10000 parts"; 
        body "/limit" "parameter.value": "`limit` is a whole number from 1"; 
        body "/where/field" "field.unknown": "there is no field `secret`";
        "#);
        let unknown = admin.aggregates("Sales", json!({ "group_by": 7 })).refused();
        assert_eq!(unknown["code"], "model.unknown", "what does not exist is told first");
    });
}

#[test]
fn r1_an_aggregate_keeps_within_its_bounds() {
    let bounded = |groups: usize, rows: u64, time: Duration| {
        let mut settings = Settings::default();
        settings.records.aggregate.groups = groups;
        settings.records.scan_budget.rows = rows;
        settings.records.scan_budget.time = time;
        settings
    };
    let long = Duration::from_secs(60);
    let asked = || json!({ "group_by": ["units"], "measures": { "n": { "op": "count" } } });
    with_settings(&bounded(3, 100, long), |world| {
        let admin = world.admin();
        sales(&admin);
        insta::assert_snapshot!(shown(&admin.aggregates("Sale", asked())), @r#"
        {
          "type": "https://dmr.dev/problems/aggregate.groups",
          "title": "The aggregate has more groups than allowed",
          "status": 422,
          "detail": "there are more than 3 groups",
          "code": "aggregate.groups",
          "errors": [],
          "suggestions": ["narrow it with `where`, or group by a field with fewer values"],
          "limit": "records.aggregate.groups",
          "allowed": 3
        }
        "#);
        let fewer = json!({ "group_by": ["units"], "where": { "field": "units", "op": "lt", "value": 3 } });
        assert_eq!(admin.aggregates("Sale", fewer).done()["count"], 2);
    });
    with_settings(&bounded(100, 5, long), |world| {
        let admin = world.admin();
        sales(&admin);
        insta::assert_snapshot!(shown(&admin.aggregates("Sale", asked())), @r#"
        {
          "type": "https://dmr.dev/problems/scan.budget",
          "title": "No index serves this and the scan passes its budget",
          "status": 422,
          "detail": "no index serves this question, and reading every record passes the budget",
          "code": "scan.budget",
          "errors": [],
          "suggestions": ["narrow it with `where`, by a field that has an index"],
          "limit": "records.scan_budget",
          "allowed": 5,
          "given": 6
        }
        "#);
    });
    let mut settings = bounded(usize::MAX, u64::MAX, long);
    settings.records.aggregate.memory = 20_000;
    with_settings(&settings, |world| {
        let admin = world.admin();
        sales(&admin);
        let rows: Vec<Value> = (0..500).map(|at| json!({ "shop": format!("shop number {at}"), "rate": f64::from(at) / 7.0 })).collect();
        admin.creates_all("Sale", &json!(rows)).done();
        for op in ["count_distinct", "median"] {
            let one = json!({ "measures": { "m": { "op": op, "field": "rate" } } });
            let many = json!({ "group_by": ["shop"], "measures": { "m": { "op": op, "field": "rate" } } });
            let code = |told: Result<Value, dmr::Problem>| told.map(|_| "done").unwrap_or_else(|problem| problem.code.as_str());
            let told = (code(admin.aggregates("Sale", one)), code(admin.aggregates("Sale", many)));
            assert_eq!(told, if op == "median" { ("done", "aggregate.memory") } else { ("aggregate.memory", "aggregate.memory") });
        }
    });
}

/// What a scan is for nobody else, and for longer than allowed, ends.
#[test]
fn r1_an_aggregate_ends_with_its_time() {
    let mut settings = Settings::default();
    settings.records.scan_budget.time = Duration::ZERO;
    with_settings(&settings, |world| {
        let admin = world.admin();
        sales(&admin);
        let rows: Vec<Value> = (0..3000).map(|at| json!({ "units": at })).collect();
        admin.creates_all("Sale", &json!(rows)).done();
        let problem = admin.aggregates("Sale", json!({ "measures": { "n": { "op": "count" } } })).refused();
        assert_eq!((&problem["code"], &problem["limit"]), (&json!("scan.budget"), &json!("records.scan_budget")));
    });
}

#[test]
fn p6_aggregates_tell_only_of_what_is_seen() {
    on_both(|world| {
        let admin = world.admin();
        admin
            .registers(json!({
                "name": "Note",
                "schema": { "type": "object", "properties": {
                    "kind": { "type": "string" }, "pay": { "type": "integer" }, "sec": { "type": "integer" },
                    "in": { "type": "object", "properties": { "sec": { "type": "integer" }, "open": { "type": "integer" } } },
                }, "additionalProperties": false },
                "permissions": {
                    "models": { "admin": ["create", "read", "list"], "clerk": ["create", "read", "list"], "boss": ["read", "list"], "writer": ["create"] },
                    "rows": { "clerk": { "read": "owner" } },
                    "columns": { "sec": { "read": ["boss", "admin"], "write": ["admin"] }, "in.sec": { "read": ["boss", "admin"], "write": ["admin"] } },
                },
            }))
            .done();
        let [carla, chris] = ["carla", "chris"].map(|name| world.person(name, &["clerk"]));
        let boss = world.person("bea", &["boss"]);
        let clerkboss = world.person("cleo", &["clerk", "boss"]);
        for (who, pay) in [(&carla, 10), (&carla, 20), (&chris, 400)] {
            who.creates("Note", json!({ "kind": "n", "pay": pay, "in": { "open": 1 } })).done();
        }
        admin.creates("Note", json!({ "kind": "hidden", "pay": 5000, "sec": 1, "in": { "sec": 2, "open": 1 } })).done();
        let asked = json!({ "group_by": ["kind"], "measures": { "n": { "op": "count" }, "pay": { "op": "sum", "field": "pay" } } });
        insta::assert_snapshot!(shown(&carla.aggregates("Note", asked.clone())), @r#"
        {"kind":"n","n":2,"pay":30}
        count: 1
        "#);
        insta::assert_snapshot!(shown(&boss.aggregates("Note", asked)), @r#"
        {"kind":"hidden","n":1,"pay":5000}
        {"kind":"n","n":3,"pay":430}
        count: 2
        "#);
        // What is hidden does not exist, for every use, byte for byte.
        let measured = |field: &str| json!({ "measures": { "m": { "op": "count", "field": field } } });
        let uses = |field: &str| {
            [
                json!({ "group_by": [field] }),
                measured(field),
                json!({ "group_by": ["kind"], "where": { "field": field, "value": 1 } }),
                json!({ "group_by": ["kind"], "having": { "field": field, "value": 1 } }),
                json!({ "group_by": ["kind"], "sort": [field] }),
            ]
        };
        for (hidden, absent) in [("sec", "abs"), ("in.sec", "in.abs"), ("sec.sub", "abs.sub")] {
            for (hidden_use, absent_use) in uses(hidden).into_iter().zip(uses(absent)) {
                let answer = |told: Told| match told {
                    Ok(answer) => dmr::core::json::to_string(&answer),
                    Err(problem) => dmr::core::json::to_string(&problem.to_json()),
                };
                let (one, other) = (answer(carla.aggregates("Note", hidden_use)), answer(carla.aggregates("Note", absent_use)));
                assert_eq!(one, other.replace("abs", "sec"));
            }
        }
        // Inside an object that is seen, what is hidden is not there either.
        insta::assert_snapshot!(shown(&clerkboss.aggregates("Note", json!({ "group_by": ["in"] }))), @r#"
        {"in":{"open":1}}
        {"in":{"sec":2,"open":1}}
        count: 2
        "#);
        insta::assert_snapshot!(shown(&carla.aggregates("Note", json!({ "group_by": ["in"] }))), @r#"
        {"in":{"open":1}}
        count: 1
        "#);
        // Only who may list may ask.
        let writer = world.person("wim", &["writer"]);
        assert_eq!(writer.aggregates("Note", measured("kind")).refused()["code"], "right.missing");
        assert_eq!(world.anybody().aggregates("Note", measured("kind")).refused()["code"], "credential.missing");
    });
}

#[test]
fn r1_deleted_records_do_not_count() {
    on_both(|world| {
        let admin = world.admin();
        sales(&admin);
        let first = admin.lists("Sale", "limit=1").done()["items"][0]["_id"].as_str().unwrap().to_owned();
        admin.deletes("Sale", &first).done();
        assert_eq!(admin.aggregates("Sale", json!({ "measures": { "n": { "op": "count" } } })).done()["items"][0]["n"], 5);
    });
}

/// An answer that nobody waits for is not reckoned to its end, and the next one is.
#[test]
fn r1_an_answer_can_be_dropped() {
    on_both(|world| {
        let admin = world.admin();
        sales(&admin);
        let asked = json!({ "measures": { "n": { "op": "count" } } });
        for _ in 0..20 {
            drop(admin.aggregate("Sale", &asked, dmr::NumberStyle::Exact));
        }
        assert_eq!(admin.aggregates("Sale", asked).done()["count"], 1);
    });
}
