//! The gatekeeper's export list as it is read, and what it leaves whom (M9).

use dmr_core::gate::{Exports, Gatekeeper};
use dmr_core::model::Source;
use dmr_core::name::ModelName;
use dmr_core::principal::ADMIN;
use dmr_core::registration::{Defaults, Registration, build};
use proptest::prelude::*;

fn head(name: &str, source: Source) -> dmr_core::model::Head {
    let registration = Registration {
        schema: Some(serde_json::json!({ "type": "object", "properties": { "a": { "type": "string" } } })),
        ..Registration::new(ModelName::parse(name).unwrap(), source)
    };
    let defaults = Defaults { permissions: Default::default(), first_version: dmr_core::name::Version::FIRST, targets: Default::default() };
    build(&registration, None, &defaults).unwrap().head
}

fn keeper(list: &str) -> Gatekeeper {
    Gatekeeper { exports: Exports::parse(list).unwrap(), strict: true, auto_export: false }
}

/// Whether a list exports models to roles, as an application: one letter a model.
fn exported(list: &str, roles: &[&str], application: Option<&str>) -> String {
    let roles: Vec<String> = roles.iter().map(|role| (*role).to_owned()).collect();
    let exported = keeper(list).exported(&roles, application);
    let models = [("P", "Product"), ("S", "shop.Sale"), ("A", "shop.archive.Sale"), ("N", "news.Item")];
    let had = models.iter().filter(|(_, name)| exported.as_ref().is_none_or(|exported| exported.has(&head(name, Source::External))));
    had.map(|(letter, _)| *letter).collect()
}

#[test]
fn m9_a_row_exports_to_a_role_to_everybody_or_to_an_application() {
    let list = "clerk = shop.*, Product; * = news.*; @till 1 = shop.Sale; nobody = none";
    assert_eq!(exported(list, &["clerk"], None), "PSAN");
    assert_eq!(exported(list, &["other"], None), "N");
    assert_eq!(exported(list, &["nobody"], None), "N");
    assert_eq!(exported(list, &["other"], Some("till 1")), "SN");
    assert_eq!(exported(list, &["other"], Some("till 2")), "N");
    assert_eq!(exported(list, &["other", "clerk"], None), "PSAN", "of several roles what any of them is given");
    assert_eq!(exported(list, &["anonymous"], None), "", "whoever comes without a credential is not everybody");
    assert_eq!(exported("anonymous = *", &["anonymous"], None), "PSAN");
}

#[test]
fn m9_without_a_list_nothing_is_bound_and_admin_only_by_a_row_of_its_own() {
    assert_eq!(exported("none", &["clerk"], None), "PSAN");
    assert_eq!(exported("clerk = Product", &[ADMIN], None), "PSAN");
    assert_eq!(exported("clerk = Product", &[ADMIN, "clerk"], None), "PSAN");
    assert_eq!(exported("admin = shop.Sale; clerk = Product", &[ADMIN, "clerk"], None), "PS");
    assert_eq!(exported("* = none", &["clerk"], None), "");
}

#[test]
fn m8_patterns_are_names_as_routes_have_them_paths_and_globs() {
    for (pattern, models) in [
        ("Product", "P"),
        ("Pro*", "P"),
        ("app.Product", "P"),
        ("ns.models.app.Product", "P"),
        ("shop.*", "SA"),
        ("*.Sale", "SA"),
        ("ns.models.shop.S?le", "S"),
        ("*", "PSAN"),
        ("ns.*", "PSAN"),
        ("sale", ""),
    ] {
        assert_eq!(exported(&format!("r = {pattern}"), &["r"], None), models, "{pattern}");
    }
}

#[test]
fn m9_what_was_discovered_may_be_exported_by_itself() {
    let roles = ["clerk".to_owned()];
    let (found, made) = (head("dynamic.Found", Source::Dynamic), head("Made", Source::External));
    for auto_export in [false, true] {
        let keeper = Gatekeeper { auto_export, ..keeper("other = Product") };
        let exported = keeper.exported(&roles, None).unwrap();
        assert_eq!((exported.has(&found), exported.has(&made)), (auto_export, false));
    }
}

#[test]
fn m9_what_is_no_list_is_refused() {
    for text in ["clerk", "clerk = a b; clerk = c", "9 = a", "cl erk = a", "@ = a", "clerk = sh/op", "clerk = ü", "= a", "clerk = a = b"] {
        assert_eq!(Exports::parse(text), None, "{text}");
    }
    assert_eq!(Exports::parse(" ; "), Some(Exports::default()));
}

proptest! {
    #[test]
    fn m9_a_list_is_read_as_it_is_written(rows in prop::collection::btree_map("([a-z]{1,5}|@[a-zü ]{1,5}[a-z]|\\*)", prop::collection::vec("[A-Za-z.*?_-]{1,8}", 0..4), 0..5)) {
        let text: Vec<String> = rows.iter().map(|(to, patterns)| format!("{to}={}", patterns.join(","))).collect();
        if let Some(exports) = Exports::parse(&text.join(";")) {
            prop_assert_eq!(Exports::parse(&exports.to_string()), Some(exports));
        }
    }
}
