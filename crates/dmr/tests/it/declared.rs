//! Models that code and folders declare (M1, M2).

use crate::world::{Outcome, Person, on_both, told};
use dmr::{Code, Registry, StructOptions, Value};
use schemars::JsonSchema;
use serde_json::json;
use std::path::Path;

/// What is sold.
#[derive(JsonSchema)]
#[allow(dead_code, reason = "only its schema is used")]
struct Pen {
    #[schemars(length(min = 1, max = 20))]
    colour: String,
    price: f64,
}

/// The same, later.
mod later {
    use schemars::JsonSchema;

    #[derive(JsonSchema)]
    #[allow(dead_code, reason = "only its schema is used")]
    pub struct Pen {
        #[schemars(length(min = 1, max = 20))]
        pub ink: String,
        pub price: f64,
        pub width: Option<f64>,
    }
}

fn declares<T: JsonSchema>(person: &Person, options: StructOptions) -> (bool, Value) {
    let registered = person.register_struct::<T>(options).done();
    (registered.created, registered.model)
}

#[test]
fn m1_a_struct_is_registered_by_derive_in_the_namespace_of_its_module() {
    on_both(|world| {
        let admin = world.admin();
        let (made, model) = declares::<Pen>(&admin, StructOptions::new());
        assert!(made);
        told!(model, @r#"
        {
          "name": "it.declared.Pen",
          "namespace": "it.declared",
          "path": "ns.models.it.declared.Pen",
          "version": "1.0.0",
          "source": "static",
          "mode": "hybrid",
          "storage": "flexible",
          "key": [],
          "schema": {
            "$schema": "https://json-schema.org/draft/2020-12/schema",
            "title": "Pen",
            "description": "What is sold.",
            "type": "object",
            "properties": {"colour":{"type":"string","minLength":1,"maxLength":20,"x-dmr-id":1},"price":{"type":"number","format":"double","x-dmr-id":2}},
            "required": ["colour","price"]
          },
          "fields": {
            "colour": {"id":1,"type":"text","required":true,"nullable":false,"behaviours":[]},
            "price": {"id":2,"type":"number","required":true,"nullable":false,"behaviours":[]}
          },
          "indexes": [],
          "unique": [],
          "tags": [],
          "description": null,
          "records": 0,
          "created_at": "2026-01-01T00:00:00.000000Z",
          "updated_at": "2026-01-01T00:00:00.000000Z"
        }
        "#);
        let (made, _) = declares::<Pen>(&admin, StructOptions::new());
        assert!(!made, "the same again changes nothing");
        assert_eq!(admin.creates("it.declared.Pen", json!({ "colour": "", "price": 1 })).refused()["code"], "record.invalid");
    });
}

#[test]
fn m7_a_struct_that_changed_is_the_next_version() {
    on_both(|world| {
        let admin = world.admin();
        let here = || StructOptions::new().namespace("shop");
        declares::<Pen>(&admin, here());
        let pen = crate::world::id(&admin.creates("shop.Pen", json!({ "colour": "red", "price": 2.5 })).done());
        let (made, model) = declares::<later::Pen>(&admin, here().renamed("colour", "ink"));
        assert_eq!((made, &model["version"]), (true, &json!("2.0.0")));
        assert_eq!(admin.gets("shop.Pen", &pen).done()["ink"], "red");
        let (made, _) = declares::<later::Pen>(&admin, here().renamed("colour", "ink"));
        assert!(!made, "a rename that was carried out is no fault at the next start");
        told!(admin.diff("shop.Pen", None, None).done(), @r#"
        {
          "from": "1.0.0",
          "to": "2.0.0",
          "breaking": true,
          "changes": [
            {
              "kind": "field_renamed",
              "field": "ink",
              "breaking": true,
              "reason": "it was called 'colour'; its values stay, clients that use the old name fail"
            },
            {"kind":"field_added","field":"width","breaking":false,"reason":"an optional field"},
            {"kind":"description_changed","field":"","breaking":false,"reason":"title or description of the model"}
          ],
          "records": 1,
          "likely_renames": {}
        }
        "#);
    });
}

#[test]
fn m1_without_the_right_nothing_is_declared() {
    on_both(|world| {
        let ana = world.person("ana", &["user"]);
        assert_eq!(ana.register_struct::<Pen>(StructOptions::new()).refused()["code"], "right.missing");
    });
}

fn starts(folder: &Path, data: &Path) -> Registry {
    Registry::builder().data(data).models_path(folder).open().unwrap()
}

fn names(of: &[(std::path::PathBuf, String)]) -> Vec<&str> {
    of.iter().map(|(_, name)| name.as_str()).collect()
}

#[test]
fn m1_a_folder_of_models_is_registered_at_start() {
    let (folder, data) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let write = |name: &str, text: &str| std::fs::write(folder.path().join(name), text).unwrap();
    write("Pen.json", r#"{"type": "object", "properties": {"ink": {"type": "string"}}, "required": ["ink"]}"#);
    write(
        "paper.json",
        r#"{"name": "Paper", "namespace": "shop", "schema": {"type": "object", "properties": {"size": {"type": "string"}}}, "tags": ["office"]}"#,
    );
    write("Titled.json", r#"{"title": "Stapler", "type": "object", "properties": {"force": {"type": "integer"}}}"#);
    write("_draft.json", "{");
    write("notes.txt", "not a model");
    write("broken.json", r#"{"name": "Broken", "schema": {"type": "objct"}}"#);
    write("syntax.json", "{\"name\": ");

    let registry = starts(folder.path(), data.path());
    let summary = registry.start_summary();
    assert_eq!(names(&summary.registered), ["Pen", "Stapler", "shop.Paper"]);
    assert_eq!(names(&summary.unchanged), Vec::<&str>::new());
    let failed: Vec<(&str, Code)> =
        summary.failed.iter().map(|(file, problem)| (file.file_name().unwrap().to_str().unwrap(), problem.code)).collect();
    assert_eq!(failed, [("broken.json", Code::SchemaInvalid), ("syntax.json", Code::JsonSyntax)]);
    let trail = Person(registry.session(registry.local().unwrap()))
        .audits(dmr::AuditFilter { operation: Some("model.register".into()), ..Default::default() });
    let by: Vec<Value> = trail.done()["items"].as_array().unwrap().iter().map(|item| item["by"].clone()).collect();
    assert_eq!(by, vec![json!("00000000-0000-0000-0000-000000000000"); 3], "the system itself, and logged");
    registry.close();
    drop(registry);

    write("Pen.json", r#"{"type": "object", "properties": {"ink": {"type": "string"}, "width": {"type": "number"}}, "required": ["ink"]}"#);
    std::fs::remove_file(folder.path().join("broken.json")).unwrap();
    std::fs::remove_file(folder.path().join("syntax.json")).unwrap();
    let registry = starts(folder.path(), data.path());
    let summary = registry.start_summary();
    assert_eq!((names(&summary.registered), names(&summary.unchanged)), (vec!["Pen"], vec!["Stapler", "shop.Paper"]));
    assert!(summary.failed.is_empty());
}

#[test]
fn m1_a_folder_that_is_not_there_is_told() {
    let registry = Registry::builder().models_path("no/such/folder").open().unwrap();
    assert_eq!(registry.start_summary().failed[0].1.code, Code::FileUnreadable);
    assert!(Registry::memory().unwrap().start_summary().failed.is_empty());
}
