//! C1: settings changed while a registry is open.

use crate::world::{World, on_both, with_settings};
use dmr::{AuditFilter, Settings, Value};
use serde_json::json;

/// The settings that somebody changed, as they are told.
fn changed(told: &Value) -> Vec<Value> {
    told["items"].as_array().unwrap().iter().filter(|item| item.get("changed").is_some()).cloned().collect()
}

#[test]
fn c1_a_live_setting_is_changed_at_once_logged_and_survives_restarts() {
    on_both(|world| {
        let admin = world.admin();
        let told = admin.change_settings(json!({ "records.page_size": 20, "search.limit": "3" })).wait().unwrap();
        let by = admin.id();
        let at = "2026-01-01T00:00:00.000000Z";
        let page_size = changed(&told).swap_remove(0);
        assert_eq!(
            page_size,
            json!({
                "key": "records.page_size", "value": "20", "default": "50", "takes": "a whole number from 1 to 100000",
                "about": "Records on a page when the request says nothing.", "live": true,
                "origin": format!("changed at run time by {by}, {at}"), "changed": { "by": by, "at": at, "start": "50" },
            })
        );
        assert_eq!(told, admin.settings().unwrap());
        assert_eq!((world.registry.settings().records.page_size, world.registry.settings().search.limit), (20, 3));
        let trail = admin.audit(AuditFilter { operation: Some("setting.change".into()), ..AuditFilter::default() }).wait().unwrap();
        let trail: Vec<Value> = trail.to_value()["items"].as_array().unwrap().clone();
        let told: Vec<_> = trail.iter().map(|item| (&item["what"], &item["key"], &item["changed"], item["by"] == by)).collect();
        assert_eq!(
            told,
            [
                (&json!("setting"), &json!("search.limit"), &json!(["value"]), true),
                (&json!("setting"), &json!("records.page_size"), &json!(["value"]), true)
            ]
        );
        let world = world.reopened();
        let admin = world.admin();
        assert_eq!((world.registry.settings().records.page_size, changed(&admin.settings().unwrap()).len()), (20, 2));

        admin.change_settings(json!({ "records.page_size": null, "search.limit": 3 })).wait().unwrap();
        assert_eq!((world.registry.settings().records.page_size, changed(&admin.settings().unwrap()).len()), (50, 1));
    });
}

#[test]
fn c1_it_holds_for_what_is_asked_next() {
    on_both(|world| {
        let admin = world.admin();
        admin.register(json!({ "name": "N", "schema": { "properties": { "n": { "type": "integer" } } } })).wait().unwrap();
        for n in 0..5 {
            admin.create_value("N", json!({ "n": n }), dmr::Write::default()).wait().unwrap();
        }
        let listed = || admin.list("N", dmr::read_parameters(&[]).unwrap()).wait().unwrap().items.len();
        assert_eq!(listed(), 5);
        admin.change_settings(json!({ "records.page_size": 2 })).wait().unwrap();
        assert_eq!(listed(), 2);
    });
}

#[test]
fn c1_all_that_is_wrong_is_told_and_nothing_of_it_is_done() {
    on_both(|world| {
        let admin = world.admin();
        let told = |patch: Value| {
            let problem = admin.change_settings(patch).wait().unwrap_err();
            let lines = problem
                .errors
                .iter()
                .map(|issue| format!("{} {}: {} {:?}", issue.pointer, issue.code.as_str(), issue.message, issue.suggestions));
            lines.collect::<Vec<_>>().join("\n")
        };
        insta::assert_snapshot!(told(json!({
            "records.pagesize": 1, "server.port": 1, "records.max_bulk": 0, "debugging": true, "log.compression": true, "client.key": "hush",
            "search.limit": 4,
        })), @r#"
        /records.pagesize setting.unknown: there is no setting `records.pagesize` ["records.page_size", "records.max_page_size"]
        /server.port setting.fixed: `server.port` holds for as long as the process runs: set it where the process is started []
        /records.max_bulk setting.value: `records.max_bulk` takes a whole number from 1 to 1000000 []
        /debugging setting.unknown: there is no setting `debugging` []
        /log.compression behaviour.unavailable: `log.compression` is for a feature that is not built yet (log.compression) []
        /client.key setting.fixed: `client.key` holds for as long as the process runs: set it where the process is started []
        "#);
        insta::assert_snapshot!(told(json!({ "records.page_size": 2000 })), @"records.page_size setting.conflict: `records.page_size` (2000) is more than `records.max_page_size` (1000) []");
        insta::assert_snapshot!(told(json!([])), @" body.shape: this is an object of settings by their keys []");
        insta::assert_snapshot!(told(json!({ "records.page_size": 5, "models.default_page_size": 6 })), @"/models.default_page_size setting.conflict: `records.page_size` is named twice []");
        assert_eq!(*world.registry.settings(), Settings::default());
    });
}

#[test]
fn c1_p6_only_the_right_settings_reads_and_changes_them() {
    on_both(|world| {
        world.admin().set_role("tuner", json!({ "rights": ["settings"] })).wait().unwrap();
        let (tuner, user) = (world.person("tuner", &["tuner"]), world.person("user", &["user"]));
        assert!(tuner.change_settings(json!({ "search.limit": 4 })).wait().is_ok());
        for problem in [user.settings().unwrap_err(), user.change_settings(json!({ "nothing": 1 })).wait().unwrap_err()] {
            assert_eq!(problem.to_string(), "the right `settings` is missing (right.missing)");
        }
        assert_eq!(world.anybody().settings().unwrap_err().code, dmr::Code::CredentialMissing);
        let trail = |who: &crate::world::Person| {
            let filter = AuditFilter { operation: Some("setting.change".into()), ..AuditFilter::default() };
            who.audit(filter).wait().map(|page| page.items.len()).unwrap_or(0)
        };
        assert_eq!((trail(&world.admin()), trail(&user)), (1, 0));
    });
}

#[test]
fn c1_a_change_that_no_longer_goes_together_with_the_start_is_passed_over() {
    let directory = tempfile::tempdir().unwrap();
    let open = |most: usize| {
        let settings = Settings::builder()
            .with(|settings| {
                settings.records.max_page_size = most;
                settings.records.page_size = 5;
            })
            .build()
            .unwrap();
        dmr::Registry::builder().data(directory.path()).settings(settings).open().unwrap()
    };
    let registry = open(1000);
    let told = std::sync::Arc::new(std::sync::Mutex::new(Vec::new()));
    let telling = told.clone();
    registry.watch_settings(move |settings| telling.lock().unwrap().push(settings.records.page_size));
    registry.session(registry.local().unwrap()).change_settings(json!({ "records.page_size": 500 })).wait().unwrap();
    assert_eq!(*told.lock().unwrap(), [5, 500]);
    registry.close();
    drop(registry);
    let registry = open(100);
    assert_eq!(registry.settings().records.page_size, 5, "the start wins where both cannot be");
    registry.close();
    drop(registry);
    assert_eq!(open(1000).settings().records.page_size, 500);
}

#[test]
fn c1_settings_of_the_start_are_told_with_where_they_came_from() {
    let settings = Settings::builder().with(|settings| settings.search.limit = 4).build().unwrap();
    with_settings(&settings, |world: World| {
        let told = world.admin().settings().unwrap();
        let limit = told["items"].as_array().unwrap().iter().find(|item| item["key"] == "search.limit").unwrap().clone();
        assert_eq!((&limit["value"], &limit["origin"], limit.get("changed")), (&json!("4"), &json!("program"), None));
    });
}
