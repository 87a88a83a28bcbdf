//! Search over HTTP (R3).

use crate::world::World;
use dmr_api::client::Request;
use insta::assert_snapshot;
use serde_json::json;

const SEARCH: &str = "/api/records/Book/search";

fn library() -> World {
    let world = World::new();
    let admin = world.admin();
    let text = json!({ "type": "string" });
    let book = json!({
        "name": "Book",
        "schema": { "type": "object", "additionalProperties": false, "properties": { "title": text, "about": text, "sec": text, "pages": { "type": "integer" } } },
        "fields": { "title": { "behaviours": ["SEARCHABLE"] }, "about": { "behaviours": ["SEARCHABLE"] }, "sec": { "behaviours": ["SEARCHABLE"] } },
        "permissions": {
            "models": { "admin": ["create", "list", "read"], "user": ["list"], "reader": ["read"] },
            "columns": { "sec": { "read": ["admin"], "write": ["admin"] } },
        },
    });
    admin.post("/api/registry/models", &book).must(201);
    let rows = json!([
        { "title": "Green house", "about": "a house of glass", "sec": "grey", "pages": 7 },
        { "title": "Élan vert", "about": "the green drive", "pages": 8 },
        { "title": "Greenland", "pages": 9 },
    ]);
    admin.post("/api/records/Book", &rows).must(201);
    world
}

#[test]
fn r3_records_come_best_first_with_scores_and_places_page_by_page() {
    let world = library();
    let admin = world.admin();
    assert_snapshot!(admin.get(&format!("{SEARCH}?q=green*&limit=1&fields=title&numbers=string")).show(), @r#"
    200 OK
    content-type: application/json
    link: </api/records/Book/search?q=green*&limit=1&fields=title&numbers=string&cursor=z24hq7UFwI1XxUxfdnoZt0XKIkZmef3EtJ5EuOVTopepVu7Zui49Nj2Nr4MWYX7Y4LJTP4jdJc83Br40STok9hOrHPwgHrHHG4ghRvikZ8QQP1fp>; rel="next"

    {
      "items": [
        {
          "record": {
            "_id": "018ccfe5-6802-7000-8000-000100000002",
            "title": "Green house"
          },
          "score": "1.166666",
          "highlights": {
            "title": [
              [
                "0",
                "5"
              ]
            ]
          }
        }
      ],
      "next": "z24hq7UFwI1XxUxfdnoZt0XKIkZmef3EtJ5EuOVTopepVu7Zui49Nj2Nr4MWYX7Y4LJTP4jdJc83Br40STok9hOrHPwgHrHHG4ghRvikZ8QQP1fp"
    }
    "#);
    let first = admin.get(&format!("{SEARCH}?q=green*&limit=1")).json();
    let next = admin.get(&format!("{SEARCH}?q=green*&limit=5&cursor={}", first["next"].as_str().unwrap())).json();
    let titles: Vec<&str> = next["items"].as_array().unwrap().iter().map(|item| item["record"]["title"].as_str().unwrap()).collect();
    assert_eq!((titles, next["next"].is_null()), (vec!["Élan vert", "Greenland"], true));
}

#[test]
fn r3_words_phrases_and_fields_are_asked_for_in_the_address() {
    let world = library();
    let admin = world.admin();
    let titles = |query: &str| -> Vec<String> {
        let page = admin.get(&format!("{SEARCH}?{query}")).must(200).json();
        page["items"].as_array().unwrap().iter().map(|item| item["record"]["title"].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!(titles("q=%22house+of+glass%22"), ["Green house"]);
    assert_eq!(titles("q=elan"), ["Élan vert"]);
    assert_eq!(titles("q=green&in=about"), ["Élan vert"]);
    assert_eq!(titles("q=green&in=%5B%22title%22%5D"), ["Green house"]);
    assert_eq!(titles("q=grey"), ["Green house"]);
    assert_eq!(titles("q=green&in="), ["Green house", "Élan vert"]);
    assert_snapshot!(admin.send(Request::get(format!("{SEARCH}?q=greenland&fields=pages")).header("accept", "application/x-ndjson")).show(), @r#"
    200 OK
    content-type: application/x-ndjson

    {"record":{"_id":"018ccfe5-6804-7000-8000-000100000004","pages":9},"score":1.333333,"highlights":{"title":[[0,9]]}}
    {"count":1}
    "#);
}

#[test]
fn r3_bad_searches_are_refused_with_their_place() {
    let world = library();
    let admin = world.admin();
    for (query, code, pointer) in [
        ("", "search.question", "q"),
        ("?q=", "search.question", "q"),
        ("?q=%22a", "search.question", "q"),
        ("?q=a&in=pages", "search.field", "in"),
        ("?q=a&in=titel", "field.unknown", "in"),
        ("?q=a&fields=titel", "field.unknown", "fields"),
        ("?q=a&limit=0", "parameter.value", "limit"),
        ("?q=a&cursor=x", "cursor.invalid", "cursor"),
        ("?q=a&sort=title", "parameter.unknown", "sort"),
        ("?q=a&q=b", "parameter.value", "q"),
    ] {
        let told = admin.get(&format!("{SEARCH}{query}")).must(400).json();
        assert_eq!((told["code"].as_str(), told["errors"][0]["pointer"].as_str()), (Some(code), Some(pointer)), "{query}: {told}");
    }
    assert_eq!(admin.get(&format!("{SEARCH}?q={}", "zz+".repeat(40))).must(200).json()["items"], json!([]), "the same word again is one");
    let many: String = (0..40).map(|at| format!("w{at}+")).collect();
    assert_eq!(admin.get(&format!("{SEARCH}?q={many}")).must(400).json()["code"], "search.question");
}

#[test]
fn r3_p3_what_may_not_be_read_is_not_searched() {
    let world = library();
    let user = world.person("user", &["user"]);
    assert_eq!(user.get(&format!("{SEARCH}?q=grey")).must(200).json()["items"], json!([]));
    assert_eq!(user.get(&format!("{SEARCH}?q=grey&in=sec")).must(400).json()["code"], "field.unknown");
    assert_eq!(user.get(&format!("{SEARCH}?q=green")).must(200).json()["items"].as_array().unwrap().len(), 2);
    assert_eq!(world.person("reader", &["reader"]).get(&format!("{SEARCH}?q=green")).must(403).json()["code"], "right.missing");
    assert_eq!(world.person("other", &["other"]).get(&format!("{SEARCH}?q=green")).must(404).json()["code"], "model.unknown");
    world.nobody().get(&format!("{SEARCH}?q=green")).must(401);
}

#[test]
fn m4_searchable_is_given_in_place_and_shown() {
    let world = library();
    let admin = world.admin();
    let model = "/api/registry/models/Book";
    let changed = admin.patch(model, &json!({ "fields": { "about": null } })).must(200).json();
    assert_eq!((&changed["fields"]["about"]["behaviours"], changed["version"].as_str()), (&json!([]), Some("1.0.0")));
    assert_eq!(admin.get(&format!("{SEARCH}?q=drive")).must(200).json()["items"], json!([]));
    admin.patch(model, &json!({ "fields": { "about": { "behaviours": ["SEARCHABLE"] } } })).must(200);
    assert_eq!(admin.get(&format!("{SEARCH}?q=drive")).must(200).json()["items"][0]["record"]["pages"], 8);
    let refused = admin.patch(model, &json!({ "fields": { "pages": { "behaviours": ["SEARCHABLE"] } } })).must(422).json();
    assert_eq!(refused["errors"][0]["pointer"], "/fields/pages/behaviours");
    let document = admin.get("/openapi/Book.json").must(200).json();
    let told = &document["paths"]["/api/records/Book/search"]["get"]["parameters"][0];
    assert_eq!((told["name"].as_str(), &told["required"]), (Some("q"), &json!(true)));
}
