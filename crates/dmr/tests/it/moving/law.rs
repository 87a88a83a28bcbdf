//! What was exported and is imported into an empty model is the same records: every type, nested, null and absent, on every store (R7).

use super::whole;
use crate::ingest::file;
use crate::laws::differential::made;
use crate::laws::random::Random;
use crate::laws::stores::Stores;
use dmr::{Export, FileFormat, Import, Session, Value, Write};
use serde_json::json;

const WORLDS: u64 = 40;
const RECORDS: usize = 40;

/// All records of a model without what the system keeps, as texts: digits and the order of members count.
fn records(session: &Session, model: &str) -> Vec<Value> {
    let parameters = crate::world::parameters_of("limit=1000").unwrap();
    let page = session.list(model, parameters).wait().unwrap().to_value();
    let items = page["items"].as_array().unwrap().iter();
    items
        .map(|item| {
            let mut item = item.clone();
            item.as_object_mut().unwrap().retain(|name, _| !name.starts_with('_'));
            item
        })
        .collect()
}

fn texts(records: &[Value]) -> Vec<String> {
    records.iter().map(Value::to_string).collect()
}

/// As a CSV has it: null is as absent.
fn without_nulls(mut records: Vec<Value>, fields: &[made::Field]) -> Vec<Value> {
    for record in &mut records {
        record.as_object_mut().unwrap().retain(|name, value| !value.is_null() || fields.iter().all(|field| field.name != name));
    }
    records
}

#[test]
fn r7_what_was_exported_imports_to_the_same_records() {
    for seed in 0..WORLDS {
        let mut random = Random::new(seed);
        let stores = Stores::new(seed);
        let fields = made::fields(&mut random);
        let made: Vec<Value> = (0..RECORDS).map(|_| Value::Object(made::record(&fields, &mut random))).collect();
        for (kept, session) in stores.all.iter().zip(&stores.admin().0) {
            let register = |name: &str| {
                let schema = json!({ "type": "object", "properties": made::properties(&fields) });
                session.register(json!({ "name": name, "schema": schema, "storage": kept.storage })).wait().unwrap();
            };
            register("Thing");
            let taken =
                made.iter().filter(|record| session.create_value("Thing", (*record).clone(), Write::default()).wait().is_ok()).count();
            assert!(taken * 2 > RECORDS, "most of what is made up is taken: {taken}");
            let original = records(session, "Thing");
            for format in FileFormat::ALL {
                let copy = format!("Copy{}", format.as_str());
                register(&copy);
                let bytes = whole(session, "Thing", Export::all(format)).unwrap();
                let file = file(&format!("things.{}", format.as_str()), &bytes);
                let imported = session.import(&copy, &file.path, Import::default()).wait().unwrap_or_else(|problem| {
                    panic!("seed {seed}, {}, {format:?}: {}\n{}", kept.name, problem.to_json(), String::from_utf8_lossy(&bytes))
                });
                assert_eq!(imported.created, taken as u64, "seed {seed}, {}, {format:?}", kept.name);
                let copied = records(session, &copy);
                let (mut expected, mut copied) = (original.clone(), copied);
                if format == FileFormat::Csv {
                    (expected, copied) = (without_nulls(expected, &fields), without_nulls(copied, &fields));
                }
                assert_eq!(texts(&copied), texts(&expected), "seed {seed}, {}, {format:?}", kept.name);
            }
        }
    }
}
