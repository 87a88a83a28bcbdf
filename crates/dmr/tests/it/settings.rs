//! C1, C6: settings from file, environment and flags.

use dmr::settings::{Settings, Sources, TABLE};
use std::path::PathBuf;
use std::time::Duration;
use tempfile::TempDir;

/// A settings file in a directory of its own.
struct World {
    directory: TempDir,
}

impl World {
    fn with_file(text: &str) -> Self {
        let directory = tempfile::tempdir().unwrap();
        std::fs::write(directory.path().join("dmr.toml"), text).unwrap();
        Self { directory }
    }

    fn file(&self) -> PathBuf {
        self.directory.path().join("dmr.toml")
    }

    fn load(&self, env: &[(&str, &str)], flags: &[(&str, &str)]) -> Settings {
        Settings::load(Sources { file: Some(self.file()), env: owned(env), flags: owned(flags) }).unwrap()
    }

    fn refusal(&self, env: &[(&str, &str)], flags: &[(&str, &str)]) -> String {
        let sources = Sources { file: Some(self.file()), env: owned(env), flags: owned(flags) };
        told(&Settings::load(sources).unwrap_err()).replace(&self.file().display().to_string(), "dmr.toml")
    }
}

fn owned(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
    pairs.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect()
}

fn told(problem: &dmr::Problem) -> String {
    let lines = problem.errors.iter().map(|issue| {
        let near = if issue.suggestions.is_empty() { String::new() } else { format!(" -> {}", issue.suggestions.join(", ")) };
        format!("{}: {}{near}", issue.code.as_str(), issue.message)
    });
    if problem.errors.is_empty() { problem.to_string() } else { lines.collect::<Vec<_>>().join("\n") }
}

fn load(env: &[(&str, &str)], flags: &[(&str, &str)]) -> Result<Settings, dmr::Problem> {
    Settings::load(Sources { file: None, env: owned(env), flags: owned(flags) })
}

#[test]
fn c1_every_default_can_be_read_and_is_what_settings_default_holds() {
    let settings = Settings::default();
    for effective in settings.effective() {
        let read = effective.setting.kind.read(effective.setting.default).expect(effective.setting.key);
        assert_eq!(effective.value, read, "{}", effective.setting.key);
        assert_eq!(
            effective.setting.kind.read(&effective.written()).as_ref(),
            Ok(&effective.value),
            "{} is shown as it is read",
            effective.setting.key
        );
    }
    assert_eq!(settings.server.max_upload, 4 << 30);
    assert_eq!(settings.records.scan_budget.time, Duration::from_secs(10));
}

#[test]
fn c1_later_sources_win_and_each_value_knows_where_it_came_from() {
    let world = World::with_file(
        "data = \"elsewhere\"\n[server]\nport = 1\nhost = \"::1\"\n[records]\npage_size = 7\nscan_budget = { rows = 1_000, time = \"250 ms\" }\n",
    );
    let settings =
        world.load(&[("DMR_SERVER__PORT", "2"), ("DMR_RECORDS__PAGE_SIZE", "8"), ("HOME", "/"), ("DMR_KEY", "k")], &[("server.port", "3")]);
    let changed: Vec<String> = settings
        .effective()
        .into_iter()
        .filter(|effective| effective.origin != dmr::settings::Origin::Default)
        .map(|effective| format!("{} = {} ({})", effective.setting.key, effective.written(), effective.origin))
        .map(|line| line.replace(&world.file().display().to_string(), "dmr.toml"))
        .collect();
    insta::assert_snapshot!(changed.join("\n"), @"
    data = elsewhere (dmr.toml, line 1)
    server.host = ::1 (dmr.toml, line 4)
    server.port = 3 (flag)
    records.page_size = 8 (environment, DMR_RECORDS__PAGE_SIZE)
    records.scan_budget.rows = 1000 (dmr.toml, line 7)
    records.scan_budget.time = 250 ms (dmr.toml, line 7)
    ");
    assert_eq!(settings.records.scan_budget.rows, 1000);
}

#[test]
fn c1_everything_wrong_is_told_at_once_with_line_and_suggestion() {
    let world = World::with_file(
        "port = 1\n[server]\nprot = 8000\nmax_body = \"lots\"\n\n[audit]\nlevel = 3\n[log]\ncompression = true\n[models]\ndefault_page_size = 5\n[records]\npage_size = 6\n",
    );
    insta::assert_snapshot!(world.refusal(&[("DMR_SERVER__PROT", "1"), ("MAX_SAMPLE_ROWS", "0")], &[("server.port", "-1")]), @"
    setting.unknown: dmr.toml, line 1: there is no setting `port` -> server.port
    setting.unknown: dmr.toml, line 3: there is no setting `server.prot` -> server.port, server.host
    setting.value: dmr.toml, line 4: `server.max_body` takes a size from 1 KiB to 1024 GiB
    setting.unknown: dmr.toml, line 7: there is no setting `audit.level`
    behaviour.unavailable: dmr.toml, line 9: `log.compression` is for a feature that is not built yet
    setting.conflict: dmr.toml, line 13: `models.default_page_size` and `records.page_size` name the same setting and say different things: 5 and 6
    setting.unknown: in the environment, there is no setting `DMR_SERVER__PROT` -> DMR_SERVER__PORT, DMR_SERVER__HOST
    setting.value: in the environment, `MAX_SAMPLE_ROWS` takes a whole number from 1 to 100
    setting.value: `server.port` takes a whole number from 0 to 65535
    ");
}

#[test]
fn c1_a_file_that_is_not_toml_is_told_with_its_line() {
    let world = World::with_file("[server]\nport = \n");
    insta::assert_snapshot!(world.refusal(&[], &[]), @"setting.value: dmr.toml, line 2: string values must be quoted, expected literal string");
    let world = World::with_file("");
    std::fs::write(world.file(), b"data = \"\xff\"").unwrap();
    insta::assert_snapshot!(world.refusal(&[], &[]), @"the settings file dmr.toml cannot be read: it is not UTF-8 (file.unreadable)");
}

#[test]
fn c1_a_named_file_must_be_there() {
    let problem = Settings::load(Sources { file: Some("no-such/dmr.toml".into()), env: Vec::new(), flags: Vec::new() }).unwrap_err();
    assert_eq!(problem.code, dmr::Code::FileUnreadable);
}

#[test]
fn c1_the_documents_names_are_understood() {
    let settings =
        load(&[("REGISTRY_SERVER_PORT", "9"), ("MAX_SAMPLE_ROWS", "3"), ("MODEL_REGISTRY_DEFAULT_NAMESPACE", "shop")], &[]).unwrap();
    assert_eq!((settings.server.port, settings.terminal.sample_rows, settings.models.default_namespace.as_str()), (9, 3, "shop"));
    let world = World::with_file(
        "MAX_SAMPLE_ROWS = 4\n[models]\ndefault_page_size = 5\n[models.permissions]\ndefault_user_permissions = [\"read\"]\n",
    );
    let settings = world.load(&[], &[]);
    assert_eq!((settings.terminal.sample_rows, settings.records.page_size), (4, 5));
    assert_eq!(settings.permissions.default_user.iter().map(|it| it.as_str()).collect::<Vec<_>>(), ["read"]);
}

#[test]
fn c1_a_setting_and_its_alias_may_say_the_same_and_not_different_things() {
    assert_eq!(load(&[("REGISTRY_SERVER_PORT", "9"), ("DMR_SERVER__PORT", "9")], &[]).unwrap().server.port, 9);
    insta::assert_snapshot!(told(&load(&[("REGISTRY_SERVER_PORT", "9"), ("DMR_SERVER__PORT", "8")], &[]).unwrap_err()), @"setting.conflict: in the environment, `DMR_SERVER__PORT` and `REGISTRY_SERVER_PORT` name the same setting and say different things: 8 and 9");
}

#[test]
fn c1_what_is_not_built_is_refused_by_name_in_every_source() {
    let world = World::with_file("[enrichment]\ninterval = 300\n");
    insta::assert_snapshot!(world.refusal(&[("DMR_DEBUG", "on"), ("AUDIT_COMPRESSION_LEVEL", "6")], &[("statistics.sample_size", "3")]), @"
    behaviour.unavailable: dmr.toml, line 2: `enrichment.interval` is for a feature that is not built yet
    behaviour.unavailable: in the environment, `AUDIT_COMPRESSION_LEVEL` (`log.compression_level`) is for a feature that is not built yet
    behaviour.unavailable: in the environment, `DMR_DEBUG` (`debug`) is for a feature that is not built yet
    behaviour.unavailable: `statistics.sample_size` is for a feature that is not built yet
    ");
}

#[test]
fn c1_the_environment_of_other_programs_is_not_ours() {
    assert_eq!(load(&[("PORT", "x"), ("DEBUG", "1"), ("SERVER__PORT", "2")], &[]).unwrap(), Settings::default());
}

#[test]
fn c1_the_builder_checks_ranges() {
    let built = Settings::builder().with(|settings| settings.records.page_size = 20).build().unwrap();
    assert_eq!(built.records.page_size, 20);
    let problem = Settings::builder().with(|settings| settings.records.max_bulk = 0).build().unwrap_err();
    insta::assert_snapshot!(told(&problem), @"setting.value: `records.max_bulk` takes a whole number from 1 to 1000000");
    let problem = Settings::builder().with(|settings| settings.records.page_size = 2000).build().unwrap_err();
    insta::assert_snapshot!(told(&problem), @"setting.conflict: `records.page_size` (2000) is more than `records.max_page_size` (1000)");
}

#[test]
fn c6_no_key_stands_twice_and_each_is_explained() {
    let mut keys: Vec<&str> = TABLE.iter().flat_map(|setting| setting.aliases.iter().copied().chain([setting.key])).collect();
    let all = keys.len();
    keys.sort_unstable();
    keys.dedup();
    assert_eq!(keys.len(), all);
    assert!(TABLE.iter().all(|setting| setting.about.ends_with('.') && setting.about.len() > 10));
}
