//! Each exit code, and what a failure looks like in each format.

use crate::world::World;

#[test]
fn exit_2_is_usage() {
    let world = World::new();
    for words in
        ["", "nonsense", "query", "record get Product", "query Product --format xml", "serve --port 70000", "register x --rename a"]
    {
        assert_eq!(world.dmr(words).code, 2, "{words}");
    }
}

#[test]
fn exit_3_is_bad_input() {
    let world = World::with_products();
    insta::assert_snapshot!(world.dmr("record create Product sku=15 name=Coffee price=-1 colour=red").failed(3), @r#"
    record.invalid

      × The record does not satisfy its model
     │   /colour: the model has no field `colour`
     │   /sku: must match the pattern ^[0-9]{4}$ (given: "15")
     │   /price: must be at least 0 (given: -1)
    "#);
    insta::assert_snapshot!(world.dmr("record create Product sku=15 name=Coffee --format json").failed(3), @r#"{"type":"https://dmr.dev/problems/record.invalid","title":"The record does not satisfy its model","status":422,"detail":"must match the pattern ^[0-9]{4}$","code":"record.invalid","errors":[{"in":"body","pointer":"/sku","code":"value.rule","rule":"pattern","value":"15","message":"must match the pattern ^[0-9]{4}$"}]}"#);
    world.file("broken.json", "{\"title\": \"X\",\n  \"type\": }");
    insta::assert_snapshot!(world.dmr("register broken.json").failed(3), @"
    json.syntax

      × /type: broken.json, line 2, column 11: Expected a value, found '}'
    ");
    insta::assert_snapshot!(world.dmr("register missing.json").failed(3), @"
    file.unreadable

      × missing.json cannot be read: No such file or directory (os error 2)
    ");
}

#[test]
fn exit_4_is_not_found() {
    let world = World::with_products();
    insta::assert_snapshot!(world.dmr("query Produkt").failed(4), @"
    model.unknown

      × there is no model `Produkt`
      help: Product
    ");
    insta::assert_snapshot!(world.dmr("record get Product 9999").failed(4), @"
    record.unknown

      × there is no such record
    ");
    insta::assert_snapshot!(World::new().dmr("query Product").failed(4), @"
    data.unknown

      × there is no data directory ./dmr-data
      help: dmr dev FILE
            --data DIR
            --url http://HOST:PORT
    ");
    assert!(!World::new().data().exists());
}

#[test]
fn exit_5_is_refused() {
    let world = World::with_products();
    insta::assert_snapshot!(world.dmr("query Product --key wrong").failed(5), @"
    credential.invalid

      × the credential is not valid
    ");
}

#[test]
fn exit_6_is_conflict() {
    let world = World::with_products();
    insta::assert_snapshot!(world.dmr("record update Product 0012 price=3 --if-version 7").failed(6), @"
    record.version

      × the record has version 1 now
      help: read it again and repeat the change
    ");
    insta::assert_snapshot!(world.dmr("record create Product sku=0012 name=Other").failed(6), @"
    unique.taken

      × /sku: another record has this `sku`
    ");
}

#[test]
fn exit_1_is_failed() {
    let world = World::new();
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let told = world.dmr(&format!("serve --port {port}")).failed(1);
    insta::assert_snapshot!(told, @"
    server.address

      × <address> cannot be listened on: Address already in use (os error 98)
      help: --port 0 takes any free port
    ");
    drop(listener);
    let told = world.dmr(&format!("query Product --url http://127.0.0.1:{port}")).failed(1);
    assert!(told.starts_with("server.unreachable"), "{told}");
}
