//! Form plans over HTTP (U1, U2).

use crate::world::World;
use dmr_api::client::Request;
use serde_json::json;

#[test]
fn u1_a_model_has_a_form() {
    let world = World::with_products();
    let admin = world.admin();
    let answer = admin.get("/api/registry/models/Product/ui-schema").must(200);
    let plan = answer.json();
    assert_eq!((&plan["model"], &plan["version"]), (&json!("Product"), &json!("1.0.0")));
    let told: Vec<String> =
        plan["record"]["fields"].as_array().unwrap().iter().map(|field| format!("{} {}", field["pointer"], field["widget"])).collect();
    insta::assert_snapshot!(told.join(", "), @r#""/name" "text_input", "/price" "currency", "/sku" "text_input", "/tags" "multi_select""#);
    let tag = answer.header("etag").to_owned();
    let again = Request::get("/api/registry/models/Product/ui-schema").header("if-none-match", &tag);
    assert_eq!(admin.send(again).status(), 304);
    admin.patch("/api/registry/models/Product", &json!({ "fields": { "price": { "widget": "number" } } })).must(200);
    let again = Request::get("/api/registry/models/Product/ui-schema").header("if-none-match", &tag);
    let plan = admin.send(again).must(200).json();
    let price = plan["record"]["fields"].as_array().unwrap().iter().find(|field| field["name"] == "price").unwrap();
    assert_eq!((&price["widget"], &price["metadata"]["chosen_by"]), (&json!("number_input"), &json!("hint")));
    assert_eq!(world.person("out", &["other"]).get("/api/registry/models/Product/ui-schema").status(), 404);
    assert_eq!(world.nobody().get("/api/registry/models/Product/ui-schema").status(), 401);
}
