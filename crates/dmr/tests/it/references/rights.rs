//! References tell nobody of what it may not see (P2, P3, P6).

use super::{customer, issues, order};
use crate::world::{Outcome, Person, World, id, on_both, told};
use dmr::Write;
use serde_json::{Value, json};

const ALL: [&str; 5] = ["create", "read", "update", "delete", "list"];

/// Two clerks who see their own customers and all orders but one column; whoever only lists customers reads none.
fn shop(world: &World) -> [Person; 3] {
    let admin = world.admin();
    let columns = json!({ "sec": { "read": ["admin"], "write": ["admin"] } });
    let models = json!({ "admin": ALL, "clerk": ALL, "lister": ["list"] });
    admin.registers(customer(json!({ "permissions": { "models": models, "rows": { "clerk": { "read": "owner" } }, "columns": columns, "discloses": ["no"] } }))).done();
    let columns = json!({ "ship": { "read": ["admin"], "write": ["admin"] }, "lines": { "read": ["admin"], "write": ["admin", "clerk"] } });
    let models = json!({ "admin": ALL, "clerk": ALL, "lister": ALL });
    admin.registers(order(json!({ "permissions": { "models": models, "columns": columns, "discloses": ["no"] } }))).done();
    let clerks = [world.person("Ann", &["clerk"]), world.person("Bob", &["clerk"])];
    clerks[0].creates("shop.Customer", json!({ "no": "a" })).done();
    clerks[1].creates("shop.Customer", json!({ "no": "bbb" })).done();
    admin.updates("shop.Customer", "a", json!({ "sec": "secret of a" })).done();
    let [ann, bob] = clerks;
    [ann, bob, world.person("Lis", &["lister"])]
}

#[test]
fn m5_who_writes_names_only_what_it_may_read() {
    on_both(|world| {
        let [ann, bob, lister] = shop(&world);
        let hidden = id(&world.admin().gets("shop.Customer", "bbb").done());
        ann.creates("shop.Order", json!({ "customer": "a" })).done();
        // Not there, and not hers: the same, byte for byte.
        let answers = ["bbb", "zzz"].map(|no| ann.creates("shop.Order", json!({ "customer": no })).refused().to_string().replace(no, "?"));
        assert_eq!(answers[0], answers[1]);
        let refused = ann.creates("shop.Order", json!({ "customer": hidden })).refused();
        assert_eq!(issues(&refused), [("reference.unknown", "/customer")]);
        // To list is not to read.
        assert_eq!(issues(&lister.creates("shop.Order", json!({ "customer": "a" })).refused()), [("reference.unknown", "/customer")]);
        // What another wrote stays as it is when she changes something else, also when it is sent along.
        let theirs = bob.creates("shop.Order", json!({ "no": 1, "customer": "bbb" })).done();
        ann.updates("shop.Order", &id(&theirs), json!({ "no": 2, "customer": "bbb" })).done();
        assert_eq!(
            issues(&ann.updates("shop.Order", &id(&theirs), json!({ "customer": hidden })).refused()),
            [("reference.unknown", "/customer")]
        );
    });
}

#[test]
fn m5_a_reference_that_is_set_unseen_tells_nothing_of_what_it_was() {
    on_both(|world| {
        let [ann, _, _] = shop(&world);
        let admin = world.admin();
        let made = [json!(["bbb"]), json!(["a"])].map(|lines| id(&admin.creates("shop.Order", json!({ "lines": lines })).done()));
        for lines in [json!(["bbb"]), json!(["zzz"]), json!(["a"])] {
            let told = made.each_ref().map(|at| {
                ann.updates("shop.Order", at, json!({ "lines": lines })).map(|_| Value::Null).map_err(|problem| problem.to_json())
            });
            assert_eq!(told[0], told[1], "{lines}");
        }
        // What she does not see of a refused value is not shown either.
        let refused = ann.creates("shop.Order", json!({ "lines": ["zzz"] })).refused();
        assert_eq!(refused["errors"][0].get("value"), None);
        // A column that is hidden is unknown, whatever it holds.
        let refused = ann.creates("shop.Order", json!({ "ship": { "to": "zzz" } })).refused();
        assert_eq!(issues(&refused), [("field.undeclared", "/ship")]);
    });
}

#[test]
fn m5_what_is_expanded_is_what_the_asker_sees() {
    on_both(|world| {
        let [ann, _, lister] = shop(&world);
        let admin = world.admin();
        let (a, b) = (id(&admin.gets("shop.Customer", "a").done()), id(&admin.gets("shop.Customer", "bbb").done()));
        admin
            .creates_all(
                "shop.Order",
                &json!([
                    { "no": 1, "customer": "a", "lines": ["a", "bbb"], "ship": { "to": a } }, { "no": 2, "customer": b, "ship": { "to": b } },
                ]),
            )
            .done();
        let expanded = |person: &Person, expand: &str| -> Vec<Value> {
            let page = person.lists("shop.Order", &format!("sort=no&expand={expand}")).done();
            page["items"].as_array().unwrap().iter().map(|item| item["_expand"].clone()).collect()
        };
        let seen = expanded(&ann, "customer");
        assert_eq!((&seen[0]["customer"]["no"], seen[0]["customer"].get("sec"), &seen[1]), (&json!("a"), None, &json!({})));
        assert_eq!(expanded(&admin, "customer")[0]["customer"]["sec"], "secret of a");
        assert_eq!(expanded(&lister, "customer"), [json!({}), json!({})]);
        // A reference she does not see is a name like any.
        let answers = ["ship.to", "shap.to", "shap"].map(|name| {
            let refused = ann.lists("shop.Order", &format!("expand={name}")).refused();
            refused.to_string().replace(name, "?")
        });
        // One she may set and not see she knows of.
        assert_eq!(issues(&ann.lists("shop.Order", "expand=lines").refused()), [("field.unknown", "expand")]);
        assert!(answers.iter().all(|answer| *answer == answers[0]), "{answers:?}");
    });
}

#[test]
fn m5_a_model_one_may_not_know_of_is_not_told() {
    on_both(|world| {
        let admin = world.admin();
        admin.registers(customer(json!({ "permissions": { "models": { "admin": ALL } } }))).done();
        admin.registers(order(json!({ "permissions": { "models": { "admin": ALL, "clerk": ALL } } }))).done();
        admin.creates("shop.Customer", json!({ "no": "a" })).done();
        admin.creates("shop.Order", json!({ "customer": "a" })).done();
        let clerk = world.person("Clara", &["clerk"]);
        assert_eq!(clerk.model("shop.Order").unwrap().0["fields"]["customer"]["references"], Value::Null);
        let answers = ["a", "zzz"].map(|no| clerk.creates("shop.Order", json!({ "customer": no })).refused());
        told!(answers[0], @r#"
        {
          "status": 422,
          "detail": "this names no record",
          "code": "reference.unknown",
          "errors": [
            {"in":"body","pointer":"/customer","code":"reference.unknown","rule":"references","value":"a","message":"this names no record"}
          ]
        }
        "#);
        assert_eq!(answers[0].to_string().replace("\"a\"", "\"zzz\""), answers[1].to_string());
        let page = clerk.lists("shop.Order", "expand=customer").done();
        assert_eq!(page["items"][0]["_expand"], json!({}));
        let answers = ["boss", "bass"]
            .map(|name| clerk.lists("shop.Order", &format!("expand=customer.{name}")).refused().to_string().replace(name, "?"));
        assert_eq!(answers[0], answers[1]);
        let refused = clerk.batch("shop.Order", &json!([{ "op": "create", "record": { "customer": "a" } }]), Write::default()).refused();
        assert_eq!(issues(&refused), [("reference.unknown", "/operations/0/record/customer")]);
    });
}

#[test]
fn m5_a_key_that_is_hidden_names_nothing() {
    on_both(|world| {
        let admin = world.admin();
        let columns = json!({ "no": { "read": ["admin"], "write": ["admin"] } });
        let models = json!({ "admin": ALL, "clerk": ["read", "list"] });
        admin.registers(customer(json!({ "permissions": { "models": models, "columns": columns } }))).done();
        admin.registers(order(json!({ "permissions": { "models": { "admin": ALL, "clerk": ALL } } }))).done();
        let ann = admin.creates("shop.Customer", json!({ "no": "ann", "name": "Ann" })).done();
        let clerk = world.person("Clara", &["clerk"]);
        let answers =
            ["ann", "zoe"].map(|no| clerk.creates("shop.Order", json!({ "customer": no })).refused().to_string().replace(no, "?"));
        assert_eq!(answers[0], answers[1]);
        clerk.creates("shop.Order", json!({ "no": 1, "customer": (id(&ann)) })).done();
        admin.creates("shop.Order", json!({ "no": 2, "customer": "ann" })).done();
        let page = clerk.lists("shop.Order", "sort=no&expand=customer").done();
        let told: Vec<&Value> = page["items"].as_array().unwrap().iter().map(|item| &item["_expand"]).collect();
        assert_eq!((&told[0]["customer"]["name"], told[1]), (&json!("Ann"), &json!({})));
    });
}

#[test]
fn m9_what_is_not_exported_is_neither_named_nor_expanded() {
    on_both(|world| {
        let admin = world.admin();
        let permissions = json!({ "models": { "admin": ALL, "clerk": ALL } });
        admin.registers(customer(json!({ "permissions": permissions }))).done();
        let restricts = json!({ "customer": { "references": "shop.Customer", "on_delete": "restrict" } });
        admin.registers(order(json!({ "permissions": permissions, "fields": restricts }))).done();
        admin.creates("shop.Customer", json!({ "no": "a" })).done();
        let clerk = world.person("Clara", &["clerk"]);
        let made = clerk.creates("shop.Order", json!({ "customer": "a" })).done();
        let exports = |list: Value| admin.change_settings(json!({ "gatekeeper.exports": list })).wait().done();
        exports(json!({ "clerk": ["shop.Order"] }));
        let refused = clerk.creates("shop.Order", json!({ "customer": "a" })).refused();
        assert_eq!((issues(&refused), &refused["detail"]), (vec![("reference.unknown", "/customer")], &json!("this names no record")));
        assert_eq!(clerk.lists("shop.Order", "expand=customer").done()["items"][0]["_expand"], json!({}));
        assert_eq!(clerk.model("shop.Order").unwrap().0["fields"]["customer"]["references"], Value::Null);
        clerk.updates("shop.Order", &id(&made), json!({ "no": 2 })).done();
        // Nor may it delete what is named from where it does not see.
        exports(json!({ "clerk": ["shop.Customer"] }));
        assert_eq!(clerk.deletes("shop.Customer", "a").refused()["code"], "right.missing");
        exports(Value::Null);
        assert_eq!(clerk.deletes("shop.Customer", "a").refused()["code"], "reference.held");
    });
}
