//! Schema documents out: 2020-12 whatever came in (M1), nothing of hidden fields (P6).

use dmr_core::Value;
use dmr_core::evolution::assign;
use dmr_core::model::{Behaviour, Field, FieldId, Shape};
use dmr_core::schema::{Draft, Validator, derive, out};
use proptest::prelude::*;
use serde_json::json;
use std::collections::{BTreeMap, BTreeSet};

/// The fields of a first version, compiled.
pub fn fields(document: &Value) -> Vec<Field> {
    let shapes = derive(document).unwrap().fields;
    let ids = assign(&shapes, &BTreeMap::new(), &BTreeMap::new(), &mut 1).unwrap();
    let fields = compiled(&shapes, &ids, "");
    // Every schema that a model can be made of has a form.
    crate::form::of_fields(document, &fields, &|_| None, &BTreeMap::new());
    fields
}

pub fn compiled(shapes: &[Shape], ids: &BTreeMap<String, FieldId>, above: &str) -> Vec<Field> {
    let field = |shape: &Shape| {
        let pointer = dmr_core::path::pointer(above, &shape.name);
        let mut behaviours = BTreeSet::new();
        if shape.read_only {
            behaviours.insert(Behaviour::ReadOnly);
        }
        if shape.write_only {
            behaviours.insert(Behaviour::WriteOnly);
        }
        let id = ids[&pointer];
        let children = compiled(&shape.children, ids, &pointer);
        Field {
            id,
            key: id.to_string().into(),
            shape: Shape { children: Vec::new(), ..shape.clone() },
            behaviours,
            normalisers: Default::default(),
            factory: None,
            children,
        }
    };
    shapes.iter().map(field).collect()
}

fn pretty(value: &Value) -> String {
    serde_json::to_string_pretty(value).unwrap()
}

#[test]
fn m1_draft_4_goes_out_as_2020_12() {
    let document = json!({
        "$schema": "http://json-schema.org/draft-04/schema#", "id": "http://example.org/order", "type": "object",
        "properties": {
            "number": {"type": "integer", "minimum": 0, "exclusiveMinimum": true, "const": 5},
            "place": {"$ref": "#/definitions/Place", "minLength": 3},
            "pair": {"type": "array", "items": [{"type": "string"}, {"type": "number"}], "additionalItems": false}
        },
        "dependencies": {"number": ["place"], "pair": {"required": ["number"]}},
        "definitions": {"Place": {"id": "#place", "type": "object", "properties": {"city": {"type": "string"}, "near": {"$ref": "#place"}}}}
    });
    insta::assert_snapshot!(pretty(&out::document(&document, &fields(&document)).unwrap()), @r##"
    {
      "$schema": "https://json-schema.org/draft/2020-12/schema",
      "type": "object",
      "properties": {
        "number": {
          "type": "integer",
          "exclusiveMinimum": 0,
          "x-dmr-id": 1
        },
        "place": {
          "$ref": "#/$defs/Place",
          "x-dmr-id": 2
        },
        "pair": {
          "type": "array",
          "prefixItems": [
            {
              "type": "string"
            },
            {
              "type": "number"
            }
          ],
          "items": false,
          "x-dmr-id": 5
        }
      },
      "dependentSchemas": {
        "pair": {
          "required": [
            "number"
          ]
        }
      },
      "dependentRequired": {
        "number": [
          "place"
        ]
      },
      "$defs": {
        "Place": {
          "type": "object",
          "properties": {
            "city": {
              "type": "string",
              "x-dmr-id": 3
            },
            "near": {
              "$ref": "#/$defs/Place",
              "x-dmr-id": 4
            }
          }
        }
      }
    }
    "##);
}

#[test]
fn m1_a_2020_12_document_stays_as_it_is_but_for_ids() {
    let document = json!({
        "$id": "https://example.org/user", "type": "object",
        "properties": {"name": {"title": "Name"}, "home": {"$ref": "#/$defs/Place"}, "work": {"$ref": "#/$defs/Place"}, "any": true},
        "$defs": {"Place": {"type": "object", "properties": {"city": {"type": "string", "x-dmr-id": 77}}}}
    });
    insta::assert_snapshot!(pretty(&out::document(&document, &fields(&document)).unwrap()), @r##"
    {
      "$schema": "https://json-schema.org/draft/2020-12/schema",
      "$id": "https://example.org/user",
      "type": "object",
      "properties": {
        "name": {
          "title": "Name",
          "x-dmr-id": 1
        },
        "home": {
          "$ref": "#/$defs/Place",
          "x-dmr-id": 2
        },
        "work": {
          "$ref": "#/$defs/Place",
          "x-dmr-id": 4
        },
        "any": {
          "x-dmr-id": 6
        }
      },
      "$defs": {
        "Place": {
          "type": "object",
          "properties": {
            "city": {
              "type": "string"
            }
          }
        }
      }
    }
    "##);
}

fn secretive() -> Value {
    json!({
        "$schema": "http://json-schema.org/draft-07/schema#", "title": "Person", "description": "has a salary", "type": "object",
        "required": ["name", "salary"], "additionalProperties": false,
        "properties": {
            "id": {"type": "integer", "readOnly": true},
            "name": {"type": "string", "maxLength": 20, "default": "x"},
            "salary": {"type": "number", "description": "yearly"},
            "boss": {"anyOf": [{"$ref": "#"}, {"type": "null"}]},
            "home": {"$ref": "#/definitions/Place"},
            "friends": {"type": "array", "items": {"$ref": "#/definitions/Friend"}}
        },
        "if": {"properties": {"salary": {"minimum": 1000}}}, "then": {"required": ["home"]},
        "dependencies": {"salary": ["home"]},
        "definitions": {
            "Place": {"type": "object", "required": ["city"], "properties": {"city": {"type": "string"}, "alarm": {"type": "string", "description": "code"}}},
            "Friend": {"type": "object", "properties": {"since": {"type": "string", "format": "date"}}},
            "Unused": {"type": "string"}
        }
    })
}

#[test]
fn p6_nothing_of_a_hidden_field_is_in_the_schema_of_a_view() {
    let document = secretive();
    let fields = fields(&document);
    let hidden = |name: &str| fields.iter().find(|field| field.name() == name).unwrap().id;
    let home = fields.iter().find(|field| field.name() == "home").unwrap();
    let alarm = home.child("alarm").unwrap().id;
    let salary = hidden("salary");
    let schema = out::visible(&document, &fields, &|path| !path.contains(&salary) && !path.contains(&alarm), false).unwrap();
    let text = pretty(&schema);
    for word in ["salary", "yearly", "alarm", "code", "Unused", "1000"] {
        assert!(!text.contains(word), "{word} shows in {text}");
    }
    insta::assert_snapshot!(text, @r##"
    {
      "$schema": "https://json-schema.org/draft/2020-12/schema",
      "title": "Person",
      "type": "object",
      "properties": {
        "id": {
          "type": "integer",
          "readOnly": true,
          "x-dmr-id": 1
        },
        "name": {
          "type": "string",
          "maxLength": 20,
          "default": "x",
          "x-dmr-id": 2
        },
        "boss": {
          "anyOf": [
            {
              "type": "object"
            },
            {
              "type": "null"
            }
          ],
          "x-dmr-id": 4
        },
        "home": {
          "type": "object",
          "properties": {
            "city": {
              "type": "string",
              "x-dmr-id": 6
            }
          },
          "required": [
            "city"
          ],
          "x-dmr-id": 5
        },
        "friends": {
          "type": "array",
          "items": {
            "$ref": "#/$defs/Friend"
          },
          "x-dmr-id": 8
        }
      },
      "required": [
        "name"
      ],
      "additionalProperties": false,
      "$defs": {
        "Friend": {
          "type": "object",
          "properties": {
            "since": {
              "type": "string",
              "format": "date"
            }
          }
        }
      }
    }
    "##);
}

#[test]
fn p6_who_sees_all_gets_the_whole_schema() {
    let document = secretive();
    let fields = fields(&document);
    assert_eq!(out::visible(&document, &fields, &|_| true, false).unwrap(), out::document(&document, &fields).unwrap());
}

#[test]
fn m4_what_a_client_sends_has_no_read_only_fields() {
    let document = json!({"type": "object", "required": ["id", "name", "kind"], "properties": {
        "id": {"type": "integer", "readOnly": true},
        "name": {"type": "string", "default": "x"},
        "kind": {"enum": ["a", "b"]},
        "home": {"type": "object", "required": ["city"], "properties": {"city": {"type": "string"}, "seen": {"readOnly": true}}}
    }});
    let fields = fields(&document);
    insta::assert_snapshot!(pretty(&out::input(&document, &fields, &|_| true, true).unwrap()), @r#"
    {
      "$schema": "https://json-schema.org/draft/2020-12/schema",
      "type": "object",
      "properties": {
        "name": {
          "type": "string",
          "default": "x",
          "x-dmr-id": 2
        },
        "kind": {
          "enum": [
            "a",
            "b"
          ],
          "x-dmr-id": 3
        },
        "home": {
          "type": "object",
          "properties": {
            "city": {
              "type": "string",
              "x-dmr-id": 5
            }
          },
          "required": [
            "city"
          ],
          "x-dmr-id": 4
        }
      },
      "required": [
        "kind"
      ]
    }
    "#);
    let patch = out::merge_patch(&document, &fields, &|_| true, false).unwrap();
    insta::assert_snapshot!(pretty(&patch), @r#"
    {
      "$schema": "https://json-schema.org/draft/2020-12/schema",
      "type": "object",
      "properties": {
        "name": {
          "anyOf": [
            {
              "type": "string",
              "default": "x"
            },
            {
              "type": "null"
            }
          ],
          "x-dmr-id": 2
        },
        "kind": {
          "enum": [
            "a",
            "b"
          ],
          "x-dmr-id": 3
        },
        "home": {
          "anyOf": [
            {
              "type": "object",
              "properties": {
                "city": {
                  "type": "string",
                  "x-dmr-id": 5
                }
              }
            },
            {
              "type": "null"
            }
          ],
          "x-dmr-id": 4
        }
      },
      "additionalProperties": false
    }
    "#);
    let patch = Validator::compile(&patch).unwrap();
    for (record, accepted) in [
        (json!({}), true),
        (json!({"name": null, "home": null}), true),
        // What is required and has no default cannot be taken away.
        (json!({"home": {"city": null}}), false),
        (json!({"kind": null}), false),
        (json!({"kind": "c"}), false),
        (json!({"id": 1}), false),
    ] {
        assert_eq!(patch.accepts(&record), accepted, "{record}");
    }
}

fn leaf() -> impl Strategy<Value = Value> {
    prop_oneof![
        Just(json!(null)),
        Just(json!(true)),
        Just(json!(0)),
        Just(json!(1)),
        Just(json!(3)),
        Just(json!(-2)),
        Just(json!(2.5)),
        Just(json!("")),
        Just(json!("a")),
        Just(json!("ab")),
        Just(json!("abc")),
    ]
}

pub fn instance() -> impl Strategy<Value = Value> {
    leaf().prop_recursive(3, 12, 3, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::Array),
            prop::collection::vec((name(), inner), 0..4).prop_map(|members| Value::Object(members.into_iter().collect())),
        ]
    })
}

fn name() -> impl Strategy<Value = String> {
    prop_oneof![Just("a".to_owned()), Just("b".to_owned()), Just("c/d".to_owned())]
}

fn types() -> impl Strategy<Value = Value> {
    prop_oneof![
        Just(json!("object")),
        Just(json!("array")),
        Just(json!("string")),
        Just(json!("number")),
        Just(json!("boolean")),
        Just(json!(["string", "null"])),
        Just(json!(["object", "array"])),
    ]
}

/// One member of a schema, as every draft admits it; in some drafts it says nothing.
pub fn member(inner: BoxedStrategy<Value>) -> impl Strategy<Value = (String, Value)> {
    let list = prop::collection::vec(inner.clone(), 1..3);
    let named = prop::collection::vec((name(), inner.clone()), 1..3).prop_map(|members| Value::Object(members.into_iter().collect()));
    let names = prop::collection::btree_set(name(), 1..3).prop_map(|names| json!(names)).boxed();
    let word = |words: &'static [&'static str]| prop::sample::select(words).prop_map(str::to_owned);
    prop_oneof![
        3 => (Just("type".to_owned()), types()),
        2 => (word(&["allOf", "anyOf", "oneOf"]), list.clone().prop_map(Value::Array)),
        2 => (word(&["properties", "patternProperties", "dependentSchemas", "dependencies"]), named),
        2 => (word(&["additionalProperties", "not", "if", "then", "else", "contains", "propertyNames", "items", "additionalItems", "unevaluatedProperties", "unevaluatedItems"]), inner),
        1 => (word(&["prefixItems"]), list.prop_map(Value::Array)),
        1 => (word(&["minLength", "maxLength", "minItems", "maxItems", "minProperties", "maxProperties", "minContains"]), (0..3).prop_map(|n| json!(n))),
        1 => (word(&["minimum", "maximum", "multipleOf"]), (1..4).prop_map(|n| json!(n))),
        1 => (word(&["enum"]), prop::collection::vec(leaf(), 1..4).prop_map(|mut values| { values.dedup(); Value::Array(values) })),
        1 => (word(&["const", "default"]), leaf()),
        1 => (word(&["uniqueItems"]), any::<bool>().prop_map(Value::Bool)),
        1 => (word(&["required"]), names.clone()),
        1 => (word(&["dependentRequired"]), (name(), names).prop_map(|(name, names)| json!({name: names}))),
        2 => (word(&["$ref"]), word(&["#/definitions/A", "#/definitions/b~1c", "#", "#/$defs/D", "#/definitions/A/properties/a"]).prop_map(Value::from)),
    ]
}

pub fn schema() -> impl Strategy<Value = Value> {
    let empty = Just(json!({})).boxed();
    empty.prop_recursive(4, 24, 3, |inner| {
        prop::collection::vec(member(inner.boxed()), 1..4).prop_map(|members| Value::Object(members.into_iter().collect()))
    })
}

/// A whole document of a draft, with draft 4's flags, lists under `items` and definitions that references of [`member`] find.
pub fn document() -> impl Strategy<Value = Value> {
    let draft = prop::sample::select(Draft::ALL.to_vec());
    (draft, schema(), schema(), schema(), any::<(bool, bool, bool)>()).prop_map(|(draft, mut root, a, other, (excluded, tuple, closed))| {
        let members = root.as_object_mut().unwrap();
        members.insert("$schema".into(), draft.uri().into());
        members.insert("definitions".into(), json!({"A": {"properties": {"a": a}, "type": "object"}, "b/c": other}));
        members.insert("$defs".into(), json!({"D": {"type": ["string", "number"]}}));
        let bound = match (draft, excluded) {
            (Draft::Draft4, _) => json!({"minimum": 1, "exclusiveMinimum": excluded}),
            _ => json!({"exclusiveMinimum": 1}),
        };
        let list = if tuple && draft != Draft::Draft2020 {
            json!({"items": [bound, true_of(draft)], "additionalItems": !closed})
        } else {
            json!({"items": bound})
        };
        let properties = members.entry("properties").or_insert_with(|| json!({}));
        properties.as_object_mut().unwrap().insert("b".into(), list);
        root
    })
}

/// `unevaluatedProperties` of 2019-09 does not know what `dependencies` looked at.
#[test]
fn m1_dependencies_beside_unevaluated_properties_go_out_as_they_are() {
    let document = json!({
        "$schema": Draft::Draft2019.uri(), "properties": {"b": {"type": "integer"}},
        "dependencies": {"a": {"properties": {"a": {}}}}, "unevaluatedProperties": {"type": "object"},
    });
    let sent = out::document(&document, &fields(&document)).unwrap();
    let (given, again) = (Validator::compile(&document).unwrap(), Validator::compile(&sent).unwrap());
    let instances = [json!({"a": null}), json!({"a": {}}), json!({"b": 1}), json!({"c": 1})];
    assert_eq!(instances.clone().map(|instance| given.accepts(&instance)), [false, true, true, false]);
    assert_eq!(instances.map(|instance| again.accepts(&instance)), [false, true, true, false], "{sent}");
}

fn true_of(draft: Draft) -> Value {
    if draft == Draft::Draft4 { json!({}) } else { json!(true) }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1_500, failure_persistence: None, max_global_rejects: 200_000, ..ProptestConfig::default() })]

    /// What goes out admits exactly what was registered admits, and comes back as the same fields.
    #[test]
    fn m1_what_goes_out_admits_the_same(document in document(), instances in prop::collection::vec(instance(), 24)) {
        let Ok(derived) = derive(&document) else { return Err(TestCaseError::reject("not a schema of a model")) };
        let Ok(given) = Validator::compile(&document) else { return Err(TestCaseError::reject("refused by the engine")) };
        let sent = out::document(&document, &fields(&document)).unwrap();
        let again = Validator::compile(&sent).unwrap();
        for instance in &instances {
            prop_assert_eq!(given.accepts(instance), again.accepts(instance), "{} in {}", instance, sent);
            prop_assert_eq!(given.accepts(instance), given.check(instance).is_empty());
        }
        let names = |fields: &[Shape]| fields.iter().map(|field| (field.name.clone(), field.kind.clone(), field.required)).collect::<Vec<_>>();
        let back = derive(&sent).unwrap();
        prop_assert_eq!((names(&derived.fields), derived.open), (names(&back.fields), back.open));
    }
}
