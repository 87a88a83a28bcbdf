//! Records go out as files and come in, over HTTP (R7).

use crate::world::{World, products};
use dmr_api::client::Request;
use flate2::Compression;
use flate2::read::GzDecoder;
use flate2::write::GzEncoder;
use insta::assert_snapshot;
use serde_json::json;
use std::io::{Read, Write};

const EXPORT: &str = "/api/records/Product/export";
const IMPORT: &str = "/api/records/Product/import";

fn shop() -> World {
    let world = World::new();
    let mut model = products();
    model["key"] = json!(["sku"]);
    world.admin().post("/api/registry/models", &model).must(201);
    let rows = json!([{ "name": "Tea", "price": 4.5, "sku": "t1" }, { "name": "=Cup", "price": 12, "sku": "c1", "tags": ["a"] }]);
    world.admin().post("/api/records/Product", &rows).must(201);
    world
}

fn send(media: &str, path: &str, body: &str) -> Request {
    Request::post(path).bytes(media, body.to_owned())
}

#[test]
fn r7_a_file_comes_with_its_media_type_and_a_name() {
    let world = shop();
    let admin = world.admin();
    let csv = admin.get(&format!("{EXPORT}?format=csv&price__gt=5")).must(200);
    assert_eq!(csv.header("content-disposition"), "attachment; filename=\"Product.csv\"");
    assert_snapshot!(csv.show(), @r#"
    200 OK
    content-type: text/csv

    name,price,sku,tags
    '=Cup,12,c1,"[""a""]"
    "#);
    assert_snapshot!(admin.get(&format!("{EXPORT}?format=ndjson&fields=name&sort=-price")).show(), @r#"
    200 OK
    content-type: application/x-ndjson

    {"name":"=Cup"}
    {"name":"Tea"}
    "#);
    assert_snapshot!(admin.get(&format!("{EXPORT}?fields=name&name=none")).show(), @r#"
    200 OK
    content-type: application/json

    []
    "#);
    let system = admin.get(&format!("{EXPORT}?format=csv&system=true&limit=1")).must(200).text();
    assert_eq!(system.lines().next().unwrap(), "_id,name,price,sku,tags,_version,_created_at,_updated_at,_created_by,_updated_by,_owner");
}

#[test]
fn r7_what_is_asked_wrongly_is_told() {
    let world = shop();
    let admin = world.admin();
    for (query, told) in [
        ("format=xls", "400 parameter.value [query format parameter.value]"),
        ("format=csv&format=csv", "400 parameter.value [query format parameter.value]"),
        ("system=yes", "400 parameter.value [query system parameter.value]"),
        ("cursor=x", "400 parameter.unknown [query cursor parameter.unknown]"),
        ("nam=x", "400 field.unknown [query nam field.unknown]"),
    ] {
        assert_eq!(admin.get(&format!("{EXPORT}?{query}")).refusal(), told);
    }
    for (request, told) in [
        (send("text/csv", IMPORT, "nam,price\nx,1\n"), "422 field.undeclared [body /nam field.undeclared]"),
        (send("text/plain", IMPORT, "x"), "415 body.type [header content-type body.type]"),
        (send("text/csv", &format!("{IMPORT}?format=xls"), "x"), "400 parameter.value [query format parameter.value]"),
        (send("application/json", IMPORT, "[{\"name\":\"x\",\"price\":1}]"), "422 field.required [body /0/sku field.required]"),
        (send("application/json", IMPORT, "[1"), "422 record.invalid [body /0 ingest.element] [body /1 json.syntax]"),
        (send("text/csv", IMPORT, ""), "422 ingest.empty"),
        (Request::post(format!("{IMPORT}?format=json")), "422 ingest.empty"),
        (send("text/csv", IMPORT, "a").header("content-encoding", "br"), "415 body.type [header content-encoding body.type]"),
        (send("text/csv", IMPORT, "a").header("if-match", "\"1.00000000\""), "422 behaviour.unavailable [header if-match header.value]"),
    ] {
        assert_eq!(admin.send(request).refusal(), told);
    }
    assert_eq!(world.nobody().get(EXPORT).refusal(), "401 credential.missing");
    assert_eq!(world.nobody().send(send("text/csv", IMPORT, "sku\nx\n")).refusal(), "401 credential.missing");
}

#[test]
fn r7_an_import_tells_what_it_came_to() {
    let world = shop();
    let admin = world.admin();
    let csv = "sku,name,price\nt1,Tea,4.5\nc1,'=Mug,13\nn1,New,1\n";
    assert_snapshot!(admin.send(send("text/csv", &format!("{IMPORT}?dry_run=true"), csv)).show(), @r#"
    200 OK
    content-type: application/json

    {
      "rows": 3,
      "created": 1,
      "updated": 1,
      "unchanged": 1,
      "failed": 0,
      "errors": [],
      "dry_run": true
    }
    "#);
    assert_snapshot!(admin.send(send("text/csv", IMPORT, csv)).show(), @r#"
    200 OK
    content-type: application/json

    {
      "rows": 3,
      "created": 1,
      "updated": 1,
      "unchanged": 1,
      "failed": 0,
      "errors": []
    }
    "#);
    assert_eq!(admin.get("/api/records/Product/c1").json()["name"], "=Mug");
    let lines = "{\"sku\":\"n1\",\"price\":2}\n{\"sku\":\"n2\",\"price\":-1,\"name\":\"x\"}\n";
    assert_eq!(admin.send(send("application/x-ndjson", IMPORT, lines)).status(), 422);
    let told = send("application/x-ndjson", &format!("{IMPORT}?on_error=report"), lines).header("accept", "application/x-ndjson");
    assert_snapshot!(admin.send(told).show(), @r#"
    200 OK
    content-type: application/x-ndjson

    {"row":2,"line":2,"errors":[{"in":"body","pointer":"/price","code":"value.rule","rule":"minimum","value":-1,"message":"must be at least 0"}]}
    {"rows":2,"created":0,"updated":1,"unchanged":0,"failed":1,"errors":[],"more":1}
    "#);
}

#[test]
fn r7_files_are_compressed_both_ways() {
    let world = shop();
    let admin = world.admin();
    let rows: String = (0..3000).map(|at| format!("{{\"sku\":\"s{at}\",\"name\":\"n\",\"price\":{at}}}\n")).collect();
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(rows.as_bytes()).unwrap();
    let gzip = Request::post(IMPORT).bytes("application/x-ndjson", encoder.finish().unwrap()).header("content-encoding", "gzip");
    assert_eq!(admin.send(gzip).must(200).json()["created"], 3000);
    let zipped = admin.send(Request::get(format!("{EXPORT}?format=ndjson&price__gte=0")).header("accept-encoding", "gzip")).must(200);
    assert_eq!(zipped.header("content-encoding"), "gzip");
    let mut text = String::new();
    GzDecoder::new(&*zipped.0.body).read_to_string(&mut text).unwrap();
    assert_eq!(text.lines().count(), 3002);
    assert!(text.ends_with("{\"name\":\"n\",\"price\":2999,\"sku\":\"s2999\"}\n"));
}

#[test]
fn r7_the_same_import_is_carried_out_once_under_its_key() {
    let world = World::with_products();
    let admin = world.admin();
    let import = |path: &str, body: &str| admin.send(send("text/csv", path, body).header("idempotency-key", "k1"));
    let first = import(IMPORT, "name,price\na,1\n").must(200);
    assert_eq!(first.json(), import(IMPORT, "name,price\na,1\n").must(200).json());
    assert_eq!(admin.get("/api/records/Product?count=exact").json()["count"], 1);
    assert_eq!(import(IMPORT, "name,price\na,2\n").refusal(), "422 idempotency.mismatch");
    assert_eq!(import(&format!("{IMPORT}?on_error=report"), "name,price\na,1\n").refusal(), "422 idempotency.mismatch");
}

#[test]
fn r7_a_body_that_breaks_off_has_done_nothing() {
    let world = World::with_products();
    let key = world.registry.administrator_key("raw").unwrap();
    let head = format!("POST {IMPORT} HTTP/1.1\r\nhost: localhost\r\nauthorization: Bearer {key}\r\ncontent-type: text/csv\r\n");
    let stream = std::net::TcpStream::connect(world.address).unwrap();
    (&stream).write_all(format!("{head}content-length: 1000\r\n\r\nname,price\na,1\n").as_bytes()).unwrap();
    stream.shutdown(std::net::Shutdown::Write).unwrap();
    let mut answer = String::new();
    let _ = (&stream).read_to_string(&mut answer);
    assert!(!answer.contains("200 OK"), "{answer}");
    assert_eq!(world.admin().get("/api/records/Product?count=exact").json()["count"], 0);
}

#[test]
fn r7_a_file_that_would_not_be_whole_breaks_off() {
    let world = shop();
    let admin = world.admin();
    for from in [0, 10_000] {
        let name = "n".repeat(40);
        let rows: Vec<_> = (from..from + 10_000).map(|at| json!({ "sku": format!("s{at}"), "name": name, "price": at })).collect();
        admin.post("/api/records/Product", &json!(rows)).must(201);
    }
    let key = world.registry.administrator_key("raw").unwrap();
    let stream = std::net::TcpStream::connect(world.address).unwrap();
    let asked = format!("GET {EXPORT}?format=csv HTTP/1.1\r\nhost: localhost\r\nauthorization: Bearer {key}\r\nconnection: close\r\n\r\n");
    (&stream).write_all(asked.as_bytes()).unwrap();
    let mut answer = vec![0; 1024];
    (&stream).read_exact(&mut answer).unwrap();
    // The rest is not asked for before the model has changed: what waits in between is less than the file.
    admin.patch("/api/registry/models/Product", &json!({ "tags": ["new"] })).must(200);
    let _ = (&stream).read_to_end(&mut answer);
    let text = String::from_utf8_lossy(&answer);
    assert!(text.starts_with("HTTP/1.1 200 OK"), "{}", &text[..200]);
    let whole = text.ends_with("\r\n0\r\n\r\n");
    assert_eq!(whole, text.contains("s19999"), "a file that is not whole ends as one that is");
}
