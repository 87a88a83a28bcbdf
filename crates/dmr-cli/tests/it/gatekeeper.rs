//! M9: `dmr gatekeeper`; M10: a folder that is watched while `dmr serve` runs.

use crate::unbuilt::over_http;
use crate::world::World;
use dmr_api::client::Request;
use std::time::{Duration, Instant};

fn shop() -> World {
    let world = World::with_products();
    world.file(
        "sale.json",
        r#"{"name": "Sale", "namespace": "shop", "schema": {"type": "object"}, "tags": ["sold"],
        "permissions": {"models": {"admin": ["create", "read", "list"], "clerk": ["read", "list"]}}}"#,
    );
    world.dmr("register sale.json").done();
    world
}

#[test]
fn m9_the_export_list_is_set_shown_checked_and_logged() {
    let world = shop();
    insta::assert_snapshot!(world.dmr("gatekeeper show").done(), @"no export list: permissions alone decide");
    world.words(&["config", "set", "gatekeeper.exports", "clerk = Pro*, news.*; * = shop.*"]).done();
    insta::assert_snapshot!(world.dmr("gatekeeper show").done(), @r"
    ┌─┬─┬─┐
    │ to ┆ exports ┆ models │
    ╞─╪─╪─╡
    │ * ┆ shop.* ┆ 1 │
    │ clerk ┆ Pro*, news.* ┆ 1 │
    └─┴─┴─┘
    what is not on the list is hidden; 0 models are on no row
    ");
    insta::assert_snapshot!(world.dmr("gatekeeper models clerk").done(), @r"
    ┌─┬─┬─┐
    │ model ┆ source ┆ operations │
    ╞─╪─╪─╡
    │ shop.Sale ┆ external ┆ read, list │
    └─┴─┴─┘
    ");
    insta::assert_snapshot!(world.dmr("gatekeeper check clerk shop.Sale").done(), @"clerk may read shop.Sale: its permissions say so, and it is exported or there is no list");
    insta::assert_snapshot!(world.dmr("gatekeeper check clerk Sale --format json").done(), @r#"{"model":"shop.Sale","operation":"read","role":"clerk","allowed":true,"reason":"granted"}"#);
    for (words, told) in [
        ("gatekeeper check user Product", "user may not read Product: it is not on the export list\n"),
        ("gatekeeper check clerk Sale --operation delete", "clerk may not delete shop.Sale: its permissions do not say so\n"),
        ("gatekeeper check clerk Nothing", "clerk may not read Nothing: there is no such model\n"),
    ] {
        let ran = world.dmr(words);
        assert_eq!((ran.code, ran.out.as_str()), (1, told), "{}", ran.err);
    }
    world.dmr("config set gatekeeper.strict off").done();
    assert!(world.dmr("gatekeeper show").done().contains("gatekeeper.strict is off"));
}

#[test]
fn m9_the_access_log_is_shown_while_a_server_runs() {
    let world = shop();
    let server = world.start("serve");
    world.dmr("gatekeeper check user Product").done();
    world.dmr("gatekeeper check user Product").done();
    world.dmr("gatekeeper check clerk Product");
    insta::assert_snapshot!(world.dmr("gatekeeper log").done(), @r"
    ┌─┬─┬─┬─┬─┬─┬─┬─┐
    │ at ┆ by ┆ role ┆ model ┆ operation ┆ allowed ┆ reason ┆ times │
    ╞─╪─╪─╪─╪─╪─╪─╪─╡
    │ <time> ┆ local:tester ┆ clerk ┆ Product ┆ read ┆ false ┆ not_permitted ┆ 1 │
    │ <time> ┆ local:tester ┆ user ┆ Product ┆ read ┆ true ┆ granted ┆ 2 │
    └─┴─┴─┴─┴─┴─┴─┴─┘
    ");
    insta::assert_snapshot!(world.dmr("gatekeeper log --refused --format csv").done(), @r"
    at,since,times,by,role,model,operation,allowed,reason
    <time>,<time>,1,<id>,clerk,Product,read,false,not_permitted
    ");
    drop(server);
}

#[test]
fn m9_the_list_stands_in_the_settings_file_as_a_table() {
    let world = shop();
    world.file(
        "dmr.toml",
        "[gatekeeper.exports]\n\"*\" = [\"shop.*\"]\n\"@till\" = \"Product\"\n\n[profile.open.gatekeeper]\nexports = \"none\"\n",
    );
    assert!(world.dmr("config").done().contains("* = shop.*; @till = Product"));
    assert_eq!(world.dmr("gatekeeper check user Product").code, 1);
    assert_eq!(world.dmr("gatekeeper check user Product --profile open").code, 0);
    world.file("dmr.toml", "[gatekeeper.exports]\nclerk = { shop = [\"a\"] }\n");
    insta::assert_snapshot!(world.dmr("gatekeeper show").failed(3), @r"
    setting.value

      × dmr.toml, line 1: `gatekeeper.exports` takes `ROLE = PATTERN, PATTERN; ROLE = PATTERN`, a table of such rows, or
     │ `none`
    ");
}

#[test]
fn m10_a_file_that_comes_while_a_server_runs_registers_its_model() {
    let world = World::new();
    world.file("models/Cup.json", r#"{"type": "object", "properties": {"size": {"type": "integer"}}}"#);
    let server = world.start("serve --models models");
    let until = |what: &str, is_so: &dyn Fn() -> bool| {
        let end = Instant::now() + Duration::from_secs(30);
        while !is_so() {
            assert!(Instant::now() < end, "{what}");
            std::thread::sleep(Duration::from_millis(20));
        }
    };
    let status = |model: &str| over_http(&server, Request::get(format!("/api/registry/models/{model}"))).0;
    assert_eq!((status("Cup"), status("Pen")), (200, 404));
    world.file("models/Pen.json", r#"{"type": "object", "properties": {"ink": {"type": "string"}}}"#);
    world.file("models/Wrong.json", r#"{"type": 7}"#);
    until("it comes", &|| status("Pen") == 200);
    until("it is told", &|| world.dmr("gatekeeper show").out.contains("failed"));
    insta::assert_snapshot!(world.dmr("gatekeeper show").done().replace(&world.path().display().to_string(), ""), @r#"
    no export list: permissions alone decide

    the folder of models, models (watched)
    ┌─┬─┬─┬─┐
    │ file ┆ state ┆ model ┆ why │
    ╞─╪─╪─╪─╡
    │ Cup.json ┆ registered ┆ Cup ┆ │
    │ Pen.json ┆ registered ┆ Pen ┆ │
    │ Wrong.json ┆ failed ┆ ┆ must be one of "array", "boolean", "integer", "null", "number", "object", "string" │
    └─┴─┴─┴─┘
    "#);
    let (code, _, err) = server.ended();
    assert_eq!(code, Some(0));
    assert!(err.contains("Wrong.json") && err.contains("a file of a model cannot be used"), "{err}");
}

#[test]
fn m8_models_are_shown_with_path_source_and_tags() {
    let world = shop();
    insta::assert_snapshot!(world.dmr("models --tag sold").done(), @r"
    ┌─┬─┬─┬─┬─┬─┬─┐
    │ name ┆ version ┆ source ┆ storage ┆ records ┆ tags ┆ description │
    ╞─╪─╪─╪─╪─╪─╪─╡
    │ shop.Sale ┆ 1.0.0 ┆ external ┆ flexible ┆ 0 ┆ sold ┆ │
    └─┴─┴─┴─┴─┴─┴─┘
    1 model, 0 records
    ");
    insta::assert_snapshot!(world.dmr("models --namespace ns.models.shop.* --source external --format csv").done().lines().count(), @"2");
    let list = world.dmr("models --namespace ns.models.*.Sale --format json").json();
    let model = &list["items"][0];
    assert_eq!((&model["path"], &model["source"], &model["tags"][0]), (&"ns.models.shop.Sale".into(), &"external".into(), &"sold".into()));
}
