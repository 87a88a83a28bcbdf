//! Beside a record, what it refers to.

use super::{issues, order, shop};
use crate::world::{Outcome, id, on_both, parameters_of, told};
use dmr::{Get, SearchFor};
use dmr_core::query::Expand;
use serde_json::{Value, json};

fn asked(path: &str) -> Vec<Expand> {
    parameters_of(&format!("expand={path}")).unwrap().document.expand
}

#[test]
fn m5_what_is_referred_to_stands_beside_the_record() {
    on_both(|world| {
        let admin = world.admin();
        let [ann, bob] = shop(&admin);
        admin.updates("shop.Customer", "ann", json!({ "boss": "bob" })).done();
        let made =
            admin.creates("shop.Order", json!({ "no": 1, "customer": "ann", "lines": [bob, "ann", bob], "ship": { "to": ann } })).done();
        let get = Get { expand: asked("customer.boss,lines,ship.to"), ..Get::default() };
        told!(admin.gets_with("shop.Order", &id(&made), &get).done(), @r#"
        {
          "_id": "<id 1>",
          "no": 1,
          "customer": "ann",
          "lines": ["<id 2>","ann","<id 2>"],
          "ship": {"to":"<id 3>"},
          "_version": 1,
          "_created_at": "2026-01-01T00:00:00.000000Z",
          "_updated_at": "2026-01-01T00:00:00.000000Z",
          "_created_by": "<id 4>",
          "_updated_by": "<id 4>",
          "_owner": "<id 4>",
          "_expand": {
            "customer": {
              "_id": "<id 3>",
              "no": "ann",
              "name": "ann the customer",
              "boss": "bob",
              "_version": 2,
              "_created_at": "2026-01-01T00:00:00.000000Z",
              "_updated_at": "2026-01-01T00:00:00.000000Z",
              "_created_by": "<id 4>",
              "_updated_by": "<id 4>",
              "_owner": "<id 4>",
              "_expand": {
                "boss": {
                  "_id": "<id 2>",
                  "no": "bob",
                  "name": "bob the customer",
                  "_version": 1,
                  "_created_at": "2026-01-01T00:00:00.000000Z",
                  "_updated_at": "2026-01-01T00:00:00.000000Z",
                  "_created_by": "<id 4>",
                  "_updated_by": "<id 4>",
                  "_owner": "<id 4>"
                }
              }
            },
            "lines": [
              {
                "_id": "<id 2>",
                "no": "bob",
                "name": "bob the customer",
                "_version": 1,
                "_created_at": "2026-01-01T00:00:00.000000Z",
                "_updated_at": "2026-01-01T00:00:00.000000Z",
                "_created_by": "<id 4>",
                "_updated_by": "<id 4>",
                "_owner": "<id 4>"
              },
              {
                "_id": "<id 3>",
                "no": "ann",
                "name": "ann the customer",
                "boss": "bob",
                "_version": 2,
                "_created_at": "2026-01-01T00:00:00.000000Z",
                "_updated_at": "2026-01-01T00:00:00.000000Z",
                "_created_by": "<id 4>",
                "_updated_by": "<id 4>",
                "_owner": "<id 4>"
              },
              {
                "_id": "<id 2>",
                "no": "bob",
                "name": "bob the customer",
                "_version": 1,
                "_created_at": "2026-01-01T00:00:00.000000Z",
                "_updated_at": "2026-01-01T00:00:00.000000Z",
                "_created_by": "<id 4>",
                "_updated_by": "<id 4>",
                "_owner": "<id 4>"
              }
            ],
            "ship.to": {
              "_id": "<id 3>",
              "no": "ann",
              "name": "ann the customer",
              "boss": "bob",
              "_version": 2,
              "_created_at": "2026-01-01T00:00:00.000000Z",
              "_updated_at": "2026-01-01T00:00:00.000000Z",
              "_created_by": "<id 4>",
              "_updated_by": "<id 4>",
              "_owner": "<id 4>"
            }
          }
        }
        "#);
        // The same in a list, by a query document, in a search: each record is itself.
        let alone = admin.gets("shop.Order", &id(&made)).done();
        let expanded = admin.gets_with("shop.Order", &id(&made), &get).done();
        let without = |mut record: Value| {
            record.as_object_mut().unwrap().shift_remove("_expand");
            record
        };
        assert_eq!(without(expanded.clone()), alone);
        let listed = admin.lists("shop.Order", "expand=customer.boss,lines,ship.to").done();
        assert_eq!(listed["items"][0], expanded);
        let document = json!({ "expand": ["customer.boss", ["lines"], ["ship", "to"]], "sort": ["no"] });
        assert_eq!(admin.asks("shop.Order", document).done()["items"][0], expanded);
        assert_eq!(admin.lists("shop.Order", "fields=no&expand=customer&sort=-no").done()["items"][0]["_expand"]["customer"]["no"], "ann");
    });
}

#[test]
fn m5_a_search_expands_too() {
    on_both(|world| {
        let admin = world.admin();
        shop(&admin);
        admin.changes_model("shop.Customer", json!({ "fields": { "name": { "behaviours": ["SEARCHABLE"] } } })).done();
        admin.updates("shop.Customer", "ann", json!({ "boss": "bob" })).done();
        let found = admin.search("shop.Customer", &SearchFor { expand: asked("boss"), ..SearchFor::new("ann") }).wait().unwrap().to_value();
        assert_eq!(found["items"][0]["record"]["_expand"]["boss"]["name"], "bob the customer");
        assert_eq!(found["items"][0]["highlights"]["name"], json!([[0, 3]]));
    });
}

#[test]
fn m5_what_is_gone_or_absent_is_absent() {
    on_both(|world| {
        let admin = world.admin();
        let [_, bob] = shop(&admin);
        let rows = json!([{ "no": 1, "customer": "bob", "lines": [bob, "ann"] }, { "no": 2, "customer": null }, { "no": 3 }]);
        admin.creates_all("shop.Order", &rows).done();
        admin.deletes("shop.Customer", "bob").done();
        let expanded = |record: &Value| record["_expand"].clone();
        let page = admin.lists("shop.Order", "sort=no&expand=customer,lines").done();
        let told: Vec<Value> = page["items"].as_array().unwrap().iter().map(expanded).collect();
        assert_eq!(told[0]["lines"].as_array().unwrap().len(), 1);
        assert_eq!((told[0].get("customer"), &told[0]["lines"][0]["no"]), (None, &json!("ann")));
        assert_eq!(told[1..], [json!({}), json!({})]);
    });
}

#[test]
fn m5_what_cannot_be_expanded_is_told() {
    on_both(|world| {
        let admin = world.admin();
        shop(&admin);
        told!(admin.lists("shop.Order", "expand=custmer,no,customer.name,customer.zip").refused(), @r#"
        {
          "status": 400,
          "detail": "4 problems; the first: `custmer` refers to no model",
          "code": "parameter.value",
          "errors": [
            {"in":"query","pointer":"expand","code":"parameter.value","message":"`custmer` refers to no model"},
            {"in":"query","pointer":"expand","code":"parameter.value","message":"`no` refers to no model"},
            {"in":"query","pointer":"expand","code":"parameter.value","message":"`name` refers to no model"},
            {"in":"query","pointer":"expand","code":"parameter.value","message":"`zip` refers to no model"}
          ]
        }
        "#);
        let refused = admin.asks("shop.Order", json!({ "expand": ["customer", "no"] })).refused();
        assert_eq!(issues(&refused), [("parameter.value", "/expand/1")]);
        let refused = admin.lists("shop.Order", "expand=customer.boss.boss.boss").refused();
        assert_eq!(issues(&refused), [("parameter.value", "expand")]);
        admin.lists("shop.Order", "expand=customer.boss.boss").done();
        admin.asks("shop.Order", json!({ "expand": "customer" })).refused();
        let many = vec!["customer"; 51].join(",");
        admin.lists("shop.Order", &format!("expand={many}")).refused();
        let get = Get { expand: asked("boss"), as_of: Some(i64::MAX / 2), ..Get::default() };
        assert_eq!(issues(&admin.gets_with("shop.Customer", "ann", &get).refused()), [("parameter.value", "expand")]);
        let export = dmr::Export { parameters: parameters_of("expand=customer").unwrap(), ..dmr::Export::all(dmr::FileFormat::Json) };
        assert!(admin.export("shop.Order", export).wait().is_err());
    });
}

#[test]
fn m5_an_answer_holds_only_so_much() {
    on_both(|world| {
        let admin = world.admin();
        shop(&admin);
        admin.registers(order(json!({ "name": "shop.Long" }))).done();
        let lines = vec!["ann"; 300];
        admin.creates_all("shop.Long", &Value::Array(vec![json!({ "lines": lines }); 170])).done();
        admin.lists("shop.Long", "limit=150&expand=lines").done();
        told!(admin.lists("shop.Long", "limit=170&expand=lines").refused(), @r#"
        {
          "status": 422,
          "detail": "these references name more records than one answer holds",
          "code": "expand.budget",
          "errors": [],
          "suggestions": ["ask for fewer records at a time: limit","expand fewer references"],
          "limit": "expand",
          "allowed": 50000
        }
        "#);
    });
}

/// M5: how large what is named is counts where it is written, not when the next record begins.
#[test]
fn m5_an_answer_becomes_only_so_large() {
    on_both(|world| {
        let admin = world.admin();
        shop(&admin);
        admin.updates("shop.Customer", "ann", json!({ "sec": "x".repeat(900_000) })).done();
        let order = admin.creates("shop.Order", json!({ "lines": vec!["ann"; 80] })).done();
        let get = Get { expand: asked("lines"), ..Get::default() };
        assert_eq!(admin.gets_with("shop.Order", &id(&order), &get).refused()["code"], "expand.budget");
        let few = admin.creates("shop.Order", json!({ "lines": vec!["ann"; 3] })).done();
        assert_eq!(admin.gets_with("shop.Order", &id(&few), &get).done()["_expand"]["lines"].as_array().unwrap().len(), 3);
    });
}

#[test]
fn m5_pages_go_on_with_what_is_expanded() {
    on_both(|world| {
        let admin = world.admin();
        shop(&admin);
        let rows: Vec<Value> = (1..8).map(|no| json!({ "no": no, "customer": (["ann", "bob"][no % 2]) })).collect();
        admin.creates_all("shop.Order", &Value::Array(rows)).done();
        for sort in ["", "&sort=-no", "&sort=-customer,no"] {
            let whole = admin.lists("shop.Order", &format!("limit=100&expand=customer{sort}")).done();
            let (mut all, mut cursor) = (Vec::new(), String::new());
            loop {
                let page = admin.lists("shop.Order", &format!("limit=3&expand=customer{sort}{cursor}")).done();
                all.extend(page["items"].as_array().unwrap().iter().cloned());
                match page["next"].as_str() {
                    Some(next) => cursor = format!("&cursor={next}"),
                    None => break,
                }
            }
            assert_eq!(whole["items"], Value::Array(all));
        }
    });
}
