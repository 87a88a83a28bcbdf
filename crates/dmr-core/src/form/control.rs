//! What a plan is made of.

use super::condition::Condition;
use crate::types::FieldType;
use crate::widget::{ChosenBy, Widget};
use crate::{Object, Value};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The plan of a form for the records of a model.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Form {
    /// The model, as it works in a route.
    pub model: String,
    /// Its version.
    pub version: String,
    /// What the asker may do with its records.
    pub may: Vec<String>,
    /// The record as one control.
    pub record: Control,
    /// Controls that stand in several places, or in themselves, by the names under which [`Control::part`] refers to them.
    pub parts: BTreeMap<String, Control>,
}

/// How a control is drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ControlShape {
    /// By its widget alone.
    #[default]
    Value,
    /// As its fields, one below the other.
    Object,
    /// As a list of elements, each drawn as `item`; the first ones as `places`, where there are such.
    List,
    /// As pairs of a key and a value.
    Map,
    /// As a picker of kinds and what the picked one has.
    Union,
    /// As the part that `part` names.
    Part,
}

/// One control: a field, an element of a list, a key or value of a map, a kind of a union.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Control {
    /// The name of the member; empty where it has none.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub name: String,
    /// Where its value stands in the record, as a JSON pointer in which `*` is any place of a list or key of a map. In a part it begins at
    /// the part.
    pub pointer: String,
    /// Under which name its widget can be chosen: `address.city`. None where it is no field of the model, but inside one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub path: Option<String>,
    /// How it is drawn.
    pub shape: ControlShape,
    /// With what it is set; of what has parts, what a door shows that does not draw parts.
    pub widget: Widget,
    /// What stands before it.
    pub label: String,
    /// What stands in it while it is empty.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub placeholder: Option<String>,
    /// What stands beside it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub help: Option<String>,
    /// Whether it must be there.
    pub required: bool,
    /// Whether it is shown and not set: by anybody, or by this asker.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub read_only: bool,
    /// Whether it is set and never shown.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub write_only: bool,
    /// Whether it is not drawn: it has one possible value.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub hidden: bool,
    /// Whether it can be set to null.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub nullable: bool,
    /// What it is where nobody sets it.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "present")]
    pub default: Option<Value>,
    /// What its values must satisfy; each is checked by [`check`](super::check).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub rules: Vec<Rule>,
    /// Its possible values.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub options: Vec<SelectOption>,
    /// Whether it can have others than `options`, which are then those that living records hold most.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub others: bool,
    /// Of an object, its fields in the schema's order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub fields: Vec<Control>,
    /// Of an object, what is required when.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub conditions: Vec<Condition>,
    /// Of an object, whether it can have members beside `fields`; `key` and `value` say what they are, where the schema does.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub open: bool,
    /// Of a list, what its first elements are, where each is something else.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub places: Vec<Control>,
    /// Of a list, what its elements are.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub item: Option<Box<Control>>,
    /// Of a map, what its keys are.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key: Option<Box<Control>>,
    /// Of a map, what its values are.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub value: Option<Box<Control>>,
    /// Of a union, what it can be.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub kinds: Vec<Kind>,
    /// The part that it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub part: Option<String>,
    /// What the plan does not express: it is checked when the record is sent.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub left_to_server: Vec<Rule>,
    /// What else is known of it.
    pub metadata: Metadata,
    /// What it holds, for choosing a widget.
    #[serde(skip, default = "any")]
    pub(super) holds: FieldType,
}

/// One thing that a value must satisfy.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Rule {
    /// As the schema spells it: `maxLength`.
    pub rule: String,
    /// Its limit.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "present")]
    pub value: Option<Value>,
    /// The same in words: `must have at most 20 characters`.
    pub message: String,
}

/// A possible value.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SelectOption {
    /// The value.
    pub value: Value,
    /// How it is called.
    pub label: String,
}

/// What a union can be.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Kind {
    /// How it is called; no two of a union are called alike.
    pub label: String,
    /// The members that tell it from the others, where it has such: a value that has them is of this kind.
    #[serde(default, skip_serializing_if = "Object::is_empty")]
    pub when: Object,
    /// What it is.
    pub control: Control,
}

/// What else is known of a control.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Metadata {
    /// What it holds, null aside: `text`, `list of integer`.
    #[serde(rename = "type")]
    pub kind: String,
    /// The schema's `format`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub format: Option<String>,
    /// Of a date picker, what is picked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub picks: Option<Picks>,
    /// By what the widget was chosen.
    pub chosen_by: ChosenBy,
    /// Why the widget was chosen, in words.
    pub reason: String,
    /// Values that the schema gives as examples.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub examples: Vec<Value>,
}

/// What a date picker picks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Picks {
    /// A day.
    Date,
    /// A time of day.
    Time,
    /// Both.
    DateTime,
}

impl Control {
    /// A control of which nothing is known but its name.
    pub(super) fn named(name: &str, label: String) -> Self {
        Self {
            name: name.to_owned(),
            pointer: String::new(),
            path: None,
            shape: ControlShape::Value,
            widget: Widget::JsonEditor,
            label,
            placeholder: None,
            help: None,
            required: false,
            read_only: false,
            write_only: false,
            hidden: false,
            nullable: false,
            default: None,
            rules: Vec::new(),
            options: Vec::new(),
            others: false,
            fields: Vec::new(),
            conditions: Vec::new(),
            open: false,
            places: Vec::new(),
            item: None,
            key: None,
            value: None,
            kinds: Vec::new(),
            part: None,
            left_to_server: Vec::new(),
            metadata: Metadata {
                kind: String::new(),
                format: None,
                picks: None,
                chosen_by: ChosenBy::Default,
                reason: String::new(),
                examples: Vec::new(),
            },
            holds: FieldType::Any,
        }
    }

    /// The type of its values, where it is one that a text stands for; null aside.
    pub fn scalar(&self) -> Option<FieldType> {
        FieldType::SCALARS.into_iter().find(|kind| kind.name() == self.metadata.kind)
    }

    /// The controls directly inside it.
    pub fn inside(&self) -> impl Iterator<Item = &Self> {
        let single = [&self.item, &self.key, &self.value].into_iter().filter_map(Option::as_deref);
        self.fields.iter().chain(&self.places).chain(single).chain(self.kinds.iter().map(|kind| &kind.control))
    }
}

fn any() -> FieldType {
    FieldType::Any
}

/// A member that is null is there: of what is absent serde does not ask.
fn present<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Option<Value>, D::Error> {
    Value::deserialize(deserializer).map(Some)
}
