//! What one may not see or set is in no file and is set by none (P2, P3, P6).

use super::parts;
use crate::world::{Outcome, World, on_both};
use dmr::FileFormat::{Csv, Json, Ndjson};
use serde_json::json;

fn world_of(world: &World) {
    let admin = world.admin();
    let all = json!(["create", "read", "update", "delete", "list"]);
    admin.set_role("clerk", json!({ "rights": [] })).done();
    for role in ["lister", "reader", "maker", "changer", "owner"] {
        admin.set_role(role, json!({ "rights": [] })).done();
    }
    admin
        .registers(parts(json!({
            "key": null,
            "fields": { "label": { "behaviours": ["WRITE_ONLY"] } },
            "permissions": {
                "models": {
                    "admin": all, "clerk": all, "owner": all, "lister": ["list"], "reader": ["read"], "maker": ["create"], "changer": ["update"],
                },
                "rows": { "owner": { "read": "owner", "write": "owner" } },
                "columns": { "price": { "read": ["admin"], "write": ["admin"] } },
            },
        })))
        .done();
    admin.creates("Part", json!({ "no": "a", "label": "secret", "price": "9.99", "stock": 1 })).done();
}

#[test]
fn p6_hidden_and_write_only_fields_are_in_no_file() {
    on_both(|world| {
        world_of(&world);
        let clerk = world.person("clerk", &["clerk"]);
        assert_eq!(clerk.exports_text("Part", Ndjson, ""), "{\"no\":\"a\",\"stock\":1}\n");
        assert_eq!(clerk.exports_text("Part", Csv, ""), "no,stock,tags,size\na,1,,\n");
        assert_eq!(clerk.exports("Part", Json, "price__gt=1").refused(), {
            let mut unknown = clerk.exports("Part", Json, "prica__gt=1").refused();
            unknown = serde_json::from_str(&unknown.to_string().replace("prica", "price")).unwrap();
            unknown
        });
        assert_eq!(world.admin().exports_text("Part", Ndjson, ""), "{\"no\":\"a\",\"price\":\"9.99\",\"stock\":1}\n");
    });
}

#[test]
fn p6_a_hidden_field_comes_in_like_one_that_is_not_there() {
    on_both(|world| {
        world_of(&world);
        let clerk = world.person("clerk", &["clerk"]);
        for (name, rows) in [("p.csv", "no,NAME\nb,1\n"), ("p.ndjson", "{\"no\":\"b\",\"NAME\":\"1\"}\n")] {
            let [hidden, unknown] = ["price", "prica"].map(|field| {
                let told = clerk.imports("Part", name, rows.replace("NAME", field)).refused();
                told.to_string().replace(field, "?")
            });
            assert_eq!(hidden, unknown);
        }
    });
}

#[test]
fn p2_foreign_records_are_in_no_file_and_untouched() {
    on_both(|world| {
        world_of(&world);
        let owner = world.person("owner", &["owner"]);
        owner.creates("Part", json!({ "no": "mine" })).done();
        assert_eq!(owner.exports_text("Part", Ndjson, ""), "{\"no\":\"mine\"}\n");
    });
}

#[test]
fn p1_an_export_takes_list_and_read_and_an_import_create_or_update() {
    on_both(|world| {
        world_of(&world);
        for role in ["lister", "reader", "maker", "changer"] {
            let person = world.person(role, &[role]);
            assert_eq!(person.exports("Part", Json, "").refused()["code"], "right.missing", "{role}");
            let imported = person.imports("Part", "p.csv", "no\nz\n").map(|answer| answer["created"].clone());
            match role {
                "maker" => assert_eq!(imported.done(), 1),
                _ => assert_eq!(imported.refused()["code"], "right.missing", "{role}"),
            }
        }
        let anybody = world.anybody();
        assert_eq!(anybody.exports("Part", Json, "").refused()["code"], "credential.missing");
        assert_eq!(anybody.imports("Part", "p.csv", "no\nz\n").refused()["code"], "credential.missing");
    });
}

#[test]
fn p6_deleted_records_go_out_for_those_alone_who_may_see_them() {
    on_both(|world| {
        world_of(&world);
        let admin = world.admin();
        let gone = admin.creates("Part", json!({ "no": "gone" })).done();
        admin.deletes("Part", gone["_id"].as_str().unwrap()).done();
        assert_eq!(admin.exports_text("Part", Csv, "fields=no&deleted=only"), "no\ngone\n");
        let clerk = world.person("clerk", &["clerk"]);
        assert_eq!(clerk.exports("Part", Csv, "deleted=only").refused()["code"], "right.missing");
    });
}
