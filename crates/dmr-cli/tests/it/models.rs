//! What a model is, over the command line: where it comes from, how its fields behave, what is unique, which rules hold, how it is found.

use crate::world::World;
use serde_json::{Value, json};

/// Registers a document.
fn registers(world: &World, document: &Value) -> Value {
    world.with(&[], &document.to_string(), &["register", "-", "--format", "json"]).json()
}

#[test]
fn m2_a_model_says_where_it_comes_from_and_when_it_changed() {
    let world = World::with_products();
    world.file("menu.csv", "sku,price\n007,4.50\n");
    world.dmr("ingest menu.csv").done();
    let model = |name: &str| world.dmr(&format!("show model {name} --format json")).json();
    let (product, menu) = (model("Product"), model("Menu"));
    let head = |model: &Value| ["name", "path", "namespace", "version", "source", "records", "mode"].map(|member| model[member].clone());
    assert_eq!(json!(head(&product)), json!(["Product", "ns.models.app.Product", "app", "1.0.0", "external", 3, "hybrid"]));
    assert_eq!(json!(head(&menu)), json!(["dynamic.Menu", "ns.models.dynamic.Menu", "dynamic", "1.0.0", "dynamic", 1, "hybrid"]));
    world.words(&["register", "product.schema.json", "--next", "Product", "--tag", "shop", "--description", "what we sell"]).done();
    let after = model("Product");
    assert_eq!((&after["tags"], &after["description"]), (&json!(["shop"]), &json!("what we sell")));
    assert_eq!(after["created_at"], product["created_at"]);
    assert!(after["updated_at"].as_str() > product["updated_at"].as_str(), "{after}");
}

#[test]
fn m4_behaviours_hold_and_contradictions_are_refused() {
    let world = World::new();
    let text = json!({ "type": "string" });
    let document = json!({
        "name": "Account",
        "schema": { "type": "object", "properties": { "name": text, "secret": text, "score": { "type": "integer" }, "note": text } },
        "fields": {
            "name": { "behaviours": ["INDEXED"] },
            "secret": { "behaviours": ["WRITE_ONLY"] },
            "score": { "behaviours": ["READ_ONLY"] },
            "note": { "behaviours": ["READ_WRITE"] },
        },
    });
    let made = registers(&world, &document);
    assert_eq!(made["fields"]["name"]["behaviours"], json!(["INDEXED"]));
    let record = world.dmr("record create Account name=ada secret=s3cret note=n --format json").json();
    assert_eq!((&record["name"], record.get("secret"), &record["note"]), (&json!("ada"), None, &json!("n")));
    for words in ["query Account", "query Account --format json", "query Account --format csv", "show sample Account", "show log --all"] {
        assert!(!world.dmr(words).done().contains("s3cret"), "{words}");
    }
    insta::assert_snapshot!(world.dmr("record create Account score=7").failed(3), @"
    record.invalid

      × /score: `score` is never accepted from a client
    ");
    insta::assert_snapshot!(world.dmr("query Account --filter secret=s3cret").failed(3), @"
    field.unknown

      × there is no field `secret`
    ");
    for (behaviours, unavailable) in
        [(json!(["READ_ONLY", "WRITE_ONLY"]), false), (json!(["SEARCHED"]), false), (json!(["ENCRYPTED"]), true)]
    {
        let wrong = json!({ "name": "Wrong", "schema": document["schema"], "fields": { "name": { "behaviours": behaviours } } });
        let told = world.with(&[], &wrong.to_string(), &["register", "-"]).failed(3);
        assert_eq!(told.starts_with("behaviour.unavailable"), unavailable, "{behaviours}: {told}");
    }
}

#[test]
fn m5_several_fields_are_unique_together_and_an_index_serves_an_order() {
    let world = World::new();
    let text = json!({ "type": "string" });
    let schema = json!({ "type": "object", "properties": { "room": text, "day": text, "who": text } });
    world.file("booking.json", json!({ "title": "Booking", "type": "object", "properties": schema["properties"] }).to_string());
    world.dmr("register booking.json --unique room,day --index=room,-day").done();
    let model = world.dmr("show model Booking --format json").json();
    assert_eq!((&model["unique"], &model["indexes"]), (&json!([["room", "day"]]), &json!([["room", "-day"]])));
    world.dmr("record create Booking room=1 day=mon who=ada").done();
    world.dmr("record create Booking room=1 day=tue who=bob").done();
    world.dmr("record create Booking room=1 who=nobody").done();
    world.dmr("record create Booking room=1 who=nobody").done();
    insta::assert_snapshot!(world.dmr("record create Booking room=1 day=mon who=cem").failed(6), @"
    unique.taken

      × /room: another record has these values of `room`, `day`
    ");
    let days = world.dmr("query Booking --filter room=1 --filter day__isnull=false --sort room,-day --fields day --format csv").done();
    assert_eq!(days, "day\r\ntue\r\nmon\r\n");
}

#[test]
fn m6_every_rule_holds_and_is_told() {
    let world = World::new();
    let schema = json!({
        "title": "Rules", "type": "object", "required": ["must"],
        "properties": {
            "must": { "type": "string" },
            "gt": { "type": "number", "exclusiveMinimum": 0 },
            "ge": { "type": "number", "minimum": 0 },
            "lt": { "type": "number", "exclusiveMaximum": 10 },
            "le": { "type": "number", "maximum": 10 },
            "short": { "type": "string", "maxLength": 3 },
            "long": { "type": "string", "minLength": 2 },
            "like": { "type": "string", "pattern": "^[a-z]+$" },
            "one": { "enum": ["a", "b"] },
            "step": { "type": "number", "multipleOf": 0.1 },
            "few": { "type": "array", "maxItems": 1 },
            "some": { "type": "array", "minItems": 1 },
            "left": { "type": "string", "default": "as it is" },
        },
    });
    world.file("rules.json", schema.to_string());
    world.dmr("register rules.json").done();
    let made = world.dmr(
        "record create Rules must=1 gt=0.1 ge=0 lt=9.9 le=10 short=abc long=ab like=z one=b step=0.3 few:=[1] some:=[1] --format json",
    );
    assert_eq!(made.json()["left"], "as it is");
    insta::assert_snapshot!(
        world.dmr("record create Rules gt=0 ge=-1 lt=10 le=11 short=abcd long=a like=Z one=c step=0.25 few:=[1,2] some:=[]").failed(3),
        @r#"
        record.invalid

          × The record does not satisfy its model
         │   /must: is required
         │   /gt: must be greater than 0 (given: 0)
         │   /ge: must be at least 0 (given: -1)
         │   /lt: must be less than 10 (given: 10)
         │   /le: must be at most 10 (given: 11)
         │   /short: must have at most 3 characters (given: "abcd")
         │   /long: must have at least 2 characters (given: "a")
         │   /like: must match the pattern ^[a-z]+$ (given: "Z")
         │   /one: must be one of "a", "b" (given: "c") [a, b]
         │   /step: must be a multiple of 0.1 (given: 0.25)
         │   /few: must have at most 1 element (given: [1,2])
         │   /some: must have at least 1 element (given: [])
        "#
    );
}

#[test]
fn m7_old_versions_and_records_of_old_versions_are_readable() {
    let world = World::with_products();
    world.file(
        "next.json",
        crate::world::PRODUCT
            .replace("\"price\"", "\"cost\"")
            .replace("\"name\"],", "\"name\", \"origin\"],")
            .replace("\"vegan\"", "\"origin\": {\"type\": \"string\"}, \"vegan\""),
    );
    world.dmr("register --next Product next.json --rename price=cost").done();
    let old = world.dmr("show schema Product --version 1.0.0 --format json").json();
    assert!(old["properties"]["price"].is_object() && old["properties"]["cost"].is_null(), "{old}");
    let listed = world.dmr("query Product --fields sku,cost --sort sku --format csv").done();
    assert_eq!(listed, "sku,cost\r\n0012,3.20\r\n0013,4.50\r\n0014,\r\n");
    insta::assert_snapshot!(world.dmr("record update Product 0012 cost=3.30").failed(3), @"
    record.invalid

      × /origin: is required
    ");
    world.dmr("record update Product 0012 cost=3.30 origin=Assam").done();
}

#[test]
fn m8_models_are_found_by_path_glob_tag_and_source() {
    let world = World::with_products();
    world.file("cup.json", r#"{"title": "Cup", "type": "object", "properties": {"size": {"type": "integer"}}}"#);
    world.dmr("register cup.json --namespace shop.kitchen --tag blue").done();
    world.dmr("register cup.json --namespace shop --name Mug").done();
    world.file("menu.csv", "sku\n007\n");
    world.dmr("ingest menu.csv").done();
    let names = |words: &str| {
        let found = world.dmr(&format!("show models {words} --format json")).json();
        found["items"].as_array().unwrap().iter().map(|model| model["name"].as_str().unwrap().to_owned()).collect::<Vec<_>>().join(" ")
    };
    assert_eq!(names("--limit 10"), "Product dynamic.Menu shop.Mug shop.kitchen.Cup");
    assert_eq!(names("--namespace ns.models.shop.*"), "shop.Mug shop.kitchen.Cup");
    assert_eq!(names("--tag blue"), "shop.kitchen.Cup");
    assert_eq!(names("--source dynamic"), "dynamic.Menu");
    for name in ["shop.kitchen.Cup", "ns.models.shop.kitchen.Cup", "Cup"] {
        assert_eq!(world.dmr(&format!("show model {name} --format json")).json()["name"], "shop.kitchen.Cup");
    }
    insta::assert_snapshot!(world.dmr("register cup.json --namespace shop.kitchen --unique size").failed(6), @"
    model.exists

      × there is a model `shop.kitchen.Cup` already
      help: register its next version: PUT /api/registry/models/shop.kitchen.Cup
    ");
}

/// The user management of the first source document, from the shell.
#[test]
fn s0_people_keep_their_own_profiles() {
    let world = World::new();
    let text = json!({ "type": "string" });
    let document = json!({
        "name": "User", "key": ["username"],
        "schema": {
            "type": "object", "required": ["username", "email"], "additionalProperties": false,
            "properties": {
                "username": { "type": "string", "minLength": 3 },
                "email": { "type": "string", "format": "email" },
                "password": text,
                "active": { "type": "boolean", "default": true },
            },
        },
        "fields": { "password": { "behaviours": ["WRITE_ONLY"] } },
        "unique": [["email"]],
        "permissions": {
            "models": { "admin": ["create", "read", "update", "delete", "list"], "member": ["create", "read", "update", "list"] },
            "rows": { "member": { "read": "owner", "write": "owner" } },
            "columns": { "active": { "read": ["admin", "member"], "write": ["admin"] } },
            "discloses": ["username", "email"],
        },
    });
    registers(&world, &document);
    let keys = ["ada", "bob"].map(|name| {
        world.dmr(&format!("principal create {name} --role member")).done();
        let key = world.dmr(&format!("key create {name} --format json")).json()["key"].as_str().unwrap().to_owned();
        world.dmr(&format!("record create User username={name} email={name}@example.org password=s3cret --key {key}")).done();
        key
    });
    let listed = |key: &str| world.dmr(&format!("query User --fields username,active --format csv --key {key}")).done();
    assert_eq!((listed(&keys[0]), listed(&keys[1])), ("username,active\r\nada,true\r\n".into(), "username,active\r\nbob,true\r\n".into()));
    assert_eq!(world.dmr(&format!("record update User ada email=x@example.org --key {}", keys[1])).code, 4);
    assert_eq!(world.dmr(&format!("record update User bob active=false --key {}", keys[1])).code, 5);
    assert_eq!(world.dmr(&format!("record create User username=eve email=ada@example.org --key {}", keys[1])).code, 6);
    world.dmr("record update User bob active=false").done();
    assert_eq!(listed(&keys[1]), "username,active\r\nbob,false\r\n");
    assert_eq!(world.dmr("query User --count --format json").json()["count"], 2);
}
