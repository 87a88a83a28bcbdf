//! What goes out, and how it stands there.

use super::parts;
use crate::world::{Outcome, Person, World, on_both};
use dmr::FileFormat::{Csv, Json, Ndjson};
use serde_json::json;

fn shop(world: &World) -> Person {
    let admin = world.admin();
    admin.registers(parts(json!({ "indexes": [["stock"]] }))).done();
    for part in [
        json!({ "no": "a1", "label": "=1+1", "price": "-12.50", "stock": 3, "tags": ["x", "y,z"], "size": { "w": 1.50, "h": 2 } }),
        json!({ "no": "-b", "label": "say \"hi\",\nthen go", "price": "1234567890123456789012345678901234567890.10", "stock": 0 }),
        json!({ "no": "'c", "label": "", "tags": [], "size": {} }),
        json!({ "no": "d", "label": null, "stock": 9 }),
    ] {
        admin.creates("Part", part).done();
    }
    admin
}

#[test]
fn r7_a_file_holds_what_a_list_shows_without_what_the_system_keeps() {
    on_both(|world| {
        let admin = shop(&world);
        insta::assert_snapshot!(admin.exports_text("Part", Ndjson, ""), @r#"
        {"no":"a1","label":"=1+1","price":"-12.50","stock":3,"tags":["x","y,z"],"size":{"w":1.5,"h":2}}
        {"no":"-b","label":"say \"hi\",\nthen go","price":"1234567890123456789012345678901234567890.10","stock":0}
        {"no":"'c","label":"","tags":[],"size":{}}
        {"no":"d","label":null,"stock":9}
        "#);
        insta::assert_snapshot!(admin.exports_text("Part", Json, "stock__gte=3"), @r#"
        [
        {"no":"a1","label":"=1+1","price":"-12.50","stock":3,"tags":["x","y,z"],"size":{"w":1.5,"h":2}},
        {"no":"d","label":null,"stock":9}
        ]
        "#);
        insta::assert_snapshot!(admin.exports_text("Part", Json, "stock__gte=100"), @r#"[]"#);
        assert_eq!(admin.exports_text("Part", Ndjson, "stock__gte=100"), "");
    });
}

#[test]
fn r7_a_csv_has_a_header_and_no_cell_that_a_spreadsheet_would_run() {
    on_both(|world| {
        let admin = shop(&world);
        insta::assert_snapshot!(admin.exports_text("Part", Csv, ""), @r#"
        no,label,price,stock,tags,size
        a1,'=1+1,-12.50,3,"[""x"",""y,z""]","{""w"":1.5,""h"":2}"
        '-b,"say ""hi"",
        then go",1234567890123456789012345678901234567890.10,0,,
        ''c,',,,[],{}
        d,,,9,,
        "#);
        insta::assert_snapshot!(admin.exports_text("Part", Csv, "fields=label,no&no__in=a1&no__in=d"), @r#"
        no,label
        a1,'=1+1
        d,
        "#);
        insta::assert_snapshot!(admin.exports_text("Part", Csv, "fields=label&stock=9"), @r#"
        label
        ""
        "#);
    });
}

#[test]
fn r7_an_export_has_the_order_and_the_number_that_are_asked_for() {
    on_both(|world| {
        let admin = shop(&world);
        assert_eq!(admin.exports_text("Part", Csv, "fields=no&sort=-stock&stock__isnull=false"), "no\nd\na1\n'-b\n");
        // No index gives this order.
        assert_eq!(admin.exports_text("Part", Csv, "fields=no&sort=label"), "no\nd\n''c\na1\n'-b\n");
        assert_eq!(admin.exports_text("Part", Csv, "fields=no&sort=-no&limit=2"), "no\nd\na1\n");
    });
}

#[test]
fn r7_many_records_go_out_in_pieces_and_all_of_them_once() {
    on_both(|world| {
        let admin = world.admin();
        admin.registers(parts(json!({}))).done();
        let label = "long ".repeat(60);
        for from in [0, 1500, 3000] {
            let many: Vec<_> =
                (from..from + 1500).map(|at| json!({ "no": format!("p{at:05}"), "label": label, "stock": at % 7 })).collect();
            admin.creates_all("Part", &json!(many)).done();
        }
        let exported = admin.export("Part", dmr::Export::all(Ndjson)).wait().unwrap();
        assert_eq!(exported.name, "Part.ndjson");
        let (mut all, mut pieces) = (Vec::new(), 0);
        while let Some(piece) = exported.next().wait().unwrap() {
            assert!(piece.len() < 1024 * 1024, "a piece is bounded");
            pieces += 1;
            all.extend(piece);
        }
        assert!(pieces > 2);
        let text = String::from_utf8(all).unwrap();
        let numbers: Vec<&str> = text.lines().map(|line| &line[7..13]).collect();
        let expected: Vec<String> = (0..4500).map(|at| format!("p{at:05}")).collect();
        assert_eq!(numbers, expected);
        // In an order that no index gives, too.
        let sorted = admin.exports_text("Part", Csv, "fields=stock,no&sort=-stock,no");
        let mut expected: Vec<(i64, String)> = (0..4500).map(|at| (-(at % 7), format!("p{at:05}"))).collect();
        expected.sort();
        let expected: String = expected.iter().map(|(stock, no)| format!("{no},{}\n", -stock)).collect();
        assert_eq!(sorted, format!("no,stock\n{expected}"));
    });
}

#[test]
fn r7_what_a_list_takes_and_an_export_does_not_is_refused_by_name() {
    on_both(|world| {
        let admin = shop(&world);
        for (parameters, code) in [
            ("cursor=x", "parameter.unknown"),
            ("page=2", "parameter.unknown"),
            ("count=exact", "parameter.unknown"),
            ("numbers=string", "parameter.unknown"),
            ("fields=_id", "parameter.value"),
            ("fields=nothing", "field.unknown"),
            ("nothing=1", "field.unknown"),
        ] {
            assert_eq!(admin.exports("Part", Json, parameters).refused()["code"], code, "{parameters}");
        }
    });
}

#[test]
fn r7_an_export_that_would_be_of_two_models_ends_with_a_problem() {
    on_both(|world| {
        let admin = shop(&world);
        let exported = admin.export("Part", dmr::Export::all(Ndjson)).wait().unwrap();
        admin.changes_model("Part", json!({ "tags": ["new"] })).done();
        assert_eq!(exported.next().refused()["code"], "model.moved");
    });
}

#[test]
fn m9_an_export_ends_where_the_export_list_takes_the_model_away() {
    on_both(|world| {
        let admin = shop(&world);
        let ana = world.person("ana", &["user"]);
        let [before, kept] = [(), ()].map(|()| ana.export("Part", dmr::Export::all(Ndjson)).wait().unwrap());
        assert!(before.next().done().is_some());
        admin.change_settings(json!({ "gatekeeper.exports": { "user": ["shop.*"] } })).wait().done();
        assert_eq!(kept.next().refused()["code"], "model.moved");
    });
}
