//! Asking for records: filters, order, pages, budgets (R1, R2; attacks B on cursors).

use crate::world::{Outcome, Person, on_both, told, with_settings};
use dmr::{Settings, Value};
use serde_json::json;
use std::time::Duration;

/// People with everything that makes a filter hard: null, absent, equal values, lists, parts, folded letters.
fn people(admin: &Person) {
    admin
        .registers(json!({
            "name": "Person",
            "schema": {
                "type": "object",
                "properties": {
                    "name": { "type": "string" }, "age": { "type": ["integer", "null"] }, "born": { "type": "string", "format": "date" },
                    "money": { "type": "string", "format": "decimal" }, "tags": { "type": "array", "items": { "type": "string" } },
                    "address": { "type": "object", "properties": { "city": { "type": "string" } } },
                    "pets": { "type": "array", "items": { "type": "object" } },
                    "active": { "type": "boolean" },
                },
                "additionalProperties": false,
            },
            "indexes": [["age", "-name"]],
        }))
        .done();
    let rows = json!([
        { "name": "Ana", "age": 31, "born": "1994-05-01", "money": "10.50", "tags": ["a", "b"], "address": { "city": "Paris" }, "active": true },
        { "name": "Bob", "age": 31, "born": "1994-05-02", "money": "9.5", "tags": [], "address": { "city": "Rome" }, "pets": [{ "kind": "cat" }, { "kind": "dog" }] },
        { "name": "Cid", "age": null, "born": "2001-01-01", "tags": ["b"], "address": {} },
        { "name": "Straße", "age": 7, "money": "100", "active": false },
        { "name": "İstanbul", "money": "-1" },
    ]);
    admin.creates_all("Person", &rows).done();
}

/// The names that a question finds, in the order of the answer.
fn found(admin: &Person, parameters: &str) -> String {
    admin.column("Person", parameters, "name").iter().map(|name| name.as_str().unwrap()).collect::<Vec<_>>().join(" ")
}

#[test]
fn r2_each_operator_finds_what_it_says() {
    on_both(|world| {
        let admin = world.admin();
        people(&admin);
        let asked = [
            "age=31",
            "age__ne=31",
            "age__gt=7",
            "age__gte=7",
            "age__lt=31",
            "age__lte=31",
            "age__in=7&age__in=8",
            "age__nin=7&age__nin=8",
            "age__between=7&age__between=30",
            "age__isnull=true",
            "age__isnull=false",
            "name=Ana",
            "name__contains=o",
            "name__icontains=STRASSE",
            "name__icontains=bO",
            "name__startswith=A",
            "name__endswith=d",
            "name__regex=^[AB]",
            "name__gt=Bob",
            "born__gte=1994-05-02",
            "money=10.5",
            "money__lt=9.51",
            "money__between=9.5&money__between=100",
            "tags__contains=b",
            "address.city=Paris",
            "address.city__in=Paris&address.city__in=Rome",
            "address.city__isnull=true",
            "pets.kind=dog",
            "active=true",
            "active__ne=true",
            "age=31&name=Bob",
            "_version=1&name=Ana",
        ];
        let told: Vec<String> = asked.iter().map(|ask| format!("{ask}: {}", found(&admin, &format!("sort=name&{ask}")))).collect();
        insta::assert_snapshot!(told.join("\n"), @r#"
        age=31: Ana Bob
        age__ne=31: Straße
        age__gt=7: Ana Bob
        age__gte=7: Ana Bob Straße
        age__lt=31: Straße
        age__lte=31: Ana Bob Straße
        age__in=7&age__in=8: Straße
        age__nin=7&age__nin=8: Ana Bob
        age__between=7&age__between=30: Straße
        age__isnull=true: Cid İstanbul
        age__isnull=false: Ana Bob Straße
        name=Ana: Ana
        name__contains=o: Bob
        name__icontains=STRASSE: Straße
        name__icontains=bO: Bob
        name__startswith=A: Ana
        name__endswith=d: Cid
        name__regex=^[AB]: Ana Bob
        name__gt=Bob: Cid Straße İstanbul
        born__gte=1994-05-02: Bob Cid
        money=10.5: Ana
        money__lt=9.51: Bob İstanbul
        money__between=9.5&money__between=100: Ana Bob Straße
        tags__contains=b: Ana Cid
        address.city=Paris: Ana
        address.city__in=Paris&address.city__in=Rome: Ana Bob
        address.city__isnull=true: Cid Straße İstanbul
        pets.kind=dog: Bob
        active=true: Ana
        active__ne=true: Straße
        age=31&name=Bob: Bob
        _version=1&name=Ana: Ana
        "#);
    });
}

#[test]
fn r2_conditions_are_combined_in_a_query_document() {
    on_both(|world| {
        let admin = world.admin();
        people(&admin);
        let asks = |condition: Value| {
            let page = admin.asks("Person", json!({ "where": condition, "sort": ["name"], "fields": ["name"] })).done();
            page["items"].as_array().unwrap().iter().map(|item| item["name"].as_str().unwrap().to_owned()).collect::<Vec<_>>().join(" ")
        };
        let test = |field: &str, op: &str, value: Value| json!({ "field": field, "op": op, "value": value });
        assert_eq!(asks(json!({ "and": [test("age", "eq", json!(31)), test("name", "ne", json!("Ana"))] })), "Bob");
        assert_eq!(asks(json!({ "or": [test("age", "lt", json!(10)), test("tags", "contains", json!("b"))] })), "Ana Cid Straße");
        assert_eq!(asks(json!({ "not": test("age", "eq", json!(31)) })), "Straße", "what is null is neither equal nor unequal");
        assert_eq!(asks(json!({ "not": { "or": [test("age", "eq", json!(31)), test("age", "isnull", json!(true))] } })), "Straße");
        assert_eq!(asks(json!({ "and": [] })), "Ana Bob Cid Straße İstanbul");
        assert_eq!(asks(json!({ "or": [] })), "");
        assert_eq!(asks(json!({ "field": ["address", "city"], "op": "eq", "value": "Rome" })), "Bob", "a path as names");
        assert_eq!(
            admin.column("Person", r#"where={"field":"age","op":"between","value":[7,31]}&active__isnull=false&sort=name"#, "name"),
            [json!("Ana"), json!("Straße")]
        );
    });
}

#[test]
fn r2_order_is_total_and_null_is_smallest() {
    on_both(|world| {
        let admin = world.admin();
        people(&admin);
        let orders = [
            "sort=age",
            "sort=-age",
            "sort=age,-name",
            "sort=-age,name",
            "sort=money",
            "sort=-money",
            "sort=address.city,name",
            "sort=born",
            "sort=-_created_at",
            "sort=active,name",
        ];
        let told: Vec<String> = orders.iter().map(|order| format!("{order}: {}", found(&admin, order))).collect();
        insta::assert_snapshot!(told.join("\n"), @r#"
        sort=age: Cid İstanbul Straße Ana Bob
        sort=-age: Bob Ana Straße İstanbul Cid
        sort=age,-name: İstanbul Cid Straße Bob Ana
        sort=-age,name: Ana Bob Straße Cid İstanbul
        sort=money: Cid İstanbul Bob Ana Straße
        sort=-money: Straße Ana Bob İstanbul Cid
        sort=address.city,name: Cid Straße İstanbul Ana Bob
        sort=born: Straße İstanbul Ana Bob Cid
        sort=-_created_at: İstanbul Straße Cid Bob Ana
        sort=active,name: Bob Cid İstanbul Straße Ana
        "#);
    });
}

#[test]
fn r2_pages_by_cursor_miss_nothing_and_repeat_nothing_whatever_the_order() {
    on_both(|world| {
        let admin = world.admin();
        people(&admin);
        let rows: Vec<Value> =
            (0..40).map(|n| json!({ "name": format!("n{}", n % 7), "age": n % 3, "address": { "city": format!("c{}", n % 2) } })).collect();
        admin.creates_all("Person", &json!(rows)).done();
        for order in [
            "",
            "sort=age,-name",
            "sort=-age,name",
            "sort=name",
            "sort=-name",
            "sort=-address.city",
            "sort=age&age__gte=1",
            "sort=-_id",
            "sort=money,-age",
            "deleted=include&sort=-name",
        ] {
            let whole = admin.column("Person", &format!("limit=1000&{order}"), "_id");
            let (mut paged, mut cursor) = (Vec::new(), String::new());
            for _ in 0..100 {
                let page = admin.lists("Person", &format!("limit=4&{order}{cursor}")).done();
                paged.extend(page["items"].as_array().unwrap().iter().map(|item| item["_id"].clone()));
                match page["next"].as_str() {
                    Some(next) => cursor = format!("&cursor={next}"),
                    None => break,
                }
            }
            assert_eq!(paged, whole, "{order}");
            let numbered: Vec<Value> =
                (1..=12).flat_map(|page| admin.column("Person", &format!("page={page}&page_size=4&{order}"), "_id")).collect();
            assert_eq!(numbered, whole, "{order} by number");
        }
    });
}

#[test]
fn r2_a_page_goes_on_while_others_write() {
    on_both(|world| {
        let admin = world.admin();
        people(&admin);
        let first = admin.lists("Person", "sort=name&limit=2").done();
        let cursor = first["next"].as_str().unwrap();
        admin.creates_all("Person", &json!([{ "name": "Aaa" }, { "name": "Ccc" }])).done();
        let ana = first["items"][0]["_id"].as_str().unwrap();
        admin.deletes("Person", ana).done();
        assert_eq!(found(&admin, &format!("sort=name&limit=10&cursor={cursor}")), "Ccc Cid Straße İstanbul");
    });
}

/// Attack B: cursors of others, of other questions, tampered with.
#[test]
fn r2_a_cursor_belongs_to_its_question_and_its_asker() {
    on_both(|world| {
        let admin = world.admin();
        people(&admin);
        let max = world.person("max", &["admin"]);
        let page = admin.lists("Person", "sort=name&limit=2").done();
        let cursor = page["next"].as_str().unwrap();
        assert_eq!(admin.lists("Person", "sort=name&limit=2").done()["next"], page["next"], "the same question has the same cursor");
        let refused = |who: &Person, ask: &str| who.lists("Person", ask).refused();
        told!(refused(&max, &format!("sort=name&cursor={cursor}")), @r#"
        {
          "status": 400,
          "detail": "the cursor is not one of this list",
          "code": "cursor.invalid",
          "errors": [
            {
              "in": "query",
              "pointer": "cursor",
              "code": "cursor.invalid",
              "message": "the cursor is not one of this list",
              "suggestions": ["begin again without a cursor"]
            }
          ]
        }
        "#);
        for ask in ["sort=-name", "sort=age", "", "sort=name&age=31", "sort=name&deleted=include", "sort=name&limit=2&age__isnull=true"] {
            assert_eq!(refused(&admin, &format!("{ask}&cursor={cursor}"))["code"], "cursor.invalid", "{ask}");
        }
        for at in [0, 10, 40, cursor.len() - 1] {
            let mut bytes = cursor.as_bytes().to_vec();
            bytes[at] = if bytes[at] == b'A' { b'B' } else { b'A' };
            let tampered = String::from_utf8(bytes).unwrap();
            assert_eq!(refused(&admin, &format!("sort=name&cursor={tampered}"))["code"], "cursor.invalid", "{at}");
        }
        for cursor in ["x", "AAAA", "%00", &cursor[..cursor.len() - 4]] {
            assert_eq!(refused(&admin, &format!("sort=name&cursor={cursor}"))["code"], "cursor.invalid", "{cursor}");
        }
        admin.registers(json!({ "name": "Other", "schema": { "type": "object", "properties": { "name": { "type": "string" } } } })).done();
        assert_eq!(admin.lists("Other", &format!("sort=name&cursor={cursor}")).refused()["code"], "cursor.invalid", "of another model");
        assert_eq!(found(&admin, &format!("sort=name&cursor={cursor}")), "Cid Straße İstanbul", "and its limit may change");
    });
}

#[test]
fn r2_cursors_outlive_a_new_start() {
    on_both(|world| {
        let admin = world.admin();
        people(&admin);
        let cursor = admin.lists("Person", "sort=name&limit=2").done()["next"].as_str().unwrap().to_owned();
        let key = world.registry.administrator_key("again").done();
        drop(admin);
        let world = world.reopened();
        assert_eq!(found(&world.with_key(&key), &format!("sort=name&cursor={cursor}")), "Cid Straße İstanbul");
    });
}

#[test]
fn r2_what_is_wrong_with_a_question_is_told_at_once() {
    on_both(|world| {
        let admin = world.admin();
        people(&admin);
        told!(admin.lists("Person", "nam=x&age=old&age__like=3&tags__gt=a&born=1994-13-01&money__between=1&active=maybe&sort=nme,tags&fields=name,adress").refused(), @r#"
        {
          "status": 400,
          "detail": "10 problems; the first: there is no field `nam`",
          "code": "field.unknown",
          "errors": [
            {"in":"query","pointer":"nam","code":"field.unknown","message":"there is no field `nam`","suggestions":["name"]},
            {
              "in": "query",
              "pointer": "age",
              "code": "filter.value",
              "value": "old",
              "message": "not an integer",
              "suggestions": ["Digits only, with a minus sign in front where it is negative: -12"]
            },
            {"in":"query","pointer":"age__like","code":"filter.operator","message":"there is no operator `like`","suggestions":["lte"]},
            {
              "in": "query",
              "pointer": "tags__gt",
              "code": "filter.operator",
              "message": "`tags` holds a list, which has no order",
              "suggestions": ["eq"]
            },
            {
              "in": "query",
              "pointer": "born",
              "code": "filter.value",
              "value": "1994-13-01",
              "message": "not a date",
              "suggestions": ["A day that exists, as year-month-day: 2024-02-29"]
            },
            {"in":"query","pointer":"money__between","code":"parameter.value","message":"`between` takes exactly two values, both included"},
            {
              "in": "query",
              "pointer": "active",
              "code": "filter.value",
              "value": "maybe",
              "message": "not a boolean",
              "suggestions": ["true or false"]
            },
            {"in":"query","pointer":"sort","code":"field.unknown","message":"there is no field `nme`","suggestions":["name","age"]},
            {"in":"query","pointer":"sort","code":"parameter.value","message":"`tags` holds a list, which has no order"},
            {"in":"query","pointer":"fields","code":"field.unknown","message":"there is no field `adress`","suggestions":["address"]}
          ]
        }
        "#);
        told!(admin.lists("Person", "limit=0&page=x&count=maybe&deleted=yes&sort=name&sort=age&name=a&name=b").refused(), @r#"
        {
          "status": 400,
          "detail": "5 problems; the first: this is a whole number from 1",
          "code": "parameter.value",
          "errors": [
            {"in":"query","pointer":"limit","code":"parameter.value","message":"this is a whole number from 1"},
            {"in":"query","pointer":"page","code":"parameter.value","message":"pages are counted from 1"},
            {"in":"query","pointer":"count","code":"parameter.value","message":"`count` is `exact`, `estimated` or `none`"},
            {"in":"query","pointer":"deleted","code":"parameter.value","message":"`deleted` is `exclude`, `include` or `only`"},
            {"in":"query","pointer":"sort","code":"parameter.value","message":"this parameter is given once"}
          ]
        }
        "#);
        told!(admin.asks("Person", json!({ "wher": {}, "sort": "name", "limit": -1, "where": { "and": [{ "field": "age" }, { "field": "name", "op": "regex", "value": "(" }, 7] } })).refused(), @r#"
        {
          "status": 400,
          "detail": "3 problems; the first: a query document has no member `wher`",
          "code": "parameter.unknown",
          "errors": [
            {
              "in": "body",
              "pointer": "/wher",
              "code": "parameter.unknown",
              "message": "a query document has no member `wher`",
              "suggestions": ["where"]
            },
            {"in":"body","pointer":"/limit","code":"parameter.value","value":-1,"message":"`limit` is a whole number from 1"},
            {
              "in": "body",
              "pointer": "/where/and/2",
              "code": "body.shape",
              "message": "a condition is {and: [...]}, {or: [...]}, {not: ...} or {field, op, value}",
              "suggestions": ["{\"field\": \"price\", \"op\": \"gte\", \"value\": 10}"]
            }
          ]
        }
        "#);
        let deep = (0..100).fold(json!({ "field": "age", "op": "eq", "value": 1 }), |inner, _| json!({ "not": inner }));
        assert_eq!(admin.asks("Person", json!({ "where": deep })).refused()["code"], "filter.depth");
        let many: Vec<i64> = (0..100_000).collect();
        assert_eq!(
            admin.asks("Person", json!({ "where": { "field": "age", "op": "in", "value": many } })).refused()["code"],
            "filter.depth"
        );
        assert_eq!(admin.lists("Person", "page=1000000&page_size=50").refused()["status"], 400);
    });
}

#[test]
fn r2_totals_are_told_where_they_are_asked_for() {
    on_both(|world| {
        let admin = world.admin();
        people(&admin);
        assert_eq!(admin.lists("Person", "limit=1").done().get("count"), None);
        assert_eq!(admin.lists("Person", "limit=1&count=exact").done()["count"], 5);
        assert_eq!(admin.lists("Person", "limit=1&count=exact&age=31").done()["count"], 2);
        assert_eq!(admin.lists("Person", "limit=1&count=estimated").done()["count"], 5);
    });
}

#[test]
fn r2_fields_are_chosen_and_numbers_come_as_asked() {
    on_both(|world| {
        let admin = world.admin();
        people(&admin);
        told!(admin.lists("Person", "name=Ana&fields=name,address.city,_version,money,age&numbers=string").done(), @r#"
        {
          "items": [
            {"_id":"<id 1>","name":"Ana","age":"31","money":"10.50","address":{"city":"Paris"},"_version":"1"}
          ],
          "next": null
        }
        "#);
        told!(admin.lists("Person", r#"name=Bob&fields=[["pets"],["address","city"]]"#).done(), @r#"
        {
          "items": [{"_id":"<id 1>","address":{"city":"Rome"},"pets":[{"kind":"cat"},{"kind":"dog"}]}],
          "next": null
        }
        "#);
    });
}

#[test]
fn r2_what_no_index_serves_is_scanned_within_a_budget() {
    let mut settings = Settings::default();
    settings.records.scan_budget.rows = 20;
    settings.records.scan_budget.time = Duration::from_secs(60);
    with_settings(&settings, |world| {
        let admin = world.admin();
        people(&admin);
        let rows: Vec<Value> = (0..30).map(|n| json!({ "name": format!("n{n}"), "age": n })).collect();
        admin.creates_all("Person", &json!(rows)).done();
        told!(admin.lists("Person", "money=5&sort=name").refused(), @r#"
        {
          "status": 422,
          "detail": "no index serves this question, and reading every record passes the budget",
          "code": "scan.budget",
          "errors": [],
          "suggestions": ["declare an index: \"indexes\": [[\"money\",\"name\"]]"],
          "limit": "records.scan_budget",
          "allowed": 20,
          "given": 21
        }
        "#);
        assert_eq!(admin.column("Person", "age=31&sort=age,-name", "name"), [json!("Bob"), json!("Ana")], "an index serves it");
        assert_eq!(admin.column("Person", "age__gte=28&sort=age", "age").len(), 4);
        assert_eq!(admin.lists("Person", "limit=5").done()["items"].as_array().unwrap().len(), 5, "what is not looked at costs nothing");
        admin.changes_model("Person", json!({ "indexes": [["age", "-name"], ["money"]] })).done();
        assert_eq!(admin.column("Person", "money=100", "name"), [json!("Straße")], "declared later, filled at once");
    });
}

/// R2: which index serves a range is found by counting what it leaves, and pages are the same whichever does.
#[test]
fn r2_a_range_is_answered_by_its_index_where_it_leaves_few() {
    let mut settings = Settings::default();
    settings.records.scan_budget.rows = 60;
    settings.records.scan_budget.time = Duration::from_secs(60);
    with_settings(&settings, |world| {
        let admin = world.admin();
        people(&admin);
        // Names with a common beginning, so that a range of names is one of few or of many.
        let rows: Vec<Value> = (0..300).map(|n| json!({ "name": format!("n{n:03}"), "age": n % 7, "money": n.to_string() })).collect();
        admin.creates_all("Person", &json!(rows)).done();
        let range = "name__gte=n280&name__lt=n285";
        assert_eq!(admin.lists("Person", range).refused()["code"], "scan.budget");
        admin.changes_model("Person", json!({ "indexes": [["age", "-name"], ["name"], ["money"]] })).done();
        let five = ["n280", "n281", "n282", "n283", "n284"].map(Value::from);
        assert_eq!(admin.column("Person", range, "name"), five);
        assert_eq!(admin.lists("Person", &format!("{range}&count=exact&limit=1")).done()["count"], 5);
        // In the order of the other index, out of this one.
        assert_eq!(admin.column("Person", &format!("{range}&sort=-money&limit=2"), "name"), ["n284", "n283"].map(Value::from));
        // The narrower of two.
        assert_eq!(
            admin.column("Person", "name__gte=n000&money__between=281&money__between=282", "name"),
            ["n281", "n282"].map(Value::from)
        );
        // Page by page: each is as the first.
        let mut paged = Vec::new();
        let mut asked = format!("{range}&limit=2");
        loop {
            let page = admin.lists("Person", &asked).done();
            paged.extend(page["items"].as_array().unwrap().iter().map(|item| item["name"].clone()));
            let Some(next) = page["next"].as_str() else { break };
            asked = format!("{range}&limit=2&cursor={next}");
        }
        assert_eq!(paged, five);
        // Where nearly all are in the range, the walk by id is full at once, and counting them all passes the budget.
        assert_eq!(admin.column("Person", "name__gte=n000&name__lt=o&limit=3", "name"), ["n000", "n001", "n002"].map(Value::from));
        assert_eq!(admin.lists("Person", "name__gte=n000&name__lt=o&limit=3&count=exact").refused()["code"], "scan.budget");
        let sum = json!({ "group_by": [], "measures": { "n": { "op": "count" } }, "where": { "field": "name", "op": "between", "value": ["n250", "n299"] } });
        assert_eq!(admin.aggregates("Person", sum).done()["items"], json!([{ "n": 50 }]));
    });
}

/// Attack B: the budget counts only rows the asker may see.
#[test]
fn r2_rows_one_may_not_see_cost_no_budget() {
    let mut settings = Settings::default();
    settings.records.scan_budget.rows = 20;
    with_settings(&settings, |world| {
        let admin = world.admin();
        people(&admin);
        let all = json!(["create", "read", "update", "delete", "list"]);
        admin.permits("Person", json!({ "models": { "admin": all, "R": all }, "rows": { "R": { "read": "owner" } } })).done();
        let rows: Vec<Value> = (0..60).map(|n| json!({ "name": format!("n{n}") })).collect();
        admin.creates_all("Person", &json!(rows)).done();
        let r = world.person("r", &["R"]);
        r.creates("Person", json!({ "name": "own", "money": "5" })).done();
        assert_eq!(r.column("Person", "money=5", "name"), [json!("own")]);
        assert_eq!(r.lists("Person", "money=6&count=exact").done()["count"], 0);
    });
}

#[test]
fn r2_each_thing_that_is_wrong_is_told_where_it_stands() {
    on_both(|world| {
        let admin = world.admin();
        people(&admin);
        let places = |refused: Value| -> Vec<String> {
            let issues = refused["errors"].as_array().unwrap().iter();
            issues.map(|issue| format!("{} {}", issue["in"].as_str().unwrap(), issue["pointer"].as_str().unwrap())).collect()
        };
        let where_ = json!({ "and": [{ "field": "name", "value": "x" }, { "field": "nam", "value": "x" }] });
        let document = json!({ "where": where_, "sort": ["name", "nme"], "fields": ["name", "adress", ["address", "city"], "nm"] });
        let expected = ["body /where/and/1/field", "body /sort/1", "body /fields/1", "body /fields/3"];
        assert_eq!(places(admin.asks("Person", document).refused()), expected);
        assert_eq!(places(admin.lists("Person", "nam=x&sort=nme&fields=adress").refused()), ["query nam", "query sort", "query fields"]);
        assert_eq!(places(admin.lists("Person", "limit=1&page_size=2").refused()), ["query page_size"]);
        assert_eq!(admin.lists("Person", "page_size=2&page=2").done()["items"].as_array().unwrap().len(), 2);
    });
}
