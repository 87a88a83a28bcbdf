//! What is written names records that are there.

use super::{issues, shop};
use crate::ingest::file;
use crate::world::{Outcome, id, on_both, told};
use dmr::{Patch, Write};
use serde_json::json;

#[test]
fn m5_a_value_names_a_living_record_by_its_id_or_its_key() {
    on_both(|world| {
        let admin = world.admin();
        let [ann, bob] = shop(&admin);
        let made =
            admin.creates("shop.Order", json!({ "customer": "ann", "lines": [bob, "ann"], "ship": { "to": ann.to_uppercase() } })).done();
        assert_eq!((&made["customer"], &made["lines"]), (&json!("ann"), &json!([bob, "ann"])));
        let record = json!({ "no": 0, "customer": "nobody", "lines": ["ann", "cy", bob, "dee"], "ship": { "to": "018ccfe5-6802-7000-8000-000100000999" } });
        // All at once, with what is wrong with the rest.
        told!(admin.creates("shop.Order", record).refused(), @r#"
        {
          "status": 422,
          "detail": "5 problems; the first: must be at least 1",
          "code": "record.invalid",
          "errors": [
            {"in":"body","pointer":"/no","code":"value.rule","rule":"minimum","value":0,"message":"must be at least 1"},
            {
              "in": "body",
              "pointer": "/customer",
              "code": "reference.unknown",
              "rule": "references",
              "value": "nobody",
              "message": "this names no record of `shop.Customer`"
            },
            {
              "in": "body",
              "pointer": "/lines/1",
              "code": "reference.unknown",
              "rule": "references",
              "value": "cy",
              "message": "this names no record of `shop.Customer`"
            },
            {
              "in": "body",
              "pointer": "/lines/3",
              "code": "reference.unknown",
              "rule": "references",
              "value": "dee",
              "message": "this names no record of `shop.Customer`"
            },
            {
              "in": "body",
              "pointer": "/ship/to",
              "code": "reference.unknown",
              "rule": "references",
              "value": "<id 1>",
              "message": "this names no record of `shop.Customer`"
            }
          ]
        }
        "#);
        admin.creates("shop.Order", json!({ "no": 7 })).done();
        let refused = admin.creates("shop.Order", json!({ "no": 7, "customer": "nobody" })).refused();
        assert_eq!(issues(&refused), [("unique.taken", "/no"), ("reference.unknown", "/customer")]);
        // Null names nothing, and a deleted record is none.
        let made = admin.creates("shop.Order", json!({ "customer": null, "lines": [] })).done();
        admin.deletes("shop.Customer", &bob).done();
        let refused = |told: crate::world::Told| {
            let refused = told.refused();
            assert_eq!(refused["errors"][0]["code"], "reference.unknown", "{refused}");
        };
        refused(admin.updates("shop.Order", &id(&made), json!({ "customer": "bob" })));
        refused(admin.replaces("shop.Order", &id(&made), json!({ "lines": [bob] })));
        let patch = json!([{ "op": "add", "path": "/lines/-", "value": "bob" }]).to_string();
        refused(
            admin
                .update("shop.Order", &id(&made), Patch::Json(patch.as_bytes()), Write::default())
                .wait()
                .map(|written| written.to_value()),
        );
        // A text is an id only as ids are written.
        refused(admin.updates("shop.Order", &id(&made), json!({ "customer": ann.to_uppercase() })));
    });
}

#[test]
fn m5_a_reference_that_was_right_stays_when_what_it_names_is_gone() {
    on_both(|world| {
        let admin = world.admin();
        let [_, bob] = shop(&admin);
        let made = admin.creates("shop.Order", json!({ "customer": "bob", "lines": [bob, "ann"] })).done();
        admin.deletes("shop.Customer", "bob").done();
        let at = id(&made);
        admin.updates("shop.Order", &at, json!({ "no": 4 })).done();
        let after = admin.replaces("shop.Order", &at, json!({ "no": 5, "customer": "bob", "lines": ["ann", bob] })).done();
        assert_eq!((&after["customer"], &after["lines"]), (&json!("bob"), &json!(["ann", bob])));
        // What is set anew has to be there.
        admin.updates("shop.Order", &at, json!({ "customer": null })).done();
        let refused = admin.updates("shop.Order", &at, json!({ "customer": "bob" })).refused();
        assert_eq!(issues(&refused), [("reference.unknown", "/customer")]);
        // Going back to a version is setting anew; restoring is not.
        let refused = admin.reverts("shop.Order", &at, 1).refused();
        assert_eq!(issues(&refused), [("reference.unknown", "/customer")]);
        admin.deletes("shop.Order", &at).done();
        admin.restores("shop.Order", &at).done();
    });
}

#[test]
fn m5_many_rows_are_each_told_and_see_what_came_before_them() {
    on_both(|world| {
        let admin = world.admin();
        shop(&admin);
        let rows = json!([{ "customer": "ann" }, { "customer": "cy" }, { "lines": ["bob", "dee"] }]);
        let refused = admin.creates_all("shop.Order", &rows).refused();
        assert_eq!(issues(&refused), [("reference.unknown", "/1/customer"), ("reference.unknown", "/2/lines/1")]);
        let report = admin.creates_all_with("shop.Order", &rows, Write { report: true, ..Write::default() }).done();
        let results: Vec<bool> = report["results"].as_array().unwrap().iter().map(|result| result.get("id").is_some()).collect();
        assert_eq!(results, [true, false, false]);
        // A record names one that came before it in the same request, or itself; none that comes later.
        let rows = json!([{ "no": "eve" }, { "no": "fay", "boss": "eve" }, { "no": "gus", "boss": "gus" }]);
        admin.creates_all("shop.Customer", &rows).done();
        let refused = admin.creates_all("shop.Customer", &json!([{ "no": "hal", "boss": "ida" }, { "no": "ida" }])).refused();
        assert_eq!(issues(&refused), [("reference.unknown", "/0/boss")]);
        let operations = json!([
            { "op": "delete", "id": "eve" },
            { "op": "upsert", "record": { "no": "jay", "boss": "eve" } },
            { "op": "update", "id": "gus", "record": { "boss": "fay" } },
        ]);
        let refused = admin.batch("shop.Customer", &operations, Write::default()).refused();
        assert_eq!(issues(&refused), [("reference.unknown", "/operations/1/record/boss")]);
    });
}

#[test]
fn m5_what_comes_in_from_files_is_held_to_references_too() {
    on_both(|world| {
        let admin = world.admin();
        shop(&admin);
        let told =
            admin.imports("shop.Order", "orders.ndjson", "{\"no\":1,\"customer\":\"ann\"}\n{\"no\":2,\"customer\":\"zoe\"}\n").refused();
        assert_eq!(issues(&told), [("reference.unknown", "/1/customer")]);
        let csv = file("orders.csv", "no,customer\n1,ann\n2,zoe\n3,bob\n");
        let taken = admin.takes_into("shop.Order", &csv.path).done();
        assert_eq!((&taken["records"], &taken["quarantined"]), (&json!(2), &json!(1)));
        let aside = admin.set_aside(&taken["ingest"]);
        told!(aside[0]["code"], @r#""reference.unknown""#);
        assert_eq!(aside[0]["place"]["line"], 3);
    });
}

#[test]
fn m5_a_reference_is_by_any_key_that_has_its_type() {
    on_both(|world| {
        let admin = world.admin();
        let number = json!({ "type": "integer" });
        admin.registers(json!({ "name": "Part", "key": ["no"], "schema": { "type": "object", "required": ["no"], "properties": { "no": number } } })).done();
        let list = json!({ "type": "array", "items": number });
        let schema = json!({ "type": "object", "properties": { "part": number, "spare": list } });
        let references = json!({ "part": { "references": "Part" }, "spare": { "references": "app.Part" } });
        admin.registers(json!({ "name": "Machine", "schema": schema, "fields": references })).done();
        admin.creates_all("Part", &json!([{ "no": 1 }, { "no": 2 }])).done();
        admin.creates("Machine", json!({ "part": 1.0, "spare": [2, 1] })).done();
        let refused = admin.creates("Machine", json!({ "part": 3, "spare": [2, 4] })).refused();
        assert_eq!(issues(&refused), [("reference.unknown", "/part"), ("reference.unknown", "/spare/1")]);
    });
}
