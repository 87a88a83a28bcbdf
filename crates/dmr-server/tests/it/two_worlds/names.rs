//! Names and values R tries: of what it sees, of what it does not, of what is not there, and odd spellings of all.

use super::random::Random;
use dmr::core::Value;
use serde_json::json;

pub const FIELDS: [&str; 55] = [
    "name",
    "num",
    "hush",
    "addr",
    "addr.city",
    "addr.hush",
    "addr.set",
    "addr.geo",
    "addr.geo.lat",
    "addr.geo.lon",
    "pw",
    "guess",
    "sku",
    "mail",
    "tags",
    "made",
    "title",
    "note",
    "pub",
    "deep",
    "deep.a",
    "deep.hush",
    "deep.xmore",
    "xmore",
    "a",
    "xgone",
    "box",
    "box.x",
    "box.y",
    "wide",
    "wide.p",
    "wide.q",
    "xaged",
    "xold",
    "xlong",
    "flat",
    "flat.y",
    "k",
    "v",
    "label",
    "tok",
    "word",
    "size",
    "_owner",
    "_id",
    "_version",
    "_updated_at",
    "_deleted_at",
    "*",
    "x1",
    "box.in",
    "to",
    "many",
    "code",
    "far",
];
const ODD: [&str; 22] = [
    "HUSH",
    "Hush",
    "hush ",
    " hush",
    "hush.sub",
    "addr.hush.sub",
    "#3",
    "3",
    "addr.#6",
    "addr.6",
    "hush#3",
    "xgone#2",
    "addr.*",
    "*.hush",
    "hu\u{17f}h",
    "h\u{AD}ush",
    "'hush'",
    "\"hush\"",
    "hush;--",
    "hush__eq",
    "addr..hush",
    "",
];

/// A field, as a dotted path.
pub fn field(random: &mut Random) -> String {
    let from: &[&str] = if random.chance(12) { &ODD } else { &FIELDS };
    (*random.pick(from)).to_owned()
}

/// A model, and how it stands in an address: under another spelling it is the same one, or none.
pub fn model(random: &mut Random) -> (String, String) {
    const OTHERWISE: [(&str, &str); 18] = [
        ("Secret", "Secret"),
        ("Secret", "app.Secret"),
        ("Secret", "ns.models.app.Secret"),
        ("Closed", "Closed"),
        ("", "Nothing"),
        ("", "person"),
        ("Person", "app.Person"),
        ("Person", "%50erson"),
        ("Person", "Pers%6Fn"),
        ("", "Person%00"),
        ("Person", "ns.models.app.Person"),
        ("Own", "app.Own"),
        ("", "Person.json"),
        ("", "x.Person"),
        ("", "%2e%2e"),
        ("", "Per%D1%95on"),
        ("Seen", "app%2ESeen"),
        ("", "SECRET"),
    ];
    let (model, spelled) = match random.chance(90) {
        true => [*random.pick(&super::history::MODELS); 2].into(),
        false => *random.pick(&OTHERWISE),
    };
    (model.to_owned(), spelled.to_owned())
}

/// A value; those of both worlds are among them.
pub fn value(random: &mut Random) -> Value {
    let at = random.below(16);
    match random.below(14) {
        0 => super::history::secret(0, at),
        1 => super::history::secret(1, at),
        2 => json!(at),
        3 => json!(1000 - 3 * i64::try_from(at).unwrap()),
        4 => json!(["Ana", "Bo", "Paris", "red", "x", "p1", "a1"][at % 7]),
        5 => json!(format!("m{at}@example.org")),
        6 => json!(format!("{}{at}", ["c", "c10", "k", "pw", "p", "a"][at % 6])),
        7 => json!(at.is_multiple_of(2)),
        8 => Value::Null,
        9 => json!([value(random)]),
        10 => json!({ "x": "x", "y": super::history::secret(at % 2, at) }),
        11 => json!({ "city": "Paris", "hush": super::history::secret(at % 2, at) }),
        12 => json!(1.5),
        _ => json!("2026-11-21T08:30:00Z"),
    }
}

pub const OPERATORS: [&str; 17] = [
    "eq",
    "ne",
    "gt",
    "gte",
    "lt",
    "lte",
    "in",
    "nin",
    "contains",
    "icontains",
    "startswith",
    "endswith",
    "between",
    "isnull",
    "regex",
    "like",
    "",
];

/// Percent-encodes what does not belong into a query string; now and then more than that.
pub fn encoded(text: &str, random: &mut Random) -> String {
    let all = random.chance(3);
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte);
    text.bytes().map(|byte| if plain(byte) && !all { char::from(byte).to_string() } else { format!("%{byte:02X}") }).collect()
}
