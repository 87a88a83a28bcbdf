//! What bad input gets: a refusal with code and place, the process alive, what was acknowledged intact. Each door by itself.

use crate::unbuilt::over_http;
use crate::world::{Server, World};
use dmr_api::client::Request;
use serde_json::{Value, json};
use std::io::{Read, Write};
use std::net::TcpStream;
use std::process::Command;

const DEEP: usize = 100_000;

fn nested(open: &str, inside: &str, close: &str) -> String {
    format!("{}{inside}{}", open.repeat(DEEP), close.repeat(DEEP))
}

/// The server goes on, and what it took is there.
fn goes_on(server: &Server) {
    let (status, list) = over_http(server, Request::get("/api/records/Product"));
    assert_eq!((status, list["items"].as_array().unwrap().len()), (200, 3));
}

#[test]
fn f_what_is_nested_100_000_deep_is_refused_over_http() {
    let world = World::with_products();
    let server = world.start("serve");
    let value = nested("[", "", "]");
    let schema = nested(r#"{"properties":{"a":"#, "{}", "}}");
    let condition = nested(r#"{"not":"#, "{}", "}");
    let object = nested(r#"{"a":"#, "1", "}");
    let json = "application/json";
    let (model, record) = ("/api/registry/models/Product", "/api/records/Product/0012");
    let asked = [
        ("a record", Request::post("/api/records/Product"), json, format!(r#"{{"tags":{value}}}"#)),
        ("lines", Request::post("/api/records/Product"), "application/x-ndjson", format!("{{\"tags\":{value}}}\n")),
        ("a replacement", Request::put(record), json, format!(r#"{{"tags":{value}}}"#)),
        ("a merge patch", Request::patch(record), "application/merge-patch+json", object.clone()),
        (
            "a JSON patch",
            Request::patch(record),
            "application/json-patch+json",
            format!(r#"[{{"op":"add","path":"/tags","value":{value}}}]"#),
        ),
        (
            "a batch",
            Request::post("/api/records/Product/batch"),
            json,
            format!(r#"{{"operations":[{{"op":"create","record":{object}}}]}}"#),
        ),
        ("a query", Request::post("/api/records/Product/query"), json, format!(r#"{{"where":{condition}}}"#)),
        ("a schema", Request::post("/api/registry/models"), json, format!(r#"{{"name":"Deep","schema":{schema}}}"#)),
        ("a bare schema", Request::post("/api/registry/models"), json, format!(r#"{{"title":"Deep","properties":{{"a":{schema}}}}}"#)),
        ("a next version", Request::put(model), json, format!(r#"{{"schema":{schema}}}"#)),
        ("a change in place", Request::patch(model), json, format!(r#"{{"fields":{object}}}"#)),
        ("permissions", Request::put(format!("{model}/permissions")), json, format!(r#"{{"models":{object}}}"#)),
        ("data", Request::post("/api/dynamic-schema/process"), json, format!(r#"{{"source_name":"x","data_records":[{object}]}}"#)),
    ];
    for (what, request, media, body) in asked {
        let (status, problem) = over_http(&server, request.bytes(media, body));
        assert_eq!((status, problem["code"].as_str()), (400, Some("json.depth")), "{what}: {problem}");
        goes_on(&server);
    }
    // In an address, as deep as an address goes.
    let condition = format!("{}{{}}{}", r#"{"not":"#.repeat(500), "}".repeat(500));
    let (status, problem) = over_http(&server, Request::get("/api/records/Product").query("where", condition));
    assert_eq!((status, problem["code"].as_str()), (400, Some("json.depth")), "{problem}");
    goes_on(&server);
}

#[test]
fn f_what_is_nested_100_000_deep_is_refused_on_the_command_line() {
    let world = World::with_products();
    let value = nested("[", "", "]");
    let schema = format!(r#"{{"title":"Deep","properties":{{"a":{}}}}}"#, nested(r#"{"properties":{"a":"#, "{}", "}}"));
    let told = |words: &str, input: &str| world.with(&[], input, &words.split(' ').collect::<Vec<_>>()).failed(3);
    for (words, input) in [
        ("record create Product --file -", format!(r#"{{"tags":{value}}}"#)),
        ("record update Product 0012 --file -", nested(r#"{"a":"#, "1", "}")),
        ("register -", schema.clone()),
        ("register --next Product -", schema),
        ("permissions set Product --file -", nested(r#"{"a":"#, "1", "}")),
    ] {
        let told = told(words, &input);
        assert!(told.starts_with("json.depth"), "{words}: {told}");
    }
    let condition = format!("{}price > 1{}", "(".repeat(60_000), ")".repeat(60_000));
    let told = world.words(&["query", "Product", "--where", &condition]).failed(3);
    assert!(told.starts_with("parameter.value") && told.contains("nested too deep") && told.len() < 2_000, "{told}");
    assert_eq!(world.dmr("query Product --format ndjson").done().lines().count(), 3);
}

fn host(server: &Server) -> &str {
    server.address().trim_start_matches("http://")
}

/// Sends a head and then bytes as long as they are taken; the answer.
fn pour(server: &Server, head: &str, chunk: &[u8], chunks: usize) -> String {
    let mut stream = TcpStream::connect(host(server)).unwrap();
    stream.write_all(head.as_bytes()).unwrap();
    for _ in 0..chunks {
        if stream.write_all(chunk).is_err() {
            break;
        }
    }
    let mut answer = Vec::new();
    let _cut = stream.read_to_end(&mut answer);
    String::from_utf8_lossy(&answer).into_owned()
}

#[test]
fn f_a_field_of_a_gigabyte_is_refused_over_http() {
    let world = World::with_products();
    let server = world.start("serve");
    let head = |rest: &str| {
        let who = format!("Authorization: Bearer {}", server.key());
        format!(
            "POST /api/records/Product HTTP/1.1\r\nHost: {}\r\nConnection: close\r\nContent-Type: application/json\r\n{who}\r\n{rest}\r\n\r\n",
            host(&server)
        )
    };
    // Told beforehand; and not told: a chunk of a mebibyte, over and over.
    let mut chunk = b"100000\r\n".to_vec();
    chunk.resize(chunk.len() + (1 << 20), b'x');
    chunk.extend(b"\r\n");
    for (rest, chunks) in [("Content-Length: 1073741824", 0), ("Transfer-Encoding: chunked", 1024)] {
        let answer = pour(&server, &head(rest), &chunk, chunks);
        assert!(answer.starts_with("HTTP/1.1 413"), "{rest}: {answer}");
        assert!(answer.contains("body.too_large"), "{rest}: {answer}");
        goes_on(&server);
    }
}

#[test]
fn f_a_field_of_a_gigabyte_in_a_file_is_refused_or_set_aside() {
    let world = World::new();
    let file = |name: &str, before: &str, after: &str| {
        let path = world.file(name, before);
        let mut file = std::fs::OpenOptions::new().append(true).open(path).unwrap();
        // A hole: nothing of it is on the disk.
        file.set_len(before.len() as u64 + (1 << 30)).unwrap();
        file.write_all(after.as_bytes()).unwrap();
    };
    file("wide.csv", "a,b\n1,2\n3,\"", "\"\n5,6\n");
    let answer = world.dmr("ingest wide.csv --format json").json();
    assert_eq!((&answer["records"], &answer["quarantined"]), (&json!(2), &json!(1)), "{answer}");
    file("long.ndjson", "{\"a\": 1}\n{\"a\": \"", "\"}\n{\"a\": 3}\n");
    let answer = world.dmr("ingest long.ndjson --format json").json();
    assert_eq!((&answer["records"], &answer["quarantined"]), (&json!(2), &json!(1)), "{answer}");
}

/// A limit to the size of files stands for a disk that takes no more: no test may fill the machine's own.
#[test]
fn g_a_file_that_cannot_grow_refuses_writes_and_reads_go_on() {
    let world = World::with_products();
    let mut limited = Command::new("sh");
    limited.args(["-c", "ulimit -f 4096; trap '' XFSZ; exec \"$0\" serve --port 0 --format json", env!("CARGO_BIN_EXE_dmr")]);
    limited.current_dir(world.path()).env_clear().env("USER", "tester").env("PATH", "/usr/bin:/bin");
    let server = Server::start(&mut limited);
    let text = "x".repeat(256 << 10);
    let note = json!({ "name": "Note", "schema": { "type": "object", "properties": { "text": { "type": "string" } } } });
    assert_eq!(over_http(&server, Request::post("/api/registry/models").json(&note)).0, 201);
    let (mut taken, mut refused) = (Vec::new(), None);
    for number in 0..100 {
        let (status, answer) = over_http(&server, Request::post("/api/records/Note").json(&json!({ "text": format!("{number}{text}") })));
        if status == 201 {
            taken.push(answer["_id"].as_str().unwrap().to_owned());
        } else {
            refused = Some((status, answer["code"].clone()));
            break;
        }
    }
    assert!(!taken.is_empty());
    // SQLite calls it a failed write; where the disk itself is full it is `store.full`, as the store's own tests show.
    assert_eq!(refused, Some((500, json!("store.failed"))));
    goes_on(&server);
    for id in &taken {
        assert_eq!(over_http(&server, Request::get(format!("/api/records/Note/{id}"))).0, 200);
    }
    server.kill();
    // With room again everything that was acknowledged is there, and nothing that was refused.
    let kept = world.dmr("query Note --all --fields _id --sort _id --format ndjson");
    assert_eq!(kept.code, 0, "{}", kept.err);
    let kept: Vec<Value> = kept.out.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let kept: Vec<&str> = kept.iter().map(|record| record["_id"].as_str().unwrap()).collect();
    assert_eq!(kept, taken);
}

#[test]
fn h_a_database_of_a_newer_version_is_refused_and_left_as_it_is() {
    let world = World::with_products();
    let file = std::fs::read_dir(world.data())
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .find(|path| path.extension().is_some_and(|end| end == "db"));
    let file = file.unwrap();
    let program = "import sqlite3, sys; db = sqlite3.connect(sys.argv[1]); db.execute(\"UPDATE meta SET value = 99 WHERE name = 'format'\"); db.commit()";
    assert!(Command::new("python3").args(["-c", program]).arg(&file).status().unwrap().success());
    let before = std::fs::read(&file).unwrap();
    for words in ["serve --port 0", "query Product", "record create Product sku=0020 name=New"] {
        let told = world.dmr(words).failed(1);
        assert!(told.starts_with("data.newer"), "{words}: {told}");
    }
    assert_eq!(std::fs::read(&file).unwrap(), before);
}

#[test]
fn what_is_malformed_is_told_with_code_place_and_a_suggestion_at_both_doors() {
    let world = World::with_products();
    let server = world.start("serve");
    let told = |(status, problem): (u16, Value)| {
        let first = &problem["errors"][0];
        let text = |value: &Value| value.as_str().unwrap_or("-").to_owned();
        let place = first.get("pointer").or(first.get("name")).map_or_else(|| "-".to_owned(), text);
        format!("{status} {} {} {place} {}", text(&problem["code"]), text(&first["in"]), text(&first["suggestions"][0]))
    };
    let post = |path: &str, body: &str| Request::post(path).bytes("application/json", body.to_owned());
    let asked = [
        post("/api/records/Product", "{\"sku\": "),
        post("/api/registry/models", r#"{"title": "Bad", "properties": {"a": {"type": "strin"}}}"#),
        Request::get("/api/records/Product").query("prise__gte", "1"),
        Request::get("/api/records/Product").query("price__gt", "cheap"),
        Request::get("/api/records/Product").query("price__gteq", "1"),
        Request::get("/api/records/Product").query("where", "{\"field\": "),
        Request::get("/api/records/Product").query("cursor", "made-up"),
        Request::get("/api/records/Product").query("limit", "many"),
    ];
    let lines: Vec<String> = asked.into_iter().map(|request| told(over_http(&server, request))).collect();
    insta::assert_snapshot!(lines.join("\n"), @r#"
    400 json.syntax body /sku -
    422 schema.invalid body /properties/a/type string
    400 field.unknown query prise__gte price
    400 filter.value query price__gt As in JSON: -12, 0.5, 6.02e23
    400 filter.operator query price__gteq gte
    400 json.syntax query where where={"field":"price","op":"gte","value":10}
    400 cursor.invalid query cursor begin again without a cursor
    400 parameter.value query limit -
    "#);
    drop(server);
    let here = [
        "query Product --where prise>=1",
        "query Product --filter price__gteq=1",
        "query Product --cursor made-up",
        "query Product --sort prise",
    ];
    let lines: Vec<String> = here
        .iter()
        .map(|words| {
            let ran = world.dmr(&format!("{words} --format json"));
            told((ran.code.try_into().unwrap(), serde_json::from_str(&ran.failed(3)).unwrap()))
        })
        .collect();
    insta::assert_snapshot!(lines.join("\n"), @"
    3 field.unknown query where/field price
    3 filter.operator query price__gteq gte
    3 cursor.invalid query cursor begin again without a cursor
    3 field.unknown query sort price
    ");
}
