//! What a record refers to, in the cells of a table: `customer.name` beside `customer`.

use dmr::{Object, Value};

/// Puts the members of expanded records beside those of the record that refers to them, without what the system keeps of them. Of a list of
/// records each member is a list.
pub fn beside(row: &mut Value) {
    let Some(members) = row.as_object_mut() else { return };
    let Some(Value::Object(expanded)) = members.shift_remove("_expand") else { return };
    for (reference, target) in expanded {
        for (name, value) in flat(target) {
            members.insert(format!("{reference}.{name}"), value);
        }
    }
}

fn flat(target: Value) -> Object {
    let mut out = Object::new();
    match target {
        Value::Object(_) => {
            let mut target = target;
            beside(&mut target);
            if let Value::Object(members) = target {
                out.extend(members.into_iter().filter(|(name, _)| !name.starts_with('_')));
            }
        }
        Value::Array(targets) => {
            for (name, value) in targets.into_iter().flat_map(flat) {
                match out.entry(name).or_insert_with(|| Value::Array(Vec::new())) {
                    Value::Array(values) => values.push(value),
                    other => *other = value,
                }
            }
        }
        _ => {}
    }
    out
}
