//! What is named stays where its references say so.

use super::{customer, issues, order, shop};
use crate::world::{Outcome, id, on_both, told, with_settings};
use dmr::{Settings, Write};
use serde_json::{Value, json};

const RESTRICTS: [(&str, &str); 1] = [("references", "shop.Customer")];

fn restricting() -> Value {
    let [(name, model)] = RESTRICTS;
    json!({ "customer": { name: model, "on_delete": "restrict" }, "ship.to": { name: model, "on_delete": "restrict" } })
}

#[test]
fn m5_a_record_that_others_name_stays_while_they_do() {
    on_both(|world| {
        let admin = world.admin();
        let [ann, bob] = shop(&admin);
        let model = admin.changes_model("shop.Order", json!({ "fields": restricting() })).done();
        assert_eq!(model["fields"]["customer"]["on_delete"], "restrict");
        let by_key = admin.creates("shop.Order", json!({ "customer": "ann" })).done();
        let by_id = admin.creates("shop.Order", json!({ "customer": ann })).done();
        let nested = admin.creates("shop.Order", json!({ "ship": { "to": bob.to_uppercase() } })).done();
        told!(admin.deletes("shop.Customer", "ann").refused(), @r#"
        {
          "status": 409,
          "detail": "records of `shop.Order` refer to it by `customer`",
          "code": "reference.held",
          "errors": [
            {
              "in": "body",
              "pointer": "",
              "code": "reference.held",
              "rule": "on_delete",
              "message": "records of `shop.Order` refer to it by `customer`",
              "suggestions": ["change or delete those first"]
            }
          ]
        }
        "#);
        let refused = admin.purges("shop.Customer", &bob).refused();
        assert_eq!(issues(&refused), [("reference.held", "")]);
        // A key by which it is named stays too; everything else changes.
        let refused = admin.updates("shop.Customer", "ann", json!({ "no": "anna" })).refused();
        assert_eq!(issues(&refused), [("reference.held", "/no")]);
        admin.updates("shop.Customer", "ann", json!({ "name": "Anna" })).done();
        // One after the other lets go: changed, deleted, gone for good.
        admin.updates("shop.Order", &id(&by_key), json!({ "customer": null })).done();
        admin.updates("shop.Customer", "ann", json!({ "no": "anna" })).done();
        admin.deletes("shop.Customer", &ann).refused();
        admin.deletes("shop.Order", &id(&by_id)).done();
        admin.deletes("shop.Customer", &ann).done();
        admin.purges("shop.Order", &id(&nested)).done();
        admin.deletes("shop.Customer", &bob).done();
        // What is restored must find what it restricts.
        let refused = admin.restores("shop.Order", &id(&by_id)).refused();
        assert_eq!(issues(&refused), [("reference.unknown", "/customer")]);
        admin.restores("shop.Customer", &ann).done();
        admin.restores("shop.Order", &id(&by_id)).done();
    });
}

#[test]
fn m5_restricting_brings_an_index_and_taking_it_back_takes_that() {
    on_both(|world| {
        let admin = world.admin();
        shop(&admin);
        admin.creates("shop.Order", json!({ "customer": "ann" })).done();
        // Records that are there are held as well.
        admin.changes_model("shop.Order", json!({ "fields": restricting() })).done();
        admin.deletes("shop.Customer", "ann").refused();
        admin.deletes("shop.Customer", "bob").done();
        let plan = admin.advice("shop.Order").unwrap();
        assert!(!plan["items"].as_array().unwrap().iter().any(|item| item["kind"] == "index.reference" && item["field"] == "customer"));
        let keep = json!({ "fields": { "customer": { "on_delete": "keep" } } });
        let model = admin.changes_model("shop.Order", keep).done();
        assert_eq!(
            (&model["fields"]["customer"]["references"], &model["fields"]["customer"]["on_delete"]),
            (&json!("shop.Customer"), &json!("keep"))
        );
        admin.deletes("shop.Customer", "ann").done();
    });
}

#[test]
fn m5_within_one_request_what_lets_go_first_lets_go() {
    on_both(|world| {
        let admin = world.admin();
        admin.registers(customer(json!({ "fields": { "boss": { "references": "shop.Customer", "on_delete": "restrict" } } }))).done();
        let rows = json!([{ "no": "a" }, { "no": "b", "boss": "a" }, { "no": "c", "boss": "c" }, { "no": "d" }]);
        admin.creates_all("shop.Customer", &rows).done();
        let batch = |operations: Value| admin.batch("shop.Customer", &operations, Write::default());
        let refused = batch(json!([{ "op": "delete", "id": "a" }, { "op": "delete", "id": "b" }])).refused();
        assert_eq!(issues(&refused), [("reference.held", "/operations/0")]);
        let refused = batch(json!([{ "op": "update", "id": "b", "record": { "boss": "d" } }, { "op": "delete", "id": "d" }])).refused();
        assert_eq!(issues(&refused), [("reference.held", "/operations/1")]);
        // Who names itself holds nobody.
        batch(json!([{ "op": "delete", "id": "b" }, { "op": "delete", "id": "a" }, { "op": "delete", "id": "c" }])).done();
        assert_eq!(admin.column("shop.Customer", "sort=no", "no"), [json!("d")]);
    });
}

#[test]
fn m5_an_import_that_would_take_a_key_away_is_told_by_row() {
    let mut settings = Settings::default();
    settings.records.max_bulk = 2;
    with_settings(&settings, |world| {
        let admin = world.admin();
        shop(&admin);
        admin.changes_model("shop.Order", json!({ "fields": restricting() })).done();
        admin.creates("shop.Order", json!({ "customer": "ann" })).done();
        let rows = "{\"no\":1,\"customer\":\"ann\"}\n{\"no\":2,\"customer\":\"zed\"}\n{\"no\":3}\n";
        let answer = admin.imports("shop.Order", "orders.ndjson", rows).done();
        assert_eq!((&answer["created"], &answer["failed"]), (&json!(2), &json!(1)));
        assert_eq!(answer["errors"][0]["errors"][0]["code"], "reference.unknown");
    });
}

#[test]
fn m5_restricting_is_disclosed_to_those_who_do_not_see_all_that_refers() {
    on_both(|world| {
        let admin = world.admin();
        let all = json!(["create", "read", "update", "delete", "list"]);
        let own = json!({ "clerk": { "read": "owner" } });
        admin.registers(customer(json!({ "permissions": { "models": { "admin": all, "clerk": all } } }))).done();
        let permissions = json!({ "models": { "admin": all, "clerk": all }, "rows": own });
        let one = |permissions: &Value| order(json!({ "fields": restricting(), "permissions": permissions }));
        told!(admin.registers(one(&permissions)).refused(), @r#"
        {
          "status": 422,
          "detail": "2 problems; the first: the role `clerk` may delete or rename records of `shop.Customer`: `customer` would tell it which of them records of this model refer to, though it does not see them all",
          "code": "disclosure.undeclared",
          "errors": [
            {
              "in": "body",
              "pointer": "/permissions/discloses",
              "code": "disclosure.undeclared",
              "message": "the role `clerk` may delete or rename records of `shop.Customer`: `customer` would tell it which of them records of this model refer to, though it does not see them all",
              "suggestions": ["add `customer` to `discloses`, or use on_delete: keep"]
            },
            {
              "in": "body",
              "pointer": "/permissions/discloses",
              "code": "disclosure.undeclared",
              "message": "the role `clerk` may delete or rename records of `shop.Customer`: `ship.to` would tell it which of them records of this model refer to, though it does not see them all",
              "suggestions": ["add `ship.to` to `discloses`, or use on_delete: keep"]
            }
          ]
        }
        "#);
        let mut disclosing = permissions.clone();
        disclosing["discloses"] = json!(["customer", "ship.to"]);
        admin.registers(one(&disclosing)).done();
        let clerk = world.person("Clara", &["clerk"]);
        admin.creates_all("shop.Customer", &json!([{ "no": "ann" }, { "no": "bob" }])).done();
        admin.creates("shop.Order", json!({ "customer": "ann" })).done();
        // Told that something refers to it, and not what.
        told!(clerk.deletes("shop.Customer", "ann").refused(), @r#"
        {
          "status": 409,
          "detail": "other records refer to it",
          "code": "reference.held",
          "errors": [
            {
              "in": "body",
              "pointer": "",
              "code": "reference.held",
              "rule": "on_delete",
              "message": "other records refer to it",
              "suggestions": ["change or delete those first"]
            }
          ]
        }
        "#);
        clerk.deletes("shop.Customer", "bob").done();
        // The permissions keep the disclosure while the reference restricts.
        let refused = admin.permits("shop.Order", permissions).refused();
        assert_eq!(refused["errors"][0]["code"], "disclosure.undeclared");
    });
}

#[test]
fn m5_who_is_not_to_be_told_deletes_nothing() {
    on_both(|world| {
        let admin = world.admin();
        let all = json!(["create", "read", "update", "delete", "list"]);
        admin.registers(customer(json!({ "permissions": { "models": { "admin": all } } }))).done();
        admin.registers(order(json!({ "fields": restricting(), "permissions": { "models": { "admin": all } } }))).done();
        // A role that may delete comes later: the reference was not meant to tell it anything.
        admin.permits("shop.Customer", json!({ "models": { "admin": all, "clerk": all } })).done();
        let clerk = world.person("Clara", &["clerk"]);
        admin.creates_all("shop.Customer", &json!([{ "no": "ann" }, { "no": "bob" }])).done();
        admin.creates("shop.Order", json!({ "customer": "ann" })).done();
        let [held, free] = ["ann", "bob"].map(|no| clerk.deletes("shop.Customer", no).refused());
        assert_eq!(held, free);
        told!(held, @r#"
        {
          "status": 403,
          "detail": "you may not see all of what can refer to records of this model, so you may not take one from it",
          "code": "right.missing",
          "errors": [],
          "suggestions": ["the model that refers to it has to disclose its reference: `discloses` of its permissions"]
        }
        "#);
        // Keys by which nothing is named are nobody's secret, others are.
        assert_eq!(clerk.updates("shop.Customer", "bob", json!({ "no": "bo" })).refused(), free);
        clerk.updates("shop.Customer", "bob", json!({ "name": "Bo" })).done();
    });
}

/// M5: what a key names is named by it as long as anything may name it so.
#[test]
fn m5_a_key_by_which_records_are_named_is_not_changed_under_them() {
    on_both(|world| {
        let admin = world.admin();
        let [ann, _] = shop(&admin);
        admin.creates("shop.Order", json!({ "customer": "ann" })).done();
        let rekeyed = || customer(json!({ "key": ["name"] }));
        let refused = admin.puts("shop.Customer", rekeyed()).refused();
        assert_eq!(refused["code"], "reference.held");
        assert_eq!(refused["detail"], "records are named by the key `no` in: shop.Order, shop.Customer");
        assert_eq!(refused["suggestions"], json!(["take the reference back first: PATCH /api/registry/models/shop.Order"]));
        // Another name is no other key.
        admin.updates("shop.Customer", "ann", json!({ "name": "Ann" })).done();
        admin
            .changes_model("shop.Order", json!({ "fields": { "customer": { "references": null }, "lines": { "references": null } } }))
            .done();
        admin.changes_model("shop.Customer", json!({ "fields": { "boss": { "references": null } } })).done();
        let mut own = rekeyed();
        own["fields"] = json!({});
        admin.puts("shop.Customer", own).done();
        assert_eq!(admin.gets("shop.Customer", "Ann").done()["_id"], json!(ann));
    });
}

/// P6: what comes back as it was tells nobody whether what it names is still there, but who sees all of that.
#[test]
fn p6_a_record_that_is_restored_tells_of_nothing_hidden() {
    on_both(|world| {
        let admin = world.admin();
        let [ann, bob] = shop(&admin);
        admin
            .changes_model("shop.Order", json!({ "fields": { "customer": { "references": "shop.Customer", "on_delete": "restrict" } } }))
            .done();
        let all = json!(["create", "read", "update", "delete", "list"]);
        admin.permits("shop.Order", json!({ "models": { "admin": all, "R": all } })).done();
        let r = world.person("r", &["R"]);
        let restored = |customer: &str, gone: bool| {
            let order = admin.creates("shop.Order", json!({ "customer": customer })).done();
            r.deletes("shop.Order", &id(&order)).done();
            if gone {
                admin.deletes("shop.Customer", customer).done();
            }
            r.restores("shop.Order", &id(&order)).done()["customer"].clone()
        };
        assert_eq!(restored(&bob, false), json!(bob));
        assert_eq!(restored(&ann, true), json!(ann));
    });
}
