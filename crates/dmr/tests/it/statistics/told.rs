//! What is told of each field (X1).

use super::{field, shown};
use crate::world::{Outcome, Person, on_both};
use dmr::{NumberStyle, StatisticsFor};
use serde_json::json;

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
fn x1_each_field_is_told_of() {
    on_both(|world| {
        let admin = world.admin();
        sales(&admin);
        insta::assert_snapshot!(shown(&admin.statistics_of("Sale").done()), @r#"
        {"field":"shop","type":"text","count":4,"nulls":1,"absent":1,"exact":true,"inferred":"text","kinds":{"text":4},"distinct":2,"unique_share":0.5,"cardinality":"medium","min":"north","max":"south","top":[{"value":"north","count":2},{"value":"south","count":2}],"size":{"average":7,"biggest":7}}
        {"field":"units","type":"integer","count":4,"nulls":1,"absent":1,"exact":true,"inferred":"integer","kinds":{"integer":4},"distinct":4,"unique_share":1,"cardinality":"high","min":1,"max":9007199254740993,"sum":9007199254740999,"mean":2251799813685249.75,"deviation":4503599627370495.5,"quantiles":{"p05":1.15,"p25":1.75,"p50":2.5,"p75":2251799813685250.5,"p95":7656119366529844.5},"histogram":{"from":1,"to":9007199254740992,"counts":[3,0,0,0,0,0,0,0,0,1]},"top":[{"value":1,"count":1},{"value":2,"count":1},{"value":3,"count":1},{"value":9007199254740993,"count":1}],"size":{"average":4.75,"biggest":16}}
        {"field":"rate","type":"number","count":4,"nulls":0,"absent":2,"exact":true,"inferred":"number","kinds":{"integer":1,"number":3},"distinct":3,"unique_share":0.75,"cardinality":"high","min":0,"max":0.2,"sum":0.3,"mean":0.075,"deviation":0.09574271077563382,"quantiles":{"p05":0,"p25":0,"p50":0.05,"p75":0.125,"p95":0.185},"histogram":{"from":0,"to":0.2,"counts":[2,0,0,0,0,1,0,0,0,1]},"top":[{"value":0,"count":2},{"value":0.1,"count":1},{"value":0.2,"count":1}],"size":{"average":2.75,"biggest":4}}
        {"field":"price","type":"decimal","count":5,"nulls":0,"absent":1,"exact":true,"inferred":"decimal","kinds":{"decimal":5},"distinct":4,"unique_share":0.8,"cardinality":"high","min":"0.1","max":"1234567890123456789012345678901234567890.25","sum":"1234567890123456789012345678901234567912.1","mean":"246913578024691357802469135780246913582.42","deviation":"5.521155450309081e38","quantiles":{"p05":"0.23","p25":"0.75","p50":"10.5","p75":"10.5","p95":"987654312098765431209876543120987654314.3"},"histogram":{"from":"0.1","to":"1.2345678901234568e39","counts":[4,0,0,0,0,0,0,0,0,1]},"top":[{"value":"10.5","count":2},{"value":"0.1","count":1},{"value":"0.75","count":1},{"value":"1234567890123456789012345678901234567890.25","count":1}],"size":{"average":13.8,"biggest":45}}
        {"field":"day","type":"date","count":2,"nulls":0,"absent":4,"exact":true,"inferred":"date","kinds":{"date":2},"distinct":2,"unique_share":1,"cardinality":"high","min":"2024-02-29","max":"2024-03-01","top":[{"value":"2024-02-29","count":1},{"value":"2024-03-01","count":1}],"size":{"average":12,"biggest":12}}
        {"field":"address","type":"object","count":3,"nulls":0,"absent":3}
        {"field":"address.city","type":"text","count":3,"nulls":0,"absent":3,"exact":true,"inferred":"text","kinds":{"text":3},"distinct":2,"unique_share":0.6666666666666666,"cardinality":"high","min":"Rom","max":"Ulm","top":[{"value":"Ulm","count":2},{"value":"Rom","count":1}],"size":{"average":5,"biggest":5}}
        {"field":"paid","type":"boolean","count":2,"nulls":0,"absent":4,"exact":true,"inferred":"boolean","kinds":{"boolean":2},"distinct":2,"unique_share":1,"cardinality":"high","min":false,"max":true,"top":[{"value":false,"count":1},{"value":true,"count":1}],"size":{"average":4.5,"biggest":5}}
        {"field":"tags","type":"list of text","count":2,"nulls":0,"absent":4,"exact":true,"inferred":"list","kinds":{"list":2},"distinct":1,"unique_share":0.5,"cardinality":"medium","top":[{"value":["a","b"],"count":2}],"size":{"average":9,"biggest":9}}
        {"field":"extra","type":"any","count":3,"nulls":0,"absent":3,"exact":true,"inferred":"mixed","kinds":{"integer":1,"number":1,"text":1},"distinct":3,"unique_share":1,"cardinality":"high","unfit":1,"sum":7.5,"mean":3.75,"deviation":4.596194077712559,"quantiles":{"p05":0.825,"p25":2.125,"p50":3.75,"p75":5.375,"p95":6.675},"histogram":{"from":0.5,"to":7,"counts":[1,0,0,0,0,0,0,0,0,1]},"top":[{"value":0.5,"count":1},{"value":7,"count":1},{"value":"seven","count":1}],"size":{"average":3.6666666666666665,"biggest":7}}
        model: "Sale", version: "1.0.0", as_of: "2026-01-01T00:00:00.000000Z", current: true, rows: 6, deleted: 0, row_size: {"average":65.16666666666667,"total":391}, position: 10, behind: 0
        "#);
    });
}

#[test]
fn x1_numbers_travel_as_texts_where_that_is_asked_for() {
    on_both(|world| {
        let admin = world.admin();
        sales(&admin);
        let asked = StatisticsFor { field: Some(vec!["units".into()]), numbers: NumberStyle::Text, ..StatisticsFor::default() };
        insta::assert_snapshot!(shown(&admin.statistics("Sale", asked).done()), @r#"
        {"field":"units","type":"integer","count":4,"nulls":1,"absent":1,"exact":true,"inferred":"integer","kinds":{"integer":4},"distinct":4,"unique_share":1,"cardinality":"high","min":"1","max":"9007199254740993","sum":"9007199254740999","mean":"2251799813685249.75","deviation":"4503599627370495.5","quantiles":{"p05":"1.15","p25":"1.75","p50":"2.5","p75":"2251799813685250.5","p95":"7656119366529844.5"},"histogram":{"from":"1","to":"9007199254740992","counts":[3,0,0,0,0,0,0,0,0,1]},"top":[{"value":"1","count":1},{"value":"2","count":1},{"value":"3","count":1},{"value":"9007199254740993","count":1}],"size":{"average":4.75,"biggest":16}}
        model: "Sale", version: "1.0.0", as_of: "2026-01-01T00:00:00.000000Z", current: true, rows: 6, deleted: 0, row_size: {"average":65.16666666666667,"total":391}, position: 10, behind: 0
        "#);
    });
}

#[test]
fn x1_long_values_are_told_by_their_beginning() {
    on_both(|world| {
        let admin = world.admin();
        admin.registers(json!({ "name": "Note", "schema": { "type": "object", "properties": { "text": { "type": "string" } } } })).done();
        let long = "ä\"\n".repeat(400);
        let notes: Vec<_> =
            [&format!("{long}1"), &format!("{long}2"), &format!("{long}2"), &"short".to_owned()].map(|text| json!({ "text": text })).into();
        admin.creates_all("Note", &json!(notes)).done();
        let told = admin.statistics_of("Note").done();
        let text = field(&told, "text");
        assert_eq!((&text["distinct"], &text["top"][0]["count"], &text["top"][0]["cut"]), (&json!(3), &json!(2), &json!(true)));
        let shown = text["top"][0]["value"].as_str().unwrap();
        assert!(long.starts_with(shown) && shown.len() > 100, "{shown}");
        assert_eq!(text["max"].as_str().unwrap(), shown);
        assert_eq!(text["size"]["biggest"], json!(2 + 400 * 6 + 1));
    });
}
