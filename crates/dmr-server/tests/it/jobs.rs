//! Changes of a model that go through many records: jobs.

use crate::world::{Answer, Person, World};
use dmr::Value;
use dmr_api::client::Request;
use serde_json::json;

const PRODUCT: &str = "/api/registry/models/Product";

/// Asks until the job has ended.
fn ended(person: &Person, accepted: &Answer) -> Value {
    loop {
        let job = person.get(accepted.header("location")).must(200).json();
        if job["state"] != "running" {
            return job;
        }
    }
}

fn stock(person: &Person, requests: usize) {
    for request in 0..requests {
        let rows: Vec<Value> =
            (0..1_000).map(|row| json!({ "name": format!("n{}", row / 2), "price": row, "sku": format!("{request}-{row}") })).collect();
        person.post("/api/records/Product", &rows.into()).must(201);
    }
}

#[test]
fn m4_m5_a_change_that_goes_through_many_records_is_a_job() {
    let world = World::with_products();
    let admin = world.admin();
    stock(&admin, 10);
    let accepted = admin.patch(PRODUCT, &json!({ "indexes": [["price"], ["-name", "price"]] })).must(202);
    let told = accepted.json();
    assert_eq!((told["model"].as_str(), accepted.header("preference-applied")), (Some("Product"), ""));
    assert_eq!(accepted.header("location"), format!("/api/jobs/{}", told["id"].as_str().unwrap()));
    let job = ended(&admin, &accepted);
    assert_eq!((&job["state"], &job["id"], job.get("problem")), (&json!("done"), &told["id"], None));
    assert!(job["ended_at"].is_string());
    let model = admin.get(PRODUCT).must(200).json();
    assert_eq!((&model["indexes"], &model["version"]), (&json!([["price"], ["-name", "price"]]), &json!("1.0.0")));
    // The index holds what was there before, and what comes after.
    admin.post("/api/records/Product", &json!({ "name": "zz", "price": 1 })).must(201);
    let first = admin.get("/api/records/Product?sort=-name,price&limit=3&fields=name,price").must(200).json();
    let first: Vec<_> = first["items"].as_array().unwrap().iter().map(|item| (item["name"].clone(), item["price"].clone())).collect();
    assert_eq!(first, [(json!("zz"), json!(1)), (json!("n99"), json!(198)), (json!("n99"), json!(198))]);

    // What needs no records is done at once, and so is what is wrong before they are looked at.
    admin.patch(PRODUCT, &json!({ "tags": ["big"] })).must(200);
    let refusal = admin.patch(PRODUCT, &json!({ "indexes": [["pric"]] })).refusal();
    assert!(refusal.starts_with("422 definition.invalid"), "{refusal}");
}

#[test]
fn m5_a_unique_constraint_is_held_against_the_records_before_it_holds() {
    let world = World::with_products();
    let admin = world.admin();
    stock(&admin, 1);
    let before = admin.get(PRODUCT).must(200).json();
    assert_eq!(admin.patch(PRODUCT, &json!({ "unique": [["sku"], ["name"]] })).refusal(), "409 unique.taken [body /unique unique.taken]");
    let rather = |unique: Value| {
        let patch = json!({ "unique": unique });
        admin.send(Request::patch(PRODUCT).json(&patch).header("prefer", "respond-async")).must(202)
    };
    let accepted = rather(json!([["sku"], ["name"]]));
    assert_eq!(accepted.header("preference-applied"), "respond-async");
    let job = ended(&admin, &accepted);
    assert_eq!(
        (&job["state"], &job["problem"]["code"], &job["problem"]["status"]),
        (&json!("failed"), &json!("unique.taken"), &json!(409))
    );
    assert_eq!(admin.get(PRODUCT).must(200).json(), before, "nothing of it holds");
    assert_eq!(ended(&admin, &rather(json!([["sku"], ["name", "price"]])))["state"], "done");
    let twice = json!({ "name": "n0", "price": 0 });
    assert_eq!(admin.post("/api/records/Product", &twice).refusal().split(' ').next(), Some("409"));
    assert_eq!(admin.patch(PRODUCT, &json!({ "unique": [["sku"]] })).status(), 200, "what goes needs no records");
    admin.post("/api/records/Product", &twice).must(201);
}

#[test]
fn p1_a_job_is_told_to_whoever_started_it_and_to_operators() {
    let world = World::with_products();
    world.admin().put("/api/roles/maker", &json!({ "rights": ["register"] })).must(200);
    let (ana, bob) = (world.person("ana", &["maker", "user"]), world.person("bob", &["maker", "user"]));
    let admin = world.admin();
    let asked = Request::patch(PRODUCT).json(&json!({ "indexes": [["name"]] })).header("prefer", "respond-async");
    let accepted = ana.send(asked).must(202);
    assert_eq!(ended(&ana, &accepted)["state"], "done");
    let at = accepted.header("location");
    assert_eq!(admin.get(at).must(200).json()["model"], "Product");
    let foreign = bob.get(at);
    let unknown = bob.get("/api/jobs/01a1fec1-8198-700c-987e-5ef8ff6f01b4");
    assert_eq!((foreign.refusal(), foreign.json()), ("404 job.unknown".to_owned(), unknown.json()));
    assert_eq!(bob.get("/api/jobs/none").json(), unknown.json());
    assert_eq!(world.nobody().get(at).status(), 401);
}

#[test]
fn d4_a_storage_is_changed_as_a_job_that_tells_how_far_it_is() {
    let world = World::new();
    let admin = world.admin();
    let schema = json!({ "type": "object", "properties": { "n": { "type": "integer" } } });
    admin.post("/api/registry/models", &json!({ "name": "Thing", "schema": schema })).must(201);
    for from in (0..12_000).step_by(1000) {
        let rows: Vec<Value> = (from..from + 1000).map(|n| json!({ "n": n })).collect();
        admin.post("/api/records/Thing", &rows.into()).must(201);
    }
    let accepted = admin.patch("/api/registry/models/Thing", &json!({ "storage": "structured" })).must(202);
    assert_eq!(accepted.json()["progress"]["of"], 12_000);
    let job = ended(&admin, &accepted);
    assert_eq!((&job["state"], job.get("progress")), (&json!("done"), None));
    let model = admin.get("/api/registry/models/Thing").must(200).json();
    assert_eq!((&model["storage"], &model["records"], &model["version"]), (&json!("structured"), &json!(12_000), &json!("1.0.0")));
    assert_eq!(admin.get("/api/records/Thing?n=11999&count=exact").must(200).json()["count"], 1);
    let advice = admin.get("/api/registry/models/Thing/advice").must(200).json();
    assert_eq!((&advice["storage"]["now"], &advice["items"][0]["kind"]), (&json!("structured"), &json!("name.vague")));
}
