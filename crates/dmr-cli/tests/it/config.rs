//! C1, C6: settings on the command line.

use crate::world::World;

#[test]
fn c1_effective_settings_are_printed_with_where_each_came_from() {
    let world = World::new();
    world.file("dmr.toml", "[server]\nport = 8080\n[records]\npage_size = 20\n");
    let ran = world.with(
        &[("DMR_RECORDS__PAGE_SIZE", "30")],
        "",
        &["config", "--set", "terminal.log_rows=7", "--data", "here", "--format", "ndjson"],
    );
    let changed: Vec<&str> = ran.out.lines().filter(|line| !line.contains("\"default\"")).collect();
    insta::assert_snapshot!(changed.join("\n"), @r#"
    {"key":"data","value":"here","origin":"flag"}
    {"key":"server.port","value":"8080","origin":"dmr.toml, line 2"}
    {"key":"records.page_size","value":"30","origin":"environment, DMR_RECORDS__PAGE_SIZE"}
    {"key":"terminal.log_rows","value":"7","origin":"flag"}
    "#);
}

#[test]
fn c1_an_unknown_key_is_an_error_with_place_and_suggestion() {
    let world = World::new();
    world.file("dmr.toml", "[server]\nprot = 8080\n");
    insta::assert_snapshot!(world.dmr("config").failed(3), @"
    setting.unknown

      × dmr.toml, line 2: there is no setting `server.prot`
      help: server.port
            server.host
    ");
    insta::assert_snapshot!(World::new().dmr("config --set serach.limit=3 --format json").failed(3), @r#"{"type":"https://dmr.dev/problems/setting.unknown","title":"There is no such setting","status":422,"detail":"there is no setting `serach.limit`","code":"setting.unknown","errors":[{"in":"body","pointer":"serach.limit","code":"setting.unknown","message":"there is no setting `serach.limit`","suggestions":["search.limit"]}]}"#);
    insta::assert_snapshot!(World::new().dmr("config --set debug=true").failed(3), @"
    behaviour.unavailable

      × `debug` is for a feature that is not built yet
    ");
}

#[test]
fn c1_a_named_file_is_used_wherever_it_is() {
    let world = World::new();
    world.file("elsewhere/other.toml", "data = \"x\"\n");
    let ran = world.with(&[], "", &["config", "--config", "elsewhere/other.toml", "--format", "csv"]);
    assert_eq!(ran.done().lines().nth(1), Some("data,x,\"elsewhere/other.toml, line 1\""));
    insta::assert_snapshot!(world.dmr("config --config missing.toml").failed(3), @"
    file.unreadable

      × the settings file missing.toml cannot be read: No such file or directory (os error 2)
    ");
}

#[test]
fn c6_the_reference_is_printed() {
    let page = World::new().dmr("config reference").done();
    assert_eq!(page, crate::world::masked(&dmr::settings::reference()));
}
