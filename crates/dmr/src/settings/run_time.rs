//! Settings that somebody changed while a registry was open: rows of the registry, laid over what it was opened with.

use super::Settings;
use super::given::Kind;
use super::load::{Origin, check_together};
use super::spelling::{self, Named};
use super::table::{Setting, TABLE};
use dmr_core::catalog::Catalog;
use dmr_core::record::PrincipalId;
use dmr_core::{Code, Issue, Object, Problem, Value};
use parking_lot::{Mutex, RwLock};
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// A change, as it is kept under the setting's key.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Changed {
    /// As it would be written.
    pub value: String,
    /// Who changed it.
    pub by: PrincipalId,
    /// When, in microseconds since 1970 UTC.
    pub at: i64,
}

/// The settings of an open registry.
pub(crate) struct InForce {
    /// What it was opened with.
    pub start: Settings,
    /// Protects the pointer to what holds now; whoever reads takes a copy of it.
    now: RwLock<Arc<Settings>>,
    /// Protects the list of those who are told of a change.
    told: Mutex<Vec<Told>>,
}

/// Somebody who is told of a change.
type Told = Box<dyn Fn(&Settings) + Send>;

impl InForce {
    pub fn new(start: Settings) -> Self {
        Self { now: RwLock::new(Arc::new(start.clone())), start, told: Mutex::default() }
    }

    /// What holds now.
    pub fn now(&self) -> Arc<Settings> {
        self.now.read().clone()
    }

    /// Takes in what the catalog says.
    pub fn renew(&self, catalog: &Catalog) {
        let settings = Arc::new(self.start.changed(catalog.settings()));
        *self.now.write() = settings.clone();
        self.told.lock().iter().for_each(|tell| tell(&settings));
    }

    /// Tells somebody what holds now, and after each change.
    pub fn watch(&self, tell: Told) {
        tell(&self.now());
        self.told.lock().push(tell);
    }
}

impl Settings {
    /// These with changes laid over them. What cannot be read any more, or does not go together with what the registry was opened with
    /// this time, is passed over: nobody is kept from starting by it.
    pub(crate) fn changed<'a>(&self, rows: impl IntoIterator<Item = (&'a String, &'a Value)>) -> Self {
        let mut settings = self.clone();
        settings.lay(rows);
        for against in settings.conflicts() {
            for at in against {
                (TABLE[at].set)(&mut settings, (TABLE[at].get)(self));
                settings.origins[at] = self.origins[at].clone();
            }
        }
        settings
    }

    /// That these with changes laid over them may be what holds.
    ///
    /// # Errors
    /// `setting.conflict`.
    pub(crate) fn checked_with<'a>(&self, rows: impl IntoIterator<Item = (&'a String, &'a Value)>) -> Result<(), Problem> {
        let mut settings = self.clone();
        settings.lay(rows);
        let mut issues = Vec::new();
        check_together(&settings, &mut issues);
        if issues.is_empty() { Ok(()) } else { Err(Problem::of(Code::SettingConflict, issues)) }
    }

    fn lay<'a>(&mut self, rows: impl IntoIterator<Item = (&'a String, &'a Value)>) {
        for (key, row) in rows {
            let Some(at) = TABLE.iter().position(|setting| setting.key == key && setting.live) else { continue };
            let Ok(changed) = serde_json::from_value::<Changed>(row.clone()) else { continue };
            let Ok(given) = TABLE[at].kind.read(&changed.value) else { continue };
            (TABLE[at].set)(self, given);
            self.origins[at] = Origin::RunTime(changed.by, changed.at);
        }
    }

    /// The settings, by their places in the table, that do not go together.
    fn conflicts(&self) -> Vec<[usize; 2]> {
        let mut issues = Vec::new();
        check_together(self, &mut issues);
        let place = |key: &str| TABLE.iter().position(|setting| setting.key == key);
        let pair = |issue: &Issue| Some([place(&issue.pointer)?, place("records.max_page_size")?]);
        issues.iter().filter_map(pair).collect()
    }
}

/// Reads `{<key>: <value> or null}`: each setting with what it is to be, as it would be written; none: what the registry was opened with.
///
/// # Errors
/// All that is wrong: `setting.unknown`, `setting.fixed`, `setting.value`, `behaviour.unavailable`, `body.shape`.
pub(crate) fn change_of(patch: &Value) -> Result<Vec<(&'static Setting, Option<String>)>, Problem> {
    let nothing = Object::new();
    let members = patch.as_object().unwrap_or(&nothing);
    let mut issues = Vec::new();
    if !patch.is_object() {
        issues.push(Issue::body("", Code::BodyShape, "this is an object of settings by their keys"));
    }
    let mut changes: Vec<(&'static Setting, Option<String>)> = Vec::new();
    for (key, value) in members {
        let pointer = format!("/{}", key.replace('~', "~0").replace('/', "~1"));
        match change(key, value, &pointer) {
            Err(issue) => issues.push(issue),
            Ok((setting, _)) if changes.iter().any(|(known, _)| known.key == setting.key) => {
                issues.push(Issue::body(pointer, Code::SettingConflict, format!("`{}` is named twice", setting.key)));
            }
            Ok(change) => changes.push(change),
        }
    }
    match issues.first() {
        None => Ok(changes),
        Some(first) => Err(Problem::of(first.code, issues)),
    }
}

fn change(key: &str, value: &Value, pointer: &str) -> Result<(&'static Setting, Option<String>), Issue> {
    let setting = match spelling::in_file(key) {
        Named::Setting(at) => &TABLE[at],
        Named::Unbuilt(known) => {
            let message = format!("`{key}` is for a feature that is not built yet ({known})");
            return Err(Issue::body(pointer, Code::BehaviourUnavailable, message));
        }
        Named::Nothing => {
            let issue = Issue::body(pointer, Code::SettingUnknown, format!("there is no setting `{key}`"));
            return Err(issue.suggest_all(spelling::near_in_file(key)));
        }
    };
    if !setting.live {
        let message = format!("`{}` holds for as long as the process runs: set it where the process is started", setting.key);
        return Err(Issue::body(pointer, Code::SettingFixed, message));
    }
    let fault = || Issue::body(pointer, Code::SettingValue, format!("`{}` takes {}", setting.key, setting.kind.takes())).value(value);
    let text = match value {
        Value::Null => return Ok((setting, None)),
        Value::String(text) => text.clone(),
        Value::Number(number) => number.to_string(),
        Value::Bool(on) => (if *on { "on" } else { "off" }).to_owned(),
        Value::Object(rows) if setting.kind == Kind::Exports => written_rows(rows).ok_or_else(fault)?,
        _ => return Err(fault()),
    };
    let given = setting.kind.read(&text).map_err(|_| fault())?;
    Ok((setting, Some(setting.kind.show(&given))))
}

/// `{"clerk": ["shop.*"]}` as `clerk = shop.*`.
fn written_rows(rows: &Object) -> Option<String> {
    let row = |(to, patterns): (&String, &Value)| {
        let patterns = patterns.as_array()?.iter().map(Value::as_str).collect::<Option<Vec<_>>>()?;
        let fits = !to.contains(['=', ';']) && !patterns.iter().any(|pattern| pattern.contains(['=', ';', ',', ' ']));
        fits.then(|| format!("{to} = {}", patterns.join(", ")))
    };
    let rows: Vec<String> = rows.iter().map(row).collect::<Option<_>>()?;
    Some(if rows.is_empty() { "none".to_owned() } else { rows.join("; ") })
}
