//! The rows of the bulk workload: people of 14 mixed columns, or their first texts as 3.

use serde_json::{Map, Value, json};

/// The fields of a model with this many columns.
pub fn fields(columns: usize) -> Vec<(&'static str, Value)> {
    let one = person(0, columns);
    let members = one.as_object().cloned().unwrap_or_default();
    let kind = |value: &Value| match value {
        Value::Bool(_) => "boolean",
        Value::Number(number) if number.is_i64() => "integer",
        Value::Number(_) => "number",
        _ => "string",
    };
    names(columns).iter().map(|name| (*name, json!({"type": members.get(*name).map_or("string", kind)}))).collect()
}

/// The row with this number; the same each time.
pub fn person(number: u64, columns: usize) -> Value {
    let chance = number.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 20;
    let whole = json!({
        "owner": format!("018f3c2e-0000-7000-8000-{:012x}", number % 50),
        "room": format!("018f3c2e-0000-7000-8000-{:012x}", chance % 1000),
        "data": format!("a message {number}"),
        "id": number,
        "uuid": format!("{chance:08x}-0000-4000-8000-{number:012x}"),
        "full_name": format!("{} {}", pick(&["Ana", "Chloé", "François", "Jürgen", "María"], chance), pick(&["Smith", "O'Neil", "García", "Silva, Jr."], chance / 7)),
        "email": format!("person.{number}@example{}.com", chance % 50),
        "signup_date": format!("20{:02}-{:02}-{:02}", chance % 25, chance % 12 + 1, chance % 28 + 1),
        "last_seen": format!("2024-{:02}-{:02}T{:02}:{:02}:{:02}Z", chance % 12 + 1, chance % 28 + 1, chance % 24, chance % 60, chance % 59),
        "balance": (chance % 300_000) as f64 / 100.0 + 0.005,
        "score": (chance % 1_000_000) as f64 / 1_000_000.0 + 0.000_000_5,
        "tier": pick(&["bronze", "silver", "gold", "platinum"], chance / 3),
        "country": pick(&["US", "DE", "FR", "JP", "BR", "NG", "IN", "GB"], chance / 5),
        "phone": format!("+1-{}-555-{:04}", 200 + chance % 799, chance % 10_000),
        "is_active": chance.is_multiple_of(2),
        "url": format!("https://example.com/u/{number}?r={}", chance % 1000),
        "zip": format!("{:05}", chance % 100_000),
    });
    let Value::Object(mut members) = whole else { return Value::Null };
    names(columns).iter().filter_map(|name| members.remove(*name).map(|value| ((*name).to_owned(), value))).collect::<Map<_, _>>().into()
}

fn names(columns: usize) -> &'static [&'static str] {
    const PERSON: [&str; 14] = [
        "id",
        "uuid",
        "full_name",
        "email",
        "signup_date",
        "last_seen",
        "balance",
        "score",
        "tier",
        "country",
        "phone",
        "is_active",
        "url",
        "zip",
    ];
    if columns == 3 { &["owner", "room", "data"] } else { &PERSON }
}

fn pick(words: &[&'static str], chance: u64) -> &'static str {
    words.get(chance as usize % words.len()).copied().unwrap_or_default()
}
