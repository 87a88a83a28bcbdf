//! No deletion slips in between a write and what it names, and the other way round.

use super::{customer, order};
use crate::world::{Outcome, id, on_both};
use serde_json::{Value, json};
use std::sync::Barrier;
use std::thread;

#[test]
fn m5_under_concurrent_writes_no_restricting_reference_dangles() {
    on_both(|world| {
        let admin = world.admin();
        admin.registers(customer(json!({}))).done();
        admin.registers(order(json!({ "fields": { "customer": { "references": "shop.Customer", "on_delete": "restrict" } } }))).done();
        let names: Vec<String> = (0..40).map(|at| format!("c{at}")).collect();
        let rows: Vec<Value> = names.iter().map(|no| json!({ "no": no })).collect();
        admin.creates_all("shop.Customer", &Value::Array(rows)).done();
        let start = Barrier::new(4);
        thread::scope(|scope| {
            for writer in 0..2 {
                let (admin, names, start) = (&admin, &names, &start);
                scope.spawn(move || {
                    start.wait();
                    for name in names {
                        let made = admin.creates("shop.Order", json!({ "customer": name }));
                        // Some let go again.
                        if let (Ok(made), 1) = (&made, writer) {
                            admin.deletes("shop.Order", &id(made)).done();
                        }
                    }
                });
                scope.spawn(move || {
                    start.wait();
                    for name in names.iter().rev() {
                        let _ = admin.deletes("shop.Customer", name);
                    }
                });
            }
        });
        let left = admin.column("shop.Customer", "limit=1000", "no");
        let orders = admin.column("shop.Order", "limit=1000", "customer");
        assert!(orders.iter().all(|customer| left.contains(customer)), "{orders:?} {left:?}");
        let restored = names.iter().filter(|name| !left.contains(&json!(name))).count();
        assert_eq!(restored + left.len(), names.len());
    });
}
