//! A product catalogue from a Rust struct: registered by derive, filled, filtered, changed, and read back through its history.
//!
//!     cargo run -p dmr --example product_catalogue

use dmr::core::model::Behaviour;
use dmr::{Patch, Problem, Registry, Rows, StructOptions, Value, Write};
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::json;

/// What is sold.
#[derive(Serialize, JsonSchema)]
struct Product {
    /// Stock keeping unit.
    #[schemars(regex(pattern = "^PROD-[0-9]{4}$"))]
    sku: String,
    #[schemars(length(min = 1, max = 200))]
    name: String,
    #[serde(default)]
    description: String,
    /// Price in USD.
    #[schemars(extend("exclusiveMinimum" = 0))]
    price: f64,
    /// Internal cost.
    #[schemars(extend("exclusiveMinimum" = 0))]
    cost: f64,
    category: String,
    subcategory: Option<String>,
    #[serde(default)]
    tags: Vec<String>,
    #[schemars(range(min = 0))]
    inventory_count: i64,
    #[serde(default = "yes")]
    is_active: bool,
}

fn yes() -> bool {
    true
}

fn product(number: u32) -> Product {
    Product {
        sku: format!("PROD-{number:04}"),
        name: format!("Product {number}"),
        description: format!("Description for product {number}"),
        price: f64::from(4999 + number * 1000) / 100.0,
        cost: f64::from(25 + number * 5),
        category: ["Electronics", "Clothing", "Home"][number as usize % 3].into(),
        subcategory: None,
        tags: match number {
            0..10 => vec!["new".into()],
            91.. => vec!["sale".into()],
            _ => Vec::new(),
        },
        inventory_count: 100 - i64::from(number),
        is_active: true,
    }
}

/// The story; each step is held against what it should be.
pub fn run() -> Result<(), Problem> {
    let registry = Registry::memory()?;
    let me = registry.session(registry.local()?);

    // The struct becomes a model: its types, bounds and descriptions are the model's.
    let options =
        StructOptions::new().namespace("shop").key("sku").behaviours("category", [Behaviour::Indexed]).index(["category", "-price"]);
    let model = me.register_struct::<Product>(options).wait()?;
    assert_eq!((model.name.as_str(), &model.model["source"]), ("shop.Product", &json!("static")));

    // A hundred products in one durable commit: all, or none.
    let products: Vec<Product> = (0..100).map(product).collect();
    let rows = serde_json::to_vec(&products).map_err(|error| Problem::new(dmr::Code::Internal, error.to_string()))?;
    let made = me.bulk("shop.Product", Rows::Json(&rows), Write::default()).wait()?.to_value();
    assert_eq!(made["ids"].as_array().map(Vec::len), Some(100));

    // Every problem of a record is told at once, with its place.
    let wrong = json!({ "sku": "PROD-1", "name": "", "price": 0, "cost": 1, "category": "Home", "inventory_count": -1 });
    let Err(problem) = me.create_value("shop.Product", wrong, Write::default()).wait() else { return Err(unexpected()) };
    let mut places: Vec<&str> = problem.errors.iter().map(|issue| issue.pointer.as_str()).collect();
    places.sort_unstable();
    assert_eq!(places, ["/inventory_count", "/name", "/price", "/sku"]);

    // Expensive electronics, dearest first: answered by the index.
    let question = json!({
        "where": { "and": [
            { "field": "category", "op": "eq", "value": "Electronics" },
            { "field": "price", "op": "gte", "value": 500 },
        ] },
        "sort": ["-price"], "fields": ["sku", "price"], "limit": 2, "count": "exact",
    });
    let page = me.query("shop.Product", &question, Default::default()).wait()?.to_value();
    assert_eq!(page["count"], 18);
    assert_eq!(column(&page, "sku"), ["PROD-0099", "PROD-0096"]);

    // What is on sale: a list that has that element.
    let sale = json!({ "where": { "field": "tags", "op": "contains", "value": "sale" }, "sort": ["sku"] });
    assert_eq!(column(&me.query("shop.Product", &sale, Default::default()).wait()?.to_value(), "sku").len(), 9);

    // A price changes, and changes back; nothing that was is lost.
    me.update("shop.Product", "PROD-0007", Patch::Merge(br#"{"price": 899.99}"#), Write::default()).wait()?;
    let reverted = me.revert("shop.Product", "PROD-0007", 1, Write::default()).wait()?;
    assert_eq!((reverted.version(), &reverted.to_value()["price"]), (3, &json!(119.99)));
    let history = me.history("shop.Product", "PROD-0007", None, None).wait()?.to_value();
    assert_eq!(column(&history, "operation"), ["create", "update", "revert"]);
    assert_eq!(history["items"][1]["after"]["price"], json!(899.99));
    Ok(())
}

fn column(page: &Value, field: &str) -> Vec<String> {
    let items = page["items"].as_array().map(Vec::as_slice).unwrap_or_default();
    items.iter().filter_map(|item| item[field].as_str()).map(str::to_owned).collect()
}

fn unexpected() -> Problem {
    Problem::new(dmr::Code::Internal, "what should have been refused was not")
}

#[allow(dead_code, reason = "the tests run the story without this")]
fn main() -> Result<(), Problem> {
    run()
}
