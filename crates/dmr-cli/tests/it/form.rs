//! U1, U2 at the terminal: the plan shown, and filled in.

use crate::world::{Ran, World, masked};

const ORDER: &str = r##"{
  "title": "Order", "type": "object", "required": ["number", "lines", "pay", "kind"], "additionalProperties": false,
  "properties": {
    "number": {"type": "string", "pattern": "^[0-9]{4}$", "description": "Four digits."},
    "kind": {"const": "order"},
    "state": {"enum": ["open", "sent"], "default": "open"},
    "due": {"type": ["string", "null"], "format": "date"},
    "express": {"type": "boolean"},
    "email": {"type": "string", "format": "email"},
    "notes": {"type": "string"},
    "tags": {"type": "array", "items": {"type": "string"}, "maxItems": 2},
    "lines": {"type": "array", "minItems": 1, "items": {"$ref": "#/$defs/Line"}},
    "address": {"type": ["object", "null"], "required": ["zip_code"], "properties": {"zip_code": {"type": "string"}, "city": {"type": "string"}}},
    "rates": {"type": "object", "additionalProperties": {"type": "number"}},
    "pay": {"oneOf": [{"$ref": "#/$defs/Card"}, {"$ref": "#/$defs/Cash"}]},
    "extra": true
  },
  "$defs": {
    "Line": {"type": "object", "required": ["sku"], "properties": {"sku": {"type": "string"}, "count": {"type": "integer", "minimum": 1}}},
    "Card": {"type": "object", "required": ["type", "digits"], "properties": {"type": {"const": "card"}, "digits": {"type": "string", "maxLength": 4}}},
    "Cash": {"type": "object", "required": ["type"], "properties": {"type": {"const": "cash"}}}
  }
}"##;

impl World {
    fn with_orders() -> Self {
        let world = Self::new();
        world.file("order.json", ORDER);
        world.dmr("register order.json --key-field number").done();
        world
    }

    fn fills(&self, words: &str, answers: &[&str]) -> Ran {
        self.with(&[], &answers.iter().map(|answer| format!("{answer}\n")).collect::<String>(), &words.split(' ').collect::<Vec<_>>())
    }
}

#[test]
fn u4_the_form_of_a_model_is_shown() {
    let world = World::with_orders();
    insta::assert_snapshot!(world.dmr("show ui-schema Order").done(), @r#"
    ┌─┬─┬─┬─┬─┬─┐
    │ field ┆ label ┆ widget ┆ why ┆ ┆ rules │
    ╞─╪─╪─╪─╪─╪─╡
    │ number ┆ Number ┆ text_input ┆ nothing but its type, text, says what it is ┆ required ┆ must match the pattern ^[0-9]{4}$ │
    │ kind ┆ Kind ┆ select ┆ it has one possible value ┆ required, hidden ┆ order │
    │ state ┆ State ┆ select ┆ it is one of 2 values ┆ ┆ open | sent │
    │ due ┆ Due ┆ date_picker ┆ it holds a date ┆ null ┆ must be a date: 2024-01-31 │
    │ express ┆ Express ┆ toggle ┆ it is true or false ┆ ┆ │
    │ email ┆ Email ┆ email ┆ its format is `email` ┆ ┆ must be an e-mail address │
    │ notes ┆ Notes ┆ text_area ┆ its name has the word `notes` ┆ ┆ │
    │ tags ┆ Tags ┆ multi_select ┆ it is a list of text ┆ ┆ must have at most 2 elements │
    │ lines ┆ Lines ┆ json_editor ┆ it is drawn as its parts, or edited as JSON ┆ required ┆ must have at least 1 element │
    │ lines.* ┆ ┆ json_editor ┆ it is drawn as its parts, or edited as JSON ┆ required ┆ │
    │ lines.*.sku ┆ SKU ┆ text_input ┆ nothing but its type, text, says what it is ┆ required ┆ │
    │ lines.*.count ┆ Count ┆ number_input ┆ nothing but its type, integer, says what it is ┆ ┆ must be at least 1 │
    │ address ┆ Address ┆ json_editor ┆ it is drawn as its parts, or edited as JSON ┆ null ┆ │
    │ address.zip_code ┆ Zip code ┆ text_input ┆ nothing but its type, text, says what it is ┆ required ┆ │
    │ address.city ┆ City ┆ text_input ┆ nothing but its type, text, says what it is ┆ ┆ │
    │ rates ┆ Rates ┆ json_editor ┆ it is drawn as its parts, or edited as JSON ┆ ┆ │
    │ pay ┆ Pay ┆ json_editor ┆ it is drawn as its parts, or edited as JSON ┆ required ┆ │
    │ pay.(Card) ┆ Card ┆ json_editor ┆ it is drawn as its parts, or edited as JSON ┆ required ┆ │
    │ pay.(Card).type ┆ Type ┆ select ┆ it has one possible value ┆ required, hidden ┆ card │
    │ pay.(Card).digits ┆ Digits ┆ text_input ┆ nothing but its type, text, says what it is ┆ required ┆ must have at most 4 characters │
    │ pay.(Cash) ┆ Cash ┆ json_editor ┆ it is drawn as its parts, or edited as JSON ┆ required ┆ │
    │ pay.(Cash).type ┆ Type ┆ select ┆ it has one possible value ┆ required, hidden ┆ cash │
    │ extra ┆ Extra ┆ json_editor ┆ it can hold anything ┆ null ┆ │
    └─┴─┴─┴─┴─┴─┘
    "#);
    let plan = world.dmr("show ui-schema Order --format json").json();
    assert_eq!((&plan["model"], &plan["record"]["fields"][2]["widget"]), (&"Order".into(), &"select".into()));
    world.dmr("change Order --widget number=password").done();
    assert_eq!(world.dmr("show ui-schema Order --format json").json()["record"]["fields"][0]["widget"], "password");
    world.dmr("change Order --widget number=").done();
    insta::assert_snapshot!(world.dmr("change Order --widget number=slider").failed(3), @r#"
    definition.invalid

      × /fields/number/widget: `slider` does not set a field of the type text
      help: password
            email
            url
            phone
            color_picker
            text_area
            select
            json_editor
            text_input
    "#);
}

#[test]
fn u2_a_form_is_filled_in_field_by_field() {
    let world = World::with_orders();
    let ran = world.fills(
        "form Order",
        &[
            "12",
            "0012",
            ":?",
            "2",
            ":null",
            "maybe",
            "n",
            "nobody",
            "a@example.org",
            "one\\",
            "two",
            "hot",
            "new", // up to the tags
            "A1",
            "0",
            "3",
            "y",
            "A2",
            "",
            "n", // lines
            "y",
            "",
            "01234",
            "",
            "y",
            "EUR",
            "1.25",
            "", // address, rates
            "bitcoin",
            "card",
            "12345",
            "1234",
            "{\"a\":",
            "[1]",
            "y",
        ],
    );
    insta::assert_snapshot!(masked(&ran.err), @r#"
    Order: a new record; * is required, :? tells more
      Four digits.
    Number *: 
      ! must match the pattern ^[0-9]{4}$
    Number *: 
       1 open
       2 sent
    State [default "open"]: 
      text, select (it is one of 2 values)
    State [default "open"]: 
    Due [like 2024-01-31]: 
    Express [y/n]: 
      ! y or n
    Express [y/n]: 
    Email [like name@example.org]: 
      ! must be an e-mail address
    Email [like name@example.org]: 
    Notes: 
    ...: 
    Tags 1 (an empty line ends): 
    Tags 2 (an empty line ends): 
    Lines:
    Lines 1:
    SKU *: 
    Count: 
      ! must be at least 1
    Count: 
    Lines 2: add it? (y/N): 
    SKU *: 
    Count: 
    Lines 3: add it? (y/N): 
    Address: fill it in? (y/N/:null): 
    Zip code *: 
      ! it is required
    Zip code *: 
    City: 
    Rates: fill it in? (y/N): 
    Rates 1: name (an empty line ends): 
    Rates 1: EUR *: 
    Rates 2: name (an empty line ends): 
    Pay:
       1 Card
       2 Cash
    Pay, which kind? *: 
      ! a number from 1 to 2, or a name
    Pay, which kind? *: 
    Card:
    Digits *: 
      ! must have at most 4 characters
    Digits *: 
    Extra [JSON]: 
      ! this is JSON: Expected a value, but the text ends
    Extra [JSON]: 
    ┌─┬─┐
    │ field ┆ value │
    ╞─╪─╡
    │ number ┆ 0012 │
    │ kind ┆ order │
    │ state ┆ sent │
    │ due ┆ null │
    │ express ┆ false │
    │ email ┆ a@example.org │
    │ notes ┆ one\ntwo │
    │ tags ┆ ["hot","new"] │
    │ lines ┆ [{"sku":"A1","count":3},{"sku":"A2"}] │
    │ address ┆ {"zip_code":"01234"} │
    │ rates ┆ {"EUR":1.25} │
    │ pay ┆ {"type":"card","digits":"1234"} │
    │ extra ┆ [1] │
    └─┴─┘
    Send it? (Y/n):
    "#);
    insta::assert_snapshot!(ran.done(), @r#"
    ┌─┬─┐
    │ field ┆ value │
    ╞─╪─╡
    │ _id ┆ <id> │
    │ number ┆ 0012 │
    │ kind ┆ order │
    │ state ┆ sent │
    │ due ┆ null │
    │ express ┆ false │
    │ email ┆ a@example.org │
    │ notes ┆ one\ntwo │
    │ tags ┆ ["hot","new"] │
    │ lines ┆ [{"sku":"A1","count":3},{"sku":"A2"}] │
    │ address ┆ {"zip_code":"01234"} │
    │ rates ┆ {"EUR":1.25} │
    │ pay ┆ {"type":"card","digits":"1234"} │
    │ extra ┆ [1] │
    │ _version ┆ 1 │
    │ _created_at ┆ <time> │
    │ _updated_at ┆ <time> │
    │ _created_by ┆ <id> │
    │ _updated_by ┆ <id> │
    │ _owner ┆ <id> │
    └─┴─┘
    "#);
    let made = world.dmr("record get Order 0012 --format json").json();
    insta::assert_snapshot!(masked(&made.to_string()), @r#"{"_id":"<id>","number":"0012","kind":"order","state":"sent","due":null,"express":false,"email":"a@example.org","notes":"one\ntwo","tags":["hot","new"],"lines":[{"sku":"A1","count":3},{"sku":"A2"}],"address":{"zip_code":"01234"},"rates":{"EUR":1.25},"pay":{"type":"card","digits":"1234"},"extra":[1],"_version":1,"_created_at":"<time>","_updated_at":"<time>","_created_by":"<id>","_updated_by":"<id>","_owner":"<id>"}"#);
}

#[test]
fn u2_what_is_given_or_optional_is_not_asked_for() {
    let world = World::with_orders();
    let ran = world.with(&[], "A1\n\nn\n2\n", &["form", "Order", "number=0013", "notes=x", "--required", "--yes", "--format", "json"]);
    let made = ran.json();
    insta::assert_snapshot!(masked(&ran.err), @r#"
    Order: a new record; * is required, :? tells more
    Lines:
    Lines 1:
    SKU *: 
    Lines 2: add it? (y/N): 
    Pay:
       1 Card
       2 Cash
    Pay, which kind? *: 
      ! a number from 1 to 2, or a name
    Pay, which kind? *: 
    Cash:
    "#);
    assert_eq!(made["lines"].to_string() + &made["pay"].to_string(), r#"[{"sku":"A1"}]{"type":"cash"}"#);
    assert_eq!((&made["state"], &made["notes"], &made["kind"]), (&"open".into(), &"x".into(), &"order".into()));
}

#[test]
fn u2_what_the_server_refuses_is_asked_for_again() {
    let world = World::with_orders();
    world.with(&[], "A1\nn\n2\n", &["form", "Order", "number=0013", "--required", "--yes"]).done();
    let ran = world.with(&[], "A1\nn\n2\n0014\n", &["form", "Order", "number=0013", "--required", "--yes"]);
    assert!(ran.err.contains("! Number: another record has this `number`"), "{}", ran.err);
    assert!(ran.done().contains("0014"));
    let ran = world.with(&[], "A1\nn\n2\n", &["form", "Order", "number=0013", "--required", "--yes"]);
    assert_eq!((ran.code, ran.out.as_str()), (6, ""), "{}", ran.err);
}

#[test]
fn u2_a_form_that_is_left_sends_nothing() {
    let world = World::with_orders();
    for answers in [&["0012"][..], &["0012", ":quit"], &["0012", "", "", "", "", "", "", "A1", "", "n", "", "", "2", "", "n"]] {
        let ran = world.fills("form Order", answers);
        assert!(ran.err.contains("nothing was sent"), "{}", ran.err);
        assert_eq!(ran.out, "");
    }
    assert_eq!(world.dmr("query Order --count --format json").json()["count"], 0);
    world.dmr("principal create anna --role user").done();
    let key = world.dmr("key create anna --format json").json()["key"].as_str().unwrap().to_owned();
    insta::assert_snapshot!(world.words(&["form", "Order", "--key", &key]).failed(5), @r#"
    right.missing

      × records of Order cannot be made by this key
    "#);
}
