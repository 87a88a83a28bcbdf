//! The sources, laid one over the other.

use super::dotenv::Dotenv;
use super::given::Given;
use super::spelling::{self, Named};
use super::table::{Setting, TABLE};
use super::{Settings, file};
use dmr_core::problem::nearest;
use dmr_core::record::PrincipalId;
use dmr_core::{Code, Issue, Problem, time};
use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

/// The variable that chooses a profile.
const PROFILE: &str = "DMR_PROFILE";

/// Where settings come from, beside their defaults; later members win.
#[derive(Debug, Clone, Default)]
pub struct Sources<E = Vec<(String, String)>> {
    /// The settings file; one that is named must be there.
    pub file: Option<PathBuf>,
    /// Which of the file's profiles is laid over it: the tables `[profile.NAME]`. Without one, what `.env` (`DMR_PROFILE`) or else the file
    /// (`use` under `[profile]`) says.
    pub profile: Option<String>,
    /// The file of secrets; one that is named must be there, and nobody but its owner may read it.
    pub secrets: Option<PathBuf>,
    /// A `.env` file.
    pub dotenv: Option<Dotenv>,
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
    /// A line of a file: settings, secrets or `.env`.
    File(PathBuf, usize),
    /// A line of a profile in a file.
    Profile(String, PathBuf, usize),
    /// A variable of the environment.
    Environment(String),
    /// A flag.
    Flag,
    /// The program that uses the library.
    Program,
    /// Somebody, at a time (microseconds since 1970 UTC), while the registry was open.
    RunTime(PrincipalId, i64),
}

impl std::fmt::Display for Origin {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Default => f.write_str("default"),
            Self::File(path, line) => write!(f, "{}, line {line}", path.display()),
            Self::Profile(name, path, line) => write!(f, "{}, line {line}, profile {name}", path.display()),
            Self::Environment(name) => write!(f, "environment, {name}"),
            Self::Flag => f.write_str("flag"),
            Self::Program => f.write_str("program"),
            Self::RunTime(by, at) => write!(f, "changed at run time by {by}, {}", time::text(*at)),
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
    let dotenv = sources.dotenv.unwrap_or_default();
    let mut files = Vec::new();
    if let Some(path) = sources.file {
        files.push(Split::of(file::read(&path, "the settings file")?, path));
    }
    if let Some(path) = sources.secrets {
        files.push(Split::of(file::read_secrets(&path)?, path));
    }
    let chosen = sources.profile.or_else(|| dotenv.get(PROFILE).map(str::to_owned));
    let chosen = chosen.filter(|name| !name.is_empty()).or_else(|| files.iter().find_map(|file| file.uses.clone()));
    let known: BTreeSet<String> = files.iter().flat_map(|file| file.profiles.keys().cloned()).collect();
    if let Some(chosen) = chosen.as_ref().filter(|name| !known.contains(*name)) {
        let near = nearest(chosen, known.iter().map(String::as_str));
        let near = if near.is_empty() { known.into_iter().collect() } else { near };
        let issue = Issue::body("profile", Code::SettingUnknown, format!("there is no profile `{chosen}`"));
        layering.issues.push(issue.suggest_all(near));
    }
    for file in files {
        file.lay(chosen.as_deref(), &mut layering);
    }
    layering.layer(dotenv.lines.into_iter().filter_map(|line| of_dotenv(&dotenv.path, line)).collect());
    let mut variables: Vec<Entry> = sources.env.into_iter().filter_map(|(name, value)| of_environment(name, value)).collect();
    variables.sort_by(|one, other| one.spelling.cmp(&other.spelling));
    layering.layer(variables);
    layering.layer(sources.flags.into_iter().map(|(key, value)| of_flag(key, value)).collect());
    layering.finish()
}

/// A file, with what stands in its profiles apart.
struct Split {
    path: PathBuf,
    lines: Vec<file::Line>,
    /// The profile that the file itself chooses.
    uses: Option<String>,
    profiles: BTreeMap<String, Vec<file::Line>>,
}

impl Split {
    fn of(all: Vec<file::Line>, path: PathBuf) -> Self {
        let mut split = Self { path, lines: Vec::new(), uses: None, profiles: BTreeMap::new() };
        for line in all {
            match line.key.strip_prefix("profile.").map(|rest| rest.split_once('.')) {
                Some(Some((name, key))) => {
                    let of = split.profiles.entry(name.to_owned()).or_default();
                    of.push(file::Line { key: key.to_owned(), ..line });
                }
                Some(None) if line.key == "profile.use" => split.uses = line.value,
                None if line.key == "profile" => split.uses = line.value,
                // Another name under `profile` that is no table: it is told that there is no such setting.
                _ => split.lines.push(line),
            }
        }
        split
    }

    /// Lays the file, then the profile. Those that were not chosen are read all the same, so that what is wrong in them is told.
    fn lay(self, chosen: Option<&str>, layering: &mut Layering) {
        let path = self.path;
        layering.layer(self.lines.into_iter().map(|line| of_file(&path, line)).collect());
        for (name, lines) in self.profiles {
            let entries = lines.into_iter().map(|line| {
                let number = line.number;
                Entry { origin: Origin::Profile(name.clone(), path.clone(), number), ..of_file(&path, line) }
            });
            if chosen == Some(name.as_str()) {
                layering.layer(entries.collect());
            } else {
                let mut trial = Layering { settings: Settings::default(), issues: Vec::new() };
                trial.layer(entries.collect());
                layering.issues.append(&mut trial.issues);
            }
        }
    }
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

/// A line of `.env`; none where it is not for us.
fn of_dotenv(path: &std::path::Path, line: file::Line) -> Option<Entry> {
    let value = line.value?;
    Some(Entry { origin: Origin::File(path.to_owned(), line.number), ..of_environment(line.key, value)? })
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
                    let value = entry.value.filter(|_| !setting.is_secret());
                    let issue = Issue::body(entry.spelling, Code::SettingValue, message);
                    self.issues.push(match value {
                        Some(value) => issue.value(&serde_json::Value::String(value)),
                        None => issue,
                    });
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
        Origin::File(path, line) | Origin::Profile(_, path, line) => format!("{}, line {line}: ", path.display()),
        Origin::Environment(_) => "in the environment, ".to_owned(),
        _ => String::new(),
    }
}

fn known_as(entry: &Entry, key: &str) -> String {
    if entry.spelling == key { String::new() } else { format!(" (`{key}`)") }
}
