//! Going through a plan: each control is asked for in the way it is drawn.

use super::answer::{Line, value};
use super::console::{Console, left, read_yes_or_no};
use crate::failure::Failure;
use crate::output::plain;
use dmr::core::FieldType;
use dmr::core::form::{Control, ControlShape, Form};
use dmr::core::widget::Widget;
use dmr::{Object, Value};

/// How many options are listed.
const LISTED: usize = 30;

/// A form that is being filled in.
pub struct Filling<'p> {
    pub plan: &'p Form,
    pub console: Console,
    /// Whether what is optional is left out without a question.
    pub required_only: bool,
}

/// What becomes of something that has parts.
enum Begun {
    Fill,
    Leave,
    Null,
}

/// What was picked of a union.
enum Picked<'p> {
    Kind(&'p Control),
    Nothing,
    Null,
}

type Answer = Result<Option<Value>, Failure>;

impl<'p> Filling<'p> {
    /// The whole record; of what is known nothing is asked.
    pub fn record(&mut self, known: Object) -> Result<Object, Failure> {
        let record = &self.plan.record;
        if record.shape == ControlShape::Union {
            let picked = self.kind(record, record, true)?;
            let Picked::Kind(kind) = picked else { return Ok(known) };
            return self.members(self.drawn(kind), known);
        }
        self.members(record, known)
    }

    /// Asks for one control again.
    pub fn again(&mut self, control: &'p Control) -> Answer {
        let all = std::mem::replace(&mut self.required_only, false);
        let answer = self.control(control, control.required);
        self.required_only = all;
        answer
    }

    /// What has the fields, elements and kinds of a control: itself, or the part it is.
    fn drawn(&self, control: &'p Control) -> &'p Control {
        control.part.as_ref().and_then(|part| self.plan.parts.get(part)).unwrap_or(control)
    }

    fn members(&mut self, object: &'p Control, known: Object) -> Result<Object, Failure> {
        let mut out = known;
        for field in &object.fields {
            if out.contains_key(&field.name) || field.read_only || object.conditions.iter().any(|it| it.excludes(&field.name, &out)) {
                continue;
            }
            let required = field.required || object.conditions.iter().any(|condition| condition.requires(&field.name, &out));
            if let Some(value) = self.control(field, required)? {
                out.insert(field.name.clone(), value);
            }
        }
        Ok(out)
    }

    /// The value of a control; none where it is left out.
    fn control(&mut self, control: &'p Control, required: bool) -> Answer {
        if control.hidden {
            return Ok(control.default.clone());
        }
        if self.required_only && (!required || control.default.is_some()) {
            return Ok(None);
        }
        let drawn = self.drawn(control);
        if matches!(drawn.shape, ControlShape::Value | ControlShape::Part) {
            return self.value(control, required);
        }
        self.head(control);
        if drawn.shape == ControlShape::Union {
            return match self.kind(control, drawn, required)? {
                Picked::Kind(kind) => self.control(kind, true),
                Picked::Null => Ok(Some(Value::Null)),
                Picked::Nothing => Ok(None),
            };
        }
        if drawn.shape == ControlShape::List && self.is_of_lines(drawn) {
            return self.lines(control, drawn, required);
        }
        match self.begun(control, required)? {
            Begun::Fill => {}
            Begun::Null => return Ok(Some(Value::Null)),
            Begun::Leave => return Ok(None),
        }
        match drawn.shape {
            ControlShape::List => self.list(control, drawn).map(Some),
            ControlShape::Map => self.map(control, drawn).map(Some),
            _ => Ok(Some(Value::Object(self.members(drawn, Object::new())?))),
        }
    }

    /// Whether what has parts is filled in at all.
    fn begun(&mut self, control: &Control, required: bool) -> Result<Begun, Failure> {
        let label = plain(&control.label);
        if required && !control.nullable {
            if !label.is_empty() {
                self.console.say(&format!("{label}:"));
            }
            return Ok(Begun::Fill);
        }
        let without = if required { Begun::Null } else { Begun::Leave };
        let answers = if control.nullable { "y/N/:null" } else { "y/N" };
        loop {
            let line = self.console.ask(&format!("{label}: fill it in? ({answers})"))?;
            match (Line::read(&line), read_yes_or_no(&line)) {
                (Line::Quit, _) => return Err(left()),
                (Line::Null, _) if control.nullable => return Ok(Begun::Null),
                (_, Some(true)) => return Ok(Begun::Fill),
                (Line::Empty, _) | (_, Some(false)) => return Ok(without),
                _ => self.console.say("  ! y or n"),
            }
        }
    }

    fn head(&self, control: &Control) {
        if let Some(help) = &control.help {
            self.console.say(&format!("  {}", plain(help)));
        }
        for rule in &control.left_to_server {
            self.console.say(&format!("  (checked when it is sent: {})", plain(&rule.message)));
        }
    }

    fn value(&mut self, control: &Control, required: bool) -> Answer {
        self.head(control);
        self.options(control.options.iter().map(|option| option.label.as_str()));
        let question = question(control, required);
        loop {
            let line = self.line(control, &question)?;
            match Line::read(&line) {
                Line::Quit => return Err(left()),
                Line::Help => self.explain(control),
                Line::Null if control.nullable => return Ok(Some(Value::Null)),
                Line::Null => self.console.say("  ! it cannot be null"),
                // The default is the server's to set.
                Line::Empty if !required || control.default.is_some() => return Ok(None),
                Line::Empty => self.console.say("  ! it is required"),
                Line::Text(text) => match value(control, &text) {
                    Ok(value) => return Ok(Some(value)),
                    Err(wrong) => wrong.iter().for_each(|wrong| self.console.say(&format!("  ! {}", plain(wrong)))),
                },
            }
        }
    }

    /// A line; of a text area several, of which all but the last end with a backslash.
    fn line(&mut self, control: &Control, question: &str) -> Result<String, Failure> {
        if control.widget == Widget::Password {
            return self.console.ask_secretly(question);
        }
        let mut text = self.console.ask(question)?;
        while control.widget == Widget::TextArea && text.ends_with('\\') {
            text.pop();
            text.push('\n');
            text.push_str(&self.console.ask("...")?);
        }
        Ok(text)
    }

    fn options<'o>(&self, labels: impl ExactSizeIterator<Item = &'o str>) {
        let more = labels.len().saturating_sub(LISTED);
        for (at, label) in labels.take(LISTED).enumerate() {
            self.console.say(&format!("  {:>2} {}", at + 1, plain(label)));
        }
        if more > 0 {
            self.console.say(&format!("     and {more} more"));
        }
    }

    fn explain(&self, control: &Control) {
        let reason = &control.metadata.reason;
        self.console.say(&format!("  {}, {} ({})", control.metadata.kind, control.widget, plain(reason)));
        for rule in &control.rules {
            self.console.say(&format!("  {}", plain(&rule.message)));
        }
        if let Some(placeholder) = &control.placeholder {
            self.console.say(&format!("  for example {}", plain(placeholder)));
        }
        if control.nullable {
            self.console.say("  :null sets it to null");
        }
    }

    /// Whether each element of a list is one line.
    fn is_of_lines(&self, drawn: &'p Control) -> bool {
        let line = |item: &'p Control| self.drawn(item).shape == ControlShape::Value && !item.hidden;
        drawn.places.is_empty() && drawn.item.as_deref().is_some_and(line)
    }

    /// Lines until an empty one; of what is optional none is nothing.
    fn lines(&mut self, control: &'p Control, drawn: &'p Control, required: bool) -> Answer {
        let list = self.list(control, drawn)?;
        let nothing = list.as_array().is_some_and(Vec::is_empty);
        Ok(if nothing && !required { None } else { Some(list) })
    }

    /// Elements until an empty line, or a no.
    fn list(&mut self, control: &'p Control, drawn: &'p Control) -> Result<Value, Failure> {
        let mut elements = Vec::new();
        let bound = |rule: &str| drawn.rules.iter().filter(|own| own.rule == rule).filter_map(|own| own.value.as_ref()?.as_u64()).min();
        let least = bound("minItems").unwrap_or(0);
        loop {
            let at = elements.len();
            let place = drawn.places.get(at);
            let Some(element) = place.or(drawn.item.as_deref()) else { break };
            if bound("maxItems").is_some_and(|most| at as u64 >= most) {
                break;
            }
            let needed = place.is_some() || (at as u64) < least;
            let label = format!("{} {}", plain(&control.label), at + 1);
            let element = self.element(element, &label, needed, control.nullable && at == 0)?;
            // Null as the first element of a list that can be null is the list.
            if at == 0 && control.nullable && element == Some(Value::Null) {
                return Ok(Value::Null);
            }
            match element {
                Some(element) => elements.push(element),
                None => break,
            }
        }
        Ok(Value::Array(elements))
    }

    /// One element; none where there are no more.
    fn element(&mut self, element: &'p Control, label: &str, needed: bool, or_null: bool) -> Answer {
        let scalar = self.drawn(element).shape == ControlShape::Value;
        if scalar && !element.hidden {
            let end = if needed { "" } else { " (an empty line ends)" };
            let mut named = element.clone();
            named.label = format!("{label}{end}");
            (named.default, named.help) = (None, None);
            named.nullable |= or_null;
            return self.value(&named, needed);
        }
        if !needed && !self.console.yes_or_no(&format!("{label}: add it?"), false)? {
            return Ok(None);
        }
        if needed {
            self.console.say(&format!("{label}:"));
        }
        self.control(element, true)
    }

    /// Pairs until an empty key.
    fn map(&mut self, control: &'p Control, drawn: &'p Control) -> Result<Value, Failure> {
        let mut members = Object::new();
        let (Some(key), Some(value)) = (drawn.key.as_deref(), drawn.value.as_deref()) else { return Ok(Value::Object(members)) };
        loop {
            let label = format!("{} {}", plain(&control.label), members.len() + 1);
            let mut named = key.clone();
            named.label = format!("{label}: name (an empty line ends)");
            let Some(Value::String(name)) = self.value(&named, false)? else { break };
            let value = self.element(value, &format!("{label}: {}", plain(&name)), true, false)?;
            members.insert(name, value.unwrap_or_default());
        }
        Ok(Value::Object(members))
    }

    /// Which kind it is.
    fn kind(&mut self, control: &Control, union: &'p Control, required: bool) -> Result<Picked<'p>, Failure> {
        let label = plain(&control.label);
        self.console.say(&format!("{label}:"));
        self.options(union.kinds.iter().map(|kind| kind.label.as_str()));
        let question = format!("{label}, which kind?{}", if required { " *" } else { "" });
        loop {
            let line = self.console.ask(&question)?;
            let wanted = line.trim();
            let by_name = union.kinds.iter().find(|kind| kind.label.eq_ignore_ascii_case(wanted));
            let by_number = || wanted.parse::<usize>().ok().and_then(|number| union.kinds.get(number.checked_sub(1)?));
            match (by_name.or_else(by_number), Line::read(&line)) {
                (Some(kind), _) => return Ok(Picked::Kind(&kind.control)),
                (None, Line::Quit) => return Err(left()),
                (None, Line::Null) if control.nullable => return Ok(Picked::Null),
                (None, Line::Empty) if !required => return Ok(Picked::Nothing),
                _ => self.console.say(&format!("  ! a number from 1 to {}, or a name", union.kinds.len())),
            }
        }
    }
}

/// What goes before the answer.
fn question(control: &Control, required: bool) -> String {
    let mut question = plain(&control.label);
    if required {
        question.push_str(" *");
    }
    let mut notes = Vec::new();
    if control.scalar() == Some(FieldType::Boolean) {
        notes.push("y/n".to_owned());
    }
    if control.scalar().is_none() && control.options.is_empty() {
        notes.push("JSON".to_owned());
    }
    if control.others {
        notes.push("or another".to_owned());
    }
    if let Some(default) = &control.default {
        notes.push(format!("default {}", plain(&default.to_string())));
    } else if let Some(placeholder) = &control.placeholder {
        notes.push(format!("like {}", plain(placeholder)));
    }
    if !notes.is_empty() {
        question.push_str(&format!(" [{}]", notes.join("; ")));
    }
    question
}
