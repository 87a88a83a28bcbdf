//! C1, C6: settings from file, environment and flags.

use dmr::settings::{Dotenv, Settings, Sources, TABLE};
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
        Settings::load(Sources { file: Some(self.file()), env: owned(env), flags: owned(flags), ..Sources::default() }).unwrap()
    }

    /// Files of a person who has them all, and what follows from them.
    fn all(&self, profile: Option<&str>, env: &[(&str, &str)], flags: &[(&str, &str)]) -> Result<Settings, dmr::Problem> {
        let at = |name: &str| Some(self.directory.path().join(name)).filter(|path| path.is_file());
        Settings::load(Sources {
            file: Some(self.file()),
            profile: profile.map(str::to_owned),
            secrets: at("secrets.toml"),
            dotenv: at(".env").map(|path| Dotenv::read(&path)).transpose()?,
            env: owned(env),
            flags: owned(flags),
        })
    }

    fn add(&self, name: &str, text: &str, mode: u32) {
        let path = self.directory.path().join(name);
        std::fs::write(&path, text).unwrap();
        std::fs::set_permissions(&path, std::os::unix::fs::PermissionsExt::from_mode(mode)).unwrap();
    }

    fn changed(&self, settings: &Settings) -> String {
        let changed = settings.effective().into_iter().filter(|effective| effective.origin != dmr::settings::Origin::Default);
        let lines = changed.map(|effective| format!("{} = {} ({})", effective.setting.key, effective.written(), effective.origin));
        lines.collect::<Vec<_>>().join("\n").replace(&format!("{}/", self.directory.path().display()), "")
    }

    fn refusal(&self, env: &[(&str, &str)], flags: &[(&str, &str)]) -> String {
        let sources = Sources { file: Some(self.file()), env: owned(env), flags: owned(flags), ..Sources::default() };
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
    Settings::load(Sources { env: owned(env), flags: owned(flags), ..Sources::default() })
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
    let settings = world
        .load(&[("DMR_SERVER__PORT", "2"), ("DMR_RECORDS__PAGE_SIZE", "8"), ("HOME", "/"), ("DMR_CONFIG", "k")], &[("server.port", "3")]);
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
    setting.unknown: dmr.toml, line 7: there is no setting `audit.level` -> logging.level
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
    let problem = Settings::load(Sources { file: Some("no-such/dmr.toml".into()), env: Vec::new(), ..Sources::default() }).unwrap_err();
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
    insta::assert_snapshot!(world.refusal(&[("DMR_VALIDATION_CACHE__TTL", "1"), ("AUDIT_COMPRESSION_LEVEL", "6")], &[("enrichment.sample_size", "3")]), @"
    behaviour.unavailable: dmr.toml, line 2: `enrichment.interval` is for a feature that is not built yet
    behaviour.unavailable: in the environment, `AUDIT_COMPRESSION_LEVEL` (`log.compression_level`) is for a feature that is not built yet
    behaviour.unavailable: in the environment, `DMR_VALIDATION_CACHE__TTL` (`validation_cache.ttl`) is for a feature that is not built yet
    behaviour.unavailable: `enrichment.sample_size` is for a feature that is not built yet
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

const PROFILED: &str = "\
[profile]
use = \"test\"
[records]
page_size = 1
max_page_size = 10
[profile.test.records]
page_size = 2
[profile.production]
data = \"/srv/dmr\"
[profile.production.records]
page_size = 3
[profile.production.server]
port = 80
";

#[test]
fn c1_profiles_secrets_dotenv_environment_and_flags_rise_in_that_order() {
    let world = World::with_file(PROFILED);
    insta::assert_snapshot!(world.changed(&world.all(None, &[], &[]).unwrap()), @"
    records.page_size = 2 (dmr.toml, line 7, profile test)
    records.max_page_size = 10 (dmr.toml, line 5)
    ");
    world.add("secrets.toml", "[client]\nkey = \"dmr_hush\"\n[records]\npage_size = 4\n[profile.production.server]\nport = 81\n", 0o600);
    insta::assert_snapshot!(world.changed(&world.all(Some("production"), &[], &[]).unwrap()), @"
    data = /srv/dmr (dmr.toml, line 9, profile production)
    client.key = (secret) (secrets.toml, line 2)
    server.port = 81 (secrets.toml, line 6, profile production)
    records.page_size = 4 (secrets.toml, line 4)
    records.max_page_size = 10 (dmr.toml, line 5)
    ");
    let dotenv = "# mine\nexport DMR_RECORDS__PAGE_SIZE=5 # small\nDMR_PROFILE='production'\nOTHER\nMAX_SAMPLE_ROWS=\"7\"\nSECRET=x\n";
    world.add(".env", dotenv, 0o644);
    insta::assert_snapshot!(world.changed(&world.all(None, &[], &[]).unwrap()), @"
    data = /srv/dmr (dmr.toml, line 9, profile production)
    client.key = (secret) (secrets.toml, line 2)
    server.port = 81 (secrets.toml, line 6, profile production)
    records.page_size = 5 (.env, line 2)
    records.max_page_size = 10 (dmr.toml, line 5)
    terminal.sample_rows = 7 (.env, line 5)
    ");
    let env = [("DMR_RECORDS__PAGE_SIZE", "6"), ("DMR_CLIENT__KEY", "dmr_other")];
    let settings = world.all(Some("test"), &env, &[("records.page_size", "7")]).unwrap();
    insta::assert_snapshot!(world.changed(&settings), @"
    client.key = (secret) (environment, DMR_CLIENT__KEY)
    records.page_size = 7 (flag)
    records.max_page_size = 10 (dmr.toml, line 5)
    terminal.sample_rows = 7 (.env, line 5)
    ");
    assert_eq!(settings.client.key.as_ref().unwrap().reveal(), "dmr_other");
    assert!(!format!("{settings:?}").contains("dmr_other"), "a secret is not shown, by no way of printing");
}

#[test]
fn c1_what_is_wrong_in_any_profile_is_told_and_an_unknown_one_with_those_there_are() {
    let world = World::with_file("[profile.test]\nserver.prot = 1\n[profile.live.server]\nport = \"x\"\n");
    insta::assert_snapshot!(told(&world.all(Some("prod"), &[], &[]).unwrap_err()).replace(&world.file().display().to_string(), "dmr.toml"), @"
    setting.unknown: there is no profile `prod` -> live, test
    setting.value: dmr.toml, line 4: `server.port` takes a whole number from 0 to 65535
    setting.unknown: dmr.toml, line 2: there is no setting `server.prot` -> server.port, server.host
    ");
    let world = World::with_file("profile = \"lvie\"\n");
    insta::assert_snapshot!(told(&world.all(None, &[], &[]).unwrap_err()), @"setting.unknown: there is no profile `lvie`");
}

#[test]
fn c1_secrets_that_others_can_read_are_refused_and_none_is_told() {
    let world = World::with_file("");
    world.add("secrets.toml", "[client]\nkey = \"dmr_hush\"\n", 0o640);
    let problem = world.all(None, &[], &[]).unwrap_err();
    insta::assert_snapshot!(problem.to_string().replace(&world.directory.path().display().to_string(), ""), @"the file of secrets /secrets.toml can be read or written by others (mode 640) (secrets.readable)");
    world.add("secrets.toml", "[client]\nkey = \"dmr hush\"\nDMR_KEY = \"dmr_other\"\n", 0o600);
    let problem = world.all(None, &[], &[]).unwrap_err();
    assert!(problem.errors.iter().all(|issue| issue.value.is_none()) && !told(&problem).contains("hush"), "{problem:?}");
    world.add("secrets.toml", "DMR_KEY = \"dmr_one\"\n[client]\nkey = \"dmr_two\"\n", 0o600);
    let problem = told(&world.all(None, &[], &[]).unwrap_err()).replace(&world.directory.path().display().to_string(), "");
    insta::assert_snapshot!(problem, @"setting.conflict: /secrets.toml, line 3: `DMR_KEY` and `client.key` name the same setting and say different things: (secret) and (secret)");
}

/// The environment's names in the source documents, and those of the files they show.
const NAMED: &str = "AUDIT_COMPRESSION_ENABLED AUDIT_COMPRESSION_LEVEL MAX_AUDIT_ENTRIES MAX_SAMPLE_ROWS STATISTICS_UPDATE_INTERVAL ENABLE_FIELD_INDEXING \
    ENABLE_FIELD_ENCRYPTION MASK_SENSITIVE_FIELDS MAX_RECORDS_IN_MEMORY REGISTRY_AUTO_DISCOVER REGISTRY_CACHE_ENABLED REGISTRY_CACHE_TTL \
    MODEL_REGISTRY_VERSIONING MODEL_REGISTRY_DEFAULT_NAMESPACE FUNCTION_REGISTRY_TRACK_CALLS FUNCTION_REGISTRY_TIMEOUT \
    TYPE_REGISTRY_STRICT_MODE TYPE_REGISTRY_VALIDATION_CACHE ENRICHMENT_AUTO_REFRESH ENRICHMENT_INTERVAL ENRICHMENT_SAMPLE_SIZE \
    REGISTRY_NAMESPACE_PREFIX FUNCTION_MAX_CALL_HISTORY FUNCTION_TRACK_PERFORMANCE MODEL_AUTO_REGISTER MODEL_TRACK_VERSIONS \
    MODEL_MAX_VERSION_HISTORY TYPE_VALIDATE_ON_REGISTER TYPE_ALLOW_OVERRIDE ENRICHMENT_REFRESH_INTERVAL REGISTRY_SERVER_HOST \
    REGISTRY_SERVER_PORT models.audit_compression models.audit_retention_days models.default_page_size \
    models.permissions.default_user_permissions models.permissions.default_admin_permissions models.ui.date_format models.ui.number_format \
    registry.auto_discover_models registry.auto_register_functions registry.enable_enrichment registry.enrichment_refresh_interval \
    registry.functions.default_permissions registry.functions.track_execution registry.functions.execution_timeout \
    registry.models.default_permissions registry.models.enable_versioning registry.models.max_version_history \
    registry.models.auto_generate_ui registry.types.enable_validators registry.types.cache_validated_values \
    registry.types.validation_cache_ttl registry.enrichment.auto_refresh registry.enrichment.refresh_interval \
    registry.enrichment.sample_size registry.enrichment.enable_categorical_detection registry.enrichment.categorical_threshold \
    registry.import_control.models_path registry.import_control.types_path registry.import_control.auto_discover_on_startup \
    registry.import_control.strict_mode registry.namespace_prefix registry.functions.max_call_history registry.functions.track_performance \
    registry.models.auto_register_on_import registry.models.track_versions registry.types.validate_on_register registry.types.allow_override";

#[test]
fn c1_every_name_of_the_documents_is_known() {
    let page = dmr::settings::reference();
    for name in NAMED.split_whitespace() {
        let problem = load(&[], &[(name, "?")]).map(drop).map_err(|problem| problem.errors.first().map(|issue| issue.code));
        assert!(problem != Err(Some(dmr::Code::SettingUnknown)), "{name}: {problem:?}");
        assert!(page.contains(&format!("`{name}`")), "{name} is in the reference");
    }
}
