//! What a reference may be, and how it is told.

use super::{customer, order, shop};
use crate::world::{Outcome, on_both, told};
use serde_json::json;

#[test]
fn m5_a_reference_is_told_by_the_name_of_its_model() {
    on_both(|world| {
        let admin = world.admin();
        shop(&admin);
        let model = admin.model("shop.Order").unwrap().0;
        assert_eq!(
            (&model["fields"]["customer"]["references"], &model["fields"]["customer"]["on_delete"]),
            (&json!("shop.Customer"), &json!("keep"))
        );
        assert_eq!(model["fields"]["ship.to"]["references"], "shop.Customer");
        assert_eq!(model["fields"]["no"].get("references"), None);
        // The same again is the same; a member of a field changes in place and leaves the others.
        assert!(!admin.register(order(json!({}))).wait().unwrap().created);
        let patch = json!({ "fields": { "customer": { "widget": "text_input" } } });
        let model = admin.changes_model("shop.Order", patch).done();
        assert_eq!(
            (&model["fields"]["customer"]["references"], &model["fields"]["customer"]["widget"]),
            (&json!("shop.Customer"), &json!("text_input"))
        );
        let model = admin.changes_model("shop.Order", json!({ "fields": { "customer": { "references": null } } })).done();
        assert_eq!(model["fields"]["customer"].get("references"), None);
        admin.creates("shop.Order", json!({ "customer": "nobody" })).done();
        // A reference to the model itself.
        assert_eq!(admin.model("shop.Customer").unwrap().0["fields"]["boss"]["references"], "shop.Customer");
    });
}

#[test]
fn m5_a_reference_that_cannot_be_is_refused() {
    on_both(|world| {
        let admin = world.admin();
        admin.registers(customer(json!({}))).done();
        let fields = json!({
            "no": { "references": "shop.Customer" }, "customer": { "references": "shop.Costumer" }, "lines": { "on_delete": "restrict" },
            "ship.to": { "references": "shop.Customer", "on_delete": "cascade" },
        });
        told!(admin.registers(order(json!({ "fields": fields }))).refused(), @r#"
        {
          "status": 422,
          "detail": "2 problems; the first: `on_delete` is of a reference: `references` names the model",
          "code": "definition.invalid",
          "errors": [
            {
              "in": "body",
              "pointer": "/fields/lines/on_delete",
              "code": "definition.invalid",
              "message": "`on_delete` is of a reference: `references` names the model"
            },
            {
              "in": "body",
              "pointer": "/fields/ship.to/on_delete",
              "code": "definition.invalid",
              "value": "cascade",
              "message": "`on_delete` is `keep` or `restrict`"
            }
          ]
        }
        "#);
        let fields = json!({ "no": { "references": "shop.Customer" }, "customer": { "references": "shop.Costumer" } });
        told!(admin.registers(order(json!({ "fields": fields }))).refused(), @r#"
        {
          "status": 422,
          "detail": "there is no model `shop.Costumer`",
          "code": "definition.invalid",
          "errors": [
            {
              "in": "body",
              "pointer": "/fields/customer/references",
              "code": "definition.invalid",
              "message": "there is no model `shop.Costumer`",
              "suggestions": ["shop.Customer"]
            }
          ]
        }
        "#);
        let fields =
            json!({ "no": { "references": "shop.Customer" }, "lines": { "references": "shop.Customer", "on_delete": "restrict" } });
        told!(admin.registers(order(json!({ "fields": fields }))).refused(), @r#"
        {
          "status": 422,
          "detail": "2 problems; the first: `no` holds integer; records of `shop.Customer` are named by `_id`: uuid, or by `no`: text",
          "code": "definition.invalid",
          "errors": [
            {
              "in": "body",
              "pointer": "/fields/no/references",
              "code": "definition.invalid",
              "message": "`no` holds integer; records of `shop.Customer` are named by `_id`: uuid, or by `no`: text"
            },
            {
              "in": "body",
              "pointer": "/fields/lines/on_delete",
              "code": "behaviour.unavailable",
              "message": "`restrict` for a list of references is not built yet",
              "suggestions": ["keep"]
            }
          ]
        }
        "#);
    });
}

#[test]
fn m5_a_model_that_others_refer_to_stays_and_a_type_that_names_nothing_is_refused() {
    on_both(|world| {
        let admin = world.admin();
        shop(&admin);
        told!(admin.delete_model("shop.Customer", true).refused(), @r#"
        {
          "status": 409,
          "detail": "the model `shop.Order` refers to it",
          "code": "reference.held",
          "errors": [],
          "suggestions": ["take the reference back first: PATCH /api/registry/models/shop.Order"]
        }
        "#);
        let schema = json!({ "type": "object", "properties": { "no": { "type": "integer" }, "customer": { "type": "boolean" } } });
        let refused = admin.puts("shop.Order", json!({ "schema": schema, "unique": [] })).refused();
        assert_eq!(refused["errors"][0]["pointer"], "/fields/customer/references");
        // A field that goes takes its reference with it.
        let schema = json!({ "type": "object", "properties": { "no": { "type": "integer" } } });
        admin.puts("shop.Order", json!({ "schema": schema })).done();
        admin.delete_model("shop.Customer", true).done();
    });
}

#[test]
fn m5_references_outlive_the_process_and_are_advised_on() {
    on_both(|world| {
        let [ann, _] = shop(&world.admin());
        let world = world.reopened();
        let admin = world.admin();
        assert_eq!(admin.model("shop.Order").unwrap().0["fields"]["customer"]["references"], "shop.Customer");
        admin.creates("shop.Order", json!({ "customer": ann })).done();
        admin.creates("shop.Order", json!({ "customer": "nobody" })).refused();
        admin.delete_model("shop.Customer", true).refused();
        let advice = admin.advice("shop.Order").unwrap();
        let item = advice["items"].as_array().unwrap().iter().find(|item| item["kind"] == "index.reference").unwrap();
        told!(item, @r#"
        {
          "kind": "index.reference",
          "field": "customer",
          "message": "an index of customer would find the records that refer to one",
          "reasons": ["it is a reference: records are looked for by what they refer to, and there is no index for it"],
          "patch": {"indexes":[["customer"]]}
        }
        "#);
        admin.changes_model("shop.Order", item["patch"].clone()).done();
        let advice = admin.advice("shop.Order").unwrap();
        let left: Vec<_> = advice["items"].as_array().unwrap().iter().filter(|item| item["field"] == "customer").collect();
        assert!(left.is_empty(), "{left:?}");
    });
}
