//! Records for a model that exists: what fits goes in, what does not is set aside with its reason (D5, M5, R4).

use super::{file, lines};
use crate::world::{Outcome, on_both, told};
use serde_json::json;

fn shop(admin: &crate::world::Person) {
    admin
        .registers(json!({
            "name": "shop.Part", "unique": [["sku"]],
            "schema": {
                "type": "object", "required": ["sku"], "additionalProperties": false,
                "properties": {
                    "sku": { "type": "string", "pattern": "^[A-Z][0-9]+$" }, "price": { "type": "string", "format": "decimal" },
                    "stock": { "type": "integer", "minimum": 0, "x-dmr-alias": "In stock" },
                },
            },
        }))
        .done();
}

#[test]
fn d5_rows_that_do_not_fit_are_set_aside_with_all_that_is_wrong() {
    on_both(|world| {
        let admin = world.admin();
        shop(&admin);
        let rows = "sku,price,In stock\nA1,1.50,3\nb2,x,1\nc3,2,-4\n,5,5\nA4,,\nA1,9,9\nA4,1,1\n";
        let answer = admin.takes_into("shop.Part", &file("parts.csv", rows).path).done();
        told!(answer, @r#"
        {
          "ingest": "<id 1>",
          "model": "shop.Part",
          "version": "1.0.0",
          "created": false,
          "records": 2,
          "quarantined": 5,
          "storage": {"method":"flexible","reasons":["the model exists and is stored so"]},
          "fields": [],
          "notices": []
        }
        "#);
        insta::assert_snapshot!(lines(&admin.set_aside(&answer["ingest"])), @r#"
        line 3 byte 29 value.type: column 'price': not a decimal (Digits with a point: -1234.50) | Some("b2,x,1")
        line 4 byte 36 value.rule: /sku: must match the pattern ^[A-Z][0-9]+$; /stock: must be at least 0 | Some("c3,2,-4")
        line 5 byte 44 field.required: /sku: is required | Some(",5,5")
        line 7 byte 54 unique.taken: /sku: another record has this `sku` | Some("A1,9,9")
        line 8 byte 61 unique.taken: /sku: another record has this `sku` | Some("A4,1,1")
        "#);
        assert_eq!(admin.column("shop.Part", "sort=sku", "sku"), [json!("A1"), json!("A4")]);
        assert_eq!(admin.column("shop.Part", "sort=sku", "stock"), [json!(3), json!(null)]);
    });
}

#[test]
fn m5_a_unique_key_that_is_taken_sets_the_row_aside() {
    on_both(|world| {
        let admin = world.admin();
        shop(&admin);
        admin.creates("shop.Part", json!({ "sku": "A1" })).done();
        let answer = admin
            .takes_into("shop.Part", &file("x.jsonl", "{\"sku\": \"A1\"}\n{\"sku\": \"A2\"}\n{\"sku\": \"A2\", \"no\": 1}\n").path)
            .done();
        insta::assert_snapshot!(lines(&admin.set_aside(&answer["ingest"])), @r#"
        line 1 byte 0 unique.taken: /sku: another record has this `sku` | Some("{\"sku\": \"A1\"}")
        line 3 byte 28 field.undeclared: /no: the model has no field `no` | Some("{\"sku\": \"A2\", \"no\": 1}")
        "#);
        assert_eq!((answer["records"].clone(), answer["quarantined"].clone()), (json!(1), json!(2)));
    });
}

#[test]
fn d5_a_second_file_of_the_same_name_goes_into_the_same_model_with_its_new_columns() {
    on_both(|world| {
        let admin = world.admin();
        assert_eq!(admin.takes_in(&file("day.csv", "n,x\n1,a\n2,b\n").path).done()["created"], true);
        let answer = admin.takes_in(&file("day.csv", "n,x,more\n3,c,new\nfour,d,\n").path).done();
        assert_eq!(
            (answer["created"].clone(), answer["records"].clone(), answer["quarantined"].clone()),
            (json!(false), json!(1), json!(1))
        );
        told!(answer["storage"], @r#"{"method":"flexible","reasons":["the model exists and is stored so"]}"#);
        assert_eq!(admin.column("dynamic.Day", "", "n"), [json!(1), json!(2), json!(3)]);
        assert_eq!(admin.column("dynamic.Day", "n=3", "more"), [json!("new")]);
        insta::assert_snapshot!(lines(&admin.set_aside(&answer["ingest"])), @r#"line 3 byte 17 value.type: column 'n': not an integer (Digits only, with a minus sign in front where it is negative: -12) | Some("four,d,")"#);
    });
}

#[test]
fn d1_a_model_that_is_named_and_not_there_is_registered_under_that_name() {
    on_both(|world| {
        let admin = world.admin();
        let answer = admin.takes_into("shop.Day", &file("day.csv", "n\n1\n").path).done();
        assert_eq!((answer["model"].clone(), answer["created"].clone()), (json!("shop.Day"), json!(true)));
        told!(admin.takes_into("shop.9", &file("day.csv", "n\n1\n").path).refused(), @r#"
        {
          "status": 422,
          "detail": "a model name begins with an ASCII letter",
          "code": "name.invalid",
          "errors": [{"in":"body","pointer":"/model","code":"name.invalid","message":"a model name begins with an ASCII letter"}]
        }
        "#);
    });
}

#[test]
fn d5_bytes_that_are_no_text_come_back_as_they_were() {
    on_both(|world| {
        let admin = world.admin();
        let answer = admin.takes_in(&file("x.csv", b"a,b\n1,2\n\xff\xfe,3\n").path).done();
        let aside = admin.set_aside(&answer["ingest"]);
        assert_eq!((aside[0]["raw_base64"].clone(), aside[0].get("raw").cloned()), (json!("//4sMwo="), None));
    });
}
