//! The sources, laid one over the other.

use super::given::Given;
use super::spelling::{self, Named};
use super::table::{Setting, TABLE};
use super::{Settings, file};
use dmr_core::{Code, Issue, Problem};
use std::path::PathBuf;

/// Where settings come from, beside their defaults; later members win.
#[derive(Debug, Clone, Default)]
pub struct Sources<E = Vec<(String, String)>> {
    /// The settings file; one that is named must be there.
    pub file: Option<PathBuf>,
    /// Variables of the environment; those that are not for us are passed over.
    pub env: E,
    /// Flags: keys with values.
    pub flags: Vec<(String, String)>,
}

/// Where a value came from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Origin {
    /// Nothing said otherwise.
    Default,
    /// A line of the settings file.
    File(PathBuf, usize),
    /// A variable of the environment.
    Environment(String),
    /// A flag.
    Flag,
    /// The program that uses the library.
    Program,
}

impl std::fmt::Display for Origin {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Default => f.write_str("default"),
            Self::File(path, line) => write!(f, "{}, line {line}", path.display()),
            Self::Environment(name) => write!(f, "environment, {name}"),
            Self::Flag => f.write_str("flag"),
            Self::Program => f.write_str("program"),
        }
    }
}

/// A setting as it is in force.
#[derive(Debug, Clone)]
pub struct Effective {
    /// Which.
    pub setting: &'static Setting,
    /// Its value.
    pub value: Given,
    /// Where that came from.
    pub origin: Origin,
}

impl Effective {
    /// The value as it would be written.
    pub fn written(&self) -> String {
        self.setting.kind.show(&self.value)
    }
}

/// A key as a source gave it.
struct Entry {
    /// As the source spells it.
    spelling: String,
    /// `None`: not a value that can be a setting's.
    value: Option<String>,
    named: Named,
    near: Vec<String>,
    origin: Origin,
}

/// See [`Settings::load`].
pub fn load<E: IntoIterator<Item = (String, String)>>(sources: Sources<E>) -> Result<Settings, Problem> {
    let mut layering = Layering { settings: Settings::default(), issues: Vec::new() };
    if let Some(path) = sources.file {
        let lines = file::read(&path)?;
        layering.layer(lines.into_iter().map(|line| of_file(&path, line)).collect());
    }
    let mut variables: Vec<Entry> = sources.env.into_iter().filter_map(|(name, value)| of_environment(name, value)).collect();
    variables.sort_by(|one, other| one.spelling.cmp(&other.spelling));
    layering.layer(variables);
    layering.layer(sources.flags.into_iter().map(|(key, value)| of_flag(key, value)).collect());
    layering.finish()
}

/// What holds between settings.
pub fn check_together(settings: &Settings, issues: &mut Vec<Issue>) {
    let records = &settings.records;
    if records.page_size > records.max_page_size {
        let message =
            format!("`records.page_size` ({}) is more than `records.max_page_size` ({})", records.page_size, records.max_page_size);
        issues.push(Issue::body("records.page_size", Code::SettingConflict, message));
    }
}

fn of_file(path: &std::path::Path, line: file::Line) -> Entry {
    let named = spelling::in_file(&line.key);
    let near = if matches!(named, Named::Nothing) { spelling::near_in_file(&line.key) } else { Vec::new() };
    Entry { spelling: line.key, value: line.value, named, near, origin: Origin::File(path.to_owned(), line.number) }
}

fn of_environment(name: String, value: String) -> Option<Entry> {
    let named = spelling::in_environment(&name)?;
    let near = if matches!(named, Named::Nothing) { spelling::near_in_environment(&name) } else { Vec::new() };
    Some(Entry { spelling: name.clone(), value: Some(value), named, near, origin: Origin::Environment(name) })
}

fn of_flag(key: String, value: String) -> Entry {
    let named = spelling::in_file(&key);
    let near = if matches!(named, Named::Nothing) { spelling::near_in_file(&key) } else { Vec::new() };
    Entry { spelling: key, value: Some(value), named, near, origin: Origin::Flag }
}

struct Layering {
    settings: Settings,
    issues: Vec<Issue>,
}

impl Layering {
    /// Lays one source over what is there. Within a source a setting and its alias must not say different things.
    fn layer(&mut self, entries: Vec<Entry>) {
        let mut said: Vec<Option<(String, Given)>> = vec![None; TABLE.len()];
        for entry in entries {
            let at = match entry.named {
                Named::Setting(at) => at,
                Named::Unbuilt(key) => {
                    let message =
                        format!("{}`{}`{} is for a feature that is not built yet", place(&entry), entry.spelling, known_as(&entry, key));
                    self.issues.push(Issue::body(entry.spelling, Code::BehaviourUnavailable, message));
                    continue;
                }
                Named::Nothing => {
                    let message = format!("{}there is no setting `{}`", place(&entry), entry.spelling);
                    self.issues.push(Issue::body(entry.spelling, Code::SettingUnknown, message).suggest_all(entry.near));
                    continue;
                }
            };
            let setting = &TABLE[at];
            let read = entry
                .value
                .as_deref()
                .map_or_else(|| Err(setting.kind.takes()), |text| setting.kind.read(text).map_err(|_| setting.kind.takes()));
            match read {
                Err(takes) => {
                    let message = format!("{}`{}` takes {takes}", place(&entry), entry.spelling);
                    let value = entry.value.map_or(serde_json::Value::Null, serde_json::Value::String);
                    self.issues.push(Issue::body(entry.spelling, Code::SettingValue, message).value(&value));
                }
                Ok(given) => {
                    if let Some((other, different)) = said[at].as_ref().filter(|(_, before)| *before != given) {
                        let (one, two) = (setting.kind.show(different), setting.kind.show(&given));
                        let message = format!(
                            "{}`{other}` and `{}` name the same setting and say different things: {one} and {two}",
                            place(&entry),
                            entry.spelling
                        );
                        self.issues.push(Issue::body(entry.spelling.clone(), Code::SettingConflict, message));
                    }
                    (setting.set)(&mut self.settings, given.clone());
                    self.settings.origins[at] = entry.origin;
                    said[at] = Some((entry.spelling, given));
                }
            }
        }
    }

    fn finish(mut self) -> Result<Settings, Problem> {
        if self.issues.is_empty() {
            check_together(&self.settings, &mut self.issues);
        }
        match self.issues.first() {
            None => Ok(self.settings),
            Some(first) => Err(Problem::of(first.code, self.issues)),
        }
    }
}

fn place(entry: &Entry) -> String {
    match &entry.origin {
        Origin::File(path, line) => format!("{}, line {line}: ", path.display()),
        Origin::Environment(_) => "in the environment, ".to_owned(),
        _ => String::new(),
    }
}

fn known_as(entry: &Entry, key: &str) -> String {
    if entry.spelling == key { String::new() } else { format!(" (`{key}`)") }
}
