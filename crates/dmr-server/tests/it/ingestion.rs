//! Files and records from elsewhere, over HTTP (D1).

use crate::world::{Answer, Person, World};
use dmr_api::client::{Form, Request};
use insta::assert_snapshot;
use serde_json::json;
use std::io::Write;

const PEOPLE: &str = "name,age,zip\nAna,31,01234\nBo,,04321\nCy,forty,00001\n";

fn file(name: &str, text: &str) -> (tempfile::TempDir, std::path::PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(name);
    std::fs::File::create(&path).unwrap().write_all(text.as_bytes()).unwrap();
    (folder, path)
}

fn upload(world: &World, person: &Person, form: Form, name: &str, text: &str) -> Answer {
    let (_folder, path) = file(name, text);
    person.send(world.wait(Request::post("/api/upload-dynamic").form(form, &path, None)).unwrap())
}

#[test]
fn d1_a_file_becomes_a_model_with_records_in_it() {
    let world = World::new();
    let admin = world.admin();
    let taken = upload(&world, &admin, Form::new().field("storage_method", "flexible"), "people.csv", PEOPLE).must(201);
    let told = taken.json();
    assert_eq!((told["model"].clone(), told["records"].clone()), (json!("dynamic.People"), json!(3)));
    assert_eq!(told["storage"]["method"], "flexible");
    let list = admin.get("/api/records/dynamic.People?zip=01234").must(200).json();
    assert_eq!(list["items"][0]["name"], "Ana");
    let ingest = admin.get(taken.header("location")).must(200).json();
    assert_eq!((ingest["state"].clone(), ingest["records"].clone()), (json!("done"), json!(3)));
    assert_eq!(admin.get(&format!("{}/quarantine", taken.header("location"))).must(200).json(), json!({ "items": [], "next": null }));
}

#[test]
fn d1_rows_that_do_not_fit_a_given_model_are_set_aside() {
    let world = World::new();
    let admin = world.admin();
    let schema = json!({ "type": "object", "properties": { "name": { "type": "string" }, "age": { "type": ["integer", "null"] }, "zip": { "type": "string" } } });
    admin.post("/api/registry/models", &json!({ "name": "Person", "schema": schema })).must(201);
    let taken = upload(&world, &admin, Form::new().field("model", "Person"), "people.csv", PEOPLE).must(201);
    assert_eq!((taken.json()["records"].clone(), taken.json()["quarantined"].clone()), (json!(2), json!(1)));
    let aside = admin.get(&format!("{}/quarantine", taken.header("location"))).must(200).json();
    assert_eq!((aside["items"][0]["place"]["line"].clone(), aside["items"][0]["raw"].clone()), (json!(4), json!("Cy,forty,00001")));
}

#[test]
fn d7_an_unchanged_file_is_not_taken_twice_where_that_is_asked() {
    let world = World::new();
    let admin = world.admin();
    let once = || Form::new().field("if_changed", "true");
    upload(&world, &admin, once(), "people.csv", PEOPLE).must(201);
    let again = upload(&world, &admin, once(), "people.csv", PEOPLE).must(200);
    assert_eq!(again.json()["unchanged"], true);
    assert_eq!(admin.get("/api/records/dynamic.People?count=exact").json()["count"], 3);
}

#[test]
fn d1_records_are_posted() {
    let world = World::new();
    let admin = world.admin();
    let body = json!({ "data_records": [{ "a": 1 }, { "a": 2, "b": "x" }], "source_name": "readings" });
    assert_eq!(admin.post("/api/dynamic-schema/process", &body).must(201).json()["model"], "dynamic.Readings");
    assert_snapshot!(admin.post("/api/dynamic-schema/process", &json!({ "data_records": [], "source_name": 7 })).refusal(), @"400 body.shape [body /source_name body.shape]");
    let later = Request::post("/api/dynamic-schema/process").json(&body).header("prefer", "respond-async");
    let begun = admin.send(later).must(202);
    assert_eq!(begun.header("preference-applied"), "respond-async");
    while admin.get(begun.header("location")).must(200).json()["state"] == "running" {}
    assert_eq!(admin.get(begun.header("location")).json()["state"], "done");
}

#[test]
fn a_form_that_is_wrong_says_where() {
    let world = World::new();
    let admin = world.admin();
    assert_snapshot!(upload(&world, &admin, Form::new().field("storage_metod", "flexible"), "a.csv", PEOPLE).show(), @r#"
    400 Bad Request
    content-type: application/problem+json

    {
      "type": "https://dmr.dev/problems/body.shape",
      "title": "The body is not of the shape this route takes",
      "status": 400,
      "detail": "the form has no field `storage_metod`",
      "code": "body.shape",
      "errors": [
        {
          "in": "body",
          "pointer": "/storage_metod",
          "code": "body.shape",
          "message": "the form has no field `storage_metod`",
          "suggestions": [
            "storage_method"
          ]
        }
      ]
    }
    "#);
    assert_snapshot!(upload(&world, &admin, Form::new().field("storage_method", "best"), "a.csv", PEOPLE).refusal(), @"400 body.shape [body /storage_method body.shape]");
    assert_snapshot!(upload(&world, &admin, Form::new(), "a.csv", "").refusal(), @"422 ingest.empty");
    let send = |media: &str, body: &str| admin.send(Request::post("/api/upload-dynamic").bytes(media, body.to_owned())).refusal();
    assert_snapshot!(send("multipart/form-data", "x"), @"400 body.shape [body /content-type body.shape]");
    assert_snapshot!(send("multipart/form-data; boundary=x", "--x\r\nContent-Disposition: form-data; name=\"file\"\r\n\r\nabc"), @"400 body.shape");
    assert_snapshot!(send("multipart/form-data; boundary=x", "--x--\r\n"), @"400 body.shape [body /file body.shape]");
    assert_snapshot!(send("text/csv", "a,b"), @"415 body.type [header content-type body.type]");
}

#[test]
fn fields_of_a_form_come_in_any_order() {
    let world = World::new();
    let body = format!(
        "--x\r\nContent-Disposition: form-data; name=\"file\"; filename=\"people.csv\"\r\n\r\n{PEOPLE}\r\n\
         --x\r\nContent-Disposition: form-data; name=\"model\"\r\n\r\ncrm.Person\r\n--x--\r\n"
    );
    let sent = Request::post("/api/upload-dynamic").bytes("multipart/form-data; boundary=x", body);
    assert_eq!(world.admin().send(sent).must(201).json()["model"], "crm.Person");
}

#[test]
fn f_a_file_without_a_credential_is_not_received() {
    let world = World::new();
    assert_snapshot!(upload(&world, &world.nobody(), Form::new(), "people.csv", PEOPLE).refusal(), @"401 credential.missing");
    let ana = world.person("ana", &["user"]);
    assert_snapshot!(upload(&world, &ana, Form::new(), "people.csv", PEOPLE).refusal(), @"403 right.missing");
}

#[test]
fn nothing_of_an_upload_stays_behind() {
    let world = World::new();
    upload(&world, &world.admin(), Form::new(), "people.csv", PEOPLE).must(201);
    let left: Vec<_> = std::fs::read_dir(world.registry.directory().unwrap()).unwrap().map(|file| file.unwrap().file_name()).collect();
    assert!(!left.iter().any(|name| name.to_string_lossy().starts_with("upload-")), "{left:?}");
}
