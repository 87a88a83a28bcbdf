//! The gatekeeper: an export list decides which models somebody can see, and the access log tells who asked (M9).

use crate::world::{Outcome, Person, World, on_both, told, with_settings};
use dmr::core::permission::Operation;
use dmr::{AccessFilter, AccessibleFilter, ModelFilter, Reason, Settings, Value};
use serde_json::json;

/// Models of two namespaces that a clerk may do everything with, and a list that exports one of these to it.
fn shop(world: &World) -> (Person, Person) {
    let admin = world.admin();
    let all = json!(["create", "read", "update", "delete", "list"]);
    for name in ["shop.Sale", "shop.Item", "Staff"] {
        let permissions = json!({ "models": { "admin": all, "clerk": all } });
        let schema = json!({ "type": "object", "properties": { "n": { "type": "integer" } } });
        let (namespace, name) = name.split_once('.').unwrap_or(("app", name));
        admin.registers(json!({ "name": name, "namespace": namespace, "schema": schema, "permissions": permissions })).done();
    }
    (admin, world.person("ana", &["clerk"]))
}

fn exports(admin: &Person, list: Value) {
    admin.change_settings(json!({ "gatekeeper.exports": list })).wait().done();
}

fn reason(person: &Person, model: &str, role: Option<&str>) -> Reason {
    person.check_access(model, Operation::Read, role).done().reason
}

#[test]
fn m9_what_is_not_exported_does_not_exist_for_any_use() {
    on_both(|world| {
        let (admin, ana) = shop(&world);
        let staff = crate::world::id(&admin.creates("Staff", json!({ "n": 1 })).done());
        assert_eq!(ana.gets("Staff", &staff).done()["n"], 1);
        exports(&admin, json!({ "clerk": ["shop.*"] }));
        assert_eq!(ana.finds(ModelFilter::default()), ["ns.models.shop.Item", "ns.models.shop.Sale"]);
        let hidden = |name: &str| {
            let mut refusals = vec![
                ana.gets(name, &staff).refused(),
                ana.lists(name, "").refused(),
                ana.creates(name, json!({ "n": 2 })).refused(),
                ana.updates(name, &staff, json!({ "n": 2 })).refused(),
                ana.history_of(name, &staff).refused(),
                ana.aggregates(name, json!({})).refused(),
                ana.get_model(name).refused(),
                ana.schema(name, None).refused(),
            ];
            refusals.iter_mut().for_each(|refusal| refusal["detail"] = refusal["detail"].as_str().unwrap().replace(name, "?").into());
            refusals
        };
        assert_eq!(hidden("Staff"), hidden("Stoff"), "as a model that is not there");
        assert_eq!(admin.gets("Staff", &staff).done()["n"], 1, "admin is bound only by a row of its own");
        exports(&admin, Value::Null);
        assert_eq!(ana.gets("Staff", &staff).done()["n"], 1);
    });
}

#[test]
fn m9_the_list_gives_nothing_that_permissions_do_not() {
    on_both(|world| {
        let (admin, _) = shop(&world);
        let bob = world.person("bob", &["guest"]);
        exports(&admin, json!({ "guest": ["*"] }));
        assert_eq!(bob.finds(ModelFilter::default()), Vec::<String>::new());
        assert_eq!(reason(&bob, "Staff", None), Reason::Unknown);
        assert_eq!(reason(&admin, "Staff", Some("guest")), Reason::NotPermitted);
    });
}

#[test]
fn m9_who_may_register_knows_of_the_model_and_comes_to_no_record() {
    on_both(|world| {
        let (admin, _) = shop(&world);
        admin.set_role("keeper", json!({ "rights": ["register"], "inherits": ["clerk"] })).wait().done();
        let kim = world.person("kim", &["keeper"]);
        let staff = crate::world::id(&admin.creates("Staff", json!({ "n": 1 })).done());
        exports(&admin, json!({ "clerk": ["shop.*"] }));
        assert_eq!(kim.get_model("Staff").done()["records"], Value::Null);
        assert_eq!(kim.gets("Staff", &staff).refused()["code"], "right.missing");
        assert_eq!(kim.creates("shop.Sale", json!({ "n": 1 })).done()["n"], 1, "what its role inherits is exported to it");
    });
}

#[test]
fn m9_an_application_is_a_principal_with_a_row_of_its_own() {
    on_both(|world| {
        let (admin, ana) = shop(&world);
        let till = world.person("till", &["clerk"]);
        exports(&admin, json!({ "@till": ["shop.Sale"] }));
        assert_eq!((till.list_models(None).done(), ana.list_models(None).done()), (vec!["shop.Sale".to_owned()], Vec::new()));
        assert_eq!(till.list_models(Some("external")).done(), ["shop.Sale"]);
        assert_eq!(till.list_models(Some("static")).done(), Vec::<String>::new());
        assert_eq!(till.list_models(Some("statik")).refused()["code"], "parameter.value");
    });
}

#[test]
fn m9_a_list_that_is_not_strict_hides_nothing_and_notes_what_it_would_hide() {
    on_both(|world| {
        let (admin, ana) = shop(&world);
        admin.change_settings(json!({ "gatekeeper.exports": "clerk = shop.*", "gatekeeper.strict": false })).wait().done();
        assert_eq!(ana.list_models(None).done().len(), 3);
        ana.lists("Staff", "").done();
        ana.lists("shop.Sale", "").done();
        assert_eq!(reason(&admin, "Staff", Some("clerk")), Reason::NotEnforced);
        assert_eq!(log(&admin, AccessFilter::default()), ["administrator clerk Staff read not_enforced 1", "ana - Staff - not_enforced 1"]);
        admin.change_settings(json!({ "gatekeeper.strict": true })).wait().done();
        assert_eq!(ana.lists("Staff", "").refused()["code"], "model.unknown");
    });
}

/// What is told of an access is what comes of it: over lists, roles and permissions of every kind.
#[test]
fn m9_a_check_tells_what_is_so() {
    const LISTS: [&str; 8] = [
        "none",
        "clerk = *",
        "clerk = shop.*",
        "* = shop.Sale",
        "* = none; clerk = Staff",
        "@ana = *.Item",
        "guest = *",
        "base = St*, shop.S*",
    ];
    const GRANTS: [&[&str]; 4] = [&["list", "create"], &["list"], &["create"], &[]];
    on_both(|world| {
        let admin = world.admin();
        admin.set_role("clerk", json!({ "rights": [], "inherits": ["base"] })).wait().done();
        let models = ["shop.Sale", "shop.Item", "Staff"];
        for (at, name) in models.iter().enumerate() {
            let (namespace, short) = name.split_once('.').unwrap_or(("app", name));
            let models = json!({ "admin": ["read", "list"], "clerk": GRANTS[at], "base": GRANTS[(at + 2) % 4], "*": GRANTS[3 - at] });
            let body =
                json!({ "name": short, "namespace": namespace, "schema": { "type": "object" }, "permissions": { "models": models } });
            admin.registers(body).done();
        }
        let people = [("ana", ["clerk"]), ("bob", ["base"]), ("cyd", ["other"])].map(|(name, roles)| world.person(name, &roles));
        for (list, strict) in LISTS.iter().flat_map(|list| [(list, true), (list, false)]) {
            admin.change_settings(json!({ "gatekeeper.exports": list, "gatekeeper.strict": strict })).wait().done();
            for person in &people {
                let mut reached = Vec::new();
                for model in models {
                    let told =
                        [Operation::List, Operation::Create].map(|operation| person.check_access(model, operation, None).done().allowed);
                    let done = [person.lists(model, "").is_ok(), person.creates(model, json!({})).is_ok()];
                    assert_eq!(told, done, "{list}, strict {strict}: {} and {model}", person.asker().name);
                    reached.extend((told != [false, false]).then_some(model));
                }
                reached.sort_unstable_by_key(|name| {
                    if name.contains('.') { format!("ns.models.{name}") } else { format!("ns.models.app.{name}") }
                });
                assert_eq!(person.list_models(None).done(), reached, "{list}, strict {strict}");
                let page = person.accessible_models(None, &AccessibleFilter::default()).done();
                let names: Vec<&str> = page["items"].as_array().unwrap().iter().map(|item| item["name"].as_str().unwrap()).collect();
                assert_eq!(names, reached, "{list}, strict {strict}");
            }
        }
    });
}

#[test]
fn m8_m9_a_short_name_is_one_of_those_that_are_exported() {
    on_both(|world| {
        let (admin, ana) = shop(&world);
        let permissions = json!({ "models": { "admin": ["list"], "clerk": ["list"] } });
        admin.registers(json!({ "name": "Sale", "namespace": "old", "schema": { "type": "object" }, "permissions": permissions })).done();
        assert_eq!(ana.get_model("Sale").refused()["code"], "model.ambiguous");
        exports(&admin, json!({ "clerk": ["old.*"] }));
        assert_eq!(ana.get_model("Sale").done()["path"], "ns.models.old.Sale");
        exports(&admin, json!({ "clerk": [] }));
        told!(ana.get_model("Sale").refused(), @r#"{"status":404,"detail":"there is no model `Sale`","code":"model.unknown","errors":[]}"#);
        assert_eq!(log(&admin, AccessFilter::default()), ["ana - old.Sale - not_exported 1", "ana - shop.Sale - not_exported 1"]);
    });
}

/// Who, for which role, which model, what, why, how often.
fn log(person: &Person, filter: AccessFilter) -> Vec<String> {
    let page = person.access_log(&filter).done();
    let name =
        |id: &Value| person.principal(id.as_str().unwrap()).map_or("?".to_owned(), |(who, _)| who["name"].as_str().unwrap().to_owned());
    let word = |value: &Value| value.as_str().unwrap_or("-").to_owned();
    let told = |item: &Value| {
        let words = ["role", "model", "operation", "reason"].map(|member| word(&item[member])).join(" ");
        format!("{} {words} {}", name(&item["by"]), item["times"])
    };
    page["items"].as_array().unwrap().iter().map(told).collect()
}

#[test]
fn m9_checks_and_refusals_are_in_the_access_log_and_repeated_ones_are_counted() {
    on_both(|world| {
        let (admin, ana) = shop(&world);
        exports(&admin, json!({ "clerk": ["shop.*"] }));
        for _ in 0..3 {
            ana.lists("Staff", "").refused();
        }
        ana.lists("shop.Sale", "").done();
        assert!(ana.check_access("shop.Sale", Operation::Delete, Some("clerk")).done().allowed);
        assert!(!ana.check_access("Staff", Operation::Read, None).done().allowed);
        admin.check_access("Nothing", Operation::Read, Some("clerk")).done();
        world.seconds_pass(61);
        ana.lists("Staff", "").refused();
        let all = [
            "ana - Staff - not_exported 1",
            "administrator clerk Nothing read unknown 1",
            "ana - Staff read not_exported 1",
            "ana clerk shop.Sale delete granted 1",
            "ana - Staff - not_exported 3",
        ];
        assert_eq!(log(&admin, AccessFilter::default()), all);
        assert_eq!(log(&admin, AccessFilter { allowed: Some(true), ..Default::default() }), [all[3]]);
        assert_eq!(log(&admin, AccessFilter { model: Some("Staff".into()), ..Default::default() }), [all[0], all[2], all[4]]);
        let (mut cursor, mut pages) = (None, Vec::new());
        loop {
            let page = admin.access_log(&AccessFilter { limit: Some(2), cursor, ..Default::default() }).done();
            pages.push(page["items"].as_array().unwrap().len());
            cursor = page["next"].as_str().map(str::to_owned);
            if cursor.is_none() {
                break;
            }
        }
        assert_eq!(pages, [2, 2, 1]);
        told!(admin.access_log(&AccessFilter { limit: Some(1), model: Some("shop.Sale".into()), ..Default::default() }).done(), @r#"
        {
          "items": [
            {
              "at": "2026-01-01T00:00:00.000000Z",
              "since": "2026-01-01T00:00:00.000000Z",
              "times": 1,
              "by": "<id 1>",
              "role": "clerk",
              "model": "shop.Sale",
              "operation": "delete",
              "allowed": true,
              "reason": "granted"
            }
          ],
          "next": null
        }
        "#);
        admin.change_settings(json!({ "gatekeeper.log_entries": 1 })).wait().done();
        ana.lists("Staff", "").refused();
        admin.check_access("shop.Sale", Operation::Read, Some("clerk")).done();
        assert_eq!(log(&admin, AccessFilter::default()), ["administrator clerk shop.Sale read granted 1"], "the oldest go");
    });
}

#[test]
fn m9_p6_the_access_log_tells_an_auditor_nothing_of_models_it_may_not_know_of() {
    on_both(|world| {
        let (admin, ana) = shop(&world);
        admin.set_role("auditor", json!({ "rights": ["audit"], "inherits": ["clerk"] })).wait().done();
        let kim = world.person("kim", &["auditor"]);
        exports(&admin, json!({ "auditor": ["shop.Sale"], "clerk": ["shop.Sale"] }));
        for model in ["shop.Sale", "shop.Item", "Nothing"] {
            ana.check_access(model, Operation::Read, None).done();
            kim.check_access(model, Operation::Read, None).done();
        }
        let told: Vec<String> = log(&kim, AccessFilter::default()).iter().map(|line| line.split_once(' ').unwrap().1.to_owned()).collect();
        assert_eq!(told, ["- shop.Sale read granted 1", "- shop.Sale read granted 1"]);
        assert_eq!(
            kim.access_log(&AccessFilter { model: Some("shop.Item".into()), ..Default::default() }).refused()["code"],
            "model.unknown"
        );
        assert_eq!(ana.access_log(&AccessFilter::default()).refused()["code"], "right.missing");
        let answers = ["shop.Item", "Nothing"].map(|model| json!(kim.check_access(model, Operation::Read, None).done()));
        assert_eq!(answers[0].to_string().replace("shop.Item", "?"), answers[1].to_string().replace("Nothing", "?"));
    });
}

#[test]
fn m9_what_a_role_comes_to_is_told_to_who_holds_it_or_may_register() {
    on_both(|world| {
        let (admin, ana) = shop(&world);
        exports(&admin, json!({ "clerk": ["shop.*"], "admin": ["*"] }));
        let names = |person: &Person, role: Option<&str>, filter: AccessibleFilter| {
            let page = person.accessible_models(role, &filter).done();
            let names: Vec<String> =
                page["items"].as_array().unwrap().iter().map(|item| item["name"].as_str().unwrap().to_owned()).collect();
            (names, page["next"].as_str().map(str::to_owned))
        };
        for (person, role) in [(&ana, None), (&ana, Some("clerk")), (&admin, Some("clerk"))] {
            assert_eq!(names(person, role, AccessibleFilter::default()).0, ["shop.Item", "shop.Sale"]);
        }
        let (first, next) = names(&ana, None, AccessibleFilter { limit: Some(1), cursor: None });
        assert_eq!(
            (first, names(&ana, None, AccessibleFilter { limit: Some(1), cursor: next }).0),
            (vec!["shop.Item".into()], vec!["shop.Sale".into()])
        );
        assert_eq!(ana.accessible_models(Some("admin"), &AccessibleFilter::default()).refused()["code"], "right.missing");
        assert_eq!(ana.check_access("shop.Sale", Operation::Read, Some("admin")).refused()["code"], "right.missing");
        assert_eq!(admin.accessible_models(Some("no role"), &AccessibleFilter::default()).refused()["code"], "name.invalid");
        told!(admin.accessible_models(Some("clerk"), &AccessibleFilter { limit: Some(1), cursor: None }).done()["items"], @r#"[{"name":"shop.Item","path":"ns.models.shop.Item","source":"external","operations":["create","read","update","delete","list"]}]"#);
        told!(admin.gatekeeper().done(), @r#"
        {
          "strict": true,
          "auto_export": false,
          "exports": [{"to":"admin","patterns":["*"],"models":3},{"to":"clerk","patterns":["shop.*"],"models":2}],
          "hidden": 0,
          "folder": null
        }
        "#);
        assert_eq!(ana.gatekeeper().refused()["code"], "right.missing");
        assert_eq!(world.anybody().gatekeeper().refused()["code"], "credential.missing");
    });
}

#[test]
fn m9_discovered_models_are_exported_where_that_is_asked() {
    let settings = dmr::core::gate::Exports::parse("other = shop.*").unwrap();
    let settings = Settings::builder().with(|all| all.gatekeeper.exports = settings.clone()).build().unwrap();
    with_settings(&settings, |world| {
        let admin = world.admin();
        let file = tempfile::Builder::new().prefix("pens").suffix(".csv").tempfile().unwrap();
        std::fs::write(file.path(), "ink,width\nblue,1\n").unwrap();
        let upload = dmr::Upload { model: Some("dynamic.Pens".into()), ..Default::default() };
        admin.begin_upload(file.path(), upload).done().done.done();
        let ana = world.person("ana", &["user"]);
        assert_eq!(ana.list_models(None).done(), Vec::<String>::new());
        admin.change_settings(json!({ "gatekeeper.auto_export": "on" })).wait().done();
        assert_eq!(ana.list_models(Some("dynamic")).done(), ["dynamic.Pens"]);
    });
}

#[test]
fn m9_a_write_that_was_prepared_before_the_list_changed_is_decided_after_it() {
    on_both(|world| {
        let (admin, ana) = shop(&world);
        for n in 0..20 {
            let before = ana.create_value("Staff", json!({ "n": n }), dmr::Write::default());
            exports(&admin, json!({ "clerk": [if n % 2 == 0 { "shop.*" } else { "*" }] }));
            // Either answer is one of its time.
            let _ = before.wait();
            let allowed = ana.creates("Staff", json!({ "n": n })).is_ok();
            assert_eq!(allowed, n % 2 == 1, "from the answer on the new list holds");
        }
    });
}

#[test]
fn m9_the_list_is_a_setting_over_restarts_and_each_change_is_logged() {
    on_both(|world| {
        let (admin, _) = shop(&world);
        exports(&admin, json!({ "clerk": ["shop.*", "Product"], "*": [] }));
        let world = world.reopened();
        let admin = world.admin();
        let told = admin.settings().done();
        let item = told["items"].as_array().unwrap().iter().find(|item| item["key"] == "gatekeeper.exports").unwrap().clone();
        assert_eq!(item["value"], "* = none; clerk = shop.*, Product");
        let trail = admin.trail(dmr::AuditFilter { operation: Some("setting.change".into()), ..Default::default() });
        assert_eq!(trail, ["setting.change setting [value]"]);
        for (wrong, code) in [
            (json!({ "clerk": "shop.*" }), "setting.value"),
            (json!({ "clerk": ["sh/op"] }), "setting.value"),
            (json!({ "clerk": ["a; b = c"] }), "setting.value"),
            (json!("clerk"), "setting.value"),
            (json!(["clerk"]), "setting.value"),
        ] {
            assert_eq!(admin.change_settings(json!({ "gatekeeper.exports": wrong })).refused()["errors"][0]["code"], code, "{wrong}");
        }
        assert_eq!(admin.change_settings(json!({ "records.page_size": { "a": [] } })).refused()["errors"][0]["code"], "setting.value");
    });
}
