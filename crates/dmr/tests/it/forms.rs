//! Form plans in the library (U1, U2), and what nobody learns by them (P3, P6).

use crate::world::{Outcome, Person, World, on_both};
use dmr::core::form::{Control, Form};
use dmr::core::widget::{ChosenBy, Widget};
use dmr::{Problem, Value};
use serde_json::json;

impl Person {
    fn form(&self, model: &str) -> Result<(Form, String), Problem> {
        self.0.ui_schema(model).wait()
    }

    fn fields(&self, model: &str) -> Vec<Control> {
        self.form(model).unwrap().0.record.fields
    }
}

fn widgets(fields: &[Control]) -> String {
    let told = |field: &Control| {
        let mark = if field.read_only { " (read-only)" } else { "" };
        format!("{}: {}{mark}, {}\n", field.path.as_deref().unwrap_or_default(), field.widget, field.metadata.reason)
    };
    fields.iter().map(told).collect()
}

fn shop(world: &World) -> Person {
    let admin = world.admin();
    let text = json!({ "type": "string" });
    let registration = json!({
        "name": "Shop",
        "schema": { "type": "object", "additionalProperties": false, "required": ["name"], "properties": {
            "name": text, "rating": { "type": "integer", "minimum": 1, "maximum": 5 }, "price": { "type": "number" }, "made": { "type": "string", "readOnly": true },
            "secret": text, "place": { "type": "object", "properties": { "city": text, "vault": { "enum": ["deep", "high"] } } }, "status": text,
        } },
        "fields": { "price": { "widget": "Range" }, "place.city": { "widget": "textarea" } },
        "permissions": {
            "models": { "admin": ["create", "read", "update", "delete", "list"], "seller": ["create", "list"], "reader": ["read"] },
            "columns": { "secret": { "read": ["admin"], "write": ["admin"] }, "place.vault": { "read": ["admin"], "write": ["admin"] },
                         "rating": { "read": ["seller", "admin", "reader"], "write": ["admin"] } },
        },
    });
    admin.registers(registration).done();
    admin
}

#[test]
fn u1_the_plan_is_of_what_the_asker_sees_and_may_set() {
    on_both(|world| {
        let admin = shop(&world);
        let seller = world.person("sam", &["seller"]);
        insta::assert_snapshot!(widgets(&admin.fields("Shop")), @r#"
        name: text_input, nothing but its type, text, says what it is
        rating: slider, it lies between 1 and 5
        price: currency, its name has the word `price`
        made: text_input (read-only), nothing but its type, text, says what it is
        secret: password, its name has the word `secret`
        place: json_editor, it is drawn as its parts, or edited as JSON
        status: text_input, nothing but its type, text, says what it is
        "#);
        insta::assert_snapshot!(widgets(&seller.fields("Shop")), @r#"
        name: text_input, nothing but its type, text, says what it is
        rating: slider (read-only), it lies between 1 and 5
        price: currency, its name has the word `price`
        made: text_input (read-only), nothing but its type, text, says what it is
        place: json_editor, it is drawn as its parts, or edited as JSON
        status: text_input, nothing but its type, text, says what it is
        "#);
        let told = serde_json::to_string(&seller.form("Shop").unwrap().0).unwrap();
        assert!(!told.contains("secret") && !told.contains("vault") && !told.contains("deep"), "{told}");
        assert_eq!(seller.form("Shop").unwrap().0.may, ["create", "list"]);
        let reader = world.person("rea", &["reader"]);
        assert!(reader.fields("Shop").iter().all(|field| field.read_only), "who may only read sets nothing");
        assert_eq!(world.person("out", &["other"]).form("Shop").unwrap_err().code.as_str(), "model.unknown");
    });
}

#[test]
fn u1_a_chosen_widget_is_stored_logged_and_no_new_version() {
    on_both(|world| {
        let admin = shop(&world);
        let (before, tag) = admin.form("Shop").unwrap();
        admin.changes_model("Shop", json!({ "fields": { "price": { "widget": "MONEY" }, "rating": { "widget": "number" } } })).done();
        let (after, other) = admin.form("Shop").unwrap();
        assert_eq!((before.version, tag == other), (after.version, false));
        let chosen: Vec<(Widget, ChosenBy)> =
            after.record.fields[1..3].iter().map(|field| (field.widget, field.metadata.chosen_by)).collect();
        assert_eq!(chosen, [(Widget::NumberInput, ChosenBy::Hint), (Widget::Currency, ChosenBy::Hint)]);
        let world = world.reopened();
        assert_eq!(world.admin().fields("Shop")[1].widget, Widget::NumberInput);
        world.admin().changes_model("Shop", json!({ "fields": { "rating": { "widget": null } } })).done();
        assert_eq!(world.admin().fields("Shop")[1].widget, Widget::Slider);
    });
}

#[test]
fn u1_a_widget_that_is_none_or_does_not_fit_is_refused() {
    on_both(|world| {
        let admin = shop(&world);
        let refused = |widget: &str, field: &str| {
            let problem = admin.changes_model("Shop", json!({ "fields": { field: { "widget": widget } } })).unwrap_err();
            let issue = &problem.errors[0];
            format!("{} {} {} {:?}", issue.pointer, issue.code.as_str(), issue.message, issue.suggestions)
        };
        insta::assert_snapshot!(refused("slidr", "price"), @r#"/fields/price/widget definition.invalid there is no widget `slidr` ["slider"]"#);
        insta::assert_snapshot!(refused("toggle", "price"), @r#"/fields/price/widget definition.invalid `toggle` does not set a field of the type number ["percentage", "currency", "select", "slider", "number_input", "text_input"]"#);
        insta::assert_snapshot!(refused("toggle", "place"), @r#"/fields/place/widget definition.invalid `toggle` does not set a field of the type object ["json_editor"]"#);
        insta::assert_snapshot!(refused("", "name"), @r#"/fields/name/widget definition.invalid there is no widget `` ["password", "email", "url", "phone", "color_picker", "text_area", "percentage", "currency", "toggle", "select", "multi_select", "date_picker", "slider", "number_input", "json_editor", "text_input"]"#);
    });
}

#[test]
fn u1_few_live_values_are_offered_to_those_who_see_every_record() {
    on_both(|world| {
        let admin = shop(&world);
        for at in 0..30 {
            let status = ["open", "closed", "open"][at % 3];
            admin.creates("Shop", json!({ "name": format!("n{at}"), "status": status, "secret": "s" })).done();
        }
        let (form, tag) = admin.form("Shop").unwrap();
        let status = form.record.fields.iter().find(|field| field.name == "status").unwrap();
        let options: Vec<&Value> = status.options.iter().map(|option| &option.value).collect();
        assert_eq!((status.widget, status.others, options), (Widget::Select, true, vec![&json!("open"), &json!("closed")]));
        assert_eq!(status.metadata.reason, "the newest 30 records that have it hold 2 different values; others can be typed");
        assert_eq!(admin.form("Shop").unwrap().1, tag);
        admin.creates("Shop", json!({ "name": "x", "status": "late" })).done();
        assert_ne!(admin.form("Shop").unwrap().1, tag, "what is offered is another");
        let own = json!({ "models": { "admin": ["create", "list"] }, "rows": { "admin": { "read": "owner" } } });
        admin.permits("Shop", own).done();
        let status = admin.fields("Shop").pop().unwrap();
        assert_eq!((status.widget, status.options.len()), (Widget::TextInput, 0));
    });
}
