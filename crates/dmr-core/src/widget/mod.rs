//! Widgets: with what a form sets a field, found from a hint, then the type, then the name, then constraints and live values (U1).
//!
//! One file a widget. A new widget is a file with a [`Kind`] and a line in each table below. The order of [`Widget::ALL`] settles which of two
//! that would both do is taken.

mod text_input;
mod text_area;
mod password;
mod email;
mod url;
mod phone;
mod number_input;
mod slider;
mod currency;
mod percentage;
mod date_picker;
mod select;
mod multi_select;
mod toggle;
mod color_picker;
mod json_editor;
mod name;

use name::Name;
pub use name::words;

use crate::problem::nearest;
use crate::types::FieldType;
use crate::{Code, Issue};
use serde::{Deserialize, Serialize};
use std::cell::OnceCell;

/// With what a form sets a field.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Widget {
    /// One line of text.
    TextInput,
    /// Several lines of text.
    TextArea,
    /// A text nobody sees while it is typed.
    Password,
    /// An e-mail address.
    Email,
    /// A web address.
    Url,
    /// A telephone number.
    Phone,
    /// A number.
    NumberInput,
    /// A number between two bounds, drawn along a line.
    Slider,
    /// An amount of money.
    Currency,
    /// A share of a hundred.
    Percentage,
    /// A date, a time of day, or both.
    DatePicker,
    /// One of several values.
    Select,
    /// Several values.
    MultiSelect,
    /// Yes or no.
    Toggle,
    /// A colour.
    ColorPicker,
    /// JSON, for what no other widget sets.
    JsonEditor,
}

/// What a widget is chosen by.
#[derive(Debug, Clone, PartialEq)]
pub struct Asked<'a> {
    /// The field's name.
    pub name: &'a str,
    /// What it holds, null aside.
    pub kind: &'a FieldType,
    /// Whether it is made of parts: an object, a map, a union, a list of such.
    pub structured: bool,
    /// The schema's `format`.
    pub format: Option<&'a str>,
    /// How many values the schema names, where it names all.
    pub options: Option<usize>,
    /// The least value.
    pub least: Option<f64>,
    /// The greatest value.
    pub greatest: Option<f64>,
    /// The most characters.
    pub longest: Option<u64>,
    /// What living records hold, where the asker sees them all.
    pub live: Option<Live>,
}

/// What living records hold in a field.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Live {
    /// Different values.
    pub values: usize,
    /// Records that were looked at and hold one.
    pub records: usize,
}

/// By what a widget was chosen, in the order in which they are asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ChosenBy {
    /// A person, or the schema, said so.
    Hint,
    /// What the field holds.
    Type,
    /// What it is called.
    Name,
    /// What its values must satisfy.
    Constraints,
    /// What living records hold.
    Values,
    /// Nothing else said anything.
    Default,
}

/// A widget and why.
#[derive(Debug, Clone, PartialEq)]
pub struct Chosen {
    /// The widget.
    pub widget: Widget,
    /// By what it was chosen.
    pub by: ChosenBy,
    /// Why, in words.
    pub reason: String,
}

impl Widget {
    /// All of them. The special come before the general: of two that a name would fit the first is taken.
    pub const ALL: [Self; 16] = [
        Self::Password,
        Self::Email,
        Self::Url,
        Self::Phone,
        Self::ColorPicker,
        Self::TextArea,
        Self::Percentage,
        Self::Currency,
        Self::Toggle,
        Self::Select,
        Self::MultiSelect,
        Self::DatePicker,
        Self::Slider,
        Self::NumberInput,
        Self::JsonEditor,
        Self::TextInput,
    ];

    /// As it travels: `text_input`.
    pub fn name(self) -> &'static str {
        self.kind().name()
    }

    /// The widget of a name; other spellings that people use are understood: `textarea`, `TEXT_AREA`, `number`.
    pub fn find(spelling: &str) -> Option<Self> {
        let plain = |text: &str| text.chars().filter(char::is_ascii_alphanumeric).collect::<String>().to_ascii_lowercase();
        let wanted = plain(spelling);
        let is = |widget: &Self| plain(widget.name()) == wanted || widget.kind().spellings().iter().any(|other| plain(other) == wanted);
        Self::ALL.into_iter().find(|widget| !wanted.is_empty() && is(widget))
    }

    /// Whether it can set values of a type. Of a field that can hold anything every widget can set some.
    pub fn sets(self, kind: &FieldType) -> bool {
        *kind == FieldType::Any || self.kind().sets(kind)
    }

    /// What is wrong with a widget that somebody chose for a field of a type.
    pub fn check(spelling: &str, kind: &FieldType, at: &str) -> Option<Issue> {
        let Some(widget) = Self::find(spelling) else {
            return Some(unknown(spelling, at));
        };
        if widget.sets(kind) {
            return None;
        }
        let fit = Self::ALL.into_iter().filter(|widget| widget.sets(kind)).map(|widget| widget.name().to_owned());
        let message = format!("`{}` does not set a field of the type {kind}", widget.name());
        Some(Issue::body(at, Code::DefinitionInvalid, message).suggest_all(fit))
    }

    /// The widget of a field, and why (U1). `hint` is what a person chose, or the schema; one that does not fit is passed over.
    pub fn choose(asked: &Asked<'_>, hint: Option<&str>) -> Chosen {
        if let Some(chosen) = hint.and_then(|hint| hinted(asked, hint)) {
            return chosen;
        }
        let stages: [(ChosenBy, Stage); 4] = [
            (ChosenBy::Type, |kind, asked, _| kind.by_type(asked)),
            (ChosenBy::Name, |kind, asked, name| kind.by_name(asked, name())),
            (ChosenBy::Constraints, |kind, asked, _| kind.by_constraints(asked)),
            (ChosenBy::Values, |kind, asked, _| kind.by_values(asked)),
        ];
        let said = OnceCell::new();
        let name = || said.get_or_init(|| Name::of(asked.name));
        for (by, stage) in stages {
            for widget in Self::ALL {
                if let Some(reason) = stage(widget.kind(), asked, &name) {
                    return Chosen { widget, by, reason };
                }
            }
        }
        let widget = if is_number(asked.kind) {
            Self::NumberInput
        } else if is_written(asked.kind) {
            Self::TextInput
        } else {
            Self::JsonEditor
        };
        Chosen { widget, by: ChosenBy::Default, reason: format!("nothing but its type, {}, says what it is", asked.kind) }
    }

    /// What stands in it while it is empty.
    pub fn placeholder(self, kind: &FieldType) -> Option<&'static str> {
        self.kind().placeholder(kind)
    }

    fn kind(self) -> &'static dyn Kind {
        match self {
            Self::TextInput => &text_input::TextInput,
            Self::TextArea => &text_area::TextArea,
            Self::Password => &password::Password,
            Self::Email => &email::Email,
            Self::Url => &url::Url,
            Self::Phone => &phone::Phone,
            Self::NumberInput => &number_input::NumberInput,
            Self::Slider => &slider::Slider,
            Self::Currency => &currency::Currency,
            Self::Percentage => &percentage::Percentage,
            Self::DatePicker => &date_picker::DatePicker,
            Self::Select => &select::Select,
            Self::MultiSelect => &multi_select::MultiSelect,
            Self::Toggle => &toggle::Toggle,
            Self::ColorPicker => &color_picker::ColorPicker,
            Self::JsonEditor => &json_editor::JsonEditor,
        }
    }
}

impl std::fmt::Display for Widget {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name())
    }
}

/// The refusal of a widget that is none.
pub(crate) fn unknown(spelling: &str, at: &str) -> Issue {
    let near = nearest(spelling, Widget::ALL.map(Widget::name));
    let near = if near.is_empty() { Widget::ALL.map(|widget| widget.name().to_owned()).into() } else { near };
    Issue::body(at, Code::DefinitionInvalid, format!("there is no widget `{spelling}`")).suggest_all(near)
}

type Stage = for<'n> fn(&dyn Kind, &Asked<'_>, &dyn Fn() -> &'n Name) -> Option<String>;

fn hinted(asked: &Asked<'_>, hint: &str) -> Option<Chosen> {
    let widget = Widget::find(hint).filter(|widget| widget.sets(asked.kind) && widget.kind().can(asked))?;
    Some(Chosen { widget, by: ChosenBy::Hint, reason: format!("`{}` was chosen for it", widget.name()) })
}

/// What every widget says of itself. Each reason is a sentence for a person.
trait Kind {
    /// The name as it travels.
    fn name(&self) -> &'static str;
    /// What else people call it.
    fn spellings(&self) -> &'static [&'static str] {
        &[]
    }
    /// Whether it can set values of a type.
    fn sets(&self, kind: &FieldType) -> bool;
    /// Whether it has what it needs beside the type.
    fn can(&self, _asked: &Asked<'_>) -> bool {
        true
    }
    /// Why the type asks for it.
    fn by_type(&self, _asked: &Asked<'_>) -> Option<String> {
        None
    }
    /// Why the name asks for it, where the type admits it.
    fn by_name(&self, _asked: &Asked<'_>, _name: &Name) -> Option<String> {
        None
    }
    /// Why constraints ask for it.
    fn by_constraints(&self, _asked: &Asked<'_>) -> Option<String> {
        None
    }
    /// Why living records ask for it.
    fn by_values(&self, _asked: &Asked<'_>) -> Option<String> {
        None
    }
    /// What stands in it while it is empty.
    fn placeholder(&self, _kind: &FieldType) -> Option<&'static str> {
        None
    }
}

fn is_number(kind: &FieldType) -> bool {
    matches!(kind, FieldType::Integer | FieldType::Number | FieldType::Decimal)
}

/// Whether its JSON form is a text.
fn is_written(kind: &FieldType) -> bool {
    kind.schema().get("type").is_some_and(|name| name == "string")
}

fn is_time(kind: &FieldType) -> bool {
    matches!(kind, FieldType::Date | FieldType::Time | FieldType::DateTime | FieldType::LocalDateTime)
}

fn of_format(asked: &Asked<'_>, formats: &[&str]) -> Option<String> {
    let format = asked.format.filter(|format| formats.contains(format))?;
    (*asked.kind == FieldType::Text).then(|| format!("its format is `{format}`"))
}
