//! P1, P7: principals, roles, keys and permissions over the command line; a key has the rights of its principal here as over HTTP.

use crate::world::World;

#[test]
fn p7_a_principal_gets_a_key_and_acts_with_it() {
    let world = World::with_products();
    let ada = world.dmr("principal create ada --role user --attribute region=north --format json").json();
    assert_eq!((ada["name"].as_str(), ada["attributes"]["region"].as_str()), (Some("ada"), Some("north")));
    let made = world.dmr("key create ada --name laptop --format json").json();
    let key = made["key"].as_str().unwrap();
    assert_eq!(world.dmr(&format!("query Product --format ndjson --key {key}")).done().lines().count(), 3);
    insta::assert_snapshot!(world.dmr(&format!("record delete Product 0012 --key {key}")).failed(5), @"
    right.missing

      × you may not delete records of this model: the right `delete` is missing
    ");
    let env = world.with(&[("DMR_KEY", key)], "", &["show", "me", "--format", "json"]).json();
    assert_eq!(env["name"], "ada");
    world.dmr(&format!("key delete ada {}", made["id"].as_str().unwrap())).done();
    assert_eq!(world.dmr(&format!("query Product --key {key}")).code, 5);
}

#[test]
fn p7_principals_are_listed_changed_and_deleted() {
    let world = World::with_products();
    world.dmr("principal create ada --role user").done();
    world.dmr("principal change ada --name grace --role user --role admin").done();
    let shown = world.dmr("principal show grace --format json").json();
    assert_eq!(shown["roles"].as_array().unwrap().len(), 2);
    assert!(world.dmr("principal list --format csv").done().contains(",grace,"));
    assert_eq!(world.dmr("principal delete grace").done(), "deleted: grace\n");
    assert_eq!(world.dmr("principal show grace").code, 4);
}

#[test]
fn p1_a_role_is_made_and_granted() {
    let world = World::with_products();
    world.dmr("role set curator --right audit --inherits user").done();
    insta::assert_snapshot!(world.dmr("role show curator").done(), @"
    ┌─┬─┬─┐
    │ role ┆ rights ┆ inherits │
    ╞─╪─╪─╡
    │ curator ┆ audit ┆ user │
    └─┴─┴─┘
    ");
    assert!(world.dmr("role list --format json").out.contains("curator"));
    let grant = "permissions set Product --grant curator=create,read,list --rows curator=owner";
    insta::assert_snapshot!(world.dmr(grant).failed(3), @"
    permissions.unreachable

      × /models/curator: the role `curator` may create records but never write `sku`, which is required
      help: a unique constraint on `sku` would tell this role of records it may not see: add it to `discloses`
    ");
    world.dmr(&format!("{grant} --disclose sku")).done();
    insta::assert_snapshot!(world.dmr("permissions show Product").done(), @"
    ┌─┬─┬─┬─┐
    │ role ┆ may ┆ reads rows ┆ writes rows │
    ╞─╪─╪─╪─╡
    │ admin ┆ create, read, update, delete, list ┆ all ┆ all │
    │ curator ┆ create, read, list ┆ owner ┆ owner │
    │ user ┆ read, list ┆ all ┆ all │
    └─┴─┴─┴─┘
    discloses: sku
    ");
    world.dmr("principal create cora --role curator").done();
    let key = world.dmr("key create cora --format json").json()["key"].as_str().unwrap().to_owned();
    world.dmr(&format!("record create Product sku=0099 name=Mine --key {key}")).done();
    assert_eq!(world.dmr("permissions set Product --revoke curator --format json").json()["models"].get("curator"), None);
}

#[test]
fn p1_permissions_come_from_a_file() {
    let world = World::with_products();
    let document = r#"{"models": {"admin": ["create", "read", "update", "delete", "list"]}, "columns": {"price": {"read": ["admin"]}}}"#;
    let set = world.with(&[], document, &["permissions", "set", "Product", "--file", "-", "--format", "json"]).json();
    assert_eq!(set["columns"]["price"]["read"], serde_json::json!(["admin"]));
    insta::assert_snapshot!(world.with(&[], r#"{"models": {"user": ["raed"]}}"#, &["permissions", "set", "Product", "--file", "-"]).failed(3), @"
    permissions.invalid

      × /models/user: there is no such operation
      help: create
            read
            update
            delete
            list
    ");
}
