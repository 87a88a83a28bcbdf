//! Files and records from elsewhere, over HTTP (D1).

use crate::world::{Answer, Person, World};
use dmr_api::client::{Form, Request};
use insta::assert_snapshot;
use serde_json::json;
use std::io::Write;
use std::path::Path;
use std::process::Command;

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

/// The real files, uploaded and listed page by page as lines: cell by cell what Python's csv and json find in them.
#[test]
fn d1_r2_the_real_files_come_out_as_they_went_in() {
    let world = World::new();
    let admin = world.admin();
    let mut verdicts = Vec::new();
    for (name, query, question) in [
        ("mlb_players.csv", "Team=BOS", ["Team", "eq", "BOS"]),
        ("mlb_players.jsonl", "Age__gte=30", ["Age", "gte", "30"]),
        ("boston311-100.jsonl", "closed_dt__isnull=true", ["closed_dt", "isnull", ""]),
        ("github-issues.json", "user.login__contains=a", ["user.login", "contains", "a"]),
    ] {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data/real").join(name);
        let taken = admin.send(world.wait(Request::post("/api/upload-dynamic").form(Form::new(), &path, None)).unwrap()).must(201).json();
        let model = taken["model"].as_str().unwrap();
        let fields = taken["fields"].as_array().unwrap();
        let names: serde_json::Map<_, _> =
            fields.iter().map(|field| (field["source"].as_str().unwrap().to_owned(), field["name"].clone())).collect();
        let (_folder, listed) = file("listed.ndjson", &lines(&admin, model));
        let path = path.to_str().unwrap();
        let verdict = judge(&["same", path, listed.to_str().unwrap(), &json!(names).to_string()]);
        let found = admin.get(&format!("/api/records/{model}?{query}&count=exact&limit=1")).must(200).json()["count"].to_string();
        assert_eq!(found, judge(&["count", path, question[0], question[1], question[2]]), "{query}");
        assert_ne!(found, "0");
        admin.delete(&format!("/api/registry/models/{model}?records=delete")).must(204);
        verdicts.push(format!("{model} {verdict}"));
    }
    assert_snapshot!(verdicts.join("\n"), @"
    dynamic.MlbPlayers 1034 rows, 6204 cells
    dynamic.MlbPlayers 1034 rows, 6204 cells
    dynamic.Boston311_100 100 rows, 2900 cells
    dynamic.GithubIssues 100 rows, 2850 cells
    ");
}

/// Every record of a model in the order in which they came, a line each.
fn lines(admin: &Person, model: &str) -> String {
    let (mut lines, mut at) = (String::new(), format!("/api/records/{model}?sort=_id&limit=400"));
    loop {
        let page = admin.send(Request::get(&at).header("accept", "application/x-ndjson")).must(200);
        let text = page.text();
        let (records, end) = text.trim_end().rsplit_once('\n').unwrap();
        assert!(end.starts_with("{\"count\":"), "{end}");
        lines.push_str(records);
        lines.push('\n');
        match page.header("link").strip_prefix('<').and_then(|link| link.split_once('>')) {
            Some((next, _)) => at = next.to_owned(),
            None => return lines,
        }
    }
}

/// A reader that has nothing of this project in it.
fn judge(arguments: &[&str]) -> String {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("../dmr/tests/it/python/judge.py");
    let output = Command::new("python3").arg(script).args(arguments).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap().trim().to_owned()
}
