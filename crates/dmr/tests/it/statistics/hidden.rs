//! Statistics tell of what the asker sees, and of nothing else (P1, P2, P6).

use super::{field, shown};
use crate::world::{Outcome, Person, World, on_both};
use serde_json::json;

fn m(world: &World) -> Person {
    let admin = world.admin();
    let all = json!(["create", "read", "update", "delete", "list"]);
    admin
        .registers(json!({
            "name": "M",
            "schema": {
                "type": "object", "additionalProperties": false,
                "properties": {
                    "pub": { "type": "string" }, "sec": { "type": "string" }, "num": { "type": "number" }, "word": { "type": "string" },
                    "part": { "type": "object", "properties": { "open": { "type": "string" }, "shut": { "type": "string" } } },
                },
            },
            "fields": { "word": { "behaviours": ["WRITE_ONLY"] } },
            "permissions": {
                "models": { "admin": all, "R": all, "S": ["read", "list"], "T": ["read"] },
                "rows": { "R": { "read": "owner" } },
                "columns": { "sec": { "read": ["admin"], "write": ["admin"] }, "part.shut": { "read": ["admin"], "write": ["admin"] } },
            },
        }))
        .done();
    admin.creates("M", json!({ "pub": "a", "sec": "zebra", "num": 1, "word": "pass", "part": { "open": "x", "shut": "y" } })).done();
    admin
}

#[test]
fn p6_statistics_are_of_what_one_sees() {
    on_both(|world| {
        let admin = m(&world);
        let (own, all, none) = (world.person("own", &["R"]), world.person("all", &["S"]), world.person("none", &["T"]));
        own.creates("M", json!({ "pub": "b", "num": 7 })).done();

        // Every row, not every column: from what is kept up, without a word of the rest, and without sizes that would tell of it.
        insta::assert_snapshot!(shown(&all.statistics_of("M").done()), @r#"
        {"field":"pub","type":"text","count":2,"nulls":0,"absent":0,"exact":true,"inferred":"text","kinds":{"text":2},"distinct":2,"unique_share":1,"cardinality":"high","min":"a","max":"b","top":[{"value":"a","count":1},{"value":"b","count":1}],"size":{"average":3,"biggest":3}}
        {"field":"num","type":"number","count":2,"nulls":0,"absent":0,"exact":true,"inferred":"integer","kinds":{"integer":2},"distinct":2,"unique_share":1,"cardinality":"high","min":1,"max":7,"sum":8,"mean":4,"deviation":4.242640687119285,"quantiles":{"p05":1.3,"p25":2.5,"p50":4,"p75":5.5,"p95":6.7},"histogram":{"from":1,"to":7,"counts":[1,0,0,0,0,0,0,0,0,1]},"top":[{"value":1,"count":1},{"value":7,"count":1}],"size":{"average":1,"biggest":1}}
        {"field":"part","type":"object","count":1,"nulls":0,"absent":1}
        {"field":"part.open","type":"text","count":1,"nulls":0,"absent":1,"exact":true,"inferred":"text","kinds":{"text":1},"distinct":1,"unique_share":1,"cardinality":"high","min":"x","max":"x","top":[{"value":"x","count":1}],"size":{"average":3,"biggest":3}}
        model: "M", version: "1.0.0", as_of: "2026-01-01T00:00:00.000000Z", current: true, rows: 2
        "#);
        // One's own rows.
        insta::assert_snapshot!(shown(&own.statistics_of("M").done()), @r#"
        {"field":"pub","type":"text","count":1,"nulls":0,"absent":0,"exact":true,"inferred":"text","kinds":{"text":1},"distinct":1,"unique_share":1,"cardinality":"high","min":"b","max":"b","top":[{"value":"b","count":1}],"size":{"average":3,"biggest":3}}
        {"field":"num","type":"number","count":1,"nulls":0,"absent":0,"exact":true,"inferred":"integer","kinds":{"integer":1},"distinct":1,"unique_share":1,"cardinality":"high","min":7,"max":7,"sum":7,"mean":7,"deviation":null,"quantiles":{"p05":7,"p25":7,"p50":7,"p75":7,"p95":7},"histogram":{"from":7,"to":7,"counts":[1]},"top":[{"value":7,"count":1}],"size":{"average":1,"biggest":1}}
        {"field":"part","type":"object","count":0,"nulls":0,"absent":1}
        {"field":"part.open","type":"text","count":0,"nulls":0,"absent":1,"exact":true,"inferred":null,"kinds":{},"distinct":0,"unique_share":null,"cardinality":null,"min":null,"max":null,"top":[],"size":{"average":null,"biggest":0}}
        model: "M", version: "1.0.0", as_of: "2026-01-01T00:00:00.000000Z", current: true, rows: 1
        "#);
        // Nobody is shown what is never shown.
        let told = admin.statistics_of("M").done();
        assert_eq!(field(&told, "sec")["max"], "zebra");
        assert!(!told.to_string().contains("pass") && !told.to_string().contains("word"), "{told}");

        assert_eq!(none.statistics_of("M").refused()["code"], "right.missing");
        for person in [&own, &all] {
            let (hidden, absent) = (person.statistics_of_field("M", "sec").refused(), person.statistics_of_field("M", "sex").refused());
            assert_eq!(hidden.to_string().replace("sec", "sex"), absent.to_string());
            let (hidden, absent) =
                (person.statistics_of_field("M", "part.shut").refused(), person.statistics_of_field("M", "part.shot").refused());
            assert_eq!(hidden.to_string().replace("shut", "shot"), absent.to_string());
            assert_eq!(person.statistics_of_field("M", "word").refused()["code"], "field.unknown");
            assert_eq!(person.statistics_of_field("M", "_owner").refused()["code"], "field.unknown");
        }
        assert_eq!(world.person("stranger", &["user"]).statistics_of("M").refused()["code"], "model.unknown");
        assert_eq!(world.anybody().statistics_of("M").refused()["code"], "credential.missing");
    });
}
