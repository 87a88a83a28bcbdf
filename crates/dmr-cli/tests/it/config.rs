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
    insta::assert_snapshot!(World::new().dmr("config --set validation_cache.ttl=1").failed(3), @"
    behaviour.unavailable

      × `validation_cache.ttl` is for a feature that is not built yet
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
fn c1_profiles_secrets_and_dotenv_are_found_beside_each_other() {
    use std::os::unix::fs::PermissionsExt;
    let world = World::new();
    world.file("dmr.toml", "[profile.live.records]\npage_size = 20\n");
    world.file(".env", "DMR_PROFILE=live\nDMR_SEARCH__LIMIT=4\n");
    let secrets = world.file("secrets.toml", "[client]\nkey = \"dmr_hush\"\n");
    std::fs::set_permissions(&secrets, PermissionsExt::from_mode(0o600)).unwrap();
    let lines = |words: &str| {
        let ran = world.dmr(words);
        let lines: Vec<&str> = ran.out.lines().filter(|line| !line.contains("\"default\"")).collect();
        assert!(!ran.out.contains("hush") && !ran.err.contains("hush"), "a secret is not printed");
        format!("{}{}", lines.join("\n"), ran.err)
    };
    insta::assert_snapshot!(lines("config --format ndjson"), @r#"
    {"key":"client.key","value":"(secret)","origin":"secrets.toml, line 2"}
    {"key":"records.page_size","value":"20","origin":"dmr.toml, line 2, profile live"}
    {"key":"search.limit","value":"4","origin":".env, line 2"}
    "#);
    insta::assert_snapshot!(lines("config --format ndjson --profile none"), @r#"{"type":"https://dmr.dev/problems/setting.unknown","title":"There is no such setting","status":422,"detail":"there is no profile `none`","code":"setting.unknown","errors":[{"in":"body","pointer":"profile","code":"setting.unknown","message":"there is no profile `none`","suggestions":["live"]}]}"#);
    std::fs::set_permissions(&secrets, PermissionsExt::from_mode(0o644)).unwrap();
    insta::assert_snapshot!(world.dmr("config").failed(3), @"
    secrets.readable

      × the file of secrets secrets.toml can be read or written by others (mode 644)
      help: chmod 600 secrets.toml
    ");
}

#[test]
fn c1_a_setting_is_changed_while_it_runs_and_taken_back() {
    let world = World::new();
    insta::assert_snapshot!(world.dmr("config set records.page_size 20").done(), @"records.page_size = 20");
    let server = world.start("serve");
    insta::assert_snapshot!(world.dmr("config set search.limit 3 --format ndjson").done(), @r#"{"key":"search.limit","value":"3","default":"10","takes":"a whole number from 1 to 100000","about":"Records that a search answers with when the request says nothing.","live":true,"origin":"changed at run time by <id>, <time>","changed":{"by":"<id>","at":"<time>","start":"10"}}"#);
    let ran = world.dmr("config --format csv").done();
    let changed: Vec<&str> = ran.lines().filter(|line| line.contains("run time")).collect();
    insta::assert_snapshot!(changed.join("\n"), @r#"
    records.page_size,20,"changed at run time by local:tester, <time>","{""by"":""<id>"",""at"":""<time>"",""start"":""50""}"
    search.limit,3,"changed at run time by local:tester, <time>","{""by"":""<id>"",""at"":""<time>"",""start"":""10""}"
    "#);
    insta::assert_snapshot!(world.dmr("config unset search.limit").done(), @"search.limit = 10");
    insta::assert_snapshot!(world.dmr("config set server.port 1").failed(3), @"
    setting.fixed

      × /server.port: `server.port` holds for as long as the process runs: set it where the process is started
    ");
    server.interrupt();
    let ran = world.dmr("config --format csv").done();
    assert_eq!(ran.lines().filter(|line| line.contains("run time")).count(), 1);
}

#[test]
fn c6_the_reference_is_printed() {
    let page = World::new().dmr("config reference").done();
    assert_eq!(page, crate::world::masked(&dmr::settings::reference()));
}
